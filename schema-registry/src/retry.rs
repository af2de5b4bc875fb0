//! How long to wait before a failed call is tried again. No I/O.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

/// When a registry asks for a longer pause than this, the call fails at once, so that the caller can decide. The
/// registry is never asked earlier than it wants.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);

/// Whether a server that answers with this status may succeed later.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// How often, and after which pauses, a failed call is tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// How many times every address is asked again after the first time.
    pub(crate) retries: u32,
    /// The ceiling of the first pause; it doubles with every further one.
    pub(crate) base_delay: Duration,
    /// The ceiling of every pause.
    pub(crate) longest_delay: Duration,
}

impl RetryPolicy {
    /// The pause after `failed_rounds` (from 1) rounds of asking every address, or `None` to give up.
    /// `retry_after` is what the registry asked for.
    pub(crate) fn pause(&self, failed_rounds: u32, retry_after: Option<Duration>) -> Option<Duration> {
        if failed_rounds > self.retries {
            return None;
        }
        let ceiling = 2u32
            .checked_pow(failed_rounds.saturating_sub(1))
            .and_then(|factor| self.base_delay.checked_mul(factor))
            .map_or(self.longest_delay, |delay| delay.min(self.longest_delay));
        let pause = full_jitter(ceiling);
        match retry_after {
            None => Some(pause),
            Some(asked) if asked > LONGEST_RETRY_AFTER => None,
            // The jitter comes on top, or all clients would be back at the same moment.
            Some(asked) => Some(asked.saturating_add(pause)),
        }
    }
}

/// A random duration from zero to `ceiling`, so that clients that failed together do not try again
/// together.
pub(crate) fn full_jitter(ceiling: Duration) -> Duration {
    // The keys of a new RandomState differ from the last one's, which makes the hash of nothing random
    // enough for this, without a dependency.
    let [a, b, c, d, ..] = RandomState::new().hash_one(()).to_le_bytes();
    let random = u32::from_le_bytes([a, b, c, d]);
    ceiling.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// Reads a `Retry-After` header: seconds, or a date.
pub(crate) fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{RetryPolicy, full_jitter, parse_retry_after};

    const POLICY: RetryPolicy =
        RetryPolicy { retries: 40, base_delay: Duration::from_millis(100), longest_delay: Duration::from_secs(2) };

    #[test]
    fn pauses_stay_below_a_doubling_ceiling_and_end() {
        for failed_rounds in 1..=POLICY.retries {
            let doubled = 100u64.saturating_mul(2u64.pow(failed_rounds.min(10) - 1));
            let ceiling = Duration::from_millis(doubled.min(2000));
            let pause = POLICY.pause(failed_rounds, None).expect("another try is left");
            assert!(pause <= ceiling, "{pause:?} after {failed_rounds} rounds");
        }
        assert_eq!(POLICY.pause(POLICY.retries + 1, None), None);
    }

    #[test]
    fn jitter_spreads_over_the_whole_range() {
        let ceiling = Duration::from_secs(1);
        let pauses: Vec<_> = (0..400).map(|_| full_jitter(ceiling)).collect();
        assert!(pauses.iter().all(|pause| *pause <= ceiling));
        // Each half misses 400 draws with a probability of 2^-400.
        assert!(pauses.iter().any(|pause| *pause < ceiling / 2));
        assert!(pauses.iter().any(|pause| *pause > ceiling / 2));
    }

    #[test]
    fn the_registry_is_never_asked_earlier_than_it_wished() {
        let pause = POLICY.pause(1, Some(Duration::from_secs(7))).expect("another try is left");
        assert!(pause >= Duration::from_secs(7) && pause <= Duration::from_millis(7100), "{pause:?}");
        assert_eq!(POLICY.pause(1, Some(Duration::from_secs(3600))), None);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        let check = |text, expected| assert_eq!(parse_retry_after(text, now), expected, "{text}");
        check("120", Some(Duration::from_secs(120)));
        check(" 0 ", Some(Duration::ZERO));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(Duration::from_secs(7)));
        check("Sun, 06 Nov 1994 08:49:00 GMT", Some(Duration::ZERO));
        check("soon", None);
        check("-1", None);
        check("", None);
    }
}
