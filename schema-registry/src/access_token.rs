//! An access token, and how long it is of use. No I/O.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::login::{LoginError, check_token};
use crate::retry::full_jitter;

/// How long a token is of use when nobody has told its lifetime.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// A token is not sent any more this long before its end, since it takes time to arrive.
const LONGEST_MARGIN: Duration = Duration::from_secs(5);

/// An access token of OAuth 2.0, as a [`TokenSource`](crate::TokenSource) gives it. Cheap to clone.
///
/// ```
/// use std::time::Duration;
/// use schema_registry::AccessToken;
///
/// let token = AccessToken::new("eyJhbGciOi").valid_for(Duration::from_secs(3600));
/// assert!(token.remaining() > Duration::from_secs(3590));
/// assert_eq!(format!("{token:?}"), "AccessToken(..)");
/// ```
#[derive(Clone)]
pub struct AccessToken {
    text: Arc<str>,
    lifetime: Duration,
    /// By the monotonic clock, so that nobody has to set a clock right.
    since: Instant,
}

impl AccessToken {
    /// A token that is valid from now on. White space around it is removed. It is of use for five minutes unless
    /// [`valid_for`](Self::valid_for) tells its lifetime.
    pub fn new(token: impl AsRef<str>) -> Self {
        Self { text: token.as_ref().trim().into(), lifetime: ASSUMED_LIFETIME, since: Instant::now() }
    }

    /// Sets how long it is valid from its creation on: `expires_in` of OAuth 2.0.
    #[must_use]
    pub fn valid_for(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The token itself, which is secret.
    pub fn secret(&self) -> &str {
        &self.text
    }

    /// How long it is still valid.
    pub fn remaining(&self) -> Duration {
        self.lifetime.saturating_sub(self.since.elapsed())
    }

    /// The same, valid from an earlier time on.
    pub(crate) fn since(mut self, since: Instant) -> Self {
        self.since = since;
        self
    }

    /// Whether a header can hold it.
    pub(crate) fn check(&self) -> Result<(), LoginError> {
        check_token(&self.text)
    }

    pub(crate) fn is_usable(&self) -> bool {
        self.remaining() > LONGEST_MARGIN.min(self.lifetime / 20)
    }

    /// How long to wait before the next one is fetched: from seven to eight tenths of the lifetime, by chance, so that
    /// many processes do not come at the same moment.
    pub(crate) fn pause_before_refresh(&self) -> Duration {
        let age = self.since.elapsed();
        (self.lifetime / 10 * 7 + full_jitter(self.lifetime / 10)).saturating_sub(age)
    }
}

impl PartialEq for AccessToken {
    /// Whether they have the same text, however long they are valid.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for AccessToken {}

impl fmt::Debug for AccessToken {
    /// Prints nothing of it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_replaced_before_it_ends() {
        for seconds in [1, 60, 3600, 86_400] {
            let lifetime = Duration::from_secs(seconds);
            let tokens: Vec<_> = (0..200).map(|_| AccessToken::new("t").valid_for(lifetime)).collect();
            for token in &tokens {
                let pause = token.pause_before_refresh();
                assert!(pause <= lifetime.mul_f64(0.8) && pause >= lifetime.mul_f64(0.6), "{pause:?} of {lifetime:?}");
                assert!(token.is_usable(), "{lifetime:?}");
            }
            let pauses = || tokens.iter().map(AccessToken::pause_before_refresh);
            let spread = pauses().max().zip(pauses().min()).map(|(most, least)| most - least);
            assert!(spread > Some(lifetime.mul_f64(0.03)), "{spread:?} of {lifetime:?}");
        }
    }

    #[test]
    fn a_token_is_not_sent_shortly_before_its_end() {
        let check = |lifetime: u64, age: f64, is_usable: bool| {
            let since = Instant::now().checked_sub(Duration::from_secs_f64(age)).expect("this machine runs for longer");
            let token = AccessToken::new("t").valid_for(Duration::from_secs(lifetime)).since(since);
            assert_eq!(token.is_usable(), is_usable, "{age} of {lifetime}");
        };
        check(300, 290.0, true);
        check(300, 296.0, false);
        check(300, 310.0, false);
        check(10, 9.0, true);
        check(10, 9.7, false);
        check(0, 0.0, false);
    }
}
