//! A process that is killed while it processes skips nothing.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use kafka_typed::{ConsumerBuilder, HandlerError, TypedMessage};
use messages::SensorAlert;

use super::child::{self, Child, Log};
use super::random::Random;
use super::{report, size, until, work};
use crate::alerts::{Sending, number_of};
use crate::servers;

const PARTITIONS: u64 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_skips_nothing() {
    let (messages, kills) = (size().killed_messages, size().kills);
    let kafka = servers::connect().await;
    let topic = servers::create_topic(&kafka, "reliability-killed", PARTITIONS).await;
    let sending = Sending { kafka: kafka.clone(), topic, partitions: PARTITIONS, keys: PARTITIONS * 50, bytes: 20 };
    sending.send(0..messages, Duration::ZERO).await;

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("processed");
    let mut random = Random::new(kills);
    for kill in 0..kills {
        let before = child::lines(&log).len();
        let mut child = Child::start("killed", &kafka, &sending.topic, &log);
        let further = random.below(messages / (kills + 1)) + 1;
        until("the progress of a process", async || {
            assert!(child.is_running(), "process {kill} ended by itself");
            (child::lines(&log).len() as u64 >= before as u64 + further).then_some(())
        })
        .await;
        drop(child);
    }
    let killed = child::lines(&log).len();
    let _last = Child::start("killed", &kafka, &sending.topic, &log);
    servers::until_committed(&kafka, &sending.topic, &sending.topic, PARTITIONS, messages).await;

    let mut times: HashMap<u64, u64> = HashMap::new();
    for line in child::lines(&log) {
        *times.entry(line[0]).or_default() += 1;
    }
    let skipped = (0..messages).filter(|number| !times.contains_key(number)).count() as u64;
    let again = times.values().map(|times| times - 1).sum();
    report(
        "killed",
        &[
            ("sent", messages),
            ("kills", kills),
            ("processed before the last kill", killed as u64),
            ("skipped", skipped),
            ("processed again", again),
        ],
    );
    assert_eq!(skipped, 0);
}

/// Notes each message, for as long as it lives.
pub(super) async fn child(consumer: ConsumerBuilder<SensorAlert>, log: &Path) {
    let log = Log::open(log);
    let handler = move |message: TypedMessage<SensorAlert>| {
        let log = log.clone();
        async move {
            work(Duration::from_millis(5)).await;
            log.add(&number_of(&message).to_string());
            Ok::<_, HandlerError>(())
        }
    };
    let ended = consumer.build().await.expect("a consumer").run(handler).await;
    panic!("it ended before it was killed: {ended:?}");
}
