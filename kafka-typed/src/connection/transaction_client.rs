//! The librdkafka client of a transactional id. Its calls block, some of them until brokers answer.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::KafkaError;
use rdkafka::producer::Producer;
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::types::RDKafkaErrorCode;

use super::error_code::KafkaErrorCode;
use super::native;
use super::producer_client::{Client, ClientUse};
use super::{Connection, ConnectionError, DeliveryError};

/// The client of a transactional id, which all producers of its [`Connection`] share.
pub(crate) struct TransactionClient {
    used: ClientUse,
}

/// A call about a transaction has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransactionFault {
    pub(crate) kind: FaultKind,
    pub(crate) code: KafkaErrorCode,
    /// librdkafka's words, which tell more than the code.
    pub(crate) reason: String,
}

/// What is to be done about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The same call is to be repeated. It goes on where it was.
    Retriable,
    /// The transaction has to be aborted. Another one may be begun.
    Abortable,
    /// Another client has the transactional id now, or the brokers have aborted the transaction for its age.
    Fenced,
    /// The client can do nothing more.
    Fatal,
}

impl TransactionClient {
    /// Starts the client of a [transactional](Connection::transactional) connection.
    pub(crate) fn start(connection: &Connection) -> Result<Self, ConnectionError> {
        let settings = connection.settings().producer(&[])?;
        let (keep_alive, tokens) = (connection.keep_alive(), connection.tokens());
        let used = connection.producer_clients().join(settings.client, true, &settings.config, (keep_alive, tokens))?;
        Ok(Self { used })
    }

    fn client(&self) -> &Arc<Client> {
        self.used.client()
    }

    /// Takes the transactional id over: whatever another client has begun with it is ended, and that can do nothing
    /// more.
    pub(crate) fn init(&self, timeout: Duration) -> Result<(), TransactionFault> {
        self.client().init_transactions(timeout).map_err(|error| self.fault(&error))
    }

    /// Begins a transaction. Asks no broker.
    pub(crate) fn begin(&self) -> Result<(), TransactionFault> {
        self.client().begin_transaction().map_err(|error| self.fault(&error))
    }

    /// Adds offsets of a group, whose member the sender is.
    pub(crate) fn send_offsets(
        &self,
        offsets: &TopicPartitionList,
        membership: &ConsumerGroupMetadata,
        timeout: Duration,
    ) -> Result<(), TransactionFault> {
        let sent = self.client().send_offsets_to_transaction(offsets, membership, timeout);
        sent.map_err(|error| self.fault(&error))
    }

    /// Waits for the delivery reports of all records, and commits.
    pub(crate) fn commit(&self, timeout: Duration) -> Result<(), TransactionFault> {
        // What is in the way of that is what committing reports.
        let _ = native::flush(self.client(), timeout);
        self.client().commit_transaction(timeout).map_err(|error| self.fault(&error))
    }

    /// Takes back what was sent, on its way or not.
    pub(crate) fn abort(&self, timeout: Duration) -> Result<(), TransactionFault> {
        self.client().abort_transaction(timeout).map_err(|error| self.fault(&error))
    }

    fn fault(&self, error: &KafkaError) -> TransactionFault {
        let fault = TransactionFault::of(error);
        match self.client().client().fatal_error() {
            // Calls after the one that has found a fatal error only report that there is one.
            Some((code, reason)) => {
                let code = KafkaErrorCode::new(code);
                let kind = if is_fencing(code) { FaultKind::Fenced } else { FaultKind::Fatal };
                TransactionFault { kind, code, reason }
            }
            None => fault,
        }
    }
}

impl TransactionFault {
    /// A record was not taken, although it was looked at before: the transaction cannot go on.
    pub(crate) fn refused(error: &DeliveryError) -> Self {
        let code = error.code().unwrap_or(KafkaErrorCode::new(RDKafkaErrorCode::Fail));
        Self { kind: FaultKind::Abortable, code, reason: error.to_string() }
    }

    /// The tokio runtime has ended.
    pub(crate) fn no_runtime() -> Self {
        let reason = "the tokio runtime has ended".to_owned();
        Self { kind: FaultKind::Fatal, code: KafkaErrorCode::new(RDKafkaErrorCode::Fail), reason }
    }

    /// There is no such offset.
    pub(crate) fn invalid_offset(code: KafkaErrorCode) -> Self {
        Self { kind: FaultKind::Fatal, code, reason: code.description().to_owned() }
    }

    /// Partitions went to somebody else before their offsets were in the transaction.
    pub(crate) fn taken_away() -> Self {
        let reason = "partitions of it were given to another member of the group".to_owned();
        Self { kind: FaultKind::Abortable, code: KafkaErrorCode::new(RDKafkaErrorCode::AssignmentLost), reason }
    }

    fn of(error: &KafkaError) -> Self {
        let code = KafkaErrorCode::of(error);
        let kind = match error {
            KafkaError::Transaction(error) if error.is_fatal() && is_fencing(code) => FaultKind::Fenced,
            KafkaError::Transaction(error) if error.is_fatal() => FaultKind::Fatal,
            KafkaError::Transaction(error) if error.txn_requires_abort() => FaultKind::Abortable,
            KafkaError::Transaction(error) if error.is_retriable() => FaultKind::Retriable,
            // Waiting for delivery reports has taken too long.
            KafkaError::Flush(_) => FaultKind::Retriable,
            _ => FaultKind::Fatal,
        };
        let reason = match error {
            KafkaError::Transaction(error) => error.string(),
            error => error.to_string(),
        };
        Self { kind, code, reason }
    }
}

fn is_fencing(code: KafkaErrorCode) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(code.code(), Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch)
}
