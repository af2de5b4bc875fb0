//! The signal that a run is to end.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Set once.
#[derive(Debug, Default)]
pub(super) struct Stop {
    is_set: AtomicBool,
    notify: Notify,
}

impl Stop {
    pub(super) fn set(&self) {
        self.is_set.store(true, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    /// Resolves once it is set.
    pub(super) async fn stopped(&self) {
        // Before the look at the flag: one that exists when `set` is called resolves.
        let notified = self.notify.notified();
        if !self.is_set() {
            notified.await;
        }
    }
}
