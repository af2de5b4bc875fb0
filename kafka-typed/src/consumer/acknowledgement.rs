//! Saying that a message is done.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use super::lane::Given;

/// Says that a message is done, whatever became of it: its offset is stored for the group as soon as all messages
/// before it in its partition are done as well.
///
/// Every message and every bad message has one. What [`TypedConsumer::stream`](crate::TypedConsumer::stream) yields is
/// done only when this is told so, in any order and from any task. Dropping it means nothing: what was dropped without
/// a word, because its handler panicked, was cancelled or gave up, comes again after a restart, with everything after
/// it in its partition. The first such case of a partition is logged as a warning.
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
#[derive(Default)]
pub struct Acknowledgement {
    /// None of a message that comes again by itself.
    given: Option<Given>,
    /// Whether dropping it in silence is worth a warning: not with `next`, which has a rule of its own.
    expected: bool,
    said: AtomicBool,
}

impl Acknowledgement {
    pub(crate) fn new(given: Given, expected: bool) -> Self {
        Self { given: Some(given), expected, said: AtomicBool::new(false) }
    }

    /// Says that the message is done. To say so again changes nothing.
    ///
    /// When the group has given the partition to another consumer meanwhile, this has no effect: the other one gets the
    /// message, too.
    pub fn done(&self) {
        let Some(given) = &self.given else {
            return;
        };
        self.said.store(true, Ordering::Relaxed);
        if let Err(error) = given.done() {
            let (partition, offset) = (given.lane.partition, given.offset);
            tracing::debug!(topic = &*given.lane.topic, partition, offset, %error, "done, but the partition was taken away");
        }
    }
}

/// A copy may say that the message is done as well as the original may. Only the original is missed when it does not.
impl Clone for Acknowledgement {
    fn clone(&self) -> Self {
        Self { given: self.given.clone(), expected: false, said: AtomicBool::new(false) }
    }
}

impl Drop for Acknowledgement {
    fn drop(&mut self) {
        if self.expected
            && !*self.said.get_mut()
            && let Some(given) = &self.given
        {
            given.forgotten();
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
