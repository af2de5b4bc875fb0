//! A record as it is handed to a producer.

use std::borrow::Borrow;

use rdkafka::message::{Header, OwnedHeaders};

use super::consumer_record::ConsumerRecord;
use super::record::{Headers, Timestamp};

/// A record to send, whatever its payload means. For a [`RawProducer`](super::RawProducer), which names the topic.
///
/// ```
/// use kafka_typed::connection::ProducerRecord;
///
/// let record = ProducerRecord::new(Some(b"21.5")).key("sensor-17").header("source", "gateway");
/// let tombstone = ProducerRecord::new(None).key("sensor-17");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is sent before this is given to a producer"]
pub struct ProducerRecord<'r> {
    pub(crate) payload: Option<&'r [u8]>,
    pub(crate) key: Option<&'r [u8]>,
    pub(crate) headers: Option<OwnedHeaders>,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) partition: Option<i32>,
}

impl<'r> ProducerRecord<'r> {
    /// A record with this payload. `None` is a tombstone, which deletes the key from a compacted topic.
    pub fn new(payload: Option<&'r [u8]>) -> Self {
        Self { payload, ..Self::default() }
    }

    /// Sets the key, text or bytes. Records of one key go to one partition and stay in order.
    pub fn key(mut self, key: &'r (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.key = Some(key.as_ref());
        self
    }

    /// Adds a header. Names may repeat, and the order is kept.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers = Some(with_header(self.headers, name, Some(value.as_ref())));
        self
    }

    /// Adds a header whose value is null, which is not the same as empty.
    pub fn null_header(mut self, name: &str) -> Self {
        self.headers = Some(with_header(self.headers, name, None));
        self
    }

    /// Adds all headers of a received record, those with a null value included.
    pub fn headers(mut self, headers: impl Borrow<Headers>) -> Self {
        for (name, value) in headers.borrow().iter() {
            self.headers = Some(with_header(self.headers, name, value));
        }
        self
    }

    /// Sets the record's time, as milliseconds since 1970 or as a [`SystemTime`](std::time::SystemTime). Without this
    /// it is the time of sending. Times up to 1970 are an error when sending.
    pub fn timestamp(mut self, timestamp: impl Into<Timestamp>) -> Self {
        self.timestamp = Some(timestamp.into());
        self
    }

    /// Sets the partition, from zero. By default it follows from the key, and is any one where there is no key.
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    /// What was a record already. Librdkafka cannot send times up to 1970, which become the time of sending: better
    /// than a record that can never be sent on.
    pub(crate) fn again(
        key: Option<&'r [u8]>,
        payload: Option<&'r [u8]>,
        headers: &Headers,
        timestamp: Option<Timestamp>,
    ) -> Self {
        let timestamp = timestamp.filter(|timestamp| timestamp.as_millis() > 0);
        ProducerRecord { key, timestamp, ..ProducerRecord::new(payload) }.headers(headers)
    }

    /// The bytes that the record takes of a producer's budget.
    pub(crate) fn size(&self) -> usize {
        self.payload.map_or(0, <[u8]>::len).saturating_add(self.key.map_or(0, <[u8]>::len))
    }
}

/// A received record to send on as it is, with its key, headers and time. The partition follows from the key.
///
/// ```
/// use kafka_typed::connection::{ConsumerRecord, ProducerRecord};
///
/// let received = ConsumerRecord::new(Some(b"21.5".to_vec())).topic("temperatures").key("sensor-17");
/// let to_send = ProducerRecord::from(&received).header("seen-by", "archive");
/// ```
impl<'r> From<&'r ConsumerRecord> for ProducerRecord<'r> {
    fn from(record: &'r ConsumerRecord) -> Self {
        let ConsumerRecord { key, payload, headers, timestamp, .. } = record;
        ProducerRecord::again(key.as_deref(), payload.as_deref(), headers, *timestamp)
    }
}

/// The headers with one more at their end.
pub(crate) fn with_header(headers: Option<OwnedHeaders>, name: &str, value: Option<&[u8]>) -> OwnedHeaders {
    headers.unwrap_or_default().insert(Header { key: name, value })
}
