//! Messages that are lent where they came.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use avro_typed::topic::{ViewKey, ViewValue};
use schema_registry::WireId;

use super::bad_message::BadMessage;
use super::consume_error::ConsumeError;
use super::decoders::{FoundWays, KeptWays, ReadRecord, RecordReader, UnreadRecord};
use super::form::Viewed;
use super::message_reader::log_bad;
use super::schema_lookup::SchemaFailure;
use crate::connection::acknowledgement::Acknowledgement;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::consumer_records::ConsumerRecords;
use crate::connection::lanes::DoneBy;
use crate::connection::measurement;
use crate::connection::record::{Headers, NO_HEADERS, Timestamp};
use crate::connection::record_batch::RecordRef;

/// A message that is lent: its value and its key are views, which borrow from what the consumer has received.
///
/// The compiler sees to it that it does not outlive the batch that it is of, or the call of the handler that it is
/// given to.
///
/// A handler can be tested without Kafka, with messages that were never sent:
///
/// ```
/// use kafka_typed::BorrowedMessage;
///
/// fn is_urgent(message: &BorrowedMessage<'_, &str, &str>) -> bool {
///     message.value.contains("fire") || message.key == Some("smoke-detector")
/// }
///
/// assert!(is_urgent(&BorrowedMessage::new("water", Some("smoke-detector"))));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct BorrowedMessage<'b, V, K = &'b [u8]> {
    /// The view of the value.
    pub value: V,
    /// The view of the key. `None` where the record has none.
    pub key: Option<K>,
    /// The headers.
    pub headers: &'b Headers,
    /// The topic.
    pub topic: &'b str,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The time that the producer set, or the broker's when the topic keeps the time of appending.
    pub timestamp: Option<Timestamp>,
    /// The schema that the value was written with, as the message is marked with it: by an id of the registry, or by a
    /// GUID. `None` for a tombstone, and for bytes without a schema.
    pub schema_id: Option<WireId>,
    record: Option<RecordRef<'b>>,
}

impl<'b, V, K> BorrowedMessage<'b, V, K> {
    /// A message for the test of a handler, which came from no consumer: without headers and a time, at offset 0 of
    /// partition 0 of the topic `""`, with no schema id. Its fields can be set.
    pub fn new(value: V, key: Option<K>) -> Self {
        Self {
            value,
            key,
            headers: &NO_HEADERS,
            topic: "",
            partition: 0,
            offset: 0,
            timestamp: None,
            schema_id: None,
            record: None,
        }
    }

    /// What a record was read as.
    #[inline]
    pub(crate) fn read(record: RecordRef<'b>, schema_id: Option<WireId>, value: V, key: Option<K>) -> Self {
        let AssignedPartition { topic, partition, .. } = &**record.partition();
        Self {
            value,
            key,
            headers: record.headers(),
            topic,
            partition: *partition,
            offset: record.offset(),
            timestamp: record.timestamp(),
            schema_id,
            record: Some(record),
        }
    }

    /// Reports that this message is done, without the others of its batch. A handler's messages are done when it
    /// returns `Ok`.
    pub fn done(&self) {
        if let Some(record) = self.record {
            Acknowledgement::new(record.pending(), false).done();
        }
    }
}

impl<V: fmt::Debug, K: fmt::Debug> fmt::Debug for BorrowedMessage<'_, V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BorrowedMessage")
            .field("value", &self.value)
            .field("key", &self.key)
            .field("headers", &self.headers)
            .field("topic", &self.topic)
            .field("partition", &self.partition)
            .field("offset", &self.offset)
            .field("timestamp", &self.timestamp)
            .field("schema_id", &self.schema_id)
            .finish_non_exhaustive()
    }
}

/// Messages of one partition that came together, from
/// [`TypedConsumer::next_borrowed_batch`](crate::TypedConsumer::next_borrowed_batch).
///
/// Values and keys are lent out of the one piece of memory that they came in, so that nothing is allocated or copied
/// for a message. It may be moved to another task, and keeps that memory until it is dropped.
///
/// Its messages are done when [`done`](Self::done) reports it. Those that are not when it is dropped come again after a
/// restart, with all that follow them in their partition.
#[must_use = "its messages come again unless they are reported as done"]
pub struct BorrowedBatch<V, K = Vec<u8>> {
    records: ConsumerRecords,
    runs: Runs,
    reader: RecordReader,
    /// Of how many messages it is settled whether they are bad ones to log.
    logged: AtomicUsize,
    types: PhantomData<fn() -> (V, K)>,
}

impl<V, K> BorrowedBatch<V, K> {
    pub(super) fn new(records: ConsumerRecords, runs: Runs, reader: RecordReader) -> Self {
        Self { records, runs, reader, logged: AtomicUsize::new(0), types: PhantomData }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        self.records.topic()
    }

    /// The partition.
    pub fn partition(&self) -> i32 {
        self.records.partition()
    }

    /// How many messages there are, those that cannot be read included: at least one.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Reports that all of them are done, those that cannot be read included. To report it again changes nothing.
    pub fn done(&self) {
        self.records.done();
    }
}

impl<V: ViewValue, K: ViewKey> BorrowedBatch<V, K> {
    /// Every message, in the order of the partition. One that cannot be read is in its place as an error.
    ///
    /// Each iteration reads them anew.
    pub fn iter(&self) -> BorrowedMessages<'_, V, K> {
        BorrowedMessages { batch: self, index: 0, how: None, later: self.runs.0.iter() }
    }

    fn read<'b>(
        &'b self,
        index: usize,
        record: RecordRef<'b>,
        how: &'b How,
    ) -> Result<LentMessage<'b, V, K>, ConsumeError> {
        let ways = match how {
            How::Found(ways) => ways,
            How::Refused(id, failure) => {
                let earlier = self.reader.problem_without_schema(record, &mut Viewed::<V, K>::new());
                let (schema_id, problem) = earlier.unwrap_or_else(|| (Some(*id), failure.clone().into()));
                return Err(self.bad(index, record, UnreadRecord { schema_id, problem }));
            }
        };
        let started = measurement::sampled(record.number());
        let read = ways.read(self.reader, record, &mut Viewed::<V, K>::new());
        if let Some(started) = started {
            measurement::decoded(&record.partition().topic, started);
        }
        match read {
            Ok(ReadRecord { schema_id, value, key }) => Ok(BorrowedMessage::read(record, schema_id, value, key)),
            Err(unread) => Err(self.bad(index, record, *unread)),
        }
    }

    #[cold]
    fn bad(
        &self,
        index: usize,
        record: RecordRef<'_>,
        UnreadRecord { schema_id, problem }: UnreadRecord,
    ) -> ConsumeError {
        let bad = BadMessage::read(record, schema_id, problem);
        // However often it is read.
        if self.logged.fetch_max(index + 1, Ordering::Relaxed) <= index {
            log_bad(&bad, DoneBy::Acknowledgement);
        }
        BadMessage { acknowledgement: Acknowledgement::new(record.pending(), false), ..bad }.into()
    }
}

impl<V, K> fmt::Debug for BorrowedBatch<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BorrowedBatch")
            .field("topic", &self.topic())
            .field("partition", &self.partition())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl<'b, V: ViewValue, K: ViewKey> IntoIterator for &'b BorrowedBatch<V, K> {
    type Item = Result<LentMessage<'b, V, K>, ConsumeError>;
    type IntoIter = BorrowedMessages<'b, V, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A message with views of a topic's value and key.
pub(crate) type LentMessage<'b, V, K> = BorrowedMessage<'b, <V as ViewValue>::View<'b>, <K as ViewKey>::View<'b>>;

/// The messages of a [`BorrowedBatch`], one after the other.
pub struct BorrowedMessages<'b, V, K> {
    batch: &'b BorrowedBatch<V, K>,
    index: usize,
    how: Option<&'b How>,
    later: slice::Iter<'b, Run>,
}

impl<'b, V: ViewValue, K: ViewKey> Iterator for BorrowedMessages<'b, V, K> {
    type Item = Result<LentMessage<'b, V, K>, ConsumeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let index = self.index;
        let record = self.batch.records.record(index)?;
        while let Some(run) = self.later.as_slice().first()
            && run.from <= index
        {
            self.how = Some(&run.how);
            self.later.next();
        }
        let how = self.how;
        debug_assert!(how.is_some(), "the first run begins with the first message");
        self.index += 1;
        Some(self.batch.read(index, record, how?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batch.len() - self.index;
        (left, Some(left))
    }
}

impl<V: ViewValue, K: ViewKey> ExactSizeIterator for BorrowedMessages<'_, V, K> {}

impl<V: ViewValue, K: ViewKey> FusedIterator for BorrowedMessages<'_, V, K> {}

impl<V, K> fmt::Debug for BorrowedMessages<'_, V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BorrowedMessages")
            .field("left", &(self.batch.len() - self.index))
            .finish_non_exhaustive()
    }
}

/// How the messages of a batch are read. Most batches have one schema.
#[derive(Default)]
pub(super) struct Runs(Vec<Run>);

struct Run {
    /// The first message that is read so.
    from: usize,
    how: How,
}

enum How {
    Found(KeptWays),
    /// The registry does not give the schema of this id.
    Refused(WireId, SchemaFailure),
}

impl Runs {
    /// It was found how to read the message at this place, which is the next one.
    #[inline]
    pub(super) fn push(&mut self, index: usize, found: FoundWays<'_>) {
        match self.0.last() {
            Some(Run { how: How::Found(ways), .. }) if ways.are(found) => {}
            _ => self.0.push(Run { from: index, how: How::Found(found.keep()) }),
        }
    }

    /// The message at this place, which is the next one, cannot be read.
    pub(super) fn push_refused(&mut self, index: usize, id: WireId, failure: SchemaFailure) {
        self.0.push(Run { from: index, how: How::Refused(id, failure) });
    }
}
