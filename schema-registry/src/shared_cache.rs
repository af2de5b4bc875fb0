//! A second level of the cache that several processes share: what it has to do, and how it is used.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// What a method of a [`SharedCache`] returns.
pub type SharedCacheFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// A cache that several processes share, which a client asks after its own memory and before the registry.
///
/// With the feature `redis`, `RedisCache` is one. Anything else with keys, bytes and an expiry can be another:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use schema_registry::{SchemaRegistry, SharedCache, SharedCacheFuture};
///
/// /// Shared by the clients of one process, and without expiry.
/// #[derive(Default)]
/// struct InMemory(Mutex<HashMap<String, Vec<u8>>>);
///
/// impl SharedCache for InMemory {
///     fn get<'a>(&'a self, key: &'a str) -> SharedCacheFuture<'a, Option<Vec<u8>>> {
///         Box::pin(async move { Ok(self.0.lock().unwrap().get(key).cloned()) })
///     }
///     fn set<'a>(&'a self, key: &'a str, value: Vec<u8>, _: Option<Duration>) -> SharedCacheFuture<'a, ()> {
///         Box::pin(async move { Ok(drop(self.0.lock().unwrap().insert(key.to_owned(), value))) })
///     }
///     fn delete<'a>(&'a self, key: &'a str) -> SharedCacheFuture<'a, ()> {
///         Box::pin(async move { Ok(drop(self.0.lock().unwrap().remove(key))) })
///     }
///     fn try_lock<'a>(&'a self, _: &'a str, _: &'a str, _: Duration) -> SharedCacheFuture<'a, bool> {
///         Box::pin(async { Ok(true) }) // Every client asks the registry itself.
///     }
///     fn unlock<'a>(&'a self, _: &'a str, _: &'a str) -> SharedCacheFuture<'a, ()> {
///         Box::pin(async { Ok(()) })
///     }
/// }
///
/// let registry = SchemaRegistry::builder().url("http://localhost:8081").shared_cache(InMemory::default()).build()?;
/// # let _ = registry;
/// # Ok::<(), schema_registry::RegistryError>(())
/// ```
///
/// # Contract
/// The client bounds how long it waits, see [`SharedCacheOptions::timeout`], and drops the future of a call that takes
/// longer. An error or a dropped call makes it ask the registry alone for a while; neither is an error for whoever
/// asked for a schema. What is returned is verified, so that a cache may lose or damage values. Error texts are logged,
/// so that they must not have secrets.
pub trait SharedCache: Send + Sync + 'static {
    /// The value of `key`, unless there is none or it has expired.
    fn get<'a>(&'a self, key: &'a str) -> SharedCacheFuture<'a, Option<Vec<u8>>>;

    /// Sets the value of `key`, which expires after `ttl`, or never.
    fn set<'a>(&'a self, key: &'a str, value: Vec<u8>, ttl: Option<Duration>) -> SharedCacheFuture<'a, ()>;

    /// Removes `key`, if it is there.
    fn delete<'a>(&'a self, key: &'a str) -> SharedCacheFuture<'a, ()>;

    /// Takes the lock `key` for the holder of `token`, unless somebody has it. It expires after `ttl`, since its holder
    /// can die. Keys of locks differ from those of values.
    fn try_lock<'a>(&'a self, key: &'a str, token: &'a str, ttl: Duration) -> SharedCacheFuture<'a, bool>;

    /// Gives the lock `key` back, if the holder of `token` still has it.
    fn unlock<'a>(&'a self, key: &'a str, token: &'a str) -> SharedCacheFuture<'a, ()>;
}

/// How a client uses its [`SharedCache`].
///
/// ```
/// use std::time::Duration;
/// use schema_registry::SharedCacheOptions;
///
/// let options = SharedCacheOptions::default().with_registry("production").with_timeout(Duration::from_millis(100));
/// assert_eq!(options.registry.as_deref(), Some("production"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedCacheOptions {
    /// The name of the registry in keys, so that clients share what they know of it although they reach it by different
    /// addresses. Two registries must not have the same name, since an id means another schema in each. By default the
    /// name in the settings of the client, or else the addresses, in alphabetical order. Metrics have it, too.
    pub registry: Option<String>,
    /// How long a lookup may take longer because of the shared cache, waiting for another process not included. 250
    /// milliseconds by default.
    pub timeout: Duration,
    /// How long the shared cache is not asked after it failed or took too long. 5 seconds by default.
    pub pause: Duration,
    /// How long a lookup waits while another process asks the registry for the same; then it asks, too. 2 seconds by
    /// default; zero never waits.
    pub wait: Duration,
    /// The largest value that is stored, in bytes; larger answers are asked of the registry by every process. 1 MiB by
    /// default.
    pub max_value_size: usize,
}

impl Default for SharedCacheOptions {
    fn default() -> Self {
        Self {
            registry: None,
            timeout: Duration::from_millis(250),
            pause: Duration::from_secs(5),
            wait: Duration::from_secs(2),
            max_value_size: 1 << 20,
        }
    }
}

impl SharedCacheOptions {
    /// Sets [`registry`](Self::registry).
    #[must_use]
    pub fn with_registry(self, name: impl Into<String>) -> Self {
        Self { registry: Some(name.into()), ..self }
    }

    /// Sets [`timeout`](Self::timeout).
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets [`pause`](Self::pause).
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Sets [`wait`](Self::wait).
    #[must_use]
    pub fn with_wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Sets [`max_value_size`](Self::max_value_size).
    #[must_use]
    pub fn with_max_value_size(self, bytes: usize) -> Self {
        Self { max_value_size: bytes, ..self }
    }
}
