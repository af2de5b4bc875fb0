//! What the caches hold and how often they had what was asked for, for code and for whatever collects metrics.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{SharedString, counter, gauge};

/// What a cache of the client is keyed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheKind {
    /// Schemas by id.
    Id,
    /// Schemas by GUID.
    Guid,
    /// Schemas by Apicurio's `globalId`.
    GlobalId,
    /// Versions of subjects.
    Version,
    /// The latest version of each subject.
    Latest,
    /// Registrations.
    Registration,
}

impl CacheKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Id, Self::Guid, Self::GlobalId, Self::Version, Self::Latest, Self::Registration];

    /// The name in metrics and in keys of the shared cache, such as `guid`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Guid => "guid",
            Self::GlobalId => "global_id",
            Self::Version => "version",
            Self::Latest => "latest",
            Self::Registration => "registration",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Id => 0,
            Self::Guid => 1,
            Self::GlobalId => 2,
            Self::Version => 3,
            Self::Latest => 4,
            Self::Registration => 5,
        }
    }
}

impl fmt::Display for CacheKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How often a cache was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheLookups {
    /// How often it had the value, or a task that asked for the same at that moment got it.
    pub hits: u64,
    /// How often it did not, so that the next level or the registry was asked.
    pub misses: u64,
}

impl CacheLookups {
    /// The share of hits, from 0 to 1; `None` before the first lookup.
    pub fn hit_rate(self) -> Option<f64> {
        let all = self.hits.checked_add(self.misses).filter(|all| *all > 0)?;
        // Thousandths are enough, and are exact.
        let thousandths = u128::from(self.hits) * 1000 / u128::from(all);
        u32::try_from(thousandths).ok().map(|thousandths| f64::from(thousandths) / 1000.0)
    }
}

/// What one of the client's caches holds, and how often it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStatistics {
    /// What the cache is keyed by.
    pub kind: CacheKind,
    /// How many values are in memory.
    pub entries: u64,
    /// Lookups in memory.
    pub memory: CacheLookups,
    /// Lookups in the shared cache, which is asked for what is not in memory. None where there is no shared cache, or
    /// while it fails.
    pub shared: CacheLookups,
}

/// Which of the caches was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheLevel {
    Memory,
    Shared,
}

/// Counts lookups. Whoever decodes messages keeps the schemas of its topic itself, so that there is no lookup, and none
/// of this, for each message.
#[derive(Debug)]
pub(crate) struct CacheCounts {
    registry: Arc<str>,
    memory: [Count; CacheKind::ALL.len()],
    shared: [Count; CacheKind::ALL.len()],
}

#[derive(Debug, Default)]
struct Count {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl CacheCounts {
    pub(crate) fn new(registry: Arc<str>) -> Self {
        Self { registry, memory: Default::default(), shared: Default::default() }
    }

    pub(crate) fn count(&self, level: CacheLevel, kind: CacheKind, is_hit: bool) {
        let (counts, level) = match level {
            CacheLevel::Memory => (&self.memory, "memory"),
            CacheLevel::Shared => (&self.shared, "shared"),
        };
        let count = &counts[kind.index()];
        let (count, result) = if is_hit { (&count.hits, "hit") } else { (&count.misses, "miss") };
        count.fetch_add(1, Ordering::Relaxed);
        let labels = [
            ("registry", SharedString::from_shared(Arc::clone(&self.registry))),
            ("level", level.into()),
            ("kind", kind.as_str().into()),
            ("result", result.into()),
        ];
        counter!("schema_registry_cache_lookups_total", &labels).increment(1);
    }

    /// Reports how many values are in memory.
    pub(crate) fn entries(&self, kind: CacheKind, entries: u64) {
        let labels =
            [("registry", SharedString::from_shared(Arc::clone(&self.registry))), ("kind", kind.as_str().into())];
        gauge!("schema_registry_cache_entries", &labels).set(f64::from(u32::try_from(entries).unwrap_or(u32::MAX)));
    }

    pub(crate) fn statistics(&self, kind: CacheKind, entries: u64) -> CacheStatistics {
        let read = |count: &Count| CacheLookups {
            hits: count.hits.load(Ordering::Relaxed),
            misses: count.misses.load(Ordering::Relaxed),
        };
        let index = kind.index();
        CacheStatistics { kind, entries, memory: read(&self.memory[index]), shared: read(&self.shared[index]) }
    }
}
