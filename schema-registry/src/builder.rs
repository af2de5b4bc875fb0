//! How a client is built.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};

use crate::address::{Address, without_login};
use crate::cache::{CacheSettings, Caches};
use crate::client::SchemaRegistry;
use crate::context::Context;
use crate::error::RegistryError;
use crate::http_client::Timeouts;
use crate::login::{Login, LoginError};
use crate::measurement;
use crate::retry::RetryPolicy;
use crate::settings::RegistrySettings;
use crate::shared_cache::{SharedCache, SharedCacheOptions};
use crate::shared_lookup::SharedLevel;
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
    login: Login,
    certificates: Certificates,
    logical_cluster: Option<String>,
    identity_pool: Option<String>,
    timeouts: Timeouts,
    deadline: Duration,
    retry: RetryPolicy,
    cache: CacheSettings,
    max_concurrent_requests: usize,
    context: Option<Context>,
    normalize: bool,
    shared_cache: Option<Arc<dyn SharedCache>>,
    /// Where the settings have it.
    shared_cache_url: Option<String>,
    shared_cache_options: SharedCacheOptions,
    /// The name of the registry in the settings.
    name: Option<String>,
}

/// Everything that the transport needs.
pub(crate) struct TransportSettings {
    pub(crate) addresses: Vec<Address>,
    pub(crate) certificates: Certificates,
    /// What goes with every token.
    pub(crate) bearer_headers: HeaderMap,
    pub(crate) timeouts: Timeouts,
    pub(crate) deadline: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_concurrent_requests: usize,
    /// The name of the registry in metrics.
    pub(crate) registry: Arc<str>,
}

impl SchemaRegistryBuilder {
    pub(crate) fn new() -> Self {
        Self {
            urls: Vec::new(),
            login: Login::Anonymous,
            certificates: Certificates::default(),
            logical_cluster: None,
            identity_pool: None,
            timeouts: Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(15) },
            deadline: Duration::from_secs(30),
            retry: RetryPolicy {
                retries: 3,
                base_delay: Duration::from_millis(100),
                longest_delay: Duration::from_secs(2),
            },
            cache: CacheSettings {
                schema_capacity: 1000,
                latest_ttl: Duration::from_secs(60 * 60),
                negative_ttl: Duration::from_secs(5),
            },
            max_concurrent_requests: 16,
            context: None,
            normalize: false,
            shared_cache: None,
            shared_cache_url: None,
            shared_cache_options: SharedCacheOptions::default(),
            name: None,
        }
    }

    /// Adds an address, such as `http://localhost:8081`. One text can have several, comma-separated, as
    /// with Confluent's clients. A user and password in the address (`https://user:password@host`) become basic
    /// authentication at that address; percent-encode everything in them that is neither a letter nor a digit (`%2C`
    /// for a comma).
    ///
    /// With several addresses the client stays with one that works and tries the next when it
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

    /// Applies settings, such as those of environment variables. What they leave open stays as it is.
    pub fn settings(mut self, settings: &RegistrySettings) -> Self {
        let RegistrySettings {
            url,
            login,
            logical_cluster,
            identity_pool,
            name,
            context,
            normalize,
            deadline,
            cache_url,
        } = settings;
        self.urls.extend(url.clone());
        if *login != Login::Anonymous {
            self.login = login.clone();
        }
        self.logical_cluster = logical_cluster.clone().or(self.logical_cluster);
        self.identity_pool = identity_pool.clone().or(self.identity_pool);
        self.context = context.clone().or(self.context);
        self.normalize = normalize.unwrap_or(self.normalize);
        self.deadline = deadline.unwrap_or(self.deadline);
        self.shared_cache_url = cache_url.clone().or(self.shared_cache_url);
        self.name = name.clone().or(self.name);
        self
    }

    /// How the client logs in, at every address that has no user of its own. The last of [`login`](Self::login),
    /// [`basic_auth`](Self::basic_auth) and [`bearer_auth`](Self::bearer_auth) counts.
    pub fn login(mut self, login: Login) -> Self {
        self.login = login;
        self
    }

    /// Sends a user and password with every request, see [`Login::basic`].
    pub fn basic_auth(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.login(Login::basic(user, password))
    }

    /// Sends a token with every request, see [`Login::bearer`].
    pub fn bearer_auth(self, token: impl Into<String>) -> Self {
        self.login(Login::bearer(token))
    }

    /// The logical cluster of a registry in Confluent Cloud, such as `lsrc-abc123`. It is sent with every kind of
    /// token, as the header `target-sr-cluster`.
    pub fn logical_cluster(mut self, cluster: impl Into<String>) -> Self {
        self.logical_cluster = Some(cluster.into());
        self
    }

    /// The identity pool of Confluent Cloud that a token is meant for, such as `pool-xyz`. It is sent with every kind
    /// of token, as the header `Confluent-Identity-Pool-Id`.
    pub fn identity_pool(mut self, pool: impl Into<String>) -> Self {
        self.identity_pool = Some(pool.into());
        self
    }

    /// Trusts the certificate authorities in this PEM text besides those of the operating system.
    pub fn extra_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.extra_roots.push(pem.into());
        self
    }

    /// Presents this certificate to registries that ask for one (mutual TLS): its chain and its unencrypted
    /// private key in one PEM text.
    pub fn client_identity(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.identity = Some(pem.into());
        self
    }

    /// The context of the client, see [`SchemaRegistry`]. By default the one that the address leads to
    /// (`http://localhost:8081/contexts/team`), which is the default context of an address without one.
    pub fn context(mut self, context: Context) -> Self {
        self.context = Some(context);
        self
    }

    /// Whether the registry normalizes schemas before it registers or looks them up, so that texts count as the same
    /// that differ only in the order of attributes. Apicurio's registry needs it for texts that differ in white space,
    /// too, which Confluent's treats as equal anyway. Off by default.
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.normalize = normalize;
        self
    }

    /// How long to wait for a connection. 5 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// How long one request may take, connecting and reading the answer included. 15 seconds by default.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.request = timeout;
        self
    }

    /// How long one call of the client may take: all requests that it needs, all tries, and the pauses between. 30
    /// seconds by default. A call that cannot succeed in time fails as soon as that is known.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How often a failed request is tried again, at every address, when trying again can help. 3 times
    /// by default.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retry.retries = retries;
        self
    }

    /// The pause before a request is tried again is random, from nothing up to `base` the first time; that
    /// ceiling doubles every time, up to `longest`. 100 milliseconds and 2 seconds by default. A registry's
    /// `Retry-After` is added; when it is longer than 30 seconds the call fails at once.
    pub fn retry_delay(mut self, base: Duration, longest: Duration) -> Self {
        self.retry.base_delay = base;
        self.retry.longest_delay = longest;
        self
    }

    /// How many schemas, and how many registrations, are kept in memory. 1000 by default: with schemas of
    /// ten kilobytes that is some tens of megabytes at most.
    pub fn schema_capacity(mut self, schemas: u64) -> Self {
        self.cache.schema_capacity = schemas;
        self
    }

    /// How long the latest version of a subject is cached. One hour by default.
    pub fn latest_ttl(mut self, ttl: Duration) -> Self {
        self.cache.latest_ttl = ttl;
        self
    }

    /// How long a schema that the registry does not have, does not return or has in an unusable form is not asked
    /// for again, see [`RegistryError::is_about_one_schema`]. That spares the registry when a topic is full of foreign
    /// payloads. 5 seconds by default; zero asks every time.
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.cache.negative_ttl = ttl;
        self
    }

    /// Asks `cache`, which other processes share, for what is not in memory, before the registry is asked. It counts
    /// more than the address in [`settings`](Self::settings).
    pub fn shared_cache(mut self, cache: impl SharedCache) -> Self {
        self.shared_cache = Some(Arc::new(cache));
        self
    }

    /// How the shared cache is used. The name of the registry counts more than that in [`settings`](Self::settings).
    pub fn shared_cache_options(mut self, options: SharedCacheOptions) -> Self {
        self.shared_cache_options = options;
        self
    }

    /// How many requests may be under way at the same time; more of them wait. 16 by default, at least 1.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.max_concurrent_requests = requests.max(1);
        self
    }

    /// Makes the client. Nothing is sent before the first call.
    ///
    /// # Errors
    /// [`RegistryError::NoUrl`], [`RegistryError::InvalidUrl`], [`RegistryError::UnreadableLogin`] and
    /// [`RegistryError::InvalidLogin`], [`RegistryError::InvalidCredentials`] for a token endpoint, or
    /// [`RegistryError::Setup`] when a certificate cannot be used; [`RegistryError::InvalidCacheUrl`] or
    /// [`RegistryError::NoCacheClient`] for a shared cache of the settings.
    pub fn build(self) -> Result<SchemaRegistry, RegistryError> {
        self.login.check()?;
        let bearer_headers = self.bearer_headers()?;
        // All addresses share one source, so that one token serves them.
        let login = match self.login {
            Login::ClientCredentials { credentials } => {
                let source = credentials.token_source();
                Login::tokens(source.map_err(|source| RegistryError::InvalidCredentials { source: Box::new(source) })?)
            }
            login => login,
        };
        let mut addresses = Vec::new();
        for text in &self.urls {
            let parsed: Result<Vec<_>, _> = text.split(',').map(|text| Address::parse(text.trim(), &login)).collect();
            // Where one of several cannot be read, commas may have cut a password in two, so that no part may be shown.
            addresses.extend(
                parsed.map_err(|error| if text.contains('@') { RegistryError::UnreadableLogin } else { error })?,
            );
        }
        if addresses.is_empty() {
            return Err(RegistryError::NoUrl);
        }
        let name = self.shared_cache_options.registry.as_ref().or(self.name.as_ref());
        let registry = name.map_or_else(|| name_of(&addresses), |name| name.as_str().into());
        let shared_cache = match (self.shared_cache, &self.shared_cache_url) {
            (None, Some(url)) => Some(connect(url)?),
            (cache, _) => cache,
        };
        let (options, latest_ttl) = (self.shared_cache_options, self.cache.latest_ttl);
        let level = shared_cache.map(|cache| SharedLevel::new(cache, options, latest_ttl, Arc::clone(&registry)));
        measurement::describe();
        let transport = Transport::new(TransportSettings {
            addresses,
            certificates: self.certificates,
            bearer_headers,
            timeouts: self.timeouts,
            deadline: self.deadline,
            retry: self.retry,
            max_concurrent_requests: self.max_concurrent_requests,
            registry: Arc::clone(&registry),
        })?;
        let caches = Caches::new(self.cache, registry);
        Ok(SchemaRegistry::from_parts(transport, caches, level, self.context, self.normalize))
    }

    fn bearer_headers(&self) -> Result<HeaderMap, LoginError> {
        let mut headers = HeaderMap::new();
        let given = [("target-sr-cluster", &self.logical_cluster), ("confluent-identity-pool-id", &self.identity_pool)];
        for (name, value) in given {
            if let Some(value) = value {
                let value = HeaderValue::from_str(value.trim()).map_err(|_| LoginError::CharacterInCluster)?;
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }
}

/// The name of a registry that was given none: its addresses, in an order that does not depend on theirs. The context
/// is not part of it, since what is cached is keyed by it anyway.
fn name_of(addresses: &[Address]) -> Arc<str> {
    let without_context = |url: &url::Url| {
        let text = url.as_str().trim_end_matches('/');
        text.rsplit_once("/contexts/").map_or(text, |(registry, _)| registry).to_owned()
    };
    let mut names: Vec<_> = addresses.iter().map(|address| without_context(&address.url)).collect();
    names.sort_unstable();
    names.dedup();
    names.join(",").into()
}

#[cfg(feature = "redis")]
fn connect(url: &str) -> Result<Arc<dyn SharedCache>, RegistryError> {
    Ok(Arc::new(crate::redis_cache::RedisCache::new(url)?))
}

#[cfg(not(feature = "redis"))]
fn connect(_: &str) -> Result<Arc<dyn SharedCache>, RegistryError> {
    Err(RegistryError::NoCacheClient)
}

impl fmt::Debug for SchemaRegistryBuilder {
    /// Leaves out what is secret: the login, the client identity, user and password in addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls: Vec<_> = self.urls.iter().map(|url| without_login(url)).collect();
        formatter
            .debug_struct("SchemaRegistryBuilder")
            .field("urls", &urls)
            .field("login", &self.login)
            .field("logical_cluster", &self.logical_cluster)
            .field("identity_pool", &self.identity_pool)
            .field("timeouts", &self.timeouts)
            .field("deadline", &self.deadline)
            .field("retry", &self.retry)
            .field("cache", &self.cache)
            .field("max_concurrent_requests", &self.max_concurrent_requests)
            .field("context", &self.context)
            .field("normalize", &self.normalize)
            .field("shared_cache_url", &self.shared_cache_url.as_deref().map(without_login))
            .field("shared_cache_options", &self.shared_cache_options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::SchemaRegistryBuilder;
    use crate::error::RegistryError;

    #[test]
    fn a_client_needs_an_address() {
        let none = SchemaRegistryBuilder::new().build();
        assert!(matches!(none, Err(RegistryError::NoUrl)), "{none:?}");
    }

    #[test]
    fn nothing_is_shown_of_an_address_whose_login_cannot_be_told() {
        for url in [
            "http://hunter1:hunter,2@host",
            "http://hunter1:12,34@host",
            "http://hunter1:12/hunter2@host:8081",
            "http://hunter1:hunter/2@host",
            "http://hunter1:12#hunter2@host",
            "http://hunter1:12?hunter2@host",
            "http://hunter1:hunter2@host:port",
            "ftp://hunter1:hunter2@host",
            "hunter1:hunter2@host",
            "http://a.example,http://hunter1:hun,ter2@host",
            "http://hunter1:hunter2@host,nonsense",
        ] {
            let error = SchemaRegistryBuilder::new().url(url).build().map(drop).expect_err(url);
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("percent-encode"), "{url}: {shown}");
            for part in ["hunt", "ter2", "12", "34", "host"] {
                assert!(!shown.contains(part), "{url}: {shown}");
            }
        }
        SchemaRegistryBuilder::new().url("http://ann:a%2Cb%2F%40@host,http://other").build().expect("percent-encoded");
    }

    #[test]
    fn a_login_that_cannot_be_sent_is_refused() {
        let builder = SchemaRegistryBuilder::new().url("http://localhost:8081");
        let refused = [builder.clone().bearer_auth("hunter\nhunter"), builder.basic_auth("ann", "hun\nter")];
        for builder in refused {
            let error = builder.build().map(drop).expect_err("a header cannot hold it");
            assert!(matches!(error, RegistryError::InvalidLogin(_)), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("hun"), "{error}");
        }
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
    }
}
