//! What can go wrong with one message, or with receiving at all.

use std::fmt;
use std::sync::Arc;

use avro_typed::DecodeError;
use avro_typed::model::resolution::ResolutionError;
use rdkafka::types::RDKafkaErrorCode;
use schema_registry::{FrameError, RegistryError, SchemaId};
use thiserror::Error;

use super::acknowledgement::Acknowledgement;
use crate::connection::record::{Headers, Timestamp};
use crate::locked::LockMismatch;

/// A message could not be received.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConsumeError {
    /// One message is bad, and further ones follow. When the error [is retriable](ConsumeError::is_retriable), the
    /// message waits for the registry, and comes again by itself.
    #[error(transparent)]
    Message(Box<BadMessage>),
    /// Kafka refuses something that waiting alone does not mend, such as reading the topic. The next call goes on
    /// trying.
    #[error("topic `{topic}` cannot be read: see to the rights and the settings of this consumer")]
    Kafka {
        /// The topic.
        topic: Arc<str>,
        /// Kafka's words.
        source: RDKafkaErrorCode,
    },
    /// The consumer cannot go on. There are no further messages.
    #[error("the consumer of topic `{topic}` cannot go on: build another one")]
    Fatal {
        /// The topic.
        topic: Arc<str>,
        /// Kafka's words.
        source: RDKafkaErrorCode,
    },
    /// A batch of messages is compressed in a way that librdkafka was built without, or is damaged. Nothing after it in
    /// its partition can be reached, so that there are no further messages.
    #[error("a batch of topic `{topic}` cannot be decompressed, and nothing after it can be read: {}", decompression_remedy(*.source))]
    Undecompressable {
        /// The topic.
        topic: Arc<str>,
        /// `NotImplemented` without the feature, or `BadCompression`.
        source: RDKafkaErrorCode,
    },
    /// The tokio runtime that the consumer was built in has ended, and the registry can be asked no more. There are no
    /// further messages.
    #[error(
        "the tokio runtime in which the consumer of topic `{topic}` was built has ended: keep it running, or build another consumer"
    )]
    NoRuntime {
        /// The topic.
        topic: Arc<str>,
    },
}

impl ConsumeError {
    /// Whether the message comes again by itself, as soon as the registry gives its schema. Only its partition waits
    /// for that.
    pub fn is_retriable(&self) -> bool {
        self.bad_message().is_some_and(BadMessage::is_retriable)
    }

    /// Whether there are no further messages.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Fatal { .. } | Self::Undecompressable { .. } | Self::NoRuntime { .. })
    }

    /// Says that the bad message is done, see [`Acknowledgement`]. Changes nothing for errors that are not about one
    /// message, and for those that [are retriable](Self::is_retriable).
    pub fn done(&self) {
        if let Some(message) = self.bad_message() {
            message.acknowledgement.done();
        }
    }

    /// The message that is bad, with its bytes, when it is one message that is.
    pub fn bad_message(&self) -> Option<&BadMessage> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        match self {
            Self::Message(message) => &message.topic,
            Self::Kafka { topic, .. }
            | Self::Fatal { topic, .. }
            | Self::Undecompressable { topic, .. }
            | Self::NoRuntime { topic } => topic,
        }
    }
}

/// A message that could not be turned into a value, as it came: with its key, its headers and its bytes, so that it can
/// be kept, looked at, or sent elsewhere.
#[derive(Debug)]
#[non_exhaustive]
pub struct BadMessage {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its partition.
    pub partition: i32,
    /// Its place in the partition.
    pub offset: i64,
    /// Its time.
    pub timestamp: Option<Timestamp>,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Headers,
    /// Its bytes, the schema id included. `None` when it is a tombstone.
    pub payload: Option<Vec<u8>>,
    /// The schema that it says it was written by, when that can be told.
    pub schema_id: Option<SchemaId>,
    /// What is wrong with it.
    pub problem: MessageProblem,
    /// Whether it is not given up yet.
    pub(crate) waits: bool,
    /// Says that it is done.
    pub acknowledgement: Acknowledgement,
}

impl BadMessage {
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
                "is a tombstone (its payload is null), which this consumer does not support yet: go on with the next one"
            }
            MessageProblem::Frame(FrameError::IdInHeader { header }) => {
                return write!(formatter, "has its schema id in the header `{header}`, where this consumer does not read it");
            }
            MessageProblem::Frame(_) => "has no schema id in front of its datum: it was not sent by a producer of this wire format",
            _ if self.waits => {
                "waits for its schema, which the registry does not give: it is asked again, and other partitions go on meanwhile"
            }
            MessageProblem::Registry(_) => {
                "has a schema that the registry does not give out: it was sent with another registry, or the schema was deleted"
            }
            MessageProblem::LockMismatch(_) => {
                "has a schema that is not the locked one of its id: build the consumer again once that is mended"
            }
            MessageProblem::Unreadable { fullname, .. } => {
                return write!(formatter, "cannot be read as {fullname}: read it with a type of its own schema, or skip it");
            }
            MessageProblem::Decode(_) => "is not what its schema says: it was damaged or is marked with the wrong schema",
        })
    }
}

impl std::error::Error for BadMessage {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            MessageProblem::Tombstone => None,
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
    /// from. Nobody can tell which of the two wrote the message.
    LockMismatch(LockMismatch),
    /// What its schema writes cannot be read as the consumer's type.
    Unreadable {
        /// The Avro name of the consumer's type.
        fullname: &'static str,
        /// Every difference.
        source: Arc<ResolutionError>,
    },
    /// Its datum is cut off, too long, or not what the schema says.
    Decode(DecodeError),
}

fn decompression_remedy(code: RDKafkaErrorCode) -> &'static str {
    match code {
        RDKafkaErrorCode::NotImplemented => "turn on the feature `zstd`, or have its producer compress otherwise",
        _ => "it is damaged, or compressed in a way that this version of librdkafka does not know",
    }
}
