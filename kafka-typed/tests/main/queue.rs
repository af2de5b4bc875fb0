//! What is on its way: waiting for room, flushing, and giving up.

use std::time::Duration;

use kafka_typed::{Counts, DeliveryError, KafkaTyped, SendError};

use crate::cluster::{chain, embedded, kafka, records, soon, topic, values};
use crate::messages::Alert;

/// A handle with a broker that nobody can reach.
fn unreachable() -> KafkaTyped {
    KafkaTyped::builder()
        .bootstrap_servers("127.0.0.1:1")
        .schema_registry(embedded().schema_registry_url())
        .build()
        .unwrap()
}

fn counts(in_flight: u64, delivered: u64, failed: u64) -> (u64, u64, u64) {
    (in_flight, delivered, failed)
}

fn of(found: Counts) -> (u64, u64, u64) {
    (found.in_flight, found.delivered, found.failed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_makes_senders_wait_and_loses_nothing() {
    let topic = topic("full-queue", 1);
    let producer = kafka()
        .producer::<Alert>(topic)
        .setting("queue.buffering.max.messages", "3")
        .setting("linger.ms", "0")
        .build()
        .await
        .unwrap();
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let producer = producer.clone();
            tokio::spawn(async move {
                for number in 0..50 {
                    let delivery = producer.send(&Alert::numbered(sender * 50 + number)).enqueue().await.unwrap();
                    assert!(producer.counts().in_flight <= 3);
                    if number % 7 == 0 {
                        delivery.await.unwrap();
                    }
                }
            })
        })
        .collect();
    for sender in senders {
        soon(sender).await.unwrap();
    }
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();
    assert_eq!(of(producer.counts()), counts(0, 400, 0));
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let mut levels: Vec<_> = values(&mut consumer, 400).await.iter().map(|alert| alert.level).collect();
    levels.sort_unstable();
    assert_eq!(levels, Vec::from_iter(0..400));
}

#[tokio::test]
async fn bytes_are_limited_too() {
    let topic = topic("full-of-bytes", 1);
    let producer = kafka()
        .producer::<Alert>(topic)
        .setting("queue.buffering.max.kbytes", "1")
        .setting("linger.ms", "0")
        .build()
        .await
        .unwrap();
    let alert = Alert { message: "x".repeat(700), ..Alert::numbered(1) };
    for _ in 0..20 {
        let _delivery = soon(producer.send(&alert).enqueue()).await.unwrap();
        assert!(producer.counts().in_flight <= 1);
    }
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();
    assert_eq!(of(producer.counts()), counts(0, 20, 0));
}

#[tokio::test]
async fn flush_does_not_wait_for_linger() {
    let topic = topic("flush-at-once", 1);
    let builder =
        kafka().producer::<Alert>(topic).setting("linger.ms", "300000").setting("message.timeout.ms", "600000");
    let producer = builder.build().await.unwrap();
    for round in 1..=3 {
        let delivery = producer.send(&Alert::numbered(1)).enqueue().await.unwrap();
        soon(producer.flush(Duration::from_secs(200))).await.unwrap();
        // The room is given back with the report, which `flush` waits for.
        assert_eq!(of(producer.counts()), counts(0, round, 0));
        assert!(delivery.await.is_ok());
    }
}

#[tokio::test]
async fn flush_says_how_many_are_left() {
    let producer = unreachable().producer::<Alert>("unreachable").build().await.unwrap();
    let first = producer.send(&Alert::numbered(1)).enqueue().await.unwrap();
    let second = producer.send(&Alert::numbered(2)).enqueue().await.unwrap();
    let error = soon(producer.flush(Duration::from_millis(20))).await.unwrap_err();
    assert_eq!(error.in_flight, 2);
    assert!(
        error.to_string().starts_with("2 messages for topic `unreachable` have no delivery report after 20ms"),
        "{error}"
    );
    drop(producer);
    for delivery in [first, second] {
        let error = soon(delivery).await.unwrap_err();
        assert_eq!(error.code().unwrap().name(), "_PURGE_QUEUE", "{error:?}");
        assert!(chain(&error).contains("its producer was closed or dropped before"), "{error}");
    }
}

#[tokio::test]
async fn close_waits_for_every_delivery_and_takes_no_more() {
    let producer = kafka().producer::<Alert>(topic("closed", 1)).setting("linger.ms", "60000").build().await.unwrap();
    let delivery = producer.send(&Alert::numbered(1)).enqueue().await.unwrap();
    let clone = producer.clone();
    assert_eq!(of(soon(producer.close()).await.unwrap()), counts(0, 1, 0));
    delivery.await.unwrap();
    let error = clone.send(&Alert::numbered(2)).enqueue().await.unwrap_err();
    assert!(matches!(&error, SendError::Delivery(DeliveryError::Closed { .. })) && error.is_fatal(), "{error:?}");
    assert_eq!(of(soon(clone.close()).await.unwrap()), counts(0, 1, 0));
}

#[tokio::test]
async fn close_says_how_many_were_not_delivered_when_its_time_is_over() {
    let producer = unreachable().producer::<Alert>("closed-unreachable").build().await.unwrap();
    let deliveries = [
        producer.send(&Alert::numbered(1)).enqueue().await.unwrap(),
        producer.send(&Alert::numbered(2)).enqueue().await.unwrap(),
    ];
    let error = soon(producer.close_within(Duration::from_millis(20))).await.unwrap_err();
    assert_eq!(error.given_up, 2);
    assert!(
        error.to_string().starts_with("2 messages for topic `closed-unreachable` had no delivery report"),
        "{error}"
    );
    assert_eq!(of(producer.counts()), counts(0, 0, 2));
    for delivery in deliveries {
        let error = soon(delivery).await.unwrap_err();
        assert_eq!(error.code().unwrap().name(), "_PURGE_QUEUE", "{error:?}");
    }
}

#[tokio::test]
async fn what_was_not_delivered_is_kept_for_those_who_ask() {
    let builder = unreachable().producer::<Alert>("kept-undelivered").setting("message.timeout.ms", "300");
    let producer = builder.keep_undelivered().setting("queue.buffering.max.messages", "2").build().await.unwrap();
    let (timed_out, given_up) = (Alert::numbered(1), Alert::numbered(2));
    soon(producer.send(&timed_out).key("a")).await.unwrap_err();
    drop(producer.send(&given_up).key("b").header("n", "1").timestamp(1_700_000_000_000).enqueue().await.unwrap());
    let error = soon(producer.close_within(Duration::from_millis(1))).await.unwrap_err();
    assert_eq!(error.given_up, 1);

    let undelivered = producer.take_undelivered();
    let [first, second] = &undelivered[..] else { panic!("{undelivered:?}") };
    assert!(first.error.is_timeout() && !second.error.is_timeout(), "{undelivered:?}");
    assert_eq!((first.key.as_deref(), second.key.as_deref()), (Some(&b"a"[..]), Some(&b"b"[..])));
    assert_eq!(second.timestamp.unwrap().as_millis(), 1_700_000_000_000);
    assert!(producer.take_undelivered().is_empty(), "they are taken");

    // They are sent again as they are.
    let topic = topic("undelivered-again", 1);
    let again = kafka().connection().raw_producer(topic).build().unwrap();
    for record in &undelivered {
        soon(again.send(record.into())).await.unwrap();
    }
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, 2).await, [timed_out, given_up]);
    assert_eq!(records(topic, 0).await[1].headers.get("n"), Some(&b"1"[..]));

    // More than may be on their way at once are not kept.
    let builder = unreachable().producer::<Alert>("kept-few").setting("message.timeout.ms", "50");
    let producer = builder.keep_undelivered().setting("queue.buffering.max.messages", "2").build().await.unwrap();
    for number in 0..5 {
        soon(producer.send(&Alert::numbered(number))).await.unwrap_err();
    }
    assert_eq!((producer.take_undelivered().len(), producer.counts().failed), (2, 5));
}

/// The executor's only thread drops the producer, so that what blocks there blocks everything.
#[tokio::test]
async fn dropping_a_producer_does_not_wait_for_its_broker() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for servers in ["127.0.0.1:1".to_owned(), silent.local_addr().unwrap().to_string()] {
        let builder =
            KafkaTyped::builder().bootstrap_servers(servers).schema_registry(embedded().schema_registry_url());
        let producer = builder.build().unwrap().producer::<Alert>("dropped-at-once").build().await.unwrap();
        let delivery = producer.send(&Alert::numbered(1)).enqueue().await.unwrap();
        let start = std::time::Instant::now();
        drop(producer);
        assert!(start.elapsed() < Duration::from_secs(1));
        soon(delivery).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_broker_that_does_not_answer_is_an_error_of_the_message() {
    let builder = unreachable().producer::<Alert>("times-out").setting("message.timeout.ms", "50");
    let producer = builder.build().await.unwrap();
    let error = soon(producer.send(&Alert::numbered(1))).await.unwrap_err();
    let SendError::Delivery(DeliveryError::TimedOut { timeout, .. }) = &error else { panic!("{error:?}") };
    assert_eq!(*timeout, Duration::from_millis(50));
    assert!(error.is_timeout() && error.is_retriable() && !error.is_fatal(), "{error:?}");
    assert!(error.to_string().contains("no broker answered within 50ms, its `message.timeout.ms`"), "{error}");
    assert_eq!(of(producer.counts()), counts(0, 0, 1));
}
