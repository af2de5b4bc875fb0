//! What a run has done so far, counted for each partition.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{TopicPartition, measurement};

/// What a run has done, at its end or until then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunSummary {
    /// All partitions together.
    pub total: RunCounts,
    /// The partitions that had messages, retry topics included, in their order.
    pub partitions: Vec<PartitionCounts>,
}

/// What has become of the messages of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartitionCounts {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// What has become of its messages.
    pub counts: RunCounts,
}

/// What has become of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunCounts {
    /// Messages whose handler returned `Ok`.
    pub processed: u64,
    /// Attempts that failed: handlers that returned an error or panicked, and messages that could not be decoded.
    pub failed: u64,
    /// Attempts in place after a failure.
    pub retried: u64,
    /// Messages that were sent to a retry topic.
    pub deferred: u64,
    /// Messages that the policy skipped.
    pub skipped: u64,
    /// Messages that were sent to a dead letter topic.
    pub dead_lettered: u64,
    /// Messages that were started and are not done: with a group, they come again.
    pub given_back: u64,
}

impl RunCounts {
    fn add(&mut self, other: &RunCounts) {
        self.processed += other.processed;
        self.failed += other.failed;
        self.retried += other.retried;
        self.deferred += other.deferred;
        self.skipped += other.skipped;
        self.dead_lettered += other.dead_lettered;
        self.given_back += other.given_back;
    }
}

impl fmt::Display for RunCounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processed, failed, retried, deferred, skipped, dead_lettered, given_back } = self;
        write!(formatter, "{processed} processed")?;
        for (count, what) in [
            (failed, "failed attempts"),
            (retried, "retries in place"),
            (deferred, "sent to retry topics"),
            (skipped, "skipped"),
            (dead_lettered, "sent to dead letter topics"),
            (given_back, "given back"),
        ] {
            if *count > 0 {
                write!(formatter, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

/// The counters of one partition.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) started: Counter,
    pub(super) processed: Counter,
    pub(super) failed: Counter,
    pub(super) retried: Counter,
    pub(super) deferred: Counter,
    pub(super) skipped: Counter,
    pub(super) dead_lettered: Counter,
    /// What was handed to the collector of metrics.
    measured: Mutex<RunCounts>,
}

impl Counters {
    /// Hands what has changed to whatever collects metrics.
    fn measure(&self, topic: &Arc<str>) {
        let counts = self.counts();
        let before = std::mem::replace(&mut *self.measured.lock().unwrap_or_else(PoisonError::into_inner), counts);
        measurement::handled(topic, &before, &counts);
    }

    fn counts(&self) -> RunCounts {
        let (processed, deferred) = (self.processed.get(), self.deferred.get());
        let (skipped, dead_lettered) = (self.skipped.get(), self.dead_lettered.get());
        let ended = processed + deferred + skipped + dead_lettered;
        RunCounts {
            processed,
            failed: self.failed.get(),
            retried: self.retried.get(),
            deferred,
            skipped,
            dead_lettered,
            given_back: self.started.get().saturating_sub(ended),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    /// Returns what was counted before.
    pub(super) fn add(&self, count: u64) -> u64 {
        self.0.fetch_add(count, Ordering::Relaxed)
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters of all partitions. One that is assigned again goes on counting.
#[derive(Debug, Default)]
pub(super) struct AllCounters {
    partitions: Mutex<BTreeMap<TopicPartition, Arc<Counters>>>,
}

impl AllCounters {
    pub(super) fn of(&self, topic: &Arc<str>, partition: i32) -> Arc<Counters> {
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(partitions.entry((Arc::clone(topic), partition)).or_default())
    }

    /// Hands what has changed to whatever collects metrics.
    pub(super) fn measure(&self) {
        let partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        partitions.iter().for_each(|((topic, _), counters)| counters.measure(topic));
    }

    pub(super) fn summary(&self) -> RunSummary {
        let partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut summary = RunSummary::default();
        for ((topic, partition), counters) in &*partitions {
            let counts = counters.counts();
            if counts == RunCounts::default() {
                continue;
            }
            summary.total.add(&counts);
            summary.partitions.push(PartitionCounts { topic: Arc::clone(topic), partition: *partition, counts });
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_started_and_has_no_end_was_given_back() {
        let all = AllCounters::default();
        let (orders, alerts) = (Arc::from("orders"), Arc::from("alerts"));
        for (topic, partition, started, processed, skipped) in
            [(&orders, 1, 5, 2, 1), (&orders, 0, 3, 3, 0), (&alerts, 7, 0, 0, 0), (&orders, 1, 1, 1, 0)]
        {
            let counters = all.of(topic, partition);
            counters.started.add(started);
            counters.processed.add(processed);
            counters.skipped.add(skipped);
        }
        let summary = all.summary();
        assert_eq!(summary.total, RunCounts { processed: 6, skipped: 1, given_back: 2, ..RunCounts::default() });
        assert_eq!(summary.total.to_string(), "6 processed, 1 skipped, 2 given back");
        let partitions: Vec<_> = summary.partitions.iter().map(|found| (&*found.topic, found.partition)).collect();
        assert_eq!(partitions, [("orders", 0), ("orders", 1)]);
    }
}
