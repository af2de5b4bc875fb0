//! Topics and offsets of whichever servers are used.

use std::time::Duration;

use avro_typed::topic::DecodeValue;
use kafka_typed::{KafkaTyped, TypedMessage};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::topic_partition_list::TopicPartitionList;
use tokio::time::timeout;

use crate::end_to_end::fresh;
use crate::reliability::until;

/// How long servers may take for a single answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn connect() -> KafkaTyped {
    KafkaTyped::from_env_or_embedded().await.expect("servers")
}

/// Creates a topic that no other test and no earlier run has used.
pub(crate) async fn create_topic(kafka: &KafkaTyped, name: &str, partitions: u64) -> String {
    let topic = fresh(name);
    create_topic_named(kafka, &topic, partitions).await;
    topic
}

/// Creates a topic of this name, with as many copies as there are brokers, up to three.
pub(crate) async fn create_topic_named(kafka: &KafkaTyped, topic: &str, partitions: u64) {
    let count = i32::try_from(partitions).expect("few partitions");
    match kafka.embedded() {
        Some(embedded) => embedded.create_topic(topic, count).expect("a topic"),
        None => {
            let admin: AdminClient<DefaultClientContext> = config(kafka).create().expect("a client");
            let brokers = admin.inner().fetch_metadata(None, PATIENCE).expect("an answer").brokers().len();
            let copies = i32::try_from(brokers.min(3)).expect("few brokers");
            let topics = [NewTopic::new(topic, count, TopicReplication::Fixed(copies))];
            let created = admin.create_topics(&topics, &AdminOptions::new()).await.expect("an answer");
            created.into_iter().for_each(|created| drop(created.expect("a topic")));
        }
    }
}

fn config(kafka: &KafkaTyped) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap_servers());
    config
}

/// Waits until a group has done so many messages of a topic, in all partitions together.
pub(crate) async fn until_committed(kafka: &KafkaTyped, topic: &str, group: &str, partitions: u64, messages: u64) {
    let reader: BaseConsumer = config(kafka).set("group.id", group).create().expect("a client");
    let mut list = TopicPartitionList::new();
    list.add_partition_range(topic, 0, i32::try_from(partitions).expect("few partitions") - 1);
    let reader = std::sync::Arc::new(reader);
    until("the commit of everything", async || {
        let (reader, list) = (reader.clone(), list.clone());
        let committed = tokio::task::spawn_blocking(move || reader.committed_offsets(list, PATIENCE));
        let committed = committed.await.expect("no panic").expect("an answer");
        let done: i64 =
            committed.elements().iter().filter_map(|element| element.offset().to_raw()).map(|o| o.max(0)).sum();
        (done.cast_unsigned() == messages).then_some(())
    })
    .await;
}

/// All records of a topic.
pub(crate) async fn records(kafka: &KafkaTyped, topic: &str) -> Vec<TypedMessage<Option<Vec<u8>>>> {
    values(kafka, topic).await
}

/// All messages of a topic that are committed.
pub(crate) async fn values<V: DecodeValue>(kafka: &KafkaTyped, topic: &str) -> Vec<TypedMessage<V>> {
    let mut consumer = kafka.consumer::<V>(topic).from_beginning().build().await.expect("a consumer");
    let mut records = Vec::new();
    while let Some(record) = timeout(PATIENCE, consumer.next_until_end()).await.expect("a record comes in time") {
        records.push(record.expect("no message is bad"));
    }
    records
}
