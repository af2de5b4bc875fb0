//! Receiving the values of topics.

mod bad_message;
mod batch;
mod borrowed;
mod builder;
mod consume_error;
mod decoders;
mod form;
pub(crate) mod handout;
pub(crate) mod lent;
mod message;
mod message_reader;
pub(crate) mod partitioned;
mod schema_lookup;
mod ways;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue, ViewKey, ViewValue};
use futures_util::Stream;

pub use bad_message::{BadMessage, MessageProblem};
pub use batch::{MessageBatch, MessagesOfBatch};
pub use borrowed::{BorrowedBatch, BorrowedMessage, BorrowedMessages};
pub use builder::ConsumerBuilder;
pub use consume_error::ConsumeError;
pub use message::TypedMessage;

use crate::connection::consumer_client::{CLOSE_TIMEOUT, ConsumerClient};
use crate::connection::group_offsets::GroupOffsets;
use crate::connection::lanes::DoneBy;
use crate::connection::{CommitError, ConnectionError, ConsumerControl};
use batch::SpareList;
use message_reader::{MessageReader, Received};
use partitioned::PartitionedConsumer;

/// Receives values of type `V` with keys of type `K` from topics.
///
/// Made by [`KafkaTyped::consumer`](crate::KafkaTyped::consumer).
///
/// # What is done, and what comes again
///
/// With a group, every message is delivered *at least once*: it comes again after a restart if it was not done. What is
/// done is committed in the background (every `auto.commit.interval.ms`, 5 seconds by default; when the group changes;
/// and when the consumer closes). A message counts as done
///
/// - when it came from [`next`](Self::next): as soon as the next one is asked for, or when [`store`](Self::store) or
///   [`commit`](Self::commit) reports it. [`close`](Self::close) and dropping the consumer do not count, so that a
///   message whose handler failed comes again after `while let Some(message) = consumer.next().await { if
///   handle(message).is_err() { break } }`.
/// - when it came from [`stream`](Self::stream), where several may be processed at a time: when its
///   [`Acknowledgement`](crate::Acknowledgement) reports it.
/// - with [`run`](Self::run): when its handler returns `Ok`, or its failure policy is through with it.
///
/// The offset of a message is stored once all messages before it in its partition are done as well. Bad messages count
/// like good ones.
///
/// Without a group, nothing is committed: the consumer reads the partitions that the topic has when it is built.
///
/// # Bad messages
///
/// A message that cannot be turned into a `V` is an `Err` with its raw bytes, and the next call goes on after it.
///
/// # When the registry does not provide a schema
///
/// The registry is asked by a task of its own, which does not depend on the futures of [`next`](Self::next). A message
/// whose schema does not come waits, and so does its partition; other partitions go on. Once for each such schema this
/// is an `Err` that [is retriable](ConsumeError::is_retriable). The message comes by itself later:
///
/// - after an outage or refused credentials (401), as soon as the registry answers, however long that takes;
/// - when the registry does not know the schema, or it is not an Avro schema, as soon as it gives one, or as a bad
///   message after [`unknown_schema_timeout`](ConsumerBuilder::unknown_schema_timeout), 30 seconds by default;
/// - when the answer is invalid (a text that is not a schema; 400, 403, 422, or 404 from something that is not a
///   registry; a schema that is not the locked one), likewise after
///   [`unusable_schema_timeout`](ConsumerBuilder::unusable_schema_timeout), five minutes by default.
///
/// [`skip`](Self::skip) goes on without it before that.
pub struct TypedConsumer<V, K = Vec<u8>> {
    reader: MessageReader<V, K>,
    /// Of the batch before.
    spare: SpareList<V, K>,
    client: ConsumerClient,
    /// The dead letter topic that the topic's definition names.
    dead_letters: Option<Arc<str>>,
}

impl<V: DecodeValue, K: DecodeKey> TypedConsumer<V, K> {
    pub(crate) fn new(reader: MessageReader<V, K>, client: ConsumerClient, dead_letters: Option<Arc<str>>) -> Self {
        Self { reader, spare: SpareList::default(), client, dead_letters }
    }

    /// The next message; waits until there is one. Reports that the one before is done. `None` only after a
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
    pub async fn next(&mut self) -> Option<Result<TypedMessage<V, K>, ConsumeError>> {
        Some(self.reader.next(DoneBy::AskingForTheNext).await?.and_then(Received::into_result))
    }

    /// The next message, or `None` once all partitions were read up to their end. It may be called again later: it
    /// returns what has come since, and `None` where that is nothing.
    ///
    /// Otherwise as [`next`](Self::next). In a group, there is an end only while the group has assigned partitions.
    ///
    /// ```no_run
    /// # use kafka_typed::{TypedConsumer, avro_typed::{AvroType, DecodeOwned}};
    /// # async fn example<T: DecodeOwned + AvroType>(mut prices: TypedConsumer<T>) -> Result<(), kafka_typed::ConsumeError> {
    /// let mut all = Vec::new();
    /// while let Some(message) = prices.next_until_end().await {
    ///     all.push(message?.value);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`next`](Self::next).
    pub async fn next_until_end(&mut self) -> Option<Result<TypedMessage<V, K>, ConsumeError>> {
        Some(self.reader.next_until_end(DoneBy::AskingForTheNext).await?.and_then(Received::into_result))
    }

    /// The messages that are there, up to `max` of them: waits until there is one, and then for `wait` at most until
    /// there are `max`. They may be of several partitions; those of one are in their order.
    ///
    /// None of them is done before [`MessageBatch::done`] or its own acknowledgement reports it. `None` only after a
    /// [fatal](ConsumeError::is_fatal) error, or when the consumer was [stopped](ConsumerControl::stop). Dropping the
    /// future loses no message while it waits for the first.
    ///
    /// ```no_run
    /// # use kafka_typed::{TypedConsumer, avro_typed::{AvroType, DecodeOwned}};
    /// # fn insert<T>(rows: impl Iterator<Item = T>) {}
    /// # async fn example<T: DecodeOwned + AvroType>(mut readings: TypedConsumer<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// while let Some(batch) = readings.next_batch(500, Duration::from_millis(50)).await {
    ///     let batch = batch?;
    ///     insert(batch.values());
    ///     batch.done();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When Kafka refuses, or the registry does not give a schema. Messages that cannot be read are in the batch.
    pub async fn next_batch(&mut self, max: usize, wait: Duration) -> Option<Result<MessageBatch<V, K>, ConsumeError>> {
        batch::next(&mut self.reader, &self.spare, self.client.runtime(), max, wait).await
    }

    /// Messages of one partition that came together, up to `max`, lent where they are: waits until there is one. Their
    /// values are views, such as `SensorAlertRef<'_>`, so that nothing is allocated for a message.
    ///
    /// None of them is done before [`BorrowedBatch::done`] or [`BorrowedMessage::done`] reports it. `None` only after a
    /// [fatal](ConsumeError::is_fatal) error, or when the consumer was [stopped](ConsumerControl::stop). Dropping the
    /// future loses no message.
    ///
    /// It is for values that have [views](ViewValue).
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert", views = true); }
    /// # use messages::test::Alert as SensorAlert;
    /// # async fn example(mut alerts: kafka_typed::TypedConsumer<SensorAlert, String>) -> Result<(), kafka_typed::ConsumeError> {
    /// while let Some(batch) = alerts.next_borrowed_batch(500).await {
    ///     let batch = batch?;
    ///     for message in &batch {
    ///         let message = message?;
    ///         if message.value.level > 3 {
    ///             println!("{:?}: {}", message.key, message.value.message);
    ///         }
    ///     }
    ///     batch.done();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When Kafka refuses, or the registry does not give a schema. Messages that cannot be read are in the batch.
    pub async fn next_borrowed_batch(&mut self, max: usize) -> Option<Result<BorrowedBatch<V, K>, ConsumeError>>
    where
        V: ViewValue,
        K: ViewKey,
    {
        self.reader.next_lent(max).await
    }

    /// The messages as a stream, for the combinators of the `futures` crates, which may process several at a time.
    ///
    /// No message of a stream is done before its [`Acknowledgement`](crate::Acknowledgement) reports it, with
    /// [`TypedMessage::done`], [`ConsumeError::done`] or by itself. What was dropped before, such as the futures of a
    /// `buffer_unordered` that ends, comes again after a restart.
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
    pub fn stream(&mut self) -> impl Stream<Item = Result<TypedMessage<V, K>, ConsumeError>> + '_ {
        futures_util::stream::unfold(&mut self.reader, async |reader| {
            let message = reader.next(DoneBy::Acknowledgement).await?.and_then(Received::into_result);
            Some((message, reader))
        })
    }

    /// [`stream`](Self::stream), which owns the consumer: to be kept in a struct, or moved into a task. Dropping it
    /// leaves the group, blocking the thread for up to a second; [`control`](Self::control) can
    /// [stop](ConsumerControl::stop) it before.
    pub fn into_stream(self) -> impl Stream<Item = Result<TypedMessage<V, K>, ConsumeError>> {
        futures_util::stream::unfold(self, async |mut consumer| {
            let message = consumer.reader.next(DoneBy::Acknowledgement).await?.and_then(Received::into_result);
            Some((message, consumer))
        })
    }

    /// Controls the consumer from elsewhere: pauses partitions, reads them from another place, tells how far it is and
    /// whether it is well, stops it.
    pub fn control(&self) -> ConsumerControl {
        self.client.control()
    }

    /// Leaves it to transactions to commit offsets, from now on.
    ///
    /// # Errors
    ///
    /// When there is no group, or a setting says otherwise.
    pub(crate) fn commit_by_transactions(&self) -> Result<GroupOffsets, ConnectionError> {
        self.client.commit_by_transactions()
    }

    /// Each partition with a reader of its own.
    pub(crate) fn into_partitions(self) -> PartitionedConsumer<V, K> {
        PartitionedConsumer::new(self.reader, self.client, self.dead_letters)
    }

    /// Reports that the message that [`next`](Self::next) returned last is done, without asking for another one. Its
    /// offset is committed in the background.
    ///
    /// # Errors
    ///
    /// When there is no group, or the group has given the partition to another consumer.
    pub fn store(&mut self) -> Result<(), CommitError> {
        self.client.store(&mut self.reader.lanes)
    }

    /// Reports that the message that [`next`](Self::next) returned last is done, and commits everything that is done to
    /// the broker, waiting for its answer.
    ///
    /// # Errors
    ///
    /// When there is no group, it has given the partition to another consumer, or the broker does not take the offsets.
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        self.store()?;
        self.client.commit().await
    }

    /// Goes on without a message that waits for its schema, which counts as done. Returns whether it was still
    /// waiting.
    ///
    /// It is for an error that [is retriable](ConsumeError::is_retriable), when the message is not worth waiting for.
    pub fn skip(&mut self, message: &BadMessage) -> bool {
        self.reader.skip(&message.topic, message.partition, message.offset)
    }

    /// Commits what is done and leaves the group, so that its other members take over at once. Without a group, it only
    /// disconnects. Takes at most 20 seconds; [`close_within`](Self::close_within) sets another limit.
    ///
    /// The message that [`next`](Self::next) returned last is not done before [`store`](Self::store),
    /// [`commit`](Self::commit) or its [`Acknowledgement`](crate::Acknowledgement) has reported it.
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
        self.client.close(timeout).await
    }
}

impl<V, K> TypedConsumer<V, K> {
    /// The topic that this consumer reads. Several are comma-separated, and a pattern is as it was given.
    pub fn topic(&self) -> &str {
        self.client.topic()
    }
}

impl<V, K> fmt::Debug for TypedConsumer<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TypedConsumer")
            .field("topic", self.client.topic())
            .field("group", &self.client.group())
            .finish_non_exhaustive()
    }
}
