//! What the registry reports about itself.

use serde_json::json;

use crate::http::{ask, check};
use crate::registry;

#[tokio::test]
async fn a_registry_says_what_it_is() {
    let (server, _) = registry().await;
    let (status, version) = ask(&server, "GET /v1/metadata/version", "").await;
    assert_eq!((status, &version["version"]), (200, &json!("8.0.0")));
    let clusters = json!({ "kafka-cluster": "embedded", "schema-registry-cluster": "schema-registry" });
    let expected = json!({ "scope": { "path": [], "clusters": clusters }, "id": "" });
    check(&server, "GET /v1/metadata/id", "", expected).await;
}
