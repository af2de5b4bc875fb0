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
