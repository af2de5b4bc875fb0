//! Every policy with every order, one at a time and in batches, on a consumer without Kafka.

mod batches;
mod combinations;
mod endings;
mod fake;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};

use self::fake::{FakeOutlet, FakeReader, FakeSource};
use super::counts::{AllCounters, RunSummary};
use super::order::Order;
use super::run_error::RunError;
use super::running::Running;
use super::supervisor::supervise;
use super::work::Work;
use crate::failure::FailurePolicy;

/// How a run is set up.
struct Setup {
    order: Order,
    max_in_flight: usize,
    policy: FailurePolicy,
    outlet: Arc<FakeOutlet>,
    drain_timeout: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            order: Order::Partition,
            max_in_flight: 8,
            policy: FailurePolicy::fail(),
            outlet: Arc::default(),
            drain_timeout: Duration::from_secs(30),
        }
    }
}

impl Setup {
    /// Runs until `asked`, on these partitions.
    async fn run<W: Work<FakeReader>>(
        self,
        work: W,
        readers: Vec<FakeReader>,
        asked: impl Future<Output = ()>,
    ) -> Result<RunSummary, RunError> {
        let (sender, partitions) = mpsc::unbounded_channel();
        for reader in readers {
            let _ = sender.send(reader);
        }
        let is_closed = Arc::new(Mutex::new(false));
        let source = FakeSource { partitions, is_closed: Arc::clone(&is_closed) };
        let running = Running {
            work,
            outlet: self.outlet,
            on_error: self.policy.clone(),
            on_bad_message: self.policy,
            permits: Semaphore::new(self.max_in_flight),
            max_in_flight: self.max_in_flight,
            stop: Default::default(),
            log: Default::default(),
            counters: AllCounters::default(),
            group: None,
            kept_order: None,
        };
        let running = supervise(source, Arc::new(running), self.order, self.drain_timeout, asked);
        let ended = tokio::time::timeout(Duration::from_secs(60), running).await.expect("the run ends");
        assert!(*is_closed.lock().unwrap(), "the consumer is closed, whatever happens");
        ended
    }
}

/// How many handlers run, and did at most.
#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    fn enter(&self) -> Entered<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        Entered(self)
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

struct Entered<'g>(&'g Gauge);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}
