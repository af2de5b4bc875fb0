//! Records without a schema, to a topic.

use std::time::Duration;

use kafka_typed::connection::{Connection, ProducerHealth, ProducerRecord, RawProducer};
use kafka_typed::{ConnectionError, DeliveryError, Timestamp};
use rdkafka::mocking::MockCluster;
use rdkafka::types::RDKafkaRespErr;

use crate::cluster::{kafka, records, soon, topic};

#[tokio::test]
async fn records_arrive_as_they_were_sent() {
    let topic = topic("raw-records", 2);
    let producer = kafka().connection().raw_producer(topic).build().unwrap();
    assert_eq!(soon(producer.partitions(Duration::from_secs(30))).await.unwrap(), [0, 1]);
    let full = ProducerRecord::new(Some(b"21.5")).key("sensor-17").timestamp(1_700_000_000_000).partition(1);
    let delivery = soon(producer.send(full.header("a", "1").header("a", [0xff]))).await.unwrap();
    assert_eq!((&*delivery.topic, delivery.partition, delivery.offset), (topic, 1, 0));
    let tombstone = ProducerRecord::new(None).key("sensor-17").partition(1);
    soon(producer.send(tombstone)).await.unwrap();

    let found = records(topic, 1).await;
    let [full, tombstone] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((full.key.as_deref(), full.payload.as_deref()), (Some(&b"sensor-17"[..]), Some(&b"21.5"[..])));
    assert_eq!(full.timestamp, Some(Timestamp::from(1_700_000_000_000)));
    let headers: Vec<_> = full.headers.iter().collect();
    assert_eq!(headers, [("a", Some(&b"1"[..])), ("a", Some(&[0xff][..]))]);
    assert_eq!((tombstone.payload.as_deref(), tombstone.headers.is_empty()), (None, true));

    // What was received can be sent on, headers included.
    soon(producer.send(ProducerRecord::from(full).partition(0).null_header("nothing"))).await.unwrap();
    let copied = records(topic, 0).await.remove(0);
    assert_eq!((copied.partition, &copied.key, &copied.payload), (0, &full.key, &full.payload));
    assert_eq!(copied.timestamp, full.timestamp);
    assert!(copied.headers.iter().eq(full.headers.iter().chain([("nothing", None)])), "{:?}", copied.headers);
    // A time that cannot be sent does not keep a record from being sent on.
    let before_1970 = copied.clone().timestamp(0);
    let before_1970 = ProducerRecord::from(&before_1970).partition(0);
    soon(producer.send(before_1970)).await.unwrap();
    let sent = records(topic, 0).await.remove(1);
    assert!(sent.timestamp > copied.timestamp, "{sent:?} {copied:?}");
    assert_eq!(soon(producer.close()).await.unwrap().delivered, 4);
}

#[tokio::test]
async fn a_topic_that_nobody_creates_is_an_error_when_the_time_is_over() {
    let mock = MockCluster::new(1).unwrap();
    mock.topic_error("never", RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).unwrap();
    let connection = Connection::builder().bootstrap_servers(mock.bootstrap_servers()).build().unwrap();
    let producer = connection.raw_producer("never").build().unwrap();
    let error = soon(producer.partitions(Duration::from_millis(200))).await.unwrap_err();
    assert!(matches!(&error, ConnectionError::UnknownTopic { topic, .. } if topic == "never"), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_before_anything_is() {
    let producer = kafka().connection().raw_producer(topic("raw-errors", 1)).max_message_size(10).build().unwrap();
    let send = async |record| soon(producer.send(record)).await;
    let error = send(ProducerRecord::new(Some(b"12345678")).key("key")).await.unwrap_err();
    assert!(matches!(error, DeliveryError::TooLarge { size: 11, limit: 10, .. }), "{error:?}");
    let error = send(ProducerRecord::new(None).timestamp(0)).await.unwrap_err();
    assert!(matches!(error, DeliveryError::InvalidTimestamp { millis: 0, .. }), "{error:?}");
    send(ProducerRecord::new(Some(b"1234567")).key("key")).await.unwrap();
    let clone = producer.clone();
    soon(clone.close()).await.unwrap();
    let error = send(ProducerRecord::new(None)).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Closed { .. }) && error.is_fatal(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_producer_tells_whether_it_gets_on_and_whether_brokers_can_be_reached() {
    let mock = MockCluster::new(1).unwrap();
    let connection = Connection::builder().bootstrap_servers(mock.bootstrap_servers()).build().unwrap();
    let settings = [("linger.ms", "0"), ("message.timeout.ms", "600000"), ("reconnect.backoff.max.ms", "200")];
    let builder = settings
        .into_iter()
        .fold(connection.raw_producer("health"), |builder, (name, value)| builder.setting(name, value));
    let producer = builder.build().unwrap();
    let fresh = producer.health();
    assert_eq!((fresh.in_flight, fresh.no_progress_for, fresh.last_delivery_ago), (0, Duration::ZERO, None));
    assert!(fresh.is_alive(Duration::ZERO) && fresh.last_error.is_none(), "{fresh:?}");

    soon(producer.send(ProducerRecord::new(Some(b"1")))).await.unwrap();
    let sent = producer.health();
    assert!(sent.is_ready() && sent.last_delivery_ago < Some(Duration::from_secs(60)), "{sent:?}");

    mock.broker_down(-1).unwrap();
    becomes(&producer, |health| !health.is_ready()).await;
    // Nothing waits, so that starting it again would not help.
    assert!(producer.health().is_alive(Duration::ZERO), "{:?}", producer.health());
    // The brokers are back, and nothing is sent that would show it.
    mock.broker_up(-1).unwrap();
    becomes(&producer, ProducerHealth::is_ready).await;

    mock.broker_down(-1).unwrap();
    let delivery = producer.enqueue(ProducerRecord::new(Some(b"2"))).await.unwrap();
    becomes(&producer, |health| !health.is_alive(Duration::from_millis(300))).await;
    let stuck = producer.health();
    assert!(stuck.is_alive(Duration::from_secs(600)) && stuck.in_flight == 1, "{stuck:?}");
    becomes(&producer, |health| !health.is_ready()).await;
    mock.broker_up(-1).unwrap();
    soon(delivery).await.unwrap();
    becomes(&producer, |health| health.is_ready() && health.is_alive(Duration::ZERO)).await;
    assert!(producer.health().last_error.is_none(), "{:?}", producer.health());

    soon(producer.close()).await.unwrap();
    let closed = producer.health();
    assert!(!closed.is_running && !closed.is_alive(Duration::MAX) && !closed.is_ready(), "{closed:?}");
}

#[tokio::test]
async fn why_a_message_was_not_delivered_is_in_the_health() {
    let mock = MockCluster::new(1).unwrap();
    mock.topic_error("never", RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).unwrap();
    let connection = Connection::builder().bootstrap_servers(mock.bootstrap_servers()).build().unwrap();
    let producer = connection.raw_producer("never").setting("message.timeout.ms", "100").build().unwrap();
    let error = soon(producer.send(ProducerRecord::new(Some(b"1")))).await.unwrap_err();
    let health = producer.health();
    let last = health.last_error.as_ref().map(ToString::to_string);
    assert_eq!(last, Some(error.to_string()), "{health:?}");
    assert_eq!((health.in_flight, health.last_delivery_ago), (0, None));
    assert!(health.is_alive(Duration::ZERO), "{health:?}");
}

async fn becomes(producer: &RawProducer, expected: impl Fn(&ProducerHealth) -> bool) {
    let wait = async {
        while !expected(&producer.health()) {
            // Polls: health is looked at, and reports nothing by itself.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), wait).await;
    assert!(waited.is_ok(), "{:?}", producer.health());
}
