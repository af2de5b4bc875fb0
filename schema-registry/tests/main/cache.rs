//! What the client remembers, and what it does not.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use schema_registry::{RegistryError, SchemaId, SchemaRegistry, SchemaRegistryBuilder};
use tokio::sync::Barrier;

use crate::scripted::{Scripted, error, json};
use crate::{record, registry};

const SCHEMA: &str = r#"{"schema": "\"string\""}"#;
const VERSION: &str = r#"{"subject": "s", "version": 1, "id": 1, "schema": "\"string\""}"#;

fn single_try(server: &Scripted) -> SchemaRegistryBuilder {
    SchemaRegistry::builder().url(&server.url).retries(0)
}

/// Asks until the server has been asked `count` times.
async fn ask_until(server: &Scripted, count: usize, ask: impl AsyncFn()) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.count() < count {
        assert!(Instant::now() < deadline, "the registry was not asked again");
        ask().await;
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tasks_that_ask_for_one_id_make_one_request() {
    let server = Scripted::start(|_, _| json(SCHEMA)).await;
    let client = single_try(&server).build().expect("a valid address");
    let barrier = Arc::new(Barrier::new(100));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (client, barrier) = (client.clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            client.schema_by_id(SchemaId::new(7)).await.expect("the script answers")
        });
    }
    let schemas = tasks.join_all().await;
    assert_eq!(server.count(), 1);
    assert!(schemas.iter().all(|schema| Arc::ptr_eq(schema, &schemas[0])), "all share one parsed schema");
    assert_eq!(schemas[0].id(), SchemaId::new(7));
}

/// Asks a hundred times before there is any answer, and gives what each got.
async fn ask_together(server: &Scripted, client: &SchemaRegistry, id: SchemaId) -> Vec<RegistryError> {
    let mut asking: Vec<_> = (0..100).map(|_| Box::pin(client.schema_by_id(id))).collect();
    poll_fn(|context| {
        for future in &mut asking {
            assert!(future.as_mut().poll(context).is_pending(), "the server answers nothing yet");
        }
        Poll::Ready(())
    })
    .await;
    server.open();
    let mut errors = Vec::new();
    for future in asking {
        errors.push(future.await.expect_err("the script refuses"));
    }
    errors
}

#[tokio::test]
async fn an_error_goes_to_all_who_waited_and_is_forgotten() {
    let server = Scripted::start_closed(|index, _| if index == 0 { error(503, 503, "") } else { json(SCHEMA) }).await;
    let client = single_try(&server).build().expect("a valid address");
    for error in ask_together(&server, &client, SchemaId::new(7)).await {
        assert!(error.is_retriable(), "{error}");
    }
    assert_eq!(server.count(), 1);
    client.schema_by_id(SchemaId::new(7)).await.expect("the next answer is a good one");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn an_unknown_id_is_remembered_for_a_while() {
    let unknown = |_, _: &_| error(404, 40403, "Schema not found");
    let server = Scripted::start_closed(unknown).await;
    let client = single_try(&server).negative_ttl(Duration::from_secs(3600)).build().expect("a valid address");
    for error in ask_together(&server, &client, SchemaId::new(7)).await {
        assert!(error.is_not_found(), "{error}");
    }
    for _ in 0..10 {
        let error = client.schema_by_id(SchemaId::new(7)).await.expect_err("unknown");
        assert!(error.is_not_found(), "{error}");
    }
    assert_eq!(server.count(), 1);
    client.schema_by_id(SchemaId::new(8)).await.expect_err("unknown");
    assert_eq!(server.count(), 2, "another id is another question");
    client.clear_caches();
    client.schema_by_id(SchemaId::new(7)).await.expect_err("unknown");
    assert_eq!(server.count(), 3);

    let server = Scripted::start(unknown).await;
    let client = single_try(&server).negative_ttl(Duration::from_millis(30)).build().expect("a valid address");
    ask_until(&server, 2, async || drop(client.schema_by_id(SchemaId::new(7)).await)).await;

    let server = Scripted::start(unknown).await;
    let client = single_try(&server).negative_ttl(Duration::ZERO).build().expect("a valid address");
    for count in 1..5 {
        client.schema_by_id(SchemaId::new(7)).await.expect_err("unknown");
        assert_eq!(server.count(), count);
    }
}

#[tokio::test]
async fn the_latest_version_is_remembered_until_it_may_be_another() {
    let server = Scripted::start(|_, _| json(VERSION)).await;
    let client = single_try(&server).build().expect("a valid address");
    for _ in 0..10 {
        assert_eq!(client.latest("s").await.expect("the script answers").version(), 1);
    }
    assert_eq!(server.count(), 1);
    client.schema_by_id(SchemaId::new(1)).await.expect("known from the version");
    assert_eq!(server.count(), 1, "the answer held the schema");

    let server = Scripted::start(|_, _| json(VERSION)).await;
    let client = single_try(&server).latest_ttl(Duration::from_millis(30)).build().expect("a valid address");
    ask_until(&server, 2, async || drop(client.latest("s").await)).await;
}

#[tokio::test]
async fn errors_about_subjects_are_not_remembered() {
    let server = Scripted::start(|_, _| error(404, 40401, "Subject 's' not found.")).await;
    let client = single_try(&server).build().expect("a valid address");
    for count in [1, 3, 5] {
        client.latest("s").await.expect_err("unknown");
        assert_eq!(server.count(), count);
        client.register("s", &record("R", &[])).await.expect_err("unknown");
    }
}

#[tokio::test]
async fn a_registration_is_made_once_for_each_subject_and_text() {
    let (server, client) = registry().await;
    let (first, second) = (record("R", &[]), record("R", &[("a", r#""int","default":1"#)]));
    let id = client.register("s", &first).await.expect("registered");
    for _ in 0..10 {
        assert_eq!(client.clone().register("s", &first).await.expect("remembered"), id);
    }
    assert_eq!(server.requests(), 1);
    assert_eq!(client.register("t", &first).await.expect("registered"), id, "equal schemas share an id");
    assert_ne!(client.register("s", &second).await.expect("registered"), id);
    assert_eq!(client.normalizing(true).register("s", &first).await.expect("registered"), id);
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn registering_forgets_what_it_changes() {
    let (_server, client) = registry().await;
    client.register("s", &record("R", &[])).await.expect("registered");
    assert_eq!(client.latest("s").await.expect("there").version(), 1);
    client.schema_by_id(SchemaId::new(2)).await.expect_err("not yet");
    client.register("s", &record("R", &[("a", r#""int","default":1"#)])).await.expect("registered");
    assert_eq!(client.latest("s").await.expect("there").version(), 2);
    assert_eq!(client.schema_by_id(SchemaId::new(2)).await.expect("there now").id(), SchemaId::new(2));
}

#[tokio::test]
async fn a_task_that_gives_up_does_not_take_the_others_with_it() {
    let server = Scripted::start_closed(|_, _| json(SCHEMA)).await;
    let client = single_try(&server).build().expect("a valid address");
    let mut waiting = pin!(client.schema_by_id(SchemaId::new(7)));
    {
        let mut giving_up = pin!(client.schema_by_id(SchemaId::new(7)));
        poll_fn(|context| {
            assert!(giving_up.as_mut().poll(context).is_pending());
            assert!(waiting.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    server.open();
    waiting.await.expect("the one that stayed asks itself");
}

#[tokio::test]
async fn schemas_are_fetched_before_they_are_needed_some_at_a_time() {
    let server = Scripted::start_closed(|_, asked| match asked.path.as_str() {
        "/schemas/ids/7" => error(404, 40403, "Schema not found"),
        _ => json(r#"{"schema": "\"int\""}"#),
    })
    .await;
    let client = SchemaRegistry::builder().url(&server.url).max_concurrent_requests(4).build().expect("a client");
    let ids = || (1..=50).chain(1..=50).map(SchemaId::new);
    let opened = async {
        while server.most_in_flight() < 4 {
            tokio::task::yield_now().await;
        }
        server.open();
    };
    let missing = tokio::join!(client.prefetch(ids()), opened).0.expect_err("one is not there");
    assert!(missing.is_unknown_schema(), "{missing}");
    assert_eq!(server.count(), 50, "each once, and those behind the missing one, too");
    assert_eq!(server.most_in_flight(), 4);
    client.prefetch(ids().filter(|id| id.get() != 7)).await.expect("all are there");
    client.schema_by_id(SchemaId::new(50)).await.expect("it is there");
    assert_eq!(server.count(), 50, "nothing is asked for again");
}
