//! A record as it came: borrowed from librdkafka, or copied out of its memory.

use std::sync::Arc;

use rdkafka::message::{BorrowedMessage, Message};

use super::acknowledgement::Acknowledgement;
use super::native;
use super::record::{Headers, Timestamp};

/// A record in librdkafka's memory.
pub(crate) struct BorrowedRecord<'m>(BorrowedMessage<'m>);

impl<'m> BorrowedRecord<'m> {
    pub(crate) fn new(message: BorrowedMessage<'m>) -> Self {
        Self(message)
    }

    pub(crate) fn topic(&self) -> &str {
        self.0.topic()
    }

    pub(crate) fn partition(&self) -> i32 {
        self.0.partition()
    }

    /// `None` for a tombstone.
    pub(crate) fn payload(&self) -> Option<&[u8]> {
        self.0.payload()
    }

    /// Copies everything but the payload. The topic is given, so that its name is not copied for each record.
    pub(crate) fn envelope(&self, topic: &Arc<str>) -> Envelope {
        Envelope {
            topic: Arc::clone(topic),
            partition: self.0.partition(),
            offset: self.0.offset(),
            timestamp: Timestamp::from_rdkafka(self.0.timestamp()),
            key: self.0.key().map(<[u8]>::to_vec),
            headers: native::headers(&self.0),
        }
    }
}

/// Everything of a record but its payload.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) headers: Headers,
}

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

    pub(crate) fn received(envelope: Envelope, payload: Option<Vec<u8>>, acknowledgement: Acknowledgement) -> Self {
        let Envelope { topic, partition, offset, timestamp, key, headers } = envelope;
        Self { topic, partition, offset, timestamp, key, payload, headers, acknowledgement }
    }

    envelope_setters!();

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

        /// Sets the key.
        #[must_use]
        pub fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
            self.key = Some(key.into());
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
