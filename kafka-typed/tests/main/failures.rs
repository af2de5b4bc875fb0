//! Dead letters and retry topics on the embedded broker.

use std::time::{Duration, SystemTime};

use kafka_typed::connection::{ConsumerRecord, ProducerRecord, StartOffset};
use kafka_typed::embedded::Embedded;
use kafka_typed::failure::{DeadLetterFormat, FailureHeaders, LetterError};
use kafka_typed::{BadMessage, DeadLetters, FailurePolicy, HandlerError, MessageProblem, RetryTopics, Timestamp};

/// The records of a topic.
async fn records(embedded: &Embedded, topic: &str) -> Vec<ConsumerRecord> {
    let connection = embedded.kafka().expect("a handle").connection().clone();
    let mut consumer = connection.raw_consumer(topic).build().expect("a consumer");
    consumer.assign_all(StartOffset::Beginning).await.expect("the topic is there");
    let mut records = Vec::new();
    while let Some(record) = consumer.next_until_end().await {
        records.push(record.expect("a record"));
    }
    records
}

/// Sends a record to the topic `orders`, and receives it.
async fn received(embedded: &Embedded) -> ConsumerRecord {
    embedded.create_topic("orders", 4).expect("it is new");
    let producer = embedded.kafka().expect("a handle").connection().raw_producer("orders").build().expect("a producer");
    let record = ProducerRecord::new(Some(b"\0\xff")).key("k").header("tenant", "acme").timestamp(1_700_000_000_000);
    producer.send(record.partition(3)).await.expect("sent");
    records(embedded, "orders").await.remove(0)
}

fn error() -> HandlerError {
    HandlerError::from("the amount is negative").with_class("shop.amount")
}

#[tokio::test]
async fn a_dead_letter_is_the_record_as_it_came_and_says_why() {
    let embedded = Embedded::start().await.expect("free ports");
    let record = received(&embedded).await;
    let check = async |topic: &str, partitions: i32, format: DeadLetterFormat, partition: i32, origin_topic: &str| {
        embedded.create_topic(topic, partitions).expect("it is new");
        let producer =
            embedded.kafka().expect("a handle").connection().raw_producer(topic).build().expect("a producer");
        let dead_letters = DeadLetters::new(producer).group("shop").format(format).keep_partition();
        let delivery = dead_letters.send(&record, &error()).await.expect("acknowledged");
        assert_eq!(delivery.partition, partition, "{topic}");

        let letter = records(&embedded, topic).await.remove(0);
        assert_eq!((&letter.key, &letter.payload, letter.timestamp), (&record.key, &record.payload, record.timestamp));
        assert_eq!(letter.headers.get("tenant"), Some(&b"acme"[..]));
        assert_eq!(letter.headers.get(origin_topic), Some(&b"orders"[..]));
        let found = FailureHeaders::read(&letter.headers);
        assert_eq!(found.origin.expect("an origin").to_string(), "orders/3@0");
        assert_eq!((found.group.as_deref(), found.attempts), (Some("shop"), Some(1)));
        assert_eq!(found.error_class.as_deref(), Some("shop.amount"));
        assert_eq!(found.error_message.as_deref(), Some("the amount is negative"));
    };
    check("orders-dlt", 4, DeadLetterFormat::Spring, 3, "kafka_dlt-original-topic").await;
    // There is no partition 3.
    check("orders-dlq", 1, DeadLetterFormat::Connect, 0, "__connect.errors.topic").await;
}

#[tokio::test]
async fn a_bad_message_is_a_record_and_a_reason() {
    let embedded = Embedded::start().await.expect("free ports");
    embedded.create_topic("orders-dlt", 1).expect("it is new");
    let producer = embedded.kafka().expect("a handle").connection().raw_producer("orders-dlt").build();
    let dead_letters = DeadLetters::new(producer.expect("a producer"));
    let message = BadMessage::new(MessageProblem::Tombstone).topic("orders").partition(2).offset(17).header("a", "b");
    dead_letters.send(&message, &message).await.expect("acknowledged");
    let letter = records(&embedded, "orders-dlt").await.remove(0);
    let found = FailureHeaders::read(&letter.headers);
    assert_eq!((letter.payload, letter.headers.get("a")), (None, Some(&b"b"[..])));
    assert_eq!(found.origin.expect("an origin").to_string(), "orders/2@17");
    assert_eq!(found.error_class.as_deref(), Some("kafka_typed::MessageProblem::Tombstone"));
    assert_eq!(found.error_message, Some(message.to_string()));
}

#[tokio::test]
async fn a_record_goes_from_retry_topic_to_retry_topic() {
    let embedded = Embedded::start().await.expect("free ports");
    let mut record = received(&embedded).await;
    let policy = FailurePolicy::fail().retry_topics([Duration::from_secs(10), Duration::from_secs(60)]);
    let connection = embedded.kafka().expect("a handle").connection().clone();
    let shop = RetryTopics::new(connection.clone(), &policy).group("shop");
    let other = RetryTopics::new(connection, &policy).group("audit");
    for (index, topic) in policy.retry_topics_of("orders").into_iter().enumerate() {
        embedded.create_topic(&topic, 1).expect("it is new");
        let due = Timestamp::from(SystemTime::now() + policy.delays()[index]);
        shop.send(&record, &error(), index, due).await.expect("acknowledged");
        record = records(&embedded, &topic).await.remove(0);
        let found = FailureHeaders::read(&record.headers);
        assert_eq!(found.origin.expect("an origin").to_string(), "orders/3@0");
        assert_eq!(found.delivery, Some(u32::try_from(index).expect("small") + 2));
        assert_eq!((found.due, found.attempts), (Some(due), Some(u32::try_from(index).expect("small") + 1)));
        assert!(shop.is_for(&record.headers) && !other.is_for(&record.headers));
    }
    // One that waits for others of its key was not tried once more.
    shop.send_behind(&record, 0, Timestamp::from(5)).await.expect("acknowledged");
    let found = FailureHeaders::read(&records(&embedded, "orders-retry-10s").await.remove(1).headers);
    assert_eq!((found.due, found.attempts, found.error_class), (Some(Timestamp::from(5)), Some(2), None));
    let none = shop.send(&record, &error(), 2, Timestamp::from(1)).await.expect_err("there are two");
    assert!(matches!(none, LetterError::NoRetryTopic { index: 2, .. }), "{none:?}");
}

/// Handlers send from tasks of their own.
#[test]
fn sending_can_move_between_threads() {
    fn is_send<T: Send>(_: impl FnOnce(&'static DeadLetters, &'static RetryTopics, &'static ConsumerRecord) -> T) {}
    is_send(|dead_letters, _, record| async move { dead_letters.send(record, &error()).await });
    is_send(|_, topics, record| async move { topics.send(record, &error(), 0, Timestamp::from(1)).await });
}

#[tokio::test]
async fn a_record_that_is_not_written_is_reported_with_its_place() {
    let embedded = Embedded::start().await.expect("free ports");
    let record = received(&embedded).await;
    let producer = embedded.kafka().expect("a handle").connection().raw_producer("orders-dlt");
    let dead_letters = DeadLetters::new(producer.max_message_size(2).build().expect("a producer"));
    let error = dead_letters.send(&record, &error()).await.expect_err("it is too large");
    let text =
        "the message at offset 0 of partition 3 of topic `orders` failed, and was not written to topic `orders-dlt`";
    assert_eq!(error.to_string(), text);
}
