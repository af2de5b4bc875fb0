//! How every consumer reads: all of it is fetched, some warms up, and the rest is timed.

use std::sync::atomic::{AtomicU32, Ordering};

/// Messages that are read before those that are timed, after the first one.
pub(crate) const WARM_UP: usize = 15_000;

/// Messages that are timed.
pub(crate) const TIMED: usize = 100_000;

/// Messages that are taken with one call, where several are.
pub(crate) const BATCH: usize = 500;

/// Nothing is asked of the broker while messages are timed.
pub(crate) const FETCH_WAIT: (&str, &str) = ("fetch.wait.max.ms", "1000");

/// The name of a group that has read nothing yet.
pub(crate) fn new_group() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("bench-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
