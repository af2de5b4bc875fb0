//! What can be wrong with an option itself; one that is about schemas that are not there is an
//! [`UnusedOption`](super::UnusedOption).

use std::fmt;

use super::pattern::PatternError;
use super::rust_text::RustTextError;

/// An invalid option: which one, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOption {
    call: String,
    kind: InvalidOptionKind,
}

/// Why an option is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOptionKind {
    /// The pattern is invalid.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The pattern is about other things than the option, which is about one path, about places of one kind, or about
    /// types of every kind.
    #[error("the option cannot be about that; write the pattern as in `{example}`")]
    Unfit {
        /// What would do.
        example: &'static str,
    },
    /// The text is not Rust, or not the kind of Rust that is needed.
    #[error(transparent)]
    RustText(#[from] RustTextError),
    /// A trait that is never derived by itself.
    #[error("`{name}` is not derived by itself; what can be skipped is {}", super::DERIVED.join(", "))]
    NotDerived {
        /// What was given.
        name: String,
    },
}

impl InvalidOption {
    /// `call` is the option as it was given.
    #[must_use]
    pub fn new(call: String, kind: InvalidOptionKind) -> InvalidOption {
        InvalidOption { call, kind }
    }

    /// The option as it was given: `strings("com..acme", …)`.
    #[must_use]
    pub fn call(&self) -> &str {
        &self.call
    }

    /// Why it is invalid.
    #[must_use]
    pub fn kind(&self) -> &InvalidOptionKind {
        &self.kind
    }
}

/// How a call looks; values that are not text are left out.
pub(super) fn call(method: &str, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|argument| format!("{argument:?}")).collect();
    format!("{method}({})", arguments.join(", "))
}

impl fmt::Display for InvalidOption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "in `{}`: {}", self.call, self.kind)
    }
}

impl std::error::Error for InvalidOption {}
