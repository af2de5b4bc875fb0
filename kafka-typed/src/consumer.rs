//! Receiving values of one type from one topic.

mod acknowledgement;
mod asking;
mod builder;
mod connection;
mod decoders;
mod events;
mod lane;
mod problem;
mod progress;
mod raw;
mod reading;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::{AvroType, DecodeOwned};
use futures_util::Stream;
use rdkafka::Offset;
use rdkafka::consumer::Consumer;
use rdkafka::types::RDKafkaErrorCode;
use schema_registry::SchemaId;

pub use acknowledgement::Acknowledgement;
pub use builder::ConsumerBuilder;
pub use problem::{BadMessage, ConsumeError, MessageProblem};

use crate::connection::CommitError;
use crate::connection::native;
use crate::connection::record::{Headers, Timestamp};
use connection::Connection;
use lane::Client;
use reading::{DoneBy, Reading};

/// Receives values of type `T` from one topic.
///
/// Made by [`KafkaTyped::consumer`](crate::KafkaTyped::consumer).
///
/// # What is done, and what comes again
///
/// With a group, every message is delivered *at least once*: it comes again after a restart unless it was done. What is
/// done is committed in the background (every `auto.commit.interval.ms`, 5 seconds by default; when the group changes;
/// and when the consumer closes). A message counts as done
///
/// - when it came from [`next`](Self::next): as soon as the next one is asked for, or when [`store`](Self::store) or
///   [`commit`](Self::commit) says so. [`close`](Self::close) and dropping the consumer say nothing about it, so that a
///   message whose handler failed comes again after `while let Some(message) = consumer.next().await { if
///   handle(message).is_err() { break } }`.
/// - when it came from [`stream`](Self::stream), where several may be worked on at a time: when its [`Acknowledgement`]
///   says so.
///
/// The offset of a message is stored once all messages before it in its partition are done as well. Bad messages count
/// like good ones.
///
/// Without a group, nothing is committed: the consumer reads the partitions that the topic has when it is built.
///
/// # Bad messages
///
/// A message that cannot be turned into a `T` is an `Err` with its raw bytes, and the next call goes on after it.
///
/// # When the registry does not give a schema
///
/// The registry is asked by a task of its own, whatever becomes of the futures of [`next`](Self::next). A message whose
/// schema does not come waits, and so does its partition; other partitions go on, and the consumer stays in its group
/// as long as it is asked for messages. Once for each such schema this is an `Err` that [is
/// retriable](ConsumeError::is_retriable). The message comes by itself later:
///
/// - after an outage or refused credentials (401), as soon as the registry answers, however long that takes;
/// - when the registry does not know the schema, or it is not an Avro schema, as soon as it gives one, or as a bad
///   message after [`unknown_schema_timeout`](ConsumerBuilder::unknown_schema_timeout), 30 seconds by default;
/// - when the answer is invalid (a text that is not a schema; 400, 403, 422, or 404 from something that is not a
///   registry; a schema that is not the locked one), likewise after
///   [`unusable_schema_timeout`](ConsumerBuilder::unusable_schema_timeout), five minutes by default.
///
/// [`skip`](Self::skip) goes on without it before that.
pub struct TypedConsumer<T> {
    client: Arc<Client>,
    reading: Reading<T>,
    /// Ends the client, and so must have the last reference to it.
    connection: Connection,
}

/// How long [`TypedConsumer::close`] takes at most: less than the 30 seconds that Kubernetes gives a container to end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(20);

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
    /// Says that the message is done, also when its value is elsewhere already.
    pub acknowledgement: Acknowledgement,
}

impl<T> TypedMessage<T> {
    /// Says that the message is done, see [`Acknowledgement`].
    pub fn done(&self) {
        self.acknowledgement.done();
    }

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
    /// The next message; waits until there is one. Says that the one before is done. `None` only after a
    /// [fatal](ConsumeError::is_fatal) error.
    ///
    /// May be used in `tokio::select!`: dropping the future loses no message. Any executor may drive it while the
    /// runtime in which the consumer was built runs.
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
        let mut messages = self.client.stream();
        self.reading.next(&self.client, &mut messages, DoneBy::AskingForTheNext).await
    }

    /// The messages as a stream, for the combinators of the `futures` crates, which may work on several at a time.
    ///
    /// No message of a stream is done before its [`Acknowledgement`] says so, with [`TypedMessage::done`],
    /// [`ConsumeError::done`] or by itself. What was dropped before, such as the futures of a `buffer_unordered` that
    /// ends, comes again after a restart.
    ///
    /// Wrap it in [`pin!`](std::pin::pin) where `Unpin` is asked for.
    ///
    /// ```no_run
    /// # use kafka_typed::{TypedConsumer, avro_typed::{AvroType, DecodeOwned}};
    /// # async fn handle<T>(value: &T) {}
    /// # async fn example<T: DecodeOwned + AvroType>(mut alerts: TypedConsumer<T>) {
    /// use futures_util::StreamExt;
    ///
    /// let ten_at_a_time = alerts.stream().for_each_concurrent(10, async |message| match message {
    ///     Ok(message) => {
    ///         handle(&message.value).await;
    ///         message.done();
    ///     }
    ///     Err(error) => {
    ///         eprintln!("{error}");
    ///         error.done();
    ///     }
    /// });
    /// ten_at_a_time.await;
    /// # }
    /// ```
    pub fn stream(&mut self) -> impl Stream<Item = Result<TypedMessage<T>, ConsumeError>> + '_ {
        let client = &*self.client;
        let state = (&mut self.reading, client.stream());
        futures_util::stream::unfold(state, async move |(reading, mut messages)| {
            let message = reading.next(client, &mut messages, DoneBy::Acknowledgement).await?;
            Some((message, (reading, messages)))
        })
    }

    /// Says that the message that [`next`](Self::next) gave out last is done, without asking for another one. Its
    /// offset is committed in the background.
    ///
    /// # Errors
    ///
    /// When there is no group, or the group has given the partition to another consumer.
    pub fn store(&mut self) -> Result<(), CommitError> {
        self.connection.group()?;
        let error = |(partition, source)| {
            let topic = Arc::clone(&self.connection.topic);
            Err(CommitError::Store { topic, partition, source })
        };
        match self.reading.open_partition() {
            // Before the rebalance shows, which takes a question for the next message.
            Some(partition) if self.client.assignment_lost() || !native::is_member(&*self.client) => {
                error((partition, RDKafkaErrorCode::AssignmentLost))
            }
            _ => self.reading.done().or_else(error),
        }
    }

    /// Says that the message that [`next`](Self::next) gave out last is done, and commits everything that is done to
    /// the broker, waiting for its answer.
    ///
    /// # Errors
    ///
    /// When there is no group, it has given the partition to another consumer, or the broker does not take the offsets.
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        self.store()?;
        self.connection.commit().await
    }

    /// Goes on without a message that waits for its schema, which counts as done. Says whether it was waiting still.
    ///
    /// It is for an error that [is retriable](ConsumeError::is_retriable), when the message is not worth waiting for.
    pub fn skip(&mut self, message: &BadMessage) -> bool {
        self.reading.skip(&self.client, message.partition, message.offset)
    }

    /// Commits what is done and leaves the group, so that its other members take over at once. Without a group, it only
    /// disconnects. Takes at most 20 seconds; [`close_within`](Self::close_within) sets another limit.
    ///
    /// The message that [`next`](Self::next) gave out last is not done unless [`store`](Self::store),
    /// [`commit`](Self::commit) or its [`Acknowledgement`] has said so.
    ///
    /// Dropping the consumer leaves the group as well, blocking the thread for up to a second.
    ///
    /// # Errors
    ///
    /// When the broker does not take the offsets, or does not answer in time. The consumer leaves the group all the
    /// same.
    pub async fn close(self) -> Result<(), CommitError> {
        self.close_within(CLOSE_TIMEOUT).await
    }

    /// [`close`](Self::close) with a time limit of its own. What is not finished by then goes on in the background, as
    /// long as the process lives.
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_within(self, timeout: Duration) -> Result<(), CommitError> {
        let Self { client, connection, .. } = self;
        drop(client);
        connection.close(timeout).await
    }
}

impl<T> TypedConsumer<T> {
    /// The topic that this consumer reads.
    pub fn topic(&self) -> &str {
        &self.connection.topic
    }
}

impl<T> fmt::Debug for TypedConsumer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TypedConsumer")
            .field("topic", &self.connection.topic)
            .field("group", &self.connection.group)
            .finish_non_exhaustive()
    }
}
