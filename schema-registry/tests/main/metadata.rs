//! What the registry reports about itself, and versions by what was registered with them.

use schema_registry::{ErrorCode, SchemaId, SchemaRegistry};
use serde_json::json;

use crate::http::{ask, check};
use crate::registry;
use crate::scripted::{self, Scripted};

#[tokio::test]
async fn a_registry_says_what_it_is() {
    let (server, _) = registry().await;
    let (status, version) = ask(&server, "GET /v1/metadata/version", "").await;
    assert_eq!((status, &version["version"]), (200, &json!("8.0.0")));
    let clusters = json!({ "kafka-cluster": "embedded", "schema-registry-cluster": "schema-registry" });
    let expected = json!({ "scope": { "path": [], "clusters": clusters }, "id": "" });
    check(&server, "GET /v1/metadata/id", "", expected).await;
}

#[tokio::test]
async fn a_version_is_found_by_its_metadata() {
    let server = Scripted::start(|_, asked| match asked.path.as_str() {
        "/subjects/orders-value/metadata?key=major&value=2&key=owner&value=a%26b" => scripted::json(
            r#"{"subject": "orders-value", "version": 3, "id": 7, "schema": "\"long\"",
                "metadata": {"properties": {"major": "2", "owner": "a&b"}}}"#,
        ),
        _ => scripted::error(404, 40403, "Schema not found"),
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let found = client.latest_with_metadata("orders-value", &[("major", "2"), ("owner", "a&b")]).await.expect("found");
    assert_eq!((found.version(), found.id()), (3, SchemaId::new(7)));
    let missing = client.latest_with_metadata("orders-value", &[("major", "9")]).await.expect_err("there is none");
    assert_eq!(missing.code(), Some(ErrorCode::SchemaNotFound));
    let text = missing.to_string();
    assert!(text.contains("latest version of subject `orders-value` with the metadata major=9"), "{text}");
    assert!(text.contains("Schema not found"), "the registry's own words: {text}");
}

/// Confluent's registry replaces a subject by the one that its setting `alias` names, and answers with that.
#[tokio::test]
async fn an_alias_leads_to_the_versions_of_its_subject() {
    let server = Scripted::start(|_, _| {
        scripted::json(r#"{"subject": ":.team:orders-value", "version": 4, "id": 9, "schema": "\"string\""}"#)
    })
    .await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let found = client.latest("bestellungen-value").await.expect("the registry follows the alias");
    assert_eq!((found.subject(), found.version(), found.context().as_str()), (":.team:orders-value", 4, ".team"));
    // The id means its schema in the context of the subject, not in that of the alias.
    assert_eq!(client.in_context_of(found.subject()).schema_by_id(found.id()).await.expect("known").id(), found.id());
    assert_eq!(server.count(), 1, "nothing is asked twice");
}
