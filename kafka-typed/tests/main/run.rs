//! Handlers, their failures and where these go, on the embedded broker.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use kafka_typed::connection::{ConsumerRecord, PartitionStatus, StartOffset};
use kafka_typed::failure::FailureHeaders;
use kafka_typed::{
    BatchError, FailurePolicy, HandlerError, Order, Retry, RunProblem, Topic, TopicPattern, TypedConsumer, TypedMessage,
};
use tokio::sync::mpsc;

use crate::cluster::{chain, kafka, send_to, soon, topic};
use crate::messages::Alert;

pub(crate) async fn send(topic: &str, numbers: std::ops::Range<i32>, partitions: i32) {
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in numbers {
        let sending = Alert::numbered(number);
        let sending = producer.send(&sending).key(format!("key-{}", number % 10)).partition(number % partitions);
        let _delivery = sending.enqueue().await.unwrap();
    }
    soon(producer.close()).await.unwrap();
}

pub(crate) async fn consumer(topic: &str, group: &str) -> TypedConsumer<Alert> {
    kafka().consumer::<Alert>(topic).group(group).build().await.unwrap()
}

/// Resolves once so many different numbers have come.
pub(crate) async fn until(mut seen: mpsc::UnboundedReceiver<i32>, count: usize) {
    let mut numbers = std::collections::BTreeSet::new();
    while numbers.len() < count {
        numbers.extend(seen.recv().await);
    }
}

/// The records of a topic, of which there are so many.
pub(crate) async fn records(topic: &str, count: usize) -> Vec<ConsumerRecord> {
    let mut consumer = kafka().connection().raw_consumer(topic).build().unwrap();
    consumer.assign_all(StartOffset::Beginning).await.unwrap();
    let mut records = Vec::new();
    while records.len() < count {
        records.push(soon(consumer.next()).await.unwrap().unwrap());
    }
    records
}

/// How far a group is, in all partitions together.
pub(crate) async fn done(topic: &str, group: &str, partitions: i32) -> i64 {
    let (topic, group) = (topic.to_owned(), group.to_owned());
    let committed = tokio::task::spawn_blocking(move || {
        use rdkafka::consumer::{BaseConsumer, Consumer};
        let reader: BaseConsumer = rdkafka::ClientConfig::new()
            .set("bootstrap.servers", kafka().bootstrap_servers())
            .set("group.id", group)
            .create()
            .unwrap();
        let mut list = rdkafka::TopicPartitionList::new();
        list.add_partition_range(&topic, 0, partitions - 1);
        let list = reader.committed_offsets(list, Duration::from_secs(30)).unwrap();
        list.elements().iter().filter_map(|element| element.offset().to_raw()).filter(|offset| *offset > 0).sum()
    });
    committed.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_is_processed_and_committed_in_each_order() {
    for (name, order) in [("run-by-partition", Order::Partition), ("run-by-key", Order::Key), ("run-free", Order::None)]
    {
        send(topic(name, 4), 0..200, 4).await;
        let (seen, numbers) = mpsc::unbounded_channel();
        let (keyed, mut by_key) = mpsc::unbounded_channel();
        let handler = move |message: TypedMessage<Alert>| {
            let _ = keyed.send((message.key, message.value.level));
            let sent = seen.send(message.value.level);
            async move { sent }
        };
        let running = consumer(name, name).await.run(handler).order(order).stop_when(until(numbers, 200));
        let summary = soon(running.into_future()).await.unwrap();
        assert_eq!((summary.total.processed, summary.partitions.len()), (200, 4), "{order:?}");
        assert_eq!(done(name, name, 4).await, 200, "{order:?}");

        let mut last = BTreeMap::new();
        while let Ok((key, number)) = by_key.try_recv() {
            // Each key has numbers of two partitions, which are independent.
            let before = last.insert((key, number % 4), number);
            assert!(order == Order::None || before.is_none_or(|before| before < number), "{order:?}: {number}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_retried_and_end_in_the_dead_letter_topic() {
    const ORDERS: Topic<Alert> = Topic::new("run-dead-letters").dead_letters("run-dead-letters-dlt");
    topic("run-dead-letters-dlt", 2);
    send(topic(ORDERS.name(), 1), 0..10, 1).await;
    send_to(ORDERS.name(), 0, &[Some(b"no Avro")]).await;
    send(ORDERS.name(), 10..20, 1).await;

    let attempts = Arc::new(AtomicU32::new(0));
    let (seen, numbers) = mpsc::unbounded_channel();
    let counted = Arc::clone(&attempts);
    let handler = move |message: TypedMessage<Alert>| {
        let (seen, attempts) = (seen.clone(), Arc::clone(&counted));
        async move {
            match message.value.level {
                3 if attempts.fetch_add(1, Ordering::Relaxed) < 2 => return Err(HandlerError::from("not yet")),
                4 => panic!("it cannot be"),
                5 => return Err(HandlerError::permanent("never").with_class("test.never")),
                level => seen.send(level)?,
            }
            Ok(())
        }
    };
    let orders = kafka().consumer(&ORDERS).group("run-dead-letters").build().await.unwrap();
    let policy =
        FailurePolicy::dead_letters().retry(Retry::new(2).backoff(Duration::from_millis(1), Duration::from_millis(5)));
    let running = orders.run(handler).on_error(policy).on_bad_message(FailurePolicy::dead_letters());
    let summary = soon(running.stop_when(until(numbers, 18)).into_future()).await.unwrap();
    let total = summary.total;
    assert_eq!((total.processed, total.dead_lettered, total.retried, total.failed), (18, 3, 4, 7));
    assert_eq!(done(ORDERS.name(), "run-dead-letters", 1).await, 21);

    let letters = records("run-dead-letters-dlt", 3).await;
    let mut found: Vec<_> = letters
        .iter()
        .map(|letter| {
            let FailureHeaders { origin, group, error_class, error_message, attempts, .. } =
                FailureHeaders::read(&letter.headers);
            assert_eq!(group.as_deref(), Some("run-dead-letters"));
            (origin.unwrap().offset.unwrap(), error_class.unwrap(), error_message.unwrap(), attempts.unwrap())
        })
        .collect();
    found.sort();
    let words: Vec<_> = found
        .iter()
        .map(|(offset, class, words, attempts)| (*offset, class.as_str(), words.as_str(), *attempts))
        .collect();
    let [panicked, never, (10, "kafka_typed::MessageProblem::Frame", undecoded, 1)] = words[..] else {
        panic!("{words:?}");
    };
    assert_eq!(panicked, (4, "panic", "the handler panicked: it cannot be", 3));
    assert_eq!(never, (5, "test.never", "never", 1));
    assert!(undecoded.contains("has no schema id in front of its datum"), "{undecoded}");
    let payloads: Vec<_> = letters.iter().filter_map(|letter| letter.payload.as_deref()).collect();
    assert!(payloads.contains(&&b"no Avro"[..]), "it is kept as it came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_come_back_from_retry_topics_when_they_are_due() {
    let name = topic("run-retries", 2);
    topic("run-retries-retry-300ms", 2);
    topic("run-retries-retry-500ms", 2);
    send(name, 0..20, 2).await;
    let (seen, numbers) = mpsc::unbounded_channel();
    let (failed, mut attempts) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert>| {
        let (seen, failed) = (seen.clone(), failed.clone());
        async move {
            let level = message.value.level;
            if level == 7 {
                failed.send((message.topic.to_string(), Instant::now()))?;
                if !message.topic.ends_with("-500ms") {
                    return Err(HandlerError::from("not yet"));
                }
            }
            Ok(seen.send(level)?)
        }
    };
    let policy = FailurePolicy::fail().retry_topics([Duration::from_millis(300), Duration::from_millis(500)]);
    let running = consumer(name, name).await.run(handler).on_error(policy).stop_when(until(numbers, 20));
    let summary = soon(running.into_future()).await.unwrap();
    let total = summary.total;
    assert_eq!((total.processed, total.deferred, total.failed, total.given_back), (20, 2, 2, 0));

    let mut times = Vec::new();
    let mut topics = Vec::new();
    while let Ok((topic, time)) = attempts.try_recv() {
        topics.push(topic);
        times.push(time);
    }
    assert_eq!(topics, ["run-retries", "run-retries-retry-300ms", "run-retries-retry-500ms"]);
    // Kafka's times are in whole milliseconds.
    assert!(times[1] - times[0] >= Duration::from_millis(299) && times[2] - times[1] >= Duration::from_millis(499));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pattern_does_not_bring_dead_letters_back() {
    let name = topic("run-matched-orders", 1);
    topic("run-matched-dlt", 1);
    send(name, 0..5, 1).await;
    let (seen, numbers) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert>| {
        let _ = seen.send(message.value.level);
        async { Err::<(), _>(HandlerError::from("never")) }
    };
    let pattern = kafka().consumer::<Alert>(TopicPattern::new("run-matched-.*")).group("run-matched");
    let policy = FailurePolicy::dead_letters_to("run-matched-dlt");
    let first = pattern.build().await.unwrap().run(handler.clone()).on_error(policy.clone());
    let summary = soon(first.stop_when(until(numbers, 5)).into_future()).await.unwrap();
    assert_eq!((summary.total.dead_lettered, summary.total.failed), (5, 5));

    // The group is assigned the dead letter topic with what is in it by now, which is fetched and stays where it is.
    let consumer = kafka().consumer::<Alert>(TopicPattern::new("run-matched-.*")).group("run-matched");
    let consumer = consumer.build().await.unwrap();
    let control = consumer.control();
    let fetched = async move {
        let is_fetched = |part: &PartitionStatus| &*part.topic == "run-matched-dlt" && part.waiting == 5;
        while !control.partitions().iter().any(is_fetched) {
            // Polls: what a lane has is not announced.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let second = consumer.run(handler).on_error(policy).stop_when(fetched);
    let summary = soon(second.into_future()).await.unwrap();
    assert_eq!((summary.total.failed, summary.total.dead_lettered), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_from_the_beginning_repeats_no_retries() {
    let name = topic("run-again", 1);
    topic("run-again-retry-20ms", 1);
    send(name, 0..3, 1).await;
    let mut deferred = Vec::new();
    for _ in 0..2 {
        let (seen, numbers) = mpsc::unbounded_channel();
        let handler = move |message: TypedMessage<Alert>| {
            let is_first = !message.topic.ends_with("-20ms");
            let sent = seen.send(message.value.level + if is_first { 0 } else { 100 });
            async move { if is_first { Err(HandlerError::from("not yet")) } else { Ok(sent?) } }
        };
        let builder = kafka().consumer::<Alert>(name).group(name).from_beginning();
        let policy = FailurePolicy::fail().retry_topics([Duration::from_millis(20)]);
        let run = builder.build().await.unwrap().run(handler).on_error(policy).stop_when(until(numbers, 6));
        let summary = soon(run.into_future()).await.unwrap();
        deferred.push((summary.total.deferred, summary.total.processed));
    }
    assert_eq!(deferred, [(3, 3), (3, 3)], "what was retried once does not come from its retry topic again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_fails_says_where_and_the_message_comes_again() {
    let name = topic("run-fails", 1);
    send(name, 0..10, 1).await;
    let handler = async |message: TypedMessage<Alert>| match message.value.level {
        4 => Err(HandlerError::from("the shop is closed")),
        _ => Ok(()),
    };
    let error = soon(consumer(name, name).await.run(handler).into_future()).await.unwrap_err();
    assert_eq!(error.message(), Some((name, 0, 4)));
    assert_eq!((error.summary.total.processed, error.summary.total.given_back), (4, 1));
    let text = chain(&error);
    assert!(
        text.starts_with("the message at offset 4 of partition 0 of topic `run-fails` was not processed"),
        "{text}"
    );
    assert!(text.ends_with(": the shop is closed"), "{text}");
    assert_eq!(done(name, name, 1).await, 4);

    let (seen, numbers) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert>| {
        let sent = seen.send(message.value.level);
        async move { sent }
    };
    let running = consumer(name, name).await.run(handler).stop_when(until(numbers, 6));
    assert_eq!(soon(running.into_future()).await.unwrap().total.processed, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_name_the_message_that_failed() {
    let name = topic("run-batches", 1);
    topic("run-batches-dlt", 1);
    send(name, 0..100, 1).await;
    let (seen, numbers) = mpsc::unbounded_channel();
    let (sizes, mut batches) = mpsc::unbounded_channel();
    let handler = move |messages: Vec<TypedMessage<Alert>>| {
        let (seen, sizes) = (seen.clone(), sizes.clone());
        async move {
            let _ = sizes.send(messages.len());
            for (index, message) in messages.iter().enumerate() {
                match message.value.level {
                    level if level % 33 == 5 => return Err(BatchError::at(index, "not this one")),
                    level => seen.send(level).map_err(HandlerError::from)?,
                }
            }
            Ok(())
        }
    };
    let batching = consumer(name, name).await.run_batches(handler).max(20).wait(Duration::from_millis(50));
    let running = batching.on_error(FailurePolicy::dead_letters_to("run-batches-dlt")).stop_when(until(numbers, 97));
    let summary = soon(running.into_future()).await.unwrap();
    assert_eq!((summary.total.processed, summary.total.dead_lettered), (97, 3));
    assert_eq!(done(name, name, 1).await, 100);
    let mut largest = 0;
    while let Ok(size) = batches.try_recv() {
        largest = largest.max(size);
    }
    assert_eq!(largest, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_policy_needs_is_asked_for_before_anything_is_processed() {
    let name = topic("run-checks", 1);
    let handler = async |_: TypedMessage<Alert>| Ok::<_, HandlerError>(());
    let error = consumer(name, name).await.run(handler).on_error(FailurePolicy::dead_letters()).await.unwrap_err();
    assert!(matches!(error.problem, RunProblem::NoDeadLetterTopic { .. }), "{error:?}");

    let policy = FailurePolicy::dead_letters_to(name);
    let error = consumer(name, name).await.run(handler).on_error(policy).await.unwrap_err();
    assert!(matches!(error.problem, RunProblem::DeadLettersComeBack { .. }), "{error:?}");

    let alone = kafka().consumer::<Alert>(name).build().await.unwrap();
    let policy = FailurePolicy::fail().retry_topics([Duration::from_secs(1)]);
    let error = alone.run(handler).on_error(policy).await.unwrap_err();
    assert!(error.to_string().contains(".group(..)"), "{error}");
}
