//! Reporting that a record is done.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::assigned_partition::{AssignedPartition, PendingOffset};

/// Reports that a message is done, successfully or not: its offset is stored for the group as soon as all messages
/// before it in its partition are done as well.
///
/// Every message and every bad message has one. What [`TypedConsumer::stream`](crate::TypedConsumer::stream) yields is
/// done only when this reports it, in any order and from any task. Dropping it means nothing: what was dropped without
/// a call of [`done`](Self::done), because its handler panicked, was cancelled or gave up, comes again after a restart,
/// with everything after it in its partition. The first such case of a partition is logged as a warning.
///
/// ```no_run
/// # use kafka_typed::{TypedConsumer, avro_typed::{AvroType, DecodeOwned}};
/// # async fn store<T>(value: T) -> std::io::Result<()> { Ok(()) }
/// # async fn example<T: DecodeOwned + AvroType>(mut orders: TypedConsumer<T>) {
/// use futures_util::StreamExt;
///
/// let handled = orders.stream().map(async |message| match message {
///     Ok(message) => match store(message.value).await {
///         Ok(()) => message.acknowledgement.done(),
///         // It comes again after a restart, and so does all that follows it.
///         Err(error) => eprintln!("{error}"),
///     },
///     Err(error) => {
///         eprintln!("{error}");
///         error.done();
///     }
/// });
/// handled.buffer_unordered(10).collect::<()>().await;
/// # }
/// ```
///
/// [`Acknowledgement::default`] is that of a message which came from no consumer, for tests of handlers.
pub struct Acknowledgement {
    target: Target,
    /// Whether dropping it without `done` is worth a warning: not with `next`, which has a rule of its own.
    expected: bool,
    /// Whether `done` was called on this one; a copy does not count.
    called: AtomicBool,
}

#[derive(Clone)]
enum Target {
    Pending(PendingOffset),
    /// A message that comes again by itself, for which this has no effect.
    ComesAgain,
    /// A message without a consumer, shared by all copies.
    Detached(Arc<AtomicBool>),
}

impl Target {
    fn pending(&self) -> Option<&PendingOffset> {
        match self {
            Self::Pending(pending) => Some(pending),
            Self::ComesAgain | Self::Detached(_) => None,
        }
    }
}

impl Acknowledgement {
    pub(crate) fn new(pending: PendingOffset, expected: bool) -> Self {
        Self { target: Target::Pending(pending), expected, called: AtomicBool::new(false) }
    }

    /// That of a message which comes again by itself.
    pub(crate) fn comes_again() -> Self {
        Self { target: Target::ComesAgain, expected: false, called: AtomicBool::new(false) }
    }

    /// Reports that the message is done. To report it again changes nothing.
    ///
    /// When the group has given the partition to another consumer meanwhile, this has no effect: the other one gets the
    /// message, too.
    pub fn done(&self) {
        self.called.store(true, Ordering::Relaxed);
        match &self.target {
            Target::ComesAgain => {}
            Target::Detached(done) => done.store(true, Ordering::Relaxed),
            Target::Pending(pending) => {
                if let Err(error) = pending.done() {
                    let AssignedPartition { topic, partition, .. } = &*pending.partition;
                    let offset = pending.offset;
                    tracing::debug!(topic = &**topic, partition, offset, %error, "done, but the partition was taken away");
                }
            }
        }
    }

    /// Reports that all these messages are done. Those that follow each other in a partition are reported together.
    pub(crate) fn done_all<'a>(acknowledgements: impl Iterator<Item = &'a Self>) {
        let mut acknowledgements = acknowledgements.peekable();
        while let Some(first) = acknowledgements.next() {
            let Target::Pending(pending) = &first.target else {
                first.done();
                continue;
            };
            first.called.store(true, Ordering::Relaxed);
            let of_the_same = std::iter::from_fn(|| {
                let next = acknowledgements.next_if(|next| next.is_of(&pending.partition))?;
                next.called.store(true, Ordering::Relaxed);
                next.target.pending()
            });
            let records = std::iter::once(pending).chain(of_the_same).map(|pending| (pending.number, pending.offset));
            if let Err(error) = pending.partition.done(records) {
                let AssignedPartition { topic, partition, .. } = &*pending.partition;
                tracing::debug!(topic = &**topic, partition, %error, "done, but the partition was taken away");
            }
        }
    }

    fn is_of(&self, partition: &Arc<AssignedPartition>) -> bool {
        self.target.pending().is_some_and(|pending| Arc::ptr_eq(&pending.partition, partition))
    }

    /// Takes it back: the message was not handed out.
    pub(crate) fn withdraw(&self) {
        self.called.store(true, Ordering::Relaxed);
    }

    /// Whether the message is done: by this, by a copy of it, or because the next one was asked for.
    ///
    /// ```
    /// use kafka_typed::TypedMessage;
    ///
    /// fn handle(message: TypedMessage<u32>) {
    ///     if message.value > 10 {
    ///         message.done();
    ///     }
    /// }
    ///
    /// for (value, expected) in [(11, true), (10, false)] {
    ///     let message = TypedMessage::new(value);
    ///     let acknowledgement = message.acknowledgement.clone();
    ///     handle(message);
    ///     assert_eq!(acknowledgement.is_done(), expected);
    /// }
    /// ```
    pub fn is_done(&self) -> bool {
        match &self.target {
            Target::ComesAgain => false,
            Target::Detached(done) => done.load(Ordering::Relaxed),
            Target::Pending(pending) => pending.is_done(),
        }
    }
}

/// That of a message which came from no consumer.
impl Default for Acknowledgement {
    fn default() -> Self {
        Self { target: Target::Detached(Arc::default()), expected: false, called: AtomicBool::new(false) }
    }
}

/// A copy may report that the message is done as well as the original may. Only the original is missed when it does
/// not.
impl Clone for Acknowledgement {
    fn clone(&self) -> Self {
        Self { target: self.target.clone(), expected: false, called: AtomicBool::new(false) }
    }
}

impl Drop for Acknowledgement {
    fn drop(&mut self) {
        if self.expected
            && !*self.called.get_mut()
            && let Target::Pending(pending) = &self.target
        {
            pending.abandoned();
        }
    }
}

/// All are equal, so that messages are compared by what they are.
impl PartialEq for Acknowledgement {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Acknowledgement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Acknowledgement")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::lane::LaneCapacity;

    fn partition() -> Arc<AssignedPartition> {
        Arc::new(AssignedPartition::new(Arc::from("orders"), 0, true, LaneCapacity::default(), Arc::default()))
    }

    fn acknowledgement(partition: &Arc<AssignedPartition>, number: u64) -> Acknowledgement {
        let offset = i64::try_from(number * 10).unwrap();
        Acknowledgement::new(PendingOffset { partition: Arc::clone(partition), number, offset }, true)
    }

    #[test]
    fn what_is_reported_together_is_what_is_reported_one_by_one() {
        let (first, second, ended) = (partition(), partition(), partition());
        ended.end();
        let detached = Acknowledgement::default();
        let all = [
            acknowledgement(&first, 0),
            acknowledgement(&first, 1),
            acknowledgement(&second, 1),
            acknowledgement(&ended, 0),
            acknowledgement(&ended, 1),
            detached.clone(),
            Acknowledgement::comes_again(),
            acknowledgement(&first, 2),
            acknowledgement(&first, 1),
        ];
        Acknowledgement::done_all(all.iter());
        assert_eq!((first.done_count(), first.done_up_to(), first.news()), (3, Some(20), Some(20)));
        // The one before it is open.
        assert_eq!((second.done_count(), second.done_up_to(), second.news()), (1, None, None));
        assert_eq!((ended.done_count(), ended.done_up_to()), (0, None));
        assert!(detached.is_done());
        drop(all);
        assert_eq!((first.in_flight(), second.in_flight()), (0, 0), "none of them was dropped without a report");
        assert!(!acknowledgement(&second, 0).is_done());
    }

    #[test]
    fn one_that_was_taken_back_is_neither_done_nor_missed() {
        let partition = partition();
        assert!(partition.hand_out(0, 0));
        acknowledgement(&partition, 0).withdraw();
        assert_eq!((partition.done_count(), partition.in_flight()), (0, 1));
    }
}
