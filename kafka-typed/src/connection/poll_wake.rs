//! Waking the thread that polls.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

/// Wakes a polling thread that waits. Cheap to call again and again, from any thread.
#[derive(Debug, Default)]
pub(crate) struct PollWake {
    is_due: AtomicBool,
    thread: OnceLock<Thread>,
}

impl PollWake {
    /// Lets the thread go on that waits, or that waits next.
    pub(crate) fn wake(&self) {
        if !self.is_due.swap(true, Ordering::AcqRel)
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
    }

    /// Waits on the polling thread until it is woken, or the time is over. It may return earlier.
    pub(crate) fn wait(&self, timeout: Duration) {
        // Set before the flag is looked at, so that whoever sets the flag afterwards finds the thread.
        self.thread.get_or_init(thread::current);
        if !self.is_due.swap(false, Ordering::AcqRel) {
            thread::park_timeout(timeout);
            self.is_due.store(false, Ordering::Release);
        }
    }
}
