//! The way of one partition's records from the polling thread to whoever processes them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use super::receive_error::ReceiveError;
use super::record_batch::RecordBatch;

/// How much of a partition may wait in this process before no more of it is taken from librdkafka.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LaneCapacity {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

impl Default for LaneCapacity {
    fn default() -> Self {
        Self { records: 2_000, bytes: 8 << 20 }
    }
}

/// Batches of one partition that nobody has taken yet. Bounded: the polling thread leaves in librdkafka what has no
/// room.
pub(crate) struct Lane {
    capacity: LaneCapacity,
    state: Mutex<State>,
    /// The offset at which the partition ended when it was polled last, or −1.
    end: AtomicI64,
}

#[derive(Default)]
struct State {
    batches: VecDeque<Arc<RecordBatch>>,
    records: usize,
    bytes: usize,
    /// What Kafka did not give, after all of these.
    failure: Option<ReceiveError>,
    /// Whether the polling thread found no room, and waits to be told of some.
    is_full: bool,
    /// Whether something other than a batch is to be looked at.
    has_news: bool,
    waker: Option<Waker>,
}

/// What comes next out of a lane.
pub(crate) enum Next {
    Batch(Arc<RecordBatch>),
    Failure(ReceiveError),
    Nothing,
}

const NO_END: i64 = -1;

impl Lane {
    pub(crate) fn new(capacity: LaneCapacity) -> Self {
        Self { capacity, state: Mutex::default(), end: AtomicI64::new(NO_END) }
    }

    /// How many records there is room for. Where there is none, [`take`](Self::take) tells when there is again.
    pub(crate) fn room(&self) -> usize {
        let mut state = self.state();
        let LaneCapacity { records, bytes } = self.capacity;
        state.is_full |= state.records >= records || state.bytes >= bytes;
        if state.is_full { 0 } else { records - state.records }
    }

    /// Adds what the polling thread has taken from librdkafka.
    pub(crate) fn push(&self, batch: RecordBatch) {
        let waker = {
            let mut state = self.state();
            self.end.store(NO_END, Ordering::Relaxed);
            state.records += batch.len();
            state.bytes += batch.size();
            state.batches.push_back(Arc::new(batch));
            state.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Notes that the partition was polled up to its end, which is at this offset.
    pub(crate) fn reached_end(&self, offset: i64) {
        let waker = {
            let mut state = self.state();
            self.end.store(offset, Ordering::Relaxed);
            state.has_news = true;
            state.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Notes what Kafka did not give, which shows once everything before it is taken.
    pub(crate) fn fail(&self, error: ReceiveError) {
        let waker = {
            let mut state = self.state();
            state.failure = Some(error);
            state.waker.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// The offset at which the partition ended, where nothing has come after it.
    pub(crate) fn end(&self) -> Option<i64> {
        let end = self.end.load(Ordering::Relaxed);
        (end != NO_END).then_some(end)
    }

    /// What comes next, and whether the polling thread waits for the room that this makes.
    pub(crate) fn take(&self) -> (Next, bool) {
        let mut state = self.state();
        let Some(batch) = state.batches.pop_front() else {
            return (state.failure.take().map_or(Next::Nothing, Next::Failure), false);
        };
        state.records -= batch.len();
        state.bytes -= batch.size();
        let LaneCapacity { records, bytes } = self.capacity;
        let has_room = state.is_full && state.records <= records / 2 && state.bytes <= bytes / 2;
        state.is_full &= !has_room;
        (Next::Batch(batch), has_room)
    }

    /// Forgets what nobody has taken.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        let waker = state.waker.take();
        *state = State::default();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Lets the task be woken when something comes. Returns whether there is something already.
    pub(crate) fn register(&self, context: &Context<'_>) -> bool {
        let mut state = self.state();
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => state.waker = Some(context.waker().clone()),
        }
        let has_news = std::mem::take(&mut state.has_news);
        has_news || !state.batches.is_empty() || state.failure.is_some()
    }

    /// Wakes whoever waits, to look at what else has changed.
    pub(crate) fn wake(&self) {
        let waker = self.state().waker.take();
        waker.into_iter().for_each(Waker::wake);
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.state().records
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
