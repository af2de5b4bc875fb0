//! Access tokens for all that need one: fetched once, and again before they expire.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use crate::access_token::AccessToken;
use crate::token_error::TokenError;

/// How long a source waits after a failure before it tries again to replace a token that is still valid.
const LONGEST_PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

type Fetched = Pin<Box<dyn Future<Output = Result<AccessToken, TokenError>> + Send>>;
type Fetch = Box<dyn Fn() -> Fetched + Send + Sync>;

/// Access tokens for whatever logs in with them: a registry, and Kafka's brokers.
///
/// Cheap to clone, and all clones share the token. It is fetched when it is needed first, by one request however many
/// wait for it. After 70 to 80 % of its lifetime the next one is fetched in the background, while the old one goes on
/// being used; when that fails, the old one is used until its end. Its age is measured by the monotonic clock.
///
/// One is made of a function, or of [`ClientCredentials`](crate::ClientCredentials):
///
/// ```
/// use std::time::Duration;
/// use schema_registry::{AccessToken, Login, SchemaRegistry, TokenSource};
///
/// # async fn ask_own_identity_provider() -> Result<(String, u64), std::io::Error> { Ok(("secret".to_owned(), 3600)) }
/// let tokens = TokenSource::new(|| async {
///     let (token, seconds) = ask_own_identity_provider().await?;
///     Ok::<_, std::io::Error>(AccessToken::new(token).valid_for(Duration::from_secs(seconds)))
/// });
/// let registry = SchemaRegistry::builder().url("https://registry.example.com").login(Login::tokens(tokens)).build();
/// # let _ = registry;
/// ```
#[derive(Clone)]
pub struct TokenSource {
    shared: Arc<Shared>,
}

struct Shared {
    fetch: Fetch,
    state: Mutex<State>,
    /// Whoever fetches holds it. In an `Arc`, so that a task can.
    flight: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    current: Option<AccessToken>,
    /// When the next token is fetched, while the current one is still good.
    refresh_at: Option<Instant>,
    /// How often a token was fetched, or failed to be.
    attempts: u64,
    /// What came of the last attempt.
    last: Option<Result<AccessToken, TokenError>>,
}

impl TokenSource {
    /// A source that calls `fetch` for a new token, once for all that wait for it.
    pub fn new<F, Fut, E>(fetch: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<AccessToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Self::from_fetch(Box::new(move || {
            let fetched = fetch();
            Box::pin(async move { fetched.await.map_err(|error| TokenError::Callback { source: error.into().into() }) })
        }))
    }

    pub(crate) fn from_fetch(fetch: Fetch) -> Self {
        Self { shared: Arc::new(Shared { fetch, state: Mutex::default(), flight: Arc::default() }) }
    }

    /// A token that is valid for some time. Waits only when there is none.
    ///
    /// # Errors
    /// [`TokenError`] when there is no valid token and none can be fetched.
    pub async fn token(&self) -> Result<AccessToken, TokenError> {
        let attempts = {
            let state = self.shared.state();
            match state.usable() {
                Some(token) if !state.is_due() => return Ok(token),
                Some(token) => {
                    drop(state);
                    self.refresh_in_background();
                    return Ok(token);
                }
                None => state.attempts,
            }
        };
        let _flight = self.shared.flight.lock().await;
        if let Some(outcome) = self.shared.outcome_since(attempts) {
            return outcome;
        }
        self.shared.fetch().await
    }

    /// Says that a server has refused a token. It is not used again, and the next that asks has a new one fetched. Does
    /// nothing about a token that has been replaced already.
    pub fn refuse(&self, token: &AccessToken) {
        let mut state = self.shared.state();
        if state.current.as_ref() == Some(token) {
            state.current = None;
        }
    }

    fn refresh_in_background(&self) {
        // Somebody fetches already when it is taken.
        let Ok(flight) = Arc::clone(&self.shared.flight).try_lock_owned() else { return };
        // It may have been fetched between the look at its age and now.
        if self.shared.state().is_due() {
            tokio::spawn(refresh(Arc::clone(&self.shared), flight));
        }
    }
}

async fn refresh(shared: Arc<Shared>, _flight: OwnedMutexGuard<()>) {
    if let Err(error) = shared.fetch().await {
        let cause = error.source().map(tracing::field::display);
        tracing::warn!(cause, "no new access token, and the old one is used until it expires: {error}");
    }
}

impl Shared {
    /// Fetches a token and keeps it. To be called by whoever holds the flight.
    async fn fetch(&self) -> Result<AccessToken, TokenError> {
        // The lifetime is counted from before the request, since the server has counted it from a moment after that.
        let began = Instant::now();
        let fetched = (self.fetch)().await.map(|token| token.since(began));
        let fetched = fetched.and_then(|token| match token.check() {
            Ok(()) => Ok(token),
            Err(source) => Err(TokenError::InvalidToken { source }),
        });
        let mut state = self.state();
        let pause = match &fetched {
            Ok(token) => {
                tracing::debug!(remaining = ?token.remaining(), "fetched an access token");
                state.current = Some(token.clone());
                token.pause_before_refresh()
            }
            Err(_) => {
                let left = state.current.as_ref().map(AccessToken::remaining).unwrap_or_default();
                (left / 4).min(LONGEST_PAUSE_AFTER_FAILURE)
            }
        };
        state.refresh_at = Instant::now().checked_add(pause);
        state.attempts += 1;
        state.last = Some(fetched.clone());
        fetched
    }

    /// What came of an attempt that ended after this many, for those who waited for it.
    fn outcome_since(&self, attempts: u64) -> Option<Result<AccessToken, TokenError>> {
        let state = self.state();
        if let Some(token) = state.usable() {
            return Some(Ok(token));
        }
        state.last.clone().filter(|_| state.attempts != attempts)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn usable(&self) -> Option<AccessToken> {
        self.current.clone().filter(AccessToken::is_usable)
    }

    fn is_due(&self) -> bool {
        self.refresh_at.is_some_and(|at| Instant::now() >= at)
    }
}

impl PartialEq for TokenSource {
    /// Whether they share their token.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for TokenSource {}

impl fmt::Debug for TokenSource {
    /// Prints nothing of the token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenSource(..)")
    }
}
