//! What a call of the client does, and its deadline: one call can take several requests, each of them several tries.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

/// A call under way.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// For errors: "fetching schema 7".
    pub(crate) what: String,
    pub(crate) began: Instant,
    /// `None` where it is too far in the future for the clock.
    pub(crate) deadline: Option<Instant>,
}

/// What a call that failed has cost. Small, since every error of a request has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    tries: u32,
    milliseconds: u32,
}

impl Effort {
    pub(crate) fn new(tries: u32, waited: Duration) -> Self {
        Self { tries, milliseconds: waited.as_millis().try_into().unwrap_or(u32::MAX) }
    }

    /// How many requests were made, to all addresses together.
    pub fn tries(self) -> u32 {
        self.tries
    }

    /// The time since the call began, to the millisecond.
    pub fn waited(self) -> Duration {
        Duration::from_millis(self.milliseconds.into())
    }
}

impl Operation {
    pub(crate) fn new(what: String, longest: Duration) -> Self {
        let began = Instant::now();
        Self { what, began, deadline: began.checked_add(longest) }
    }

    /// A part of this, which has to end when this does.
    pub(crate) fn step(&self, what: &str) -> Self {
        Self { what: format!("{}: {what}", self.what), ..self.clone() }
    }

    /// Whether the deadline is over after this pause.
    pub(crate) fn is_over_after(&self, pause: Duration) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() + pause >= deadline)
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tries = if self.tries == 1 { "try" } else { "tries" };
        write!(formatter, "{} {tries} in {:.1} s", self.tries, self.waited().as_secs_f64())
    }
}
