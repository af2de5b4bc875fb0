//! A record as it came, as its own.

use std::sync::Arc;

use super::acknowledgement::Acknowledgement;
use super::record::{Headers, Timestamp};

/// A record as Kafka has it, with its payload as bytes. From a [`RawConsumer`](super::RawConsumer).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ConsumerRecord {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The time that the producer set, or the broker's when the topic keeps the time of appending.
    pub timestamp: Option<Timestamp>,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The payload. `None` for a tombstone.
    pub payload: Option<Vec<u8>>,
    /// The headers.
    pub headers: Headers,
    /// Reports that the record is done.
    pub acknowledgement: Acknowledgement,
}

impl ConsumerRecord {
    /// A record for the test of a handler, which came from no consumer. `None` for a tombstone.
    ///
    /// ```
    /// use kafka_typed::connection::ConsumerRecord;
    ///
    /// let record = ConsumerRecord::new(Some(b"21.5".to_vec())).topic("temperatures").key("sensor-17");
    /// assert_eq!(record.payload.as_deref(), Some(&b"21.5"[..]));
    /// record.done();
    /// assert!(record.acknowledgement.is_done());
    /// ```
    pub fn new(payload: Option<Vec<u8>>) -> Self {
        Self {
            topic: Arc::from(""),
            partition: 0,
            offset: 0,
            timestamp: None,
            key: None,
            payload,
            headers: Headers::default(),
            acknowledgement: Acknowledgement::default(),
        }
    }

    envelope_setters!();

    /// Sets the key.
    #[must_use]
    pub fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Reports that the record is done, see [`Acknowledgement`].
    pub fn done(&self) {
        self.acknowledgement.done();
    }
}

/// The setters of what every kind of message has beside its value, for users' tests.
macro_rules! envelope_setters {
    () => {
        /// Sets the topic.
        #[must_use]
        pub fn topic(mut self, topic: impl Into<std::sync::Arc<str>>) -> Self {
            self.topic = topic.into();
            self
        }

        /// Sets the partition.
        #[must_use]
        pub fn partition(mut self, partition: i32) -> Self {
            self.partition = partition;
            self
        }

        /// Sets the offset in the partition.
        #[must_use]
        pub fn offset(mut self, offset: i64) -> Self {
            self.offset = offset;
            self
        }

        /// Sets the time.
        #[must_use]
        pub fn timestamp(mut self, timestamp: impl Into<$crate::Timestamp>) -> Self {
            self.timestamp = Some(timestamp.into());
            self
        }

        /// Adds a header.
        #[must_use]
        pub fn header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
            self.headers.push(name.into(), Some(value.into()));
            self
        }
    };
}
pub(crate) use envelope_setters;
