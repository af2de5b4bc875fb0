//! A token that logs in to brokers by OAUTHBEARER, and where such tokens come from.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

/// A token that producers and consumers log in to brokers with, by the SASL mechanism OAUTHBEARER. See
/// [`ConnectionBuilder::broker_tokens`](super::ConnectionBuilder::broker_tokens).
///
/// ```
/// use std::time::Duration;
/// use kafka_typed::connection::BrokerToken;
///
/// let token = BrokerToken::new("eyJhbGciOi", Duration::from_secs(900)).extension("logicalCluster", "lkc-abc123");
/// assert_eq!(format!("{token:?}"), "BrokerToken(..)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerToken {
    pub(crate) token: String,
    pub(crate) lifetime: Duration,
    pub(crate) principal: String,
    pub(crate) extensions: Vec<(String, String)>,
}

impl BrokerToken {
    /// A token that is valid for `lifetime` from now on. The next one is fetched after four fifths of it.
    pub fn new(token: impl Into<String>, lifetime: Duration) -> Self {
        Self { token: token.into(), lifetime, principal: String::new(), extensions: Vec::new() }
    }

    /// The name of whom the token is for. Brokers read it in the token itself, so that it is for librdkafka's log only.
    #[must_use]
    pub fn principal(mut self, name: impl Into<String>) -> Self {
        self.principal = name.into();
        self
    }

    /// Adds a SASL extension, such as `logicalCluster` and `identityPoolId` of Confluent Cloud. Its name has letters
    /// only.
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extensions.push((name.into(), value.into()));
        self
    }
}

impl fmt::Debug for BrokerToken {
    /// Prints nothing of it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BrokerToken(..)")
    }
}

pub(crate) type FetchedToken = Result<BrokerToken, Box<dyn Error + Send + Sync>>;

/// Where tokens come from.
pub(crate) trait BrokerTokens: Send + Sync {
    fn fetch(&self) -> BoxFuture<'static, FetchedToken>;

    /// Brokers have refused the token, so that it is not to be handed out again.
    fn refuse(&self, _token: &BrokerToken) {}
}

/// A function of the user.
pub(crate) struct FetchFunction<F>(pub(crate) F);

impl<F, Fut, E> BrokerTokens for FetchFunction<F>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<BrokerToken, E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn fetch(&self) -> BoxFuture<'static, FetchedToken> {
        let fetched = (self.0)();
        Box::pin(async move { fetched.await.map_err(Into::into) })
    }
}
