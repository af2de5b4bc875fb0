//! A message that was received.

use std::sync::Arc;

use schema_registry::SchemaId;

use crate::connection::acknowledgement::Acknowledgement;
use crate::connection::consumer_record::{Envelope, envelope_setters};
use crate::connection::record::{Headers, Timestamp};

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
    /// The offset in the partition.
    pub offset: i64,
    /// The time that the producer set, or the broker's when the topic keeps the time of appending.
    pub timestamp: Option<Timestamp>,
    /// The schema that the value was written with.
    pub schema_id: SchemaId,
    /// Reports that the message is done, also when its value is elsewhere already.
    pub acknowledgement: Acknowledgement,
}

impl<T> TypedMessage<T> {
    /// A message for the test of a handler, which came from no consumer: without a key, headers and a time, at offset 0
    /// of partition 0 of the topic `""`, with the schema id 0.
    pub fn new(value: T) -> Self {
        Self {
            value,
            key: None,
            headers: Headers::default(),
            topic: Arc::from(""),
            partition: 0,
            offset: 0,
            timestamp: None,
            schema_id: SchemaId::new(0),
            acknowledgement: Acknowledgement::default(),
        }
    }

    pub(crate) fn received(
        envelope: Envelope,
        schema_id: SchemaId,
        value: T,
        acknowledgement: Acknowledgement,
    ) -> Self {
        let Envelope { topic, partition, offset, timestamp, key, headers } = envelope;
        Self { value, key, headers, topic, partition, offset, timestamp, schema_id, acknowledgement }
    }

    envelope_setters!();

    /// Sets the schema that the value was written with.
    #[must_use]
    pub fn schema_id(mut self, id: SchemaId) -> Self {
        self.schema_id = id;
        self
    }

    /// Reports that the message is done, see [`Acknowledgement`].
    pub fn done(&self) {
        self.acknowledgement.done();
    }

    /// The key, when there is one and it is text.
    pub fn key_str(&self) -> Option<&str> {
        self.key.as_deref().and_then(|key| std::str::from_utf8(key).ok())
    }
}
