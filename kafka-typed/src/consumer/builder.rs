//! How a consumer is set up: group, beginning, settings.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use avro_typed::model::resolution::RecordNames;
use avro_typed::{AvroType, DecodeOwned};
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::{RDKafkaErrorCode, RDKafkaRespErr};
use rdkafka::{ClientConfig, Offset};
use schema_registry::WireFormat;

use super::asking::{Asking, Patience};
use super::connection::Connection;
use super::decoders::Decoders;
use super::events::ConsumerEvents;
use super::lane::{Client, Lanes};
use super::reading::Reading;
use super::{Start, TypedConsumer};
use crate::connection::ConnectionError;
use crate::connection::settings::{Role, check_topic};
use crate::error::SetupError;
use crate::kafka::{KafkaTyped, in_context};

/// Sets up a [`TypedConsumer`]. Made by [`KafkaTyped::consumer`].
#[must_use = "nothing is connected before `build` is called and awaited"]
pub struct ConsumerBuilder<T> {
    kafka: KafkaTyped,
    topic: String,
    group: Option<String>,
    start: Option<Start>,
    wire_format: WireFormat,
    record_names: RecordNames,
    context: Option<String>,
    patience: Patience,
    settings: Vec<(String, String)>,
    value: PhantomData<fn() -> T>,
}

impl<T: DecodeOwned + AvroType> ConsumerBuilder<T> {
    pub(crate) fn new(kafka: KafkaTyped, topic: String) -> Self {
        Self {
            kafka,
            topic,
            group: None,
            start: None,
            wire_format: WireFormat::default(),
            record_names: RecordNames::default(),
            context: None,
            patience: Patience::default(),
            settings: Vec::new(),
            value: PhantomData,
        }
    }

    /// Joins a group: its consumers share the partitions, and the group remembers what was worked on.
    ///
    /// Without a group, the consumer reads all partitions that the topic has when it is built, and nothing is
    /// remembered.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Begins at the first message of every partition, even when the group has been further. The default without a
    /// group.
    pub fn from_beginning(mut self) -> Self {
        self.start = Some(Start::Beginning);
        self
    }

    /// Begins where the group stopped, and at the first message of partitions that it has not read yet (or as
    /// `auto.offset.reset` says). The default with a group.
    pub fn from_committed(mut self) -> Self {
        self.start = Some(Start::Committed);
        self
    }

    /// Begins with the messages that are sent after the consumer has started, even when the group has not been that
    /// far.
    pub fn from_end(mut self) -> Self {
        self.start = Some(Start::End);
        self
    }

    /// Says how the schema id stands in front of the datum. Default: [`WireFormat::Confluent`].
    pub fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_format = wire_format;
        self
    }

    /// Sets what the names of records count for. Default: [`RecordNames::Match`]: a message of a record that has
    /// neither the name of this consumer's type nor one of its aliases is
    /// [`Unreadable`](crate::MessageProblem::Unreadable), even when its fields could be read, since it is another type.
    /// [`RecordNames::Ignore`] reads it, as Java's decoder does.
    ///
    /// A type that was renamed needs no such setting, but its earlier name among the `aliases` of its schema.
    pub fn record_names(mut self, record_names: RecordNames) -> Self {
        self.record_names = record_names;
        self
    }

    /// The [context](schema_registry::Context) of the registry that the schema ids of this topic are of: that of its
    /// producers' subjects. By default that of [`KafkaTypedBuilder::context`](crate::KafkaTypedBuilder::context).
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// How long a message waits for a schema that the registry does not know (40403), that is not an Avro schema, or
    /// that refers to too many others. After that it is a bad message. Default: 30 seconds, in which a registry that
    /// was restarted, or a follower that lags, learns the schema.
    ///
    /// Its partition waits as well. With [`Duration::ZERO`] such a message is a bad one at once; with [`Duration::MAX`]
    /// it waits until it is [skipped](TypedConsumer::skip).
    pub fn unknown_schema_timeout(mut self, timeout: Duration) -> Self {
        self.patience.unknown = timeout;
        self
    }

    /// How long a message waits for its schema when the registry's answer about it is invalid: 400, 403, 422, 404
    /// without the registry's error code, a text that is not a schema, an answer that is none of a registry, or a
    /// schema that is not the locked one of its id. After that it is a bad message. Default: five minutes, in which
    /// somebody can mend the registry, or what is in front of it.
    ///
    /// Otherwise as [`unknown_schema_timeout`](Self::unknown_schema_timeout).
    pub fn unusable_schema_timeout(mut self, timeout: Duration) -> Self {
        self.patience.unusable = timeout;
        self
    }

    /// Sets any of librdkafka's consumer settings, such as `fetch.wait.max.ms`, for this consumer only.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Starts the consumer. The registry is asked when the first message of a schema comes.
    ///
    /// With a group, brokers are connected to in the background. Without one, this asks them for the partitions of the
    /// topic.
    ///
    /// # Errors
    ///
    /// When a setting is wrong, no tokio runtime is running, [`from_committed`](Self::from_committed) was called
    /// without a group, or (without a group) the topic does not exist or no broker answers within ten seconds.
    pub async fn build(self) -> Result<TypedConsumer<T>, SetupError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
        check_topic(&self.topic)?;
        let topic: Arc<str> = self.topic.into();
        let mut config = self.kafka.settings().consumer_config(&self.settings)?;
        let may_create = config.get("allow.auto.create.topics") == Some("true");
        let group: Option<Arc<str>> = self.group.map(Into::into);
        let start = match (self.start, &group) {
            (None, Some(_)) => Start::Committed,
            (None, None) => Start::Beginning,
            (Some(Start::Committed), None) => {
                return Err(ConnectionError::Missing { what: "group", method: "group" }.into());
            }
            (Some(start), _) => start,
        };
        match &group {
            Some(group) => config.set("group.id", &**group),
            None => config.set("group.id", anonymous_group(&topic)).set("enable.auto.commit", "false"),
        };
        let decoders = Decoders::new(self.record_names)?;
        let registry = in_context(self.kafka.registry(), self.context.as_deref())?;
        let lanes = Arc::new(Lanes::new(Arc::clone(&topic), group.is_some()));
        let events = ConsumerEvents::new(Arc::clone(&topic), start, Arc::clone(&lanes));
        let client = Arc::new(start_client(&config, events)?);
        lanes.attach(&client);
        match &group {
            Some(_) => client.subscribe(&[&topic]).map_err(client_failed)?,
            None => assign_all(&client, &topic, start, may_create, self.kafka.bootstrap_servers()).await?,
        }
        tracing::info!(topic = &*topic, group = group.as_deref(), "{} starts", Role::Consumer);
        let asking = Asking::new(registry, Arc::clone(self.kafka.locked()), runtime.clone(), self.patience);
        let reading = Reading::new(Arc::clone(&topic), decoders, asking, self.wire_format, Arc::clone(&lanes));
        let connection =
            Connection::new((topic, group), (Arc::clone(&client), lanes), runtime, self.kafka.keep_alive());
        Ok(TypedConsumer { client, reading, connection })
    }
}

fn start_client(config: &ClientConfig, events: ConsumerEvents) -> Result<Client, ConnectionError> {
    config.create_with_context(events).map_err(client_failed)
}

fn client_failed(error: KafkaError) -> ConnectionError {
    ConnectionError::Client { role: "consumer", reason: error.to_string() }
}

/// librdkafka wants a group even where none is joined and nothing is committed.
fn anonymous_group(topic: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("kafka-typed-{topic}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// How long the brokers have for an answer about the topic.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// Takes all partitions of the topic, without joining a group.
async fn assign_all(
    consumer: &Arc<Client>,
    topic: &Arc<str>,
    start: Start,
    may_create: bool,
    bootstrap_servers: &str,
) -> Result<(), ConnectionError> {
    let asked = {
        let (consumer, topic) = (Arc::clone(consumer), Arc::clone(topic));
        // Waiting for the broker's answer blocks the thread.
        tokio::task::spawn_blocking(move || first_offsets(&consumer, &topic, start, may_create)).await
    };
    let found = asked.unwrap_or(Err(RDKafkaErrorCode::Fail));
    let first_offsets = found.map_err(|source| match source {
        RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => {
            ConnectionError::UnknownTopic { topic: topic.to_string(), bootstrap_servers: bootstrap_servers.to_owned() }
        }
        source => ConnectionError::Kafka {
            what: format!("asking for the partitions of topic `{topic}`"),
            bootstrap_servers: bootstrap_servers.to_owned(),
            source,
        },
    })?;
    let mut list = TopicPartitionList::with_capacity(first_offsets.len());
    for (partition, offset) in first_offsets {
        list.add_partition_offset(topic, partition, offset).map_err(client_failed)?;
    }
    consumer.assign(&list).map_err(client_failed)
}

/// Every partition of the topic with the offset to begin at. The end is asked for here: librdkafka would look for it
/// when it first fetches, and pass over what was sent meanwhile.
fn first_offsets(
    consumer: &Client,
    topic: &str,
    start: Start,
    may_create: bool,
) -> Result<Vec<(i32, Offset)>, RDKafkaErrorCode> {
    let partitions = partitions(consumer, topic, may_create)?;
    let first_offset = |partition| match start {
        Start::Beginning => Ok(Offset::Beginning),
        Start::Committed => Ok(Offset::Stored),
        Start::End => match consumer.fetch_watermarks(topic, partition, LONGEST_ANSWER) {
            Ok((_, end)) => Ok(Offset::Offset(end)),
            Err(error) => Err(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail)),
        },
    };
    partitions.into_iter().map(|partition| Ok((partition, first_offset(partition)?))).collect()
}

/// Asks for the partitions of a topic. One that was created a moment ago has no leader yet, so that is asked again. One
/// that the question itself creates is unknown at first: Kafka answers before it has created it.
fn partitions(consumer: &Client, topic: &str, may_create: bool) -> Result<Vec<i32>, RDKafkaErrorCode> {
    const PAUSE: Duration = Duration::from_millis(50);
    let until = Instant::now() + LONGEST_ANSWER;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let problem = match consumer.fetch_metadata(Some(topic), left) {
            Err(error) => return Err(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail)),
            Ok(metadata) => match metadata.topics().first() {
                None => RDKafkaErrorCode::UnknownTopicOrPartition,
                Some(found) => match found.error() {
                    None if !found.partitions().is_empty() => {
                        return Ok(found.partitions().iter().map(|partition| partition.id()).collect());
                    }
                    None => RDKafkaErrorCode::LeaderNotAvailable,
                    Some(RDKafkaRespErr::RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) => {
                        RDKafkaErrorCode::LeaderNotAvailable
                    }
                    Some(code) => code.into(),
                },
            },
        };
        let may_pass = match problem {
            RDKafkaErrorCode::LeaderNotAvailable => true,
            RDKafkaErrorCode::UnknownTopicOrPartition => may_create,
            _ => false,
        };
        if !may_pass || left.is_zero() {
            return Err(problem);
        }
        std::thread::sleep(PAUSE);
    }
}

impl<T> fmt::Debug for ConsumerBuilder<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings may hold passwords.
        let settings: Vec<_> = self.settings.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("ConsumerBuilder")
            .field("topic", &self.topic)
            .field("group", &self.group)
            .field("start", &self.start)
            .field("wire_format", &self.wire_format)
            .field("record_names", &self.record_names)
            .field("context", &self.context)
            .field("settings", &settings)
            .finish_non_exhaustive()
    }
}
