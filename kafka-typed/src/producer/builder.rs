//! How a producer is set up: subject, registration, settings.

use std::fmt;
use std::marker::PhantomData;

use avro_typed::topic::{EncodeKey, EncodeValue, TopicType};
use schema_registry::{RecordPart, SchemaIdHeader, SubjectNameStrategy, WireFormat, WireId};

use super::{ProducerSchema, TypedProducer};
use crate::connection::settings::Role;
use crate::connection::{Connection, ConnectionError, RawProducerBuilder};
use crate::error::SetupError;
use crate::kafka::{KafkaTyped, in_context};
use crate::registration::{self, Identity, Registration, schema_of};
use crate::topic::{OneTopic, TopicSpec, TopicTypes, WireFormatChoice};

/// Sets up a [`TypedProducer`]. Made by [`KafkaTyped::producer`].
#[must_use = "nothing is connected before `build` is called and awaited"]
pub struct ProducerBuilder<V, K = Vec<u8>> {
    kafka: KafkaTyped,
    /// The topic, the settings and the limit: all that needs no schema.
    records: RawProducerBuilder,
    subject: Option<SubjectNameStrategy>,
    key_subject: Option<String>,
    context: Option<String>,
    normalize: Option<bool>,
    registration: Registration,
    key_registration: Option<Registration>,
    shared_types: Vec<String>,
    wire_formats: WireFormatChoice,
    types: PhantomData<fn(&V, &K)>,
}

impl KafkaTyped {
    /// Sets up a producer to a topic: to that of a [`Topic`](crate::Topic), which says what its messages are, or to one
    /// of this name, of values of a type that is named here, and keys of bytes.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use kafka_typed::{KafkaTyped, Topic};
    ///
    /// const ALERTS: Topic<Alert, i64> = Topic::new("alerts");
    ///
    /// # async fn example(kafka: KafkaTyped, alert: Alert) -> Result<(), Box<dyn std::error::Error>> {
    /// kafka.producer(&ALERTS).build().await?.send(&alert).key(17).await?;
    /// kafka.producer::<Alert>("alerts-by-name").build().await?.send(&alert).key("sensor-17").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn producer<D: TopicTypes>(&self, topic: impl OneTopic<D>) -> ProducerBuilder<D::Value, D::Key>
    where
        D::Value: EncodeValue,
        D::Key: EncodeKey,
    {
        ProducerBuilder::new(self.clone(), topic.into_spec())
    }
}

impl<V: EncodeValue, K: EncodeKey> ProducerBuilder<V, K> {
    fn new(kafka: KafkaTyped, topic: TopicSpec) -> Self {
        let TopicSpec { names, subject, key_subject, wire_formats, .. } = topic;
        Self {
            records: kafka.connection().raw_producer(names.into_one()),
            kafka,
            subject,
            key_subject,
            context: None,
            normalize: None,
            registration: Registration::default(),
            key_registration: None,
            shared_types: Vec::new(),
            wire_formats,
            types: PhantomData,
        }
    }

    /// Names the subject by hand, where it does not follow from the topic.
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.subject_strategy(SubjectNameStrategy::Named(subject.into()))
    }

    /// Chooses how the subject is named. Default: [`SubjectNameStrategy::TopicName`], which is `<topic>-value`, and
    /// [`SubjectNameStrategy::TopicRecordName`] where values have several types.
    pub fn subject_strategy(mut self, strategy: SubjectNameStrategy) -> Self {
        self.subject = Some(strategy);
        self
    }

    /// Names the subject of the keys' schema, where they have one. Default: `<topic>-key`.
    pub fn key_subject(mut self, subject: impl Into<String>) -> Self {
        self.key_subject = Some(subject.into());
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

    /// Chooses where the schema ids come from, of values and of keys that have a schema. Default:
    /// [`Registration::Register`].
    pub fn registration(mut self, registration: Registration) -> Self {
        self.registration = registration;
        self
    }

    /// Chooses where the schema id of keys comes from, when it is not where that of values does: beside
    /// [`Registration::FixedId`], for one.
    pub fn key_registration(mut self, registration: Registration) -> Self {
        self.key_registration = Some(registration);
        self
    }

    /// Registers these types, by their Avro fullnames, under subjects of their own, which are named like them, where
    /// values or keys use them; their schemas then refer to these subjects instead of having copies. What several of
    /// the types use gets a subject, too. Has a meaning for [`Registration::Register`] only; the other ways find
    /// schemas with and without references. `cargo avro register --references` does the same for a folder of schemas.
    ///
    /// ```no_run
    /// # use kafka_typed::{KafkaTyped, Topic};
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// # async fn example(kafka: KafkaTyped) -> Result<(), Box<dyn std::error::Error>> {
    /// let alerts = kafka.producer::<Alert>("alerts").shared_types(["test.Location"]).build().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn shared_types<N: Into<String>>(mut self, fullnames: impl IntoIterator<Item = N>) -> Self {
        self.shared_types = fullnames.into_iter().map(Into::into).collect();
        self
    }

    /// Chooses where the schema ids of values are, and of keys that have a schema. By default as
    /// [`KafkaTypedBuilder::wire_format`](crate::KafkaTypedBuilder::wire_format) has it.
    ///
    /// With [`WireFormat::Header`] a header holds the GUID of the schema, where the registry returns one or the
    /// [lock](Registration::Locked) has it, and otherwise (before Confluent Platform 8) the id; the payload is the
    /// datum alone. Readers need a client that looks at headers.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use kafka_typed::{KafkaTyped, WireFormat};
    ///
    /// # async fn example(kafka: KafkaTyped, alert: Alert) -> Result<(), Box<dyn std::error::Error>> {
    /// let alerts = kafka.producer::<Alert>("alerts").wire_format(WireFormat::Header).build().await?;
    /// alerts.send(&alert).key("sensor-17").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_formats.values = Some(wire_format);
        self
    }

    /// Chooses where the schema ids of keys are, when it is not where those of values are.
    pub fn key_wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_formats.keys = Some(wire_format);
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

    /// Keeps messages that are not delivered for [`TypedProducer::take_undelivered`]. The producer has a client of its
    /// own then, so that closing it leaves no message whose fate is open.
    pub fn keep_undelivered(mut self) -> Self {
        self.records = self.records.keep_undelivered();
        self
    }

    /// Sets any of librdkafka's producer settings, such as `linger.ms`, for this producer only. Producers that share
    /// all settings [share a client](TypedProducer#one-client-for-many-producers).
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.records = self.records.setting(name, value);
        self
    }

    /// Lets it be one of the producers that share the client of a transactional id.
    pub(crate) fn of_transactions(self, connection: &Connection) -> Result<Self, ConnectionError> {
        Ok(Self { records: self.records.of_transactions(connection)?, ..self })
    }

    /// Asks the registry for the schema ids, unless the [lock](Registration::Locked) has them, and starts the producer.
    /// Brokers are connected to in the background, so that one that cannot be reached shows when sending.
    ///
    /// # Errors
    ///
    /// When the registry refuses a schema or cannot be reached, a setting is wrong, or no tokio runtime is running.
    pub async fn build(self) -> Result<TypedProducer<V, K>, SetupError> {
        // The registry learns nothing of a producer that cannot be.
        self.records.check()?;
        // In a box, because what asks the registry is large, and callers keep the future of this call on their stack.
        let mut schemas = Vec::with_capacity(V::TYPES.len());
        for own in V::TYPES {
            schemas.push(Box::pin(self.schema(*own, RecordPart::Value)).await?);
        }
        let key_schema = match K::TYPE {
            Some(own) => Some(Box::pin(self.schema(own, RecordPart::Key)).await?),
            None => None,
        };
        tracing::info!(topic = self.records.topic(), ?schemas, ?key_schema, "{} starts", Role::Producer);
        Ok(TypedProducer::new(self.records.build()?, schemas, key_schema, self.kafka))
    }

    /// Settles the subject and the id of a type.
    async fn schema(&self, own: TopicType, part: RecordPart) -> Result<ProducerSchema, SetupError> {
        let subject = self.subject_of(own, part)?;
        let registration = match part {
            RecordPart::Key => self.key_registration.as_ref().unwrap_or(&self.registration),
            RecordPart::Value => &self.registration,
        };
        let registry = in_context(self.kafka.registry(), self.context.as_deref())?.in_context_of(&subject);
        let registry = self.normalize.map_or_else(|| registry.clone(), |normalize| registry.normalizing(normalize));
        let Identity { id, guid } =
            registration::identify(&self.kafka, &registry, registration, &subject, own, &self.shared_types).await?;
        let wire_format = self.wire_formats.settle(self.kafka.wire_format()).of(part);
        let (wire_id, header) = match wire_format {
            WireFormat::Header => {
                let wire_id = guid.map_or_else(|| WireId::from(id), WireId::from);
                (wire_id, Some(SchemaIdHeader::new(part, wire_id)))
            }
            _ => (id.into(), None),
        };
        let prefix = wire_format.prefix(id);
        Ok(ProducerSchema { fullname: own.fullname, subject, id, wire_id, prefix, header, registry })
    }

    fn subject_of(&self, own: TopicType, part: RecordPart) -> Result<String, SetupError> {
        let strategy = match (part, &self.subject, &self.key_subject) {
            (RecordPart::Key, _, Some(subject)) => SubjectNameStrategy::Named(subject.clone()),
            (RecordPart::Value, Some(strategy), _) => strategy.clone(),
            (RecordPart::Value, None, _) if V::TYPES.len() > 1 => SubjectNameStrategy::TopicRecordName,
            (RecordPart::Key | RecordPart::Value, ..) => SubjectNameStrategy::TopicName,
        };
        let by_record = matches!(strategy, SubjectNameStrategy::RecordName | SubjectNameStrategy::TopicRecordName);
        // A union has no name in Avro, and yet something to be called by in errors.
        let schema = if by_record { Some(schema_of(own)?) } else { None };
        let fullname = schema.as_ref().and_then(|schema| schema.fullname()).map(|fullname| fullname.as_str());
        let subject = strategy.subject(self.records.topic(), part, fullname);
        subject.map_err(|source| SetupError::Subject { topic: self.records.topic().to_owned(), source })
    }
}

impl<V, K> fmt::Debug for ProducerBuilder<V, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProducerBuilder")
            .field("records", &self.records)
            .field("subject", &self.subject)
            .field("key_subject", &self.key_subject)
            .field("context", &self.context)
            .field("registration", &self.registration)
            .field("wire_formats", &self.wire_formats)
            .finish_non_exhaustive()
    }
}
