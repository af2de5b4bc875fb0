//! What the log has of messages that failed: the first of a kind, and then their number at growing intervals.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::connection::repeats::{Repeats, Summary};

/// What is done about messages of one topic that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    Retried,
    Deferred,
    Skipped,
    DeadLettered,
    /// It waits, since the topic that it goes to does not take it.
    Held,
}

impl fmt::Display for Reaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Reaction::Retried => "failed and is tried again, which its partition or key waits for",
            Reaction::Deferred => "failed and goes to a retry topic",
            Reaction::Skipped => "failed and is skipped",
            Reaction::DeadLettered => "failed and goes to the dead letter topic",
            Reaction::Held => {
                "failed, and the topic that it goes to does not take it: its partition or key waits for that"
            }
        })
    }
}

/// Which message failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position<'t> {
    pub(super) topic: &'t Arc<str>,
    pub(super) partition: i32,
    pub(super) offset: i64,
}

#[derive(Default)]
pub(super) struct FailureLog {
    repeats: Mutex<Repeats<(Reaction, Arc<str>)>>,
}

impl FailureLog {
    pub(super) fn report(&self, reaction: Reaction, message: Position<'_>, error: &str) {
        let Position { topic, partition, offset } = message;
        if self.repeats().is_new(&(reaction, Arc::clone(topic)), error, Instant::now()) {
            tracing::warn!(topic = &**topic, partition, offset, error, "a message {reaction}");
        } else {
            tracing::debug!(topic = &**topic, partition, offset, error, "a message {reaction}");
        }
    }

    /// Sums up what is due by now.
    pub(super) fn sum_up(&self) {
        let due = self.repeats().due(Instant::now());
        due.into_iter().for_each(log);
    }

    /// Sums up what is left.
    pub(super) fn end(&self) {
        let left = self.repeats().end(Instant::now());
        left.into_iter().for_each(log);
    }

    fn repeats(&self) -> MutexGuard<'_, Repeats<(Reaction, Arc<str>)>> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn log(summary: Summary<(Reaction, Arc<str>)>) {
    let Summary { key: (reaction, topic), newest: error, times, during } = summary;
    tracing::warn!(topic = &*topic, times, ?during, error, "again, a message {reaction}");
}
