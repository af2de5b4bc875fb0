//! Records without a schema, to a topic.

use std::time::Duration;

use kafka_typed::connection::{Connection, ProducerRecord};
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
