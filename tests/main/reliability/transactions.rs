//! Messages that follow from messages, in transactions of two instances that are killed again and again, and of brokers
//! that are: each is there exactly once, in its order.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kafka_typed::{
    HandlerError, KafkaTyped, Transaction, TransactionalHandler, TransactionalProducer, TypedConsumer, TypedMessage,
};
use messages::SensorAlert;

use super::child::{self, Child, Log};
use super::random::Random;
use super::{report, size, until, work};
use crate::alerts::{Sending, number_of, partition};
use crate::control::Control;
use crate::servers;

const PARTITIONS: u64 = 8;
const INSTANCES: usize = 2;

/// What an instance is called as a process.
pub(super) const ROLE: &str = "transactional-";

/// Where messages of a topic go.
fn target_of(topic: &str) -> String {
    format!("{topic}-out")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_from_each_message_is_there_exactly_once() {
    let kafka = servers::connect().await;
    if kafka.embedded().is_some() {
        println!("not on the embedded broker, which hides nothing of a transaction that is aborted");
        return;
    }
    let (messages, kills) = (size().transactional_messages, size().transactional_kills);
    let cluster = Control::of_environment();
    let broker_kills = if cluster.is_some() { size().broker_kills } else { 0 };
    let topic = servers::create_topic(&kafka, "reliability-transactions", PARTITIONS).await;
    servers::create_topic_named(&kafka, &target_of(&topic), PARTITIONS).await;
    let sending = Sending { kafka: kafka.clone(), topic, partitions: PARTITIONS, keys: PARTITIONS * 50, bytes: 20 };
    let topic = &sending.topic;
    sending.send(0..messages, Duration::ZERO).await;

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("processed");
    let seen = Seen::follow(&kafka, &target_of(topic));
    let (mut random, started) = (Random::new(kills), Instant::now());
    let start = |instance: usize| Child::start(&format!("{ROLE}{instance}"), &kafka, topic, &log);
    let mut children: Vec<Child> = (0..INSTANCES).map(start).collect();
    let (mut ended_by_themselves, mut brokers_killed) = (0, 0);
    for kill in 0..kills {
        let from = messages * kill / (kills + 1);
        let threshold = from + random.below(messages / (kills + 1)) + 1;
        until("the progress of the instances", async || {
            for (instance, child) in children.iter_mut().enumerate() {
                if !child.is_running() {
                    ended_by_themselves += 1;
                    *child = start(instance);
                }
            }
            (seen.count() >= threshold).then_some(())
        })
        .await;
        work(Duration::from_millis(random.below(300))).await;
        if let Some(cluster) = &cluster
            && brokers_killed < broker_kills * (kill + 1) / kills
        {
            cluster.kill_and_restart(random.index(3)).await;
            brokers_killed += 1;
        }
        let instance = random.index(INSTANCES);
        // The one before is killed when it is replaced.
        children[instance].kill();
        children[instance] = start(instance);
    }
    until("all messages", async || (seen.count() >= messages).then_some(())).await;
    let took = started.elapsed();
    for mut child in children {
        child.terminate();
        until("the end of an instance", async || (!child.is_running()).then_some(())).await;
    }

    let out = servers::values::<SensorAlert>(&kafka, &target_of(topic)).await;
    let (mut times, mut last, mut disordered) = (HashMap::<u64, u64>::new(), BTreeMap::<i32, u64>::new(), 0);
    for message in &out {
        let number = number_of(message);
        *times.entry(number).or_default() += 1;
        disordered += u64::from(last.insert(message.partition, number).is_some_and(|before| before >= number));
        assert_eq!(message.partition, partition(number, PARTITIONS));
    }
    let lost = (0..messages).filter(|number| !times.contains_key(number)).count() as u64;
    let doubled: u64 = times.values().map(|times| times - 1).sum();
    report(
        "transactions",
        &[
            ("sent", messages),
            ("kills of 2 instances", kills),
            ("kills of brokers", brokers_killed),
            ("ended by themselves", ended_by_themselves),
            ("handled", child::lines(&log).len() as u64),
            ("read committed", out.len() as u64),
            ("lost", lost),
            ("doubled", doubled),
            ("out of order", disordered),
            ("seconds", took.as_secs()),
            ("seconds of the longest stall", seen.longest_stall().as_secs()),
        ],
    );
    assert_eq!((lost, doubled, disordered, ended_by_themselves, brokers_killed), (0, 0, 0, 0, broker_kills));
}

/// Whoever takes an id over ends the run that had it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_lost_its_id_ends_and_says_so() {
    let kafka = servers::connect().await;
    if kafka.embedded().is_some() {
        return;
    }
    let topic = servers::create_topic(&kafka, "reliability-fencing", 1).await;
    let sending = Sending { kafka: kafka.clone(), topic, partitions: 1, keys: 1, bytes: 20 };
    let topic = &sending.topic;
    let seen = Arc::new(AtomicU64::new(0));
    let consumer =
        async |group: &str| kafka.consumer::<SensorAlert>(topic).group(group).build().await.expect("a consumer");
    let run = |consumer: TypedConsumer<SensorAlert>| {
        let transactions = kafka.transactional(topic).build().expect("transactions");
        let seen = Arc::clone(&seen);
        let handler = move |_: TypedMessage<SensorAlert>, _: Transaction| {
            seen.fetch_add(1, Ordering::Relaxed);
            async { Ok::<_, HandlerError>(()) }
        };
        tokio::spawn(consumer.run_transactional(&transactions, handler).into_future())
    };
    sending.send(0..10, Duration::ZERO).await;
    let mut first = run(consumer("first").await);
    until("the first run", async || (seen.load(Ordering::Relaxed) >= 10).then_some(())).await;
    let mut second = run(consumer("second").await);
    until("the second run", async || (seen.load(Ordering::Relaxed) >= 20).then_some(())).await;
    // Messages are processed while an id is still being taken over, so that either may be the last one to have it. The
    // other one notices when it has something to commit.
    let ending = async {
        for number in 10.. {
            sending.send(number..number + 1, Duration::ZERO).await;
            let one_ends = async {
                tokio::select! { ended = &mut first => ended, ended = &mut second => ended }
            };
            if let Ok(ended) = tokio::time::timeout(Duration::from_millis(200), one_ends).await {
                return ended;
            }
        }
        unreachable!("there are numbers enough");
    };
    let ended = tokio::time::timeout(size().patience, ending).await.expect("it ends in time").expect("no panic");
    let error = ended.expect_err("it has lost its id");
    assert!(error.is_fenced(), "{error}: {:?}", error.problem);
    assert!(error.to_string().contains(&format!("`{topic}` belongs to another client now")), "{error}");
    first.abort();
    second.abort();
}

/// Sends each message on, to the same partition.
struct Forward {
    target: TransactionalProducer<SensorAlert>,
    log: Log,
}

impl TransactionalHandler<SensorAlert> for Forward {
    async fn handle(&self, message: TypedMessage<SensorAlert>, transaction: Transaction) -> Result<(), HandlerError> {
        self.log.add(&number_of(&message).to_string());
        work(Duration::from_millis(1)).await;
        let key = message.key.unwrap_or_default();
        transaction.send(&self.target, &message.value).key(key).partition(message.partition).await?;
        Ok(())
    }
}

/// An instance, for as long as it lives.
pub(super) async fn child(role: &str, kafka: &KafkaTyped, topic: &str, log: &Path) {
    let transactions = kafka.transactional(format!("{topic}-{role}")).build().expect("transactions");
    let target = kafka.producer::<SensorAlert>(target_of(topic));
    let target = target.build_transactional(&transactions).await.expect("a producer");
    let consumer = kafka
        .consumer::<SensorAlert>(topic)
        .group(topic)
        .setting("session.timeout.ms", "2000")
        .setting("heartbeat.interval.ms", "300")
        .build()
        .await
        .expect("a consumer");
    let run = consumer.run_transactional(&transactions, Forward { target, log: Log::open(log) });
    match run.stop_on_signal().await {
        Ok(summary) => eprintln!("{role}: {summary}"),
        Err(error) => panic!("{role} ended: {error}: {:?}", error.problem),
    }
}

/// Who reads what is committed while it comes.
struct Seen {
    count: Arc<AtomicU64>,
    /// In milliseconds.
    longest_stall: Arc<AtomicU64>,
    reading: tokio::task::JoinHandle<()>,
}

impl Seen {
    fn follow(kafka: &KafkaTyped, topic: &str) -> Self {
        let (count, longest_stall) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (kafka, topic) = (kafka.clone(), topic.to_owned());
        let (counted, stalled) = (Arc::clone(&count), Arc::clone(&longest_stall));
        let reading = tokio::spawn(async move {
            let mut consumer = kafka.consumer::<SensorAlert>(topic).from_beginning().build().await.expect("a consumer");
            let mut last = Instant::now();
            while let Some(message) = consumer.next().await {
                // Brokers that are away are an error, and the messages come later.
                if message.is_ok() {
                    counted.fetch_add(1, Ordering::Relaxed);
                    let stall = u64::try_from(last.elapsed().as_millis()).unwrap_or(u64::MAX);
                    stalled.fetch_max(stall, Ordering::Relaxed);
                    last = Instant::now();
                }
            }
        });
        Self { count, longest_stall, reading }
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn longest_stall(&self) -> Duration {
        Duration::from_millis(self.longest_stall.load(Ordering::Relaxed))
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Child {
    /// Ends it as Kubernetes does at first.
    fn terminate(&mut self) {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().expect("there is a kill");
        assert!(sent.success(), "the process is running");
    }
}
