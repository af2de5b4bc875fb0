//! What is measured of a run, for whatever collects metrics.

use std::sync::Arc;
use std::time::Instant;

use metrics::{SharedString, Unit, counter, describe_counter, describe_histogram, histogram};

use super::counts::RunCounts;

/// One in so many messages has its handler's time taken.
const SAMPLE: u64 = 16;

/// The time, for one in so many messages: as many as `before` were started before it.
pub(super) fn start(before: u64) -> Option<Instant> {
    before.is_multiple_of(SAMPLE).then(Instant::now)
}

/// How long a handler took, of a message or batch whose time was taken.
pub(super) fn took(topic: &Arc<str>, started: Option<Instant>) {
    let Some(started) = started else { return };
    let labels = [("topic", SharedString::from_shared(Arc::clone(topic)))];
    histogram!("kafka_handler_duration_seconds", &labels).record(started.elapsed().as_secs_f64());
}

/// What has been added to the counts of a partition.
pub(super) fn handled(topic: &Arc<str>, before: &RunCounts, now: &RunCounts) {
    let topic = || SharedString::from_shared(Arc::clone(topic));
    let ends = [
        ("processed", before.processed, now.processed),
        ("deferred", before.deferred, now.deferred),
        ("skipped", before.skipped, now.skipped),
        ("dead_lettered", before.dead_lettered, now.dead_lettered),
    ];
    for (result, before, now) in ends.into_iter().filter(|(_, before, now)| now > before) {
        counter!("kafka_handler_messages_total", "topic" => topic(), "result" => result).increment(now - before);
    }
    if now.failed > before.failed {
        counter!("kafka_handler_failures_total", "topic" => topic()).increment(now.failed - before.failed);
    }
    if now.retried > before.retried {
        counter!("kafka_handler_retries_total", "topic" => topic()).increment(now.retried - before.retried);
    }
}

/// Tells the collector, if one is installed by now, what the metrics mean.
pub(super) fn describe() {
    describe_counter!("kafka_handler_messages_total", "Messages that a run is through with, by how they ended");
    describe_counter!("kafka_handler_failures_total", "Attempts that failed");
    describe_counter!("kafka_handler_retries_total", "Attempts in place after a failure");
    describe_histogram!(
        "kafka_handler_duration_seconds",
        Unit::Seconds,
        "How long the handler took for a batch, or for one in 16 messages"
    );
}
