//! Clients in this process: typed ones, as a service has them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use avro_typed::to_vec;
use kafka_typed::connection::{DeliveryFuture, ProducerRecord};
use kafka_typed::{
    FailurePolicy, HandlerError, KafkaTyped, RunError, RunProblem, RunSummary, SchemaId, SetupError, TypedMessage,
    TypedProducer,
};
use messages::SensorAlert;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::ledger::Ledger;
use super::row::Load;
use crate::alerts::{alert, number_of, partition};
use crate::reliability::{framed, work};

pub(super) const PARTITIONS: u64 = 6;
/// Bytes of text in a message.
const BYTES: usize = 100;
/// One of so many is poison, where some are.
const POISON: u64 = 100;
/// How many slices a second has.
const SLICES: u64 = 50;
/// After what time a service would be started again whose clients cannot be built.
const START_AGAIN: Duration = Duration::from_millis(500);

/// What a producer is told while it sends.
#[derive(Default)]
pub(super) struct Orders {
    /// The last step is done, so that it may end once it has sent its messages.
    pub(super) is_over: AtomicBool,
    /// The id of another schema; 0 for its own.
    pub(super) schema: AtomicU32,
    /// How often a client could not be built.
    pub(super) failed_starts: AtomicU32,
}

/// Sends until the row is over, and waits for every answer. Returns how many were sent.
pub(super) async fn send(
    kafka: KafkaTyped,
    topic: String,
    load: Load,
    has_poison: bool,
    orders: Arc<Orders>,
    ledger: Arc<Ledger>,
) -> u64 {
    let producer = started(&orders, || kafka.producer::<SensorAlert>(&topic).build()).await;
    let (answers, mut answered) = mpsc::unbounded_channel::<(u64, DeliveryFuture)>();
    let noting = tokio::spawn(async move {
        while let Some((number, answer)) = answered.recv().await {
            match answer.await {
                Ok(_) => ledger.acknowledged(number),
                Err(_) => ledger.refused(),
            }
        }
    });
    let slice = (load.rate / SLICES).max(1);
    let mut ticks = tokio::time::interval(Duration::from_millis(1000 / SLICES));
    let mut number = 0;
    while number < load.messages || !orders.is_over.load(Ordering::Relaxed) {
        if load.rate > 0 && number.is_multiple_of(slice) {
            ticks.tick().await;
        }
        let schema = match number % POISON {
            0 if has_poison => None,
            _ => Some(orders.schema.load(Ordering::Relaxed)),
        };
        let answer = enqueue(&producer, number, schema).await;
        answers.send((number, answer)).expect("answers are waited for");
        number += 1;
    }
    drop(answers);
    noting.await.expect("no panic");
    // What is left has been answered, so that this has nothing to complain about.
    producer.close().await.expect("everything is answered");
    number
}

/// Sends a message with the producer's own schema (0), with another one, or with bytes that are not a frame.
pub(super) async fn enqueue(producer: &TypedProducer<SensorAlert>, number: u64, schema: Option<u32>) -> DeliveryFuture {
    let (alert, key, partition) = (alert(number, BYTES), number.to_string(), partition(number, PARTITIONS));
    let payload = match schema {
        Some(0) => {
            let sending = producer.send(&alert).key(&key).partition(partition);
            return sending.enqueue().await.expect("room in the queue comes");
        }
        Some(id) => framed(SchemaId::new(id), &to_vec(&alert).expect("bytes")),
        None => b"poison".to_vec(),
    };
    let record = ProducerRecord::new(Some(&payload)).key(&key).partition(partition);
    producer.raw().enqueue(record).await.expect("room in the queue comes")
}

/// A client, which is built again and again as a service is started again and again.
pub(super) async fn started<C, F>(orders: &Orders, mut build: impl FnMut() -> F) -> C
where
    F: Future<Output = Result<C, SetupError>>,
{
    loop {
        match build().await {
            Ok(client) => return client,
            Err(_) => {
                orders.failed_starts.fetch_add(1, Ordering::Relaxed);
                work(START_AGAIN).await;
            }
        }
    }
}

/// A member of the group that reads.
pub(super) struct Member {
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<RunSummary, RunError>>,
}

impl Member {
    pub(super) async fn start(kafka: &KafkaTyped, topic: &str, orders: &Orders, ledger: &Arc<Ledger>) -> Self {
        let consumer = started(orders, || kafka.consumer::<SensorAlert>(topic).group(topic).build()).await;
        let ledger = Arc::clone(ledger);
        let handler = move |message: TypedMessage<SensorAlert>| {
            let number = number_of(&message);
            ledger.read(number, Some(number % PARTITIONS));
            async { Ok::<_, HandlerError>(()) }
        };
        let (stop, stopped) = oneshot::channel();
        let policy = FailurePolicy::dead_letters_to(dead_letters(topic));
        let run = consumer.run(handler).on_bad_message(policy).stop_when(stopped);
        Self { stop, run: tokio::spawn(run.into_future()) }
    }

    /// `None` where it ended as it should; else why it did not.
    pub(super) async fn stop(self) -> Option<String> {
        // The run has ended by itself when nobody hears it.
        let _ = self.stop.send(());
        match self.run.await.expect("no panic") {
            Ok(_) => None,
            // The group was giving out partitions anew when it left, and took no offsets: what it has done comes again.
            Err(RunError { problem: RunProblem::Close(_), .. }) => None,
            Err(error) => Some(format!("a run ended: {error}: {:?}", error.problem)),
        }
    }
}

pub(super) fn dead_letters(topic: &str) -> String {
    format!("{topic}-dlt")
}

/// Notes the dead letters of a topic as read.
pub(super) async fn follow_dead_letters(kafka: KafkaTyped, topic: String, ledger: Arc<Ledger>) {
    let letters = kafka.consumer::<Option<Vec<u8>>>(dead_letters(&topic)).from_beginning().build().await;
    let mut letters = letters.expect("a consumer");
    while let Some(letter) = letters.next().await {
        // Brokers that are away are an error, and the letters come later.
        let Ok(letter) = letter else { continue };
        let key = letter.key.expect("a key");
        ledger.read(std::str::from_utf8(&key).expect("text").parse().expect("a number"), None);
    }
}
