//! What happens to a message in its handler: random, and the same in every run.

use std::time::Duration;

use kafka_typed::HandlerError;

use crate::reliability::random::Random;

/// How often the policy lets a message be tried.
pub(super) const ATTEMPTS: u32 = 3;

/// Of 1,000 messages one is slow, and ten fail.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    Good,
    Slow,
    /// So many attempts fail, fewer than the policy lets it have.
    FailsFirst(u64),
    FailsAlways,
    /// With an error that is not to be retried.
    FailsForGood,
}

impl Fate {
    pub(super) fn of(number: u64) -> Self {
        let mut random = Random::new(number);
        match random.below(1_000) {
            0 => Self::Slow,
            1..6 => Self::FailsFirst(1 + random.below(u64::from(ATTEMPTS) - 1)),
            6..9 => Self::FailsAlways,
            9..11 => Self::FailsForGood,
            _ => Self::Good,
        }
    }

    pub(super) fn takes(self) -> Duration {
        match self {
            Self::Slow => Duration::from_millis(500),
            _ => Duration::from_millis(1),
        }
    }

    /// What its handler returns after so many attempts before, by all members together.
    pub(super) fn outcome(self, failed_before: u64) -> Result<(), HandlerError> {
        match self {
            Self::FailsFirst(times) if failed_before < times => Err("not yet".into()),
            Self::FailsAlways => Err("not at all".into()),
            Self::FailsForGood => Err(HandlerError::permanent("never")),
            Self::FailsFirst(_) | Self::Good | Self::Slow => Ok(()),
        }
    }

    /// How many attempts fail before the message goes to the dead letter topic. `None` where it does not.
    pub(super) fn attempts_until_dead(self) -> Option<u32> {
        match self {
            Self::FailsAlways => Some(ATTEMPTS),
            Self::FailsForGood => Some(1),
            Self::Good | Self::Slow | Self::FailsFirst(_) => None,
        }
    }
}
