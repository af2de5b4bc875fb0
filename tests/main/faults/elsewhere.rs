//! Clients in processes of their own, which can be killed. They write numbers into a file, and their parent reads
//! those into the ledger.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kafka_typed::connection::DeliveryFuture;
use kafka_typed::{ConsumerBuilder, HandlerError, KafkaTyped, TypedMessage};
use messages::SensorAlert;
use tokio::sync::mpsc;

use super::here::{PARTITIONS, enqueue};
use super::ledger::Ledger;
use super::log_lines;
use super::row::Load;
use crate::alerts::number_of;
use crate::reliability::child::{self, Child, Log};

/// What they are called as processes; the producer's name is followed by how much it sends.
pub(crate) const CONSUMER: &str = "faults-consumer";
pub(crate) const PRODUCER: &str = "faults-producer";

/// Where their parent finds their warnings.
pub(super) fn warnings(log: &Path) -> PathBuf {
    log.with_extension("warnings")
}

pub(super) fn start_consumer(kafka: &KafkaTyped, topic: &str, log: &Path) -> Child {
    Child::start(CONSUMER, kafka, topic, log)
}

pub(super) fn start_producer(kafka: &KafkaTyped, topic: &str, log: &Path, load: Load) -> Child {
    Child::start(&format!("{PRODUCER}-{}-{}", load.messages, load.rate), kafka, topic, log)
}

/// Notes what it processes, for as long as it lives.
pub(crate) async fn consume(consumer: ConsumerBuilder<SensorAlert>, log: &Path) {
    log_lines::write_to(&warnings(log));
    let log = Log::open(log);
    let handler = move |message: TypedMessage<SensorAlert>| {
        log.add(&number_of(&message).to_string());
        async { Ok::<_, HandlerError>(()) }
    };
    let ended = consumer.build().await.expect("a consumer").run(handler).await;
    panic!("it ended before it was killed: {ended:?}");
}

/// Sends what those before it were not told to be acknowledged, in order, and notes what is.
pub(crate) async fn produce(role: &str, kafka: &KafkaTyped, topic: &str, log: &Path) {
    log_lines::write_to(&warnings(log));
    let load: Vec<u64> = role.rsplit('-').take(2).map(|number| number.parse().expect("a number")).collect();
    let [rate, messages] = load[..] else { panic!("{role} has two numbers") };
    let done: HashSet<u64> = child::lines(log).into_iter().map(|line| line[0]).collect();
    let log = Log::open(log);
    let producer = kafka.producer::<SensorAlert>(topic).build().await.expect("a producer");
    let (answers, mut answered) = mpsc::unbounded_channel::<(u64, DeliveryFuture)>();
    let noting = tokio::spawn(async move {
        while let Some((number, answer)) = answered.recv().await {
            answer.await.expect("it is delivered");
            log.add(&number.to_string());
        }
    });
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for (index, number) in (0..messages).filter(|number| !done.contains(number)).enumerate() {
        if (index as u64).is_multiple_of((rate / 50).max(1)) {
            ticks.tick().await;
        }
        let answer = enqueue(&producer, number, Some(0)).await;
        answers.send((number, answer)).expect("answers are waited for");
    }
    drop(answers);
    noting.await.expect("everything is delivered");
    producer.close().await.expect("everything is delivered");
}

/// Reads the numbers that are added to a file into the ledger.
pub(super) struct Tail {
    path: PathBuf,
    position: u64,
    ledger: Arc<Ledger>,
    are_read: bool,
}

impl Tail {
    /// Of messages that were read, or else acknowledged.
    pub(super) fn new(path: &Path, ledger: &Arc<Ledger>, are_read: bool) -> Self {
        Self { path: path.to_owned(), position: 0, ledger: Arc::clone(ledger), are_read }
    }

    pub(super) fn catch_up(&mut self) {
        // The file comes with the first process.
        let Ok(mut file) = std::fs::File::open(&self.path) else { return };
        file.seek(SeekFrom::Start(self.position)).expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("numbers");
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        self.position += whole.len() as u64;
        for number in whole.lines().map(|line| line.parse().expect("a number")) {
            match self.are_read {
                true => self.ledger.read(number, Some(number % PARTITIONS)),
                false => self.ledger.acknowledged(number),
            }
        }
    }
}
