//! What is sent through one topic, and how both ends compare it.

use std::fmt::Debug;
use std::pin::Pin;

use avro_typed::DecodeOwned;
use avro_typed::topic::{DecodeKey, DecodeValue, EncodeKey, EncodeValue, IntoKey};
use kafka_typed::{KafkaTyped, Topic, WireFormat};
use serde_json::{Value as Json, json};
use tokio::time::timeout;

use super::message::Message;
use super::normal::{hex, unhex};
use super::program::Program;
use super::tally::Tally;
use crate::end_to_end::fresh;
use crate::servers;

/// A kind of framing, and what jobs call it.
pub(super) type Framing = (&'static str, WireFormat);

pub(super) const CONFLUENT: Framing = ("confluent", WireFormat::Confluent);
pub(super) const FRAMINGS: [Framing; 2] = [CONFLUENT, ("bare", WireFormat::BareId)];

/// An exchange of any types, of which Rust has sent the messages.
pub(super) trait ReadByOthers: Send + Sync {
    /// Has a program read them, and compares what it prints.
    fn read_by<'a>(&'a self, program: &'a mut Program) -> Pin<Box<dyn Future<Output = Tally> + Send + 'a>>;
}

/// What a record holds as its value, or an Avro key.
pub(super) trait Payload: Debug + Sync {
    fn printed(&self) -> Json;
    /// What follows the frame; `None` for a tombstone.
    fn datum(&self) -> Option<Vec<u8>>;
    /// Whether a datum holds this value. The bytes differ where a map has several entries, whose order is free.
    fn is_in(&self, datum: &[u8]) -> bool;
}

impl<T: Message> Payload for T {
    fn printed(&self) -> Json {
        self.normal()
    }

    fn datum(&self) -> Option<Vec<u8>> {
        Some(avro_typed::to_vec(self).expect("a datum"))
    }

    fn is_in(&self, datum: &[u8]) -> bool {
        self.datum().as_deref() == Some(datum) || holds(datum, self)
    }
}

fn holds<T: Message + DecodeOwned>(datum: &[u8], value: &T) -> bool {
    avro_typed::from_slice::<T>(datum).is_ok_and(|read| read.normal() == value.normal())
}

impl<T: Message> Payload for Option<T> {
    fn printed(&self) -> Json {
        self.as_ref().map_or(Json::Null, Payload::printed)
    }

    fn datum(&self) -> Option<Vec<u8>> {
        self.as_ref().and_then(Payload::datum)
    }

    fn is_in(&self, datum: &[u8]) -> bool {
        self.as_ref().is_some_and(|value| value.is_in(datum))
    }
}

/// What keys are.
pub(super) trait Key: Debug + Sync {
    /// As jobs name it.
    const KIND: &'static str;
    fn printed(&self) -> Json;
}

impl Key for String {
    const KIND: &'static str = "text";

    fn printed(&self) -> Json {
        json!(self)
    }
}

impl<T: Message> Key for T {
    const KIND: &'static str = "avro";

    fn printed(&self) -> Json {
        self.normal()
    }
}

/// A topic of its own, and what is sent to it.
pub(super) struct Exchange<V: 'static, K: 'static> {
    pub(super) topic: Topic<V, K>,
    pub(super) name: &'static str,
    framing: &'static str,
    pub(super) codec: &'static str,
    pub(super) messages: Vec<(K, V)>,
}

impl<V, K> Exchange<V, K>
where
    V: Payload + EncodeValue + DecodeValue + Send + 'static,
    K: Key + EncodeKey + DecodeKey + Send + 'static,
    for<'k> &'k K: IntoKey<'k, K>,
{
    /// Creates the topic, of one partition, and registers its schemas.
    pub(super) async fn new(
        kafka: &KafkaTyped,
        name: &str,
        (framing, wire_format): Framing,
        codec: &'static str,
        messages: Vec<(K, V)>,
    ) -> Self {
        let name: &'static str = fresh(&format!("languages-{name}")).leak();
        servers::create_topic_named(kafka, name, 1).await;
        let topic = Topic::new(name).wire_format(wire_format);
        kafka.producer(&topic).build().await.expect("the schemas are registered");
        Self { topic, name, framing, codec, messages }
    }

    /// Sends everything from Rust.
    pub(super) async fn send(&self, kafka: &KafkaTyped) {
        let producer = kafka.producer(&self.topic).setting("compression.codec", self.codec);
        // What has arrived in one batch is compressed as a whole.
        let producer = producer.setting("linger.ms", "20").build().await.expect("a producer");
        for (key, value) in &self.messages {
            // What is not delivered is an error of `close`.
            drop(producer.send(value).key(key).enqueue().await.expect("room in the queue"));
        }
        producer.close().await.expect("everything is delivered");
    }

    async fn read_by_program(&self, program: &mut Program) -> Tally {
        let mut tally = Tally::of(self.messages.len());
        let job = json!({
            "do": "consume", "topic": self.name, "framing": self.framing, "keys": K::KIND, "count": self.messages.len(),
        });
        let answer = match program.ask(job).await {
            Ok(answer) => answer,
            Err(error) => {
                tally.fault(format!("{}: {error}", self.name));
                return tally;
            }
        };
        let read = answer["messages"].as_array().expect("an array of messages");
        for (index, read) in read.iter().enumerate() {
            let Some((key, value)) = self.messages.get(index) else {
                tally.wrong(format!("{}: one more message than were sent: {read}", self.name));
                continue;
            };
            let again = read["datum"].as_str().and_then(unhex);
            let is_written_again = match (&again, value.datum()) {
                (Some(again), Some(_)) => value.is_in(again),
                (None, None) => true,
                _ => false,
            };
            let is_read = read["value"] == value.printed() && read["key"] == key.printed();
            tally.read(is_read && is_written_again, || {
                let datum = value.datum().map(|datum| hex(&datum));
                let sent = json!({ "key": key.printed(), "value": value.printed(), "datum": datum });
                format!("{} ({}), message {index}:\n  sent {sent}\n  read {read}", self.name, self.codec)
            });
        }
        tally
    }

    /// Has a program send everything; the job has further entries.
    pub(super) async fn sent_by(&self, program: &mut Program, more: Json) -> Result<(), String> {
        let messages: Vec<Json> = self
            .messages
            .iter()
            .map(|(key, value)| json!({ "key": key.printed(), "value": value.printed() }))
            .collect();
        let mut job = json!({
            "do": "produce", "topic": self.name, "framing": self.framing, "keys": K::KIND, "codec": self.codec,
            "messages": messages,
        });
        if let (Some(job), Json::Object(more)) = (job.as_object_mut(), more) {
            job.extend(more);
        }
        let answer = program.ask(job).await?;
        match answer["sent"].as_u64() == u64::try_from(messages.len()).ok() {
            true => Ok(()),
            false => Err(format!("{} of {} messages were sent", answer["sent"], messages.len())),
        }
    }

    /// Has a program send everything, and compares what Rust reads.
    pub(super) async fn received(&self, kafka: &KafkaTyped, program: &mut Program, more: Json) -> Tally {
        let sent = self.sent_by(program, more).await;
        let mut tally = self.read_by_rust(kafka).await;
        if let Err(error) = sent {
            tally.fault(format!("{} ({}): {error}", self.name, self.codec));
        }
        tally
    }

    async fn read_by_rust(&self, kafka: &KafkaTyped) -> Tally {
        let mut tally = Tally::of(self.messages.len());
        let mut consumer = kafka.consumer(&self.topic).from_beginning().build().await.expect("a consumer");
        let mut sent = self.messages.iter().enumerate();
        while let Some(read) = timeout(servers::PATIENCE, consumer.next_until_end()).await.expect("a message in time") {
            let Some((index, (key, value))) = sent.next() else {
                tally.wrong(format!("{}: one more message than were sent: {read:?}", self.name));
                continue;
            };
            let is_read = read.as_ref().is_ok_and(|read| {
                read.value.printed() == value.printed()
                    && read.key.as_ref().is_some_and(|read| read.printed() == key.printed())
            });
            tally.read(is_read, || {
                format!("{} ({}), message {index}:\n  sent {value:?}\n  read {read:?}", self.name, self.codec)
            });
        }
        tally
    }
}

impl<V, K> ReadByOthers for Exchange<V, K>
where
    V: Payload + EncodeValue + DecodeValue + Send + 'static,
    K: Key + EncodeKey + DecodeKey + Send + 'static,
    for<'k> &'k K: IntoKey<'k, K>,
{
    fn read_by<'a>(&'a self, program: &'a mut Program) -> Pin<Box<dyn Future<Output = Tally> + Send + 'a>> {
        Box::pin(self.read_by_program(program))
    }
}

/// Messages that are sent by Rust, in Confluent's framing.
pub(super) async fn boxed<V, K>(kafka: &KafkaTyped, name: &str, messages: Vec<(K, V)>) -> Box<dyn ReadByOthers>
where
    V: Payload + EncodeValue + DecodeValue + Send + 'static,
    K: Key + EncodeKey + DecodeKey + Send + 'static,
    for<'k> &'k K: IntoKey<'k, K>,
{
    let exchange = Exchange::new(kafka, name, CONFLUENT, "none", messages).await;
    exchange.send(kafka).await;
    Box::new(exchange)
}

/// Samples of a type with their numbers as keys.
pub(super) fn keyed<V: Message>() -> Vec<(String, V)> {
    V::samples().into_iter().enumerate().map(|(index, value)| (format!("key-{index}"), value)).collect()
}
