//! What the embedded registry stores without understanding it, as Confluent's: rules, and schemas that are not Avro.

use schema_registry::SchemaRegistry;
use schema_registry::server::Server;
use serde_json::{Value, json};

use crate::follow::follow;
use crate::http::{INT, ask};

const OBJECT: &str = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
const PROTO: &str = "syntax = \"proto3\"; message M { string a = 1; }";

fn error(code: i32) -> Value {
    json!({ "error_code": code })
}

fn of_type(schema_type: &str, text: &str) -> String {
    json!({ "schemaType": schema_type, "schema": text }).to_string()
}

fn rule(name: &str) -> Value {
    json!({
        "name": name, "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "tags": ["PII"], "params": { "a": "b" },
        "expr": "message > 0", "onFailure": "DLQ", "disabled": false,
    })
}

fn with_rules(text: &str, rules: &Value) -> String {
    json!({ "schema": text, "ruleSet": { "domainRules": rules } }).to_string()
}

#[tokio::test]
async fn rules_are_kept_and_count() {
    let (one, two) = (json!([rule("one")]), json!([rule("two")]));
    let set = |rules: &Value| json!({ "domainRules": rules });
    let int = r#""int""#;
    let merged = json!([rule("two"), rule("one")]);
    let migration = json!({ "schema": int, "ruleSet": { "migrationRules": [rule("one")] } }).to_string();
    follow(&[
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1, "ruleSet": null })),
        ("POST /subjects/s/versions", &with_rules(int, &one), 200, json!({ "id": 2, "ruleSet": set(&one) })),
        ("POST /subjects/s/versions", &with_rules(int, &one), 200, json!({ "id": 2, "version": 2 })),
        ("POST /subjects/s/versions", &with_rules(int, &two), 200, json!({ "id": 3, "version": 3 })),
        ("GET /schemas/ids/2", "", 200, json!({ "ruleSet": set(&one), "schema": int })),
        ("GET /subjects/s/versions/3", "", 200, json!({ "ruleSet": set(&two) })),
        ("POST /subjects/s", &with_rules(int, &one), 200, json!({ "version": 2 })),
        ("POST /subjects/s", INT, 200, json!({ "version": 1 })),
        // A set without rules does not count.
        ("POST /subjects/s", &with_rules(int, &json!([])), 200, json!({ "version": 1 })),
        // What the request omits is that of the latest version.
        ("POST /subjects/s/versions", r#"{"schema": "\"long\""}"#, 200, json!({ "id": 4, "ruleSet": set(&two) })),
        ("GET /schemas?ruleType=JSONATA", "", 200, json!([])),
        (
            "PUT /config/t",
            &json!({ "defaultRuleSet": set(&two) }).to_string(),
            200,
            json!({ "defaultRuleSet": set(&two) }),
        ),
        ("POST /subjects/t/versions", &with_rules(int, &one), 200, json!({ "ruleSet": set(&merged) })),
        ("POST /subjects/s/versions", &with_rules(int, &json!([rule("one"), rule("one")])), 422, error(42210)),
        ("POST /subjects/s/versions", &with_rules(int, &json!([rule("1")])), 422, error(42210)),
        ("POST /subjects/s/versions", &with_rules(int, &json!([{ "name": "a" }])), 422, error(42210)),
        ("POST /subjects/s/versions", &migration, 422, error(42210)),
        ("POST /subjects/s/versions", r#"{"schema": "\"int\"", "ruleSet": {"domainRules": 1}}"#, 400, error(400)),
    ])
    .await;
}

#[tokio::test]
async fn a_client_comes_to_the_guid_of_a_schema_with_rules() {
    let server = Server::start().await.expect("a free port on loopback");
    let (_, answer) = ask(&server, "POST /subjects/s/versions", &with_rules(r#""int""#, &json!([rule("one")]))).await;
    let client = SchemaRegistry::new(&server.url()).expect("a valid address");
    let version = client.version("s", 1).await.expect("there");
    assert_eq!(json!(version.guid().to_string()), answer["guid"]);
    ask(&server, "POST /subjects/t/versions", INT).await;
    let (_, with_rules) = ask(&server, "GET /schemas?ruleType=cel", "").await;
    assert_eq!((with_rules[0]["subject"].as_str(), with_rules.as_array().map(Vec::len)), (Some("s"), Some(1)));
}

#[tokio::test]
async fn other_types_are_stored_and_served() {
    let json_schema = of_type("JSON", OBJECT);
    let avro = of_type("AVRO", r#""int""#);
    let referring = json!({ "schema": r#"{"type":"array","items":"M"}"#,
        "references": [{ "name": "M", "subject": "p", "version": 1 }] })
    .to_string();
    follow(&[
        ("GET /schemas/types", "", 200, json!(["JSON", "PROTOBUF", "AVRO"])),
        ("POST /subjects/j/versions", &json_schema, 200, json!({ "id": 1, "schemaType": "JSON" })),
        ("POST /subjects/p/versions", &of_type("PROTOBUF", PROTO), 200, json!({ "id": 2, "schemaType": "PROTOBUF" })),
        ("POST /subjects/j/versions", &json_schema, 200, json!({ "id": 1, "version": 1 })),
        ("GET /schemas/ids/1", "", 200, json!({ "schema": OBJECT, "schemaType": "JSON" })),
        ("GET /schemas/ids/2?format=resolved", "", 200, json!({ "schema": PROTO, "schemaType": "PROTOBUF" })),
        ("GET /subjects/p/versions/1", "", 200, json!({ "id": 2, "schemaType": "PROTOBUF" })),
        ("POST /subjects/j", &json_schema, 200, json!({ "id": 1, "schemaType": "JSON" })),
        ("POST /subjects/j", &of_type("PROTOBUF", OBJECT), 404, error(40403)),
        // What would have to be compared is refused, until nothing is compared.
        ("POST /subjects/j/versions", &of_type("JSON", "{}"), 422, error(42203)),
        ("POST /compatibility/subjects/j/versions", &of_type("JSON", "{}"), 422, error(42203)),
        ("POST /subjects/j/versions", &avro, 409, error(409)),
        ("PUT /config/j", r#"{"compatibility": "NONE"}"#, 200, json!({ "compatibility": "NONE" })),
        ("POST /subjects/j/versions", &of_type("JSON", "{}"), 200, json!({ "id": 3, "version": 2 })),
        ("POST /subjects/j/versions", &avro, 200, json!({ "id": 4, "version": 3, "schemaType": null })),
        ("POST /subjects/k/versions", &of_type("JSON", "{"), 422, error(42201)),
        ("POST /subjects/k/versions", &of_type("PROTOBUF", OBJECT), 422, error(42201)),
        ("POST /subjects/k/versions", &referring, 422, error(42201)),
    ])
    .await;
}

#[tokio::test]
async fn deleted_versions_can_be_told_by_their_sign() {
    follow(&[
        ("POST /subjects/s/versions", INT, 200, json!({ "version": 1 })),
        ("POST /subjects/s/versions", r#"{"schema": "\"long\""}"#, 200, json!({ "version": 2 })),
        ("DELETE /subjects/s/versions/1", "", 200, json!(1)),
        ("GET /subjects/s/versions?deleted=true&deletedAsNegative=true", "", 200, json!([-1, 2])),
        ("GET /subjects/s/versions?deletedAsNegative=true", "", 200, json!([2])),
        ("GET /subjects/s/versions?deleted=true", "", 200, json!([1, 2])),
    ])
    .await;
}
