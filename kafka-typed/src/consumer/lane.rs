//! The partitions that a consumer has, and what is done of each.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;

use super::events::ConsumerEvents;
use super::progress::Progress;

/// The librdkafka client of a consumer.
pub(crate) type Client = StreamConsumer<ConsumerEvents>;

/// The partitions that a consumer has now. The callback of a rebalance changes them; the reader asks for them.
pub(crate) struct Lanes {
    topic: Arc<str>,
    /// Whether offsets are stored for a group.
    grouped: bool,
    client: OnceLock<Weak<Client>>,
    by_partition: Mutex<HashMap<i32, Arc<Lane>>>,
}

/// One partition, from its assignment to its revocation. When it comes back later, that is another lane: what was given
/// out before is given out again then, and says nothing about the new messages.
pub(crate) struct Lane {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    /// Of nobody without a group.
    client: Weak<Client>,
    given_out: AtomicU64,
    revoked: AtomicBool,
    /// Whether librdkafka was told to fetch nothing.
    paused: AtomicBool,
    warned: AtomicBool,
    progress: Mutex<Progress>,
}

/// A message that was given out, until it is done.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) lane: Arc<Lane>,
    /// Which one of the lane's it is.
    number: u64,
    pub(crate) offset: i64,
}

impl Lanes {
    pub(crate) fn new(topic: Arc<str>, grouped: bool) -> Self {
        Self { topic, grouped, client: OnceLock::new(), by_partition: Mutex::default() }
    }

    /// Says where offsets are stored. Called once, before anything is polled.
    pub(crate) fn attach(&self, client: &Arc<Client>) {
        let is_first = self.client.set(Arc::downgrade(client)).is_ok();
        debug_assert!(is_first, "a consumer has one client");
    }

    /// The lane of a partition, which is a new one where the partition was not assigned by a group.
    pub(crate) fn lane(&self, partition: i32) -> Arc<Lane> {
        let mut lanes = self.by_partition.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(partition).or_insert_with(|| self.new_lane(partition)))
    }

    /// The group gives these partitions to this consumer.
    pub(crate) fn assign(&self, partitions: &[i32]) {
        let mut lanes = self.by_partition.lock().unwrap_or_else(PoisonError::into_inner);
        for partition in partitions {
            if let Some(earlier) = lanes.insert(*partition, self.new_lane(*partition)) {
                earlier.revoke();
            }
        }
    }

    /// The group takes these partitions away. Gives those that were paused.
    pub(crate) fn revoke(&self, partitions: &[i32]) -> Vec<i32> {
        let mut lanes = self.by_partition.lock().unwrap_or_else(PoisonError::into_inner);
        let revoked = partitions.iter().filter_map(|partition| lanes.remove(partition));
        revoked.filter(|lane| lane.revoke()).map(|lane| lane.partition).collect()
    }

    /// Ends all lanes, because the client is about to leave. Nobody holds a reference to it after that.
    pub(crate) fn close(&self) {
        let mut lanes = self.by_partition.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, lane) in lanes.drain() {
            lane.revoke();
        }
    }

    fn new_lane(&self, partition: i32) -> Arc<Lane> {
        let client = self.client.get().filter(|_| self.grouped).cloned().unwrap_or_default();
        Arc::new(Lane {
            topic: Arc::clone(&self.topic),
            partition,
            client,
            given_out: AtomicU64::new(0),
            revoked: AtomicBool::new(false),
            paused: AtomicBool::new(false),
            warned: AtomicBool::new(false),
            progress: Mutex::default(),
        })
    }
}

impl Lane {
    /// Counts a message that goes to the caller.
    pub(crate) fn give_out(self: &Arc<Self>, offset: i64) -> Given {
        Given { lane: Arc::clone(self), number: self.given_out.fetch_add(1, Ordering::Relaxed), offset }
    }

    /// Whether the group has taken the partition away.
    pub(crate) fn is_revoked(&self) -> bool {
        self.revoked.load(Ordering::Acquire)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
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

    /// Goes on after the message given out last.
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

    /// Says whether it was paused.
    fn revoke(&self) -> bool {
        // Under the lock, so that no offset is on its way to the client afterwards.
        let _progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        self.revoked.store(true, Ordering::Release);
        self.paused.swap(false, Ordering::Relaxed)
    }
}

impl Given {
    /// Notes that the message is done, and stores the offset up to which all messages of its partition are.
    ///
    /// # Errors
    ///
    /// When the group has taken the partition away.
    pub(crate) fn done(&self) -> Result<(), RDKafkaErrorCode> {
        let Lane { topic, partition, client, progress, .. } = &*self.lane;
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lane.is_revoked() {
            return Err(RDKafkaErrorCode::State);
        }
        let (Some(offset), Some(client)) = (progress.done(self.number, self.offset), client.upgrade()) else {
            return Ok(());
        };
        // Still under the lock: offsets are stored in ascending order, and this reference to the client is never its
        // last.
        let stored = client.store_offset(topic, *partition, offset);
        stored.map_err(|error| error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail))
    }

    /// A message that nobody said anything about is gone.
    pub(crate) fn forgotten(&self) {
        let Lane { topic, partition, warned, .. } = &*self.lane;
        if self.lane.is_revoked() || self.lane.client.strong_count() == 0 || warned.swap(true, Ordering::Relaxed) {
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
