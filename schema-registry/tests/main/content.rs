//! What makes two schemas the same: normalization, references, metadata.

use schema_registry::{ErrorCode, Guid, SchemaText};
use serde_json::json;

use crate::http::{ask, check, check_error, registered};
use crate::registry;

fn body(text: &str) -> String {
    json!({ "schema": text }).to_string()
}

#[tokio::test]
async fn normalizing_makes_one_schema_of_texts_that_say_the_same() {
    let (server, client) = registry().await;
    let text = r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":"int"}],"p":1,"q":2,"aliases":["P","Q"]}"#;
    let other = r#"{"q": 2, "p": 1, "aliases": ["a.Q", "P"], "doc": "", "name": "a.R", "type": "record",
        "fields": [{"type": {"type": "int"}, "order": "ascending", "name": "f"}]}"#;
    check(&server, "POST /subjects/s/versions?normalize=true", &body(other), registered(1, 1, text)).await;
    check(&server, "POST /subjects/s/versions?normalize=true", &body(text), registered(1, 1, text)).await;
    check(&server, "POST /subjects/s/versions", &body(text), registered(1, 1, text)).await;
    check_error(&server, "POST /subjects/s", &body(other), 404, 40403).await;
    let (_, found) = ask(&server, "POST /subjects/s?normalize=true", &body(other)).await;
    assert_eq!((&found["version"], &found["schema"]), (&json!(1), &json!(text)), "{found}");
    let other = SchemaText::from(other);
    assert_eq!(client.look_up("s", &other).await.expect_err("another text").code(), Some(ErrorCode::SchemaNotFound));
    assert_eq!(client.normalizing(true).look_up("s", &other).await.expect("the same").version(), 1);
    // Not normalized it is another version, which is compatible.
    client.register("s", &other).await.expect("registered");
    assert_eq!(client.versions("s").await.expect("versions"), [1, 2]);
}

#[tokio::test]
async fn a_text_names_what_it_refers_to() {
    let (server, _) = registry().await;
    let city =
        r#"{"type":"record","name":"a.City","fields":[{"name":"n","type":{"type":"fixed","name":"Code","size":2}}]}"#;
    ask(&server, "POST /subjects/city/versions", &body(city)).await;
    let references = json!([{ "name": "a.City", "subject": "city", "version": 1 }]);
    let home = r#"{"name":"Home", "namespace":"a", "type":"record", "fields":[{"type":"City", "name":"city"}]}"#;
    let request = json!({ "schema": home, "references": references }).to_string();
    let text = r#"{"type":"record","name":"Home","namespace":"a","fields":[{"name":"city","type":"City"}]}"#;
    let guid = Guid::of(text, [("a.City", "city", 1)]).to_string();
    let expected = json!({ "id": 2, "version": 1, "guid": guid, "references": references, "schema": text });
    check(&server, "POST /subjects/home/versions", &request, expected).await;
    check(&server, "GET /subjects/city/versions/1/referencedby", "", json!([2])).await;

    let resolved = r#"{"type":"record","name":"Home","namespace":"a","fields":[{"name":"city","type":{"type":"record","name":"City","fields":[{"name":"n","type":{"type":"fixed","name":"Code","size":2}}]}}]}"#;
    for call in ["GET /schemas/ids/2", "GET /subjects/home/versions/1", "GET /subjects/home/versions/latest"] {
        let (_, answer) = ask(&server, &format!("{call}?format=resolved"), "").await;
        assert_eq!(answer["schema"], resolved, "{call}");
        let (_, answer) = ask(&server, &format!("{call}?format=whatever"), "").await;
        assert_eq!(answer["schema"], text, "{call}");
    }
    // Sent with everything written out it is the version that refers.
    let (_, answer) = ask(&server, "POST /subjects/home/versions", &body(resolved)).await;
    assert_eq!((&answer["id"], &answer["version"]), (&json!(2), &json!(1)), "{answer}");
    let (_, answer) = ask(&server, "POST /subjects/home", &body(resolved)).await;
    assert_eq!(answer["id"], 2, "{answer}");
}

#[tokio::test]
async fn metadata_counts_and_goes_on() {
    let (server, client) = registry().await;
    let owned = |text: &str, owner: &str| {
        json!({ "schema": text, "metadata": { "properties": { "owner": owner }, "tags": { "R.f": ["PII", "A"] } } })
            .to_string()
    };
    let (int, long) = (r#""int""#, r#""long""#);
    let (_, plain) = ask(&server, "POST /subjects/s/versions", &body(int)).await;
    let (_, first) = ask(&server, "POST /subjects/s/versions", &owned(int, "me")).await;
    assert_eq!((&first["id"], &first["version"]), (&json!(2), &json!(2)), "{first}");
    assert_ne!(first["guid"], plain["guid"]);
    assert_eq!(first["metadata"]["tags"]["R.f"], json!(["A", "PII"]));
    let (_, other) = ask(&server, "POST /subjects/s/versions", &owned(int, "you")).await;
    assert_eq!(other["id"], 3, "{other}");
    // Without metadata in the request it is that of the latest version.
    let (_, next) = ask(&server, "POST /subjects/s/versions", &body(long)).await;
    assert_eq!((&next["id"], &next["metadata"]["properties"]["owner"]), (&json!(4), &json!("you")), "{next}");
    let (_, again) = ask(&server, "POST /subjects/s/versions", &body(long)).await;
    assert_eq!(again["version"], 4, "{again}");
    // A look-up is for what it says, and no more.
    check_error(&server, "POST /subjects/s", &body(long), 404, 40403).await;
    let (_, found) = ask(&server, "POST /subjects/s", &owned(long, "you")).await;
    assert_eq!(found["version"], 4, "{found}");
    // A client without the registry's word for it comes to the same GUID.
    let version = client.version("s", 2).await.expect("there");
    assert_eq!(json!(version.guid().to_string()), first["guid"]);

    let nothing =
        json!({ "schema": int, "ruleSet": null, "metadata": null, "references": null, "id": null }).to_string();
    ask(&server, "POST /subjects/t/versions", &nothing).await;
    check(&server, "GET /subjects/t/versions", "", json!([1])).await;
}

#[tokio::test]
async fn a_schema_has_a_largest_size() {
    let (server, _) = registry().await;
    let large = format!(r#"{{"type":"fixed","name":"F","size":1,"x":"{}"}}"#, "x".repeat(1_000_000));
    check_error(&server, "POST /subjects/s/versions", &body(&large), 422, 42209).await;
}
