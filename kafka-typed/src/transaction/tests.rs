//! The one who has the transaction, without Kafka.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::task::JoinHandle;

use super::coordinator::{CommitEvery, Coordinator};
use super::delivery_gate::DeliveryGate;
use super::error::TransactionError;
use super::ledger::{Ledger, Origin};
use super::summary::{TransactionCounters, TransactionalSummary};
use crate::connection::KafkaErrorCode;
use crate::connection::transaction_client::{FaultKind, TransactionFault};

/// A partition.
#[derive(Clone)]
struct Partition(Arc<State>);

struct State {
    topic: Arc<str>,
    number: i32,
    has_ended: AtomicBool,
    rewound_to: AtomicI64,
}

impl Partition {
    fn new(number: i32) -> Self {
        let (topic, has_ended, rewound_to) = (Arc::from("orders"), AtomicBool::new(false), AtomicI64::new(-1));
        Self(Arc::new(State { topic, number, has_ended, rewound_to }))
    }

    fn end(&self) {
        self.0.has_ended.store(true, Ordering::SeqCst);
    }

    fn rewound_to(&self) -> i64 {
        self.0.rewound_to.load(Ordering::SeqCst)
    }
}

impl Origin for Partition {
    fn topic(&self) -> &Arc<str> {
        &self.0.topic
    }

    fn partition(&self) -> i32 {
        self.0.number
    }

    fn has_ended(&self) -> bool {
        self.0.has_ended.load(Ordering::SeqCst)
    }

    fn begins_at(&self) -> Option<i64> {
        Some(100)
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What the brokers know.
#[derive(Default)]
struct Brokers {
    /// How the next calls fail, each by its name.
    faults: Mutex<VecDeque<(&'static str, FaultKind)>>,
    /// Everything that was called.
    calls: Mutex<Vec<String>>,
    open: Mutex<Vec<&'static str>>,
    committed: Mutex<Vec<&'static str>>,
    /// Whether the consumer has lost its membership.
    is_no_member: AtomicBool,
    /// Ends when the membership is asked for.
    lost: Mutex<Option<Partition>>,
}

struct FakeLedger(Arc<Brokers>);

impl FakeLedger {
    fn call(&self, name: &'static str, log: String) -> Result<(), TransactionFault> {
        self.0.calls.lock().unwrap().push(log);
        let mut faults = self.0.faults.lock().unwrap();
        match faults.pop_front_if(|(call, _)| *call == name) {
            Some((_, kind)) => Err(fault(kind)),
            None => Ok(()),
        }
    }
}

fn fault(kind: FaultKind) -> TransactionFault {
    let code = KafkaErrorCode::from_number(if kind == FaultKind::Fenced { 90 } else { 7 }).unwrap();
    TransactionFault { kind, code, reason: "it is a test".to_owned() }
}

impl Ledger for FakeLedger {
    type Origin = Partition;
    type Record = &'static str;
    type Membership = ();

    async fn init(&mut self) -> Result<(), TransactionFault> {
        self.call("init", "init".to_owned())
    }

    async fn begin(&mut self) -> Result<(), TransactionFault> {
        self.call("begin", "begin".to_owned())
    }

    async fn send(&mut self, record: &'static str) -> Result<(), TransactionFault> {
        self.call("send", record.to_owned())?;
        self.0.open.lock().unwrap().push(record);
        Ok(())
    }

    async fn membership(&mut self) -> Option<()> {
        self.0.lost.lock().unwrap().take().inspect(Partition::end);
        (!self.0.is_no_member.load(Ordering::SeqCst)).then_some(())
    }

    async fn send_offsets(&mut self, offsets: &[(Partition, i64)], (): ()) -> Result<(), TransactionFault> {
        let mut offsets: Vec<_> =
            offsets.iter().map(|(partition, next)| format!("{}@{next}", partition.partition())).collect();
        offsets.sort_unstable();
        self.call("offsets", format!("offsets {}", offsets.join(" ")))
    }

    async fn commit(&mut self) -> Result<(), TransactionFault> {
        self.call("commit", "commit".to_owned())?;
        self.0.committed.lock().unwrap().append(&mut self.0.open.lock().unwrap());
        Ok(())
    }

    async fn abort(&mut self) -> Result<(), TransactionFault> {
        self.call("abort", "abort".to_owned())?;
        self.0.open.lock().unwrap().clear();
        Ok(())
    }

    async fn committed(&mut self, _: &[(Partition, i64)]) {}

    async fn rewind(&mut self, origin: &Partition, offset: i64) -> Result<(), KafkaErrorCode> {
        origin.0.rewound_to.store(offset, Ordering::SeqCst);
        // Its messages come again from another one.
        origin.end();
        Ok(())
    }

    fn give_up(&mut self) {
        self.0.calls.lock().unwrap().push("given up".to_owned());
    }
}

type Gate = DeliveryGate<Partition, &'static str>;

/// A run.
struct Running {
    gate: Arc<Gate>,
    brokers: Arc<Brokers>,
    counters: Arc<TransactionCounters>,
    coordinator: JoinHandle<Result<(), TransactionError>>,
}

impl Running {
    fn start(faults: &[(&'static str, FaultKind)], messages: u64) -> Self {
        let (gate, events) = Gate::new();
        let (brokers, counters) = (Arc::new(Brokers::default()), Arc::new(TransactionCounters::default()));
        brokers.faults.lock().unwrap().extend(faults);
        let every = CommitEvery { messages, time: Duration::from_secs(3600) };
        let ledger = FakeLedger(Arc::clone(&brokers));
        let coordinator = Coordinator::new(ledger, "a-1".into(), events, every, Arc::clone(&counters));
        let coordinator = tokio::spawn(coordinator.run(true));
        Self { gate: Arc::new(gate), brokers, counters, coordinator }
    }

    /// A message is done, for which this was sent.
    fn done(&self, partition: &Partition, offset: i64, sent: &'static str) {
        self.gate.leave((partition.topic(), partition.partition(), offset), 1, vec![sent], None);
        self.gate.done(partition, offset);
    }

    /// Commits what is done so far.
    async fn settle(&self) {
        let gate = Arc::clone(&self.gate);
        tokio::task::spawn_blocking(move || gate.settle(Duration::from_secs(60))).await.unwrap();
    }

    async fn close(self) -> (Result<(), TransactionError>, Vec<&'static str>, Vec<String>, TransactionalSummary) {
        self.gate.close().await;
        let ended = self.coordinator.await.unwrap();
        let (committed, calls) = (&self.brokers.committed, &self.brokers.calls);
        let (committed, calls) = (committed.lock().unwrap().clone(), calls.lock().unwrap().clone());
        (ended, committed, calls, self.counters.summary(crate::handler::RunSummary::default()))
    }
}

#[tokio::test]
async fn transactions_have_so_many_messages_and_the_rest_is_committed_at_the_end() {
    let running = Running::start(&[], 2);
    let (first, second) = (Partition::new(0), Partition::new(1));
    for (offset, sent) in (100..).zip(["a", "b", "c"]) {
        running.done(&first, offset, sent);
    }
    running.done(&second, 200, "d");
    running.done(&first, 103, "e");
    let (ended, committed, calls, summary) = running.close().await;
    ended.unwrap();
    assert_eq!(committed, ["a", "b", "c", "d", "e"]);
    assert_eq!((summary.committed, summary.aborted), (3, 0));
    let expected = [
        "init",
        "begin",
        "a",
        "b",
        "offsets 0@102",
        "commit",
        "begin",
        "c",
        "d",
        "offsets 0@103 1@201",
        "commit",
        "begin",
        "e",
        "offsets 0@104",
        "commit",
    ];
    assert_eq!(calls, expected);
}

/// Nobody sees a part of a batch: its messages are one unit, the last of which has what was sent.
#[tokio::test]
async fn messages_of_a_batch_count_together() {
    let running = Running::start(&[], 1);
    let partition = Partition::new(0);
    running.gate.leave((partition.topic(), 0, 102), 3, vec!["a", "b"], None);
    for offset in 100..103 {
        running.gate.done(&partition, offset);
    }
    // One that is skipped sends nothing.
    running.gate.done(&partition, 103);
    let (ended, committed, calls, summary) = running.close().await;
    ended.unwrap();
    assert_eq!((committed, summary.committed), (vec!["a", "b"], 2));
    assert_eq!(calls, ["init", "begin", "a", "b", "offsets 0@103", "commit", "begin", "offsets 0@104", "commit"]);
}

#[tokio::test]
async fn what_is_retriable_is_repeated_before_anything_else_is_sent() {
    for call in ["init", "begin", "offsets", "commit"] {
        let running = Running::start(&[(call, FaultKind::Retriable), (call, FaultKind::Retriable)], 1);
        let partition = Partition::new(0);
        running.done(&partition, 100, "a");
        running.done(&partition, 101, "b");
        let (ended, committed, calls, summary) = running.close().await;
        ended.unwrap();
        assert_eq!((committed, summary.committed, summary.aborted), (vec!["a", "b"], 2, 0), "{call}");
        let all = ["init", "begin", "a", "offsets 0@101", "commit", "begin", "b", "offsets 0@102", "commit"];
        let first = all.iter().position(|found| found.starts_with(call)).unwrap();
        let expected = [&all[..first], &[all[first]; 2], &all[first..]].concat();
        assert_eq!(calls, expected, "{call}");
    }
}

#[tokio::test]
async fn an_aborted_transaction_is_read_again_from_the_last_commit_on() {
    for call in ["send", "offsets", "commit"] {
        let running = Running::start(&[], 100);
        let (first, second) = (Partition::new(0), Partition::new(1));
        running.done(&first, 100, "a");
        running.settle().await;
        running.brokers.faults.lock().unwrap().extend([(call, FaultKind::Abortable), ("abort", FaultKind::Retriable)]);
        running.done(&first, 101, "b");
        running.done(&second, 100, "c");
        running.settle().await;
        // Resolves after what follows an abort.
        running.settle().await;
        assert_eq!(first.rewound_to(), 101, "{call}: after what was committed");
        if call != "send" {
            assert_eq!(second.rewound_to(), 100, "{call}: where it has begun");
        }
        // A handler that was still running has nothing to say any more.
        running.done(&first, 102, "too late");
        let again = Partition::new(0);
        running.done(&again, 101, "b");
        running.done(&again, 102, "d");
        let (ended, committed, calls, summary) = running.close().await;
        ended.unwrap();
        let mut committed = committed;
        committed.retain(|sent| *sent != "c");
        assert_eq!(committed, ["a", "b", "d"], "{call}");
        assert_eq!(summary.aborted, 1, "{call}");
        assert_eq!(calls.iter().filter(|call| *call == "abort").count(), 2, "{call}: it is repeated");
    }
}

/// Another member may have processed what it got, so that nothing of it must count here.
#[tokio::test]
async fn what_was_given_away_is_not_committed() {
    for is_no_member in [true, false] {
        let running = Running::start(&[], 100);
        let (kept, lost) = (Partition::new(0), Partition::new(1));
        running.done(&kept, 100, "kept");
        running.done(&lost, 100, "lost");
        match is_no_member {
            true => running.brokers.is_no_member.store(true, Ordering::SeqCst),
            false => *running.brokers.lost.lock().unwrap() = Some(lost),
        }
        running.settle().await;
        running.brokers.is_no_member.store(false, Ordering::SeqCst);
        running.settle().await;
        assert_eq!(kept.rewound_to(), 100);
        let again = Partition::new(0);
        running.done(&again, 100, "kept");
        let (ended, committed, _, summary) = running.close().await;
        ended.unwrap();
        assert_eq!((committed, summary.aborted), (vec!["kept"], 1));
    }
}

#[tokio::test]
async fn fencing_ends_the_run_and_says_so() {
    for call in ["init", "begin", "offsets", "commit", "abort"] {
        let faults: &[_] = match call {
            "abort" => &[("commit", FaultKind::Abortable), ("abort", FaultKind::Fenced)],
            call => &[(call, FaultKind::Fenced)],
        };
        let running = Running::start(faults, 1);
        running.done(&Partition::new(0), 100, "a");
        let (ended, committed, calls, _) = running.close().await;
        let error = ended.unwrap_err();
        assert!(error.is_fenced() && error.id() == "a-1", "{call}: {error}");
        assert!(error.to_string().contains("give each running instance an id of its own"), "{error}");
        assert_eq!((committed.len(), calls.last().map(String::as_str)), (0, Some("given up")), "{call}");
    }
}

#[tokio::test]
async fn a_last_transaction_that_is_aborted_is_an_error() {
    let running = Running::start(&[("commit", FaultKind::Abortable)], 100);
    running.done(&Partition::new(0), 100, "a");
    let (ended, committed, ..) = running.close().await;
    let error = ended.unwrap_err();
    assert!(error.is_abortable() && !error.is_fenced(), "{error}");
    assert_eq!(committed.len(), 0);
}

#[tokio::test]
async fn a_run_that_is_dropped_aborts() {
    let running = Running::start(&[], 100);
    running.done(&Partition::new(0), 100, "a");
    let Running { gate, brokers, coordinator, .. } = running;
    drop(gate);
    coordinator.await.unwrap().unwrap();
    assert_eq!(*brokers.calls.lock().unwrap(), ["init", "begin", "a", "abort"]);
}

/// The metrics count what a summary counts, and the messages in it.
#[tokio::test]
async fn ends_of_transactions_are_measured() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let scrape = recorder.handle();
    // This thread is the one that everything runs on.
    let _measuring = metrics::set_default_local_recorder(&recorder);
    super::measurement::describe();
    let running = Running::start(&[("commit", FaultKind::Abortable)], 2);
    let partition = Partition::new(0);
    running.done(&partition, 100, "a");
    running.done(&partition, 101, "b");
    running.settle().await;
    let again = Partition::new(0);
    for (offset, sent) in (100..).zip(["a", "b", "c"]) {
        running.done(&again, offset, sent);
    }
    let (ended, ..) = running.close().await;
    ended.unwrap();
    let scraped = scrape.render();
    for (metric, labels, value) in [
        ("kafka_transaction_ends_total", r#"id="a-1",result="committed""#, 2),
        ("kafka_transaction_ends_total", r#"id="a-1",result="aborted""#, 1),
        ("kafka_transaction_messages_total", r#"id="a-1",result="committed""#, 3),
        ("kafka_transaction_messages_total", r#"id="a-1",result="aborted""#, 2),
        ("kafka_transaction_commit_duration_seconds_count", r#"id="a-1""#, 2),
    ] {
        let line = format!("{metric}{{{labels}}} {value}");
        assert!(scraped.lines().any(|found| found == line), "{line}\n{scraped}");
    }
}
