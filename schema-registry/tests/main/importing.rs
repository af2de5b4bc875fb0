//! The mode IMPORT, in which schemas bring their ids along.

use schema_registry::{ErrorCode, Mode, RegisterOptions, RegistryError, SchemaId, SchemaRegistry, SchemaText};
use serde_json::json;

use crate::follow::follow;
use crate::http::{INT, LONG, ask, check, check_error, registered};
use crate::registry;

async fn import(
    client: &SchemaRegistry,
    subject: &str,
    text: &str,
    id: u32,
    version: Option<u32>,
) -> Result<Option<u32>, RegistryError> {
    let options = RegisterOptions::default().with_id(SchemaId::new(id));
    let options = version.map_or(options, |version| options.with_version(version));
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
    // A version may come to hold another schema, and a schema a second id.
    assert_eq!(import(&client, "s", string, 8, Some(2)).await.expect("imported"), Some(2));
    client.clear_caches();
    assert_eq!(client.schema_by_id(SchemaId::new(8)).await.expect("there").text(), string);
    assert_eq!(client.schema_by_id(SchemaId::new(9)).await.expect("there").text(), string);
    assert_eq!(import(&client, "s", int, 7, Some(2)).await.expect("imported"), Some(2));
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
    let numbered = |version: i64, text: &str| json!({ "schema": text, "version": version }).to_string();
    let (int, long) = (r#""int""#, r#""long""#);
    let metadata = |version: &str| json!({ "properties": { "confluent:version": version } });
    follow(&[
        ("POST /subjects/s/versions", &numbered(2, int), 422, json!({ "error_code": 42201 })),
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1, "version": 1, "metadata": null })),
        ("POST /subjects/s/versions", &numbered(3, long), 422, json!({ "error_code": 42201 })),
        // The next version with the same schema is a new one, which its metadata tells from the other.
        (
            "POST /subjects/s/versions",
            &numbered(2, int),
            200,
            json!({ "id": 2, "version": 2, "metadata": metadata("2") }),
        ),
        (
            "POST /subjects/s/versions",
            &numbered(-1, long),
            200,
            json!({ "id": 3, "version": 3, "metadata": metadata("3") }),
        ),
        // Without a number it is found, whatever version its metadata has.
        ("POST /subjects/s/versions", LONG, 200, json!({ "id": 3, "version": 3 })),
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1, "version": 1 })),
        ("POST /subjects/s", LONG, 200, json!({ "version": 3 })),
        // Confluent's clients write these where they have no value.
        (
            "POST /subjects/s/versions",
            r#"{"schema": "\"long\"", "version": 0, "id": -1}"#,
            200,
            json!({ "version": 3 }),
        ),
        ("POST /subjects/s/versions", &numbered(1 << 40, long), 400, json!({ "error_code": 400 })),
        ("GET /subjects/s/versions", "", 200, json!([1, 2, 3])),
    ])
    .await;
}
