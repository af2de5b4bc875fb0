//! How a consumer is set up: group, beginning, settings.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::model::resolution::RecordNames;
use avro_typed::{AvroType, DecodeOwned, Limits};
use schema_registry::WireFormat;

use super::TypedConsumer;
use super::decoders::Decoders;
use super::message_reader::MessageReader;
use super::schema_lookup::{Patience, SchemaLookups};
use crate::connection::ConnectionError;
use crate::connection::consumer_client::{ConsumerClient, ConsumerOptions};
use crate::connection::settings::check_topic;
use crate::connection::start_offset::StartOffset;
use crate::connection::topic_metadata::DEFAULT_TIMEOUT;
use crate::error::SetupError;
use crate::kafka::{KafkaTyped, in_context};

/// Sets up a [`TypedConsumer`]. Made by [`KafkaTyped::consumer`].
#[must_use = "nothing is connected before `build` is called and awaited"]
pub struct ConsumerBuilder<T> {
    kafka: KafkaTyped,
    topic: String,
    group: Option<String>,
    start: Option<StartOffset>,
    wire_format: WireFormat,
    record_names: RecordNames,
    context: Option<String>,
    limits: Limits,
    patience: Patience,
    settings: Vec<(String, String)>,
    value: PhantomData<fn() -> T>,
}

impl KafkaTyped {
    /// Sets up a consumer of values of type `T` from `topic`.
    pub fn consumer<T: AvroType + DecodeOwned>(&self, topic: impl Into<String>) -> ConsumerBuilder<T> {
        ConsumerBuilder::new(self.clone(), topic.into())
    }
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
            limits: Limits::default(),
            patience: Patience::default(),
            settings: Vec::new(),
            value: PhantomData,
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

    /// Sets how the schema id precedes the datum. Default: [`WireFormat::Confluent`].
    pub fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_format = wire_format;
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
    pub async fn build(self) -> Result<TypedConsumer<T>, SetupError> {
        check_topic(&self.topic)?;
        let topic: Arc<str> = self.topic.into();
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
        let decoders = Decoders::new(self.record_names, self.limits)?;
        let registry = in_context(self.kafka.registry(), self.context.as_deref())?;
        let options =
            ConsumerOptions { topics: Arc::new([Arc::clone(&topic)]), group, start, timeout: DEFAULT_TIMEOUT };
        let client = ConsumerClient::start(self.kafka.connection(), config, options)?;
        match client.group() {
            Some(_) => client.subscribe()?,
            None => client.assign_all(start).await?,
        }
        let locked = Arc::clone(self.kafka.locked());
        let lookups = SchemaLookups::new(registry, locked, client.runtime().clone(), self.patience);
        let reader = MessageReader::new(topic, client.polling(), decoders, lookups, self.wire_format);
        Ok(TypedConsumer { reader, client })
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
            .field("limits", &self.limits)
            .field("settings", &settings)
            .finish_non_exhaustive()
    }
}
