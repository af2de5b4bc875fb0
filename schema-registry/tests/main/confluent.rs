//! What Confluent's registry answers, one kind of question after the other.

use serde_json::{Value, json};

use crate::follow::follow;
use crate::http::{INT, LONG};

fn error(code: i32) -> Value {
    json!({ "error_code": code })
}

fn schema(text: &str) -> String {
    json!({ "schema": text }).to_string()
}

fn with_metadata(text: &str, properties: Value) -> String {
    json!({ "schema": text, "metadata": { "properties": properties } }).to_string()
}

const READONLY: &str = r#"{"mode": "READONLY"}"#;
const RECORD: &str = r#"{"type":"record","name":"R","fields":[]}"#;

#[tokio::test]
async fn everything_that_is_set_is_kept() {
    let all = json!({
        "alias": "t", "normalize": true, "validateFields": true, "compatibility": "FULL", "compatibilityGroup": "major",
        "defaultMetadata": { "properties": { "a": "1" } }, "overrideMetadata": { "tags": { "R.f": ["PII"] }, "sensitive": ["a"] },
    });
    let mut answer = all.clone();
    let level = answer.as_object_mut().and_then(|members| members.remove("compatibility"));
    answer["compatibilityLevel"] = level.expect("a level");
    let backward = json!({ "compatibilityLevel": "BACKWARD" });
    follow(&[
        ("PUT /config/s", &all.to_string(), 200, all.clone()),
        ("GET /config/s", "", 200, answer.clone()),
        // What is not named stays.
        ("PUT /config/s", r#"{"normalize": false, "unknown": 1}"#, 200, json!({ "normalize": false, "unknown": null })),
        ("GET /config/s", "", 200, json!({ "normalize": false, "alias": "t", "compatibilityLevel": "FULL" })),
        ("DELETE /config/s", "", 200, json!({ "normalize": false, "compatibilityGroup": "major" })),
        ("GET /config/s", "", 404, error(40408)),
        ("DELETE /config/s", "", 404, error(40401)),
        ("PUT /config/s", "{}", 200, json!({ "compatibility": null })),
        ("GET /config/s", "", 200, json!({ "compatibilityLevel": null })),
        ("GET /config/s?defaultToGlobal=true", "", 200, backward.clone()),
        ("PUT /config", r#"{"compatibilityGroup": "major"}"#, 200, json!({ "compatibilityGroup": "major" })),
        ("GET /config", "", 200, json!({ "compatibilityGroup": "major", "compatibilityLevel": "BACKWARD" })),
        ("PUT /config", r#"{"compatibility": "full_transitive"}"#, 200, json!({ "compatibility": "full_transitive" })),
        ("GET /config/u?defaultToGlobal=true", "", 200, json!({ "compatibilityLevel": "FULL_TRANSITIVE" })),
        ("DELETE /config", "", 200, json!({ "compatibilityLevel": "FULL_TRANSITIVE" })),
        ("GET /config", "", 200, json!({ "compatibilityLevel": "BACKWARD", "compatibilityGroup": null })),
        ("PUT /config", r#"{"compatibility": "SIDEWAYS"}"#, 422, error(42203)),
        ("PUT /config", r#"{"compatibility": 1}"#, 400, error(400)),
        ("PUT /config", "{", 400, error(400)),
        ("PUT /config", "", 422, error(422)),
        ("PUT /config/__GLOBAL", "{}", 422, error(42208)),
        ("GET /config/__GLOBAL", "", 404, error(40408)),
        // What would be forgotten is refused.
        ("PUT /config/s", r#"{"defaultRuleSet": {"domainRules": [{"name": "1"}]}}"#, 422, error(42210)),
        ("PUT /config/s", r#"{"compatibilityPolicy": "STRICT"}"#, 422, error(42210)),
        ("PUT /config/s", r#"{"overrideRuleSet": null, "validateRules": false}"#, 200, json!({})),
    ])
    .await;
}

#[tokio::test]
async fn normalizing_can_be_set() {
    let sorted = r#"{"type":"record","name":"R","fields":[],"p":1,"q":2}"#;
    let unsorted = schema(r#"{"q":2,"p":1,"type":"record","name":"R","fields":[]}"#);
    follow(&[
        ("PUT /config", r#"{"normalize": true}"#, 200, json!({ "normalize": true })),
        ("POST /subjects/s/versions", &unsorted, 200, json!({ "id": 1, "schema": sorted })),
        ("POST /subjects/s", &unsorted, 200, json!({ "version": 1 })),
        ("PUT /config/s", r#"{"normalize": false}"#, 200, json!({ "normalize": false })),
        ("POST /subjects/s", &unsorted, 404, error(40403)),
        (
            "POST /subjects/:.x:s/versions",
            &unsorted,
            200,
            json!({ "schema": r#"{"type":"record","name":"R","fields":[],"q":2,"p":1}"# }),
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_list_of_schemas_can_have_aliases() {
    let guid = "ef524ea1-b91e-7317-3d93-8ade36c1db32";
    let version = json!({ "subject": "s", "version": 1, "id": 1, "guid": guid, "schema": "\"int\"" });
    let of_s = |aliases: &[&str]| {
        let mut version = version.clone();
        if !aliases.is_empty() {
            version["aliases"] = json!(aliases);
        }
        json!([version])
    };
    follow(&[
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1 })),
        ("PUT /config/t", r#"{"alias": "s"}"#, 200, json!({})),
        ("PUT /config/u", r#"{"alias": "s"}"#, 200, json!({})),
        ("PUT /config/v", r#"{"alias": "nothing"}"#, 200, json!({})),
        ("GET /schemas?aliases=true", "", 200, of_s(&["t", "u"])),
        ("GET /schemas?aliases=true&subjectPrefix=u", "", 200, of_s(&["u"])),
        ("GET /schemas?aliases=true&subjectPrefix=s", "", 200, of_s(&[])),
        ("GET /schemas?aliases=true&subjectPrefix=v", "", 200, json!([])),
        ("GET /schemas?subjectPrefix=u", "", 200, json!([])),
        ("GET /schemas", "", 200, of_s(&[])),
    ])
    .await;
}

#[tokio::test]
async fn an_alias_stands_for_another_subject() {
    follow(&[
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1 })),
        ("PUT /config/t", r#"{"alias": "s"}"#, 200, json!({ "alias": "s" })),
        ("GET /subjects/t/versions/latest", "", 200, json!({ "subject": "s", "version": 1 })),
        ("POST /subjects/t", INT, 200, json!({ "subject": "s" })),
        ("POST /subjects/t/versions", LONG, 200, json!({ "id": 2, "version": 2 })),
        ("GET /subjects", "", 200, json!(["s"])),
        ("GET /subjects/t/versions", "", 200, json!([1, 2])),
        ("POST /compatibility/subjects/t/versions/latest", INT, 200, json!({ "is_compatible": false })),
        ("GET /schemas/ids/2?subject=t", "", 200, json!({ "schema": "\"long\"" })),
        ("GET /config/t", "", 200, json!({ "alias": "s" })),
        ("GET /config/s", "", 404, error(40408)),
        ("DELETE /subjects/t/versions/1", "", 200, json!(1)),
        ("DELETE /subjects/t", "", 200, json!([2])),
        ("GET /subjects/s/versions", "", 404, error(40401)),
        // In a context it means a subject of the same context.
        ("PUT /config/:.x:t", r#"{"alias": "s"}"#, 200, json!({})),
        ("POST /subjects/:.x:t/versions", INT, 200, json!({ "id": 1 })),
        ("GET /subjects", "", 200, json!([":.x:s"])),
    ])
    .await;
}

#[tokio::test]
async fn versions_are_compared_within_their_group() {
    let of = |text: &str, major: &str| with_metadata(text, json!({ "major": major }));
    let (int, long, text) = (r#""int""#, r#""long""#, r#""string""#);
    follow(&[
        ("PUT /config/s", r#"{"compatibilityGroup": "major", "compatibility": "BACKWARD_TRANSITIVE"}"#, 200, json!({})),
        ("POST /subjects/s/versions", &of(int, "1"), 200, json!({ "version": 1 })),
        ("POST /subjects/s/versions", &of(text, "1"), 409, error(409)),
        ("POST /subjects/s/versions", &of(text, "2"), 200, json!({ "version": 2 })),
        ("POST /subjects/s/versions", &of(long, "1"), 200, json!({ "version": 3 })),
        ("POST /subjects/s/versions", &of(int, "2"), 409, error(409)),
        ("POST /compatibility/subjects/s/versions", &of(long, "2"), 200, json!({ "is_compatible": false })),
        ("POST /compatibility/subjects/s/versions/2", &of(long, "1"), 200, json!({ "is_compatible": true })),
        ("POST /compatibility/subjects/s/versions", &schema(long), 200, json!({ "is_compatible": true })),
    ])
    .await;
}

#[tokio::test]
async fn metadata_can_be_set_for_all_schemas() {
    let config = json!({
        "defaultMetadata": { "properties": { "owner": "nobody", "team": "a" } },
        "overrideMetadata": { "properties": { "checked": "yes" } },
    });
    let own = with_metadata(r#""int""#, json!({ "owner": "me", "checked": "no" }));
    let merged = |owner: &str| json!({ "properties": { "checked": "yes", "owner": owner, "team": "a" } });
    follow(&[
        ("PUT /config", &config.to_string(), 200, config.clone()),
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1, "metadata": merged("nobody") })),
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1 })),
        ("POST /subjects/s/versions", &own, 200, json!({ "id": 2, "metadata": merged("me") })),
        ("GET /subjects/s/versions/2", "", 200, json!({ "metadata": merged("me") })),
        ("POST /subjects/:.x:s/versions", INT, 200, json!({ "metadata": null })),
    ])
    .await;
}

#[tokio::test]
async fn reserved_fields_stay_free() {
    let record = |fields: Value, reserved: &str| {
        let text = json!({ "type": "record", "name": "R", "fields": fields }).to_string();
        with_metadata(&text, json!({ "confluent:reserved": reserved }))
    };
    let field = json!([{ "name": "a", "type": "int", "default": 0 }]);
    let (taken, free) = (record(field.clone(), "a, b"), record(json!([]), "a,b"));
    follow(&[
        ("POST /subjects/s/versions", &free, 200, json!({ "version": 1 })),
        ("POST /compatibility/subjects/s/versions", &taken, 200, json!({ "is_compatible": true })),
        ("PUT /config/s", r#"{"validateFields": true}"#, 200, json!({})),
        ("POST /subjects/s/versions", &taken, 409, error(409)),
        ("POST /subjects/s/versions", &record(json!([]), "b"), 409, error(409)),
        (
            "POST /compatibility/subjects/s/versions?verbose=true",
            &record(json!([]), "b"),
            200,
            json!({ "messages": [
                "The new schema has reserved field a removed from its metadata which is present in the old schema's metadata.",
                "{validateFields: 'true', compatibility: 'BACKWARD'}",
            ] }),
        ),
        ("POST /subjects/s/versions", &record(field, "b,a,c").replace("\\\"a\\\"", "\\\"d\\\""), 200, json!({ "version": 2 })),
    ])
    .await;
}

#[tokio::test]
async fn a_context_has_levels_and_modes_of_its_own() {
    follow(&[
        ("PUT /config", r#"{"compatibility": "NONE"}"#, 200, json!({ "compatibility": "NONE" })),
        ("GET /config/:.c:x?defaultToGlobal=true", "", 200, json!({ "compatibilityLevel": "BACKWARD" })),
        ("GET /config/x?defaultToGlobal=TRUE", "", 200, json!({ "compatibilityLevel": "NONE" })),
        ("GET /contexts/c/config", "", 404, error(40408)),
        ("GET /contexts/c/config?defaultToGlobal=true", "", 200, json!({ "compatibilityLevel": "BACKWARD" })),
        ("PUT /mode", READONLY, 200, json!({ "mode": "READONLY" })),
        ("POST /subjects/s/versions", INT, 422, error(42205)),
        ("POST /subjects/:.c:s/versions", INT, 200, json!({ "id": 1 })),
        ("GET /mode/:.c:s?defaultToGlobal=true", "", 200, json!({ "mode": "READWRITE" })),
        ("PUT /mode/:.c:", READONLY, 200, json!({})),
        ("POST /subjects/:.c:t/versions", INT, 422, error(42205)),
        // What is there already may be registered in every mode.
        ("POST /subjects/:.c:s/versions", INT, 200, json!({ "id": 1 })),
    ])
    .await;
}

#[tokio::test]
async fn the_overriding_mode_is_shown_everywhere() {
    let overriding = r#"{"mode": "READONLY_OVERRIDE"}"#;
    let shown = json!({ "mode": "READONLY_OVERRIDE" });
    follow(&[
        ("PUT /mode/s", r#"{"mode": "READWRITE"}"#, 200, json!({})),
        ("PUT /mode", overriding, 200, shown.clone()),
        ("GET /mode/s", "", 200, shown.clone()),
        ("GET /mode/t", "", 200, shown.clone()),
        ("GET /mode/:.x:t", "", 200, shown.clone()),
        ("POST /subjects/:.x:t/versions", INT, 422, error(42205)),
        ("DELETE /mode/s", "", 200, shown),
        ("PUT /mode", r#"{"mode": "readwrite"}"#, 200, json!({ "mode": "READWRITE" })),
        ("GET /mode/s", "", 404, error(40409)),
        ("DELETE /mode/s", "", 404, error(40401)),
        ("DELETE /mode", "", 405, error(405)),
        ("PUT /mode", "", 422, error(422)),
        ("PUT /mode", "{", 400, error(400)),
        ("PUT /mode", "{}", 422, error(42204)),
    ])
    .await;
}

#[tokio::test]
async fn references_name_versions_that_are_there() {
    let home = |reference: Value| {
        json!({ "schema": r#"{"type":"array","items":"R"}"#, "references": [reference] }).to_string()
    };
    let reference = |version: i64| json!({ "name": "R", "subject": "r", "version": version });
    let documented = r#"{"type":"record","name":"R","doc":"d","fields":[]}"#;
    follow(&[
        ("POST /subjects/r/versions", &schema(RECORD), 200, json!({ "version": 1 })),
        ("POST /subjects/r/versions", &schema(documented), 200, json!({ "version": 2 })),
        // -1 is the latest, and its number is what is kept.
        ("POST /subjects/s/versions", &home(reference(-1)), 200, json!({ "id": 3, "references": [reference(2)] })),
        ("POST /subjects/s/versions", &home(reference(2)), 200, json!({ "id": 3 })),
        ("GET /subjects/r/versions/2/referencedby", "", 200, json!([3])),
        ("GET /subjects/r/versions/LATEST/referencedby", "", 200, json!([3])),
        ("POST /subjects/s/versions", &home(reference(0)), 422, error(42201)),
        ("POST /subjects/s/versions", &home(reference(3)), 422, error(42201)),
        ("POST /subjects/s/versions", &home(json!({ "name": "R", "subject": "r" })), 422, error(42201)),
        ("POST /subjects/s/versions", &home(json!({ "subject": "r", "version": 1 })), 422, error(42201)),
        ("POST /subjects/s/versions", &home(json!({ "name": "R", "version": null })), 422, error(42201)),
        ("POST /subjects/s/versions", &home(json!(7)), 400, error(400)),
        ("DELETE /subjects/r/versions/2", "", 422, error(42206)),
        ("DELETE /subjects/r/versions/1", "", 200, json!(1)),
        // Soft-deleted it can still be referred to, and then no longer be deleted for good.
        ("POST /subjects/t/versions", &home(reference(1)), 200, json!({ "references": [reference(1)] })),
        ("DELETE /subjects/r/versions/1?permanent=true", "", 422, error(42206)),
    ])
    .await;
}

#[tokio::test]
async fn a_schema_that_is_left_out_is_the_latest() {
    let only_metadata = json!({ "metadata": { "properties": { "a": "1" } } }).to_string();
    let nothing = r#"{"schema": null}"#;
    follow(&[
        ("POST /subjects/s/versions", "{}", 422, json!({ "error_code": 42201, "message": "Empty schema" })),
        ("POST /subjects/s/versions", nothing, 422, error(42201)),
        ("POST /subjects/s/versions", r#"{"schema": "  "}"#, 422, error(42201)),
        ("POST /subjects/s/versions", "", 422, error(422)),
        ("POST /subjects/s/versions", "null", 422, error(422)),
        ("POST /subjects/s/versions", "{", 400, error(400)),
        ("POST /subjects/s", "{}", 404, error(40401)),
        ("POST /subjects/s", "", 422, error(422)),
        ("POST /subjects/s", &schema("not a schema"), 422, error(42201)),
        ("POST /compatibility/subjects/s/versions", "{}", 422, error(42201)),
        ("POST /compatibility/subjects/s/versions/latest", "", 422, error(422)),
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1 })),
        ("POST /subjects/s", "{}", 404, error(40403)),
        ("POST /subjects/s/versions", "{}", 200, json!({ "id": 1, "version": 1 })),
        ("POST /subjects/s/versions", &only_metadata, 200, json!({ "id": 2, "version": 2, "schema": "\"int\"" })),
        (
            "GET /subjects/s/versions/2",
            "",
            200,
            json!({ "schema": "\"int\"", "metadata": { "properties": { "a": "1" } } }),
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_latest_with_metadata_is_found() {
    let (int, long) = (r#""int""#, r#""long""#);
    follow(&[
        ("GET /subjects/s/metadata?key=a&value=1", "", 404, error(40401)),
        ("POST /subjects/s/versions", &with_metadata(int, json!({ "a": "1", "b": "2" })), 200, json!({ "version": 1 })),
        ("POST /subjects/s/versions", &with_metadata(long, json!({ "a": "1" })), 200, json!({ "version": 2 })),
        ("GET /subjects/s/metadata?key=a&value=1", "", 200, json!({ "version": 2, "schema": "\"long\"", "id": 2 })),
        ("GET /subjects/s/metadata?key=a&value=1&key=b&value=2", "", 200, json!({ "version": 1 })),
        ("GET /subjects/s/metadata?key=a&value=2", "", 404, error(40403)),
        ("GET /subjects/s/metadata", "", 200, json!({ "version": 2 })),
        ("DELETE /subjects/s/versions/2", "", 200, json!(2)),
        ("GET /subjects/s/metadata?key=a&value=1", "", 200, json!({ "version": 1 })),
        ("GET /subjects/s/metadata?key=a&value=1&deleted=True", "", 200, json!({ "version": 2 })),
    ])
    .await;
}

#[tokio::test]
async fn ids_may_be_given_to_whom_they_belong() {
    let with_id = |text: &str, id: i32| json!({ "schema": text, "id": id }).to_string();
    let (int, long, bytes) = (r#""int""#, r#""long""#, r#""bytes""#);
    follow(&[
        ("POST /subjects/s/versions", &with_id(int, 1), 422, error(42205)),
        ("POST /subjects/s/versions", &with_id(int, 0), 422, error(42205)),
        ("POST /subjects/s/versions", &with_id(int, -1), 200, json!({ "id": 1 })),
        ("POST /subjects/s/versions", &with_id(int, 1), 200, json!({ "id": 1, "version": 1 })),
        ("POST /subjects/s/versions", &with_id(int, 2), 422, error(42205)),
        ("PUT /mode/i?force=true", r#"{"mode": "IMPORT"}"#, 200, json!({})),
        ("POST /subjects/i/versions", LONG, 422, error(42205)),
        ("POST /subjects/i/versions", &with_id(bytes, 1), 422, error(42205)),
        ("POST /subjects/i/versions", &with_id(long, 7), 200, json!({ "id": 7, "version": 1 })),
        ("POST /subjects/i/versions", &with_id(long, 9), 200, json!({ "id": 9, "version": 2 })),
        ("POST /subjects/i/versions", &with_id(bytes, 0), 200, json!({ "id": 10, "version": 3 })),
        ("POST /subjects/i/versions", r#"{"id": 11}"#, 422, error(42201)),
        ("GET /schemas/ids/7", "", 200, json!({ "schema": long })),
        ("GET /schemas/ids/9/versions", "", 200, json!([{ "subject": "i", "version": 2 }])),
        // Elsewhere the schema has the newest of its ids.
        ("POST /subjects/t/versions", LONG, 200, json!({ "id": 9 })),
    ])
    .await;
}

#[tokio::test]
async fn a_subject_without_context_is_looked_for_in_all() {
    follow(&[
        ("POST /subjects/:.x:s/versions", INT, 200, json!({ "id": 1 })),
        ("GET /subjects/s/versions/1", "", 200, json!({ "subject": ":.x:s", "schema": "\"int\"" })),
        ("GET /subjects/s/versions/latest", "", 200, json!({ "subject": ":.x:s" })),
        ("GET /subjects/s/versions/1/schema", "", 200, json!("int")),
        ("GET /subjects/s/versions/1/referencedby", "", 200, json!([])),
        ("POST /subjects/s", INT, 200, json!({ "subject": ":.x:s", "version": 1 })),
        ("POST /subjects/s", LONG, 404, error(40401)),
        ("GET /subjects/s/versions/2", "", 404, error(40401)),
        ("GET /subjects/s/versions", "", 404, error(40401)),
        ("DELETE /subjects/s", "", 404, error(40401)),
        // Registering is meant here, and what is here comes first.
        ("POST /subjects/s/versions", LONG, 200, json!({ "id": 1 })),
        ("GET /subjects/s/versions/1", "", 200, json!({ "subject": "s", "schema": "\"long\"" })),
        ("GET /subjects/:.y:s/versions/1", "", 404, error(40401)),
        ("GET /schemas/ids/1?subject=:.x:s", "", 200, json!({ "schema": "\"int\"" })),
        ("GET /schemas/ids/1?subject=:.x:t", "", 404, error(40403)),
    ])
    .await;
}

#[tokio::test]
async fn what_is_registered_again_needs_no_deleted_twin() {
    follow(&[
        ("POST /subjects/s/versions", INT, 200, json!({ "version": 1 })),
        ("POST /subjects/s/versions", LONG, 200, json!({ "version": 2 })),
        ("GET /subjects/s/versions?deletedOnly=true", "", 200, json!([])),
        ("GET /subjects/t/versions?deletedOnly=true", "", 404, error(40401)),
        ("PUT /config/s", r#"{"compatibility": "FULL"}"#, 200, json!({})),
        ("DELETE /subjects/s", "", 200, json!([1, 2])),
        ("GET /config/s", "", 404, error(40408)),
        ("GET /subjects/s/versions?deletedOnly=True", "", 200, json!([1, 2])),
        ("POST /subjects/s/versions", INT, 200, json!({ "id": 1, "version": 3 })),
        ("GET /subjects/s/versions?deleted=TRUE", "", 200, json!([2, 3])),
        ("GET /schemas/ids/1/versions?deleted=true", "", 200, json!([{ "subject": "s", "version": 3 }])),
        ("PUT /config/s", r#"{"compatibility": "FULL"}"#, 200, json!({})),
        // A subject whose last version is deleted loses its settings, too.
        ("DELETE /subjects/s/versions/3", "", 200, json!(3)),
        ("GET /config/s", "", 404, error(40408)),
        ("PUT /mode/s", READONLY, 200, json!({})),
        // What is not there is said before what is not allowed.
        ("DELETE /subjects/s", "", 404, error(40404)),
        ("DELETE /subjects/s/versions/3", "", 404, error(40406)),
        ("DELETE /subjects/s/versions/9", "", 404, error(40402)),
        ("DELETE /subjects/s?permanent=true", "", 422, error(42205)),
    ])
    .await;
}

#[tokio::test]
async fn addresses_and_parameters_are_read_leniently() {
    follow(&[
        ("POST /subjects/s/versions/", INT, 200, json!({ "id": 1 })),
        ("POST //subjects//s//versions", LONG, 200, json!({ "id": 2 })),
        ("GET /subjects/", "", 200, json!(["s"])),
        ("GET /subjects/s/versions/LATEST", "", 200, json!({ "version": 2 })),
        ("GET /subjects/s/versions?limit=0", "", 200, json!([1, 2])),
        ("GET /subjects/s/versions?limit=-1&offset=1", "", 200, json!([2])),
        ("GET /subjects?limit=few", "", 404, error(404)),
        ("GET /schemas/ids/abc", "", 404, error(404)),
        ("GET /schemas/ids/99999999999", "", 404, error(404)),
        ("GET /schemas/ids/abc/versions", "", 404, error(404)),
        ("GET /schemas/ids/-1", "", 404, error(40403)),
        ("GET /schemas/ids/9", "", 404, error(40403)),
        ("GET /schemas?ruleType=CEL", "", 200, json!([])),
        ("GET /contexts/", "", 200, json!(["."])),
        ("GET /contexts/.bad:name", "", 400, error(400)),
        ("GET /contexts/.bad:name/subjects", "", 400, error(400)),
        ("GET /contexts/:.x:/subjects", "", 200, json!([])),
        ("GET /nowhere/", "", 404, error(404)),
    ])
    .await;
}

#[tokio::test]
async fn media_types_are_negotiated() {
    let text = "POST /subjects/s/versions\nContent-Type: text/plain";
    let form = "POST /subjects/s\nContent-Type: application/x-www-form-urlencoded";
    follow(&[
        (text, INT, 415, error(415)),
        (form, INT, 415, error(415)),
        ("PUT /config\nContent-Type: text/plain; charset=utf-8", "{}", 415, error(415)),
        ("PUT /config\nContent-Type: application/json; charset=utf-8", "{}", 200, json!({})),
        ("PUT /config\nContent-Type: application/octet-stream", "{}", 200, json!({})),
        ("GET /subjects\nContent-Type: text/plain", "", 200, json!([])),
        ("GET /subjects\nAccept: text/html", "", 406, error(406)),
        ("GET /subjects\nAccept: application/json", "", 200, json!([])),
        ("GET /subjects/s/versions\nAccept: application/vnd.schemaregistry+json", "", 404, error(40401)),
        ("GET /nowhere\nAccept: text/html", "", 404, error(404)),
    ])
    .await;
}

#[tokio::test]
async fn a_verbose_check_tells_what_does_not_parse() {
    let broken = schema("not a schema");
    follow(&[
        ("POST /compatibility/subjects/s/versions?verbose=true", &broken, 200, json!({ "is_compatible": false })),
        (
            "POST /compatibility/subjects/s/versions/latest?verbose=true",
            &broken,
            200,
            json!({ "is_compatible": false }),
        ),
        ("POST /compatibility/subjects/s/versions?verbose=true", "{}", 200, json!({ "messages": ["Empty schema"] })),
        ("POST /compatibility/subjects/s/versions", &broken, 422, error(42201)),
        ("POST /compatibility/subjects/s/versions/1?verbose=true", &broken, 404, error(40402)),
        ("POST /compatibility/subjects/s/versions/0?verbose=true", &broken, 422, error(42202)),
        (
            "POST /compatibility/subjects/s/versions/latest",
            INT,
            200,
            json!({ "is_compatible": true, "messages": null }),
        ),
    ])
    .await;
}

#[tokio::test]
async fn defaults_need_only_fit_when_normalized() {
    let with = |ty: &str, default: &str| {
        let text =
            format!(r#"{{"type":"record","name":"X","fields":[{{"name":"a","type":{ty},"default":{default}}}]}}"#);
        (schema(&text), text)
    };
    let named = |text: &str| schema(&format!(r#"{{"type":"record",{text},"fields":[]}}"#));
    let enumeration = r#"{"type":"enum","name":"E","symbols":["A"]}"#;
    let (word, text) = with(r#""int""#, r#""x""#);
    let (other_word, other) = with(r#""int""#, r#""y""#);
    follow(&[
        ("POST /subjects/s/versions?normalize=true", &word, 422, error(42201)),
        ("POST /subjects/s/versions", &word, 200, json!({ "id": 1, "schema": text })),
        ("GET /schemas/ids/1", "", 200, json!({ "schema": text })),
        ("POST /subjects/s?normalize=true", &word, 200, json!({ "version": 1 })),
        ("POST /subjects/s/versions", &other_word, 200, json!({ "id": 2, "schema": other })),
        ("POST /compatibility/subjects/s/versions", &word, 200, json!({ "is_compatible": true })),
        ("POST /subjects/a/versions", &with(r#""int""#, "1.5").0, 200, json!({ "version": 1 })),
        ("POST /subjects/b/versions", &with(r#""int""#, "null").0, 200, json!({ "version": 1 })),
        ("POST /subjects/c/versions", &with(enumeration, r#""B""#).0, 200, json!({ "version": 1 })),
        (
            "POST /subjects/d/versions",
            &with(r#"{"type":"array","items":"int"}"#, r#"["x"]"#).0,
            200,
            json!({ "version": 1 }),
        ),
        ("PUT /config/d", r#"{"normalize": true}"#, 200, json!({})),
        ("POST /subjects/d/versions", &with(r#"{"type":"array","items":"int"}"#, "7").0, 422, error(42201)),
        ("POST /subjects/n/versions", &named(r#""name":"R","namespace":"1ns""#), 200, json!({ "version": 1 })),
        ("POST /subjects/n/versions", &named(r#""name":"R","namespace":"a-b.c$""#), 200, json!({ "version": 2 })),
        ("POST /subjects/n/versions", &named(r#""name":"1R""#), 422, error(42201)),
        ("POST /subjects/n/versions", &named(r#""name":"a.R-S""#), 422, error(42201)),
        ("POST /subjects/n/versions", &schema(r#"{"type":"enum","name":"E","symbols":["a-b"]}"#), 422, error(42201)),
    ])
    .await;
}
