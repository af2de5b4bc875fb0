//! Keeps messages of a key in order although some of them are in retry topics.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::TopicPartition;
use super::outlet::Arrival;
use crate::failure::{FailurePolicy, KeyOrder};

/// One of the retry topics that messages of a topic pass: several deliveries with the same delay share a topic, and are
/// apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RetryStage {
    /// The index in the policy.
    pub(super) index: usize,
    pub(super) delay: Duration,
}

/// The order of keys in all partitions of a run.
pub(super) struct KeptOrder {
    /// In the order in which messages pass them.
    stages: Arc<[RetryStage]>,
    /// By the topic itself and the partition.
    lines: Mutex<HashMap<TopicPartition, Arc<Line>>>,
}

/// What a partition and those of the same number in its retry topics have in common.
pub(super) struct Line {
    stages: Arc<[RetryStage]>,
    state: Mutex<State>,
    /// Told when a retry topic has been counted.
    counted: Notify,
}

struct State {
    keys: KeyOrder,
    /// Of each retry topic, whether the partition that was counted last is still the consumer's.
    assigned: HashMap<Duration, Box<dyn Fn() -> bool + Send>>,
}

impl KeptOrder {
    pub(super) fn new<'p>(policies: impl IntoIterator<Item = &'p FailurePolicy>) -> Self {
        let stages = policies.into_iter().flat_map(|policy| policy.delays().iter().copied().enumerate());
        let mut stages: Vec<_> = stages.map(|(index, delay)| RetryStage { index, delay }).collect();
        stages.sort_unstable();
        stages.dedup();
        Self { stages: stages.into(), lines: Mutex::default() }
    }

    /// What the partition of this number has in common with those of its retry topics.
    pub(super) fn line(&self, own_topic: &str, partition: i32) -> Arc<Line> {
        // Nothing that runs under the lock can panic halfway through a change.
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry((Arc::from(own_topic), partition)).or_insert_with(|| {
            let state = State { keys: KeyOrder::new(self.stages.len()), assigned: HashMap::new() };
            Arc::new(Line { stages: Arc::clone(&self.stages), state: Mutex::new(state), counted: Notify::new() })
        });
        Arc::clone(line)
    }
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was counted in the retry topic of this delay.
    pub(super) fn forget(&self, delay: Duration) {
        let mut state = self.state();
        state.assigned.remove(&delay);
        for (index, _) in self.stages.iter().enumerate().filter(|(_, stage)| stage.delay == delay) {
            state.keys.clear(index);
        }
    }

    /// A message of this key is in the retry topic of this delay, and came there so.
    pub(super) fn count(&self, key: &[u8], delay: Duration, arrival: Arrival) {
        if let Some(stage) = self.stage_of(delay, arrival) {
            self.state().keys.sent(key, stage);
        }
    }

    /// The retry topic of this delay was counted, in a partition that is the consumer's as long as `is_assigned` says.
    pub(super) fn counted(&self, delay: Duration, is_assigned: impl Fn() -> bool + Send + 'static) {
        self.state().assigned.insert(delay, Box::new(is_assigned));
        self.counted.notify_waiters();
    }

    /// Resolves once all retry topics are counted in partitions that are the consumer's.
    pub(super) async fn all_counted(&self) {
        loop {
            let counted = self.counted.notified();
            if self.are_all_counted() {
                return;
            }
            counted.await;
        }
    }

    fn are_all_counted(&self) -> bool {
        let state = self.state();
        self.stages.iter().all(|stage| state.assigned.get(&stage.delay).is_some_and(|is_assigned| is_assigned()))
    }

    /// The retry topic that a message has to go to untried, since others of its key are there that come before it.
    pub(super) fn behind(&self, key: &[u8], from: Option<(Duration, Arrival)>) -> Option<RetryStage> {
        let from = from.and_then(|(delay, arrival)| self.stage_of(delay, arrival));
        let behind = self.state().keys.behind(key, from)?;
        self.stages.get(behind).copied()
    }

    /// A message of this key is about to be sent to a retry topic.
    pub(super) fn join(&self, key: &[u8], stage: RetryStage) -> Joining<'_> {
        let stage = self.stages.iter().position(|known| *known == stage);
        debug_assert!(stage.is_some(), "messages are sent to retry topics of the policies");
        let stage = stage.unwrap_or(self.stages.len());
        self.state().keys.sent(key, stage);
        Joining { line: self, key: key.to_vec(), stage, has_joined: false }
    }

    /// A message of this key has left the retry topic of this delay.
    pub(super) fn leave(&self, key: &[u8], delay: Duration, arrival: Arrival) {
        if let Some(stage) = self.stage_of(delay, arrival) {
            self.state().keys.left(key, stage);
        }
    }

    /// One whose number is none of the policies' has come from an older one.
    fn stage_of(&self, delay: Duration, arrival: Arrival) -> Option<usize> {
        let index = usize::try_from(arrival.delivery.saturating_sub(2)).ok()?;
        let of_delay = || self.stages.iter().enumerate().filter(|(_, stage)| stage.delay == delay);
        let found = of_delay().find(|(_, stage)| stage.index == index).or_else(|| of_delay().next_back());
        found.map(|(stage, _)| stage)
    }
}

/// A message that is being sent to a retry topic. It counts as not sent when this is dropped before.
pub(super) struct Joining<'l> {
    line: &'l Line,
    key: Vec<u8>,
    stage: usize,
    has_joined: bool,
}

impl Joining<'_> {
    /// The topic has it.
    pub(super) fn joined(mut self) {
        self.has_joined = true;
    }
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        if !self.has_joined {
            self.line.state().keys.left(&self.key, self.stage);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_secs(60);

    fn delivery(delivery: u32) -> Arrival {
        Arrival { delivery, ..Arrival::FIRST }
    }

    /// One policy has a delay twice, and the other one another delay at the same place.
    fn line() -> Arc<Line> {
        let policies = [
            FailurePolicy::fail().retry_topics([SECOND, SECOND, MINUTE]),
            FailurePolicy::skip().retry_topics([MINUTE]),
        ];
        KeptOrder::new(&policies).line("orders", 3)
    }

    fn stage(index: usize, delay: Duration) -> RetryStage {
        RetryStage { index, delay }
    }

    #[test]
    fn a_message_goes_behind_those_of_its_key_that_are_furthest_back() {
        let line = line();
        assert_eq!(&*line.stages, [stage(0, SECOND), stage(0, MINUTE), stage(1, SECOND), stage(2, MINUTE)]);
        line.join(b"a", stage(1, SECOND)).joined();
        assert_eq!(line.behind(b"a", None), Some(stage(1, SECOND)));
        assert_eq!(line.behind(b"a", Some((SECOND, delivery(2)))), Some(stage(1, SECOND)), "the same topic");
        assert_eq!(line.behind(b"a", Some((SECOND, delivery(3)))), None);
        line.join(b"a", stage(0, MINUTE)).joined();
        assert_eq!(line.behind(b"a", None), Some(stage(0, MINUTE)));
        assert_eq!(line.behind(b"b", None), None);
        line.leave(b"a", MINUTE, delivery(2));
        line.leave(b"a", SECOND, delivery(3));
        assert_eq!(line.behind(b"a", None), None);
    }

    #[test]
    fn what_was_not_sent_does_not_count() {
        let line = line();
        let joining = line.join(b"a", stage(0, SECOND));
        assert_eq!(line.behind(b"a", None), Some(stage(0, SECOND)), "later messages know before it is sent");
        drop(joining);
        assert_eq!(line.behind(b"a", None), None);
    }

    #[test]
    fn deliveries_of_an_older_policy_count_as_the_last_of_their_topic() {
        let line = line();
        line.count(b"a", MINUTE, delivery(9));
        assert_eq!(line.behind(b"a", None), Some(stage(2, MINUTE)));
        line.leave(b"a", MINUTE, delivery(9));
        line.count(b"a", Duration::from_secs(7), delivery(2));
        assert_eq!(line.behind(b"a", None), None, "no policy has this topic");
    }

    #[test]
    fn nothing_begins_before_every_retry_topic_is_counted_as_it_is_now() {
        let line = line();
        let mut waiting = std::pin::pin!(line.all_counted());
        assert!(waiting.as_mut().now_or_never().is_none());
        let is_assigned = Arc::new(AtomicBool::new(true));
        let known = Arc::clone(&is_assigned);
        line.counted(SECOND, move || known.load(Ordering::Relaxed));
        assert!(waiting.as_mut().now_or_never().is_none());
        line.count(b"a", MINUTE, delivery(2));
        line.counted(MINUTE, || true);
        assert!(waiting.now_or_never().is_some());

        is_assigned.store(false, Ordering::Relaxed);
        assert!(line.all_counted().now_or_never().is_none(), "one was revoked");
        line.forget(SECOND);
        line.counted(SECOND, || true);
        assert!(line.all_counted().now_or_never().is_some());
        assert_eq!(line.behind(b"a", None), Some(stage(0, MINUTE)), "the other one is still counted");
        line.forget(MINUTE);
        assert_eq!(line.behind(b"a", None), None);
    }
}
