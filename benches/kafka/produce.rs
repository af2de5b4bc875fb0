//! Handing messages over to librdkafka.

use std::thread;
use std::time::{Duration, Instant};

use benches::bench::SensorAlert;
use benches::measure::{Candidate, Cost, Stopwatch, measure};
use benches::report::Table;
use kafka_typed::TypedProducer;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};

use crate::servers::{ALERTS, Servers};
use crate::{ROUNDS, quiet};

/// Longer than a turn, so that nothing is sent while it is timed.
const LINGER: (&str, &str) = ("linger.ms", "200");

/// How many times all messages are handed over in one turn: as often as still waits for `linger.ms`, since a full batch
/// would be sent at once.
const REPEATS: usize = 4;

/// What a typed producer sets.
const RAW_SETTINGS: [(&str, &str); 3] = [LINGER, ("enable.idempotence", "true"), ("partitioner", "murmur2_random")];

const FLUSH: Duration = Duration::from_secs(10);

/// A `BaseProducer` with a thread that serves its delivery reports, as those of a typed producer are served.
type Raw = ThreadedProducer<DefaultProducerContext>;

/// Raw and typed producers.
pub(crate) fn table(servers: &Servers) -> Table {
    let typed = servers.runtime.block_on(async {
        let builder = servers.kafka.producer(&ALERTS).setting(LINGER.0, LINGER.1);
        builder.build().await.expect("the producer starts")
    });
    let raw: Raw = servers.raw(&RAW_SETTINGS).create().expect("the producer starts");
    let framed = servers.framed(typed.schema_id().expect("there is one type").get());
    let candidates = vec![
        Candidate::timed("raw BaseProducer.send of bytes", || send(&raw, servers, &framed)),
        Candidate::timed("typed enqueue", || enqueue(&typed, servers)).at_most(1.15),
    ];
    Table {
        workload: "Kafka produce",
        operation: "handing over a SensorAlert with a key",
        bytes_per_message: servers.bytes_per_message(),
        measurements: measure(REPEATS * servers.alerts.len(), ROUNDS, candidates),
    }
}

fn send(producer: &Raw, servers: &Servers, framed: &[Vec<u8>]) -> Cost {
    last_of_two(|| {
        quiet::wait();
        let stopwatch = Stopwatch::start();
        for (alert, payload) in repeated(servers.alerts.iter().zip(framed)) {
            let record = BaseRecord::to(ALERTS.name()).key(&alert.sensor_id).payload(payload);
            producer.send(record).map_err(|(error, _)| error).expect("the queue has room");
        }
        let cost = stopwatch.look();
        // rdkafka's `flush` serves delivery reports on this thread.
        let start = Instant::now();
        while producer.in_flight_count() > 0 {
            assert!(start.elapsed() < FLUSH, "the broker takes all");
            thread::sleep(Duration::from_millis(1));
        }
        cost
    })
}

fn enqueue(producer: &TypedProducer<SensorAlert, String>, servers: &Servers) -> Cost {
    last_of_two(|| {
        quiet::wait();
        servers.runtime.block_on(async {
            let stopwatch = Stopwatch::start();
            for alert in repeated(servers.alerts.iter()) {
                drop(producer.send(alert).key(&alert.sensor_id).enqueue().await.expect("the queue has room"));
            }
            let cost = stopwatch.look();
            producer.flush(FLUSH).await.expect("the broker takes all");
            cost
        })
    })
}

/// The first pass of a turn finds the heap as the candidate before has left it, in pieces of other sizes.
fn last_of_two(mut pass: impl FnMut() -> Cost) -> Cost {
    pass();
    pass()
}

fn repeated<I: Iterator + Clone>(messages: I) -> impl Iterator<Item = I::Item> {
    std::iter::repeat_n(messages, REPEATS).flatten()
}
