//! Groups remember what is done.

use kafka_typed::{CommitError, ConnectionError, KafkaTyped, SetupError, TypedConsumer};

use crate::cluster::{kafka, next, soon, topic};
use crate::messages::Alert;

async fn send(topic: &str, count: i32) {
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in 0..count {
        let _delivery = producer.send(&Alert::numbered(number)).partition(0).enqueue().await.unwrap();
    }
    soon(producer.flush(std::time::Duration::from_secs(30))).await.unwrap();
}

async fn consumer(topic: &str, group: &str) -> TypedConsumer<Alert> {
    kafka().consumer::<Alert>(topic).group(group).build().await.unwrap()
}

async fn numbers(consumer: &mut TypedConsumer<Alert>, count: usize) -> Vec<i32> {
    crate::cluster::values(consumer, count).await.iter().map(|alert| alert.level).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_consumer_goes_on_where_the_last_one_stopped() {
    let topic = topic("goes-on", 1);
    send(topic, 20).await;

    let mut first = consumer(topic, "desk").await;
    assert_eq!(numbers(&mut first, 4).await, [0, 1, 2, 3]);
    first.store().unwrap();
    soon(first.close()).await.unwrap();

    // Number 3 was stored. Dropping does not count the message that was handed out last.
    let mut second = consumer(topic, "desk").await;
    assert_eq!(numbers(&mut second, 3).await, [4, 5, 6]);
    drop(second);

    let mut third = consumer(topic, "desk").await;
    assert_eq!(numbers(&mut third, 1).await, [6]);
    soon(third.commit()).await.unwrap();
    // A second commit has nothing to do, which is not an error.
    soon(third.commit()).await.unwrap();
    assert_eq!(numbers(&mut third, 1).await, [7]);
    third.store().unwrap();
    drop(third);

    let mut fourth = consumer(topic, "desk").await;
    assert_eq!(numbers(&mut fourth, 1).await, [8]);
    drop(fourth);

    // Another group, and one that wants to see everything again.
    assert_eq!(numbers(&mut consumer(topic, "archive").await, 2).await, [0, 1]);
    let builder = kafka().consumer::<Alert>(topic).group("desk").from_beginning();
    assert_eq!(numbers(&mut builder.build().await.unwrap(), 20).await, Vec::from_iter(0..20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_committed_elsewhere_shows_at_once() {
    let topic = topic("commits", 1);
    send(topic, 3).await;
    let mut first = consumer(topic, topic).await;
    assert_eq!(numbers(&mut first, 2).await, [0, 1]);
    soon(first.commit()).await.unwrap();
    let committed = tokio::task::spawn_blocking(move || {
        use rdkafka::consumer::{BaseConsumer, Consumer};
        let reader: BaseConsumer = rdkafka::ClientConfig::new()
            .set("bootstrap.servers", kafka().bootstrap_servers())
            .set("group.id", "commits")
            .create()
            .unwrap();
        let mut list = rdkafka::TopicPartitionList::new();
        list.add_partition("commits", 0);
        let list = reader.committed_offsets(list, std::time::Duration::from_secs(30)).unwrap();
        list.find_partition("commits", 0).unwrap().offset()
    });
    assert_eq!(committed.await.unwrap(), rdkafka::Offset::Offset(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_after_a_failed_handler_does_not_commit_the_failed_message() {
    let topic = topic("failed-handler", 1);
    send(topic, 5).await;
    let handle = |alert: &Alert| if alert.level == 2 { Err("no") } else { Ok(()) };
    let mut first = consumer(topic, topic).await;
    while let Some(message) = soon(first.next()).await {
        if handle(&message.unwrap().value).is_err() {
            break;
        }
    }
    soon(first.close()).await.unwrap();
    assert_eq!(numbers(&mut consumer(topic, topic).await, 1).await, [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_next_may_report_itself_that_it_is_done() {
    let topic = topic("says-itself", 1);
    send(topic, 3).await;
    let mut first = consumer(topic, topic).await;
    next(&mut first).await.unwrap();
    let message = next(&mut first).await.unwrap();
    message.done();
    soon(first.close()).await.unwrap();
    // Too late, and harmless.
    message.done();
    assert_eq!(numbers(&mut consumer(topic, topic).await, 1).await, [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storing_fails_once_the_group_has_taken_the_partition_away() {
    let topic = topic("taken-away", 1);
    send(topic, 2).await;
    let mut slow = consumer(topic, topic).await;
    assert_eq!(numbers(&mut slow, 1).await, [0]);
    // Another member joins, for which the group takes all partitions away and gives them out anew. It waits a while for
    // the message that is not done, and not for ever.
    let other = consumer(topic, topic).await;
    let control = slow.control();
    soon(async {
        while control.partitions().first().is_some_and(|partition| partition.in_flight == 1) {
            // Polls: the group reports nothing to its members' callers.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let error = slow.store().unwrap_err();
    assert!(matches!(error, CommitError::Store { partition: 0, .. }), "{error:?}");
    assert!(matches!(soon(slow.commit()).await, Err(CommitError::Store { .. })));
    // Whoever has it now gets the message again.
    drop(slow);
    let mut other = other;
    assert_eq!(numbers(&mut other, 2).await, [0, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_messages_count_as_done() {
    let topic = topic("bad-in-group", 1);
    crate::cluster::send_raw(topic, &[Some(b"bad"), None]).await;
    send(topic, 1).await;
    let mut first = consumer(topic, topic).await;
    next(&mut first).await.unwrap_err();
    next(&mut first).await.unwrap_err().done();
    soon(first.close()).await.unwrap();
    assert_eq!(numbers(&mut consumer(topic, topic).await, 1).await, [0]);
}

#[tokio::test]
async fn without_a_group_there_is_nothing_to_commit() {
    let topic = topic("no-group", 2);
    send(topic, 1).await;
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(numbers(&mut consumer, 1).await, [0]);
    let error = consumer.commit().await.unwrap_err();
    assert!(matches!(error, CommitError::NoGroup { .. }) && error.to_string().contains(".group(..)"), "{error}");
    assert!(matches!(consumer.store(), Err(CommitError::NoGroup { .. })));
    soon(consumer.close()).await.unwrap();

    let error = kafka().consumer::<Alert>(topic).from_committed().build().await.unwrap_err();
    assert!(matches!(error, SetupError::Connection(ConnectionError::Missing { .. })), "{error:?}");
}

#[tokio::test]
async fn a_topic_that_does_not_exist_is_reported_at_once() {
    let strict = |kafka: KafkaTyped| kafka.consumer::<Alert>("nowhere").setting("allow.auto.create.topics", "false");
    let error = soon(strict(kafka()).build()).await.unwrap_err();
    assert!(matches!(&error, SetupError::Connection(ConnectionError::UnknownTopic { .. })), "{error:?}");
    assert!(error.to_string().contains("`nowhere` does not exist on 127.0.0.1:"), "{error}");
}
