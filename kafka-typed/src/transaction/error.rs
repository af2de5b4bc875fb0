//! Why transactions, or a run of them, have ended.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error as ErrorImpl;

use super::summary::TransactionalSummary;
use crate::connection::transaction_client::{FaultKind, TransactionFault};
use crate::connection::{ConnectionError, KafkaErrorCode};
use crate::handler::RunProblem;

/// The transactions of an id cannot go on.
#[derive(Clone, Debug, ErrorImpl)]
#[non_exhaustive]
pub enum TransactionError {
    /// Another client has taken the id over, or the brokers have aborted a transaction that was open for longer than
    /// `transaction.timeout.ms`. Nothing of the open transaction counts.
    #[error(
        "the transactional id `{id}` belongs to another client now, or its transaction was open for longer than `transaction.timeout.ms`: \
         give each running instance an id of its own, and start this one again ({reason})"
    )]
    Fenced {
        /// The transactional id.
        id: Arc<str>,
        /// librdkafka's words.
        reason: String,
        /// Kafka's answer.
        source: KafkaErrorCode,
    },
    /// The last transaction was aborted while the run ended. Its messages come again.
    #[error(
        "the last transaction of `{id}` was aborted while the run ended ({reason}): its messages are processed again by the next run, or \
         by another member of the group"
    )]
    Aborted {
        /// The transactional id.
        id: Arc<str>,
        /// librdkafka's words.
        reason: String,
    },
    /// There was no time to commit or abort the last transaction. Whoever uses the id next ends it first.
    #[error(
        "whether the last transaction of `{id}` is committed was not known after {timeout:?}: the next client with this id settles that \
         before it begins; check whether the brokers can be reached from here"
    )]
    Unresolved {
        /// The transactional id.
        id: Arc<str>,
        /// How long was waited.
        timeout: Duration,
    },
    /// Kafka, or librdkafka, can do nothing more for this id.
    #[error("the transactions of `{id}` cannot go on: {reason}{}", remedy(.source))]
    Refused {
        /// The transactional id.
        id: Arc<str>,
        /// librdkafka's words.
        reason: String,
        /// Kafka's answer.
        source: KafkaErrorCode,
    },
    /// Each [`Transactions`](crate::Transactions) is for one run at a time.
    #[error(
        "the transactions of `{id}` are used by another run, or by one that did not end properly: build others with \
         `.transactional(\"{id}\")` for this run"
    )]
    InUse {
        /// The transactional id.
        id: Arc<str>,
    },
}

fn remedy(code: &KafkaErrorCode) -> &'static str {
    match code.is_authorization() {
        true => {
            ": grant this user the rights to write with this transactional id, to write to the topics and to read in the group"
        }
        false => "",
    }
}

impl TransactionError {
    pub(super) fn of(id: &Arc<str>, fault: TransactionFault) -> Self {
        let (id, TransactionFault { kind, code: source, reason }) = (Arc::clone(id), fault);
        match kind {
            FaultKind::Fenced => Self::Fenced { id, reason, source },
            FaultKind::Abortable => Self::Aborted { id, reason },
            FaultKind::Fatal | FaultKind::Retriable => Self::Refused { id, reason, source },
        }
    }

    /// The transactional id.
    pub fn id(&self) -> &str {
        match self {
            Self::Fenced { id, .. }
            | Self::Aborted { id, .. }
            | Self::Unresolved { id, .. }
            | Self::Refused { id, .. }
            | Self::InUse { id } => id,
        }
    }

    /// Whether another client has taken the transactional id over, or the transaction has taken too long. Starting
    /// again takes it back.
    pub fn is_fenced(&self) -> bool {
        matches!(self, Self::Fenced { .. })
    }

    /// Whether a transaction was aborted, and nothing is wrong beyond that: its messages come again.
    pub fn is_abortable(&self) -> bool {
        matches!(self, Self::Aborted { .. })
    }

    /// Whether it was not known in time how the last transaction ended.
    pub fn is_unresolved(&self) -> bool {
        matches!(self, Self::Unresolved { .. })
    }

    /// Whether the user lacks a right.
    pub fn is_authorization(&self) -> bool {
        matches!(self, Self::Refused { source, .. } if source.is_authorization())
    }
}

/// A transactional run has ended before it was asked to, or did not end properly.
///
/// What was committed until then counts; everything else comes again.
#[derive(Debug)]
#[non_exhaustive]
pub struct TransactionalRunError {
    /// Why.
    pub problem: TransactionalProblem,
    /// What was done until then.
    pub summary: Box<TransactionalSummary>,
}

/// Why a transactional run has ended.
#[derive(Debug, ErrorImpl)]
#[non_exhaustive]
pub enum TransactionalProblem {
    /// Its transactions cannot go on.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// As for every run: a message, the consumer, a setting.
    #[error(transparent)]
    Run(#[from] RunProblem),
}

impl From<ConnectionError> for TransactionalProblem {
    fn from(error: ConnectionError) -> Self {
        Self::Run(error.into())
    }
}

impl TransactionalRunError {
    /// One that has ended before anything was processed.
    pub(super) fn at_start(problem: impl Into<TransactionalProblem>) -> Self {
        Self { problem: problem.into(), summary: Box::default() }
    }

    /// The error of the transactions, when it was one.
    pub fn transaction(&self) -> Option<&TransactionError> {
        match &self.problem {
            TransactionalProblem::Transaction(error) => Some(error),
            TransactionalProblem::Run(_) => None,
        }
    }

    /// [`TransactionError::is_fenced`].
    pub fn is_fenced(&self) -> bool {
        self.transaction().is_some_and(TransactionError::is_fenced)
    }

    /// [`TransactionError::is_abortable`].
    pub fn is_abortable(&self) -> bool {
        self.transaction().is_some_and(TransactionError::is_abortable)
    }

    /// [`TransactionError::is_unresolved`].
    pub fn is_unresolved(&self) -> bool {
        self.transaction().is_some_and(TransactionError::is_unresolved)
    }

    /// The topic, partition and offset of the message that ended the run, when it was one.
    pub fn message(&self) -> Option<(&str, i32, i64)> {
        match &self.problem {
            TransactionalProblem::Run(problem) => problem.message(),
            TransactionalProblem::Transaction(_) => None,
        }
    }
}

impl fmt::Display for TransactionalRunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.problem, formatter)
    }
}

impl Error for TransactionalRunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.problem.source()
    }
}
