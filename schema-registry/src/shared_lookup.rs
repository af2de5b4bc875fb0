//! Asking the shared cache: within a bound, with one request to the registry for all processes that ask for the same.

use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{SharedString, gauge, histogram};

use crate::circuit::Circuit;
use crate::context::Context;
use crate::error::RegistryError;
use crate::shared_cache::{SharedCache, SharedCacheFuture, SharedCacheOptions};
use crate::shared_entry::{SharedAnswer, Wanted, from_value, to_value};
use crate::statistics::{CacheCounts, CacheLevel};

/// The pause before a lookup looks again whether another process has the value; it doubles, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The shared cache of a client.
pub(crate) struct SharedLevel {
    cache: Arc<dyn SharedCache>,
    options: SharedCacheOptions,
    latest_ttl: Duration,
    registry: Arc<str>,
    circuit: Circuit,
}

/// One lookup under way. Without a shared cache, or once that has failed, it finds and keeps nothing.
pub(crate) struct SharedLookup<'a> {
    level: Option<&'a SharedLevel>,
    wanted: Wanted<'a>,
    key: String,
    /// How long the shared cache may still take.
    left: Duration,
    /// Names this lookup as the holder of the lock, if it is.
    token: Option<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct Slow(Duration);

impl SharedLevel {
    /// `registry` is the name of the registry in keys.
    pub(crate) fn new(
        cache: Arc<dyn SharedCache>,
        options: SharedCacheOptions,
        latest_ttl: Duration,
        registry: Arc<str>,
    ) -> Self {
        let circuit = Circuit::new(options.pause);
        Self { cache, options, latest_ttl, registry, circuit }
    }

    /// Removes what a change of the registry has made wrong.
    pub(crate) async fn forget(&self, context: &Context, wanted: Wanted<'_>) {
        let mut lookup = SharedLookup::new(Some(self), context, wanted);
        if lookup.level.is_some() {
            self.run("delete", &mut lookup.left, self.cache.delete(&lookup.key)).await;
        }
    }

    /// What the cache answers, unless it fails or is too slow.
    async fn run<T>(&self, operation: &'static str, left: &mut Duration, call: SharedCacheFuture<'_, T>) -> Option<T> {
        let began = Instant::now();
        let answer = tokio::time::timeout(*left, call).await;
        let took = began.elapsed();
        *left = left.saturating_sub(took);
        let labels =
            [("registry", SharedString::from_shared(Arc::clone(&self.registry))), ("operation", operation.into())];
        histogram!("schema_registry_shared_cache_duration_seconds", &labels).record(took.as_secs_f64());
        match answer {
            Ok(Ok(answer)) => {
                self.report(true);
                if self.circuit.succeeded() {
                    tracing::info!("the shared cache of schemas works again");
                }
                Some(answer)
            }
            Ok(Err(error)) => self.failed(operation, &*error),
            Err(_) => self.failed(operation, &Slow(self.options.timeout)),
        }
    }

    /// Reported once, until it works again.
    fn failed<T>(&self, operation: &str, error: &(dyn Error + 'static)) -> Option<T> {
        if self.circuit.failed(Instant::now()) {
            self.report(false);
            let pause = self.options.pause;
            tracing::warn!(
                operation,
                "the shared cache of schemas fails, so that the registry is asked instead; it is tried again every \
                 {pause:?}: {error}"
            );
        }
        None
    }

    fn report(&self, is_available: bool) {
        let labels = [("registry", SharedString::from_shared(Arc::clone(&self.registry)))];
        gauge!("schema_registry_shared_cache_available", &labels).set(f64::from(u8::from(is_available)));
    }
}

impl<'a> SharedLookup<'a> {
    pub(crate) fn new(level: Option<&'a SharedLevel>, context: &Context, wanted: Wanted<'a>) -> Self {
        let level = level.filter(|level| level.circuit.allows(Instant::now()));
        let key = level.map_or_else(String::new, |level| wanted.key(&level.registry, context));
        let left = level.map_or(Duration::ZERO, |level| level.options.timeout);
        Self { level, wanted, key, left, token: None }
    }

    /// What the shared cache has, perhaps after waiting for another process that asks the registry. Where it has
    /// nothing, the caller asks the registry, and [keeps](Self::keep) the answer or [gives up](Self::unless_failed).
    pub(crate) async fn find<A: SharedAnswer>(&mut self, counts: &CacheCounts) -> Option<A> {
        self.level?;
        let found = self.find_or_lock().await;
        if found.is_some() {
            self.unlock().await;
        }
        counts.count(CacheLevel::Shared, self.wanted.kind(), found.is_some());
        found
    }

    async fn find_or_lock<A: SharedAnswer>(&mut self) -> Option<A> {
        let found = self.get().await;
        if found.is_some() {
            return found;
        }
        if self.lock().await? {
            // Whoever had the lock before may have stored the value since this lookup missed it.
            return self.get().await;
        }
        self.wait_for_other().await
    }

    async fn wait_for_other<A: SharedAnswer>(&mut self) -> Option<A> {
        let options = &self.level?.options;
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let rest = options.wait.saturating_sub(began.elapsed());
            if rest.is_zero() {
                return None;
            }
            tokio::time::sleep(pause.min(rest)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            // The registry takes this time and not the shared cache.
            self.left = options.timeout;
            let found = self.get().await;
            if found.is_some() {
                return found;
            }
            if self.lock().await? {
                return self.get().await;
            }
        }
    }

    async fn get<A: SharedAnswer>(&mut self) -> Option<A> {
        let level = self.level?;
        let value = level.run("get", &mut self.left, level.cache.get(&self.key)).await;
        let bytes = self.unless_broken(value)??;
        match from_value(&self.key, self.wanted, &bytes) {
            Ok(answer) => Some(answer),
            Err(poisoned) => {
                self.remove(&poisoned).await;
                None
            }
        }
    }

    /// `None` when the shared cache fails.
    async fn lock(&mut self) -> Option<bool> {
        let level = self.level?;
        let token = random_token();
        let lock = self.lock_key();
        // No holder is waited for longer than this.
        let ttl = level.options.wait.max(Duration::from_millis(1));
        let locked = level.run("lock", &mut self.left, level.cache.try_lock(&lock, &token, ttl)).await;
        let locked = self.unless_broken(locked)?;
        self.token = locked.then_some(token);
        Some(locked)
    }

    /// Removes what was found, since it cannot be right.
    pub(crate) async fn remove(&mut self, poisoned: &(dyn Error + Send + Sync)) {
        let Some(level) = self.level else { return };
        report_poisoned(&self.key, poisoned);
        let removed = level.run("delete", &mut self.left, level.cache.delete(&self.key)).await;
        self.unless_broken(removed);
    }

    /// Passes on what the registry answered. After an error others need not wait any longer.
    pub(crate) async fn unless_failed<T>(&mut self, answer: Result<T, RegistryError>) -> Result<T, RegistryError> {
        if answer.is_err() {
            self.unlock().await;
        }
        answer
    }

    /// Stores an answer of the registry for everybody.
    pub(crate) async fn keep(mut self, answer: &impl SharedAnswer) {
        let Some(level) = self.level else { return };
        let value = to_value(&self.key, answer);
        let ttl = self.wanted.ttl(level.latest_ttl);
        if ttl.is_some_and(|ttl| ttl.is_zero()) {
            // It would be wrong at once.
        } else if value.len() <= level.options.max_value_size {
            let stored = level.run("set", &mut self.left, level.cache.set(&self.key, value, ttl)).await;
            self.unless_broken(stored);
        } else {
            tracing::debug!(key = self.key, size = value.len(), "too large for the shared cache of schemas");
        }
        self.unlock().await;
    }

    async fn unlock(&mut self) {
        let (Some(level), Some(token)) = (self.level, self.token.take()) else { return };
        let lock = self.lock_key();
        let unlocked = level.run("unlock", &mut self.left, level.cache.unlock(&lock, &token)).await;
        self.unless_broken(unlocked);
    }

    fn lock_key(&self) -> String {
        format!("lock:{}", self.key)
    }

    /// After a failure this lookup goes on without the shared cache, so that it pays for it once.
    fn unless_broken<T>(&mut self, answer: Option<T>) -> Option<T> {
        if answer.is_none() {
            self.level = None;
        }
        answer
    }
}

impl fmt::Debug for SharedLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SharedLevel")
            .field("registry", &self.registry)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn report_poisoned(key: &str, poisoned: &(dyn Error + Send + Sync)) {
    let cause = poisoned.source().map(tracing::field::display);
    tracing::warn!(key, cause, "a value in the shared cache of schemas is removed and fetched again: {poisoned}");
}

/// Differs from the tokens of all other processes: the keys of a new RandomState are random.
fn random_token() -> String {
    format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1))
}
