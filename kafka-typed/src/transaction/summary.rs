//! What a transactional run has done.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::handler::RunSummary;

/// What a transactional run has done, at its end or until then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionalSummary {
    /// What has become of the messages. Those of a transaction that was aborted are processed again, and count each
    /// time.
    pub run: RunSummary,
    /// How many transactions were committed.
    pub committed: u64,
    /// How many transactions were aborted.
    pub aborted: u64,
}

impl fmt::Display for TransactionalSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {} transactions committed", self.run.total, self.committed)?;
        match self.aborted {
            0 => Ok(()),
            aborted => write!(formatter, ", {aborted} aborted"),
        }
    }
}

/// The counters of a run's transactions.
#[derive(Debug, Default)]
pub(super) struct TransactionCounters {
    committed: AtomicU64,
    aborted: AtomicU64,
}

impl TransactionCounters {
    pub(super) fn committed(&self) {
        self.committed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn aborted(&self) {
        self.aborted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn summary(&self, run: RunSummary) -> TransactionalSummary {
        let (committed, aborted) = (self.committed.load(Ordering::Relaxed), self.aborted.load(Ordering::Relaxed));
        TransactionalSummary { run, committed, aborted }
    }
}
