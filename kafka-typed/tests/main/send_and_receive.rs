//! Values go in and come out, with everything that belongs to a record.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use kafka_typed::{DeliveryError, SendError, Timestamp, WireFormat, WireId};

use crate::cluster::{kafka, next, send_raw, soon, topic, values};
use crate::messages::Alert;

#[tokio::test]
async fn key_headers_time_and_partition_arrive() {
    let topic = topic("everything", 3);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    let sent = Alert::numbered(1);
    let delivery = soon(
        producer
            .send(&sent)
            .key("sensor-1")
            .header("trace", "abc")
            .header("raw", [0xff, 0x00])
            .header("trace", "def")
            .timestamp(1_700_000_000_123)
            .partition(2),
    )
    .await
    .unwrap();
    assert_eq!((&*delivery.topic, delivery.partition, delivery.offset), (topic, 2, 0));

    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let message = next(&mut consumer).await.unwrap();
    assert_eq!(message.value, sent);
    assert_eq!(message.key_str(), Some("sensor-1"));
    assert_eq!((&*message.topic, message.partition, message.offset), (topic, 2, 0));
    assert_eq!(message.timestamp, Some(Timestamp::from(1_700_000_000_123)));
    assert_eq!(message.schema_id, producer.schema_id().map(WireId::from));
    let headers: Vec<_> = message.headers.iter().collect();
    assert_eq!(headers, [("trace", Some(&b"abc"[..])), ("raw", Some(&[0xff, 0x00][..])), ("trace", Some(&b"def"[..]))]);
    assert_eq!(message.headers.get("trace"), Some(&b"def"[..]));
}

#[tokio::test]
async fn a_bare_value_has_no_key_no_headers_and_the_time_of_sending() {
    let topic = topic("bare-value", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    let before = Timestamp::from(SystemTime::now());
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    let after = Timestamp::from(SystemTime::now());
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let message = next(&mut consumer).await.unwrap();
    assert_eq!((message.key, message.headers.len()), (None, 0));
    let timestamp = message.timestamp.unwrap();
    assert!(before <= timestamp && timestamp <= after, "{before:?} {timestamp:?} {after:?}");
}

#[tokio::test]
async fn messages_of_one_key_stay_in_order_on_the_partition_that_java_chooses() {
    let topic = topic("one-key", 4);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    let mut deliveries = Vec::new();
    for number in 0..500 {
        deliveries.push(producer.send(&Alert::numbered(number)).key(b"21").enqueue().await.unwrap());
    }
    for (number, delivery) in (0..).zip(deliveries) {
        let delivery = soon(delivery).await.unwrap();
        // Java: Utils.toPositive(Utils.murmur2("21".getBytes(UTF_8))) is 1,173,551,340.
        assert_eq!((delivery.partition, delivery.offset), (1_173_551_340 % 4, number));
    }
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let expected: Vec<_> = (0..500).map(Alert::numbered).collect();
    assert_eq!(values(&mut consumer, 500).await, expected);
}

/// What librdkafka does not know to compress it refuses, so that each batch was compressed as asked.
#[tokio::test]
async fn every_compression_is_read() {
    let topic = topic("compressed", 1);
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    for (number, codec) in ["zstd", "gzip", "snappy", "lz4", "none"].into_iter().enumerate() {
        let producer = kafka().producer::<Alert>(topic).setting("compression.codec", codec).build().await.unwrap();
        // Text that becomes shorter, or librdkafka sends it as it is.
        let alert = Alert { message: "x".repeat(500), ..Alert::numbered(i32::try_from(number).unwrap()) };
        for _ in 0..10 {
            drop(producer.send(&alert).enqueue().await.unwrap());
        }
        assert_eq!(soon(producer.close()).await.unwrap().delivered, 10);
        assert_eq!(values(&mut consumer, 10).await, vec![alert; 10], "{codec}");
    }
}

#[tokio::test]
async fn the_stream_gives_what_next_gives() {
    let topic = topic("as-a-stream", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in 0..20 {
        let _delivery = producer.send(&Alert::numbered(number)).enqueue().await.unwrap();
    }
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let mut numbers: Vec<i32> =
        soon(consumer.stream().take(12).map(|message| message.unwrap().value.level).collect()).await;
    numbers.extend(values(&mut consumer, 8).await.iter().map(|alert| alert.level));
    assert_eq!(numbers, Vec::from_iter(0..20));
}

#[tokio::test]
async fn a_consumer_may_come_before_the_topic_and_start_at_its_end() {
    let mut early = kafka().consumer::<Alert>("comes-later").build().await.unwrap();
    let producer = kafka().producer::<Alert>("comes-later").build().await.unwrap();
    soon(producer.send(&Alert::numbered(1)).partition(0)).await.unwrap();
    assert_eq!(values(&mut early, 1).await, [Alert::numbered(1)]);

    let mut late = kafka().consumer::<Alert>("comes-later").from_end().build().await.unwrap();
    // The consumer learns where the end is in the background: whatever it gives first, it is not the message before.
    let late = tokio::spawn(async move { next(&mut late).await.unwrap().value.level });
    let mut number = 2;
    while !late.is_finished() {
        soon(producer.send(&Alert::numbered(number)).partition(0)).await.unwrap();
        number += 1;
    }
    assert!(late.await.unwrap() >= 2);
}

#[tokio::test]
async fn topics_without_magic_byte_are_read_and_written() {
    let topic = topic("bare-ids", 1);
    let producer = kafka().producer::<Alert>(topic).wire_format(WireFormat::BareId).build().await.unwrap();
    soon(producer.send(&Alert::numbered(3))).await.unwrap();
    let mut framed = producer.schema_id().unwrap().get().to_be_bytes().to_vec();
    framed.extend(b"\x02s\x0e\x02m");
    send_raw(topic, &[Some(&framed)]).await;
    let mut consumer = kafka().consumer::<Alert>(topic).wire_format(WireFormat::BareId).build().await.unwrap();
    let by_hand = Alert { sensor_id: "s".to_owned(), level: 7, message: "m".to_owned() };
    assert_eq!(values(&mut consumer, 2).await, [Alert::numbered(3), by_hand]);
}

#[tokio::test]
async fn what_cannot_be_sent_says_why_and_counts_for_nothing() {
    let topic = topic("not-sent", 1);
    let producer = kafka().producer::<Alert>(topic).setting("message.max.bytes", "2000").build().await.unwrap();
    for millis in [0, -1, i64::MIN] {
        let error = soon(producer.send(&Alert::numbered(1)).timestamp(millis)).await.unwrap_err();
        let SendError::Delivery(DeliveryError::InvalidTimestamp { millis: found, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!(found, millis);
    }
    let error = soon(producer.send(&Alert::numbered(1)).timestamp(UNIX_EPOCH)).await.unwrap_err();
    assert!(error.to_string().contains("has the time 0 ms, which Kafka cannot keep"), "{error}");
    assert_eq!(producer.counts(), Default::default());
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    assert_eq!(producer.counts().delivered, 1);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_with_both_sizes() {
    let topic = topic("too-large", 1);
    let large = Alert { message: "x".repeat(2970), ..Alert::numbered(1) };
    // (message.max.bytes, max_message_size, the limit)
    for (setting, own, limit) in [
        (Some("2000"), None, 2000),
        (Some("2000"), Some(5000), 2000),
        (None, Some(2500), 2500),
        (Some("4000"), Some(2975), 2975),
    ] {
        let mut builder = kafka().producer::<Alert>(topic);
        if let Some(bytes) = setting {
            builder = builder.setting("message.max.bytes", bytes);
        }
        if let Some(bytes) = own {
            builder = builder.max_message_size(bytes);
        }
        let producer = builder.build().await.unwrap();
        let error = soon(producer.send(&large).key("k")).await.unwrap_err();
        assert!(error.is_too_large() && !error.is_retriable(), "{error:?}");
        let SendError::Delivery(DeliveryError::TooLarge { size, limit: found, .. }) = &error else {
            panic!("{error:?}");
        };
        // Everything but the text: id and lengths in front of it, the other fields, and the key.
        assert_eq!((*found, *size > 2970 && *size < 3010), (limit, true), "{error:?}");
        let words =
            format!("topic `too-large` has {size} bytes, and {limit} are the most that its producer sends: raise");
        assert!(error.to_string().contains(&words), "{error}");
        assert_eq!(producer.counts(), Default::default());
        soon(producer.send(&Alert::numbered(1))).await.unwrap();
        assert_eq!(producer.counts().delivered, 1);
    }
}
