//! What the client measures, as whatever collects metrics sees it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use schema_registry::{CacheKind, SchemaId, SchemaRegistry};
use tracing::Level;

use crate::logged::Logged;
use crate::redis_server::RedisServer;
use crate::scripted::dead_url;
use crate::{record, registry};

/// The value of each counter and gauge, and the number of values of each histogram, by name and labels.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<BTreeMap<String, f64>>>);

struct Measured {
    name: String,
    collected: Collected,
}

impl Measured {
    fn set(&self, change: impl FnOnce(f64) -> f64) {
        let mut all = self.collected.0.lock().expect("no test panics while it holds this");
        let value = all.entry(self.name.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for Measured {
    fn increment(&self, by: u64) {
        self.set(|value| value + f64::from(u32::try_from(by).expect("a small number")));
    }
    fn absolute(&self, _: u64) {
        unreachable!("no counter of ours is set");
    }
}

impl GaugeFn for Measured {
    fn increment(&self, by: f64) {
        self.set(|value| value + by);
    }
    fn decrement(&self, by: f64) {
        self.set(|value| value - by);
    }
    fn set(&self, to: f64) {
        self.set(|_| to);
    }
}

impl HistogramFn for Measured {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value), "{}: {value} seconds", self.name);
        self.set(|count| count + 1.0);
    }
}

impl Collected {
    fn measured(&self, key: &Key) -> Arc<Measured> {
        let mut labels: Vec<_> = key.labels().filter(|label| label.key() != "registry").collect();
        assert!(labels.len() < key.labels().count(), "{key:?} has no registry");
        labels.sort();
        let labels: Vec<_> = labels.iter().map(|label| label.value()).collect();
        Arc::new(Measured { name: format!("{} {}", key.name(), labels.join(" ")), collected: self.clone() })
    }

    #[track_caller]
    fn check(&self, name: &str, expected: u32) {
        let all = self.0.lock().expect("no test panics while it holds this");
        assert_eq!(all.get(name).copied(), Some(f64::from(expected)), "{name} in {all:#?}");
    }
}

impl Recorder for Collected {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.measured(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.measured(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.measured(key))
    }
}

#[tokio::test]
async fn requests_and_caches_are_measured() {
    let collected = Collected::default();
    let _guard = metrics::set_default_local_recorder(&collected);
    let (server, client) = registry().await;
    client.register("s", &record("R", &[])).await.expect("registered");
    let redis = RedisServer::start();
    let one = SchemaId::new(1);
    let dead = SchemaRegistry::builder().url(dead_url().await).retries(0).build().expect("a valid address");
    dead.schema_by_id(one).await.expect_err("nobody is there");
    for _ in 0..2 {
        let builder = SchemaRegistry::builder().url(server.url()).shared_cache(redis.cache());
        let client = builder.build().expect("a valid address");
        for _ in 0..3 {
            client.schema_by_id(one).await.expect("registered");
        }
        client.schema_by_id(SchemaId::new(7)).await.expect_err("unknown");
        let statistics = client.cache_statistics();
        let ids = statistics.iter().find(|statistics| statistics.kind == CacheKind::Id).expect("every kind is there");
        assert_eq!((ids.entries, ids.memory.hits, ids.memory.misses), (1, 2, 2));
        assert_eq!(ids.memory.hit_rate(), Some(0.5));
        assert_eq!(statistics.len(), CacheKind::ALL.len());
    }

    // Labels are in the order of their names: kind, level, operation, result.
    collected.check("schema_registry_requests_total register success", 1);
    collected.check("schema_registry_requests_total schema_by_id success", 1);
    collected.check("schema_registry_requests_total schema_by_id not_found", 2);
    collected.check("schema_registry_requests_total schema_by_id unreachable", 1);
    collected.check("schema_registry_request_duration_seconds schema_by_id success", 1);
    collected.check("schema_registry_cache_lookups_total id memory hit", 4);
    collected.check("schema_registry_cache_lookups_total id memory miss", 5);
    collected.check("schema_registry_cache_lookups_total id shared hit", 1);
    collected.check("schema_registry_cache_lookups_total id shared miss", 3);
    collected.check("schema_registry_cache_lookups_total registration memory miss", 1);
    collected.check("schema_registry_cache_entries id", 1);
    collected.check("schema_registry_shared_cache_duration_seconds set", 1);
    collected.check("schema_registry_shared_cache_available ", 1);
}

#[tokio::test]
async fn requests_are_in_a_span() {
    let (_server, client) = registry().await;
    let (logged, _guard) = Logged::collect(Level::DEBUG);
    client.register("s", &record("R", &[])).await.expect("registered");
    let span = r#"schema_registry{call="register" what="registering a schema under subject `s`"}"#;
    assert!(logged.count(span) > 0, "{}", logged.text());
}
