//! Schemas by the ids that only Apicurio Registry knows.

use schema_registry::{RegistryError, SchemaId, SchemaRegistry, WireId};

use crate::scripted::{Scripted, error, json};

/// Apicurio Registry, of which version 9 has the content 4, behind a path of its own.
async fn apicurio() -> (Scripted, SchemaRegistry) {
    let server = Scripted::start(|_, asked| match asked.path.as_str() {
        path if path.contains("/v3/") && asked.header("accept") != Some("application/json") => error(406, 406, path),
        "/registry/apis/registry/v3/search/versions?globalId=9" => json(
            r#"{"count": 1, "versions": [{"globalId": 9, "contentId": 4, "artifactId": "orders-value", "version": "2"}]}"#,
        ),
        // As if the parameter were unknown.
        "/registry/apis/registry/v3/search/versions?globalId=8" => {
            json(r#"{"count": 1, "versions": [{"globalId": 1, "contentId": 1}]}"#)
        }
        "/registry/apis/ccompat/v7/schemas/ids/4" => json(r#"{"schema": "\"int\""}"#),
        "/registry/apis/ccompat/v7/schemas/ids/9" => json(r#"{"schema": "\"string\""}"#),
        other => error(404, 404, other),
    })
    .await;
    let client = SchemaRegistry::new(&format!("{}/registry/apis/ccompat/v7", server.url)).expect("a valid address");
    (server, client)
}

#[tokio::test]
async fn a_global_id_leads_to_the_schema_of_its_version() {
    let (server, client) = apicurio().await;
    for _ in 0..2 {
        let found = client.schema_by_wire_id(WireId::GlobalId(9)).await.expect("it is there");
        assert_eq!((found.id(), found.text()), (SchemaId::new(4), r#""int""#));
    }
    assert_eq!(server.count(), 2, "its id, and the schema");
    client.schema_by_id(SchemaId::new(4)).await.expect("it is remembered");
    assert_eq!(server.count(), 2);
    // The same number is another schema as an id.
    assert_eq!(client.schema_by_id(SchemaId::new(9)).await.expect("it is there").text(), r#""string""#);
    assert_eq!(client.schema_by_global_id(9).await.expect("it is there").text(), r#""int""#);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn an_unknown_global_id_is_remembered_for_a_while() {
    let (server, client) = apicurio().await;
    for _ in 0..2 {
        let unknown = client.schema_by_global_id(8).await.expect_err("another version was found");
        assert!(unknown.is_unknown_schema() && unknown.is_about_one_schema(), "{unknown:?}");
        assert!(unknown.to_string().contains("no version with the globalId 8"), "{unknown}");
    }
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn other_registries_are_not_asked_for_global_ids() {
    let server = Scripted::start(|_, _| json("{}")).await;
    let client = SchemaRegistry::new(&server.url).expect("a valid address");
    let other = client.schema_by_global_id(9).await.expect_err("it is another registry");
    assert!(matches!(other, RegistryError::NotApicurio { .. }), "{other:?}");
    let text = other.to_string();
    assert!(text.contains("does not lead to Apicurio Registry"), "{text}");
    assert!(text.contains("`apicurio.registry.use-id` to `contentId`"), "{text}");
    assert_eq!(server.count(), 0);
}
