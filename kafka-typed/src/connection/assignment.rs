//! The partitions that a consumer has, and which of their records are done.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use rdkafka::consumer::Consumer;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;

use super::consumer_client::Client;
use super::done_offsets::DoneOffsets;
use super::error_code::KafkaErrorCode;

/// The partitions that a consumer has now. The callback of a rebalance changes them; whoever polls asks for them.
pub(crate) struct Assignment {
    /// Whether offsets are stored for a group.
    grouped: bool,
    client: OnceLock<Weak<Client>>,
    by_topic: Mutex<HashMap<Arc<str>, Partitions>>,
}

type Partitions = HashMap<i32, Arc<AssignedPartition>>;

/// One partition, from its assignment to its revocation. When it comes back later, that is another one: what was handed
/// out before is handed out again then, and is not counted for the new records.
pub(crate) struct AssignedPartition {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    /// Of nobody without a group.
    client: Weak<Client>,
    handed_out: AtomicU64,
    revoked: AtomicBool,
    /// Whether librdkafka was told to fetch nothing.
    paused: AtomicBool,
    /// Whether everything up to the end that the broker knew last was polled.
    at_end: AtomicBool,
    warned: AtomicBool,
    done: Mutex<DoneOffsets>,
}

/// The offset of a record that was handed out, until it is done.
#[derive(Clone)]
pub(crate) struct PendingOffset {
    pub(crate) partition: Arc<AssignedPartition>,
    /// Which one of the partition's it is.
    number: u64,
    pub(crate) offset: i64,
}

impl Assignment {
    pub(crate) fn new(grouped: bool) -> Self {
        Self { grouped, client: OnceLock::new(), by_topic: Mutex::default() }
    }

    /// Sets where offsets are stored. Called once, before anything is polled.
    pub(crate) fn attach(&self, client: &Arc<Client>) {
        let is_first = self.client.set(Arc::downgrade(client)).is_ok();
        debug_assert!(is_first, "a consumer has one client");
    }

    /// A partition of which a record came.
    pub(crate) fn partition(&self, topic: &str, partition: i32) -> Arc<AssignedPartition> {
        let mut topics = self.topics();
        if let Some(found) = topics.get(topic).and_then(|partitions| partitions.get(&partition)) {
            return Arc::clone(found);
        }
        // Records of a revoked partition are purged before its revocation is reported, so that this is for safety.
        debug_assert!(!self.grouped, "a record of partition {partition} of `{topic}`, which is not assigned");
        self.insert(&mut topics, &Arc::from(topic), partition)
    }

    /// These partitions are this consumer's from now on.
    pub(crate) fn assign<'t>(&self, partitions: impl IntoIterator<Item = (&'t str, i32)>) {
        let mut topics = self.topics();
        for (topic, partition) in partitions {
            let topic = topics.get_key_value(topic).map_or_else(|| Arc::from(topic), |(topic, _)| Arc::clone(topic));
            if let Some(earlier) = topics.get_mut(&topic).and_then(|partitions| partitions.remove(&partition)) {
                earlier.revoke();
            }
            self.insert(&mut topics, &topic, partition);
        }
    }

    /// The group takes these partitions away. Returns those that were paused.
    pub(crate) fn revoke<'t>(&self, partitions: impl IntoIterator<Item = (&'t str, i32)>) -> TopicPartitionList {
        let mut paused = TopicPartitionList::new();
        let mut topics = self.topics();
        for (topic, partition) in partitions {
            let found = topics.get_mut(topic).and_then(|partitions| partitions.remove(&partition));
            if found.is_some_and(|found| found.revoke()) {
                paused.add_partition(topic, partition);
            }
        }
        paused
    }

    /// Ends all partitions, because the client is about to leave. Nobody holds a reference to it after that.
    pub(crate) fn close(&self) {
        for (_, partition) in self.topics().drain().flat_map(|(_, partitions)| partitions) {
            partition.revoke();
        }
    }

    /// Notes that a partition was polled up to its end. librdkafka reports its number only.
    pub(crate) fn reached_end(&self, partition: i32) {
        let topics = self.topics();
        let mut found = topics.values().filter_map(|partitions| partitions.get(&partition));
        if let (Some(found), None) = (found.next(), found.next()) {
            found.at_end.store(true, Ordering::Relaxed);
        }
    }

    /// Whether every partition was polled up to its end. False while there is no partition.
    pub(crate) fn is_at_end(&self) -> bool {
        let topics = self.topics();
        let mut partitions = topics.values().flat_map(HashMap::values).peekable();
        partitions.peek().is_some() && partitions.all(|partition| partition.at_end.load(Ordering::Relaxed))
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Arc<str>, Partitions>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.by_topic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(
        &self,
        topics: &mut HashMap<Arc<str>, Partitions>,
        topic: &Arc<str>,
        partition: i32,
    ) -> Arc<AssignedPartition> {
        debug_assert!(self.client.get().is_some(), "partitions come after the client");
        let client = self.client.get().filter(|_| self.grouped).cloned().unwrap_or_default();
        let assigned = Arc::new(AssignedPartition {
            topic: Arc::clone(topic),
            partition,
            client,
            handed_out: AtomicU64::new(0),
            revoked: AtomicBool::new(false),
            paused: AtomicBool::new(false),
            at_end: AtomicBool::new(false),
            warned: AtomicBool::new(false),
            done: Mutex::default(),
        });
        topics.entry(Arc::clone(topic)).or_default().insert(partition, Arc::clone(&assigned));
        assigned
    }
}

impl AssignedPartition {
    /// Counts a record that goes to the caller.
    pub(crate) fn hand_out(self: &Arc<Self>, offset: i64) -> PendingOffset {
        PendingOffset { partition: Arc::clone(self), number: self.handed_out.fetch_add(1, Ordering::Relaxed), offset }
    }

    /// Whether the group has taken the partition away.
    pub(crate) fn is_revoked(&self) -> bool {
        self.revoked.load(Ordering::Acquire)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// There is more of it.
    pub(crate) fn leave_end(&self) {
        self.at_end.store(false, Ordering::Relaxed);
    }

    /// Makes librdkafka fetch no more of this partition, and forget what it has fetched.
    pub(crate) fn pause(&self, client: &Client) {
        if self.is_paused() {
            return;
        }
        match client.pause(&self.as_list()) {
            Ok(()) => self.paused.store(true, Ordering::Relaxed),
            Err(error) => {
                let Self { topic, partition, .. } = self;
                tracing::warn!(topic = &**topic, partition, %error, "failed: the partition could not be paused");
            }
        }
    }

    /// Goes on after the record that was polled last.
    pub(crate) fn resume(&self, client: &Client) {
        if self.is_paused()
            && !self.is_revoked()
            && let Err(error) = client.resume(&self.as_list())
        {
            let Self { topic, partition, .. } = self;
            tracing::error!(topic = &**topic, partition, %error, "failed: the partition could not be resumed");
        }
        self.paused.store(false, Ordering::Relaxed);
    }

    fn as_list(&self) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.topic, self.partition);
        list
    }

    /// Returns whether it was paused.
    fn revoke(&self) -> bool {
        // Under the lock, so that no offset is on its way to the client afterwards.
        let _done = self.done_offsets();
        self.revoked.store(true, Ordering::Release);
        self.paused.swap(false, Ordering::Relaxed)
    }

    fn done_offsets(&self) -> MutexGuard<'_, DoneOffsets> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingOffset {
    /// Notes that the record is done, and stores the offset up to which all records of its partition are.
    ///
    /// # Errors
    ///
    /// When the group has taken the partition away.
    pub(crate) fn done(&self) -> Result<(), KafkaErrorCode> {
        let AssignedPartition { topic, partition, client, .. } = &*self.partition;
        let mut done = self.partition.done_offsets();
        if self.partition.is_revoked() {
            return Err(KafkaErrorCode::new(RDKafkaErrorCode::State));
        }
        let (Some(offset), Some(client)) = (done.insert(self.number, self.offset), client.upgrade()) else {
            return Ok(());
        };
        // Still under the lock: offsets are stored in ascending order, and this reference to the client is never its
        // last.
        client.store_offset(topic, *partition, offset).map_err(|error| KafkaErrorCode::of(&error))
    }

    pub(crate) fn is_done(&self) -> bool {
        self.partition.done_offsets().contains(self.number)
    }

    /// A record that nobody reported as done is gone.
    pub(crate) fn abandoned(&self) {
        let AssignedPartition { topic, partition, client, warned, .. } = &*self.partition;
        if self.partition.is_revoked() || client.strong_count() == 0 || warned.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            topic = &**topic,
            partition,
            offset = self.offset,
            "a message of a stream was dropped without `done`: no offset of its partition is stored from here on, and it comes again \
             with all after it once the partition is assigned anew"
        );
    }
}

impl fmt::Debug for PendingOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AssignedPartition { topic, partition, .. } = &*self.partition;
        write!(formatter, "PendingOffset({topic}/{partition}@{})", self.offset)
    }
}
