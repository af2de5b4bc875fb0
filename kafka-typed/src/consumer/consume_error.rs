//! What can go wrong while messages are received.

use std::sync::Arc;

use thiserror::Error;

use super::bad_message::BadMessage;
use crate::connection::{Acknowledgement, ReceiveError};

/// A message could not be received.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConsumeError {
    /// One message is bad, and further ones follow. When the error [is retriable](ConsumeError::is_retriable), the
    /// message waits for the registry, and comes again by itself.
    #[error(transparent)]
    Message(Box<BadMessage>),
    /// Kafka did not give the next message.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// The tokio runtime that the consumer was built in has ended, and the registry can be asked no more. There are no
    /// further messages.
    #[error(
        "the tokio runtime in which the consumer of topic `{topic}` was built has ended: keep it running, or build another consumer"
    )]
    NoRuntime {
        /// The topic.
        topic: Arc<str>,
    },
}

impl ConsumeError {
    /// Whether the message comes again by itself, as soon as the registry gives its schema. Only its partition waits
    /// for that.
    pub fn is_retriable(&self) -> bool {
        self.bad_message().is_some_and(BadMessage::is_retriable)
    }

    /// Whether there are no further messages.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Message(_) => false,
            Self::Receive(error) => error.is_fatal(),
            Self::NoRuntime { .. } => true,
        }
    }

    /// Reports that the bad message is done, see [`Acknowledgement`](crate::Acknowledgement). Changes nothing for
    /// errors that are not about one message, and for those that [are retriable](Self::is_retriable).
    pub fn done(&self) {
        if let Some(acknowledgement) = self.acknowledgement() {
            acknowledgement.done();
        }
    }

    pub(crate) fn acknowledgement(&self) -> Option<&Acknowledgement> {
        self.bad_message().map(|message| &message.acknowledgement)
    }

    /// The message that is bad, with its bytes, when the error is about one message.
    pub fn bad_message(&self) -> Option<&BadMessage> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        match self {
            Self::Message(message) => &message.topic,
            Self::Receive(error) => error.topic(),
            Self::NoRuntime { topic } => topic,
        }
    }
}

/// What a consumer yields for the message.
impl From<BadMessage> for ConsumeError {
    fn from(message: BadMessage) -> Self {
        Self::Message(Box::new(message))
    }
}
