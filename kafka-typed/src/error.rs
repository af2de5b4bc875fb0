//! What can go wrong, apart from receiving: see [`ConsumeError`](crate::ConsumeError) for that.

use std::sync::Arc;
use std::time::Duration;

use avro_typed::EncodeError;
use avro_typed::model::SchemaError;
use rdkafka::types::RDKafkaErrorCode;
use schema_registry::{Context, InvalidContext, RegistryError, SchemaId, SubjectError};
use thiserror::Error;

/// A producer, a consumer or the connection to the servers could not be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// An environment variable that is needed is not set.
    #[error("{variable} is not set, {reason}: {remedy}")]
    MissingVariable {
        /// The variable.
        variable: &'static str,
        /// Why it is needed.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// An environment variable has a value that cannot be used.
    #[error("{variable} cannot be used: {reason}")]
    InvalidVariable {
        /// The variable.
        variable: String,
        /// What is wrong with it, and what to do about it. Never contains a password.
        reason: String,
    },
    /// The builder was not told where the servers are.
    #[error("no {what} given: call `.{method}(..)` on the builder")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// The method that takes it.
        method: &'static str,
    },
    /// A setting that librdkafka does not know, or with a value that it does not take.
    #[error("the setting `{setting}` cannot be used: {reason}")]
    InvalidSetting {
        /// The setting.
        setting: String,
        /// What is wrong with it. Never contains a password.
        reason: String,
    },
    /// Kafka has no topics with such names.
    #[error(
        "`{}` cannot be a topic: a name has 1 to 249 of the characters a-z, A-Z, 0-9, `.`, `_` and `-`{}",
        .topic.escape_debug(),
        pattern_remedy(topic)
    )]
    InvalidTopic {
        /// The name.
        topic: String,
    },
    /// The topic to read does not exist.
    #[error("topic `{topic}` does not exist on {bootstrap_servers}: create it, or start its producer first")]
    UnknownTopic {
        /// The topic.
        topic: String,
        /// Where it was looked for.
        bootstrap_servers: String,
    },
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
    /// librdkafka could not start a client.
    #[error("librdkafka could not start a {role}: {reason}")]
    Client {
        /// Producer, consumer or embedded broker.
        role: &'static str,
        /// librdkafka's words.
        reason: String,
    },
    /// Kafka refused, or could not be reached.
    #[error("{what} on {bootstrap_servers} failed: see whether the brokers can be reached from here")]
    Kafka {
        /// What was asked of it.
        what: String,
        /// Who was asked.
        bootstrap_servers: String,
        /// Its answer.
        source: RDKafkaErrorCode,
    },
    /// The operating system gave no thread or no port.
    #[error("{what}")]
    System {
        /// What was needed.
        what: &'static str,
        /// Its answer.
        source: std::io::Error,
    },
    /// Producers and consumers need tokio.
    #[error("no tokio runtime is running here: call this from a task of one, such as `#[tokio::main] async fn main`")]
    NoRuntime,
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
    /// Kafka cannot keep this time. Nothing was sent.
    #[error(
        "a message for topic `{topic}` has the time {millis} ms, which Kafka cannot keep: give a time after 1970, or none to \
         have the time of sending"
    )]
    Timestamp {
        /// The topic.
        topic: Arc<str>,
        /// Milliseconds since 1970.
        millis: i64,
    },
    /// librdkafka did not take the message. Nothing was sent.
    #[error("a message for topic `{topic}` was refused before sending{}", remedy(*.source))]
    Refused {
        /// The topic.
        topic: Arc<str>,
        /// Why.
        source: RDKafkaErrorCode,
    },
    /// The producer was [closed](crate::TypedProducer::close). Nothing was sent.
    #[error("a message for topic `{topic}` was not sent: its producer is closed; build another one to go on sending")]
    Closed {
        /// The topic.
        topic: Arc<str>,
    },
    /// The message was handed over, and no broker acknowledged it. It may have been written all the same when the
    /// answer was lost, so that sending the value again may write it twice.
    #[error("a message for topic `{topic}` was not delivered{}", remedy(*.source))]
    NotDelivered {
        /// The topic.
        topic: Arc<str>,
        /// Why.
        source: RDKafkaErrorCode,
    },
}

impl SendError {
    /// The topic that the message was for.
    pub fn topic(&self) -> &str {
        match self {
            Self::Encode { topic, .. }
            | Self::Timestamp { topic, .. }
            | Self::Refused { topic, .. }
            | Self::Closed { topic }
            | Self::NotDelivered { topic, .. } => topic,
        }
    }
}

fn pattern_remedy(topic: &str) -> &'static str {
    match topic.starts_with('^') || topic.contains(['*', '[', '(', '|', '+', '$', '?']) {
        true => "; patterns are not supported: build a consumer for each topic",
        false => "",
    }
}

fn remedy(code: RDKafkaErrorCode) -> &'static str {
    match code {
        RDKafkaErrorCode::MessageSizeTooLarge => {
            ": raise `message.max.bytes` here and on the topic (`max.message.bytes`), or send less at once"
        }
        RDKafkaErrorCode::MessageTimedOut => {
            ": no broker answered within `message.timeout.ms`; see whether they can be reached, and sending it again may write it twice"
        }
        RDKafkaErrorCode::UnknownPartition
        | RDKafkaErrorCode::UnknownTopic
        | RDKafkaErrorCode::UnknownTopicOrPartition => ": create the topic with this partition first",
        RDKafkaErrorCode::TopicAuthorizationFailed => ": give this user the right to write to the topic",
        RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight => {
            ": its producer was closed or dropped before; give `close` or `flush` more time"
        }
        _ => "",
    }
}

/// Not every message has its delivery report yet.
#[derive(Clone, Debug, Error)]
#[error(
    "{in_flight} messages for topic `{topic}` have no delivery report after {timeout:?}: they are still being sent, so flush again \
     with a longer timeout, or see whether the brokers can be reached"
)]
#[non_exhaustive]
pub struct FlushError {
    /// The topic.
    pub topic: Arc<str>,
    /// How many messages wait for their delivery report.
    pub in_flight: u64,
    /// How long was waited.
    pub timeout: Duration,
}

/// A producer was closed before every message had its delivery report.
#[derive(Clone, Debug, Error)]
#[error(
    "{given_up} messages for topic `{topic}` had no delivery report after {timeout:?} and were given up: close with more time, or check \
     whether the brokers can be reached"
)]
#[non_exhaustive]
pub struct CloseError {
    /// The topic.
    pub topic: Arc<str>,
    /// How many messages were given up. One that was on its way to a broker may have been written all the same.
    pub given_up: u64,
    /// How long was waited.
    pub timeout: Duration,
}

/// The place of a consumer in its topic could not be kept.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Only groups have places.
    #[error("a consumer of topic `{topic}` without a group has no place to commit: name a group with `.group(..)`")]
    NoGroup {
        /// The topic.
        topic: Arc<str>,
    },
    /// The offset was not kept: another member of the group may have taken the partition over, and will get the message
    /// again.
    #[error("the offset of partition {partition} of topic `{topic}` was not stored")]
    Store {
        /// The topic.
        topic: Arc<str>,
        /// The partition.
        partition: i32,
        /// Why.
        source: RDKafkaErrorCode,
    },
    /// The broker did not take the offsets. Messages since the last commit come again after a restart.
    #[error("the offsets of group `{group}` on topic `{topic}` were not committed")]
    Commit {
        /// The topic.
        topic: Arc<str>,
        /// The group.
        group: Arc<str>,
        /// Why.
        source: RDKafkaErrorCode,
    },
    /// The broker did not answer before the consumer's time to close was over. Leaving the group goes on in the
    /// background; what was not committed comes again.
    #[error(
        "the consumer of topic `{topic}` did not close within {timeout:?}: see whether the brokers can be reached from here"
    )]
    CloseTimeout {
        /// The topic.
        topic: Arc<str>,
        /// How long was waited.
        timeout: Duration,
    },
}
