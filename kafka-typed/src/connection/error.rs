//! What can go wrong with the brokers and the settings for them, whatever is sent.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::types::RDKafkaErrorCode;
use thiserror::Error;

use super::error_code::KafkaErrorCode;

/// The connection to the brokers, or a producer or consumer that uses it, could not be set up.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectionError {
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
    /// The builder was not given the addresses of the servers.
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
    /// librdkafka could not start a client.
    #[error("librdkafka could not start a {role}: {reason}")]
    Client {
        /// Producer, consumer or embedded broker.
        role: &'static str,
        /// librdkafka's words.
        reason: String,
    },
    /// Kafka refused, or could not be reached.
    #[error("{what} on {bootstrap_servers} failed: check whether the brokers can be reached from here")]
    Kafka {
        /// What was asked of it.
        what: String,
        /// Who was asked.
        bootstrap_servers: String,
        /// Its answer.
        source: KafkaErrorCode,
    },
    /// The operating system gave no thread or no port.
    #[error("{what}")]
    System {
        /// What was needed.
        what: &'static str,
        /// Its answer.
        source: std::io::Error,
    },
    /// A consumer in a group was told which partitions to read.
    #[error(
        "the consumer is in group `{group}`, which assigns the partitions: build one without `.group(..)` to choose them"
    )]
    HasGroup {
        /// The group.
        group: String,
    },
    /// Producers and consumers need tokio.
    #[error("no tokio runtime is running here: call this from a task of one, such as `#[tokio::main] async fn main`")]
    NoRuntime,
}

fn pattern_remedy(topic: &str) -> &'static str {
    match topic.starts_with('^') || topic.contains(['*', '[', '(', '|', '+', '$', '?']) {
        true => "; patterns are not supported: build a consumer for each topic",
        false => "",
    }
}

/// A message was not delivered.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// Kafka cannot keep this time. Nothing was sent.
    #[error(
        "a message for topic `{topic}` has the time {millis} ms, which Kafka cannot keep: give a time after 1970, or none to \
         have the time of sending"
    )]
    InvalidTimestamp {
        /// The topic.
        topic: Arc<str>,
        /// Milliseconds since 1970.
        millis: i64,
    },
    /// The message is larger than the producer's [largest](crate::ProducerBuilder::max_message_size). Nothing was sent.
    #[error(
        "a message for topic `{topic}` has {size} bytes, and {limit} are the most that its producer sends: raise its \
         `max_message_size` or `message.max.bytes`, and `max.message.bytes` of the topic, or send less at once"
    )]
    TooLarge {
        /// The topic.
        topic: Arc<str>,
        /// The bytes of the key and the payload, with the schema id in front of it.
        size: usize,
        /// The most bytes that the producer sends as one message.
        limit: usize,
    },
    /// librdkafka did not take the message. Nothing was sent.
    #[error("a message for topic `{topic}` was refused before sending{}", remedy(*.source))]
    Refused {
        /// The topic.
        topic: Arc<str>,
        /// Why.
        source: KafkaErrorCode,
    },
    /// The producer was [closed](crate::TypedProducer::close). Nothing was sent.
    #[error("a message for topic `{topic}` was not sent: its producer is closed; build another one to go on sending")]
    Closed {
        /// The topic.
        topic: Arc<str>,
    },
    /// The message was handed over, and no broker acknowledged it within the producer's `message.timeout.ms`. It may
    /// have been written all the same when the answer was lost, so that sending the value again may write it twice.
    #[error(
        "a message for topic `{topic}` was not delivered: no broker answered within {timeout:?}, its `message.timeout.ms`; check \
         whether they can be reached, and sending it again may write it twice"
    )]
    TimedOut {
        /// The topic.
        topic: Arc<str>,
        /// How long was waited.
        timeout: Duration,
        /// Why.
        source: KafkaErrorCode,
    },
    /// The message was handed over, and no broker acknowledged it. It may have been written all the same when the
    /// answer was lost, so that sending the value again may write it twice.
    #[error("a message for topic `{topic}` was not delivered{}", remedy(*.source))]
    NotDelivered {
        /// The topic.
        topic: Arc<str>,
        /// Why.
        source: KafkaErrorCode,
    },
}

impl DeliveryError {
    /// What kind of error it is, in metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::InvalidTimestamp { .. } => "invalid_timestamp",
            Self::TooLarge { .. } => "too_large",
            Self::Refused { .. } => "refused",
            Self::Closed { .. } => "closed",
            Self::TimedOut { .. } => "timed_out",
            Self::NotDelivered { source, .. } if source.is_given_up() => "given_up",
            Self::NotDelivered { .. } => "not_delivered",
        }
    }

    /// The topic that the message was for.
    pub fn topic(&self) -> &str {
        match self {
            Self::InvalidTimestamp { topic, .. }
            | Self::TooLarge { topic, .. }
            | Self::Refused { topic, .. }
            | Self::Closed { topic }
            | Self::TimedOut { topic, .. }
            | Self::NotDelivered { topic, .. } => topic,
        }
    }

    /// Kafka's or librdkafka's reason, where one of them has refused the message.
    pub fn code(&self) -> Option<KafkaErrorCode> {
        match self {
            Self::Refused { source, .. } | Self::TimedOut { source, .. } | Self::NotDelivered { source, .. } => {
                Some(*source)
            }
            Self::InvalidTimestamp { .. } | Self::TooLarge { .. } | Self::Closed { .. } => None,
        }
    }

    /// Whether sending the same message again may succeed. It may be written twice then, where it was handed over.
    pub fn is_retriable(&self) -> bool {
        self.code().is_some_and(KafkaErrorCode::is_retriable)
    }

    /// Whether this producer can send nothing more.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Closed { .. }) || self.code().is_some_and(KafkaErrorCode::is_fatal)
    }

    /// Whether the message is larger than the producer, the broker or the topic allows.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge { .. }) || self.code().is_some_and(KafkaErrorCode::is_too_large)
    }

    /// Whether no broker answered within `message.timeout.ms`.
    pub fn is_timeout(&self) -> bool {
        self.code().is_some_and(KafkaErrorCode::is_timeout)
    }

    /// Whether the user lacks the right to write to the topic.
    pub fn is_authorization(&self) -> bool {
        self.code().is_some_and(KafkaErrorCode::is_authorization)
    }
}

fn remedy(code: KafkaErrorCode) -> &'static str {
    match code.code() {
        RDKafkaErrorCode::MessageSizeTooLarge => {
            ": raise `message.max.bytes` here and on the topic (`max.message.bytes`), or send less at once"
        }
        RDKafkaErrorCode::UnknownPartition
        | RDKafkaErrorCode::UnknownTopic
        | RDKafkaErrorCode::UnknownTopicOrPartition => ": create the topic with this partition first",
        RDKafkaErrorCode::TopicAuthorizationFailed => ": grant this user the right to write to the topic",
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
     with a longer timeout, or check whether the brokers can be reached"
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

/// The offsets of a consumer could not be stored or committed.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Only groups have offsets.
    #[error("a consumer of topic `{topic}` without a group has no offsets to commit: name a group with `.group(..)`")]
    NoGroup {
        /// The topic.
        topic: Arc<str>,
    },
    /// The offset was not stored: another member of the group may have taken the partition over, and will get the
    /// message again.
    #[error("the offset of partition {partition} of topic `{topic}` was not stored")]
    Store {
        /// The topic.
        topic: Arc<str>,
        /// The partition.
        partition: i32,
        /// Why.
        source: KafkaErrorCode,
    },
    /// The broker did not take the offsets. Messages since the last commit come again after a restart.
    #[error("the offsets of group `{group}` on topic `{topic}` were not committed")]
    Commit {
        /// The topic.
        topic: Arc<str>,
        /// The group.
        group: Arc<str>,
        /// Why.
        source: KafkaErrorCode,
    },
    /// The tokio runtime that the consumer was built in has ended, so that nobody can wait for the broker's answer.
    #[error(
        "the tokio runtime in which the consumer of topic `{topic}` was built has ended: keep it running, or build another consumer"
    )]
    NoRuntime {
        /// The topic.
        topic: Arc<str>,
    },
    /// The broker did not answer before the consumer's time to close was over. Leaving the group goes on in the
    /// background; what was not committed comes again.
    #[error(
        "the consumer of topic `{topic}` did not close within {timeout:?}: check whether the brokers can be reached from here"
    )]
    CloseTimeout {
        /// The topic.
        topic: Arc<str>,
        /// How long was waited.
        timeout: Duration,
    },
}
