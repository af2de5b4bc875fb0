//! A record that could not be processed, wherever it comes from.

use crate::connection::{ConsumerRecord, Headers, Timestamp};
use crate::consumer::BadMessage;

/// A record that could not be processed, borrowed: everything that a dead letter keeps of it.
///
/// Made from what a consumer returns, and field by field for records of other clients.
#[derive(Clone, Copy, Debug)]
pub struct FailedRecord<'r> {
    /// The topic that it was received from.
    pub topic: &'r str,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The time.
    pub timestamp: Option<Timestamp>,
    /// The key.
    pub key: Option<&'r [u8]>,
    /// The payload, with the schema id in it. `None` for a tombstone.
    pub payload: Option<&'r [u8]>,
    /// The headers.
    pub headers: &'r Headers,
}

impl<'r> From<&'r ConsumerRecord> for FailedRecord<'r> {
    fn from(record: &'r ConsumerRecord) -> Self {
        Self {
            topic: &record.topic,
            partition: record.partition,
            offset: record.offset,
            timestamp: record.timestamp,
            key: record.key.as_deref(),
            payload: record.payload.as_deref(),
            headers: &record.headers,
        }
    }
}

impl<'r> From<&'r BadMessage> for FailedRecord<'r> {
    fn from(message: &'r BadMessage) -> Self {
        Self {
            topic: &message.topic,
            partition: message.partition,
            offset: message.offset,
            timestamp: message.timestamp,
            key: message.key.as_deref(),
            payload: message.payload.as_deref(),
            headers: &message.headers,
        }
    }
}
