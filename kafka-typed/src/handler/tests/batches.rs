//! Batches, where more can happen to them than to single messages.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::{Notify, Semaphore};

use super::super::batch_handler::BatchError;
use super::super::order::Order;
use super::super::outlet::Arrival;
use super::super::work::Batches;
use super::Setup;
use super::fake::{FakeOutlet, FakeReader, Ledger, RETRY_TOPIC, Stage};
use crate::connection::Timestamp;
use crate::consumer::TypedMessage;
use crate::failure::{FailurePolicy, Retry};

const ORDERS: [Order; 3] = [Order::Partition, Order::Key, Order::None];

fn of_keys(keys: &[&str]) -> Vec<(Option<String>, String)> {
    (0..).zip(keys).map(|(number, key): (u32, _)| (Some((*key).to_owned()), number.to_string())).collect()
}

fn batches<H>(handler: H, max: usize) -> Batches<H> {
    Batches { handler, max, wait: Duration::ZERO }
}

#[tokio::test]
async fn batches_of_a_retry_topic_wait_until_all_are_due_and_end_there() {
    let delay = Duration::from_millis(300);
    for order in ORDERS {
        let ledger = Ledger::new();
        let (reader, _stage) = FakeReader::new(RETRY_TOPIC, 0, of_keys(&["a", "a", "b", "a"]), &ledger);
        let due = Timestamp::from(SystemTime::now() + delay);
        let arrival = Some(Arrival { delivery: 2, was_tried: true, due: Some(due), is_ours: true });
        let outlet = Arc::new(FakeOutlet { arrival, ..FakeOutlet::default() });
        let policy = FailurePolicy::skip().retry(Retry::new(9)).retry_topics([delay]);
        let begin = Instant::now();
        let handler = move |messages: Vec<TypedMessage<u32>>| async move {
            // Its clock counts in milliseconds.
            assert!(begin.elapsed() + Duration::from_millis(2) >= delay, "too early");
            match messages.iter().position(|message| message.value == 1) {
                Some(index) => Err(BatchError::at(index, "no")),
                None => Ok(()),
            }
        };
        let all = ledger.clone();
        let setup = Setup { order, policy, outlet, ..Setup::default() };
        let summary = setup.run(batches(handler, 5), vec![reader], async move { all.until(4).await }).await.unwrap();
        let total = summary.total;
        assert_eq!((total.processed, total.skipped, total.retried), (3, 1, 0), "{order:?}");
    }
}

#[tokio::test]
async fn messages_of_another_group_in_a_retry_topic_are_passed_over() {
    for order in ORDERS {
        let ledger = Ledger::new();
        let (reader, _stage) = FakeReader::new(RETRY_TOPIC, 0, of_keys(&["a", "b", "a"]), &ledger);
        let arrival = Some(Arrival { delivery: 2, was_tried: true, due: None, is_ours: false });
        let outlet = Arc::new(FakeOutlet { arrival, ..FakeOutlet::default() });
        let handler = async |messages: Vec<TypedMessage<u32>>| match messages.len() {
            0 => Ok(()),
            _ => Err(BatchError::from("they are of another group")),
        };
        let all = ledger.clone();
        let setup = Setup { order, outlet, ..Setup::default() };
        let summary = setup.run(batches(handler, 5), vec![reader], async move { all.until(3).await }).await.unwrap();
        assert_eq!((summary.total.processed, summary.total.failed), (0, 0), "{order:?}");
    }
}

#[tokio::test]
async fn retries_and_sending_of_a_batch_end_at_once_when_the_partition_or_the_run_does() {
    let hour = Duration::from_secs(3600);
    let retrying = || FailurePolicy::skip().retry(Retry::new(1).backoff(hour, hour));
    for order in ORDERS {
        for (policy, failures) in [(retrying(), 0), (FailurePolicy::dead_letters_to("orders-dlt"), u32::MAX)] {
            for is_revoked in [false, true] {
                let ledger = Ledger::new();
                let (reader, stage) = FakeReader::new("orders", 0, of_keys(&["a", "a", "b", "c", "a"]), &ledger);
                let outlet = Arc::new(FakeOutlet { failures: AtomicU32::new(failures), ..FakeOutlet::default() });
                let failed = Arc::new(Notify::new());
                let failing = Arc::clone(&failed);
                let handler = move |_: Vec<TypedMessage<u32>>| {
                    failing.notify_one();
                    async { Err(BatchError::from("no")) }
                };
                let asked = async move {
                    failed.notified().await;
                    if is_revoked {
                        stage.send_replace(Stage::Revoking);
                    }
                };
                let setup = Setup { order, policy: policy.clone(), outlet, ..Setup::default() };
                let begin = Instant::now();
                let summary = setup.run(batches(handler, 2), vec![reader], asked).await.unwrap();
                assert!(begin.elapsed() < Duration::from_secs(20), "{order:?}");
                assert!(summary.total.given_back > 0 && summary.total.dead_lettered == 0, "{order:?}: {summary:?}");
                assert_eq!(ledger.done(), [], "{order:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_batch_that_waits_for_its_key_is_finished_when_a_later_message_was_started() {
    for is_revoked in [false, true] {
        let (ledger, started, open) = (Ledger::new(), Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (reader, stage) = FakeReader::new("orders", 0, of_keys(&["key-0", "key-0", "key-1", "key-0"]), &ledger);
        let (starting, opened) = (Arc::clone(&started), Arc::clone(&open));
        let handler = move |messages: Vec<TypedMessage<u32>>| {
            let (starting, opened) = (Arc::clone(&starting), Arc::clone(&opened));
            async move {
                assert_eq!(messages.len(), 1);
                starting.add_permits(1);
                opened.acquire().await.unwrap().forget();
                Ok::<_, BatchError>(())
            }
        };
        let revoked = ledger.clone();
        let asked = async move {
            started.acquire_many(2).await.unwrap().forget();
            open.add_permits(4);
            if is_revoked {
                stage.send_replace(Stage::Revoking);
                revoked.until(3).await;
            }
        };
        let setup = Setup { order: Order::Key, ..Setup::default() };
        let summary = setup.run(batches(handler, 1), vec![reader], asked).await.unwrap();
        assert_eq!((summary.total.processed, summary.total.given_back), (3, 0), "{is_revoked}");
        let mut done = ledger.done();
        assert!(done.iter().position(|at| *at == (0, 0)) < done.iter().position(|at| *at == (0, 1)), "{done:?}");
        done.sort_unstable();
        assert_eq!(done, [(0, 0), (0, 1), (0, 2)], "{is_revoked}");
    }
}
