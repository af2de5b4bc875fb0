//! Members join and leave every second while handlers fail and some are slow.

mod fate;
mod journal;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::to_vec;
use kafka_typed::failure::FailureHeaders;
use kafka_typed::{
    FailurePolicy, Handler, HandlerError, KafkaTyped, Order, Retry, RunCounts, RunError, RunProblem, RunSummary,
    TypedMessage,
};
use messages::SensorAlert;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::fate::{ATTEMPTS, Fate};
use self::journal::Journal;
use super::poison::framed;
use super::{report, size, until, work};
use crate::alerts::{Sending, alert, number_of};
use crate::servers;

const PARTITIONS: u64 = 12;
const KEYS: u64 = PARTITIONS * 50;
const BYTES: usize = 20;
/// How many members there are at a time.
const MEMBERS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_come_and_go_with_order_by_partition() {
    check("by-partition", Order::Partition).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_come_and_go_with_order_by_key() {
    check("by-key", Order::Key).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_come_and_go_without_order() {
    check("without-order", Order::None).await;
}

async fn check(name: &str, order: Order) {
    let messages = size().churn_messages;
    let kafka = servers::connect().await;
    let topic = servers::create_topic(&kafka, &format!("reliability-{name}"), PARTITIONS).await;
    let dead_letters = servers::create_topic(&kafka, &format!("reliability-{name}-dlt"), 2).await;
    let sending = Arc::new(Sending { kafka: kafka.clone(), topic, partitions: PARTITIONS, keys: KEYS, bytes: BYTES });
    let journal = Arc::new(Journal::default());

    let sent = Arc::clone(&sending);
    let sender = tokio::spawn(async move {
        // Half of it is there, so that members always have something in flight.
        sent.send(0..messages / 2, Duration::ZERO).await;
        sent.send(messages / 2..messages, size().churn_time).await;
    });
    let (counts, members) = churn(&kafka, &sending, &dead_letters, order, &journal).await;
    sender.await.expect("everything was sent");

    let lanes = match order {
        Order::Partition => Some(PARTITIONS),
        Order::Key => Some(KEYS),
        Order::None => None,
    };
    let letters = check_dead_letters(&kafka, &sending, &dead_letters).await;
    let found = journal.check(messages, lanes, &letters);
    report(
        &format!("churn {name}"),
        &[
            ("sent", messages),
            ("members", members),
            ("processed", found.processed),
            ("of these again", found.again),
            ("failed attempts", counts.failed),
            ("retries in place", counts.retried),
            ("messages with retries that then succeeded", found.recovered),
            ("messages in the dead letter topic", letters.len() as u64),
            ("dead letters", letters.values().sum()),
            ("given back", counts.given_back),
            ("lost", found.lost.len() as u64),
            ("out of order", found.disordered.len() as u64),
            ("not retried as the policy says", found.retried_wrongly.len() as u64),
        ],
    );
    assert!(found.lost.is_empty(), "{:?}", found.lost);
    assert!(found.disordered.is_empty(), "{:?}", found.disordered);
    assert!(found.retried_wrongly.is_empty(), "{:?}", found.retried_wrongly);
}

/// Lets members come and go until all messages are done. Returns what they have counted, and how many they were.
async fn churn(
    kafka: &KafkaTyped,
    sending: &Sending,
    dead_letters: &str,
    order: Order,
    journal: &Arc<Journal>,
) -> (RunCounts, u64) {
    let mut members = Vec::new();
    let mut gone = Vec::new();
    let mut count = 0;
    let mut ticks = tokio::time::interval(Duration::from_secs(if kafka.embedded().is_some() { 2 } else { 1 }));
    until("the end of all messages", async || {
        ticks.tick().await;
        while members.len() < MEMBERS {
            members.push(Member::start(kafka, sending, dead_letters, order, Noting::new(journal, count)).await);
            count += 1;
        }
        if journal.ended() == size().churn_messages {
            return Some(());
        }
        gone.push(members.remove(0).stop());
        None
    })
    .await;
    servers::until_committed(kafka, &sending.topic, &sending.topic, PARTITIONS, size().churn_messages).await;
    gone.extend(members.into_iter().map(Member::stop));
    let mut total = RunCounts::default();
    for member in gone {
        let summary = match member.await.expect("no panic") {
            Ok(summary) => summary,
            // The group was giving out partitions anew when it left, and took no offsets: what it has done comes again.
            Err(RunError { problem: RunProblem::Close(_), summary, .. }) => *summary,
            Err(error) => panic!("{error:?}"),
        };
        let RunCounts { failed, retried, given_back, .. } = summary.total;
        total.failed += failed;
        total.retried += retried;
        total.given_back += given_back;
    }
    (total, count)
}

struct Member {
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<RunSummary, RunError>>,
}

impl Member {
    async fn start(kafka: &KafkaTyped, sending: &Sending, dead_letters: &str, order: Order, handler: Noting) -> Self {
        let mut consumer = kafka.consumer::<SensorAlert>(&sending.topic).group(&sending.topic);
        if kafka.embedded().is_some() {
            // When a member has left, the embedded broker gives nobody anything for all but a second of this. It takes
            // no offsets while members join, as Kafka does, so that they have to be there before.
            consumer = consumer.setting("session.timeout.ms", "1500").setting("heartbeat.interval.ms", "300");
            consumer = consumer.setting("auto.commit.interval.ms", "100");
        }
        let consumer = consumer.build().await.expect("a consumer");
        let retry = Retry::new(ATTEMPTS - 1).backoff(Duration::from_millis(5), Duration::from_millis(50));
        let policy = FailurePolicy::dead_letters_to(dead_letters).retry(retry);
        let (stop, stopped) = oneshot::channel();
        let run = consumer.run(handler).order(order).on_error(policy).stop_when(stopped);
        Self { stop, run: tokio::spawn(run.into_future()) }
    }

    fn stop(self) -> JoinHandle<Result<RunSummary, RunError>> {
        // The run has ended by itself when nobody hears it.
        let _ = self.stop.send(());
        self.run
    }
}

/// A member's handler.
struct Noting {
    journal: Arc<Journal>,
    member: u64,
}

impl Noting {
    fn new(journal: &Arc<Journal>, member: u64) -> Self {
        Self { journal: Arc::clone(journal), member }
    }
}

impl Handler<SensorAlert> for Noting {
    async fn handle(&self, message: TypedMessage<SensorAlert>) -> Result<(), HandlerError> {
        let number = number_of(&message);
        let attempt = self.journal.started(number, self.member);
        let fate = Fate::of(number);
        work(fate.takes()).await;
        let outcome = fate.outcome(attempt);
        self.journal.ended_attempt(number, self.member, outcome.is_ok());
        outcome
    }
}

/// Checks that the dead letters are those messages that always fail, byte for byte. Returns how often each is there.
async fn check_dead_letters(kafka: &KafkaTyped, sending: &Sending, dead_letters: &str) -> HashMap<u64, u64> {
    let producer = kafka.producer::<SensorAlert>(&sending.topic).build().await.expect("a producer");
    let id = producer.schema_id().expect("an id");
    let mut letters = HashMap::new();
    for letter in servers::records(kafka, dead_letters).await {
        let payload = letter.value.expect("no message is a tombstone");
        let value: SensorAlert = avro_typed::from_slice(&payload[5..]).expect("an alert");
        let number = value.timestamp.cast_unsigned();
        assert_eq!(payload, framed(id, &to_vec(&alert(number, BYTES)).expect("bytes")), "message {number}");
        assert_eq!(letter.key, Some(sending.key(number).to_string().into_bytes()), "message {number}");
        let FailureHeaders { origin, attempts, group, .. } = FailureHeaders::read(&letter.headers);
        let origin = origin.expect("an origin");
        assert_eq!(origin.topic, sending.topic, "message {number}");
        assert_eq!(origin.partition, Some(sending.partition(number)), "message {number}");
        assert_eq!(origin.offset, Some((number / PARTITIONS).cast_signed()), "message {number}");
        assert_eq!(group.as_ref(), Some(&sending.topic), "message {number}");
        assert_eq!(attempts, Fate::of(number).attempts_until_dead(), "message {number}");
        *letters.entry(number).or_default() += 1;
    }
    letters
}
