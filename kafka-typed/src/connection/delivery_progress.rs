//! Whether what a producer has handed over gets on, for its health. No clock is read for a message.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::DeliveryError;

/// The time of a client, as its thread has looked at it last: no older than that thread sleeps.
#[derive(Debug)]
pub(crate) struct ClientClock {
    started: Instant,
    /// Milliseconds since the start.
    now: AtomicU64,
}

impl Default for ClientClock {
    fn default() -> Self {
        Self { started: Instant::now(), now: AtomicU64::new(0) }
    }
}

impl ClientClock {
    /// Looks at the time.
    pub(crate) fn tick(&self) {
        self.now.store(self.exact(), Ordering::Relaxed);
    }

    fn exact(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn since(&self, millis: u64) -> Duration {
        Duration::from_millis(self.exact().saturating_sub(millis))
    }
}

/// What has become of the messages of one producer lately.
#[derive(Debug)]
pub(crate) struct DeliveryProgress {
    clock: Arc<ClientClock>,
    /// When the first message was handed over after all others had been reported.
    busy_since: AtomicU64,
    /// When the last message was delivered.
    delivered_at: AtomicU64,
    last_error: Mutex<Option<DeliveryError>>,
}

const NEVER: u64 = u64::MAX;

impl DeliveryProgress {
    pub(crate) fn new(clock: Arc<ClientClock>) -> Self {
        let (busy_since, delivered_at) = (AtomicU64::new(0), AtomicU64::new(NEVER));
        Self { clock, busy_since, delivered_at, last_error: Mutex::default() }
    }

    /// The first message is on its way after nothing was.
    pub(crate) fn begins(&self) {
        self.busy_since.store(self.clock.exact(), Ordering::Relaxed);
    }

    pub(crate) fn delivered(&self) {
        self.delivered_at.store(self.clock.now.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, error: DeliveryError) {
        *self.error() = Some(error);
    }

    /// How long ago the last message was delivered.
    pub(crate) fn delivered_for(&self) -> Option<Duration> {
        let delivered_at = self.delivered_at.load(Ordering::Relaxed);
        (delivered_at != NEVER).then(|| self.clock.since(delivered_at))
    }

    /// How long nothing was delivered, for a producer that has messages on their way.
    pub(crate) fn idle_for(&self) -> Duration {
        let busy_for = self.clock.since(self.busy_since.load(Ordering::Relaxed));
        self.delivered_for().map_or(busy_for, |delivered_for| delivered_for.min(busy_for))
    }

    pub(crate) fn last_error(&self) -> Option<DeliveryError> {
        self.error().clone()
    }

    fn error(&self) -> MutexGuard<'_, Option<DeliveryError>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
