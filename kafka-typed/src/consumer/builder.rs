//! How a consumer is set up: topics, group, beginning, settings.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::Limits;
use avro_typed::model::resolution::RecordNames;
use avro_typed::topic::{DecodeKey, DecodeValue};
use schema_registry::WireFormat;

use super::TypedConsumer;
use super::decoders::Decoders;
use super::message_reader::MessageReader;
use super::schema_lookup::{Patience, SchemaLookups};
use crate::connection::ConnectionError;
use crate::connection::consumer_client::{ConsumerClient, ConsumerOptions, REVOCATION_TIMEOUT, Subscription};
use crate::connection::lane::LaneCapacity;
use crate::connection::record::Timestamp;
use crate::connection::settings::check_topic;
use crate::connection::start_offset::StartOffset;
use crate::connection::topic_metadata::DEFAULT_TIMEOUT;
use crate::error::SetupError;
use crate::kafka::{KafkaTyped, in_context};
use crate::topic::{TopicNames, TopicSpec, TopicTypes, Topics};

/// Sets up a [`TypedConsumer`]. Made by [`KafkaTyped::consumer`].
#[must_use = "nothing is connected before `build` is called and awaited"]
pub struct ConsumerBuilder<V, K = Vec<u8>> {
    kafka: KafkaTyped,
    topics: TopicSpec,
    /// Read without a group's assignment.
    partitions: Option<Vec<(String, i32, StartOffset)>>,
    group: Option<String>,
    start: Option<StartOffset>,
    record_names: RecordNames,
    context: Option<String>,
    limits: Limits,
    patience: Patience,
    revocation_timeout: Duration,
    lane_capacity: LaneCapacity,
    settings: Vec<(String, String)>,
    types: PhantomData<fn() -> (V, K)>,
}

impl KafkaTyped {
    /// Sets up a consumer of a [`Topic`](crate::Topic), of several, or of topics that are named together with the type
    /// of their values.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use kafka_typed::{KafkaTyped, Topic, TopicPattern};
    ///
    /// const ALERTS: Topic<Alert, String> = Topic::new("alerts");
    ///
    /// # async fn example(kafka: KafkaTyped) -> Result<(), kafka_typed::SetupError> {
    /// let of_definition = kafka.consumer(&ALERTS).group("desk").build().await?;
    /// let by_name = kafka.consumer::<Alert>("alerts").group("desk").build().await?;
    /// let of_several = kafka.consumer::<Alert>(["alerts-eu", "alerts-us"]).group("desk").build().await?;
    /// let by_pattern = kafka.consumer::<Alert>(TopicPattern::new("alerts-.*")).group("desk").build().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn consumer<D: TopicTypes>(&self, topics: impl Topics<D>) -> ConsumerBuilder<D::Value, D::Key>
    where
        D::Value: DecodeValue,
        D::Key: DecodeKey,
    {
        ConsumerBuilder::new(self.clone(), topics.into_spec())
    }
}

impl<V: DecodeValue, K: DecodeKey> ConsumerBuilder<V, K> {
    pub(crate) fn new(kafka: KafkaTyped, topics: TopicSpec) -> Self {
        Self {
            kafka,
            topics,
            partitions: None,
            group: None,
            start: None,
            record_names: RecordNames::default(),
            context: None,
            limits: Limits::default(),
            patience: Patience::default(),
            revocation_timeout: REVOCATION_TIMEOUT,
            lane_capacity: LaneCapacity::default(),
            settings: Vec::new(),
            types: PhantomData,
        }
    }

    /// Joins a group: its consumers share the partitions, and the group remembers what was processed.
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
        self.start = Some(StartOffset::Beginning);
        self
    }

    /// Begins where the group stopped, and at the first message of partitions that it has not read yet (or as
    /// `auto.offset.reset` is set). The default with a group.
    pub fn from_committed(mut self) -> Self {
        self.start = Some(StartOffset::Committed);
        self
    }

    /// Begins with the messages that are sent after the consumer has started, even when the group has not been that
    /// far.
    pub fn from_end(mut self) -> Self {
        self.start = Some(StartOffset::End);
        self
    }

    /// Begins with the messages of this time or later, even when the group has been further, or not as far.
    pub fn from_timestamp(mut self, time: impl Into<Timestamp>) -> Self {
        self.start = Some(StartOffset::Timestamp(time.into()));
        self
    }

    /// Reads these partitions, each from its own offset, instead of those that a group would assign. Offsets are kept
    /// for the group, when one is named.
    pub fn partitions(mut self, partitions: impl IntoIterator<Item = (i32, StartOffset)>) -> Self {
        let TopicNames::These(names) = &self.topics.names else {
            // `build` refuses a pattern.
            self.partitions = Some(Vec::new());
            return self;
        };
        let partitions: Vec<_> = partitions.into_iter().collect();
        let of_topic =
            |name: &String| partitions.iter().map(|(partition, start)| (name.clone(), *partition, *start)).collect();
        self.partitions = Some(names.iter().flat_map(|name| -> Vec<_> { of_topic(name) }).collect());
        self
    }

    /// Sets how long a partition that the group takes away is kept for the messages that are being processed. After
    /// that they are given up, and the next owner of the partition gets them again. Default: five seconds, and half of
    /// `session.timeout.ms` at most.
    pub fn revocation_timeout(mut self, timeout: Duration) -> Self {
        self.revocation_timeout = timeout;
        self
    }

    /// Sets how many messages of each partition may wait in this process. What goes beyond waits in librdkafka, and
    /// then at the broker. Default: 2,000, and 8 MiB.
    pub fn lane_capacity(mut self, messages: usize) -> Self {
        self.lane_capacity.records = messages.max(1);
        self
    }

    /// Sets where the schema ids of values are, and of keys that have a schema, when no header of a message holds them.
    /// Headers are always looked at, so that producers may change between [`WireFormat::Confluent`] and
    /// [`WireFormat::Header`] as they like. By default as
    /// [`KafkaTypedBuilder::wire_format`](crate::KafkaTypedBuilder::wire_format) has it.
    pub fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.topics.wire_formats.values = Some(wire_format);
        self
    }

    /// Sets where the schema ids of keys are, when it is not where those of values are.
    pub fn key_wire_format(mut self, wire_format: WireFormat) -> Self {
        self.topics.wire_formats.keys = Some(wire_format);
        self
    }

    /// Sets whether the names of records matter. Default: [`RecordNames::Match`]: a message of a record that has
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

    /// Bounds what decoding one message may take: nesting, and values that take no bytes. Default:
    /// [`Limits::default`]. A message that exceeds one of them is a bad message.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
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
    /// without the registry's error code, a text that is not a schema, an answer that is not a registry's, or a
    /// schema that is not the locked one of its id. After that it is a bad message. Default: five minutes, in which
    /// somebody can fix the registry, or what is in front of it.
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
    pub async fn build(self) -> Result<TypedConsumer<V, K>, SetupError> {
        let subscription = match &self.topics.names {
            TopicNames::These(names) => {
                names.iter().try_for_each(|name| check_topic(name))?;
                Subscription::Topics(names.iter().map(|name| Arc::from(name.as_str())).collect())
            }
            TopicNames::Pattern(pattern) => Subscription::Pattern(pattern.as_str().into()),
        };
        let group: Option<Arc<str>> = self.group.map(Into::into);
        let start = match (self.start, &group) {
            (None, Some(_)) => StartOffset::Committed,
            (None, None) => StartOffset::Beginning,
            (Some(StartOffset::Committed), None) => {
                return Err(ConnectionError::Missing { what: "group", method: "group" }.into());
            }
            (Some(start), _) => start,
        };
        let config = self.kafka.connection().settings().consumer_config(&self.settings)?;
        let decoders =
            Decoders::new(self.topics.wire_formats.settle(self.kafka.wire_format()), self.record_names, self.limits)?;
        let registry = in_context(self.kafka.registry(), self.context.as_deref())?;
        let options = ConsumerOptions {
            subscription,
            group,
            start,
            timeout: DEFAULT_TIMEOUT,
            revocation_timeout: self.revocation_timeout,
            lane_capacity: self.lane_capacity,
        };
        let client = ConsumerClient::start(self.kafka.connection(), config, options)?;
        match (self.partitions, client.group()) {
            (Some(partitions), _) => {
                let named = |(topic, partition, start): (String, i32, StartOffset)| (topic.into(), partition, start);
                client.assign(partitions.into_iter().map(named).collect()).await?;
            }
            (None, Some(_)) => client.subscribe()?,
            (None, None) => client.assign_all(start).await?,
        }
        let locked = Arc::clone(self.kafka.locked());
        let lookups = SchemaLookups::new(registry, locked, client.runtime().clone(), self.patience);
        let reader = MessageReader::new(Arc::clone(client.topic()), client.lanes(), decoders, lookups);
        Ok(TypedConsumer::new(reader, client, self.topics.dead_letters.map(Into::into)))
    }
}

impl<V, K> fmt::Debug for ConsumerBuilder<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Settings may hold passwords.
        let settings: Vec<_> = self.settings.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("ConsumerBuilder")
            .field("topics", &self.topics)
            .field("group", &self.group)
            .field("start", &self.start)
            .field("record_names", &self.record_names)
            .field("context", &self.context)
            .field("limits", &self.limits)
            .field("settings", &settings)
            .finish_non_exhaustive()
    }
}
