use std::time::Duration;

use schema_registry::{RedisCache, RegistryError, SchemaRegistry, SharedCacheOptions};

/// The client of every service that has these addresses.
pub(crate) fn client(registry: &str, redis: &str) -> Result<SchemaRegistry, RegistryError> {
    // Services that reach the same registry by different addresses share under its name.
    let options = SharedCacheOptions::default()
        .with_registry("production")
        .with_timeout(Duration::from_secs(1))
        .with_max_value_size(256 << 10);
    SchemaRegistry::builder().url(registry).shared_cache(RedisCache::new(redis)?).shared_cache_options(options).build()
}
