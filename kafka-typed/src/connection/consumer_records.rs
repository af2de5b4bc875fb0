//! Records that came together, lent where they are.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::acknowledgement::Acknowledgement;
use super::assigned_partition::AssignedPartition;
use super::consumer_record::ConsumerRecord;
use super::record::{Headers, Timestamp};
use super::record_batch::{RecordBatch, RecordRef};

/// Records of one partition that came together, in their order. From
/// [`RawConsumer::next_batch`](super::RawConsumer::next_batch).
///
/// Keys and payloads are lent out of the one piece of memory that they came in, so that nothing is allocated or copied
/// for a single record. It may be moved to another task, and keeps that memory until it is dropped.
///
/// Its records are done when [`done`](Self::done) reports it. Those that are not when it is dropped come again after a
/// restart, with all that follow them in their partition.
#[must_use = "its records come again unless they are reported as done"]
pub struct ConsumerRecords {
    batch: Arc<RecordBatch>,
    /// Which of the batch's they are.
    indices: Range<usize>,
    is_done: AtomicBool,
}

impl ConsumerRecords {
    pub(crate) fn new(batch: Arc<RecordBatch>, indices: Range<usize>) -> Self {
        Self { batch, indices, is_done: AtomicBool::new(false) }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.batch.partition.topic
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.batch.partition.partition
    }

    /// How many records there are: at least one.
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there are none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// Every record, in the order of the partition.
    pub fn iter(&self) -> impl Iterator<Item = ConsumerRecordRef<'_>> {
        self.records().map(ConsumerRecordRef)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = RecordRef<'_>> {
        self.batch.records_from(self.indices.start).take(self.len())
    }

    /// One of them, by its place among them.
    pub(crate) fn record(&self, index: usize) -> Option<RecordRef<'_>> {
        let index = self.indices.start.checked_add(index).filter(|index| *index < self.indices.end)?;
        self.batch.record(index)
    }

    /// Reports that all of them are done. To report it again changes nothing.
    ///
    /// When the group has given the partition to another consumer meanwhile, this has no effect: the other one gets the
    /// records, too.
    pub fn done(&self) {
        if self.is_done.swap(true, Ordering::Relaxed) {
            return;
        }
        let AssignedPartition { topic, partition, .. } = &*self.batch.partition;
        let records = self.records().map(|record| (record.number(), record.offset()));
        if let Err(error) = self.batch.partition.done(records) {
            tracing::debug!(topic = &**topic, partition, %error, "done, but the partition was taken away");
        }
    }
}

impl Drop for ConsumerRecords {
    fn drop(&mut self) {
        if !*self.is_done.get_mut() {
            self.records().for_each(|record| record.pending().abandoned());
        }
    }
}

impl fmt::Debug for ConsumerRecords {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConsumerRecords")
            .field("topic", &self.topic())
            .field("partition", &self.partition())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// A record as Kafka has it, lent by the [`ConsumerRecords`] that it came with.
#[derive(Clone, Copy)]
pub struct ConsumerRecordRef<'b>(RecordRef<'b>);

impl<'b> ConsumerRecordRef<'b> {
    /// The offset in the partition.
    pub fn offset(&self) -> i64 {
        self.0.offset()
    }

    /// The time that the producer set, or the broker's when the topic keeps the time of appending.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.0.timestamp()
    }

    /// The key.
    pub fn key(&self) -> Option<&'b [u8]> {
        self.0.key()
    }

    /// The payload. `None` for a tombstone.
    pub fn payload(&self) -> Option<&'b [u8]> {
        self.0.payload()
    }

    /// The headers.
    pub fn headers(&self) -> &'b Headers {
        self.0.headers()
    }

    /// Everything of it as its own, which may report by itself that it is done. It is not waited for once the records
    /// that it came with are dropped.
    pub fn to_record(&self) -> ConsumerRecord {
        let acknowledgement = Acknowledgement::new(self.0.pending(), false);
        ConsumerRecord { acknowledgement, ..self.0.to_record() }
    }
}

impl fmt::Debug for ConsumerRecordRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ConsumerRecordRef")
            .field("offset", &self.offset())
            .field("timestamp", &self.timestamp())
            .field("key", &self.key())
            .field("payload", &self.payload())
            .field("headers", &self.headers())
            .finish()
    }
}
