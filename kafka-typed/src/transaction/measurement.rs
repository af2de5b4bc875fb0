//! What is measured of transactions, for whatever collects metrics.

use std::sync::Arc;
use std::time::Instant;

use metrics::{SharedString, Unit, counter, describe_counter, describe_histogram, histogram};

/// A transaction with so many messages was committed, which took since `started`.
pub(super) fn committed(id: &Arc<str>, messages: u64, started: Instant) {
    ended(id, "committed", messages);
    histogram!("kafka_transaction_commit_duration_seconds", "id" => shared(id)).record(started.elapsed().as_secs_f64());
}

/// A transaction was aborted, and its messages are processed again.
pub(super) fn aborted(id: &Arc<str>, messages: u64) {
    ended(id, "aborted", messages);
}

fn ended(id: &Arc<str>, result: &'static str, messages: u64) {
    counter!("kafka_transaction_ends_total", "id" => shared(id), "result" => result).increment(1);
    counter!("kafka_transaction_messages_total", "id" => shared(id), "result" => result).increment(messages);
}

fn shared(id: &Arc<str>) -> SharedString {
    SharedString::from_shared(Arc::clone(id))
}

/// Tells the collector, if one is installed by now, what the metrics mean.
pub(super) fn describe() {
    describe_counter!("kafka_transaction_ends_total", "Transactions of runs, by how they ended");
    describe_counter!("kafka_transaction_messages_total", "Messages in transactions, by how those ended");
    describe_histogram!(
        "kafka_transaction_commit_duration_seconds",
        Unit::Seconds,
        "How long a commit took, with the offsets and what is written before it"
    );
}
