//! Retries in place: how often, after which pauses, and of which errors.

use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// Retries of a message in place: the messages behind it, in its partition or of its key, wait for it, and others go
/// on.
///
/// ```
/// use std::time::Duration;
///
/// use kafka_typed::Retry;
///
/// # #[derive(Debug)] struct Busy;
/// # impl std::fmt::Display for Busy {
/// #     fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) }
/// # }
/// # impl std::error::Error for Busy {}
/// let retry = Retry::new(5)
///     .backoff(Duration::from_millis(50), Duration::from_secs(5))
///     .only_if(|error| error.downcast_ref::<Busy>().is_some());
/// ```
#[derive(Clone)]
pub struct Retry {
    retries: u32,
    shortest: Duration,
    longest: Duration,
    condition: Option<Condition>,
}

type Condition = Arc<dyn Fn(&(dyn Error + 'static)) -> bool + Send + Sync>;

impl Retry {
    /// Tries a message that has failed so many times again. The pauses are between 200 milliseconds and ten seconds.
    #[must_use]
    pub fn new(retries: u32) -> Self {
        let (shortest, longest) = (Duration::from_millis(200), Duration::from_secs(10));
        Self { retries, shortest, longest, condition: None }
    }

    /// Sets the bounds of the pauses. A pause is at random between the first bound and twice that before the first
    /// retry, four times before the second, and so on, up to the second bound: many consumers that fail together do
    /// not come back together.
    #[must_use]
    pub fn backoff(self, shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest: longest.max(shortest), ..self }
    }

    /// Retries only these errors, in place and by retry topics; others go at once where the policy ends. The error is
    /// the one that the handler has returned, or a [`BadMessage`](crate::BadMessage).
    #[must_use]
    pub fn only_if(self, condition: impl Fn(&(dyn Error + 'static)) -> bool + Send + Sync + 'static) -> Self {
        Self { condition: Some(Arc::new(condition)), ..self }
    }

    pub(super) fn allows(&self, error: &(dyn Error + 'static)) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition(error))
    }

    /// The pause after this many attempts, or `None` when that was the last.
    pub(super) fn pause(&self, attempts: u32, random: u32) -> Option<Duration> {
        if attempts > self.retries {
            return None;
        }
        let factor = 2_u32.saturating_pow(attempts.max(1));
        let ceiling = self.shortest.saturating_mul(factor).min(self.longest);
        let span = ceiling.saturating_sub(self.shortest);
        // In whole nanoseconds: a float could round beyond the ceiling.
        let nanos = span.as_nanos().saturating_mul(u128::from(random)) / u128::from(u32::MAX);
        Some(self.shortest.saturating_add(Duration::from_nanos_u128(nanos)))
    }
}

/// A random number that is good enough for pauses: the keys of a new `RandomState` differ from those of the last one.
pub(super) fn random() -> u32 {
    let [a, b, c, d, ..] = RandomState::new().hash_one(()).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

impl fmt::Debug for Retry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Retry")
            .field("retries", &self.retries)
            .field("shortest", &self.shortest)
            .field("longest", &self.longest)
            .field("is_conditional", &self.condition.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pauses_stay_within_their_bounds(
            retries in 0_u32..100,
            attempts in 1_u32..110,
            shortest in 0_u64..10_000,
            longest in 0_u64..1_000_000,
            random: u32,
        ) {
            let (shortest, longest) = (Duration::from_millis(shortest), Duration::from_millis(longest));
            let retry = Retry::new(retries).backoff(shortest, longest);
            let pause = retry.pause(attempts, random);
            prop_assert_eq!(pause.is_some(), attempts <= retries);
            let doubled = shortest.saturating_mul(2_u32.saturating_pow(attempts));
            if let Some(pause) = pause {
                prop_assert!(pause >= shortest && pause <= longest.max(shortest) && pause <= doubled, "{:?}", pause);
            }
            let of = |random| retry.pause(attempts, random).unwrap_or_default();
            prop_assert!(of(0) <= of(random) && of(random) <= of(u32::MAX));
            if attempts <= retries {
                prop_assert_eq!((of(0), of(u32::MAX)), (shortest, doubled.min(longest.max(shortest))));
            }
        }

        #[test]
        fn extreme_bounds_do_not_overflow(attempts: u32, random: u32) {
            let retry = Retry::new(u32::MAX).backoff(Duration::MAX, Duration::MAX);
            prop_assert_eq!(retry.pause(attempts, random), Some(Duration::MAX));
        }
    }

    #[test]
    fn pauses_differ() {
        let retry = Retry::new(1).backoff(Duration::ZERO, Duration::from_secs(1));
        assert_eq!(retry.pause(1, random()), Some(Duration::ZERO), "twice nothing is nothing");
        let retry = Retry::new(1).backoff(Duration::from_secs(1), Duration::from_secs(2));
        let pauses: std::collections::HashSet<_> = (0..100).map(|_| retry.pause(1, random())).collect();
        assert!(pauses.len() > 50, "{}", pauses.len());
    }
}
