//! From librdkafka's queue of a partition into its lane.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::BaseConsumer;
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;

use super::assigned_partition::AssignedPartition;
use super::assignment::Assignment;
use super::consumer_events::ConsumerEvents;
use super::measurement::MeasuredPartition;
use super::partition_queue::{PartitionQueue, Taken};
use super::receive_error::ReceiveError;
use super::record::Timestamp;
use super::record_batch::RecordBatch;

/// How many records are taken with one call.
const AT_ONCE: usize = 500;

/// How long a lane may be full before librdkafka is told to fetch no more of its partition. That makes it forget what
/// it has fetched, which would be fetched again and again for a handler that is only a little slower than the topic.
const FULL_FOR: Duration = Duration::from_secs(5);

/// One partition on the polling thread.
pub(crate) struct Feed {
    pub(crate) partition: Arc<AssignedPartition>,
    queue: PartitionQueue,
    full_since: Option<Instant>,
    /// Records before the first one of this time are passed over.
    not_before: Option<Timestamp>,
    /// Whether librdkafka was told to fetch no more.
    is_paused: bool,
    measured: MeasuredPartition,
}

impl Feed {
    /// Takes the partition over, before it is assigned. `None` where the topic cannot be one.
    pub(crate) fn new(
        consumer: &BaseConsumer<ConsumerEvents>,
        topic: &str,
        partition: i32,
        assignment: &Assignment,
    ) -> Option<Self> {
        let queue = PartitionQueue::new(consumer, topic, partition, Arc::clone(assignment.wake()))?;
        let partition = assignment.assign(topic, partition);
        Some(Self {
            partition,
            queue,
            full_since: None,
            not_before: None,
            is_paused: false,
            measured: MeasuredPartition::default(),
        })
    }

    /// Another partition in the place of this one, which was read from elsewhere.
    pub(crate) fn begin_again(&mut self, assignment: &Assignment) {
        std::mem::take(&mut self.measured).end(&self.partition);
        self.partition = assignment.assign(&self.partition.topic, self.partition.partition);
        self.full_since = None;
    }

    /// Whether its partition is in the list.
    pub(crate) fn is_in(&self, list: &TopicPartitionList) -> bool {
        list.find_partition(&self.partition.topic, self.partition.partition).is_some()
    }

    /// Passes over the records before the first one of this time.
    pub(crate) fn begin_at(&mut self, time: Option<Timestamp>) {
        self.not_before = time;
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full_since.is_some()
    }

    pub(crate) fn set_paused(&mut self, is_paused: bool) {
        if is_paused {
            MeasuredPartition::paused(&self.partition);
        }
        self.is_paused = is_paused;
        self.partition.set_backed_up(is_paused);
    }

    /// Whether librdkafka should be told to fetch no more.
    pub(crate) fn should_pause(&self, now: Instant) -> bool {
        !self.is_paused && self.full_since.is_some_and(|since| now.duration_since(since) >= FULL_FOR)
    }

    /// Whether librdkafka should be told to go on.
    pub(crate) fn should_resume(&self) -> bool {
        self.is_paused && self.partition.lane.room() > 0
    }

    /// Hands what was counted to whatever collects metrics. `end` is the offset of the record that is sent next.
    pub(crate) fn measure(&mut self, end: Option<i64>) {
        self.measured.hand_out(&self.partition, end);
    }

    /// Moves what there is room for. Returns whether there may be more at once.
    pub(crate) fn fill(&mut self) -> bool {
        if !self.queue.is_ready() || !self.partition.is_active() {
            return false;
        }
        let room = self.partition.lane.room();
        if room == 0 {
            self.full_since.get_or_insert_with(Instant::now);
            return false;
        }
        self.full_since = None;
        let taken = self.queue.take(room.min(AT_ONCE));
        self.measured.received(deliver(&taken, &self.partition, &mut self.not_before));
        drop(taken);
        self.queue.is_ready()
    }
}

/// Returns the bytes of what goes into the lane.
fn deliver(taken: &Taken<'_>, partition: &Arc<AssignedPartition>, not_before: &mut Option<Timestamp>) -> usize {
    if taken.len() == 0 {
        return 0;
    }
    let bytes = taken.iter().map(|record| record.size()).sum();
    let mut batch = RecordBatch::with_capacity(Arc::clone(partition), taken.len(), bytes);
    let (mut first, mut end, mut failure) = (None, None, None);
    for record in taken.iter() {
        match record.error() {
            None => {
                end = None;
                if not_before.is_some_and(|time| record.timestamp() < Some(time)) {
                    continue;
                }
                *not_before = None;
                first = first.or(Some(record.offset()));
                batch.push(record.offset(), record.timestamp(), record.key(), record.payload(), record.headers());
            }
            Some(RDKafkaErrorCode::PartitionEOF) => end = Some(record.offset()),
            Some(code) => {
                let error = match code {
                    RDKafkaErrorCode::Fatal => KafkaError::MessageConsumptionFatal(code),
                    code => KafkaError::MessageConsumption(code),
                };
                failure = Some(ReceiveError::new(&partition.topic, &error));
            }
        }
    }
    let size = batch.size();
    if let Some(first) = first {
        batch.number_from(partition.count_polled(batch.len(), first));
        partition.lane.push(batch);
    }
    if let Some(failure) = failure {
        partition.lane.fail(failure);
    }
    if let Some(offset) = end {
        partition.lane.reached_end(offset);
    }
    size
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.measured.end(&self.partition);
    }
}
