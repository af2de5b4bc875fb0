//! The words in which incompatible schemas are refused: those of Confluent's registry.

use serde_json::{Value, json};

use crate::http::{ask, check_error};
use crate::registry;

async fn messages(level: &str, old: &str, new: &str) -> Vec<String> {
    let (server, _) = registry().await;
    let body = |text: &str| json!({ "schema": text }).to_string();
    ask(&server, "PUT /config", r#"{"compatibility": "NONE"}"#).await;
    ask(&server, "POST /subjects/s/versions", &body(old)).await;
    ask(&server, "PUT /config/s", &json!({ "compatibility": level }).to_string()).await;
    let (_, answer) = ask(&server, "POST /compatibility/subjects/s/versions?verbose=true", &body(new)).await;
    let (_, latest) = ask(&server, "POST /compatibility/subjects/s/versions/latest?verbose=true", &body(new)).await;
    assert_eq!(answer, latest);
    let list = answer["messages"].as_array().expect("it was to be verbose");
    let list: Vec<_> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    assert_eq!(answer["is_compatible"], list.is_empty());
    let refused = !list.is_empty();
    if refused {
        check_error(&server, "POST /subjects/s/versions", &body(new), 409, 409).await;
        let (_, error) = ask(&server, "POST /subjects/s/versions", &body(new)).await;
        let expected = format!(
            "Schema being registered is incompatible with an earlier schema for subject \"s\", details: [{}]",
            list.join(", ")
        );
        assert_eq!(error["message"], expected);
    }
    list
}

#[tokio::test]
async fn a_refusal_says_what_confluents_registry_says() {
    let record = |fields: &str| format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#);
    let int = r#"{"name":"a","type":"int"}"#;
    let trailer = |level| format!("{{validateFields: 'false', compatibility: '{level}'}}");
    assert_eq!(
        messages("BACKWARD", r#""int""#, r#""boolean""#).await,
        [
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema does not match with the \
             old schema', additionalInfo:'reader type: BOOLEAN not compatible with writer type: INT'}",
            "{oldSchemaVersion: 1}",
            "{oldSchema: '\"int\"'}",
            &trailer("BACKWARD"),
        ]
    );
    assert_eq!(
        messages("FORWARD", &record(int), &record("")).await,
        [
            "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path '/fields/0' in the old schema has \
             no default value and is missing in the new schema', additionalInfo:'a'}",
            "{oldSchemaVersion: 1}",
            &format!("{{oldSchema: '{}'}}", record(int)),
            &trailer("FORWARD"),
        ]
    );
    // With FULL the forward half is first, and the backward one names the schema.
    let full = messages("FULL", r#""int""#, r#""string""#).await;
    assert_eq!(full.len(), 5, "{full:?}");
    assert!(full[0].contains("in the old schema does not match with the new schema"), "{full:?}");
    assert!(full[1].contains("in the new schema does not match with the old schema"), "{full:?}");
    assert_eq!(full[2], "{oldSchemaVersion: 1}");
    let forward_only = messages("FULL", r#""long""#, r#""double""#).await;
    assert_eq!(forward_only.len(), 2, "{forward_only:?}");
    assert!(messages("NONE", r#""int""#, r#""string""#).await.is_empty());

    let named = |kind: &str, rest: &str| format!(r#"{{"type":"{kind}","name":"T",{rest}}}"#);
    let cases = [
        (named("fixed", r#""size":1"#), named("fixed", r#""size":2"#), "expected: 1, found: 2"),
        (named("enum", r#""symbols":["A","B"]"#), named("enum", r#""symbols":["A"]"#), "missing enum symbols '[B]'"),
        (r#"["int","string"]"#.to_owned(), r#"["int"]"#.to_owned(), "reader union lacking writer type: STRING"),
        (record(""), named("record", r#""fields":[]"#), "The name of the schema has changed (path '/name')"),
    ];
    for (old, new, part) in cases {
        let list = messages("BACKWARD", &old, &new).await;
        assert!(list[0].contains(part), "{list:?}");
    }
    let long = record(&format!(r#"{{"name":"a","type":"int","doc":"{}"}}"#, "x".repeat(20_000)));
    let list = messages("BACKWARD", &long, r#""int""#).await;
    assert!(list[2].starts_with("{oldSchema: <truncated to 10240 characters> '{\"type\""), "{}", list[2]);
}

#[tokio::test]
async fn only_the_newest_version_that_does_not_fit_is_told() {
    let (server, _) = registry().await;
    let body = |text: &str| json!({ "schema": text }).to_string();
    ask(&server, "PUT /config/s", r#"{"compatibility": "NONE"}"#).await;
    for text in [r#""int""#, r#""boolean""#, r#""string""#] {
        ask(&server, "POST /subjects/s/versions", &body(text)).await;
    }
    ask(&server, "PUT /config/s", r#"{"compatibility": "BACKWARD_TRANSITIVE"}"#).await;
    let (_, answer) = ask(&server, "POST /compatibility/subjects/s/versions?verbose=true", &body(r#""bytes""#)).await;
    assert_eq!(answer["messages"][1], "{oldSchemaVersion: 2}", "{answer}");
    let (_, answer) = ask(&server, "POST /compatibility/subjects/s/versions/1?verbose=true", &body(r#""long""#)).await;
    assert_eq!(answer, json!({ "is_compatible": true, "messages": [] }));
    let (_, answer) = ask(&server, "POST /compatibility/subjects/s/versions", &body(r#""bytes""#)).await;
    assert_eq!(answer, json!({ "is_compatible": false }));
    check_error(&server, "POST /compatibility/subjects/s/versions/9", &body(r#""bytes""#), 404, 40402).await;
    check_error(&server, "POST /compatibility/subjects/s/versions/0", &body(r#""bytes""#), 422, 42202).await;
}
