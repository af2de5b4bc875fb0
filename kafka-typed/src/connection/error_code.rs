//! The error codes of Kafka and of librdkafka.

use std::error::Error;
use std::fmt;

use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;

use super::native;

/// Why Kafka, or librdkafka on its own, refused or failed: the `source` of many errors.
///
/// ```
/// use kafka_typed::connection::KafkaErrorCode;
///
/// let code = KafkaErrorCode::from_number(29).unwrap();
/// assert_eq!(code.name(), "TOPIC_AUTHORIZATION_FAILED");
/// assert_eq!(code.description(), "Broker: Topic authorization failed");
/// assert!(code.is_authorization() && !code.is_retriable());
/// assert_eq!(code.to_string(), "Broker: Topic authorization failed (TOPIC_AUTHORIZATION_FAILED)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KafkaErrorCode(RDKafkaErrorCode);

impl KafkaErrorCode {
    pub(crate) const fn new(code: RDKafkaErrorCode) -> Self {
        Self(code)
    }

    /// The code of an error. rdkafka's own errors, which have none, count as a general failure.
    pub(crate) fn of(error: &KafkaError) -> Self {
        // They are about settings and zero bytes, which are checked before.
        debug_assert!(error.rdkafka_error_code().is_some(), "{error:?}");
        Self(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail))
    }

    pub(crate) const fn code(self) -> RDKafkaErrorCode {
        self.0
    }

    /// The code with this number, or `None` when librdkafka knows none. For the tests of programs that handle errors.
    pub fn from_number(number: i32) -> Option<Self> {
        native::error_code(number).map(Self)
    }

    /// The number: positive in Kafka's protocol, negative for errors of librdkafka itself.
    pub const fn number(self) -> i32 {
        self.0 as i32
    }

    /// The name in librdkafka, such as `MSG_SIZE_TOO_LARGE`. Names of librdkafka's own errors begin with `_`.
    pub fn name(self) -> &'static str {
        native::error_name(self.number())
    }

    /// What it means, in librdkafka's words.
    pub fn description(&self) -> &'static str {
        native::error_description(self.number())
    }

    /// Whether the same may succeed later, with nobody changing anything.
    pub const fn is_retriable(self) -> bool {
        use RDKafkaErrorCode as Code;
        self.is_timeout()
            || matches!(
                self.0,
                Code::BrokerTransportFailure
                    | Code::Resolve
                    | Code::AllBrokersDown
                    | Code::QueueFull
                    | Code::ISRInsufficient
                    | Code::WaitingForCoordinator
                    | Code::InProgress
                    | Code::PreviousInProgress
                    | Code::WaitCache
                    | Code::Retry
                    | Code::DestroyBroker
                    | Code::LeaderNotAvailable
                    | Code::NotLeaderForPartition
                    | Code::BrokerNotAvailable
                    | Code::ReplicaNotAvailable
                    | Code::NetworkException
                    | Code::CoordinatorLoadInProgress
                    | Code::CoordinatorNotAvailable
                    | Code::NotCoordinator
                    | Code::NotEnoughReplicas
                    | Code::NotEnoughReplicasAfterAppend
                    | Code::RebalanceInProgress
                    | Code::ConcurrentTransactions
                    | Code::KafkaStorageError
                    | Code::UnstableOffsetCommit
                    | Code::ThrottlingQuotaExceeded
            )
    }

    /// Whether its producer was closed or dropped before the message was delivered.
    pub(crate) const fn is_given_up(self) -> bool {
        matches!(self.0, RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight)
    }

    /// Whether the client that reported it can do nothing more.
    pub const fn is_fatal(self) -> bool {
        use RDKafkaErrorCode as Code;
        matches!(self.0, Code::Fatal | Code::Fenced | Code::ProducerFenced | Code::FencedInstanceId)
    }

    /// Whether nobody answered in time. A message may have been written all the same.
    pub const fn is_timeout(self) -> bool {
        use RDKafkaErrorCode as Code;
        matches!(self.0, Code::MessageTimedOut | Code::OperationTimedOut | Code::TimedOutQueue | Code::RequestTimedOut)
    }

    /// Whether the user lacks a right, which the ACLs grant.
    pub const fn is_authorization(self) -> bool {
        use RDKafkaErrorCode as Code;
        matches!(
            self.0,
            Code::TopicAuthorizationFailed
                | Code::GroupAuthorizationFailed
                | Code::ClusterAuthorizationFailed
                | Code::TransactionalIdAuthorizationFailed
                | Code::DelegationTokenAuthorizationFailed
        )
    }

    /// Whether the login failed.
    pub const fn is_authentication(self) -> bool {
        use RDKafkaErrorCode as Code;
        matches!(
            self.0,
            Code::Authentication
                | Code::SaslAuthenticationFailed
                | Code::UnsupportedSASLMechanism
                | Code::IllegalSASLState
        )
    }

    /// Whether a message or a batch is larger than the client or the topic allows.
    pub const fn is_too_large(self) -> bool {
        use RDKafkaErrorCode as Code;
        matches!(self.0, Code::MessageSizeTooLarge | Code::MessageBatchTooLarge | Code::InvalidMessageSize)
    }

    /// Whether the topic or the partition does not exist.
    pub const fn is_unknown_topic(self) -> bool {
        use RDKafkaErrorCode as Code;
        matches!(self.0, Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition)
    }
}

impl fmt::Debug for KafkaErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KafkaErrorCode({}, {})", self.number(), self.name())
    }
}

impl fmt::Display for KafkaErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.description(), self.name())
    }
}

impl Error for KafkaErrorCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_predicates_belong_together() {
        // (number, name, retriable, timeout, too large)
        for (number, name, is_retriable, is_timeout, is_too_large) in [
            (-192, "_MSG_TIMED_OUT", true, true, false),
            (-195, "_TRANSPORT", true, false, false),
            (10, "MSG_SIZE_TOO_LARGE", false, false, true),
            (3, "UNKNOWN_TOPIC_OR_PART", false, false, false),
            (0, "NO_ERROR", false, false, false),
        ] {
            let code = KafkaErrorCode::from_number(number).unwrap();
            let found = (code.number(), code.name(), code.is_retriable(), code.is_timeout(), code.is_too_large());
            assert_eq!(found, (number, name, is_retriable, is_timeout, is_too_large));
            assert!(!code.description().is_empty(), "{code:?}");
        }
        for number in [-201, -50, 98, 10_000, i32::MIN] {
            assert_eq!(KafkaErrorCode::from_number(number), None, "{number}");
        }
    }
}
