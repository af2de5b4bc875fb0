//! One partition of a consumer, from its assignment to its revocation.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rdkafka::types::RDKafkaErrorCode;
use tokio::sync::Notify;

use super::done_offsets::DoneOffsets;
use super::error_code::KafkaErrorCode;
use super::lane::{Lane, LaneCapacity};
use super::poll_wake::PollWake;

/// One partition, from its assignment to its revocation or to a seek. When it comes back later, that is another one:
/// what was handed out before is handed out again then, and is not counted for the new records.
pub(crate) struct AssignedPartition {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) lane: Lane,
    /// Whether a group keeps its offsets.
    grouped: bool,
    stage: AtomicU8,
    /// Whether somebody has paused it by hand.
    held: AtomicBool,
    /// Whether librdkafka was told to fetch no more of it, since its lane was full for long.
    backed_up: AtomicBool,
    /// How many records the polling thread has taken from librdkafka.
    polled: AtomicU64,
    /// The offset of the first of these, or −1.
    begins_at: AtomicI64,
    /// How many records were handed out, in their order.
    handed_out: AtomicU64,
    /// One past the offset of the record that was handed out last, or −1.
    position: AtomicI64,
    progress: Mutex<Progress>,
    /// Whether the offset to store has changed since it was stored.
    has_news: AtomicBool,
    warned: AtomicBool,
    wake: Arc<PollWake>,
    /// Notified when the stage changes.
    stage_changed: Notify,
}

/// Handing out goes on.
const ACTIVE: u8 = 0;
/// Nothing more is handed out. What was, may still be done.
const ENDING: u8 = 1;
/// It belongs to somebody else, or was read from elsewhere.
const ENDED: u8 = 2;

#[derive(Default)]
struct Progress {
    done: DoneOffsets,
    /// How many records are done.
    count: u64,
    /// Records that were dropped before they were done.
    abandoned: HashSet<u64>,
    /// The offset of the last record up to which all are done.
    done_up_to: Option<i64>,
}

/// The offset of a record that was handed out, until it is done.
#[derive(Clone)]
pub(crate) struct PendingOffset {
    pub(crate) partition: Arc<AssignedPartition>,
    /// Which one of the partition's it is.
    pub(crate) number: u64,
    pub(crate) offset: i64,
}

impl AssignedPartition {
    pub(crate) fn new(
        topic: Arc<str>,
        partition: i32,
        grouped: bool,
        capacity: LaneCapacity,
        wake: Arc<PollWake>,
    ) -> Self {
        Self {
            topic,
            partition,
            lane: Lane::new(capacity),
            grouped,
            stage: AtomicU8::new(ACTIVE),
            held: AtomicBool::new(false),
            backed_up: AtomicBool::new(false),
            polled: AtomicU64::new(0),
            begins_at: AtomicI64::new(-1),
            handed_out: AtomicU64::new(0),
            position: AtomicI64::new(-1),
            progress: Mutex::default(),
            has_news: AtomicBool::new(false),
            warned: AtomicBool::new(false),
            wake,
            stage_changed: Notify::new(),
        }
    }

    /// Numbers records that the polling thread has taken, the first of which has this offset. Returns its number.
    pub(crate) fn count_polled(&self, records: usize, first: i64) -> u64 {
        let number = self.polled.fetch_add(records as u64, Ordering::Relaxed);
        if number == 0 {
            self.begins_at.store(first, Ordering::Relaxed);
        }
        number
    }

    /// Hands out the next records in their order, up to this one. Returns whether that is not over.
    pub(crate) fn hand_out(&self, number: u64, offset: i64) -> bool {
        // Counted before the stage is looked at, and the polling thread does it the other way round: either it sees
        // this record, and waits for it, or the record is not handed out.
        let before = self.handed_out.load(Ordering::Relaxed);
        self.handed_out.store(number + 1, Ordering::SeqCst);
        if self.stage.load(Ordering::SeqCst) != ACTIVE {
            self.handed_out.store(before, Ordering::SeqCst);
            self.wake.wake();
            return false;
        }
        self.position.store(offset + 1, Ordering::Relaxed);
        true
    }

    /// Whether records are handed out.
    pub(crate) fn is_active(&self) -> bool {
        self.stage.load(Ordering::Acquire) == ACTIVE
    }

    /// Whether nothing that was handed out counts any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.stage.load(Ordering::Acquire) == ENDED
    }

    /// Hands out no more. Whoever waits for records learns of it.
    pub(crate) fn begin_to_end(&self) {
        if self.stage.compare_exchange(ACTIVE, ENDING, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            self.lane.clear();
            self.stage_changed.notify_waiters();
        }
    }

    /// Resolves once no more is handed out.
    pub(crate) async fn ending(&self) {
        self.reached(ENDING).await;
    }

    /// Resolves once what was handed out counts no more.
    pub(crate) async fn ended(&self) {
        self.reached(ENDED).await;
    }

    async fn reached(&self, stage: u8) {
        loop {
            // Before the look at the stage: one that exists when that changes resolves.
            let changed = self.stage_changed.notified();
            if self.stage.load(Ordering::SeqCst) >= stage {
                return;
            }
            changed.await;
        }
    }

    /// What was handed out counts no more.
    pub(crate) fn end(&self) {
        // Under the lock, so that nothing is counted as done afterwards.
        let progress = self.progress();
        self.stage.store(ENDED, Ordering::SeqCst);
        drop(progress);
        self.lane.clear();
        self.stage_changed.notify_waiters();
    }

    /// How many records were handed out, and are neither done nor dropped.
    pub(crate) fn in_flight(&self) -> u64 {
        let progress = self.progress();
        let finished = progress.count + progress.abandoned.len() as u64;
        self.handed_out.load(Ordering::SeqCst).saturating_sub(finished)
    }

    /// Whether somebody has paused it by hand.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Pauses it by hand, or goes on.
    pub(crate) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Release);
        if !held {
            self.lane.wake();
        }
    }

    /// Whether no more of it is fetched, since its lane was full for long.
    pub(crate) fn is_backed_up(&self) -> bool {
        self.backed_up.load(Ordering::Relaxed)
    }

    pub(crate) fn set_backed_up(&self, backed_up: bool) {
        self.backed_up.store(backed_up, Ordering::Relaxed);
    }

    /// One past the offset of the record that was handed out last.
    pub(crate) fn position(&self) -> Option<i64> {
        let position = self.position.load(Ordering::Relaxed);
        (position >= 0).then_some(position)
    }

    /// The offset of the last record up to which all are done.
    pub(crate) fn done_up_to(&self) -> Option<i64> {
        self.progress().done_up_to
    }

    /// The offset up to which all records are done, not included: that of the first record before one is done, and the
    /// end where all that there is was polled and is done, since offsets without records may precede that.
    pub(crate) fn done_before(&self) -> Option<i64> {
        // The end is looked at first: what is polled meanwhile makes that there is more to do.
        let end = self.lane.end().filter(|_| self.is_idle());
        let begins_at = self.begins_at.load(Ordering::Relaxed);
        let done = self.done_up_to().map(|offset| offset + 1);
        end.max(done).or((begins_at >= 0).then_some(begins_at))
    }

    /// The offset of the first record that the polling thread has taken from librdkafka.
    pub(crate) fn begins_at(&self) -> Option<i64> {
        let begins_at = self.begins_at.load(Ordering::Relaxed);
        (begins_at >= 0).then_some(begins_at)
    }

    /// How many records are done.
    pub(crate) fn done_count(&self) -> u64 {
        self.progress().count
    }

    /// How many records were polled.
    pub(crate) fn polled(&self) -> u64 {
        self.polled.load(Ordering::Relaxed)
    }

    /// Whether all that was polled is done.
    pub(crate) fn is_idle(&self) -> bool {
        self.progress().count == self.polled.load(Ordering::Relaxed)
    }

    /// The offset to store, where it has changed since the last call.
    pub(crate) fn news(&self) -> Option<i64> {
        if !self.has_news.swap(false, Ordering::AcqRel) {
            return None;
        }
        self.progress().done_up_to
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AssignedPartition {
    /// Notes that records are done: the number and the offset of each. The polling thread stores the offset up to which
    /// all records of the partition are.
    ///
    /// # Errors
    ///
    /// When the group has taken the partition away.
    pub(crate) fn done(&self, records: impl IntoIterator<Item = (u64, i64)>) -> Result<(), KafkaErrorCode> {
        let (mut is_new, mut moved) = (false, false);
        {
            let mut progress = self.progress();
            if self.has_ended() {
                return Err(KafkaErrorCode::new(RDKafkaErrorCode::State));
            }
            for (number, offset) in records {
                if progress.done.contains(number) {
                    continue;
                }
                is_new = true;
                progress.count += 1;
                if !progress.abandoned.is_empty() {
                    progress.abandoned.remove(&number);
                }
                if let Some(offset) = progress.done.insert(number, offset) {
                    progress.done_up_to = Some(offset);
                    moved = self.grouped;
                }
            }
        }
        if moved {
            self.has_news.store(true, Ordering::Release);
        }
        if is_new && !self.is_active() {
            // The polling thread may wait for these.
            self.wake.wake();
        }
        Ok(())
    }
}

impl PendingOffset {
    /// Notes that the record is done.
    ///
    /// # Errors
    ///
    /// When the group has taken the partition away.
    pub(crate) fn done(&self) -> Result<(), KafkaErrorCode> {
        self.partition.done([(self.number, self.offset)])
    }

    pub(crate) fn is_done(&self) -> bool {
        self.partition.progress().done.contains(self.number)
    }

    /// Nobody will report that the record is done. Returns whether it was still open.
    pub(crate) fn given_up(&self) -> bool {
        let mut progress = self.partition.progress();
        let is_new = !progress.done.contains(self.number) && progress.abandoned.insert(self.number);
        drop(progress);
        if is_new && !self.partition.is_active() {
            self.partition.wake.wake();
        }
        is_new
    }

    /// A record that nobody reported as done is gone.
    pub(crate) fn abandoned(&self) {
        let AssignedPartition { topic, partition, grouped, warned, .. } = &*self.partition;
        if !self.given_up() || !self.partition.is_active() {
            return;
        }
        if !grouped || warned.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            topic = &**topic,
            partition,
            offset = self.offset,
            "a message was dropped without `done`: no offset of its partition is stored from here on, and it comes again with all \
             after it once the partition is assigned anew"
        );
    }
}

impl fmt::Debug for PendingOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AssignedPartition { topic, partition, .. } = &*self.partition;
        write!(formatter, "PendingOffset({topic}/{partition}@{})", self.offset)
    }
}
