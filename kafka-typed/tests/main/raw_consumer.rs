//! Records as they are, without a schema.

use kafka_typed::connection::{ConnectionError, ConsumerRecord, RawConsumer, StartOffset};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::cluster::{chain, kafka, send_raw, send_to, soon, topic};

fn consumer(topic: &str) -> RawConsumer {
    kafka().connection().raw_consumer(topic).build().unwrap()
}

async fn record(consumer: &mut RawConsumer) -> ConsumerRecord {
    soon(consumer.next()).await.expect("the consumer goes on").unwrap()
}

async fn until_end(consumer: &mut RawConsumer) -> Vec<Option<Vec<u8>>> {
    let mut payloads = Vec::new();
    while let Some(record) = soon(consumer.next_until_end()).await {
        payloads.push(record.unwrap().payload);
    }
    payloads
}

fn payloads(texts: &[&str]) -> Vec<Option<Vec<u8>>> {
    texts.iter().map(|text| Some(text.as_bytes().to_vec())).collect()
}

#[tokio::test]
async fn a_record_has_all_that_kafka_keeps() {
    let topic = topic("raw-whole", 1);
    let producer: BaseProducer =
        rdkafka::ClientConfig::new().set("bootstrap.servers", kafka().bootstrap_servers()).create().unwrap();
    let headers = OwnedHeaders::new()
        .insert(Header { key: "trace", value: Some("a1") })
        .insert(Header { key: "nothing", value: None::<&str> });
    let whole = BaseRecord::to(topic).key("k").payload("v").headers(headers).timestamp(1_700_000_000_000);
    producer.send(whole).map_err(|(error, _)| error).unwrap();
    producer.send(BaseRecord::<str, str>::to(topic).key("gone")).map_err(|(error, _)| error).unwrap();
    tokio::task::spawn_blocking(move || producer.flush(std::time::Duration::from_secs(30)).unwrap()).await.unwrap();

    let mut consumer = consumer(topic);
    consumer.assign_all(StartOffset::Beginning).await.unwrap();
    let whole = record(&mut consumer).await;
    assert_eq!((&*whole.topic, whole.partition, whole.offset), (topic, 0, 0));
    assert_eq!((whole.key.as_deref(), whole.payload.as_deref()), (Some(&b"k"[..]), Some(&b"v"[..])));
    assert_eq!(whole.timestamp.map(|time| time.as_millis()), Some(1_700_000_000_000));
    assert_eq!(whole.headers.iter().collect::<Vec<_>>(), [("trace", Some(&b"a1"[..])), ("nothing", None)]);
    let tombstone = record(&mut consumer).await;
    assert_eq!((tombstone.offset, tombstone.key.as_deref(), tombstone.payload), (1, Some(&b"gone"[..]), None));
}

#[tokio::test]
async fn partitions_are_read_from_where_they_are_assigned() {
    let topic = topic("raw-assigned", 2);
    send_to(topic, 0, &[Some(b"0"), Some(b"1"), Some(b"2"), Some(b"3")]).await;
    send_to(topic, 1, &[Some(b"x")]).await;
    let mut consumer = consumer(topic);
    assert_eq!(consumer.partitions().await.unwrap(), [0, 1]);
    assert_eq!((consumer.offsets(0).await.unwrap(), consumer.offsets(1).await.unwrap()), (0..4, 0..1));

    for (start, expected) in [
        (StartOffset::Beginning, &["0", "1", "2", "3"][..]),
        (StartOffset::Offset(2), &["2", "3"]),
        (StartOffset::Last(1), &["3"]),
        (StartOffset::End, &[]),
    ] {
        consumer.assign([(0, start)]).await.unwrap();
        assert_eq!(until_end(&mut consumer).await, payloads(expected), "{start:?}");
    }
    // What comes later is read as well, and nothing between.
    send_to(topic, 0, &[Some(b"4")]).await;
    assert_eq!(record(&mut consumer).await.payload.unwrap(), b"4");
    assert_eq!(until_end(&mut consumer).await, payloads(&[]));
    send_to(topic, 0, &[Some(b"5")]).await;
    assert_eq!(record(&mut consumer).await.payload.unwrap(), b"5");

    consumer.assign_all(StartOffset::Last(1)).await.unwrap();
    let mut last = until_end(&mut consumer).await;
    last.sort();
    assert_eq!(last, payloads(&["5", "x"]));
    soon(consumer.close()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_remembers_what_is_done() {
    let topic = topic("raw-group", 1);
    send_raw(topic, &[Some(b"0"), Some(b"1"), Some(b"2")]).await;
    let in_group = || kafka().connection().raw_consumer(topic).group(topic).build().unwrap();
    let mut first = in_group();
    assert_eq!(record(&mut first).await.payload.unwrap(), b"0");
    let second = record(&mut first).await;
    assert!(!second.acknowledgement.is_done());
    second.done();
    assert!(second.acknowledgement.is_done());
    soon(first.close()).await.unwrap();

    let mut second = in_group();
    assert_eq!(record(&mut second).await.payload.unwrap(), b"2");
    let error = second.assign([(0, StartOffset::Beginning)]).await.unwrap_err();
    assert!(matches!(error, ConnectionError::HasGroup { .. }), "{error:?}");
    soon(second.commit()).await.unwrap();
    drop(second);

    let from_beginning = kafka().connection().raw_consumer(topic).group(topic).start(StartOffset::Beginning);
    assert_eq!(record(&mut from_beginning.build().unwrap()).await.payload.unwrap(), b"0");
}

#[tokio::test]
async fn mistakes_are_named() {
    let nowhere = kafka().connection().raw_consumer("nowhere-raw").setting("allow.auto.create.topics", "false");
    let error = nowhere.build().unwrap().assign_all(StartOffset::Beginning).await.unwrap_err();
    assert!(matches!(error, ConnectionError::UnknownTopic { .. }), "{error:?}");
    let error = kafka().connection().raw_consumer("a/b").build().unwrap_err();
    assert!(matches!(error, ConnectionError::InvalidTopic { .. }), "{error:?}");
    let error = kafka().connection().raw_consumer("a").setting("fetch.wait.max.ms", "soon").build().unwrap_err();
    assert!(chain(&error).contains("`fetch.wait.max.ms`"), "{error}");
    let mut consumer = consumer(topic("raw-mistakes", 1));
    let error = consumer.assign([(0, StartOffset::Offset(-5))]).await.unwrap_err();
    assert!(chain(&error).contains("offset"), "{}", chain(&error));
    let error = consumer.offsets(7).await.unwrap_err();
    assert!(chain(&error).contains("partition 7 of topic `raw-mistakes`"), "{}", chain(&error));
}

#[tokio::test]
async fn records_are_lent_in_batches_and_come_again_unless_they_are_done() {
    let topic = topic("raw-lent", 1);
    send_raw(topic, &[Some(b"a"), None, Some(b"c"), Some(b"d")]).await;
    let consumer = || kafka().connection().raw_consumer(topic).group(topic).build().unwrap();
    let mut first = consumer();
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let records = soon(first.next_batch(3 - seen.len())).await.unwrap().unwrap();
        assert_eq!((records.topic(), records.partition(), records.is_empty()), (topic, 0, false));
        assert_eq!(records.len(), records.iter().count());
        seen.extend(records.iter().map(|record| (record.offset(), record.payload().map(<[u8]>::to_vec))));
        assert!(records.iter().all(|record| record.key() == Some(b"raw") && record.headers().is_empty()));
        // It may go elsewhere, and outlives what lent it.
        tokio::spawn(async move { records.done() }).await.unwrap();
    }
    assert_eq!(seen, [(0, Some(b"a".to_vec())), (1, None), (2, Some(b"c".to_vec()))]);
    drop(soon(first.next_batch(0)).await.unwrap().unwrap());
    soon(first.close()).await.unwrap();

    let mut second = consumer();
    let records = soon(second.next_batch(usize::MAX)).await.unwrap().unwrap();
    let last: Vec<_> = records.iter().map(|record| record.to_record()).collect();
    assert_eq!((last.len(), last[0].offset, last[0].payload.as_deref()), (1, 3, Some(&b"d"[..])));
    assert!(!last[0].acknowledgement.is_done());
    last[0].done();
    drop(records);
    soon(second.close()).await.unwrap();
    send_raw(topic, &[Some(b"e")]).await;
    assert_eq!(record(&mut consumer()).await.offset, 4);
}
