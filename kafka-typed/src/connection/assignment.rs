//! The partitions that a consumer has now, and what else concerns whoever reads them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::sync::Notify;

use super::assigned_partition::AssignedPartition;
use super::lane::LaneCapacity;
use super::measurement;
use super::poll_wake::PollWake;
use super::receive_error::ReceiveError;

/// The partitions that a consumer has now. The polling thread changes them; whoever reads follows.
pub(crate) struct Assignment {
    /// Whether offsets are stored for a group.
    grouped: bool,
    capacity: LaneCapacity,
    wake: Arc<PollWake>,
    state: Mutex<State>,
    /// Counts the changes, so that a reader sees without a lock whether there was one.
    version: AtomicU64,
    /// Notified of the changes.
    change: Notify,
    /// Whether the consumer is about to stop: nothing more is handed out.
    is_stopping: AtomicBool,
    /// Whether nothing more comes.
    has_ended: AtomicBool,
    /// Commits what is done before partitions are given away, where transactions do that.
    before_revocation: OnceLock<BeforeRevocation>,
}

/// Is called on the polling thread, before partitions whose messages were finished are given away, and may block it for
/// so long.
pub(crate) type BeforeRevocation = Box<dyn Fn(Duration) + Send + Sync>;

#[derive(Default)]
struct State {
    partitions: Vec<Arc<AssignedPartition>>,
    failures: VecDeque<ReceiveError>,
    last_failure: Option<ReceiveError>,
    waker: Option<Waker>,
    /// Whether some more are about to be assigned.
    is_assigning: bool,
}

impl Assignment {
    pub(crate) fn new(grouped: bool, capacity: LaneCapacity, wake: Arc<PollWake>) -> Self {
        let (version, is_stopping, has_ended) = (AtomicU64::new(0), AtomicBool::new(false), AtomicBool::new(false));
        let (state, change, before_revocation) = (Mutex::default(), Notify::new(), OnceLock::new());
        Self { grouped, capacity, wake, state, version, change, is_stopping, has_ended, before_revocation }
    }

    /// Sets what is called before partitions are given away. What was set first counts.
    pub(crate) fn set_before_revocation(&self, call: BeforeRevocation) {
        let _ = self.before_revocation.set(call);
    }

    /// Lets what is done in partitions be committed that are about to be given away.
    pub(crate) fn before_revocation(&self, timeout: Duration) {
        if let Some(call) = self.before_revocation.get() {
            call(timeout);
        }
    }

    pub(crate) fn wake(&self) -> &Arc<PollWake> {
        &self.wake
    }

    /// A partition is this consumer's from now on.
    pub(crate) fn assign(&self, topic: &str, partition: i32) -> Arc<AssignedPartition> {
        let mut state = self.state();
        let known = state.partitions.iter().find(|known| *known.topic == *topic);
        let topic = known.map_or_else(|| Arc::from(topic), |known| Arc::clone(&known.topic));
        let earlier = state.partitions.iter().position(|known| known.topic == topic && known.partition == partition);
        let earlier = earlier.map(|index| state.partitions.swap_remove(index));
        let (grouped, capacity, wake) = (self.grouped, self.capacity, Arc::clone(&self.wake));
        let assigned = Arc::new(AssignedPartition::new(topic, partition, grouped, capacity, wake));
        if let Some(earlier) = &earlier {
            assigned.hold(earlier.is_held());
        }
        if self.is_stopping() {
            assigned.begin_to_end();
        }
        state.partitions.push(Arc::clone(&assigned));
        drop(state);
        if let Some(earlier) = earlier {
            earlier.end();
        }
        self.changed();
        assigned
    }

    /// A partition is this consumer's no more.
    pub(crate) fn revoke(&self, revoked: &Arc<AssignedPartition>) {
        self.state().partitions.retain(|partition| !Arc::ptr_eq(partition, revoked));
        revoked.end();
        self.changed();
    }

    /// Ends all partitions, since the consumer reads others, or closes.
    pub(crate) fn revoke_all(&self) {
        let partitions = std::mem::take(&mut self.state().partitions);
        partitions.iter().for_each(|partition| partition.end());
        self.changed();
    }

    pub(crate) fn partitions(&self) -> Vec<Arc<AssignedPartition>> {
        self.state().partitions.clone()
    }

    /// Several partitions are being [assigned](Self::assign), one after the other, or all of them are.
    pub(crate) fn set_assigning(&self, is_assigning: bool) {
        self.state().is_assigning = is_assigning;
        self.changed();
    }

    /// The partitions, once there are some, and all that were assigned together. `None` where nothing more comes.
    pub(crate) async fn first_partitions(&self) -> Option<Vec<Arc<AssignedPartition>>> {
        loop {
            // Before the look: one that exists when something changes resolves.
            let changed = self.change.notified();
            if self.has_ended() {
                return None;
            }
            let partitions = {
                let state = self.state();
                (!state.is_assigning && !state.partitions.is_empty()).then(|| state.partitions.clone())
            };
            if partitions.is_some() {
                return partitions;
            }
            changed.await;
        }
    }

    pub(crate) fn partition(&self, topic: &str, partition: i32) -> Option<Arc<AssignedPartition>> {
        let state = self.state();
        state.partitions.iter().find(|known| *known.topic == *topic && known.partition == partition).cloned()
    }

    /// Counts the changes.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Hands out nothing more, and lets what is on its way be finished.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
        self.partitions().iter().for_each(|partition| partition.begin_to_end());
        self.changed();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }

    /// Nothing more comes.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        self.changed();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// Reports what Kafka did not give. After a fatal error nothing more comes.
    pub(crate) fn fail(&self, error: ReceiveError) {
        measurement::receive_failed(error.topic(), error.code().name());
        let is_fatal = error.is_fatal();
        {
            /// Nobody may take them for a while.
            const MOST: usize = 100;
            let mut state = self.state();
            state.last_failure = Some(error.clone());
            if state.failures.len() < MOST {
                state.failures.push_back(error);
            }
        }
        if is_fatal {
            self.end();
        } else {
            self.changed();
        }
    }

    pub(crate) fn take_failure(&self) -> Option<ReceiveError> {
        self.state().failures.pop_front()
    }

    /// What was reported last, whoever has taken it.
    pub(crate) fn last_failure(&self) -> Option<ReceiveError> {
        self.state().last_failure.clone()
    }

    /// Lets the task be woken by the next change.
    pub(crate) fn register(&self, context: &Context<'_>) {
        let mut state = self.state();
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => state.waker = Some(context.waker().clone()),
        }
    }

    /// Lets whoever reads look at everything again.
    fn changed(&self) {
        self.version.fetch_add(1, Ordering::AcqRel);
        self.change.notify_waiters();
        let waker = self.state().waker.take();
        waker.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;

    use super::*;

    /// Whoever counts what is to be read must not count a part of it.
    #[tokio::test]
    async fn the_first_partitions_are_all_that_were_assigned_together() {
        let assignment = Assignment::new(true, LaneCapacity::default(), Arc::default());
        let mut first = pin!(assignment.first_partitions());
        assert!(first.as_mut().now_or_never().is_none(), "there are none yet");
        assignment.set_assigning(true);
        assignment.assign("alerts", 0);
        assert!(first.as_mut().now_or_never().is_none(), "another one follows");
        assignment.assign("alerts", 1);
        assignment.set_assigning(false);
        assert_eq!(first.await.map(|partitions| partitions.len()), Some(2));
        assignment.end();
        assert!(assignment.first_partitions().await.is_none(), "nothing more comes");
    }
}
