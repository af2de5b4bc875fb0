//! Redis as the cache that several processes share.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisResult, TlsCertificates};
use rustls::crypto::{CryptoProvider, ring};
use url::Url;

use crate::error::RegistryError;
use crate::shared_cache::{SharedCache, SharedCacheFuture};

/// Deletes a lock only if it still belongs to the one who gives it back.
const UNLOCK: &str =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

/// No value has to be kept longer, and Redis refuses an expiry that its clock cannot hold.
const LONGEST_TTL: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// A [`SharedCache`] in Redis, or in a server that speaks its protocol, such as Valkey. Needs the feature `redis`.
///
/// One connection is made when it is first needed, and again when it is lost. The commands are GET, SET, DEL and EVAL,
/// which the user has to be allowed, on keys that begin with `schema-registry:` and `lock:schema-registry:`.
///
/// ```
/// use schema_registry::{RedisCache, SchemaRegistry};
///
/// let cache = RedisCache::new("redis://localhost:6379/0")?;
/// let registry = SchemaRegistry::builder().url("http://localhost:8081").shared_cache(cache).build()?;
/// # let _ = registry;
/// # Ok::<(), schema_registry::RegistryError>(())
/// ```
pub struct RedisCache {
    client: Client,
    connection: Mutex<Option<Arc<ConnectionManager>>>,
}

impl RedisCache {
    /// The Redis at `url`: `redis://localhost:6379/0`, `rediss://user:password@host:6379/0` with TLS, or
    /// `unix:///run/redis.sock`. Percent-encode everything in user and password that is neither a letter nor a digit.
    /// Nothing is sent before the first lookup.
    ///
    /// With TLS the certificates of the operating system are trusted, and rustls' process-wide provider of cryptography
    /// is used, which becomes ring if the program has not installed another before.
    ///
    /// # Errors
    /// [`RegistryError::InvalidCacheUrl`] when the address cannot be used.
    pub fn new(url: &str) -> Result<Self, RegistryError> {
        let url = check(url)?;
        let client = Client::open(url).map_err(|_| invalid("it is not one of Redis"))?;
        Ok(Self { client, connection: Mutex::new(None) })
    }

    /// [`new`](Self::new) with certificate authorities to trust, in a PEM text, in the place of the operating system's.
    ///
    /// # Errors
    /// As [`new`](Self::new), and when the address does not begin with `rediss://`;
    /// [`RegistryError::Setup`] when a certificate cannot be read.
    pub fn with_root_certificates(url: &str, pem: impl Into<Vec<u8>>) -> Result<Self, RegistryError> {
        let url = check(url)?;
        if url.scheme() != "rediss" {
            return Err(invalid("it has certificates, but does not begin with rediss://"));
        }
        let certificates = TlsCertificates { client_tls: None, root_cert: Some(pem.into()) };
        let client = Client::build_with_tls(url, certificates).map_err(|source| RegistryError::Setup {
            problem: "a root certificate of the shared cache cannot be read (give it as PEM, with BEGIN CERTIFICATE)",
            source: Arc::new(source),
        })?;
        Ok(Self { client, connection: Mutex::new(None) })
    }

    /// The connection, which is made by the first command.
    fn connection(&self) -> RedisResult<Arc<ConnectionManager>> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*connection {
            return Ok(Arc::clone(connection));
        }
        // The client gives up on a Redis that fails, and comes back to it, by itself.
        let config = ConnectionManagerConfig::new().set_number_of_retries(0).set_response_timeout(None);
        let new = Arc::new(self.client.get_connection_manager_lazy(config)?);
        *connection = Some(Arc::clone(&new));
        Ok(new)
    }

    fn run<T: FromRedisValue + Send + 'static>(&self, command: Cmd) -> SharedCacheFuture<'_, T> {
        Box::pin(async move {
            let connection = self.connection()?;
            let suspect = SuspectConnection { cache: self, connection: &connection };
            let mut answer = command.query_async(&mut ConnectionManager::clone(&connection)).await;
            if answer.as_ref().is_err_and(redis::RedisError::is_io_error) {
                // Redis may have been away since the last command. The manager notices by this error, and connects.
                answer = command.query_async(&mut ConnectionManager::clone(&connection)).await;
            }
            std::mem::forget(suspect);
            answer.map_err(Box::<dyn Error + Send + Sync>::from)
        })
    }
}

impl SharedCache for RedisCache {
    fn get<'a>(&'a self, key: &'a str) -> SharedCacheFuture<'a, Option<Vec<u8>>> {
        self.run(redis::cmd("GET").arg(key).take())
    }

    fn set<'a>(&'a self, key: &'a str, value: Vec<u8>, ttl: Option<Duration>) -> SharedCacheFuture<'a, ()> {
        let mut command = redis::cmd("SET");
        command.arg(key).arg(value);
        if let Some(ttl) = ttl {
            command.arg("PX").arg(milliseconds(ttl));
        }
        self.run(command)
    }

    fn delete<'a>(&'a self, key: &'a str) -> SharedCacheFuture<'a, ()> {
        self.run(redis::cmd("DEL").arg(key).take())
    }

    fn try_lock<'a>(&'a self, key: &'a str, token: &'a str, ttl: Duration) -> SharedCacheFuture<'a, bool> {
        // Answers nothing when somebody has it.
        self.run(redis::cmd("SET").arg(key).arg(token).arg("NX").arg("PX").arg(milliseconds(ttl)).take())
    }

    fn unlock<'a>(&'a self, key: &'a str, token: &'a str) -> SharedCacheFuture<'a, ()> {
        self.run(redis::cmd("EVAL").arg(UNLOCK).arg(1).arg(key).arg(token).take())
    }
}

/// A command that is dropped before it is answered took too long. A connection whose other end is gone looks the same,
/// and would never be noticed, so that the next command makes a new one.
struct SuspectConnection<'a> {
    cache: &'a RedisCache,
    connection: &'a Arc<ConnectionManager>,
}

impl Drop for SuspectConnection<'_> {
    fn drop(&mut self) {
        let mut connection = self.cache.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.take_if(|connection| Arc::ptr_eq(connection, self.connection));
    }
}

impl fmt::Debug for RedisCache {
    /// Leaves out user and password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.client.get_connection_info().addr().to_string();
        formatter.debug_struct("RedisCache").field("address", &address).finish()
    }
}

fn check(url: &str) -> Result<Url, RegistryError> {
    let url = Url::parse(url.trim()).map_err(|_| invalid("it cannot be parsed"))?;
    match url.scheme() {
        "redis" | "unix" => {}
        "rediss" => {
            // The Redis client takes the process-wide provider, and panics where it cannot tell which that is.
            if CryptoProvider::get_default().is_none() {
                // Somebody else may install one at the same moment, which is as good.
                let _ = ring::default_provider().install_default();
            }
        }
        _ => return Err(invalid("it begins with neither redis:// nor rediss:// nor unix://")),
    }
    if url.path().contains('@') || url.fragment().is_some() {
        // What looks like a host is the user, and the password has a slash or a number sign.
        return Err(invalid("its user and password are not percent-encoded"));
    }
    Ok(url)
}

fn invalid(reason: &'static str) -> RegistryError {
    RegistryError::InvalidCacheUrl { reason }
}

/// At least one, since Redis refuses an expiry of none.
fn milliseconds(ttl: Duration) -> u64 {
    ttl.min(LONGEST_TTL).as_millis().try_into().unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_redis_are_taken_and_print_no_secret() {
        for url in [
            "redis://localhost:6379/0",
            "redis://:hunter2@localhost",
            "rediss://ann:hunter2@cache.example:6380/1",
            "rediss://ann:hun%2Fter2%40@cache.example",
            "unix:///run/redis.sock",
        ] {
            let cache = RedisCache::new(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            let printed = format!("{cache:?}");
            assert!(!printed.contains("hun") && !printed.contains("ann"), "{printed}");
        }
    }

    #[test]
    fn other_addresses_are_refused_without_being_shown() {
        for url in [
            "",
            "hunter2",
            "localhost:6379",
            "http://ann:hunter2@cache.example",
            "redis://ann:12/hunter2@cache.example",
            "redis://ann:12#hunter2@cache.example",
            "redis://ann:hunter2@cache.example:port",
            "redis://ann:hunter2@cache.example/database",
        ] {
            let error = RedisCache::new(url).map(drop).expect_err(url);
            assert!(matches!(error, RegistryError::InvalidCacheUrl { .. }), "{error:?}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("hunter2") && !shown.contains("cache.example"), "{url}: {shown}");
        }
        let error = RedisCache::with_root_certificates("redis://localhost", "").map(drop).expect_err("no TLS");
        assert!(error.to_string().contains("rediss://"), "{error}");
        let error = RedisCache::with_root_certificates("rediss://localhost", "-----BEGIN CERTIFICATE-----\nA\n")
            .map(drop)
            .expect_err("not a certificate");
        assert!(matches!(error, RegistryError::Setup { .. }), "{error:?}");
    }
}
