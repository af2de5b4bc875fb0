//! Records that were not delivered, kept for those who ask for them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rdkafka::message::{BorrowedMessage, Message};

use super::in_flight_budget::Limits;
use super::native;
use super::record::{Headers, Timestamp};
use super::{DeliveryError, ProducerRecord};

/// A record that was handed over and not delivered, as it was sent. From
/// [`RawProducer::take_undelivered`](super::RawProducer::take_undelivered).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UndeliveredRecord {
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The payload, with the schema id in front of it where it has one. `None` for a tombstone.
    pub payload: Option<Vec<u8>>,
    /// The headers.
    pub headers: Headers,
    /// The time that it was given, if it was.
    pub timestamp: Option<Timestamp>,
    /// The partition, where it was chosen before the record failed.
    pub partition: Option<i32>,
    /// Why it was not delivered.
    pub error: DeliveryError,
}

/// The same record to send again, to the partition that follows from its key.
impl<'r> From<&'r UndeliveredRecord> for ProducerRecord<'r> {
    fn from(record: &'r UndeliveredRecord) -> Self {
        let UndeliveredRecord { key, payload, headers, timestamp, .. } = record;
        ProducerRecord::again(key.as_deref(), payload.as_deref(), headers, *timestamp)
    }
}

/// The undelivered records of a producer, no more at once than it may have on their way.
#[derive(Debug)]
pub(crate) struct Undelivered {
    limits: Limits,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: Vec<UndeliveredRecord>,
    bytes: u64,
}

impl Undelivered {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, kept: Mutex::default() }
    }

    /// Keeps a record that takes this much of its producer's budget, when there is room.
    pub(crate) fn keep(
        &self,
        message: &BorrowedMessage<'_>,
        (timestamp, bytes): (Option<Timestamp>, u64),
        error: DeliveryError,
    ) {
        let mut kept = self.kept();
        let count = u64::try_from(kept.records.len()).unwrap_or(u64::MAX);
        if !self.limits.fit(count, kept.bytes, bytes) {
            return;
        }
        kept.bytes += bytes;
        kept.records.push(UndeliveredRecord {
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            headers: native::headers_of(message),
            // librdkafka no longer tells the time of a record that has failed.
            timestamp,
            partition: Some(message.partition()).filter(|partition| *partition >= 0),
            error,
        });
    }

    pub(crate) fn take(&self) -> Vec<UndeliveredRecord> {
        std::mem::take(&mut *self.kept()).records
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
