//! Registries that fail: fail-over, retries, Retry-After, and answers that are invalid.

use std::error::Error;
use std::time::{Duration, Instant};

use schema_registry::server::Server;
use schema_registry::{ErrorCode, RegistryError, SchemaId, SchemaRegistry, SchemaRegistryBuilder};

use crate::record;
use crate::scripted::{Reply, Scripted, dead_url, error, json};

/// A client that loses no time between tries.
fn impatient(url: &str) -> SchemaRegistryBuilder {
    SchemaRegistry::builder().url(url).retry_delay(Duration::from_millis(1), Duration::from_millis(2))
}

#[tokio::test]
async fn a_dead_address_is_passed_over() {
    let server = Server::start().await.expect("a free port on loopback");
    let urls = format!("{}, {}", dead_url().await, server.url());
    let client = impatient(&urls).build().expect("valid addresses");
    client.register("s", &record("R", &[])).await.expect("the second address works");
}

#[tokio::test]
async fn failing_addresses_are_passed_over_and_then_left_alone() {
    for status in [408, 429, 500, 502, 503, 504] {
        let failing = Scripted::start(move |_, _| error(status, i32::from(status), "in trouble")).await;
        let server = Server::start().await.expect("a free port on loopback");
        let client = impatient(&failing.url).url(server.url()).build().expect("valid addresses");
        for _ in 0..3 {
            assert_eq!(client.subjects().await.expect("the second address works"), Vec::<String>::new());
        }
        assert_eq!(failing.count(), 1, "{status}: the address that works is kept");
        assert_eq!(server.requests(), 3);
    }
}

#[tokio::test]
async fn an_answer_is_an_answer_even_when_it_is_404() {
    for (status, code) in [(404, 40401), (409, 409), (422, 42201), (401, 401), (501, 501)] {
        let first = Scripted::start(move |_, _| error(status, code, "no")).await;
        let second = Scripted::start(|_, _| json("[1]")).await;
        let client = impatient(&first.url).url(&second.url).build().expect("valid addresses");
        let refused = client.versions("s").await.expect_err("the first address refuses");
        assert_eq!(refused.code(), Some(ErrorCode::from_number(code)));
        assert!(!refused.is_retriable(), "{refused}");
        assert_eq!((first.count(), second.count()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_call_is_tried_again_as_often_as_asked() {
    let recovering =
        |failures: usize| move |index, _: &_| if index < failures { error(503, 503, "") } else { json("[1]") };
    let server = Scripted::start(recovering(3)).await;
    let client = impatient(&server.url).retries(3).build().expect("a valid address");
    assert_eq!(client.versions("s").await.expect("the fourth try succeeds"), [1]);
    assert_eq!(server.count(), 4);

    let server = Scripted::start(recovering(4)).await;
    let client = impatient(&server.url).retries(3).build().expect("a valid address");
    let failed = client.versions("s").await.expect_err("four tries fail");
    assert!(failed.is_retriable(), "{failed}");
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let overloaded = |seconds: &'static str| {
        move |index, _: &_| match index {
            0 => (429, vec![("retry-after", seconds.to_owned())], String::new()),
            _ => json("[1]"),
        }
    };
    let server = Scripted::start(overloaded("1")).await;
    let client = impatient(&server.url).retries(1).build().expect("a valid address");
    let start = Instant::now();
    assert_eq!(client.versions("s").await.expect("the second try succeeds"), [1]);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());

    let server = Scripted::start(overloaded("3600")).await;
    let client = impatient(&server.url).build().expect("a valid address");
    let failed = client.versions("s").await.expect_err("an hour is not waited for");
    assert!(failed.is_retriable(), "{failed}");
    assert_eq!(server.count(), 1, "and the registry is not asked earlier than it wished");
}

#[tokio::test]
async fn a_registry_that_cannot_be_reached_is_a_transport_error() {
    let url = dead_url().await;
    let client = impatient(&url).retries(1).build().expect("a valid address");
    let failed = client.schema_by_id(SchemaId::new(7)).await.expect_err("nobody listens");
    assert!(matches!(failed, RegistryError::Transport { .. }), "{failed:?}");
    assert!(failed.is_retriable() && !failed.is_not_found());
    let text = failed.to_string();
    assert!(text.contains("fetching schema 7") && text.contains(&url), "{text}");
    let cause = failed.source().expect("the HTTP client says why").to_string();
    assert!(!text.contains(&cause), "{text} repeats {cause}");
}

#[tokio::test]
async fn a_silent_registry_times_out() {
    let server = Scripted::start_closed(|_, _| json("[]")).await;
    let client = impatient(&server.url).retries(0).request_timeout(Duration::from_millis(50)).build();
    let failed = client.expect("a valid address").subjects().await.expect_err("no answer");
    assert!(matches!(failed, RegistryError::Transport { .. }), "{failed:?}");
    server.open();
}

#[tokio::test]
async fn a_call_to_a_silent_registry_ends_with_its_deadline() {
    // Left to its tries, each of these calls would take minutes.
    let server = Scripted::start_closed(|_, _| json("[]")).await;
    let client = impatient(&server.url).url(&server.url).retries(20).deadline(Duration::from_millis(300)).build();
    let client = client.expect("valid addresses");
    let start = Instant::now();
    let failed = client.subjects().await.expect_err("no answer");
    assert!(start.elapsed() >= Duration::from_millis(300) && start.elapsed() < Duration::from_secs(10));
    assert!(failed.is_retriable(), "{failed:?}");
    let RegistryError::Transport { effort, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(effort.tries(), 1);
    assert!(effort.waited() >= Duration::from_millis(300), "{effort:?}");
    assert!(
        failed.to_string().contains(&format!("no answer from {}/subjects after 1 try in 0.", server.url)),
        "{failed}"
    );
    server.open();
}

#[tokio::test]
async fn the_deadline_is_that_of_all_requests_of_a_call_together() {
    // Each reference takes another request.
    let endless = |index: usize, _: &_| {
        let next = index + 1;
        json(&format!(
            r#"{{"subject": "s{index}", "version": 1, "id": {next}, "schema": "\"int\"",
                "references": [{{"name": "X", "subject": "s{next}", "version": 1}}]}}"#
        ))
    };
    let server = Scripted::start(endless).await;
    let client = impatient(&server.url).deadline(Duration::from_millis(1)).build().expect("a valid address");
    let failed = client.schema_by_id(SchemaId::new(1)).await.expect_err("five hundred requests take longer");
    assert!(matches!(failed, RegistryError::Transport { .. }), "{failed:?}");
}

#[tokio::test]
async fn a_pause_that_leads_past_the_deadline_is_not_waited_for() {
    let overloaded = |_, _: &_| (503, vec![("retry-after", "20".to_owned())], String::new());
    let server = Scripted::start(overloaded).await;
    let client = impatient(&server.url).deadline(Duration::from_secs(10)).build().expect("a valid address");
    let start = Instant::now();
    let failed = client.subjects().await.expect_err("overloaded");
    assert!(failed.is_retriable() && start.elapsed() < Duration::from_secs(9), "{failed}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn an_error_says_how_often_was_tried() {
    let server = Scripted::start(|_, _| error(503, 50002, "in trouble")).await;
    let client = impatient(&server.url).retries(2).build().expect("a valid address");
    let failed = client.subjects().await.expect_err("in trouble");
    let text = failed.to_string();
    assert!(text.contains("try again later, and check its log; 3 tries in 0."), "{text}");
    let client = impatient(&dead_url().await).url(dead_url().await).retries(1).build().expect("valid addresses");
    let text = client.subjects().await.expect_err("nobody listens").to_string();
    assert!(text.contains("after 4 tries in "), "{text}");
}

#[tokio::test]
async fn only_so_many_requests_are_under_way() {
    let server = Scripted::start_closed(|_, _| json("[]")).await;
    let client = impatient(&server.url).max_concurrent_requests(3).build().expect("a valid address");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        tasks.spawn(async move { client.subjects().await });
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.most_in_flight() < 3 {
        assert!(Instant::now() < deadline, "three requests were to arrive");
        tokio::task::yield_now().await;
    }
    server.open();
    for answer in tasks.join_all().await {
        answer.expect("the script answers");
    }
    assert_eq!((server.count(), server.most_in_flight()), (20, 3));
}

#[tokio::test]
async fn senseless_answers_are_typed_errors() {
    async fn check(reply: Reply, expected: &str, is_expected: fn(&RegistryError) -> bool) {
        let server = Scripted::start(move |_, _| reply.clone()).await;
        let client = impatient(&server.url).retries(0).build().expect("a valid address");
        let failed = client.schema_by_id(SchemaId::new(1)).await.expect_err(expected);
        assert!(is_expected(&failed), "{failed:?}");
        let text = failed.to_string();
        assert!(text.contains("fetching schema 1") && text.contains(expected), "{text}");
        assert!(!failed.is_retriable(), "{text}");
    }
    let as_answer = |error: &_| matches!(error, RegistryError::InvalidAnswer { .. });
    check(json("<html>"), "did not answer as a schema registry", as_answer).await;
    check(json("{}"), "did not answer as a schema registry", as_answer).await;
    check(json(r#"{"schema": 7}"#), "did not answer as a schema registry", as_answer).await;
    check(json(&"[".repeat(100_000)), "did not answer as a schema registry", as_answer).await;
    check((200, vec![], "x".repeat((16 << 20) + 1)), "larger than 16777216 bytes", |error| {
        matches!(error, RegistryError::AnswerTooLarge { .. })
    })
    .await;
    check(json(r#"{"schema": "{\"type\": \"sting\"}"}"#), "not valid", |error| {
        matches!(error, RegistryError::InvalidSchema { .. })
    })
    .await;
    check(json(r#"{"schema": "syntax = 'proto3';", "schemaType": "PROTOBUF"}"#), "of type PROTOBUF", |error| {
        matches!(error, RegistryError::UnsupportedSchemaType { .. })
    })
    .await;
    check((302, vec![("location", "https://elsewhere/".into())], String::new()), "https://elsewhere/", |error| {
        matches!(error, RegistryError::Http { status: 302, .. })
    })
    .await;
    check((404, vec![], "<html>no such page</html>".into()), "check the address", |error| {
        error.is_not_found() && !error.is_unknown_schema()
    })
    .await;
}

/// What tools that do not check have registered: data was written with it, and its reader needs neither default nor
/// name.
#[tokio::test]
async fn a_registered_schema_is_what_it_is() {
    let field = |ty: &str, default: &str| {
        format!(r#"{{"type":"record","name":"X","fields":[{{"name":"a","type":{ty},"default":{default}}}]}}"#)
    };
    for text in [
        field(r#""int""#, r#""x""#),
        field(r#""int""#, "1.5"),
        field(r#""int""#, "null"),
        field(r#""boolean""#, "0"),
        field(r#""string""#, "1"),
        field(r#"{"type":"array","items":"int"}"#, r#"["x"]"#),
        field(r#"{"type":"enum","name":"E","symbols":["A"]}"#, r#""B""#),
        field(r#"{"type":"record","name":"Y","fields":[{"name":"b","type":"int"}]}"#, "{}"),
        r#"{"type":"record","name":"X","namespace":"1ns","fields":[]}"#.to_owned(),
        r#"{"type":"record","name":"order-placed$v1","fields":[{"name":"order-id","type":"int"}]}"#.to_owned(),
    ] {
        let answer = serde_json::json!({ "schema": text }).to_string();
        let server = Scripted::start(move |_, _| json(&answer)).await;
        let client = impatient(&server.url).retries(0).build().expect("a valid address");
        let found = client.schema_by_id(SchemaId::new(1)).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(found.schema().to_json(), text);
        client.schema_by_id(SchemaId::new(1)).await.expect("it is known");
        assert_eq!(server.count(), 1, "a schema that was let through is kept as any other");
    }
    let twice = r#"{"schema": "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1,\"size\":2}"}"#;
    let server = Scripted::start(move |_, _| json(twice)).await;
    let client = impatient(&server.url).build().expect("a valid address");
    let found = client.schema_by_id(SchemaId::new(1)).await.expect("of a key that appears twice the last one counts");
    assert_eq!(found.schema().to_json(), r#"{"type":"fixed","name":"F","size":2}"#);
}

/// What of an error a consumer acts on.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// The registry is in trouble.
    Transient,
    /// Whoever asks has to be given other rights or another address.
    Refused,
    Unknown,
    /// The registry does not give this schema out.
    Withheld,
    Unusable,
}

#[tokio::test]
async fn errors_are_told_apart_by_whom_they_concern() {
    async fn check(reply: Reply, expected: Kind) {
        let shown = format!("{reply:.80?}");
        let server = Scripted::start(move |_, _| reply.clone()).await;
        let client = impatient(&server.url).retries(0).negative_ttl(Duration::from_secs(3600)).build();
        let client = client.expect("a valid address");
        let failed = client.schema_by_id(SchemaId::new(1)).await.expect_err("the script refuses");
        let kind = match (failed.is_retriable(), failed.is_about_one_schema()) {
            (true, false) => Kind::Transient,
            (false, false) => Kind::Refused,
            (false, true) if failed.is_unknown_schema() => Kind::Unknown,
            (false, true) if failed.is_unusable_schema() => Kind::Unusable,
            (false, true) => Kind::Withheld,
            (true, true) => panic!("{failed} is both"),
        };
        assert_eq!(kind, expected, "{shown}");
        let asked = server.count();
        client.schema_by_id(SchemaId::new(1)).await.expect_err("the script refuses");
        let remembered = matches!(kind, Kind::Unknown | Kind::Withheld | Kind::Unusable);
        assert_eq!(server.count() - asked, usize::from(!remembered), "{shown}: what concerns one schema is remembered");
        client.schema_by_id(SchemaId::new(2)).await.expect_err("another id is another question");
        assert!(server.count() > asked, "{shown}");
    }
    for status in [408, 429, 500, 502, 503, 504] {
        check(error(status, i32::from(status), "in trouble"), Kind::Transient).await;
    }
    for status in [302, 401, 407] {
        check(error(status, i32::from(status), "no"), Kind::Refused).await;
    }
    check(error(404, 40403, "Schema not found"), Kind::Unknown).await;
    check((404, vec![], String::new()), Kind::Withheld).await;
    for (status, code) in [(400, 400), (403, 40301), (404, 404), (422, 42202)] {
        check(error(status, code, "no"), Kind::Withheld).await;
    }
    check(json("<html>"), Kind::Unusable).await;
    check(json(r#"{"schema": "{"}"#), Kind::Unusable).await;
    check(json(r#"{"schema": "syntax = 'proto3';", "schemaType": "PROTOBUF"}"#), Kind::Unusable).await;
    check((200, vec![], "x".repeat((16 << 20) + 1)), Kind::Unusable).await;
}
