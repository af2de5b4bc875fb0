//! One embedded broker and registry for all tests, which use topics of their own.

use std::fmt::Debug;
use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use kafka_typed::avro_typed::{AvroType, DecodeOwned};
use kafka_typed::connection::{ConsumerRecord, StartOffset};
use kafka_typed::embedded::Embedded;
use kafka_typed::{ConsumeError, KafkaTyped, TypedConsumer, TypedMessage};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

/// The servers. They outlive the runtime that starts them, which no test could share.
pub(crate) fn embedded() -> &'static Embedded {
    static EMBEDDED: OnceLock<Embedded> = OnceLock::new();
    EMBEDDED.get_or_init(|| {
        let start = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(Embedded::start()).unwrap()
        };
        // A thread that is in a runtime may not block on another one.
        std::thread::spawn(start).join().unwrap()
    })
}

pub(crate) fn kafka() -> KafkaTyped {
    embedded().kafka().unwrap()
}

/// Creates a topic with this many partitions.
pub(crate) fn topic(name: &str, partitions: i32) -> &str {
    embedded().create_topic(name, partitions).unwrap();
    name
}

/// Fails instead of hanging. Far longer than anything takes.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("nothing happened for a minute")
}

pub(crate) async fn next<T: DecodeOwned + AvroType>(
    consumer: &mut TypedConsumer<T>,
) -> Result<TypedMessage<T>, ConsumeError> {
    soon(consumer.next()).await.expect("the consumer goes on")
}

/// The values of the next messages, all of which are good.
pub(crate) async fn values<T: DecodeOwned + AvroType + Debug>(consumer: &mut TypedConsumer<T>, count: usize) -> Vec<T> {
    let mut values = Vec::new();
    for _ in 0..count {
        values.push(next(consumer).await.unwrap().value);
    }
    values
}

/// Sends payloads as they are to partition 0.
pub(crate) async fn send_raw(topic: &str, payloads: &[Option<&[u8]>]) {
    send_to(topic, 0, payloads).await;
}

/// Sends payloads as they are to this partition.
pub(crate) async fn send_to(topic: &str, partition: i32, payloads: &[Option<&[u8]>]) {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", embedded().bootstrap_servers())
        .set("linger.ms", "0")
        .create()
        .unwrap();
    for payload in payloads {
        let mut record = BaseRecord::<[u8], [u8]>::to(topic).partition(partition).key(b"raw");
        record.payload = *payload;
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    tokio::task::spawn_blocking(move || producer.flush(Duration::from_secs(30)).unwrap()).await.unwrap();
}

/// What a partition has.
pub(crate) async fn records(topic: &str, partition: i32) -> Vec<ConsumerRecord> {
    let mut consumer = kafka().connection().raw_consumer(topic).build().unwrap();
    soon(consumer.assign([(partition, StartOffset::Beginning)])).await.unwrap();
    let mut records = Vec::new();
    while let Some(record) = soon(consumer.next_until_end()).await {
        records.push(record.unwrap());
    }
    records
}

/// An error and its causes, as people read them.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
