//! Sending values of one type to one topic.

mod builder;
mod send_builder;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::{AvroType, Encode};
use schema_registry::{Context, Prefix, SchemaId, SchemaRegistry};

pub use builder::ProducerBuilder;
pub use send_builder::{NoKey, SendBuilder};

use crate::connection::{CloseError, Counts, FlushError, RawProducer};
use crate::error::SetupError;
use crate::kafka::KafkaTyped;

/// Sends values of type `T` to one topic, each marked with the id of `T`'s schema.
///
/// Made by [`KafkaTyped::producer`](crate::KafkaTyped::producer). Clones are the same producer and may be used from any
/// task or thread.
///
/// Call [`close`](TypedProducer::close) at the end, or [`flush`](TypedProducer::flush) before the last clone goes:
/// nobody looks after a message that is still on its way then, which is logged as an error with their number. Dropping
/// it never blocks.
///
/// # One client for many producers
///
/// All producers of a [`KafkaTyped`] that have the same settings share one librdkafka client with its connections and
/// threads, however many topics and types they send, so that each costs no more than a small struct. One with settings
/// of its own has another client, which it shares with those that have the same. The client starts with its first
/// producer and ends with its last.
///
/// What a producer counts, waits for and gives up is its own all the same:
///
/// - [`flush`](Self::flush) and [`close`](Self::close) wait for its messages alone. They hurry those of the others,
///   which then go without waiting for `linger.ms`.
/// - `queue.buffering.max.messages` and `queue.buffering.max.kbytes` limit each producer, so that one that cannot send
///   does not hold up another. N producers may hold N times as much memory.
/// - Messages that are on their way when it is dropped, or closed for lack of time, are given up with the client: at
///   once when it is its last producer, and otherwise they may still be delivered.
///
/// # How often a message is written
///
/// With `enable.idempotence`, the default, what is sent again after a lost answer is not written twice and keeps its
/// order, *within* `message.timeout.ms` (five minutes by default). When no broker answers for that long the delivery is
/// an error, and whoever sends the value again makes another message: the first one may have been written, so that
/// readers may see both, and in another order. Where brokers may be away for longer, set a longer `message.timeout.ms`;
/// where a copy does harm, let readers recognize one by an id in the value. Kafka's transactions, which rule copies
/// out, are not supported here yet.
pub struct TypedProducer<T> {
    shared: Arc<Shared>,
    value: PhantomData<fn(&T)>,
}

struct Shared {
    records: RawProducer,
    prefix: Prefix,
    subject: String,
    schema_id: SchemaId,
    kafka: KafkaTyped,
    /// The client of the context that the schema id is of.
    registry: SchemaRegistry,
}

impl<T: Encode + AvroType> TypedProducer<T> {
    /// Starts a message with this value. Nothing is sent before the answer is awaited, or
    /// [enqueued](SendBuilder::enqueue).
    ///
    /// ```no_run
    /// # use kafka_typed::{SendError, TypedProducer, avro_typed::{AvroType, Encode}};
    /// # async fn example<T: Encode + AvroType + Sync>(alerts: TypedProducer<T>, alert: T, many: Vec<T>) -> Result<(), SendError> {
    /// let delivery = alerts.send(&alert).key("sensor-17").header("source", "gateway").await?;
    /// println!("written at offset {} of partition {}", delivery.offset, delivery.partition);
    ///
    /// let mut deliveries = Vec::new();
    /// for alert in &many {
    ///     deliveries.push(alerts.send(alert).key("sensor-17").enqueue().await?);
    /// }
    /// for delivery in deliveries {
    ///     delivery.await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn send<'p>(&'p self, value: &'p T) -> SendBuilder<'p, T> {
        SendBuilder::new(self, value)
    }
}

impl<T> TypedProducer<T> {
    /// Waits until every message handed over so far has its delivery report, sending at once what would wait for
    /// `linger.ms`. The messages of other producers are not waited for.
    ///
    /// It reports nothing about success: await the deliveries for that, or look at [`counts`](TypedProducer::counts).
    ///
    /// # Errors
    ///
    /// When `timeout` is over first. The messages are still being sent then.
    pub async fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        self.shared.records.flush(timeout).await
    }

    /// Takes no more messages, from any clone, and waits until every message handed over so far has its delivery
    /// report. Takes at most 20 seconds; [`close_within`](Self::close_within) sets another limit.
    ///
    /// Returns what has become of all messages. Which of them failed is in their
    /// [deliveries](crate::DeliveryFuture).
    ///
    /// ```no_run
    /// # use kafka_typed::{TypedProducer, avro_typed::{AvroType, Encode}};
    /// # async fn example<T: Encode + AvroType + Sync>(alerts: TypedProducer<T>, many: Vec<T>) -> Result<(), Box<dyn std::error::Error>> {
    /// for alert in &many {
    ///     drop(alerts.send(alert).enqueue().await?);
    /// }
    /// let counts = alerts.close().await?;
    /// println!("{} delivered, {} failed", counts.delivered, counts.failed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When messages are still on their way after that time, with their number. They are given up: at once, when no
    /// other producer shares the client, and otherwise after `message.timeout.ms`, up to which they may still be
    /// delivered.
    pub async fn close(self) -> Result<Counts, CloseError> {
        self.shared.records.clone().close().await
    }

    /// [`close`](Self::close) with a time limit of its own. It takes up to a second longer when messages are given up.
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_within(self, timeout: Duration) -> Result<Counts, CloseError> {
        self.shared.records.clone().close_within(timeout).await
    }

    /// How many messages have been delivered, have failed, and are on their way.
    pub fn counts(&self) -> Counts {
        self.shared.records.counts()
    }

    /// The connection's half of this producer, which sends records as they are to the same topic, within the same
    /// budget and counts: tombstones, and payloads that are encoded already.
    pub fn raw(&self) -> &RawProducer {
        &self.shared.records
    }

    /// The topic that this producer sends to.
    pub fn topic(&self) -> &str {
        self.shared.records.topic()
    }

    /// The subject that the schema is registered under.
    pub fn subject(&self) -> &str {
        &self.shared.subject
    }

    /// The context of the registry that the [schema id](Self::schema_id) is of.
    pub fn context(&self) -> &Context {
        self.shared.registry.context()
    }

    /// The schema id that every message carries.
    pub fn schema_id(&self) -> SchemaId {
        self.shared.schema_id
    }

    /// Fetches the schema that the registry has for the [id](Self::schema_id), unless the client remembers it, and sees
    /// whether it is the one that the [lock](crate::Registration::Locked) has. Of an id that comes from elsewhere it is
    /// only seen whether the registry knows it.
    ///
    /// # Errors
    ///
    /// [`SetupError::LockMismatch`] when it is another schema, and [`SetupError::Registry`] when the registry does not
    /// know the id or cannot be reached.
    pub async fn verify_schema_id(&self) -> Result<(), SetupError> {
        let Shared { schema_id, records, kafka, registry, .. } = &*self.shared;
        let topic = records.topic();
        let schema = Box::pin(registry.schema_by_id(*schema_id)).await;
        let schema = schema.map_err(|source| SetupError::Registry {
            what: format!(
                "schema {schema_id}, which messages of topic `{topic}` are marked with, could not be fetched"
            ),
            source,
        })?;
        kafka.locked().check(&schema).map_err(|source| SetupError::LockMismatch { topic: topic.to_string(), source })
    }

    fn new(
        records: RawProducer,
        subject: String,
        (schema_id, prefix): (SchemaId, Prefix),
        (kafka, registry): (KafkaTyped, SchemaRegistry),
    ) -> Self {
        Self { shared: Arc::new(Shared { records, prefix, subject, schema_id, kafka, registry }), value: PhantomData }
    }
}

impl<T> Clone for TypedProducer<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), value: PhantomData }
    }
}

impl<T> fmt::Debug for TypedProducer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TypedProducer")
            .field("topic", self.shared.records.topic())
            .field("subject", &self.shared.subject)
            .field("schema_id", &self.shared.schema_id)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
