//! How far the messages of a partition were started.

use std::sync::atomic::{AtomicI64, Ordering};

/// Which messages of a partition are worth processing when nothing new is to be started: those before one that was
/// started, since everything from the first message that is not done comes again.
pub(super) struct Started {
    /// The highest offset that was started.
    last: AtomicI64,
    /// The lowest offset of what was given up, which comes again with all behind it.
    end: AtomicI64,
}

impl Started {
    pub(super) fn new() -> Self {
        Self { last: AtomicI64::new(-1), end: AtomicI64::new(i64::MAX) }
    }

    /// Messages from `first` to `last` are to be started. Returns whether that is of use.
    pub(super) fn start(&self, first: i64, last: i64) -> bool {
        if first > self.end.load(Ordering::Relaxed) {
            return false;
        }
        self.last.fetch_max(last, Ordering::Relaxed);
        true
    }

    /// Whether a later message was started, and none before is given up.
    pub(super) fn has_started_after(&self, offset: i64) -> bool {
        offset < self.last.load(Ordering::Relaxed) && offset < self.end.load(Ordering::Relaxed)
    }

    /// The message with this offset is not done, and is given up.
    pub(super) fn end_at(&self, offset: i64) {
        self.end.fetch_min(offset, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_anyway_is_not_worth_starting() {
        let started = Started::new();
        assert!(!started.has_started_after(0));
        assert!(started.start(3, 7));
        assert!(started.start(2, 2));
        let finished = |offsets: [i64; 4]| offsets.map(|offset| started.has_started_after(offset));
        assert_eq!(finished([0, 4, 6, 7]), [true, true, true, false]);
        started.end_at(4);
        started.end_at(6);
        assert_eq!(finished([0, 3, 4, 6]), [true, true, false, false]);
        assert_eq!((started.start(3, 3), started.start(5, 5)), (true, false));
    }
}
