//! Each policy × each order × single messages and batches.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::batch_handler::BatchError;
use super::super::counts::RunSummary;
use super::super::order::Order;
use super::super::outlet::Destination;
use super::super::run_error::{RunError, RunProblem};
use super::super::work::{Batches, Each};
use super::fake::{At, FakeOutlet, FakeReader, Ledger};
use super::{Gauge, Setup};
use crate::consumer::TypedMessage;
use crate::failure::FailurePolicy;
use crate::failure::HandlerError;
use crate::failure::Retry;

/// What a message does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Good,
    /// Its handler fails twice, and succeeds then.
    Flaky,
    /// Its handler panics once, and succeeds then.
    Panicking,
    /// Its handler fails always.
    Broken,
    /// As `Broken`, with an error that says so.
    Permanent,
    /// It cannot be decoded.
    Bad,
}

const KINDS: [Kind; 6] = [Kind::Good, Kind::Flaky, Kind::Panicking, Kind::Broken, Kind::Permanent, Kind::Bad];

/// How a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Processed,
    Skipped,
    Deferred,
    DeadLettered,
    Failed,
}

#[derive(Clone, Copy, Debug)]
enum Mode {
    Each,
    /// In batches, where errors name the message.
    BatchesAt,
    /// In batches, where errors name none.
    WholeBatches,
}

#[derive(Clone, Copy, Debug)]
struct Policy {
    retries: u32,
    retry_topics: bool,
    last: End,
}

impl Policy {
    fn policy(self) -> FailurePolicy {
        let policy = match self.last {
            End::Skipped => FailurePolicy::skip(),
            End::DeadLettered => FailurePolicy::dead_letters_to("orders-dlt"),
            _ => FailurePolicy::fail(),
        };
        let policy = match self.retry_topics {
            true => policy.retry_topics([Duration::from_secs(10)]),
            false => policy,
        };
        policy.retry(Retry::new(self.retries).backoff(Duration::ZERO, Duration::from_millis(2)))
    }

    /// How a message ends that is for itself.
    fn end(self, kind: Kind) -> End {
        let failures = match kind {
            Kind::Good => 0,
            Kind::Flaky => 2,
            Kind::Panicking => 1,
            Kind::Broken | Kind::Bad => u32::MAX,
            Kind::Permanent => return self.last,
        };
        match self.retry_topics {
            _ if failures <= self.retries => End::Processed,
            true => End::Deferred,
            false => self.last,
        }
    }
}

const PARTITIONS: i32 = 2;
const MESSAGES: u32 = 60;

/// Six keys and none. Every seventh message is not good.
fn message(number: u32) -> (Kind, Option<String>) {
    let kind = if number % 7 == 3 { KINDS[(number / 7) as usize % KINDS.len()] } else { Kind::Good };
    let key = (number % 7 < 6).then(|| format!("key-{}", number % 7));
    (kind, key)
}

/// A handler that does what the message's kind says, and keeps what it has seen.
#[derive(Default)]
struct Script {
    attempts: Mutex<HashMap<At, u32>>,
    /// What was processed, in this order.
    processed: Mutex<Vec<At>>,
    /// Whether errors name the message, which a panic cannot.
    names_messages: bool,
    gauge: Gauge,
}

impl Script {
    async fn handle(&self, message: &TypedMessage<u32>) -> Result<(), HandlerError> {
        let at = (message.partition, message.offset);
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap();
            let attempt = attempts.entry(at).or_default();
            *attempt += 1;
            *attempt
        };
        // Others get their turn.
        tokio::task::yield_now().await;
        match self::message(message.value).0 {
            Kind::Flaky if attempt <= 2 => Err("not yet".into()),
            Kind::Panicking if attempt == 1 && !self.names_messages => panic!("not at all"),
            Kind::Panicking if attempt == 1 => Err("not at all".into()),
            Kind::Broken => Err("never".into()),
            Kind::Permanent => Err(HandlerError::permanent("never")),
            _ => {
                self.processed.lock().unwrap().push(at);
                Ok(())
            }
        }
    }
}

async fn run(
    setup: Setup,
    mode: Mode,
    script: &Arc<Script>,
    readers: Vec<FakeReader>,
    ledger: &Ledger,
) -> Result<RunSummary, RunError> {
    let all = ledger.until((PARTITIONS as u32 * MESSAGES) as usize);
    let script = Arc::clone(script);
    let batches = move || {
        let script = Arc::clone(&script);
        move |messages: Vec<TypedMessage<u32>>| {
            let script = Arc::clone(&script);
            async move {
                let _entered = script.gauge.enter();
                for (index, message) in messages.iter().enumerate() {
                    if let Err(error) = script.handle(message).await {
                        return Err(if script.names_messages { BatchError::at(index, error) } else { error.into() });
                    }
                }
                Ok(())
            }
        }
    };
    match mode {
        Mode::Each => {
            let each = batches();
            let handler = move |message| {
                let handling = each(vec![message]);
                async move { handling.await.map_err(BatchError::into_error) }
            };
            setup.run(Each { handler }, readers, all).await
        }
        Mode::BatchesAt | Mode::WholeBatches => {
            setup.run(Batches { handler: batches(), max: 5, wait: Duration::ZERO }, readers, all).await
        }
    }
}

async fn check(policy: Policy, order: Order, mode: Mode) {
    let case = format!("{policy:?}, {order:?}, {mode:?}");
    let script = Script { names_messages: matches!(mode, Mode::BatchesAt), ..Script::default() };
    let (ledger, script, outlet) = (Ledger::new(), Arc::new(script), Arc::new(FakeOutlet::default()));
    let mut stages = Vec::new();
    let readers = (0..PARTITIONS).map(|partition| {
        let records = (0..MESSAGES).map(|number| {
            let (kind, key) = message(number);
            (key, if kind == Kind::Bad { "bad".to_owned() } else { number.to_string() })
        });
        let (reader, stage) = FakeReader::new("orders", partition, records, &ledger);
        stages.push(stage);
        reader
    });
    let readers = readers.collect();
    let setup = Setup { order, policy: policy.policy(), outlet: Arc::clone(&outlet), ..Setup::default() };
    let ended = run(setup, mode, &script, readers, &ledger).await;

    let done = ledger.done();
    let processed = script.processed.lock().unwrap().clone();
    let sent = outlet.sent.lock().unwrap().clone();
    let end_of = |at: &At| match sent.get(at) {
        Some(Destination::RetryTopic { .. }) => End::Deferred,
        Some(Destination::DeadLetters) => End::DeadLettered,
        None if processed.contains(at) => End::Processed,
        None => End::Skipped,
    };
    let mut ends = BTreeMap::new();
    for at in &done {
        assert_eq!(ends.insert(*at, end_of(at)), None, "{case}: {at:?} is done twice");
    }
    let is_whole = matches!(mode, Mode::WholeBatches);
    for (at, end) in &ends {
        let expected = policy.end(message(u32::try_from(at.1).unwrap()).0);
        // A batch may end as one of its messages does.
        assert!(*end == expected || is_whole && *end != End::Failed, "{case}: {at:?} is {end:?}, not {expected:?}");
    }
    let most = script.gauge.most();
    match order {
        Order::Partition => assert!(most <= PARTITIONS as usize, "{case}: {most} at a time"),
        _ => assert!(most <= 8, "{case}: {most} at a time"),
    }
    check_order(order, is_whole, &processed, &case);

    let summary = match ended {
        Ok(summary) => {
            assert_eq!(ends.len(), (PARTITIONS as u32 * MESSAGES) as usize, "{case}");
            assert_eq!(summary.total.given_back, 0, "{case}");
            summary
        }
        Err(error) => {
            assert_eq!(policy.last, End::Failed, "{case}: {error}");
            let RunProblem::Message { topic, partition, offset, .. } = &error.problem else {
                panic!("{case}: {error:?}");
            };
            assert_eq!(&**topic, "orders", "{case}");
            let at = (*partition, *offset);
            assert!(!ends.contains_key(&at), "{case}: {at:?} is done");
            assert!(
                is_whole || policy.end(message(u32::try_from(at.1).unwrap()).0) == End::Failed,
                "{case}: {at:?} ended the run"
            );
            *error.summary
        }
    };
    let count = |end: End| ends.values().filter(|found| **found == end).count() as u64;
    let total = summary.total;
    let counted = [total.processed, total.skipped, total.deferred, total.dead_lettered];
    let expected = [End::Processed, End::Skipped, End::Deferred, End::DeadLettered].map(count);
    match is_whole {
        // What was processed in a batch that is skipped then looks as if it were processed.
        true => assert_eq!(counted.iter().sum::<u64>(), expected.iter().sum::<u64>(), "{case}"),
        false => assert_eq!(counted, expected, "{case}"),
    }
}

/// Messages of a partition, or of a key in it, are processed in the order of their offsets. What is tried again as a
/// whole is processed again.
fn check_order(order: Order, is_whole: bool, processed: &[At], case: &str) {
    let mut last = HashMap::new();
    for at @ (partition, offset) in processed {
        let key = match order {
            Order::Partition => None,
            Order::Key => match message(u32::try_from(*offset).unwrap()).1 {
                Some(key) => Some(key),
                None => continue,
            },
            Order::None => return,
        };
        let before = last.insert((*partition, key), *offset);
        // A batch has five.
        let allowed = if is_whole { before.map(|before| before - 60) } else { before };
        assert!(allowed.is_none_or(|before| before < *offset), "{case}: {at:?} after {before:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_policy_with_each_order_for_messages_and_for_batches() {
    for order in [Order::Partition, Order::Key, Order::None] {
        for mode in [Mode::Each, Mode::BatchesAt, Mode::WholeBatches] {
            for last in [End::Failed, End::Skipped, End::DeadLettered] {
                for retries in [0, 3] {
                    for retry_topics in [false, true] {
                        check(Policy { retries, retry_topics, last }, order, mode).await;
                    }
                }
            }
        }
    }
}
