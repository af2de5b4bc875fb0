//! Whether a consumer gets on, looked at by its polling thread now and then.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::assignment::Assignment;

/// When a consumer has got on last.
pub(crate) struct Progress {
    state: Mutex<State>,
}

struct State {
    /// What is done in each partition, all together, when it was looked at last.
    done: u64,
    /// When something was done, or when nothing was left to do.
    moved_at: Instant,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { done: 0, moved_at: Instant::now() }) }
    }

    /// Notes whether something has happened since the last look.
    pub(crate) fn look(&self, assignment: &Assignment, now: Instant) {
        let partitions = assignment.partitions();
        let done = partitions.iter().map(|partition| partition.done_count()).sum();
        let has_work = partitions.iter().any(|partition| !partition.is_idle());
        let mut state = self.state();
        if !has_work || state.done != done {
            state.moved_at = now;
        }
        state.done = done;
    }

    /// How long nothing was done though messages waited.
    pub(crate) fn idle_for(&self) -> Duration {
        self.state().moved_at.elapsed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
