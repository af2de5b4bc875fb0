//! The mode IMPORT, in which schemas bring their ids along.

use schema_registry::{ErrorCode, Mode, RegisterOptions, RegistryError, SchemaId, SchemaRegistry, SchemaText};
use serde_json::json;

use crate::http::{INT, LONG, ask, check, check_error, registered};
use crate::registry;

async fn import(
    client: &SchemaRegistry,
    subject: &str,
    text: &str,
    id: u32,
    version: Option<u32>,
) -> Result<Option<u32>, RegistryError> {
    let options = RegisterOptions { id: Some(SchemaId::new(id)), version };
    let registered = client.register_with(subject, &SchemaText::from(text), options).await?;
    assert_eq!(registered.id, SchemaId::new(id));
    assert!(registered.guid.is_some(), "the registry says it");
    Ok(registered.version)
}

fn check_code<T: std::fmt::Debug>(answer: Result<T, RegistryError>, code: ErrorCode) {
    let error = answer.expect_err("refused");
    assert_eq!(error.code(), Some(code), "{error}");
}

#[tokio::test]
async fn schemas_keep_ids_and_versions_from_elsewhere() {
    let (server, client) = registry().await;
    let (int, string) = (r#""int""#, r#""string""#);
    check_code(import(&client, "s", int, 7, None).await, ErrorCode::OperationNotPermitted);
    client.set_mode("s", Mode::Import, false).await.expect("nothing is there");
    assert_eq!(client.mode("s").await.expect("a mode"), Mode::Import);
    assert_eq!(client.mode("t").await.expect("a mode"), Mode::Readwrite);

    // Compatibility is the other registry's business, and so is the order.
    assert_eq!(import(&client, "s", string, 9, Some(5)).await.expect("imported"), Some(5));
    assert_eq!(import(&client, "s", int, 7, Some(2)).await.expect("imported"), Some(2));
    assert_eq!(import(&client, "s", int, 7, Some(2)).await.expect("again"), Some(2));
    assert_eq!(client.versions("s").await.expect("versions"), [2, 5]);
    assert_eq!(client.latest("s").await.expect("there").id(), SchemaId::new(9));
    client.clear_caches();
    assert_eq!(import(&client, "s", int, 7, None).await.expect("there already"), Some(2));

    check_code(client.register("s", &SchemaText::from(r#""long""#)).await, ErrorCode::OperationNotPermitted);
    check_code(import(&client, "s", r#""long""#, 7, None).await, ErrorCode::OperationNotPermitted);
    check_code(import(&client, "s", r#""long""#, 8, Some(5)).await, ErrorCode::OperationNotPermitted);
    check_code(import(&client, "s", int, 8, None).await, ErrorCode::IdDoesNotMatch);
    assert_eq!(client.versions("s").await.expect("versions"), [2, 5]);

    // Afterwards ids and versions go on behind what was imported.
    client.set_mode("s", Mode::Readwrite, false).await.expect("set");
    let next = client.register_with("s", &SchemaText::from(r#""bytes""#), RegisterOptions::default()).await;
    let next = next.expect("bytes read strings");
    assert_eq!((next.id, next.version), (SchemaId::new(10), Some(6)));
    check(&server, "POST /subjects/t/versions", INT, registered(1, 7, int)).await;
}

#[tokio::test]
async fn importing_begins_with_nothing() {
    let (server, client) = registry().await;
    ask(&server, "POST /subjects/s/versions", INT).await;
    check_code(client.set_mode("s", Mode::Import, false).await, ErrorCode::OperationNotPermitted);
    check_code(client.set_global_mode(Mode::Import, false).await, ErrorCode::OperationNotPermitted);
    client.set_mode("t", Mode::Import, false).await.expect("another subject");
    client.set_mode("s", Mode::Import, true).await.expect("forced");
    client.set_mode("s", Mode::Import, false).await.expect("it is in this mode already");
    client.set_mode("s", Mode::Readwrite, false).await.expect("set");

    // What is only soft-deleted does not count, and is gone for good afterwards.
    ask(&server, "DELETE /subjects/s", "").await;
    check(&server, "GET /subjects?deleted=true", "", json!(["s"])).await;
    client.set_global_mode(Mode::Import, false).await.expect("nothing live is left");
    assert_eq!(client.global_mode().await.expect("a mode"), Mode::Import);
    check(&server, "GET /subjects?deleted=true", "", json!([])).await;
    check_error(&server, "GET /schemas/ids/1", "", 404, 40403).await;
    assert_eq!(import(&client, "new", r#""long""#, 1, None).await.expect("the id is free"), Some(1));
}

#[tokio::test]
async fn a_version_can_be_asked_for_when_it_is_the_next() {
    let (server, _) = registry().await;
    let asking = |version: i64| format!(r#"{{"schema": "\"long\"", "version": {version}}}"#);
    check_error(&server, "POST /subjects/s/versions", &asking(2), 422, 42201).await;
    check(&server, "POST /subjects/s/versions", INT, registered(1, 1, r#""int""#)).await;
    check_error(&server, "POST /subjects/s/versions", &asking(3), 422, 42201).await;
    check(&server, "POST /subjects/s/versions", &asking(2), registered(2, 2, r#""long""#)).await;
    check(&server, "POST /subjects/s/versions", &asking(2), registered(2, 2, r#""long""#)).await;
    // Confluent's clients write these where they have nothing to say.
    let nothing = r#"{"schema": "\"long\"", "version": 0, "id": -1}"#;
    check(&server, "POST /subjects/s/versions", nothing, registered(2, 2, r#""long""#)).await;
    check_error(&server, "POST /subjects/s/versions", &asking(1 << 40), 422, 42202).await;
    check(&server, "POST /subjects/s/versions", LONG, registered(2, 2, r#""long""#)).await;
}
