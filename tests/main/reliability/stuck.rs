//! Handlers that stop neither lose their place in the group nor take memory while the topic grows.

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use kafka_typed::{ConsumerBuilder, HandlerError, TypedMessage};
use messages::SensorAlert;

use super::child::{self, Child, Log};
use super::{report, size, until, work};
use crate::alerts::{Sending, number_of};
use crate::servers;

const PARTITIONS: u64 = 8;
/// The message that stops the handlers.
const STOPS: u64 = 1_000;
/// So much of a topic is more than all lanes hold.
const BYTES: usize = 1_000;
const SAMPLES: &str = "samples";
/// How much more memory may be taken after some seconds, in which lanes are filled and fetching is paused.
const GROWTH_KIB: u64 = 16 << 10;
const SETTLED: Duration = Duration::from_secs(7);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_that_stop_keep_memory_and_group_as_they_are() {
    let kafka = servers::connect().await;
    // The embedded broker keeps no more.
    let messages = size().stuck_messages.min(if kafka.embedded().is_some() { 30_000 } else { u64::MAX });
    let topic = servers::create_topic(&kafka, "reliability-stuck", PARTITIONS).await;
    let sending = Sending { kafka: kafka.clone(), topic, partitions: PARTITIONS, keys: PARTITIONS, bytes: BYTES };
    sending.send(0..messages / 2, Duration::ZERO).await;

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("processed");
    let mut child = Child::start("stuck", &kafka, &sending.topic, &log);
    until("the first message", async || (!child::lines(&log).is_empty()).then_some(())).await;
    sending.send(messages / 2..messages, size().stuck_time).await;
    servers::until_committed(&kafka, &sending.topic, &sending.topic, PARTITIONS, messages).await;
    assert!(child.is_running(), "the process has ended");

    let mut numbers: Vec<u64> = child::lines(&log).into_iter().map(|line| line[0]).collect();
    numbers.sort_unstable();
    let all = numbers.len() as u64;
    numbers.dedup();
    let stopped = child::lines(&log.with_extension(SAMPLES));
    let settled = stopped.iter().filter(|sample| u128::from(sample[0]) >= SETTLED.as_millis());
    let first = stopped.first().map_or(0, |sample| sample[1]);
    let (least, most) =
        settled.fold((u64::MAX, 0), |(least, most), sample| (least.min(sample[1]), most.max(sample[1])));
    let fewest = stopped.iter().map(|sample| sample[2]).min();
    report(
        "stuck",
        &[
            ("sent", messages),
            ("milliseconds stopped", stopped.last().map_or(0, |sample| sample[0])),
            ("KiB when it stopped", first),
            ("KiB at least after some seconds", least),
            ("KiB at most after these", most),
            ("lost", messages - numbers.len() as u64),
            ("processed again", all - numbers.len() as u64),
        ],
    );
    assert_eq!((numbers.len() as u64, all), (messages, messages), "each is processed once");
    assert_eq!(fewest, Some(PARTITIONS), "the group takes no partition away");
    assert!(most <= least + GROWTH_KIB, "{stopped:?}");
}

/// Notes each message, and stops at one of them. Notes its memory and its partitions meanwhile.
pub(super) async fn child(consumer: ConsumerBuilder<SensorAlert>, log: &Path) {
    static STOPPED: OnceLock<Instant> = OnceLock::new();
    let consumer = consumer.build().await.expect("a consumer");
    let (control, samples) = (consumer.control(), Log::open(&log.with_extension(SAMPLES)));
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
            let Some(since) = STOPPED.get().map(Instant::elapsed).filter(|since| *since < size().stuck_time) else {
                continue;
            };
            samples.add(&format!("{} {} {}", since.as_millis(), resident_kib(), control.partitions().len()));
        }
    });
    let log = Log::open(log);
    let handler = move |message: TypedMessage<SensorAlert>| {
        let log = log.clone();
        async move {
            let number = number_of(&message);
            if number >= STOPS {
                let since = STOPPED.get_or_init(Instant::now);
                work(size().stuck_time.saturating_sub(since.elapsed())).await;
            }
            log.add(&number.to_string());
            Ok::<_, HandlerError>(())
        }
    };
    let ended = consumer.run(handler).await;
    panic!("it ended before it was killed: {ended:?}");
}

/// How much memory this process has.
fn resident_kib() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number of pages");
    pages * 4
}
