//! What the client remembers, on moka: bounded, with one request for however many tasks that wait.
//!
//! An id means one schema for ever, so that schemas by id never expire. Which version is the latest
//! changes, so that it does. An error is handed to the tasks that waited for it and then forgotten;
//! only an id that the registry does not know is remembered, for a few seconds.

use std::borrow::Borrow;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use avro_model::Guid;
use moka::future::Cache;

use crate::error::RegistryError;
use crate::frame::SchemaId;
use crate::schema::{RegisterOptions, Registered, RegisteredSchema, SchemaText, SubjectVersion};

/// How much is remembered, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CacheSettings {
    pub(crate) schema_capacity: u64,
    pub(crate) latest_ttl: Duration,
    pub(crate) unknown_id_ttl: Duration,
}

/// A registration that need not be made again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Registration {
    pub(crate) subject: String,
    pub(crate) schema: SchemaText,
    pub(crate) options: RegisterOptions,
}

/// How many unknown ids are remembered. A topic of foreign payloads can hold any number of them.
const UNKNOWN_ID_CAPACITY: u64 = 1000;

pub(crate) struct Caches {
    schemas: Cache<SchemaId, Arc<RegisteredSchema>>,
    /// Apart from those by id, so that neither kind of identity is ever taken for the other.
    by_guid: Cache<Guid, Arc<RegisteredSchema>>,
    unknown_ids: Cache<SchemaId, RegistryError>,
    latest: Cache<String, Arc<SubjectVersion>>,
    registered: Cache<Registration, Registered>,
    remembers_unknown_ids: bool,
}

impl Caches {
    pub(crate) fn new(settings: CacheSettings) -> Self {
        let capacity = settings.schema_capacity;
        Self {
            schemas: Cache::new(capacity),
            by_guid: Cache::new(capacity),
            unknown_ids: Cache::builder()
                .max_capacity(UNKNOWN_ID_CAPACITY)
                .time_to_live(settings.unknown_id_ttl)
                .build(),
            latest: Cache::builder().max_capacity(capacity).time_to_live(settings.latest_ttl).build(),
            registered: Cache::new(capacity),
            remembers_unknown_ids: !settings.unknown_id_ttl.is_zero(),
        }
    }

    /// The schema with this id: a remembered one, or what `fetch` gives.
    pub(crate) async fn schema(
        &self,
        id: SchemaId,
        fetch: impl Future<Output = Result<RegisteredSchema, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = async {
            // Asked inside the flight, so that no task slips between the answer and its being remembered.
            if self.remembers_unknown_ids
                && let Some(error) = self.unknown_ids.get(&id).await
            {
                return Err(error);
            }
            let fetched = fetch.await;
            if let Err(error) = &fetched
                && error.is_unknown_schema()
                && self.remembers_unknown_ids
            {
                self.unknown_ids.insert(id, error.clone()).await;
            }
            fetched.map(Arc::new)
        };
        single_flight(&self.schemas, &id, fetch).await
    }

    /// The schema with this id, whose text is at hand: a remembered one, or what `link` makes of the text.
    pub(crate) async fn known_schema(
        &self,
        id: SchemaId,
        link: impl Future<Output = Result<RegisteredSchema, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        self.unknown_ids.invalidate(&id).await;
        single_flight(&self.schemas, &id, async { link.await.map(Arc::new) }).await
    }

    /// The schema with this GUID: a remembered one, or what `fetch` gives.
    pub(crate) async fn schema_by_guid(
        &self,
        guid: Guid,
        fetch: impl Future<Output = Result<RegisteredSchema, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        single_flight(&self.by_guid, &guid, async { fetch.await.map(Arc::new) }).await
    }

    pub(crate) async fn latest(
        &self,
        subject: &str,
        fetch: impl Future<Output = Result<SubjectVersion, RegistryError>>,
    ) -> Result<Arc<SubjectVersion>, RegistryError> {
        single_flight(&self.latest, subject, async { fetch.await.map(Arc::new) }).await
    }

    pub(crate) async fn registered(
        &self,
        registration: &Registration,
        register: impl Future<Output = Result<Registered, RegistryError>>,
    ) -> Result<Registered, RegistryError> {
        let register = async {
            let registered = register.await?;
            // What was remembered of this subject and of this id may be untrue from now on.
            self.latest.invalidate(registration.subject.as_str()).await;
            self.unknown_ids.invalidate(&registered.id).await;
            Ok(registered)
        };
        single_flight(&self.registered, registration, register).await
    }

    /// Forgets what a deletion under `subject` makes untrue. An id keeps its meaning, whoever deletes what.
    pub(crate) async fn deleted(&self, subject: &str) {
        self.latest.invalidate(subject).await;
        self.registered.invalidate_all();
    }

    pub(crate) fn clear(&self) {
        self.schemas.invalidate_all();
        self.by_guid.invalidate_all();
        self.unknown_ids.invalidate_all();
        self.latest.invalidate_all();
        self.registered.invalidate_all();
    }
}

/// The remembered value, or that of `init`, which runs once for all tasks that ask meanwhile. An error
/// goes to all of them and is not remembered.
async fn single_flight<K, Q, V>(
    cache: &Cache<K, V>,
    key: &Q,
    init: impl Future<Output = Result<V, RegistryError>>,
) -> Result<V, RegistryError>
where
    K: Borrow<Q> + Hash + Eq + Send + Sync + 'static,
    Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    V: Clone + Send + Sync + 'static,
{
    if let Some(found) = cache.get(key).await {
        return Ok(found);
    }
    // In a box, because the cache moves it through several futures of its own, and what asks the registry is large.
    cache.try_get_with_by_ref(key, Box::pin(init)).await.map_err(Arc::unwrap_or_clone)
}
