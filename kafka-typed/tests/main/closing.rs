//! Closing and dropping, when no broker answers.

use std::time::{Duration, Instant};

use kafka_typed::embedded::Embedded;
use kafka_typed::{CommitError, KafkaTyped, TypedConsumer};

use crate::cluster::{embedded, next, soon};
use crate::messages::Alert;

/// A consumer in a group that has read a message, and whose broker is gone now.
async fn without_broker() -> TypedConsumer<Alert> {
    let servers = Embedded::start().await.unwrap();
    // A handle that does not keep the servers running.
    let kafka = KafkaTyped::builder()
        .bootstrap_servers(servers.bootstrap_servers())
        .schema_registry(embedded().schema_registry_url())
        .build()
        .unwrap();
    let producer = kafka.producer::<Alert>("gone").build().await.unwrap();
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    let mut consumer = kafka.consumer::<Alert>("gone").group("g").build().await.unwrap();
    next(&mut consumer).await.unwrap().done();
    drop(producer);
    drop(servers);
    consumer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_takes_no_longer_than_it_may() {
    let consumer = without_broker().await;
    let before = Instant::now();
    let error = soon(consumer.close_within(Duration::from_secs(1))).await.unwrap_err();
    // Far less than the 45 seconds and more that librdkafka takes, on however slow a machine.
    assert!(before.elapsed() < Duration::from_secs(15), "{:?}", before.elapsed());
    assert!(matches!(error, CommitError::CloseTimeout { .. } | CommitError::Commit { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_holds_up_its_thread_for_a_second_at_most() {
    let consumer = without_broker().await;
    let before = Instant::now();
    drop(consumer);
    assert!(before.elapsed() < Duration::from_secs(15), "{:?}", before.elapsed());
}
