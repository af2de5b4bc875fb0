//! Records of one partition, copied out of librdkafka's memory into one piece.

use std::sync::Arc;

use super::assigned_partition::{AssignedPartition, PendingOffset};
use super::consumer_record::ConsumerRecord;
use super::record::{Headers, Timestamp};

/// Records of one partition that came together, in their order. Their keys and payloads share one allocation.
pub(crate) struct RecordBatch {
    pub(crate) partition: Arc<AssignedPartition>,
    /// Which one of the partition's the first record is.
    first_number: u64,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    offset: i64,
    timestamp: Option<Timestamp>,
    /// Where the key begins, which the payload follows.
    start: usize,
    key: Option<usize>,
    payload: Option<usize>,
    headers: Headers,
}

impl RecordBatch {
    pub(crate) fn with_capacity(partition: Arc<AssignedPartition>, records: usize, bytes: usize) -> Self {
        Self { partition, first_number: 0, bytes: Vec::with_capacity(bytes), entries: Vec::with_capacity(records) }
    }

    /// Copies one more record.
    pub(crate) fn push(
        &mut self,
        offset: i64,
        timestamp: Option<Timestamp>,
        key: Option<&[u8]>,
        payload: Option<&[u8]>,
        headers: Headers,
    ) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key.unwrap_or_default());
        self.bytes.extend_from_slice(payload.unwrap_or_default());
        let (key, payload) = (key.map(<[u8]>::len), payload.map(<[u8]>::len));
        self.entries.push(Entry { offset, timestamp, start, key, payload, headers });
    }

    /// Sets which one of the partition's the first record is.
    pub(crate) fn number_from(&mut self, first_number: u64) {
        self.first_number = first_number;
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The bytes of keys and payloads.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn record(&self, index: usize) -> Option<RecordRef<'_>> {
        let entry = self.entries.get(index)?;
        Some(RecordRef { batch: self, entry, index })
    }

    /// The records from this one on.
    pub(crate) fn records_from(&self, start: usize) -> impl Iterator<Item = RecordRef<'_>> {
        let entries = self.entries.iter().enumerate().skip(start);
        entries.map(|(index, entry)| RecordRef { batch: self, entry, index })
    }
}

/// One record of a batch, in place.
#[derive(Clone, Copy)]
pub(crate) struct RecordRef<'b> {
    batch: &'b RecordBatch,
    entry: &'b Entry,
    index: usize,
}

impl<'b> RecordRef<'b> {
    pub(crate) fn partition(&self) -> &'b Arc<AssignedPartition> {
        &self.batch.partition
    }

    /// Which one of the partition's it is.
    pub(crate) fn number(&self) -> u64 {
        self.batch.first_number + self.index as u64
    }

    pub(crate) fn offset(&self) -> i64 {
        self.entry.offset
    }

    /// What reports that it is done.
    pub(crate) fn pending(&self) -> PendingOffset {
        PendingOffset { partition: Arc::clone(self.partition()), number: self.number(), offset: self.offset() }
    }

    pub(crate) fn timestamp(&self) -> Option<Timestamp> {
        self.entry.timestamp
    }

    pub(crate) fn headers(&self) -> &'b Headers {
        &self.entry.headers
    }

    pub(crate) fn key(&self) -> Option<&'b [u8]> {
        self.part(self.entry.start, self.entry.key?)
    }

    /// `None` for a tombstone.
    pub(crate) fn payload(&self) -> Option<&'b [u8]> {
        self.part(self.entry.start + self.entry.key.unwrap_or(0), self.entry.payload?)
    }

    fn part(&self, start: usize, length: usize) -> Option<&'b [u8]> {
        let part = self.batch.bytes.get(start..start + length);
        debug_assert!(part.is_some(), "keys and payloads were copied into the batch");
        part
    }

    /// Everything of it as its own, done by `acknowledgement`.
    pub(crate) fn to_record(self) -> ConsumerRecord {
        let AssignedPartition { topic, partition, .. } = &**self.partition();
        ConsumerRecord {
            topic: Arc::clone(topic),
            partition: *partition,
            offset: self.offset(),
            timestamp: self.timestamp(),
            key: self.key().map(<[u8]>::to_vec),
            payload: self.payload().map(<[u8]>::to_vec),
            headers: self.headers().clone(),
            acknowledgement: super::acknowledgement::Acknowledgement::comes_again(),
        }
    }
}

/// One record of a batch that is kept alive with it.
#[derive(Clone)]
pub(crate) struct ReceivedRecord {
    batch: Arc<RecordBatch>,
    index: usize,
}

impl ReceivedRecord {
    pub(crate) fn new(batch: &Arc<RecordBatch>, index: usize) -> Self {
        Self { batch: Arc::clone(batch), index }
    }

    pub(crate) fn partition(&self) -> &Arc<AssignedPartition> {
        &self.batch.partition
    }

    /// The record itself. There is one, since only records that were found are made into this.
    pub(crate) fn record(&self) -> Option<RecordRef<'_>> {
        self.batch.record(self.index)
    }

    /// What reports that it is done.
    pub(crate) fn pending(&self) -> Option<PendingOffset> {
        self.record().map(|record| record.pending())
    }

    /// Everything of it as its own.
    pub(crate) fn to_record(&self) -> Option<ConsumerRecord> {
        self.record().map(RecordRef::to_record)
    }

    /// Reports that it is done.
    pub(crate) fn done(&self) {
        if let Some(record) = self.record()
            && let Err(error) = self.partition().done([(record.number(), record.offset())])
        {
            let AssignedPartition { topic, partition, .. } = &**self.partition();
            let offset = record.offset();
            tracing::debug!(topic = &**topic, partition, offset, %error, "done, but the partition was taken away");
        }
    }

    /// Reports that nobody will report it as done: it comes again once the partition is assigned anew.
    pub(crate) fn give_up(&self) {
        if let Some(pending) = self.pending() {
            pending.given_up();
        }
    }
}
