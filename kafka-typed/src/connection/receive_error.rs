//! What can go wrong while a consumer reads, apart from what is wrong with one message.

use std::sync::Arc;

use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;
use thiserror::Error;

use super::error_code::KafkaErrorCode;

/// Kafka did not give the next record.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// Reading is interrupted, by brokers that are away for example, and goes on by itself. Only a
    /// [`RawConsumer`](super::RawConsumer) reports these.
    #[error("reading topic `{topic}` is interrupted, and goes on by itself once that has passed")]
    Transient {
        /// The topic.
        topic: Arc<str>,
        /// Kafka's reason.
        source: KafkaErrorCode,
    },
    /// Kafka refuses something that waiting alone does not fix, such as reading the topic. The next call goes on
    /// trying.
    #[error("topic `{topic}` cannot be read: check the ACLs and the settings of this consumer")]
    Refused {
        /// The topic.
        topic: Arc<str>,
        /// Kafka's reason.
        source: KafkaErrorCode,
    },
    /// The consumer cannot go on. There are no further messages.
    #[error("the consumer of topic `{topic}` cannot go on: build another one")]
    Fatal {
        /// The topic.
        topic: Arc<str>,
        /// Kafka's reason.
        source: KafkaErrorCode,
    },
    /// A batch of messages is compressed in a way that librdkafka was built without, or is damaged. Nothing after it in
    /// its partition can be reached, so that there are no further messages.
    #[error("a batch of topic `{topic}` cannot be decompressed, and nothing after it can be read: {}", decompression_remedy(*.source))]
    Undecompressable {
        /// The topic.
        topic: Arc<str>,
        /// `_NOT_IMPLEMENTED` without the feature, or `_BAD_COMPRESSION`.
        source: KafkaErrorCode,
    },
}

impl ReceiveError {
    pub(crate) fn new(topic: &Arc<str>, error: &KafkaError) -> Self {
        let (topic, source) = (Arc::clone(topic), KafkaErrorCode::of(error));
        match (error, source.code()) {
            (KafkaError::MessageConsumptionFatal(_), _) => Self::Fatal { topic, source },
            (_, RDKafkaErrorCode::NotImplemented | RDKafkaErrorCode::BadCompression) => {
                Self::Undecompressable { topic, source }
            }
            (_, code) if needs_attention(code) => Self::Refused { topic, source },
            _ => Self::Transient { topic, source },
        }
    }

    /// Whether there are no further messages.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Fatal { .. } | Self::Undecompressable { .. })
    }

    /// Whether reading goes on by itself.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        match self {
            Self::Transient { topic, .. }
            | Self::Refused { topic, .. }
            | Self::Fatal { topic, .. }
            | Self::Undecompressable { topic, .. } => topic,
        }
    }

    /// Kafka's reason.
    pub fn code(&self) -> KafkaErrorCode {
        match self {
            Self::Transient { source, .. }
            | Self::Refused { source, .. }
            | Self::Fatal { source, .. }
            | Self::Undecompressable { source, .. } => *source,
        }
    }
}

/// Whether somebody has to do something, or the consumer would wait in silence for ever.
fn needs_attention(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            | RDKafkaErrorCode::SaslAuthenticationFailed
            | RDKafkaErrorCode::Authentication
            | RDKafkaErrorCode::InvalidTopic
            | RDKafkaErrorCode::InvalidGroupId
            | RDKafkaErrorCode::InconsistentGroupProtocol
            | RDKafkaErrorCode::InvalidSessionTimeout
            | RDKafkaErrorCode::AutoOffsetReset
    )
}

fn decompression_remedy(code: KafkaErrorCode) -> &'static str {
    match code.code() {
        RDKafkaErrorCode::NotImplemented => "turn on the feature `zstd`, or have its producer compress otherwise",
        _ => "it is damaged, or compressed in a way that this version of librdkafka does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_by_what_to_do_about_them() {
        let topic = Arc::from("orders");
        let check = |error: KafkaError, is_fatal: bool, is_transient: bool, words: &str| {
            let found = ReceiveError::new(&topic, &error);
            assert_eq!((found.is_fatal(), found.is_transient()), (is_fatal, is_transient), "{found:?}");
            assert_eq!((found.topic(), found.code()), ("orders", KafkaErrorCode::of(&error)), "{found:?}");
            assert!(found.to_string().contains(words), "{found}");
        };
        let consumption = KafkaError::MessageConsumption;
        check(consumption(RDKafkaErrorCode::AllBrokersDown), false, true, "goes on by itself");
        check(consumption(RDKafkaErrorCode::UnknownTopicOrPartition), false, true, "goes on by itself");
        check(consumption(RDKafkaErrorCode::TopicAuthorizationFailed), false, false, "check the ACLs");
        check(consumption(RDKafkaErrorCode::NotImplemented), true, false, "the feature `zstd`");
        check(consumption(RDKafkaErrorCode::BadCompression), true, false, "it is damaged");
        check(KafkaError::MessageConsumptionFatal(RDKafkaErrorCode::Fatal), true, false, "build another one");
    }
}
