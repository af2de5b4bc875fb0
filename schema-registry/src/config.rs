//! What a client is told before it starts.

use std::fmt;
use std::time::Duration;

use url::Url;

use crate::cache::CacheSettings;
use crate::client::SchemaRegistry;
use crate::error::RegistryError;
use crate::retry::RetryPolicy;
use crate::tls::Certificates;
use crate::transport::Transport;

/// Builds a [`SchemaRegistry`].
///
/// ```
/// use std::time::Duration;
/// use schema_registry::SchemaRegistry;
///
/// let registry = SchemaRegistry::builder()
///     .url("https://registry-1.example.com")
///     .url("https://registry-2.example.com")
///     .basic_auth("reader", "secret")
///     .latest_ttl(Duration::from_secs(60))
///     .build();
/// # let _ = registry;
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct SchemaRegistryBuilder {
    urls: Vec<String>,
    credentials: Credentials,
    certificates: Certificates,
    connect_timeout: Duration,
    request_timeout: Duration,
    retry: RetryPolicy,
    cache: CacheSettings,
    max_concurrent_requests: usize,
}

/// Who the client says that it is.
#[derive(Clone)]
pub(crate) enum Credentials {
    None,
    Basic { user: String, password: String },
    Bearer { token: String },
}

/// One registry: its address without user and password, and the credentials to use there.
pub(crate) struct Address {
    pub(crate) url: Url,
    pub(crate) credentials: Credentials,
}

/// Everything that the transport needs.
pub(crate) struct TransportSettings {
    pub(crate) addresses: Vec<Address>,
    pub(crate) certificates: Certificates,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_concurrent_requests: usize,
}

impl SchemaRegistryBuilder {
    pub(crate) fn new() -> Self {
        Self {
            urls: Vec::new(),
            credentials: Credentials::None,
            certificates: Certificates::default(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(15),
            retry: RetryPolicy {
                retries: 3,
                base_delay: Duration::from_millis(100),
                longest_delay: Duration::from_secs(2),
            },
            cache: CacheSettings {
                schema_capacity: 1000,
                latest_ttl: Duration::from_secs(60 * 60),
                unknown_id_ttl: Duration::from_secs(5),
            },
            max_concurrent_requests: 16,
        }
    }

    /// Adds an address, such as `http://localhost:8081`. Several can stand in one text, with commas
    /// between them, as Confluent's clients take them. A user and password in the address
    /// (`https://user:password@host`) become basic authentication at that address.
    ///
    /// With several addresses the client stays with one that works and goes on to the next when it
    /// cannot be reached or answers 408, 429, 500, 502, 503 or 504; never because of a 404.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// Adds several addresses, see [`url`](Self::url).
    pub fn urls<U: Into<String>>(mut self, urls: impl IntoIterator<Item = U>) -> Self {
        self.urls.extend(urls.into_iter().map(Into::into));
        self
    }

    /// Sends a user and password with every request. Replaces what was set by [`bearer_auth`](Self::bearer_auth).
    pub fn basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Credentials::Basic { user: user.into(), password: password.into() };
        self
    }

    /// Sends a token with every request. Replaces what was set by [`basic_auth`](Self::basic_auth).
    pub fn bearer_auth(mut self, token: impl Into<String>) -> Self {
        self.credentials = Credentials::Bearer { token: token.into() };
        self
    }

    /// Trusts the certificate authorities in this PEM text besides those of the operating system.
    pub fn extra_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.extra_roots.push(pem.into());
        self
    }

    /// Shows this certificate to registries that ask for one (mutual TLS): its chain and its unencrypted
    /// private key in one PEM text.
    pub fn client_identity(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.identity = Some(pem.into());
        self
    }

    /// How long to wait for a connection. 5 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one request may take, connecting and reading the answer included. 15 seconds unless set.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// How often a failed request is tried again, at every address, when trying again can help. 3 times
    /// unless set.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retry.retries = retries;
        self
    }

    /// The pause before a request is tried again is random, from nothing up to `base` the first time; that
    /// ceiling doubles every time, up to `longest`. 100 milliseconds and 2 seconds unless set. A registry's
    /// `Retry-After` comes on top; when it is longer than 30 seconds the call fails at once.
    pub fn retry_delay(mut self, base: Duration, longest: Duration) -> Self {
        self.retry.base_delay = base;
        self.retry.longest_delay = longest;
        self
    }

    /// How many schemas, and how many registrations, are kept in memory. 1000 unless set: with schemas of
    /// ten kilobytes that is some tens of megabytes at most.
    pub fn schema_capacity(mut self, schemas: u64) -> Self {
        self.cache.schema_capacity = schemas;
        self
    }

    /// How long the latest version of a subject is taken to stay the latest. One hour unless set.
    pub fn latest_ttl(mut self, ttl: Duration) -> Self {
        self.cache.latest_ttl = ttl;
        self
    }

    /// For how long an id that the registry does not know is not asked for again, which spares the registry
    /// when a topic is full of foreign payloads. 5 seconds unless set; zero asks every time.
    pub fn unknown_id_ttl(mut self, ttl: Duration) -> Self {
        self.cache.unknown_id_ttl = ttl;
        self
    }

    /// How many requests may be under way at the same time; more of them wait. 16 unless set, at least 1.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.max_concurrent_requests = requests.max(1);
        self
    }

    /// Makes the client. Nothing is sent before the first call.
    ///
    /// # Errors
    /// [`RegistryError::NoUrl`], [`RegistryError::InvalidUrl`], or [`RegistryError::Setup`] when a
    /// certificate cannot be used.
    pub fn build(self) -> Result<SchemaRegistry, RegistryError> {
        let mut addresses = Vec::new();
        for text in self.urls.iter().flat_map(|urls| urls.split(',')) {
            addresses.push(Address::parse(text.trim(), &self.credentials)?);
        }
        if addresses.is_empty() {
            return Err(RegistryError::NoUrl);
        }
        let transport = Transport::new(TransportSettings {
            addresses,
            certificates: self.certificates,
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
            retry: self.retry,
            max_concurrent_requests: self.max_concurrent_requests,
        })?;
        Ok(SchemaRegistry::from_parts(transport, self.cache))
    }
}

impl fmt::Debug for SchemaRegistryBuilder {
    /// Leaves out what is secret: credentials, the client identity, user and password in addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls: Vec<_> = self.urls.iter().map(|url| without_credentials(url)).collect();
        formatter
            .debug_struct("SchemaRegistryBuilder")
            .field("urls", &urls)
            .field("credentials", &self.credentials)
            .field("connect_timeout", &self.connect_timeout)
            .field("request_timeout", &self.request_timeout)
            .field("retry", &self.retry)
            .field("cache", &self.cache)
            .field("max_concurrent_requests", &self.max_concurrent_requests)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Credentials {
    /// Tells the kind and nothing more.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic(..)",
            Self::Bearer { .. } => "Bearer(..)",
        })
    }
}

impl Address {
    fn parse(text: &str, credentials: &Credentials) -> Result<Self, RegistryError> {
        let invalid = |reason: String| RegistryError::InvalidUrl { url: without_credentials(text), reason };
        let mut url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("it begins with neither http:// nor https://".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it has a query or a fragment".to_owned()));
        }
        let credentials = match user_of(&url) {
            Some((user, password)) => Credentials::Basic { user, password },
            None => credentials.clone(),
        };
        // Neither can fail for http and https.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self { url, credentials })
    }
}

/// The user and password in an address, with their percent-encoding undone.
fn user_of(url: &Url) -> Option<(String, String)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    Some((percent_decoded(url.username()), percent_decoded(url.password().unwrap_or_default())))
}

fn percent_decoded(text: &str) -> String {
    // A form's only other rule is that a plus sign means a space.
    let form = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(form.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

/// The text with everything between `://` and `@` left out, however malformed it is otherwise.
fn without_credentials(text: &str) -> String {
    let Some((before, after)) = text.rsplit_once('@') else {
        return text.to_owned();
    };
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://{after}"),
        None => after.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Credentials, SchemaRegistryBuilder, without_credentials};
    use crate::error::RegistryError;

    fn check_user(url: &str, expected: Option<(&str, &str)>) {
        let address = Address::parse(url, &Credentials::None).expect(url);
        assert!(!address.url.as_str().contains('@'), "{}", address.url);
        let found = match &address.credentials {
            Credentials::Basic { user, password } => Some((user.as_str(), password.as_str())),
            _ => None,
        };
        assert_eq!(found, expected, "{url}");
    }

    #[test]
    fn user_and_password_are_taken_out_of_an_address() {
        check_user("http://localhost:8081", None);
        check_user("http://ann:secret@localhost:8081/registry", Some(("ann", "secret")));
        check_user("http://ann:a%40b%2F+c&d=e%25@localhost", Some(("ann", "a@b/+c&d=e%")));
        check_user("http://ann@localhost", Some(("ann", "")));
    }

    #[test]
    fn addresses_that_cannot_work_are_refused_without_showing_the_password() {
        for url in ["", "localhost:8081", "ftp://ann:secret@host", "http://ann:secret@host:port", "http://h?a=b"] {
            let error = Address::parse(url, &Credentials::None).err().expect(url);
            assert!(matches!(error, RegistryError::InvalidUrl { .. }), "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
        let none = SchemaRegistryBuilder::new().build();
        assert!(matches!(none, Err(RegistryError::NoUrl)), "{none:?}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let builder = SchemaRegistryBuilder::new()
            .url("http://ann:secret@localhost:8081,http://bob:secret@other:8081")
            .client_identity("secret");
        for builder in [builder.clone().basic_auth("ann", "secret"), builder.bearer_auth("secret")] {
            let printed = format!("{builder:?}");
            assert!(!printed.contains("secret"), "{printed}");
            assert!(printed.contains("other:8081"), "{printed}");
        }
        assert_eq!(without_credentials("ann:secret@host"), "host");
    }
}
