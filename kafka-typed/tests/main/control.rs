//! Where a consumer reads, in batches and up to the end, and what others may ask of it meanwhile.

use std::time::Duration;

use futures_util::StreamExt;
use kafka_typed::{
    ConnectionError, ConsumerControl, KafkaTyped, SetupError, StartOffset, Topic, TopicPattern, TypedConsumer,
};

use crate::cluster::{kafka, next, send_raw, soon, topic, values};
use crate::messages::Alert;

async fn send(topic: &str, partition: i32, numbers: impl IntoIterator<Item = i32>) {
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in numbers {
        let message = Alert::numbered(number);
        // The hour of the message is its number.
        let message = producer.send(&message).partition(partition).timestamp(HOUR * i64::from(number + 1));
        drop(message.enqueue().await.unwrap());
    }
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();
}

const HOUR: i64 = 3_600_000;

async fn numbers(consumer: &mut TypedConsumer<Alert>, count: usize) -> Vec<i32> {
    values(consumer, count).await.iter().map(|alert| alert.level).collect()
}

async fn until_end(consumer: &mut TypedConsumer<Alert>) -> Vec<i32> {
    let mut numbers = Vec::new();
    while let Some(message) = soon(consumer.next_until_end()).await {
        numbers.push(message.unwrap().value.level);
    }
    numbers.sort_unstable();
    numbers
}

/// Waits until the consumer tells this of itself.
async fn becomes(control: &ConsumerControl, is_so: impl Fn(&ConsumerControl) -> bool) {
    soon(async {
        while !is_so(control) {
            // Polls: nobody is told of every change.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_goes_back_and_forth() {
    let topic = topic("seeks", 1);
    send(topic, 0, 0..10).await;
    for group in [None, Some(topic)] {
        let mut builder = kafka().consumer::<Alert>(topic);
        if let Some(group) = group {
            builder = builder.group(group);
        }
        let mut consumer = builder.build().await.unwrap();
        assert_eq!(numbers(&mut consumer, 5).await, [0, 1, 2, 3, 4]);
        let control = consumer.control();
        for (to, expected) in [
            (StartOffset::Offset(1), &[1, 2][..]),
            (StartOffset::Beginning, &[0, 1]),
            (StartOffset::Last(2), &[8, 9]),
            (StartOffset::Timestamp((8 * HOUR - 1).into()), &[7, 8]),
            (StartOffset::Offset(5), &[5]),
        ] {
            soon(control.seek(topic, 0, to)).await.unwrap();
            assert_eq!(numbers(&mut consumer, expected.len()).await, expected, "{to:?} in {group:?}");
        }
        soon(control.seek_all(StartOffset::End)).await.unwrap();
        assert!(until_end(&mut consumer).await.is_empty());
        let error = soon(control.seek(topic, 7, StartOffset::Beginning)).await.unwrap_err();
        assert!(matches!(error, ConnectionError::Kafka { .. }), "{error:?}");
        soon(consumer.close()).await.unwrap();
        let error = soon(control.seek(topic, 0, StartOffset::Beginning)).await.unwrap_err();
        assert!(matches!(error, ConnectionError::Kafka { .. }), "{error:?}");
        assert!(!control.health().is_running && control.partitions().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_handed_out_before_a_seek_counts_no_more() {
    let topic = topic("seek-counts", 1);
    send(topic, 0, 0..5).await;
    let mut first = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let before = next(&mut first).await.unwrap();
    let control = first.control();
    soon(control.seek(topic, 0, StartOffset::Offset(3))).await.unwrap();
    assert_eq!(numbers(&mut first, 1).await, [3]);
    before.done();
    first.store().unwrap();
    soon(first.close()).await.unwrap();
    let mut second = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    assert_eq!(numbers(&mut second, 1).await, [4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_is_where_reading_begins() {
    let topic = topic("from-time", 2);
    send(topic, 0, 0..4).await;
    send(topic, 1, 4..6).await;
    // (the time, what is read from there)
    for (time, expected) in [(0, &[0, 1, 2, 3, 4, 5][..]), (3 * HOUR, &[2, 3, 4, 5]), (6 * HOUR, &[5]), (9 * HOUR, &[])]
    {
        let alone = kafka().consumer::<Alert>(topic).from_timestamp(time);
        assert_eq!(until_end(&mut alone.build().await.unwrap()).await, expected, "without a group, {time}");
        let group = format!("from-time-{time}");
        let mut member = kafka().consumer::<Alert>(topic).group(group).from_timestamp(time).build().await.unwrap();
        becomes(&member.control(), |control| control.partitions().len() == 2).await;
        assert_eq!(until_end(&mut member).await, expected, "in a group, {time}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_topics_and_patterns_are_read() {
    let topics = [topic("of-many.a", 1), topic("of-many.b", 2)];
    send(topics[0], 0, 0..3).await;
    send(topics[1], 1, 3..6).await;
    let check = async |mut consumer: TypedConsumer<Alert>, count: usize| {
        let mut found = numbers(&mut consumer, count).await;
        found.sort_unstable();
        assert_eq!(found, Vec::from_iter(0..6));
    };
    check(kafka().consumer::<Alert>(topics).build().await.unwrap(), 6).await;
    check(kafka().consumer::<Alert>(topics).group("many").build().await.unwrap(), 6).await;
    let pattern = || TopicPattern::new("of-many\\..");
    check(kafka().consumer::<Alert>(pattern()).group("many-by-pattern").build().await.unwrap(), 6).await;
    let error = kafka().consumer::<Alert>(pattern()).build().await.unwrap_err();
    assert!(matches!(error, SetupError::Connection(ConnectionError::Missing { .. })), "{error:?}");

    const A: Topic<Alert, String> = Topic::new("of-many.a");
    const B: Topic<Alert, String> = Topic::new("of-many.b");
    let mut consumer = kafka().consumer([&A, &B]).build().await.unwrap();
    let mut seen = Vec::new();
    while let Some(message) = soon(consumer.next_until_end()).await {
        seen.push(message.unwrap().topic.to_string());
    }
    seen.sort();
    assert_eq!(seen, [["of-many.a"; 3], ["of-many.b"; 3]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_are_assigned_by_hand() {
    let topic = topic("by-hand", 3);
    for partition in 0..3 {
        send(topic, partition, partition * 10..partition * 10 + 4).await;
    }
    let by_hand = || {
        let partitions = [(0, StartOffset::Offset(2)), (2, StartOffset::Last(1))];
        kafka().consumer::<Alert>(topic).partitions(partitions)
    };
    assert_eq!(until_end(&mut by_hand().build().await.unwrap()).await, [2, 3, 23]);
    // A group keeps their offsets, though it does not assign them.
    let mut grouped = by_hand().group("by-hand").build().await.unwrap();
    assert_eq!(until_end(&mut grouped).await, [2, 3, 23]);
    soon(grouped.commit()).await.unwrap();
    soon(grouped.close()).await.unwrap();
    let committed = kafka().consumer::<Alert>(topic).group("by-hand").partitions([(0, StartOffset::Committed)]);
    assert!(until_end(&mut committed.build().await.unwrap()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_have_what_is_there() {
    let topic = topic("batches", 2);
    send(topic, 0, 0..7).await;
    send_raw(topic, &[Some(b"bad")]).await;
    let builder = kafka().consumer::<Alert>(topic).group(topic);
    let mut consumer = builder.build().await.unwrap();
    let batch = soon(consumer.next_batch(5, Duration::from_secs(30))).await.unwrap().unwrap();
    assert_eq!(batch.values().map(|alert| alert.level).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!((batch.len(), batch.is_empty(), batch.errors().count()), (5, false, 0));
    batch.done();
    // It waits for more only as long as it may.
    let batch = soon(consumer.next_batch(50, Duration::from_millis(20))).await.unwrap().unwrap();
    assert_eq!((batch.messages().count(), batch.errors().count()), (2, 1));
    let mut messages = batch.into_iter();
    messages.next().unwrap().unwrap().done();
    drop(messages);
    soon(consumer.close()).await.unwrap();
    // What nobody has reported as done comes again.
    let mut consumer = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    assert_eq!(numbers(&mut consumer, 1).await, [6]);

    // A slow sender's messages come together.
    let mut waiting = kafka().consumer::<Alert>(topic).from_end().build().await.unwrap();
    let sending = async {
        for number in 0..3 {
            send(topic, 1, [number]).await;
        }
    };
    let (batch, ()) = tokio::join!(soon(waiting.next_batch(3, Duration::from_secs(50))), sending);
    assert_eq!(batch.unwrap().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_partition_hands_out_nothing_until_it_is_resumed() {
    let topic = topic("paused", 2);
    send(topic, 0, 0..3).await;
    send(topic, 1, 10..13).await;
    let mut consumer = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let control = consumer.control();
    becomes(&control, |control| control.partitions().iter().all(|partition| partition.waiting == 3)).await;
    becomes(&control, |control| control.partitions().len() == 2).await;
    assert!(control.pause(topic, 0) && !control.pause(topic, 9));
    assert_eq!(numbers(&mut consumer, 3).await, [10, 11, 12]);
    let paused: Vec<bool> = control.partitions().iter().map(|partition| partition.is_paused).collect();
    assert_eq!(paused, [true, false]);
    assert!(tokio::time::timeout(Duration::from_millis(100), consumer.next()).await.is_err());
    control.resume_all();
    assert_eq!(numbers(&mut consumer, 3).await, [0, 1, 2]);
    control.pause_all();
    send(topic, 1, [13]).await;
    assert!(tokio::time::timeout(Duration::from_millis(100), consumer.next()).await.is_err());
    assert!(control.resume(topic, 1));
    assert_eq!(numbers(&mut consumer, 1).await, [13]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_waits_until_it_has_all() {
    let topic = topic("caught-up", 3);
    send(topic, 0, 0..50).await;
    send(topic, 2, 50..100).await;
    let mut consumer = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let control = consumer.control();
    assert_eq!(control.lag(), Some(0), "there is no partition yet");
    let reading = tokio::spawn(async move {
        let mut seen = 0;
        while let Some(message) = consumer.next().await {
            message.unwrap();
            seen += 1;
        }
        (seen, consumer)
    });
    soon(control.wait_until_caught_up()).await.unwrap();
    becomes(&control, |control| control.lag() == Some(0)).await;
    let status = &control.partitions()[2];
    assert_eq!((status.done, status.position, status.end), (Some(50), Some(50), Some(50)), "{status:?}");
    assert!(control.health().is_alive(Duration::from_secs(60)) && control.health().is_ready());

    // Later messages are waited for by those who ask later.
    send(topic, 1, 100..110).await;
    soon(control.wait_until_caught_up()).await.unwrap();
    control.stop();
    let (seen, consumer) = soon(reading).await.unwrap();
    assert_eq!(seen, 110);
    assert!(!control.health().is_running);
    soon(consumer.close()).await.unwrap();
    soon(control.wait_until_caught_up()).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_that_gets_nowhere_is_not_alive() {
    let topic = topic("nowhere-near", 1);
    let mut consumer = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let control = consumer.control();
    becomes(&control, |control| control.health().is_ready()).await;
    send(topic, 0, 0..2).await;
    let message = next(&mut consumer).await.unwrap();
    // It waits for somebody who has the message, and does not say that it is done.
    becomes(&control, |control| !control.health().is_alive(Duration::from_millis(500))).await;
    message.done();
    assert_eq!(numbers(&mut consumer, 1).await, [1]);
    consumer.store().unwrap();
    becomes(&control, |control| control.health().is_alive(Duration::from_millis(500))).await;
    drop(consumer);
    assert!(!control.health().is_alive(Duration::MAX));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_may_own_its_consumer() {
    struct Desk {
        alerts: std::pin::Pin<Box<dyn futures_util::Stream<Item = Alert> + Send>>,
        control: ConsumerControl,
    }
    async fn desk(kafka: KafkaTyped, topic: &str) -> Desk {
        let consumer = kafka.consumer::<Alert>(topic).group(topic).build().await.unwrap();
        let control = consumer.control();
        let alerts = consumer.into_stream().map(|message| {
            let message = message.unwrap();
            message.done();
            message.value
        });
        Desk { alerts: alerts.boxed(), control }
    }
    let topic = topic("owned-stream", 1);
    send(topic, 0, 0..3).await;
    let mut desk = desk(kafka(), topic).await;
    for number in 0..3 {
        assert_eq!(soon(desk.alerts.next()).await.unwrap(), Alert::numbered(number));
    }
    desk.control.stop();
    assert!(soon(desk.alerts.next()).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_costs_no_memory_and_no_membership() {
    let topic = topic("slow-reader", 2);
    send(topic, 0, 0..500).await;
    let slow = kafka().consumer::<Alert>(topic).group(topic).lane_capacity(10);
    let mut slow = slow.setting("max.poll.interval.ms", "3000").build().await.unwrap();
    assert_eq!(numbers(&mut slow, 1).await, [0]);
    let control = slow.control();
    // It is longer than the group would wait for one that does not poll.
    // Polls: nothing, since what must not happen has no event.
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    let partitions = control.partitions();
    assert_eq!(partitions.len(), 2, "{partitions:?}");
    assert!(partitions.iter().all(|partition| partition.waiting <= 10), "{partitions:?}");
    assert_eq!(numbers(&mut slow, 499).await, Vec::from_iter(1..500));
}
