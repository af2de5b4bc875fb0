//! The cache in Redis that several processes share. Every client here has connections of its own, as a process has.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use schema_registry::server::Server;
use schema_registry::{
    CacheKind, CacheStatistics, Context, Deletion, RecordPart, RedisCache, RegistryError, RegistrySettings,
    RegistryVariable, SchemaId, SchemaIdHeader, SchemaReference, SchemaRegistry, SchemaRegistryBuilder,
    SharedCacheOptions, WireFormat, WireId,
};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tracing::Level;

use crate::https::Authority;
use crate::logged::Logged;
use crate::redis_server::RedisServer;
use crate::{record, registry, shared_services};

const ONE: SchemaId = SchemaId::new(1);

const FAILS: &str = "the shared cache of schemas fails";
const WORKS: &str = "the shared cache of schemas works again";
const REMOVED: &str = "a value in the shared cache of schemas is removed and fetched again";

/// On a busy machine even a Redis that works can take longer than the default.
fn patient() -> SharedCacheOptions {
    SharedCacheOptions::default().with_timeout(Duration::from_secs(20)).with_wait(Duration::from_secs(20))
}

fn builder(server: &Server, redis: &RedisServer) -> SchemaRegistryBuilder {
    SchemaRegistry::builder().url(server.url()).shared_cache(redis.cache()).shared_cache_options(patient())
}

/// A client that remembers nothing yet.
fn cold(server: &Server, redis: &RedisServer) -> SchemaRegistry {
    builder(server, redis).build().expect("a valid address")
}

fn statistics(client: &SchemaRegistry, kind: CacheKind) -> CacheStatistics {
    let all = client.cache_statistics();
    *all.iter().find(|statistics| statistics.kind == kind).expect("every kind is there")
}

/// Registers schemas under subjects `s0`, `s1`, …, which get the ids from 1.
async fn register(client: &SchemaRegistry, count: u32) {
    for index in 0..count {
        let schema = record(&format!("R{index}"), &[("a", r#""int""#)]);
        let id = client.register(&format!("s{index}"), &schema).await.expect("registered");
        assert_eq!(id, SchemaId::new(index + 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_cold_clients_ask_the_registry_once_for_each_schema() {
    let (server, client) = registry().await;
    register(&client, 50).await;
    let redis = RedisServer::start();
    let before = server.requests();
    let barrier = Arc::new(Barrier::new(100));
    let mut tasks = tokio::task::JoinSet::new();
    for first in 0..100 {
        let (client, barrier) = (cold(&server, &redis), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            for index in 0..50 {
                // Half of them in one order, the others from different places on.
                let index = if first % 2 == 0 { index } else { (index + first) % 50 };
                let schema = client.schema_by_id(SchemaId::new(index + 1)).await.expect("registered");
                assert!(schema.text().contains(&format!(r#""R{index}""#)), "{index}: {}", schema.text());
            }
        });
    }
    tasks.join_all().await;
    let requests = server.requests() - before;
    assert!((50..=60).contains(&requests), "{requests} requests");
    assert_eq!(redis.keys().await.len(), 50, "no lock is left");
}

#[tokio::test]
async fn what_one_client_has_fetched_another_does_not() {
    let (server, client) = registry().await;
    let redis = RedisServer::start();
    let city = record("a.City", &[("name", r#""string""#)]);
    client.register("city", &city).await.expect("registered");
    let home = record("a.Home", &[("city", r#""a.City""#)]);
    let home = home.with_references([SchemaReference::new("a.City", "city", 1)]);
    let id = client.register("home", &home).await.expect("registered");
    let guid = client.schema_by_id(id).await.expect("registered").guid();

    let ask = async |client: SchemaRegistry| {
        let by_id = client.schema_by_id(id).await.expect("registered");
        assert_eq!((by_id.guid(), by_id.schema().definitions().len()), (guid, 2));
        let by_guid = client.schema_by_guid(guid).await.expect("registered");
        assert_eq!((by_guid.id(), by_guid.text()), (id, by_id.text()));
        assert_eq!(client.latest("home").await.expect("registered").id(), id);
        assert_eq!(client.version("home", 1).await.expect("registered").id(), id);
    };
    let before = server.requests();
    ask(cold(&server, &redis)).await;
    // The schema, its reference, the GUID with its ids, latest, and a version.
    assert_eq!(server.requests() - before, 6);
    let warm = cold(&server, &redis);
    ask(warm.clone()).await;
    assert_eq!(server.requests() - before, 6);
    for kind in [CacheKind::Id, CacheKind::Guid, CacheKind::Latest] {
        let statistics = statistics(&warm, kind);
        assert_eq!((statistics.shared.hits, statistics.shared.misses, statistics.entries), (1, 0, 1), "{kind}");
    }
    assert_eq!(statistics(&warm, CacheKind::Version).shared.hits, 2);

    let ttl = async |part: &str| redis.run::<i64>(redis::cmd("PTTL").arg(redis.key(part).await)).await;
    for part in [":id:", ":guid:"] {
        assert_eq!(ttl(part).await, -1, "{part} stays for ever");
    }
    assert!((1..=60 * 60 * 1000).contains(&ttl(":latest:").await), "as long as in memory");
    assert!((1..=24 * 60 * 60 * 1000).contains(&ttl(":version:1:home").await));
}

/// Producers that write GUIDs into headers, and consumers that share what they know.
#[tokio::test]
async fn the_schemas_of_headers_are_shared_whatever_the_marking() {
    let (server, client) = registry().await;
    register(&client, 1).await;
    let redis = RedisServer::start();
    let by_id = client.schema_by_id(ONE).await.expect("it is there");
    let guid = by_id.registry_guid().expect("it has one");
    let records = [WireId::from(guid), WireId::from(ONE)].map(|id| SchemaIdHeader::new(RecordPart::Value, id));
    let before = server.requests();
    for (index, expected) in [(0, 2), (1, 3), (0, 3), (1, 3)] {
        // Each record is the first one of a process.
        let consumer = cold(&server, &redis);
        let headers = [(records[index].name(), Some(records[index].value()))];
        let (id, datum) = WireFormat::Header.split_record(RecordPart::Value, headers, b"\x02").expect("a record");
        let schema = consumer.schema_by_wire_id(id).await.expect("it is there");
        assert_eq!((schema.id(), schema.guid(), datum), (ONE, guid, &b"\x02"[..]));
        assert_eq!(server.requests() - before, expected, "a GUID takes two requests, an id one, and both one time");
    }
}

/// This test is a process of the next one.
#[tokio::test]
async fn one_of_many_processes() {
    let (Ok(registry), Ok(redis)) = (std::env::var("TEST_REGISTRY"), std::env::var("TEST_REDIS")) else { return };
    let cache = RedisCache::new(&redis).expect("an address");
    let builder = SchemaRegistry::builder().url(registry).shared_cache(cache).shared_cache_options(patient());
    let client = builder.build().expect("a valid address");
    client.prefetch((1..=50).map(SchemaId::new)).await.expect("all are there");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_ask_the_registry_once_for_each_schema() {
    let (server, client) = registry().await;
    register(&client, 50).await;
    let redis = RedisServer::start();
    let before = server.requests();
    let start = || {
        std::process::Command::new(std::env::current_exe().expect("this is a program"))
            .args(["--exact", "shared_cache::one_of_many_processes"])
            .env("TEST_REGISTRY", server.url())
            .env("TEST_REDIS", redis.url())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("it starts")
    };
    let processes: Vec<_> = (0..20).map(|_| start()).collect();
    let all_are_fine = processes.into_iter().all(|mut process| process.wait().expect("it ends").success());
    assert!(all_are_fine);
    assert_eq!(server.requests() - before, 50);
}

#[tokio::test]
async fn latest_is_asked_again_when_it_has_expired_or_changed() {
    let (server, client) = registry().await;
    let redis = RedisServer::start();
    register(&client, 1).await;
    let brief = builder(&server, &redis).latest_ttl(Duration::from_millis(200)).build().expect("a valid address");
    assert_eq!(brief.latest("s0").await.expect("registered").version(), 1);
    let key = redis.key(":latest:").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while redis.run::<bool>(redis::cmd("EXISTS").arg(&key)).await {
        assert!(Instant::now() < deadline, "it does not expire");
        tokio::task::yield_now().await;
    }

    assert_eq!(cold(&server, &redis).latest("s0").await.expect("registered").version(), 1);
    let changed = record("R0", &[("b", r#""int","default":1"#)]);
    cold(&server, &redis).register("s0", &changed).await.expect("registered");
    assert_eq!(cold(&server, &redis).latest("s0").await.expect("registered").version(), 2);

    cold(&server, &redis).version("s0", 2).await.expect("registered");
    cold(&server, &redis).delete_version("s0", 2, Deletion::Soft).await.expect("deleted");
    let client = cold(&server, &redis);
    assert_eq!(client.latest("s0").await.expect("registered").version(), 1);
    assert!(client.version("s0", 2).await.expect_err("deleted").is_not_found());
}

#[tokio::test]
async fn registries_and_contexts_do_not_mix() {
    let redis = RedisServer::start();
    let mut texts = BTreeSet::new();
    let ((first, client), (second, other)) = (registry().await, registry().await);
    let team: Context = "team".parse().expect("a name");
    client.register("s", &record("A", &[])).await.expect("registered");
    client.in_context(team.clone()).register("s", &record("B", &[])).await.expect("registered");
    other.register("s", &record("C", &[])).await.expect("registered");
    for _ in 0..2 {
        let here = cold(&first, &redis);
        let there = here.in_context(team.clone());
        for client in [here, there, cold(&second, &redis)] {
            let text = client.schema_by_id(ONE).await.expect("registered").text().to_owned();
            assert_eq!(client.latest("s").await.expect("registered").schema().text(), text);
            texts.insert(text);
        }
    }
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert_eq!(redis.keys().await.len(), 6);
}

#[tokio::test]
async fn addresses_of_one_registry_share_by_its_name_and_in_any_order() {
    let (server, client) = registry().await;
    let redis = RedisServer::start();
    register(&client, 1).await;
    let (address, other) = (server.url(), server.url().replace("127.0.0.1", "localhost"));
    let before = server.requests();
    let ask = async |urls: [&str; 2], name: Option<&str>| {
        let mut options = patient();
        options.registry = name.map(str::to_owned);
        let builder = SchemaRegistry::builder().urls(urls).shared_cache(redis.cache()).shared_cache_options(options);
        builder.build().expect("valid addresses").schema_by_id(ONE).await.expect("registered");
        server.requests() - before
    };
    assert_eq!(ask([&address, &other], None).await, 1);
    assert_eq!(ask([&other, &address], None).await, 1);
    assert_eq!(ask([&other, &address], Some("production")).await, 2);
    assert_eq!(ask([&address, "http://localhost:1"], Some("production")).await, 2);
    assert!(redis.key("production").await.starts_with("schema-registry:1:production:.:id:"));
}

#[tokio::test]
async fn a_redis_that_dies_and_comes_back_is_reported_once_and_fails_nothing() {
    let (server, client) = registry().await;
    register(&client, 40).await;
    let mut redis = RedisServer::start();
    let (logged, _guard) = Logged::collect(Level::INFO);
    let options = patient().with_pause(Duration::from_millis(50));
    let client = builder(&server, &redis).shared_cache_options(options).build().expect("a valid address");
    client.schema_by_id(ONE).await.expect("registered");
    assert_eq!(redis.keys().await.len(), 1);

    redis.kill();
    for id in 2..20 {
        client.schema_by_id(SchemaId::new(id)).await.expect("the registry has it");
    }
    assert_eq!((logged.count(FAILS), logged.count(WORKS)), (1, 0), "{}", logged.text());

    redis.start_again();
    let deadline = Instant::now() + Duration::from_secs(20);
    while logged.count(WORKS) == 0 {
        assert!(Instant::now() < deadline, "{}", logged.text());
        client.clear_caches();
        client.schema_by_id(SchemaId::new(20)).await.expect("the registry has it");
    }
    client.schema_by_id(SchemaId::new(21)).await.expect("the registry has it");
    assert!(redis.key(":id:21").await.ends_with(":id:21"));
    assert_eq!((logged.count(FAILS), logged.count(WORKS)), (1, 1), "{}", logged.text());
}

/// Asks for many schemas, one after the other, and returns how long that took.
async fn ask_for_all(client: &SchemaRegistry, count: u32) -> Duration {
    let start = Instant::now();
    for id in 1..=count {
        client.schema_by_id(SchemaId::new(id)).await.expect("the registry has it");
    }
    start.elapsed()
}

#[tokio::test]
async fn a_redis_that_never_answers_is_waited_for_once() {
    let (server, client) = registry().await;
    register(&client, 40).await;
    let timeout = Duration::from_millis(500);
    let options = SharedCacheOptions::default().with_timeout(timeout).with_pause(Duration::from_secs(3600));
    let check = async |cache: RedisCache| {
        let (logged, _guard) = Logged::collect(Level::INFO);
        let builder = SchemaRegistry::builder().url(server.url()).shared_cache(cache);
        let client = builder.shared_cache_options(options.clone()).build().expect("a valid address");
        let took = ask_for_all(&client, 40).await;
        assert!(took >= timeout && took < 20 * timeout, "{took:?} for 40 schemas");
        assert_eq!(logged.count(FAILS), 1, "{}", logged.text());
        assert!(logged.text().contains("no answer within 500ms"), "{}", logged.text());
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    let silent = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            kept.push(connection);
        }
    });
    check(RedisCache::new(&format!("redis://127.0.0.1:{port}")).expect("a valid address")).await;
    silent.abort();

    let redis = RedisServer::start();
    redis.freeze();
    check(redis.cache()).await;
    redis.go_on();
}

#[tokio::test]
async fn a_redis_that_froze_with_the_connection_open_is_used_again() {
    let (server, client) = registry().await;
    register(&client, 40).await;
    let redis = RedisServer::start();
    let (logged, _guard) = Logged::collect(Level::INFO);
    let client = builder(&server, &redis);
    let options = patient().with_timeout(Duration::from_millis(300)).with_pause(Duration::from_millis(10));
    let client = client.shared_cache_options(options).build().expect("a valid address");
    client.schema_by_id(ONE).await.expect("registered");
    redis.freeze();
    client.schema_by_id(SchemaId::new(2)).await.expect("the registry has it");
    assert_eq!(logged.count(FAILS), 1, "{}", logged.text());
    redis.go_on();
    let deadline = Instant::now() + Duration::from_secs(20);
    while logged.count(WORKS) == 0 {
        assert!(Instant::now() < deadline, "{}", logged.text());
        client.clear_caches();
        client.schema_by_id(SchemaId::new(3)).await.expect("the registry has it");
    }
}

#[tokio::test]
async fn poisoned_values_are_noticed_removed_and_fetched_again() {
    let (server, client) = registry().await;
    register(&client, 2).await;
    let redis = RedisServer::start();
    let fill = async |id: u32| cold(&server, &redis).schema_by_id(SchemaId::new(id)).await.expect("registered");
    let right = fill(1).await;
    fill(2).await;
    let (key, other) = (redis.key(":id:1").await, redis.key(":id:2").await);
    let value: String = redis.run(redis::cmd("GET").arg(&key)).await;
    let other: String = redis.run(redis::cmd("GET").arg(&other)).await;
    let poisons = [
        ("nothing", String::new()),
        ("no JSON", "hunter2".to_owned()),
        ("another answer", r#"{"format":1,"guid":"","answer":[]}"#.to_owned()),
        ("another schema", other),
        ("a changed schema", value.replace("R0", "R1")),
        ("a changed type", value.replace("int", "long")),
        ("a changed GUID", value.replace(&right.guid().to_string(), "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1")),
        ("another format", value.replace(r#""format":1"#, r#""format":2"#)),
        ("half of it", value[..value.len() / 2].to_owned()),
    ];
    for (what, poison) in poisons {
        assert_ne!(poison, value, "{what}");
        let () = redis.run(redis::cmd("SET").arg(&key).arg(poison)).await;
        let (logged, _guard) = Logged::collect(Level::INFO);
        let before = server.requests();
        assert_eq!(fill(1).await.text(), right.text(), "{what}");
        assert_eq!(logged.count(REMOVED), 1, "{what}: {}", logged.text());
        assert!(logged.text().contains(&key) && !logged.text().contains("hunter2"), "{what}: {}", logged.text());
        assert_eq!(server.requests() - before, 1, "{what}");
        assert_eq!(redis.run::<String>(redis::cmd("GET").arg(&key)).await, value, "{what}");
        assert_eq!(fill(1).await.text(), right.text(), "{what}");
        assert_eq!(server.requests() - before, 1, "{what}");
    }
}

#[tokio::test]
async fn another_schema_under_a_guid_is_noticed() {
    let (server, client) = registry().await;
    register(&client, 2).await;
    let redis = RedisServer::start();
    let mut guids = Vec::new();
    for id in [1, 2] {
        guids.push(client.schema_by_id(SchemaId::new(id)).await.expect("registered").guid());
        cold(&server, &redis).schema_by_guid(guids[guids.len() - 1]).await.expect("registered");
    }
    let [first, second] = [redis.key(&guids[0].to_string()).await, redis.key(&guids[1].to_string()).await];
    let value: Vec<u8> = redis.run(redis::cmd("GET").arg(&second)).await;
    let () = redis.run(redis::cmd("SET").arg(&first).arg(value)).await;
    let (logged, _guard) = Logged::collect(Level::INFO);
    let schema = cold(&server, &redis).schema_by_guid(guids[0]).await.expect("registered");
    assert_eq!((schema.id(), schema.guid()), (ONE, guids[0]));
    assert_eq!(logged.count(REMOVED), 1, "{}", logged.text());
}

#[tokio::test]
async fn whoever_dies_with_the_lock_is_waited_for_only_so_long() {
    let (server, client) = registry().await;
    register(&client, 2).await;
    let redis = RedisServer::start();
    cold(&server, &redis).schema_by_id(SchemaId::new(2)).await.expect("registered");
    let key = redis.key(":id:2").await.replace(":id:2", ":id:1");
    let () = redis.run(redis::cmd("SET").arg(format!("lock:{key}")).arg("somebody")).await;
    let wait = Duration::from_millis(200);
    let client = builder(&server, &redis).shared_cache_options(patient().with_wait(wait));
    let start = Instant::now();
    client.build().expect("a valid address").schema_by_id(ONE).await.expect("registered");
    assert!(start.elapsed() >= wait, "{:?}", start.elapsed());
    assert_eq!(redis.run::<String>(redis::cmd("GET").arg(format!("lock:{key}"))).await, "somebody");
    let before = server.requests();
    cold(&server, &redis).schema_by_id(ONE).await.expect("stored without the lock");
    assert_eq!(server.requests(), before);
}

#[tokio::test]
async fn errors_and_large_answers_are_not_shared() {
    let (server, client) = registry().await;
    register(&client, 1).await;
    let redis = RedisServer::start();
    let client = cold(&server, &redis);
    for _ in 0..2 {
        assert!(client.schema_by_id(SchemaId::new(7)).await.expect_err("unknown").is_unknown_schema());
        assert!(client.latest("unknown").await.expect_err("unknown").is_not_found());
    }
    assert_eq!(redis.keys().await, Vec::<String>::new(), "neither values nor locks");
    let options = patient().with_max_value_size(100);
    let client = builder(&server, &redis).shared_cache_options(options).build().expect("a valid address");
    client.schema_by_id(ONE).await.expect("registered");
    assert_eq!(redis.keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_login_and_tls_are_in_the_address() {
    let (server, client) = registry().await;
    register(&client, 2).await;
    let redis = RedisServer::start_with_password("hunter2");
    let (logged, _guard) = Logged::collect(Level::TRACE);
    let variables = |password: &str| {
        let url = format!("redis://:{password}@127.0.0.1:{}", redis.port());
        RegistrySettings::from_variables(|variable| match variable {
            RegistryVariable::Url => Some(server.url()),
            RegistryVariable::Name => Some("staging".to_owned()),
            RegistryVariable::CacheUrl => Some(url.clone()),
            _ => None,
        })
    };
    let ask = async |password: &str| {
        let settings = variables(password).expect("valid settings");
        let builder = SchemaRegistry::builder().shared_cache_options(patient()).settings(&settings);
        let client = builder.build().expect("valid settings");
        client.schema_by_id(ONE).await.expect("registered");
        format!("{settings:?} {client:?}")
    };
    let before = server.requests();
    let mut printed = ask("hunter2").await;
    assert_eq!(logged.count(FAILS), 0, "{}", logged.text());
    printed += &ask("hunter2").await;
    assert_eq!(server.requests() - before, 1, "shared under the name of the registry");
    printed += &ask("hunter3").await;
    assert_eq!(server.requests() - before, 2, "refused");
    assert_eq!(logged.count(FAILS), 1, "{}", logged.text());
    printed += &logged.text();
    assert!(!printed.contains("hunter"), "{printed}");

    let authority = Authority::new();
    let redis = RedisServer::start_with_tls(&authority.issue("localhost"));
    let url = format!("rediss://localhost:{}", redis.port());
    for (authority, fails) in [(&authority, 1), (&authority, 1), (&Authority::new(), 2)] {
        let cache = RedisCache::with_root_certificates(&url, authority.pem()).expect("a valid certificate");
        let builder = SchemaRegistry::builder().url(server.url()).shared_cache(cache).shared_cache_options(patient());
        let client = builder.build().expect("a valid address");
        client.schema_by_id(ONE).await.expect("registered");
        assert_eq!(logged.count(FAILS), fails, "{}", logged.text());
    }
    assert_eq!(server.requests() - before, 4, "one by the first client, one by the client that does not trust");
}

#[tokio::test]
async fn an_address_that_is_not_one_of_redis_is_refused_when_the_client_is_built() {
    let builder = SchemaRegistry::builder().url("http://localhost:8081");
    let mut settings = RegistrySettings::default();
    settings.cache_url = Some("http://ann:hunter2@cache.example".to_owned());
    let error = builder.settings(&settings).build().map(drop).expect_err("not one of Redis");
    assert!(matches!(error, RegistryError::InvalidCacheUrl { .. }), "{error:?}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[tokio::test]
async fn the_client_of_the_documentation_shares() {
    let page = include_str!("../../../docs/registry.md");
    assert!(page.contains(include_str!("shared_services.rs")), "docs/registry.md shows another client");
    let (server, client) = registry().await;
    register(&client, 1).await;
    let redis = RedisServer::start();
    let before = server.requests();
    for _ in 0..3 {
        let service = shared_services::client(&server.url(), &redis.url()).expect("valid addresses");
        service.schema_by_id(ONE).await.expect("registered");
    }
    assert_eq!(server.requests() - before, 1);
}
