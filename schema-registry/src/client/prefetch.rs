//! Fetching schemas before they are needed.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::SchemaRegistry;
use crate::error::RegistryError;
use crate::wire_id::WireId;

impl SchemaRegistry {
    /// Fetches the schemas with these ids into the cache, so that no message waits for them: as many at a time as the
    /// client may have [requests under way](crate::SchemaRegistryBuilder::max_concurrent_requests). What is cached
    /// costs no request. More schemas than the [capacity](crate::SchemaRegistryBuilder::schema_capacity) displace each
    /// other.
    ///
    /// # Errors
    /// One of the errors, if there are some; the other schemas are fetched all the same. Most services go on then,
    /// since each schema is asked for again when a message needs it.
    ///
    /// ```no_run
    /// # async fn example(registry: schema_registry::SchemaRegistry) -> Result<(), schema_registry::RegistryError> {
    /// use schema_registry::SchemaId;
    ///
    /// registry.prefetch([1, 2, 5].map(SchemaId::new)).await
    /// # }
    /// ```
    pub async fn prefetch<I: Into<WireId>>(&self, ids: impl IntoIterator<Item = I>) -> Result<(), RegistryError> {
        let mut fetches = JoinSet::new();
        for id in ids.into_iter().map(Into::into).collect::<BTreeSet<WireId>>() {
            let client = self.clone();
            fetches.spawn(async move { client.schema_by_wire_id(id).await.map(drop) });
        }
        let mut outcome = Ok(());
        while let Some(fetched) = fetches.join_next().await {
            // A task that panicked has reported that.
            outcome = outcome.and(fetched.unwrap_or(Ok(())));
        }
        outcome
    }
}
