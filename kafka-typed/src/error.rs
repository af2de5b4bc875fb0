//! What can go wrong, apart from receiving: see [`ConsumeError`](crate::ConsumeError) for that.

use std::sync::Arc;

use avro_typed::EncodeError;
use avro_typed::model::SchemaError;
use schema_registry::{Context, InvalidContext, RegistryError, RegistrySettingsError, SchemaId, SubjectError};
use thiserror::Error;

use crate::connection::{ConnectionError, DeliveryError};

/// A producer, a consumer or the connection to the servers could not be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The settings or variables for Kafka cannot be used, or Kafka refused or could not be reached.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The environment variables of the schema registry cannot be used.
    #[error(transparent)]
    RegistrySettings(#[from] RegistrySettingsError),
    /// There is no subject to register the schema under.
    #[error("no subject for topic `{topic}`")]
    Subject {
        /// The topic.
        topic: String,
        /// What is missing.
        source: SubjectError,
    },
    /// The context of a producer, a consumer or the registry cannot be one.
    #[error("no schema can be found in such a context")]
    Context {
        /// What is wrong with it.
        source: InvalidContext,
    },
    /// The registry found the subject in another context than the producer's, so that whoever reads its messages would
    /// look for their schema in the wrong one.
    #[error(
        "subject `{subject}` is in context `{found}` and not in `{expected}`: call `.context(\"{found}\")` on the builders of producers and \
         consumers of the topic, or register the schema in `{expected}`"
    )]
    OtherContext {
        /// The subject.
        subject: String,
        /// Where the producer looked for it.
        expected: Context,
        /// Where the registry found it.
        found: Context,
    },
    /// The schema registry refused, or could not be reached.
    #[error("{what}")]
    Registry {
        /// What was asked of it, and what to do when it refuses.
        what: String,
        /// Its answer.
        source: RegistryError,
    },
    /// The schema constant of a Rust type is not a schema. Generated types never cause this.
    #[error("the schema of {fullname} in its `AvroType::schema` cannot be parsed")]
    TypeSchema {
        /// The type's Avro name.
        fullname: &'static str,
        /// What is wrong with it.
        source: SchemaError,
    },
    /// The producer would mark its messages with a schema that they are not encoded by.
    #[error(
        "messages encoded as {fullname} cannot be marked with schema {id} ({origin}), because the two encode differently: {}. \
         Generate the Rust type from that schema, or use Registration::Register to give the type's own schema an id",
        .differences.join("; ")
    )]
    OtherEncoding {
        /// The type's Avro name.
        fullname: &'static str,
        /// The id in question.
        id: SchemaId,
        /// Where the id comes from.
        origin: String,
        /// Every difference, with its path.
        differences: Vec<String>,
    },
    /// The lock has no id for the producer's messages.
    #[error(
        "the schema of {fullname} has no locked id for subject `{subject}` in the registry `{registry}`: {known}. Run `cargo avro lock` \
         with SCHEMA_REGISTRY_URL and SCHEMA_REGISTRY_NAME={registry} and build again, or use another Registration"
    )]
    NotLocked {
        /// The type's Avro name.
        fullname: &'static str,
        /// The subject.
        subject: String,
        /// The name of the registry in use.
        registry: String,
        /// What the lock has instead.
        known: String,
    },
    /// The registry means another schema by an id than the lock.
    #[error("messages of topic `{topic}` are marked with an id that means something else")]
    LockMismatch {
        /// The topic.
        topic: String,
        /// The two schemas, and what to do.
        source: crate::locked::LockMismatch,
    },
}

/// A message was not sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The value does not fit its schema. Nothing was sent.
    #[error("a message for topic `{topic}` cannot be encoded")]
    Encode {
        /// The topic.
        topic: Arc<str>,
        /// Where in the value the trouble is.
        source: EncodeError,
    },
    /// The key does not fit its schema. Nothing was sent.
    #[error("the key of a message for topic `{topic}` cannot be encoded")]
    EncodeKey {
        /// The topic.
        topic: Arc<str>,
        /// Where in the key the trouble is.
        source: EncodeError,
    },
    /// The value is an [`OtherRecord`](avro_typed::topic::OtherRecord), which no schema id of the producer belongs to.
    /// Nothing was sent.
    #[error(
        "a message for topic `{topic}` is a record of none of the topic's types, so that no schema id is known for it: add its type          to the enum of the topic's values, or send the bytes it came with by `TypedProducer::raw`"
    )]
    OtherRecord {
        /// The topic.
        topic: Arc<str>,
    },
    /// A handler has sent in its transaction after it had returned. Nothing was sent.
    #[error(
        "a message for topic `{topic}` was sent after the handler of its transaction had returned: await everything that sends before that"
    )]
    TransactionEnded {
        /// The topic.
        topic: Arc<str>,
    },
    /// The producer is one of other transactions. Nothing was sent.
    #[error(
        "the producer of topic `{topic}` is one of the transactions of `{producer}`, and the handler's are those of `{transaction}`: build it \
         with these"
    )]
    OtherTransactions {
        /// The topic.
        topic: Arc<str>,
        /// The transactional id of the producer.
        producer: Arc<str>,
        /// That of the handler's transaction.
        transaction: Arc<str>,
    },
    /// The message could not be handed over, or was not delivered.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

impl SendError {
    /// The topic that the message was for.
    pub fn topic(&self) -> &str {
        match self {
            Self::Encode { topic, .. }
            | Self::EncodeKey { topic, .. }
            | Self::OtherRecord { topic }
            | Self::TransactionEnded { topic }
            | Self::OtherTransactions { topic, .. } => topic,
            Self::Delivery(error) => error.topic(),
        }
    }

    /// Whether sending the same message again may succeed. It may be written twice then, where it was handed over.
    pub fn is_retriable(&self) -> bool {
        self.delivery().is_some_and(DeliveryError::is_retriable)
    }

    /// Whether this producer can send nothing more.
    pub fn is_fatal(&self) -> bool {
        self.delivery().is_some_and(DeliveryError::is_fatal)
    }

    /// Whether the message is larger than the producer, the broker or the topic allows.
    pub fn is_too_large(&self) -> bool {
        self.delivery().is_some_and(DeliveryError::is_too_large)
    }

    /// Whether no broker answered within `message.timeout.ms`.
    pub fn is_timeout(&self) -> bool {
        self.delivery().is_some_and(DeliveryError::is_timeout)
    }

    /// Whether the user lacks the right to write to the topic.
    pub fn is_authorization(&self) -> bool {
        self.delivery().is_some_and(DeliveryError::is_authorization)
    }

    fn delivery(&self) -> Option<&DeliveryError> {
        match self {
            Self::Delivery(error) => Some(error),
            _ => None,
        }
    }
}
