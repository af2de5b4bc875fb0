//! Why a message failed.

use crate::consumer::{BadMessage, MessageProblem};
use crate::failure::{Failure, FailureStage, HandlerError};

/// The class of a handler that has panicked.
const PANIC: &str = "panic";

/// Why a message failed.
#[derive(Debug)]
pub(super) enum Failed {
    /// Its handler returned an error or panicked.
    Handler(HandlerError),
    /// It could not be decoded.
    Bad(Box<BadMessage>),
}

impl Failed {
    pub(super) fn as_failure(&self) -> Failure<'_> {
        match self {
            Failed::Handler(error) => Failure::from(error),
            Failed::Bad(bad) => Failure::of(&**bad).with_stage(FailureStage::Decode).with_class(class_of(&bad.problem)),
        }
    }

    pub(super) fn into_error(self) -> Box<dyn std::error::Error + Send + Sync> {
        match self {
            Failed::Handler(error) => error.into_error(),
            Failed::Bad(bad) => bad,
        }
    }
}

/// What dead letters of undecodable messages are counted by, whatever becomes of the type's path.
fn class_of(problem: &MessageProblem) -> &'static str {
    match problem {
        MessageProblem::Tombstone => "kafka_typed::MessageProblem::Tombstone",
        MessageProblem::Frame(_) => "kafka_typed::MessageProblem::Frame",
        MessageProblem::Registry(_) => "kafka_typed::MessageProblem::Registry",
        MessageProblem::LockMismatch(_) => "kafka_typed::MessageProblem::LockMismatch",
        MessageProblem::Unreadable { .. } => "kafka_typed::MessageProblem::Unreadable",
        MessageProblem::UnknownType { .. } => "kafka_typed::MessageProblem::UnknownType",
        MessageProblem::Decode(_) => "kafka_typed::MessageProblem::Decode",
        MessageProblem::Key(_) => "kafka_typed::MessageProblem::Key",
        MessageProblem::InvalidKey(_) => "kafka_typed::MessageProblem::InvalidKey",
    }
}

/// The error of a handler that has panicked, with the panic's words where it has some.
pub(super) fn panicked(payload: &(dyn std::any::Any + Send)) -> HandlerError {
    let words =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text =
        words.map_or_else(|| "the handler panicked".to_owned(), |words| format!("the handler panicked: {words}"));
    HandlerError::from(text).with_class(PANIC)
}
