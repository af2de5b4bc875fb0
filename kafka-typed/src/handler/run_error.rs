//! Why a run has ended before it was asked to.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use thiserror::Error as ErrorImpl;

use super::counts::RunSummary;
use super::key_order_error::KeyOrderError;
use crate::connection::{CommitError, ConnectionError};
use crate::consumer::ConsumeError;
use crate::failure::LetterError;

/// A run has ended before it was asked to, or its consumer did not close properly.
///
/// What was processed until then is committed all the same.
#[derive(Debug)]
#[non_exhaustive]
pub struct RunError {
    /// Why.
    pub problem: RunProblem,
    /// What was done until then.
    pub summary: Box<RunSummary>,
}

/// Why a run has ended.
#[derive(Debug, ErrorImpl)]
#[non_exhaustive]
pub enum RunProblem {
    /// A message failed, and the policy is to [fail](crate::FailurePolicy::fail) then.
    #[error(
        "the message at offset {offset} of partition {partition} of topic `{topic}` was not processed after {attempts} attempts, and comes \
         again when the consumer is started again: mend its cause, or choose a policy that skips it or sends it to a dead letter topic"
    )]
    Message {
        /// The topic.
        topic: Arc<str>,
        /// The partition.
        partition: i32,
        /// The offset of the message.
        offset: i64,
        /// How often it was tried since it was read.
        attempts: u32,
        /// The error of its handler, or the [`BadMessage`](crate::BadMessage).
        source: Box<dyn Error + Send + Sync>,
    },
    /// A message that failed can never be sent to its retry topic or dead letter topic. It is not done.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// The consumer cannot go on.
    #[error(transparent)]
    Consume(#[from] ConsumeError),
    /// A policy sends messages to a dead letter topic that nobody has named.
    #[error(
        "messages of topic `{topic}` that fail are to be sent to a dead letter topic, which is not named: call `.dead_letters(..)` on its \
         `Topic`, or use `FailurePolicy::dead_letters_to(..)`"
    )]
    NoDeadLetterTopic {
        /// The topic.
        topic: Arc<str>,
    },
    /// A run reads the topic that its own dead letters are sent to, so that each would come back for ever.
    #[error(
        "topic `{topic}` is read, and messages that fail are sent to it as dead letters, so that they would come back for ever: read \
         it by a run of its own, with another policy"
    )]
    DeadLettersComeBack {
        /// The topic.
        topic: Arc<str>,
    },
    /// The order of keys cannot be kept through retry topics.
    #[error(transparent)]
    KeyOrder(#[from] KeyOrderError),
    /// A retry topic or a dead letter topic cannot be used, or no tokio runtime is running.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// What is done could not be committed at the end, or the group could not be left in time.
    #[error(transparent)]
    Close(#[from] CommitError),
    /// The operating system does not report signals to this process.
    #[error("signals to this process cannot be waited for: use `.stop_when(..)` instead of `.stop_on_signal()`")]
    Signal(#[source] std::io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.problem, formatter)
    }
}

impl Error for RunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.problem.source()
    }
}

impl RunError {
    /// The topic, partition and offset of the message that ended the run, when it was one.
    pub fn message(&self) -> Option<(&str, i32, i64)> {
        self.problem.message()
    }
}

impl RunProblem {
    /// The topic, partition and offset of the message that it is about, when it is one.
    pub fn message(&self) -> Option<(&str, i32, i64)> {
        match self {
            Self::Message { topic, partition, offset, .. }
            | Self::Letter(
                LetterError::NotDelivered { topic, partition, offset, .. }
                | LetterError::NoProducer { topic, partition, offset, .. }
                | LetterError::NoRetryTopic { topic, partition, offset, .. },
            ) => Some((topic, *partition, *offset)),
            Self::Consume(error) => error.bad_message().map(|bad| (&*bad.topic, bad.partition, bad.offset)),
            _ => None,
        }
    }
}

/// One that has ended before anything was processed.
impl<P: Into<RunProblem>> From<P> for RunError {
    fn from(problem: P) -> Self {
        Self { problem: problem.into(), summary: Box::default() }
    }
}
