//! A message that was received.

use std::sync::Arc;

use schema_registry::WireId;

use crate::connection::acknowledgement::Acknowledgement;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::consumer_record::envelope_setters;
use crate::connection::record::{Headers, Timestamp};
use crate::connection::record_batch::RecordRef;
use crate::connection::trace::{self, Source};

/// A value that was received, and what came with it.
///
/// A handler can be tested without Kafka, with messages that were never sent:
///
/// ```
/// use kafka_typed::TypedMessage;
///
/// struct Order {
///     total: i64,
/// }
///
/// fn handle(message: &TypedMessage<Order>) -> Option<String> {
///     message.done();
///     let customer = message.key_str()?;
///     (message.value.total > 1000).then(|| format!("{customer} gets a discount"))
/// }
///
/// let message = TypedMessage::new(Order { total: 1200 }).topic("orders").key("customer-7").header("trace", "a1");
/// assert_eq!(handle(&message).as_deref(), Some("customer-7 gets a discount"));
/// assert!(message.acknowledgement.is_done());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TypedMessage<V, K = Vec<u8>> {
    /// The value.
    pub value: V,
    /// The key. `None` where the record has none.
    pub key: Option<K>,
    /// The headers.
    pub headers: Headers,
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The time that the producer set, or the broker's when the topic keeps the time of appending.
    pub timestamp: Option<Timestamp>,
    /// The schema that the value was written with, as the message is marked with it: by an id of the registry, or by a
    /// GUID. `None` for a tombstone, and for bytes without a schema.
    pub schema_id: Option<WireId>,
    /// Reports that the message is done, also when its value is elsewhere already.
    pub acknowledgement: Acknowledgement,
}

impl<V> TypedMessage<V> {
    /// A message for the test of a handler, which came from no consumer: without a key, headers and a time, at offset 0
    /// of partition 0 of the topic `""`, with no schema id. [`keyed`](Self::keyed) makes one of a topic whose keys have
    /// another type than bytes.
    pub fn new(value: V) -> Self {
        Self::with(value, None)
    }

    /// Sets the key.
    #[must_use]
    pub fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The key, when there is one and it is text.
    pub fn key_str(&self) -> Option<&str> {
        self.key.as_deref().and_then(|key| std::str::from_utf8(key).ok())
    }
}

impl<V, K> TypedMessage<V, K> {
    /// [`new`](TypedMessage::new), with a key of any type.
    ///
    /// ```
    /// use kafka_typed::TypedMessage;
    ///
    /// let message = TypedMessage::keyed("21.5", 17_i64).topic("temperatures");
    /// assert_eq!(message.key, Some(17_i64));
    /// ```
    pub fn keyed(value: V, key: impl Into<K>) -> Self {
        Self::with(value, Some(key.into()))
    }

    fn with(value: V, key: Option<K>) -> Self {
        Self {
            value,
            key,
            headers: Headers::default(),
            topic: Arc::from(""),
            partition: 0,
            offset: 0,
            timestamp: None,
            schema_id: None,
            acknowledgement: Acknowledgement::default(),
        }
    }

    /// What a record was read as.
    pub(crate) fn read(
        record: RecordRef<'_>,
        schema_id: Option<WireId>,
        value: V,
        key: Option<K>,
        acknowledgement: Acknowledgement,
    ) -> Self {
        let AssignedPartition { topic, partition, .. } = &**record.partition();
        Self {
            value,
            key,
            headers: record.headers().clone(),
            topic: Arc::clone(topic),
            partition: *partition,
            offset: record.offset(),
            timestamp: record.timestamp(),
            schema_id,
            acknowledgement,
        }
    }

    envelope_setters!();

    /// Sets the schema that the value was written with.
    #[must_use]
    pub fn schema_id(mut self, id: impl Into<WireId>) -> Self {
        self.schema_id = Some(id.into());
        self
    }

    /// A span of `tracing` to process the message in, as a run does: it has OpenTelemetry's attributes for messaging,
    /// and, with the feature `opentelemetry`, belongs to the trace that the message's headers name. Disabled unless a
    /// subscriber wants the level `DEBUG` of the target `kafka_typed::messages`.
    ///
    /// ```
    /// use kafka_typed::TypedMessage;
    /// use tracing::Instrument;
    ///
    /// # async fn store(_: &f64) {}
    /// # async fn example() {
    /// let message = TypedMessage::new(21.5).topic("temperatures");
    /// store(&message.value).instrument(message.span()).await;
    /// # }
    /// ```
    pub fn span(&self) -> tracing::Span {
        let Self { topic, partition, offset, headers, .. } = self;
        trace::processing(Source { topic, partition: *partition, offset: *offset, headers, group: None })
    }

    /// Reports that the message is done, see [`Acknowledgement`].
    pub fn done(&self) {
        self.acknowledgement.done();
    }
}
