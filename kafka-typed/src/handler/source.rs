//! What a run needs of a consumer. The tests of this floor have one without Kafka.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::connection::{CommitError, ConsumerRecord};
use crate::consumer::{BadMessage, ConsumeError, TypedMessage};

/// A consumer, partition by partition.
pub(crate) trait Source: Send {
    type Reader: Reader;

    /// The next partition that is assigned; `None` once the consumer cannot go on.
    fn next_partition(&mut self) -> impl Future<Output = Option<Result<Self::Reader, ConsumeError>>> + Send;

    /// Commits what is done, and leaves the group.
    fn close_within(self, timeout: Duration) -> impl Future<Output = Result<(), CommitError>> + Send;
}

/// The messages of one partition, from its assignment to its revocation.
pub(crate) trait Reader: Send + 'static {
    type Value: Send + 'static;
    type Key: Send + 'static;
    type Record: Record;
    type Access: Access<Self>;

    fn topic(&self) -> &Arc<str>;

    fn partition(&self) -> i32;

    /// The next message; `None` once the partition is revoked. Dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Option<Read<Self>>> + Send;

    /// As many as there are, at least one and at most `most`, waiting no longer than `wait` for more after the first.
    /// Dropping the future loses nothing.
    fn next_batch(&mut self, most: usize, wait: Duration) -> impl Future<Output = Option<Vec<Read<Self>>>> + Send;

    /// What tasks other than the one that reads need of the partition.
    fn access(&self) -> Self::Access;
}

/// A message that was read, and its record.
pub(crate) struct Read<R: Reader + ?Sized> {
    pub(crate) outcome: Outcome<R>,
    pub(crate) record: R::Record,
}

/// What a record was read as. In a box, since it is large, and handed on many times before a handler has it.
pub(crate) type Outcome<R> = Box<Result<Message<R>, BadMessage>>;

pub(crate) type Message<R> = TypedMessage<<R as Reader>::Value, <R as Reader>::Key>;

/// A partition, beside its messages.
pub(crate) trait Access<R: Reader + ?Sized>: Send + Sync + 'static {
    /// Whether the partition is being revoked: nothing more is to be started.
    fn is_revoking(&self) -> bool;

    /// Resolves when the partition is being revoked. What is in flight may still be done.
    fn revoking(&self) -> impl Future<Output = ()> + Send;

    /// Resolves when nothing of the partition can be done any more.
    fn lost(&self) -> impl Future<Output = ()> + Send;

    /// Decodes a record again, for another attempt. `None` when its schema is not known.
    fn decode(&self, record: &R::Record) -> Option<Outcome<R>>;
}

/// A record as it came. One that is dropped before it is done comes again.
pub(crate) trait Record: Send + Sync + 'static {
    fn key(&self) -> Option<&[u8]>;

    fn offset(&self) -> i64;

    /// A copy of its own.
    fn to_record(&self) -> Option<ConsumerRecord>;

    /// Reports that the record is done.
    fn done(&self);
}
