//! A failure, as policies decide about it and dead letters describe it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;

use super::handler_error::{HandlerError, class_of};
use crate::consumer::{BadMessage, MessageProblem};

/// The longest description that a header gets. A dead letter has to fit where the message did.
const LONGEST_MESSAGE: usize = 4096;

/// Why a message could not be processed: an error, its class, and where it occurred.
#[derive(Clone, Debug)]
pub struct Failure<'e> {
    error: &'e (dyn Error + Send + Sync + 'static),
    class: Cow<'e, str>,
    stage: FailureStage,
    attempts: u32,
    is_permanent: bool,
}

/// Where a message failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureStage {
    /// Its bytes did not become a key and a value.
    Decode,
    /// Its handler returned an error.
    Handle,
}

impl<'e> Failure<'e> {
    /// A failure to process a message with this error. Its class is the error's type, see
    /// [`HandlerError`](HandlerError#class).
    pub fn of<E: Error + Send + Sync + 'static>(error: &'e E) -> Self {
        let class = Cow::Borrowed(class_of::<E>());
        Self { error, class, stage: FailureStage::Handle, attempts: 1, is_permanent: false }
    }

    /// Sets the class.
    #[must_use]
    pub fn with_class(self, class: impl Into<Cow<'e, str>>) -> Self {
        Self { class: class.into(), ..self }
    }

    /// Sets where it occurred. Default: in the handler.
    #[must_use]
    pub fn with_stage(self, stage: FailureStage) -> Self {
        Self { stage, ..self }
    }

    /// Sets how often this delivery of the message was tried. Default: once.
    #[must_use]
    pub fn after_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Makes it one that is not retried.
    #[must_use]
    pub fn permanent(self) -> Self {
        Self { is_permanent: true, ..self }
    }

    /// The error.
    pub fn error(&self) -> &'e (dyn Error + Send + Sync + 'static) {
        self.error
    }

    /// The class of the error.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Where it occurred.
    pub fn stage(&self) -> FailureStage {
        self.stage
    }

    /// How often this delivery of the message was tried.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether retrying is of no use.
    pub fn is_permanent(&self) -> bool {
        self.is_permanent
    }

    /// The error's text and that of its causes, cut off where that is very long.
    pub fn message(&self) -> String {
        let mut message = self.error.to_string();
        let mut source = self.error.source();
        while let Some(cause) = source {
            let _ = write!(message, ": {cause}");
            source = cause.source();
        }
        if message.len() > LONGEST_MESSAGE {
            let end = (0..=LONGEST_MESSAGE).rev().find(|end| message.is_char_boundary(*end));
            message.truncate(end.unwrap_or(0));
            message.push('…');
        }
        message
    }
}

impl<'e> From<&'e HandlerError> for Failure<'e> {
    fn from(error: &'e HandlerError) -> Self {
        Self {
            error: error.error(),
            class: Cow::Borrowed(error.class()),
            stage: FailureStage::Handle,
            attempts: 1,
            is_permanent: error.is_permanent(),
        }
    }
}

impl<'e> From<&'e BadMessage> for Failure<'e> {
    fn from(message: &'e BadMessage) -> Self {
        let class = Cow::Borrowed(class_of_problem(&message.problem));
        Self { error: message, class, stage: FailureStage::Decode, attempts: 1, is_permanent: false }
    }
}

/// The name of the variant, with its path.
fn class_of_problem(problem: &MessageProblem) -> &'static str {
    match problem {
        MessageProblem::Tombstone => "kafka_typed::MessageProblem::Tombstone",
        MessageProblem::Frame(_) => "kafka_typed::MessageProblem::Frame",
        MessageProblem::Registry(_) => "kafka_typed::MessageProblem::Registry",
        MessageProblem::LockMismatch(_) => "kafka_typed::MessageProblem::LockMismatch",
        MessageProblem::Unreadable { .. } => "kafka_typed::MessageProblem::Unreadable",
        MessageProblem::UnknownType { .. } => "kafka_typed::MessageProblem::UnknownType",
        MessageProblem::Key(_) => "kafka_typed::MessageProblem::Key",
        MessageProblem::InvalidKey(_) => "kafka_typed::MessageProblem::InvalidKey",
        MessageProblem::Decode(_) => "kafka_typed::MessageProblem::Decode",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::{DeliveryError, KafkaErrorCode};

    #[test]
    fn messages_have_their_causes_and_an_end() {
        let topic = "orders".into();
        let source = KafkaErrorCode::from_number(10).unwrap();
        let error = DeliveryError::NotDelivered { topic, source };
        let failure = Failure::of(&error);
        assert!(failure.message().ends_with(": Broker: Message size too large (MSG_SIZE_TOO_LARGE)"));
        assert_eq!(failure.class(), "kafka_typed::connection::error::DeliveryError");

        let long = HandlerError::from("é".repeat(5000));
        let message = Failure::from(&long).message();
        assert!(message.ends_with("é…") && message.len() <= LONGEST_MESSAGE + '…'.len_utf8(), "{}", message.len());
    }
}
