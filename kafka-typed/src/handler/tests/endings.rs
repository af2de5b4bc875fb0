//! How runs and partitions end: by request, by revocation, by a deadline.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::{Notify, Semaphore};

use super::super::counts::RunSummary;
use super::super::order::Order;
use super::super::outlet::Arrival;
use super::super::work::Each;
use super::Setup;
use super::fake::{FakeOutlet, FakeReader, Ledger, RETRY_TOPIC, Stage};
use crate::connection::Timestamp;
use crate::consumer::TypedMessage;
use crate::failure::FailurePolicy;
use crate::failure::Retry;

const ORDERS: [Order; 3] = [Order::Partition, Order::Key, Order::None];

fn numbers(count: u32) -> impl Iterator<Item = (Option<String>, String)> {
    (0..count).map(|number| (Some(format!("key-{}", number % 10)), number.to_string()))
}

/// A handler that starts, and goes on once it is let.
#[derive(Clone)]
struct Gate {
    started: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { started: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    fn handler(
        &self,
    ) -> impl Fn(TypedMessage<u32>) -> futures_util::future::BoxFuture<'static, Result<(), String>> + use<> {
        let gate = self.clone();
        move |_| {
            let gate = gate.clone();
            Box::pin(async move {
                gate.started.add_permits(1);
                gate.open.acquire().await.unwrap().forget();
                Ok(())
            })
        }
    }

    async fn until_started(&self, count: u32) {
        self.started.acquire_many(count).await.unwrap().forget();
    }
}

/// How many messages of one partition are processed at a time, when eight may be.
fn at_a_time(order: Order) -> u32 {
    if order == Order::Partition { 1 } else { 8 }
}

#[tokio::test]
async fn what_is_in_flight_is_finished_when_a_run_is_asked_to_end() {
    for order in ORDERS {
        let (ledger, gate, asked) = (Ledger::new(), Gate::new(), Arc::new(Notify::new()));
        let (reader, _stage) = FakeReader::new("orders", 0, numbers(50), &ledger);
        let work = Each { handler: gate.handler() };
        let asking = Arc::clone(&asked);
        let running = tokio::spawn(
            Setup { order, ..Setup::default() }.run(work, vec![reader], async move { asking.notified().await }),
        );
        gate.until_started(at_a_time(order)).await;
        asked.notify_one();
        // More than are in flight, so that what is started too late would be seen.
        gate.open.add_permits(50);
        let summary = running.await.unwrap().unwrap();
        check_finished(order, &ledger, summary);
    }
}

#[tokio::test]
async fn what_is_not_finished_by_the_deadline_is_given_back() {
    for order in ORDERS {
        let (ledger, gate) = (Ledger::new(), Gate::new());
        let (reader, _stage) = FakeReader::new("orders", 0, numbers(50), &ledger);
        let setup = Setup { order, drain_timeout: Duration::from_millis(50), ..Setup::default() };
        let started = gate.clone();
        let asked = async move { started.until_started(at_a_time(order)).await };
        let begin = Instant::now();
        let summary = setup.run(Each { handler: gate.handler() }, vec![reader], asked).await.unwrap();
        assert!(begin.elapsed() < Duration::from_secs(10), "{order:?}");
        assert_eq!(summary.total.given_back, u64::from(at_a_time(order)), "{order:?}");
        assert_eq!(ledger.done(), [], "{order:?}");
    }
}

#[tokio::test]
async fn a_partition_that_is_revoked_finishes_what_is_in_flight_and_starts_nothing() {
    for order in ORDERS {
        let (ledger, gate) = (Ledger::new(), Gate::new());
        let (reader, stage) = FakeReader::new("orders", 0, numbers(50), &ledger);
        let count = at_a_time(order);
        let (until, begun) = (gate.clone(), ledger.clone());
        let asked = async move {
            until.until_started(count).await;
            stage.send_replace(Stage::Revoking);
            until.open.add_permits(50);
            begun.until(count as usize).await;
        };
        let summary = Setup { order, ..Setup::default() }
            .run(Each { handler: gate.handler() }, vec![reader], asked)
            .await
            .unwrap();
        check_finished(order, &ledger, summary);
    }
}

/// What was in flight is done and what comes before that, nothing else.
fn check_finished(order: Order, ledger: &Ledger, summary: RunSummary) {
    let mut done: Vec<i64> = ledger.done().iter().map(|(_, offset)| *offset).collect();
    done.sort_unstable();
    assert!((0..).zip(&done).all(|(expected, offset)| expected == *offset), "{order:?}: {done:?}");
    // Two of the first keys may share a lane, where the second message waits for the first.
    let waiting = if order == Order::Key { 2 } else { 0 };
    let in_flight = at_a_time(order) as usize;
    assert!((in_flight..=in_flight + waiting).contains(&done.len()), "{order:?}: {done:?}");
    assert_eq!((summary.total.processed, summary.total.given_back), (done.len() as u64, 0), "{order:?}");
}

#[tokio::test]
async fn what_waits_for_its_key_is_finished_when_a_later_message_was_started() {
    for is_revoked in [false, true] {
        let (ledger, gate) = (Ledger::new(), Gate::new());
        let keys = ["key-0", "key-0", "key-1", "key-0"];
        let records = (0..).zip(keys).map(|(number, key): (u32, _)| (Some(key.to_owned()), number.to_string()));
        let (reader, stage) = FakeReader::new("orders", 0, records, &ledger);
        let (until, revoked) = (gate.clone(), ledger.clone());
        let asked = async move {
            until.until_started(2).await;
            until.open.add_permits(4);
            if is_revoked {
                stage.send_replace(Stage::Revoking);
                revoked.until(3).await;
            }
        };
        let setup = Setup { order: Order::Key, ..Setup::default() };
        let summary = setup.run(Each { handler: gate.handler() }, vec![reader], asked).await.unwrap();
        assert_eq!((summary.total.processed, summary.total.given_back), (3, 0), "{is_revoked}");
        let mut done = ledger.done();
        assert!(done.iter().position(|at| *at == (0, 0)) < done.iter().position(|at| *at == (0, 1)), "{done:?}");
        done.sort_unstable();
        assert_eq!(done, [(0, 0), (0, 1), (0, 2)], "{is_revoked}");
    }
}

#[tokio::test]
async fn handlers_of_a_lost_partition_are_dropped() {
    for order in ORDERS {
        let (ledger, dropped) = (Ledger::new(), Arc::new(Semaphore::new(0)));
        let (reader, stage) = FakeReader::new("orders", 0, numbers(50), &ledger);
        let (started, count) = (Arc::new(Semaphore::new(0)), at_a_time(order));
        struct Dropped(Arc<Semaphore>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.add_permits(1);
            }
        }
        let (starting, dropping) = (Arc::clone(&started), Arc::clone(&dropped));
        let handler = move |_: TypedMessage<u32>| {
            starting.add_permits(1);
            let dropped = Dropped(Arc::clone(&dropping));
            async move {
                let _dropped = dropped;
                pending::<Result<(), String>>().await
            }
        };
        let asked = async move {
            started.acquire_many(count).await.unwrap().forget();
            stage.send_replace(Stage::Lost);
            dropped.acquire_many(count).await.unwrap().forget();
        };
        let summary = Setup { order, ..Setup::default() }.run(Each { handler }, vec![reader], asked).await.unwrap();
        assert_eq!(summary.total.given_back, u64::from(count), "{order:?}");
        assert_eq!(ledger.done(), [], "{order:?}");
    }
}

#[tokio::test]
async fn retries_and_sending_end_at_once_when_the_partition_or_the_run_does() {
    let hour = Duration::from_secs(3600);
    let retrying = || FailurePolicy::skip().retry(Retry::new(1).backoff(hour, hour));
    for order in ORDERS {
        for (policy, failures) in [(retrying(), 0), (FailurePolicy::dead_letters_to("orders-dlt"), u32::MAX)] {
            for is_revoked in [false, true] {
                let ledger = Ledger::new();
                let (reader, stage) = FakeReader::new("orders", 0, numbers(5), &ledger);
                let outlet = Arc::new(FakeOutlet { failures: AtomicU32::new(failures), ..FakeOutlet::default() });
                let failed = Arc::new(Notify::new());
                let failing = Arc::clone(&failed);
                let handler = move |_: TypedMessage<u32>| {
                    failing.notify_one();
                    async { Err("no") }
                };
                let asked = async move {
                    failed.notified().await;
                    if is_revoked {
                        stage.send_replace(Stage::Revoking);
                    }
                };
                let setup = Setup { order, policy: policy.clone(), outlet, ..Setup::default() };
                let begin = Instant::now();
                let summary = setup.run(Each { handler }, vec![reader], asked).await.unwrap();
                assert!(begin.elapsed() < Duration::from_secs(20), "{order:?}");
                assert!(summary.total.given_back > 0 && summary.total.dead_lettered == 0, "{order:?}: {summary:?}");
                assert_eq!(ledger.done(), [], "{order:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_message_is_done_only_once_its_dead_letter_is_acknowledged() {
    let ledger = Ledger::new();
    let (reader, _stage) = FakeReader::new("orders", 0, numbers(3), &ledger);
    let outlet = Arc::new(FakeOutlet { failures: AtomicU32::new(2), ..FakeOutlet::default() });
    let setup =
        Setup { policy: FailurePolicy::dead_letters_to("orders-dlt"), outlet: Arc::clone(&outlet), ..Setup::default() };
    let all = ledger.clone();
    let handler = |_: TypedMessage<u32>| async { Err("no") };
    let summary = setup.run(Each { handler }, vec![reader], async move { all.until(3).await }).await.unwrap();
    assert_eq!(summary.total.dead_lettered, 3);
    assert_eq!(ledger.done(), [(0, 0), (0, 1), (0, 2)]);
    assert_eq!(outlet.sent.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn messages_of_a_retry_topic_wait_until_they_are_due_and_end_there() {
    let delay = Duration::from_millis(300);
    for order in ORDERS {
        let ledger = Ledger::new();
        let (reader, _stage) = FakeReader::new(RETRY_TOPIC, 0, numbers(2), &ledger);
        let due = Timestamp::from(SystemTime::now() + delay);
        let arrival = Some(Arrival { delivery: 2, was_tried: true, due: Some(due), is_ours: true });
        let outlet = Arc::new(FakeOutlet { arrival, ..FakeOutlet::default() });
        let policy = FailurePolicy::skip().retry(Retry::new(9)).retry_topics([delay]);
        let begin = Instant::now();
        let handler = move |message: TypedMessage<u32>| async move {
            // Its clock counts in milliseconds.
            assert!(begin.elapsed() + Duration::from_millis(2) >= delay, "too early");
            if message.value == 0 { Err("no") } else { Ok(()) }
        };
        let all = ledger.clone();
        let setup = Setup { order, policy, outlet, ..Setup::default() };
        let summary = setup.run(Each { handler }, vec![reader], async move { all.until(2).await }).await.unwrap();
        assert_eq!((summary.total.processed, summary.total.skipped, summary.total.retried), (1, 1, 0), "{order:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_retried_holds_up_no_other_partition_and_few_other_keys() {
    let ledger = Ledger::new();
    let hour = Duration::from_secs(3600);
    let (first, _one) = FakeReader::new("orders", 0, numbers(100), &ledger);
    let (second, _two) = FakeReader::new("orders", 1, numbers(100), &ledger);
    let policy = FailurePolicy::skip().retry(Retry::new(1).backoff(hour, hour));
    let handler = async |message: TypedMessage<u32>| match (message.partition, message.value) {
        (0, 0) => Err("no"),
        _ => Ok(()),
    };
    let all = ledger.clone();
    // A lane has several keys: that of the failing one, and up to two others of the ten.
    let setup = Setup { order: Order::Key, policy, ..Setup::default() };
    let summary =
        setup.run(Each { handler }, vec![first, second], async move { all.until(100 + 70).await }).await.unwrap();
    assert!(summary.total.processed >= 170 && summary.total.given_back == 1, "{summary:?}");
    assert!(!ledger.done().contains(&(0, 10)), "of the same key as the one that is retried");
}

#[tokio::test]
async fn little_is_read_ahead_of_a_handler_that_stands_still() {
    for (order, bound) in [(Order::Partition, 1), (Order::Key, 600), (Order::None, 8)] {
        let (ledger, gate) = (Ledger::new(), Gate::new());
        let (reader, _stage) = FakeReader::new("orders", 0, numbers(10_000), &ledger);
        let read = Arc::clone(&reader.read);
        let started = gate.clone();
        let asked = async move {
            started.until_started(at_a_time(order)).await;
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
        };
        let setup = Setup { order, drain_timeout: Duration::from_millis(20), ..Setup::default() };
        setup.run(Each { handler: gate.handler() }, vec![reader], asked).await.unwrap();
        let read = read.load(Ordering::Relaxed);
        assert!(read <= bound, "{order:?}: {read}");
    }
}

#[tokio::test]
async fn partitions_take_turns_where_there_are_few_permits() {
    for order in ORDERS {
        for max_in_flight in [1, 2] {
            let ledger = Ledger::new();
            let partitions = [0, 1, 2].map(|partition| FakeReader::new("orders", partition, numbers(200), &ledger));
            let (readers, _stages): (Vec<_>, Vec<_>) = partitions.into_iter().unzip();
            let handler = async |_: TypedMessage<u32>| {
                tokio::task::yield_now().await;
                Ok::<_, String>(())
            };
            let all = ledger.clone();
            let setup = Setup { order, max_in_flight, ..Setup::default() };
            let summary = setup.run(Each { handler }, readers, async move { all.until(600).await }).await.unwrap();
            assert_eq!((summary.total.processed, summary.total.given_back), (600, 0), "{order:?}, {max_in_flight}");
            let done = ledger.done();
            for partition in 0..3 {
                let first = done.iter().position(|(found, _)| *found == partition);
                assert!(first.is_some_and(|first| first < 100), "{order:?}, {max_in_flight}, {partition}: {first:?}");
            }
        }
    }
}
