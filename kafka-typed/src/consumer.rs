//! Receiving values of one type from one topic.

mod builder;
mod decoders;
mod events;
mod problem;
mod raw;
mod reading;

use std::fmt;
use std::sync::Arc;

use avro_typed::{AvroType, DecodeOwned};
use futures_util::Stream;
use rdkafka::Offset;
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;
use schema_registry::SchemaId;

pub use builder::ConsumerBuilder;
pub use problem::{BadMessage, ConsumeError, MessageProblem};

use crate::error::CommitError;
use crate::kafka::KeepAlive;
use crate::record::{Headers, Timestamp};
use events::ConsumerEvents;
use reading::Reading;

/// Receives values of type `T` from one topic.
///
/// Made by [`KafkaTyped::consumer`](crate::KafkaTyped::consumer).
///
/// # What was worked on, and what comes again
///
/// With a group, every message is delivered *at least once*: asking for the next message says that the one before was worked on, and
/// its offset is committed in the background (every `auto.commit.interval.ms`, 5 seconds by default; when the group changes; and when
/// the consumer closes). A message that was given out and not followed by another question comes again after a restart, unless
/// [`store`](Self::store), [`commit`](Self::commit) or [`close`](Self::close) said that it was worked on. Bad messages count like
/// good ones.
///
/// Without a group, nothing is committed: the consumer reads the partitions that the topic has when it is built.
///
/// # Bad messages
///
/// A message that cannot be turned into a `T` is an `Err` with its raw bytes, and the next call goes on after it. Only when the
/// registry does not answer (an outage, refused credentials) does the next call try the same message again, after a wait that grows
/// from 0.1 to 5 seconds, so that none is skipped for that reason.
pub struct TypedConsumer<T> {
    /// Declared before what must outlive it.
    consumer: Arc<StreamConsumer<ConsumerEvents>>,
    reading: Reading<T>,
    group: Option<Arc<str>>,
    keep_alive: KeepAlive,
}

/// A value that was received, and what came with it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TypedMessage<T> {
    /// The value.
    pub value: T,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The headers.
    pub headers: Headers,
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The place in the partition.
    pub offset: i64,
    /// The time that the producer set, or the broker's when the topic keeps the time of appending.
    pub timestamp: Option<Timestamp>,
    /// The schema that the value was written by.
    pub schema_id: SchemaId,
}

impl<T> TypedMessage<T> {
    /// The key, when there is one and it is text.
    pub fn key_str(&self) -> Option<&str> {
        self.key.as_deref().and_then(|key| std::str::from_utf8(key).ok())
    }
}

/// Where a consumer begins to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Where the group stopped. What happens without such a place is `auto.offset.reset`.
    Committed,
    Beginning,
    End,
}

impl Start {
    /// The offset to ask for, or `None` for the group's.
    fn offset(self) -> Option<Offset> {
        match self {
            Self::Committed => None,
            Self::Beginning => Some(Offset::Beginning),
            Self::End => Some(Offset::End),
        }
    }
}

impl<T: DecodeOwned + AvroType> TypedConsumer<T> {
    /// The next message; waits until there is one. `None` only after a [fatal](ConsumeError::is_fatal) error.
    ///
    /// May be used in `tokio::select!`: dropping the future loses no message.
    ///
    /// ```no_run
    /// # use kafka_typed::{TypedConsumer, avro_typed::{AvroType, DecodeOwned}};
    /// # async fn example<T: DecodeOwned + AvroType + std::fmt::Debug>(mut alerts: TypedConsumer<T>) {
    /// while let Some(message) = alerts.next().await {
    ///     match message {
    ///         Ok(message) => println!("{:?} at offset {}", message.value, message.offset),
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConsumeError`] for a message that cannot be read, and when Kafka refuses. Further messages may follow.
    pub async fn next(&mut self) -> Option<Result<TypedMessage<T>, ConsumeError>> {
        let mut messages = self.consumer.stream();
        self.reading.next(&self.consumer, &mut messages).await
    }

    /// The messages as a stream, for the combinators of the `futures` crates. It is a little faster than calling
    /// [`next`](Self::next) again and again, and means the same. Wrap it in [`pin!`](std::pin::pin) where `Unpin` is asked for.
    pub fn stream(&mut self) -> impl Stream<Item = Result<TypedMessage<T>, ConsumeError>> + '_ {
        let consumer = &*self.consumer;
        let state = (&mut self.reading, consumer.stream());
        futures_util::stream::unfold(state, async move |(reading, mut messages)| {
            let message = reading.next(consumer, &mut messages).await?;
            Some((message, (reading, messages)))
        })
    }

    /// Says that the message given out last was worked on, without asking for the next. Its offset is committed in the background.
    ///
    /// # Errors
    ///
    /// When there is no group, or the group has given the partition to another consumer.
    pub fn store(&mut self) -> Result<(), CommitError> {
        self.group()?;
        self.reading.store(&self.consumer)
    }

    /// Says that the message given out last was worked on, and commits to the broker, waiting for its answer.
    ///
    /// # Errors
    ///
    /// When there is no group, it has given the partition to another consumer, or the broker does not take the offsets.
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        let group = self.group()?;
        self.reading.store(&self.consumer)?;
        let consumer = Arc::clone(&self.consumer);
        // Waiting for the broker's answer blocks the thread.
        let committed = tokio::task::spawn_blocking(move || consumer.commit_consumer_state(CommitMode::Sync)).await;
        let source = match committed {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) if nothing_to_commit(&error) => return Ok(()),
            Ok(Err(error)) => error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail),
            Err(_) => RDKafkaErrorCode::Fail,
        };
        Err(CommitError::Commit { topic: Arc::clone(&self.reading.topic), group, source })
    }

    /// Says that the message given out last was worked on, commits, and leaves the group, so that its other members take over at
    /// once. Without a group, it only disconnects.
    ///
    /// Dropping the consumer leaves the group as well, but blocks the thread for that, and does not count the message given out last.
    ///
    /// # Errors
    ///
    /// As for [`commit`](Self::commit). The group has been left all the same.
    pub async fn close(mut self) -> Result<(), CommitError> {
        let committed = if self.group.is_some() { self.commit().await } else { Ok(()) };
        let Self { consumer, keep_alive, .. } = self;
        // Leaving the group blocks the thread. The task fails only when the runtime stops, and then the drop is done.
        // A tuple drops its members in order.
        let _ = tokio::task::spawn_blocking(move || drop((consumer, keep_alive))).await;
        committed
    }

    fn group(&self) -> Result<Arc<str>, CommitError> {
        self.group.clone().ok_or_else(|| CommitError::NoGroup { topic: Arc::clone(&self.reading.topic) })
    }
}

impl<T> TypedConsumer<T> {
    /// The topic that this consumer reads.
    pub fn topic(&self) -> &str {
        &self.reading.topic
    }
}

/// Whether a commit failed only because no offset was stored since the last one.
fn nothing_to_commit(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::NoOffset)
}

impl<T> fmt::Debug for TypedConsumer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TypedConsumer")
            .field("topic", &self.reading.topic)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}
