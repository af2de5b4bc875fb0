//! Why a message failed.

use crate::consumer::BadMessage;
use crate::failure::{Failure, HandlerError};

/// The class of a handler that has panicked.
const PANIC: &str = "panic";

/// Why a message failed.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Its handler returned an error or panicked.
    Handler(HandlerError),
    /// It could not be decoded.
    Bad(Box<BadMessage>),
}

impl From<HandlerError> for Failed {
    fn from(error: HandlerError) -> Self {
        Failed::Handler(error)
    }
}

impl Failed {
    pub(super) fn as_failure(&self) -> Failure<'_> {
        match self {
            Failed::Handler(error) => Failure::from(error),
            Failed::Bad(bad) => Failure::from(&**bad),
        }
    }

    pub(super) fn into_error(self) -> Box<dyn std::error::Error + Send + Sync> {
        match self {
            Failed::Handler(error) => error.into_error(),
            Failed::Bad(bad) => bad,
        }
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
