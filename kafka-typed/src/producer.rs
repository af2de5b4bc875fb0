//! Sending values of one type, with keys of one type, to one topic.

mod builder;
mod encoders;
mod marking;
mod schema;
mod send_all;
mod send_builder;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::Encoder;
use avro_typed::topic::{EncodeKey, EncodeValue, IntoKey, KeyArgument, Tombstones, ValueForm};
use schema_registry::SchemaId;

pub use builder::ProducerBuilder;
pub use schema::ProducerSchema;
pub use send_all::{Outgoing, SendFailure, SendReport};
pub use send_builder::SendBuilder;

use self::encoders::Encoders;
use self::marking::Marking;
use crate::connection::measurement;
use crate::connection::{
    CloseError, Counts, FlushError, ProducerHealth, ProducerRecord, RawProducer, UndeliveredRecord,
};
use crate::error::{SendError, SetupError};
use crate::kafka::KafkaTyped;

/// Sends values of type `V` with keys of type `K` to one topic, each marked with the id of its schema.
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
/// where a copy does harm, let readers recognize one by an id in the value, or send in
/// [transactions](crate::KafkaTyped::transactional), which rule copies out.
pub struct TypedProducer<V, K = Vec<u8>> {
    shared: Arc<Shared>,
    types: PhantomData<fn(&V, &K)>,
}

struct Shared {
    records: RawProducer,
    /// Of the value's types, in the order of [`TopicValue::TYPES`](avro_typed::topic::TopicValue::TYPES).
    schemas: Vec<ProducerSchema>,
    key_schema: Option<ProducerSchema>,
    kafka: KafkaTyped,
}

impl<V: EncodeValue, K: EncodeKey> TypedProducer<V, K> {
    /// Starts a message with this value. Nothing is sent before the answer is awaited, or
    /// [enqueued](SendBuilder::enqueue).
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # async fn example(alerts: kafka_typed::TypedProducer<Alert>, alert: Alert, many: Vec<Alert>) -> Result<(), kafka_typed::SendError> {
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
    pub fn send<'p>(&'p self, value: &'p V) -> SendBuilder<'p, V, K> {
        SendBuilder::new(self, Some(value))
    }

    /// Starts a message without a value, which deletes the key from a compacted topic. Only topics whose values are an
    /// `Option` have such messages, so that their consumers expect them.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # async fn example(alerts: kafka_typed::TypedProducer<Option<Alert>, String>) -> Result<(), kafka_typed::SendError> {
    /// alerts.send_tombstone("sensor-17").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_tombstone<'p>(&'p self, key: impl IntoKey<'p, K>) -> SendBuilder<'p, V, K>
    where
        V: Tombstones,
    {
        SendBuilder::new(self, None).key(key)
    }
}

impl<V, K> TypedProducer<V, K> {
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
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # async fn example(alerts: kafka_typed::TypedProducer<Alert>, many: Vec<Alert>) -> Result<(), Box<dyn std::error::Error>> {
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
    pub async fn close(&self) -> Result<Counts, CloseError> {
        self.shared.records.close().await
    }

    /// [`close`](Self::close) with a time limit of its own. It takes up to a second longer when messages are given up.
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_within(&self, timeout: Duration) -> Result<Counts, CloseError> {
        self.shared.records.close_within(timeout).await
    }

    /// Takes the messages that were handed over and not delivered so far, each with its bytes and its error, when the
    /// producer [keeps](ProducerBuilder::keep_undelivered) them. After closing, these are all that are neither
    /// delivered nor taken: [`RawProducer::take_undelivered`].
    pub fn take_undelivered(&self) -> Vec<UndeliveredRecord> {
        self.shared.records.take_undelivered()
    }

    /// How many messages have been delivered, have failed, and are on their way.
    pub fn counts(&self) -> Counts {
        self.shared.records.counts()
    }

    /// How the producer is, for the endpoints that tell whether a service is alive and ready. Asks no broker.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # fn example(alerts: kafka_typed::TypedProducer<Alert>) {
    /// use std::time::Duration;
    ///
    /// let health = alerts.health();
    /// println!("{} on their way, last error: {:?}", health.in_flight, health.last_error);
    /// let (is_alive, is_ready) = (health.is_alive(Duration::from_secs(600)), health.is_ready());
    /// # }
    /// ```
    pub fn health(&self) -> ProducerHealth {
        self.shared.records.health()
    }

    /// The connection's half of this producer, which sends records as they are to the same topic, within the same
    /// budget and counts: payloads that are encoded already, such as those of received messages.
    pub fn raw(&self) -> &RawProducer {
        &self.shared.records
    }

    /// The topic that this producer sends to.
    pub fn topic(&self) -> &str {
        self.shared.records.topic()
    }

    /// The schema of the values, where they have exactly one type.
    pub fn schema(&self) -> Option<&ProducerSchema> {
        match &*self.shared.schemas {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The schemas of the values' types, in the order of the variants where there are several. None for bytes without
    /// a schema.
    pub fn schemas(&self) -> &[ProducerSchema] {
        &self.shared.schemas
    }

    /// The schema of the keys, where they are of an Avro type.
    pub fn key_schema(&self) -> Option<&ProducerSchema> {
        self.shared.key_schema.as_ref()
    }

    /// The subject of the [schema](Self::schema), where values have exactly one type.
    pub fn subject(&self) -> Option<&str> {
        self.schema().map(ProducerSchema::subject)
    }

    /// The id of the [schema](Self::schema), where values have exactly one type.
    pub fn schema_id(&self) -> Option<SchemaId> {
        self.schema().map(ProducerSchema::id)
    }

    /// Fetches the schemas that the registry has for the ids of [values](Self::schemas) and [keys](Self::key_schema),
    /// unless the client remembers them, and compares them with what the [lock](crate::Registration::Locked) has. Of an
    /// id that comes from elsewhere it is only checked whether the registry knows it.
    ///
    /// # Errors
    ///
    /// [`SetupError::LockMismatch`] when one is another schema, and [`SetupError::Registry`] when the registry does not
    /// know an id or cannot be reached.
    pub async fn verify_schema_ids(&self) -> Result<(), SetupError> {
        for schema in self.shared.schemas.iter().chain(&self.shared.key_schema) {
            schema.verify(&self.shared.kafka, self.topic()).await?;
        }
        Ok(())
    }

    fn new(
        records: RawProducer,
        schemas: Vec<ProducerSchema>,
        key_schema: Option<ProducerSchema>,
        kafka: KafkaTyped,
    ) -> Self {
        Self { shared: Arc::new(Shared { records, schemas, key_schema, kafka }), types: PhantomData }
    }
}

impl Shared {
    /// The record of a message, with its payload and its key, and the schemas of these. A value of `None` is a
    /// tombstone.
    #[inline]
    fn encode<'e, V: EncodeValue, K: EncodeKey>(
        &self,
        value: Option<&'e V>,
        key: Option<&'e KeyArgument<'_, K>>,
        encoders: &'e mut Encoders,
    ) -> Result<(ProducerRecord<'e>, Marking<'_>), SendError> {
        let marking = Marking {
            value: value.and_then(|value| self.schema_of(value)),
            key: self.key_schema.as_ref().filter(|_| key.is_some()),
        };
        let started = encoders.sample.start();
        let payload = match value {
            Some(value) => self.encode_value(value, marking.value, &mut encoders.value),
            None => Ok(None),
        };
        let payload = payload.inspect_err(|error| self.records.failed_to_send("encode", error))?;
        let key = key.map(|key| self.encode_key(key, &mut encoders.key)).transpose();
        let key = key.inspect_err(|error| self.records.failed_to_send("encode_key", error))?;
        if let Some(started) = started {
            measurement::encoded(self.records.topic(), started);
        }
        Ok((ProducerRecord { payload, key, ..ProducerRecord::default() }, marking))
    }

    /// The schema of a value that is of one of the topic's types.
    fn schema_of<V: EncodeValue>(&self, value: &V) -> Option<&ProducerSchema> {
        let ValueForm::Type(index) = value.form() else { return None };
        let schema = self.schemas.get(index);
        debug_assert!(schema.is_some(), "a value is of one of the types that it lists");
        schema
    }

    fn encode_value<'e, V: EncodeValue>(
        &self,
        value: &'e V,
        schema: Option<&ProducerSchema>,
        encoder: &'e mut Encoder,
    ) -> Result<Option<&'e [u8]>, SendError> {
        let topic = || Arc::clone(self.records.topic());
        let prefix: &[u8] = match value.form() {
            ValueForm::Tombstone => return Ok(None),
            ValueForm::Raw => &[],
            ValueForm::Other => return Err(SendError::OtherRecord { topic: topic() }),
            ValueForm::Type(_) => &schema.ok_or_else(|| SendError::OtherRecord { topic: topic() })?.prefix,
        };
        let encoded = value.encode_with(encoder, prefix);
        encoded.map(Some).map_err(|source| SendError::Encode { topic: topic(), source })
    }

    fn encode_key<'e, K: EncodeKey>(
        &self,
        key: &'e KeyArgument<'_, K>,
        encoder: &'e mut Encoder,
    ) -> Result<&'e [u8], SendError> {
        let prefix: &[u8] = self.key_schema.as_ref().map_or(&[], |schema| &schema.prefix);
        let encoded = key.encode_with(encoder, prefix);
        encoded.map_err(|source| SendError::EncodeKey { topic: Arc::clone(self.records.topic()), source })
    }
}

impl<V, K> Clone for TypedProducer<V, K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), types: PhantomData }
    }
}

impl<V, K> fmt::Debug for TypedProducer<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TypedProducer")
            .field("topic", self.shared.records.topic())
            .field("schemas", &self.shared.schemas)
            .field("key_schema", &self.shared.key_schema)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
