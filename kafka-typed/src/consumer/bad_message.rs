//! A message that could not be turned into a value, and what is wrong with it.

use std::fmt;
use std::sync::Arc;

use avro_typed::model::Schema;
use avro_typed::model::resolution::ResolutionError;
use avro_typed::topic::{InvalidKey, TopicType};
use avro_typed::{DecodeError, DecodeErrorKind};
use schema_registry::{FrameError, RegistryError, WireId};

use crate::connection::acknowledgement::Acknowledgement;
use crate::connection::assigned_partition::AssignedPartition;
use crate::connection::consumer_record::{ConsumerRecord, envelope_setters};
use crate::connection::record::{Headers, Timestamp};
use crate::connection::record_batch::RecordRef;
use crate::locked::LockMismatch;

/// A message that could not be turned into a value, as it came: with its key, its headers and its bytes, so that it can
/// be kept, looked at, or sent elsewhere.
///
/// What is done with one can be tested without Kafka:
///
/// ```
/// use kafka_typed::{BadMessage, ConsumeError, MessageProblem};
///
/// fn should_stop(error: &ConsumeError) -> bool {
///     error.is_fatal() || error.bad_message().is_some_and(|message| message.payload.is_some())
/// }
///
/// let tombstone = BadMessage::new(MessageProblem::Tombstone).topic("orders").offset(17);
/// assert!(!should_stop(&tombstone.into()));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct BadMessage {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its partition.
    pub partition: i32,
    /// Its offset in the partition.
    pub offset: i64,
    /// Its time.
    pub timestamp: Option<Timestamp>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Headers,
    /// Its bytes, with the schema id where that is in front of the datum. `None` when it is a tombstone.
    pub payload: Option<Vec<u8>>,
    /// The schema that it is marked with, when it has one: by an id of the registry, or by a GUID.
    pub schema_id: Option<WireId>,
    /// What is wrong with it.
    pub problem: MessageProblem,
    /// Whether it is not given up yet.
    pub(crate) waits: bool,
    /// Reports that it is done.
    pub acknowledgement: Acknowledgement,
}

impl BadMessage {
    /// A bad message for a test, which came from no consumer: without a key, headers, a time and a payload, at offset 0
    /// of partition 0 of the topic `""`.
    pub fn new(problem: MessageProblem) -> Self {
        Self {
            topic: Arc::from(""),
            partition: 0,
            offset: 0,
            timestamp: None,
            key: None,
            headers: Headers::default(),
            payload: None,
            schema_id: None,
            problem,
            waits: false,
            acknowledgement: Acknowledgement::default(),
        }
    }

    /// What is wrong with a record. It gets its acknowledgement when it is handed out.
    pub(crate) fn read(record: RecordRef<'_>, schema_id: Option<WireId>, problem: MessageProblem) -> Self {
        let AssignedPartition { topic, partition, .. } = &**record.partition();
        Self {
            topic: Arc::clone(topic),
            partition: *partition,
            offset: record.offset(),
            timestamp: record.timestamp(),
            key: record.key().map(<[u8]>::to_vec),
            headers: record.headers().clone(),
            payload: record.payload().map(<[u8]>::to_vec),
            schema_id,
            problem,
            waits: false,
            acknowledgement: Acknowledgement::comes_again(),
        }
    }

    /// The record as Kafka has it, to be kept, looked at, or sent elsewhere as it is.
    ///
    /// ```no_run
    /// # use kafka_typed::{BadMessage, DeliveryError, connection::{ProducerRecord, RawProducer}};
    /// # async fn example(bad: BadMessage, elsewhere: RawProducer) -> Result<(), DeliveryError> {
    /// let record = bad.to_record();
    /// elsewhere.send(ProducerRecord::from(&record)).await?;
    /// bad.acknowledgement.done();
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_record(&self) -> ConsumerRecord {
        ConsumerRecord {
            topic: Arc::clone(&self.topic),
            partition: self.partition,
            offset: self.offset,
            timestamp: self.timestamp,
            key: self.key.clone(),
            payload: self.payload.clone(),
            headers: self.headers.clone(),
            acknowledgement: self.acknowledgement.clone(),
        }
    }

    envelope_setters!();

    /// Sets the key.
    #[must_use]
    pub fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the bytes, with the schema id where that is in front of the datum.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<Vec<u8>>) -> Self {
        self.payload = Some(payload.into());
        self
    }

    /// Sets the schema that the message is marked with.
    #[must_use]
    pub fn schema_id(mut self, id: impl Into<WireId>) -> Self {
        self.schema_id = Some(id.into());
        self
    }

    /// Makes it one that comes again by itself, see [`is_retriable`](Self::is_retriable).
    #[must_use]
    pub fn retriable(mut self) -> Self {
        self.waits = true;
        self.acknowledgement = Acknowledgement::comes_again();
        self
    }

    /// Whether it comes again by itself, as soon as the registry gives its schema or its time is over.
    pub fn is_retriable(&self) -> bool {
        self.waits
    }
}

impl fmt::Display for BadMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, partition, offset, .. } = self;
        write!(formatter, "the message at offset {offset} of partition {partition} of topic `{topic}`")?;
        if let Some(id) = self.schema_id {
            write!(formatter, ", of schema {id},")?;
        }
        match &self.payload {
            Some(payload) => write!(formatter, " ({} bytes) ", payload.len())?,
            None => formatter.write_str(" ")?,
        }
        formatter.write_str(match &self.problem {
            MessageProblem::Tombstone => {
                "is a tombstone (its payload is null), which is not a value of this topic: consume `Option<T>` where tombstones are expected"
            }
            MessageProblem::Frame(FrameError::InvalidIdHeader { header, .. } | FrameError::UnresolvableHeader { header }) => {
                return write!(formatter, "names its schema in the header `{header}`, where it cannot be found");
            }
            MessageProblem::Frame(_) => "has no schema id in front of its datum: it was not sent by a producer of this wire format",
            _ if self.waits => {
                "waits for its schema, which the registry does not provide: it is asked again, and other partitions go on meanwhile"
            }
            MessageProblem::Registry(_) if self.schema_id.is_some_and(|id| id.guid().is_some()) => {
                "has a schema that the registry does not provide by its GUID: it was sent with another registry, the schema was deleted, or the \
                 registry is older than Confluent Platform 8"
            }
            MessageProblem::Registry(_) => {
                "has a schema that the registry does not provide: it was sent with another registry, or the schema was deleted"
            }
            MessageProblem::LockMismatch(_) => {
                "has a schema that is not the locked one of its id: build the consumer again once that is fixed"
            }
            MessageProblem::Unreadable { fullname, .. } => {
                return write!(formatter, "cannot be read as {fullname}: read it with a type of its own schema, or skip it");
            }
            MessageProblem::UnknownType { fullname, expected } => {
                return write!(
                    formatter,
                    "is of type {fullname}, which is none of the types of this consumer ({}): add a variant for it",
                    expected.join(", ")
                );
            }
            MessageProblem::Key(_) => "has a key that cannot be read as the type of this topic's keys",
            MessageProblem::InvalidKey(_) => "has a key that is not of the type of this topic's keys: it was sent by another producer",
            MessageProblem::Decode(error) if exceeds_limit(error) => {
                "exceeds a limit of this consumer: allow more with `.limits(..)` if it is to be trusted"
            }
            MessageProblem::Decode(_) => "does not match its schema: it was damaged or is marked with the wrong schema",
        })
    }
}

impl std::error::Error for BadMessage {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.cause()
    }
}

impl MessageProblem {
    fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            MessageProblem::Tombstone | MessageProblem::UnknownType { .. } => None,
            MessageProblem::Key(problem) => problem.cause(),
            MessageProblem::InvalidKey(source) => Some(source),
            MessageProblem::Frame(source) => Some(source),
            MessageProblem::Registry(source) => Some(source),
            MessageProblem::LockMismatch(source) => Some(source),
            MessageProblem::Unreadable { source, .. } => Some(&**source),
            MessageProblem::Decode(source) => Some(source),
        }
    }
}

/// What is wrong with a [`BadMessage`].
#[derive(Debug)]
#[non_exhaustive]
pub enum MessageProblem {
    /// Its payload is null.
    Tombstone,
    /// It has no schema id where the wire format has one.
    Frame(FrameError),
    /// The registry does not know the schema id or has no schema for it that can be used, or did not answer;
    /// [`BadMessage::is_retriable`] tells whether it is asked again.
    Registry(RegistryError),
    /// The registry means another schema by the schema id than the lock, which a producer of the same handle has it
    /// from. It cannot be known which of the two wrote the message.
    LockMismatch(LockMismatch),
    /// What its schema writes cannot be read as the consumer's type.
    Unreadable {
        /// The Avro name of the consumer's type.
        fullname: &'static str,
        /// Every difference.
        source: Arc<ResolutionError>,
    },
    /// It is of none of the types that the topic's values have.
    UnknownType {
        /// The name of its type.
        fullname: String,
        /// The names of the types that are expected.
        expected: Vec<&'static str>,
    },
    /// This is wrong with its key, which is an Avro datum.
    Key(Box<MessageProblem>),
    /// Its key is not text, a number or whatever else the topic's keys are.
    InvalidKey(InvalidKey),
    /// Its datum is cut off, too long, does not match the schema, or exceeds one of the
    /// [limits](crate::ConsumerBuilder::limits).
    Decode(DecodeError),
}

impl MessageProblem {
    /// What kind of problem it is, in metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Tombstone => "tombstone",
            Self::Frame(_) => "frame",
            Self::Registry(_) => "registry",
            Self::LockMismatch(_) => "lock_mismatch",
            Self::Unreadable { .. } => "unreadable",
            Self::UnknownType { .. } => "unknown_type",
            Self::Key(_) | Self::InvalidKey(_) => "key",
            Self::Decode(_) => "decode",
        }
    }

    pub(crate) fn unknown_type(schema: &Schema, expected: &[TopicType]) -> Self {
        let fullname = schema.fullname().map_or("without a name", |fullname| fullname.as_str()).to_owned();
        Self::UnknownType { fullname, expected: expected.iter().map(|topic_type| topic_type.fullname).collect() }
    }
}

impl From<InvalidKey> for MessageProblem {
    fn from(error: InvalidKey) -> Self {
        Self::InvalidKey(error)
    }
}

fn exceeds_limit(error: &DecodeError) -> bool {
    matches!(
        error.kind(),
        DecodeErrorKind::DepthExceeded { .. }
            | DecodeErrorKind::StackExceeded { .. }
            | DecodeErrorKind::TooManyZeroSizeItems { .. }
            | DecodeErrorKind::TooManyItemsOfDefaults { .. }
            | DecodeErrorKind::TooMuchItemMemory { .. }
    )
}
