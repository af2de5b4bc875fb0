//! Receiving messages, with and without a group.

use std::hint::black_box;
use std::time::Duration;

use benches::bench::SensorAlert;
use benches::measure::{Candidate, Cost, Stopwatch, measure};
use benches::report::Table;
use kafka_typed::{ConsumerBuilder, Order, TypedConsumer};

use crate::consumer::{BATCH, FETCH_WAIT, TIMED, WARM_UP, new_group};
use crate::run::run;
use crate::servers::{ALERTS, Servers};
use crate::{ROUNDS, quiet, raw_consumer};

type Consumer = TypedConsumer<SensorAlert, String>;
type Builder = ConsumerBuilder<SensorAlert, String>;

const CLOSE: Duration = Duration::from_secs(5);

/// How long a batch that is not full waits for more.
const BATCH_WAIT: Duration = Duration::from_millis(50);

/// Consumers that read all partitions.
pub(crate) fn alone(servers: &Servers) -> Table {
    fill(servers);
    let builder = || typed(servers);
    let candidates = vec![
        Candidate::timed("raw BaseConsumer.poll", || raw_consumer::poll(&raw_consumer::alone(servers))),
        Candidate::timed("raw consume_batch_queue", || raw_consumer::consume_batch(&raw_consumer::alone(servers))),
        Candidate::timed("typed next", || read(servers, builder(), next)).at_most(1.4),
        Candidate::timed("typed next_batch", || read(servers, builder(), next_batch)).at_most(0.8),
        Candidate::timed("typed next_borrowed_batch", || read(servers, builder(), next_borrowed_batch)).at_most(0.7),
    ];
    table(servers, "Kafka consume", candidates)
}

/// Consumers that are the only one of their group.
pub(crate) fn in_group(servers: &Servers) -> Table {
    fill(servers);
    let builder = || typed(servers).group(new_group());
    let candidates = vec![
        Candidate::timed("raw BaseConsumer.poll", || raw_consumer::poll(&raw_consumer::in_group(servers))),
        Candidate::timed("typed next", || read(servers, builder(), next)).at_most(1.4),
        Candidate::timed("typed next_batch", || read(servers, builder(), next_batch)).at_most(0.8),
        Candidate::timed("typed next_borrowed_batch", || read(servers, builder(), next_borrowed_batch)).at_most(0.7),
        Candidate::timed("run, in order of the partition", || run(servers, builder(), Order::Partition)).at_most(1.2),
        Candidate::timed("run, in order of the key", || run(servers, builder(), Order::Key)),
    ];
    table(servers, "Kafka group", candidates)
}

fn table(servers: &Servers, workload: &'static str, candidates: Vec<Candidate<'_>>) -> Table {
    Table {
        workload,
        operation: "receiving a SensorAlert with a key",
        bytes_per_message: servers.bytes_per_message(),
        measurements: measure(TIMED, ROUNDS, candidates),
    }
}

/// Writes what all turns read.
fn fill(servers: &Servers) {
    servers.runtime.block_on(async {
        let producer = servers.kafka.producer(&ALERTS).build().await.expect("the producer starts");
        let all = servers.alerts.iter().cycle().take(1 + WARM_UP + TIMED);
        for alert in all {
            drop(producer.send(alert).key(&alert.sensor_id).enqueue().await.expect("the broker takes it"));
        }
        producer.close().await.expect("the broker takes all");
    });
}

fn typed(servers: &Servers) -> Builder {
    servers.kafka.consumer(&ALERTS).setting(FETCH_WAIT.0, FETCH_WAIT.1)
}

fn read(servers: &Servers, builder: Builder, take: impl AsyncFn(&mut Consumer, usize)) -> Cost {
    servers.runtime.block_on(async {
        let mut consumer = builder.build().await.expect("the consumer starts");
        take(&mut consumer, 1).await;
        quiet::wait();
        take(&mut consumer, WARM_UP).await;
        let stopwatch = Stopwatch::start();
        take(&mut consumer, TIMED).await;
        let cost = stopwatch.look();
        consumer.close_within(CLOSE).await.expect("the broker answers");
        cost
    })
}

async fn next(consumer: &mut Consumer, count: usize) {
    for _ in 0..count {
        let message = consumer.next().await.expect("there are more messages");
        black_box(message.expect("it can be read"));
    }
}

async fn next_batch(consumer: &mut Consumer, count: usize) {
    let mut left = count;
    while left > 0 {
        let batch = consumer.next_batch(left.min(BATCH), BATCH_WAIT).await.expect("there are more messages");
        let batch = batch.expect("they can be read");
        left -= batch.len();
        batch.done();
        drop(black_box(batch));
    }
}

async fn next_borrowed_batch(consumer: &mut Consumer, count: usize) {
    let mut left = count;
    while left > 0 {
        let batch = consumer.next_borrowed_batch(left.min(BATCH)).await.expect("there are more messages");
        let batch = batch.expect("they can be read");
        for message in &batch {
            black_box(message.expect("it can be read"));
        }
        left -= batch.len();
        batch.done();
    }
}
