//! How a producer is set up: subject, registration, settings.

use std::fmt;
use std::marker::PhantomData;

use avro_typed::{AvroType, Encode};
use schema_registry::{RecordPart, SubjectNameStrategy, WireFormat};

use super::TypedProducer;
use crate::connection::RawProducerBuilder;
use crate::connection::settings::Role;
use crate::error::SetupError;
use crate::kafka::{KafkaTyped, in_context};
use crate::registration::{self, Registration, schema_of};

/// Sets up a [`TypedProducer`]. Made by [`KafkaTyped::producer`].
#[must_use = "nothing is connected before `build` is called and awaited"]
pub struct ProducerBuilder<T> {
    kafka: KafkaTyped,
    /// The topic, the settings and the limit: all that needs no schema.
    records: RawProducerBuilder,
    subject: SubjectNameStrategy,
    context: Option<String>,
    normalize: Option<bool>,
    registration: Registration,
    wire_format: WireFormat,
    value: PhantomData<fn(&T)>,
}

impl KafkaTyped {
    /// Sets up a producer of values of type `T` on `topic`.
    pub fn producer<T: AvroType + Encode>(&self, topic: impl Into<String>) -> ProducerBuilder<T> {
        ProducerBuilder::new(self.clone(), topic.into())
    }
}

impl<T: Encode + AvroType> ProducerBuilder<T> {
    pub(crate) fn new(kafka: KafkaTyped, topic: String) -> Self {
        Self {
            records: kafka.connection().raw_producer(topic),
            kafka,
            subject: SubjectNameStrategy::default(),
            context: None,
            normalize: None,
            registration: Registration::default(),
            wire_format: WireFormat::default(),
            value: PhantomData,
        }
    }

    /// Names the subject by hand, where it does not follow from the topic.
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.subject_strategy(SubjectNameStrategy::Named(subject.into()))
    }

    /// Chooses how the subject is named. Default: [`SubjectNameStrategy::TopicName`], which is `<topic>-value`.
    pub fn subject_strategy(mut self, strategy: SubjectNameStrategy) -> Self {
        self.subject = strategy;
        self
    }

    /// The [context](schema_registry::Context) of the registry that the subject and the schema id are in, unless the
    /// subject is qualified (`:.team:orders-value`) and so names it itself. Consumers of the topic need the same. By
    /// default that of [`KafkaTypedBuilder::context`](crate::KafkaTypedBuilder::context).
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Whether the registry normalizes the schema before it registers or looks it up. By default as
    /// [`KafkaTypedBuilder::normalize`](crate::KafkaTypedBuilder::normalize) has it.
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.normalize = Some(normalize);
        self
    }

    /// Chooses where the schema id comes from. Default: [`Registration::Register`].
    pub fn registration(mut self, registration: Registration) -> Self {
        self.registration = registration;
        self
    }

    /// Chooses how the schema id is put in front of the datum. Default: [`WireFormat::Confluent`].
    pub fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_format = wire_format;
        self
    }

    /// Sets the most bytes that a message may have: its key and its payload, with the schema id in front of it. A
    /// larger one is an error, with both sizes, before anything is sent. By default, and at most, what
    /// `message.max.bytes` allows, which is 1,000,000 bytes when it is not set.
    ///
    /// Brokers and topics have a limit of their own (`max.message.bytes`), for what a batch has after compression.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.records = self.records.max_message_size(bytes);
        self
    }

    /// Sets any of librdkafka's producer settings, such as `linger.ms`, for this producer only. Producers that share
    /// all settings [share a client](TypedProducer#one-client-for-many-producers).
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.records = self.records.setting(name, value);
        self
    }

    /// Asks the registry for the schema id, unless the [lock](Registration::Locked) has it, and starts the producer.
    /// Brokers are connected to in the background, so that one that cannot be reached shows when sending.
    ///
    /// # Errors
    ///
    /// When the registry refuses the schema or cannot be reached, a setting is wrong, or no tokio runtime is running.
    pub async fn build(self) -> Result<TypedProducer<T>, SetupError> {
        // The registry learns nothing of a producer that cannot be.
        self.records.check()?;
        let subject = self.named_subject()?;
        let registry = in_context(self.kafka.registry(), self.context.as_deref())?.in_context_of(&subject);
        let registry = self.normalize.map_or_else(|| registry.clone(), |normalize| registry.normalizing(normalize));
        // In a box, because what asks the registry is large, and callers keep the future of this call on their stack.
        let schema_id = registration::schema_id::<T>(&self.kafka, &registry, &self.registration, &subject);
        let schema_id = Box::pin(schema_id).await?;
        let prefix = self.wire_format.prefix(schema_id);
        tracing::info!(topic = self.records.topic(), subject, schema = %schema_id, "{} starts", Role::Producer);
        Ok(TypedProducer::new(self.records.build()?, subject, (schema_id, prefix), (self.kafka, registry)))
    }

    fn named_subject(&self) -> Result<String, SetupError> {
        let by_record = matches!(self.subject, SubjectNameStrategy::RecordName | SubjectNameStrategy::TopicRecordName);
        // A union has no name in Avro, and yet something to be called by in errors.
        let schema = if by_record { Some(schema_of::<T>()?) } else { None };
        let fullname = schema.as_ref().and_then(|schema| schema.fullname()).map(|fullname| fullname.as_str());
        let subject = self.subject.subject(self.records.topic(), RecordPart::Value, fullname);
        subject.map_err(|source| SetupError::Subject { topic: self.records.topic().to_owned(), source })
    }
}

impl<T> fmt::Debug for ProducerBuilder<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProducerBuilder")
            .field("records", &self.records)
            .field("subject", &self.subject)
            .field("context", &self.context)
            .field("registration", &self.registration)
            .field("wire_format", &self.wire_format)
            .finish_non_exhaustive()
    }
}
