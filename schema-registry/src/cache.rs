//! What the client caches, on moka: bounded, with one request for all tasks that wait.
//!
//! An id means one schema of its context forever, so that schemas by id never expire. The latest version changes, so
//! that it does. An error is returned to the tasks that waited for it and then forgotten; only that a schema is not
//! available, while the registry works, is cached for a few seconds.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::error::Error;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;

use crate::context::{Context, SchemaKey};
use crate::error::RegistryError;
use crate::schema::{RegisterOptions, Registered, RegisteredSchema, SchemaText, SubjectVersion};
use crate::statistics::{CacheCounts, CacheKind, CacheLevel, CacheStatistics};
use crate::wire::VersionAnswer;

/// How much is remembered, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CacheSettings {
    pub(crate) schema_capacity: u64,
    pub(crate) latest_ttl: Duration,
    pub(crate) negative_ttl: Duration,
}

/// A registration that need not be made again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Registration {
    /// With its context.
    pub(crate) subject: String,
    pub(crate) schema: SchemaText,
    pub(crate) options: RegisterOptions,
    pub(crate) normalize: bool,
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct VersionKey {
    /// With its context.
    pub(crate) subject: String,
    pub(crate) version: u32,
}

/// How many unavailable schemas are cached. A topic of foreign payloads can name any number of them.
const NEGATIVE_CAPACITY: usize = 1000;

pub(crate) struct Caches {
    schemas: Cache<SchemaKey, Arc<RegisteredSchema>>,
    /// Schemas by GUID, each with the id that it has where the key's context is the client's own.
    by_guid: Cache<(Context, SchemaKey), Arc<RegisteredSchema>>,
    /// Schemas by Apicurio's `globalId`.
    by_global_id: Cache<(Context, u64), Arc<RegisteredSchema>>,
    failed: Cache<SchemaKey, RegistryError>,
    /// Unusable schemas that have been logged.
    reported: Mutex<HashSet<SchemaKey>>,
    latest: Cache<String, Arc<SubjectVersion>>,
    /// Texts, which others may refer to, as they were answered.
    versions: Cache<VersionKey, Arc<VersionAnswer>>,
    registered: Cache<Registration, Registered>,
    remembers_failures: bool,
    pub(crate) counts: CacheCounts,
}

impl Caches {
    /// `registry` is its name in metrics.
    pub(crate) fn new(settings: CacheSettings, registry: Arc<str>) -> Self {
        let capacity = settings.schema_capacity;
        Self {
            schemas: Cache::new(capacity),
            by_guid: Cache::new(capacity),
            by_global_id: Cache::new(capacity),
            failed: Cache::builder().max_capacity(NEGATIVE_CAPACITY as u64).time_to_live(settings.negative_ttl).build(),
            reported: Mutex::default(),
            latest: Cache::builder().max_capacity(capacity).time_to_live(settings.latest_ttl).build(),
            versions: Cache::new(capacity),
            registered: Cache::new(capacity),
            remembers_failures: !settings.negative_ttl.is_zero(),
            counts: CacheCounts::new(registry),
        }
    }

    /// The schema with this id: a remembered one, or what `fetch` gives.
    pub(crate) async fn schema(
        &self,
        key: &SchemaKey,
        fetch: impl Future<Output = Result<RegisteredSchema, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = async { fetch.await.map(Arc::new) };
        self.single_flight(CacheKind::Id, &self.schemas, key, self.unless_failed(key, fetch)).await
    }

    /// The schema with this id, whose text is at hand: a remembered one, or what `link` makes of the text.
    pub(crate) async fn known_schema(
        &self,
        key: &SchemaKey,
        link: impl Future<Output = Result<RegisteredSchema, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        self.failed.invalidate(key).await;
        self.single_flight(CacheKind::Id, &self.schemas, key, async { link.await.map(Arc::new) }).await
    }

    /// The schema with this GUID, as it is known in `context`: a remembered one, or what `fetch` gives.
    pub(crate) async fn schema_by_guid(
        &self,
        context: &Context,
        key: SchemaKey,
        fetch: impl Future<Output = Result<RegisteredSchema, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let fetch = self.unless_failed(&key, async { fetch.await.map(Arc::new) });
        self.single_flight(CacheKind::Guid, &self.by_guid, &(context.clone(), key.clone()), fetch).await
    }

    /// The schema with this `globalId`, as it is known in `context`: a remembered one, or what `fetch` gives.
    pub(crate) async fn schema_by_global_id(
        &self,
        context: &Context,
        id: u64,
        fetch: impl Future<Output = Result<Arc<RegisteredSchema>, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let key = SchemaKey::GlobalId(id);
        let fetch = self.unless_failed(&key, fetch);
        self.single_flight(CacheKind::GlobalId, &self.by_global_id, &(context.clone(), id), fetch).await
    }

    /// What `fetch` gives, unless it failed a moment ago. Asked inside the flight, so that no task slips between the
    /// answer and its being remembered.
    async fn unless_failed(
        &self,
        key: &SchemaKey,
        fetch: impl Future<Output = Result<Arc<RegisteredSchema>, RegistryError>>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        if self.remembers_failures
            && let Some(error) = self.failed.get(key).await
        {
            return Err(error);
        }
        let fetched = fetch.await;
        if let Err(error) = &fetched
            && error.is_about_one_schema()
        {
            self.report(key, error);
            if self.remembers_failures {
                self.failed.insert(key.clone(), error.clone()).await;
            }
        }
        fetched
    }

    /// Operators of the registry are informed of what cannot be used, once and not with every message.
    fn report(&self, key: &SchemaKey, error: &RegistryError) {
        if !error.is_unusable_schema() {
            return;
        }
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.len() < NEGATIVE_CAPACITY && reported.insert(key.clone()) {
            let cause = error.source().map(tracing::field::display);
            tracing::warn!(cause, "unusable: {error}");
        }
    }

    /// `subject` has its context.
    pub(crate) async fn latest(
        &self,
        subject: &str,
        fetch: impl Future<Output = Result<SubjectVersion, RegistryError>>,
    ) -> Result<Arc<SubjectVersion>, RegistryError> {
        self.single_flight(CacheKind::Latest, &self.latest, subject, async { fetch.await.map(Arc::new) }).await
    }

    pub(crate) async fn version(
        &self,
        key: &VersionKey,
        fetch: impl Future<Output = Result<VersionAnswer, RegistryError>>,
    ) -> Result<Arc<VersionAnswer>, RegistryError> {
        self.single_flight(CacheKind::Version, &self.versions, key, async { fetch.await.map(Arc::new) }).await
    }

    pub(crate) async fn registered(
        &self,
        registration: &Registration,
        register: impl Future<Output = Result<Registered, RegistryError>>,
    ) -> Result<Registered, RegistryError> {
        let register = async {
            let registered = register.await?;
            // What was cached of this subject and of this id may be wrong from now on.
            self.latest.invalidate(registration.subject.as_str()).await;
            self.failed.invalidate(&registered.key()).await;
            Ok(registered)
        };
        self.single_flight(CacheKind::Registration, &self.registered, registration, register).await
    }

    /// Forgets what may be wrong after a deletion under `subject`. An id keeps its meaning.
    pub(crate) async fn deleted(&self, subject: &str) {
        self.latest.invalidate(subject).await;
        self.versions.invalidate_all();
        self.registered.invalidate_all();
    }

    pub(crate) fn clear(&self) {
        self.schemas.invalidate_all();
        self.by_guid.invalidate_all();
        self.by_global_id.invalidate_all();
        self.failed.invalidate_all();
        self.latest.invalidate_all();
        self.versions.invalidate_all();
        self.registered.invalidate_all();
    }

    /// What each cache holds, and how often it was asked.
    pub(crate) fn statistics(&self) -> Vec<CacheStatistics> {
        CacheKind::ALL.iter().map(|kind| self.counts.statistics(*kind, self.entries(*kind))).collect()
    }

    fn entries(&self, kind: CacheKind) -> u64 {
        match kind {
            CacheKind::Id => self.schemas.entry_count(),
            CacheKind::Guid => self.by_guid.entry_count(),
            CacheKind::GlobalId => self.by_global_id.entry_count(),
            CacheKind::Version => self.versions.entry_count(),
            CacheKind::Latest => self.latest.entry_count(),
            CacheKind::Registration => self.registered.entry_count(),
        }
    }

    /// The remembered value, or that of `init`, which runs once for all tasks that ask meanwhile. An error
    /// goes to all of them and is not remembered.
    async fn single_flight<K, Q, V>(
        &self,
        kind: CacheKind,
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
            self.counts.count(CacheLevel::Memory, kind, true);
            return Ok(found);
        }
        let mut is_miss = false;
        // In a box, because the cache moves it through several futures of its own.
        let init = Box::pin(async {
            is_miss = true;
            init.await
        });
        let found = cache.try_get_with_by_ref(key, init).await.map_err(Arc::unwrap_or_clone);
        self.counts.count(CacheLevel::Memory, kind, !is_miss && found.is_ok());
        if is_miss {
            // The cache counts what it holds some time later by itself.
            cache.run_pending_tasks().await;
            self.counts.entries(kind, cache.entry_count());
        }
        found
    }
}
