//! Schemas that others have written: what cannot be used is kept as text, and data is read all the same.

use avro_model::compatibility::check_readable;
use avro_model::resolution::Plan;
use avro_model::{Code, DefinitionKind, Leniency, Schema, SchemaSet, Severity, Source};

/// A type, and a default that is not a value of it.
const UNUSABLE: &[(&str, &str)] = &[
    (r#""int""#, r#""x""#),
    (r#""int""#, r#""""#),
    (r#""int""#, "1.5"),
    (r#""int""#, "null"),
    (r#""int""#, "3000000000"),
    (r#""boolean""#, "0"),
    (r#""string""#, "1"),
    (r#""bytes""#, r#""€""#),
    (r#"["null","int"]"#, r#""null""#),
    (r#"{"type":"array","items":"int"}"#, r#"["x"]"#),
    (r#"{"type":"map","values":"int"}"#, "[]"),
    (r#"{"type":"enum","name":"E","symbols":["A"]}"#, r#""B""#),
    (r#"{"type":"fixed","name":"F","size":2}"#, r#""abc""#),
    (r#"{"type":"record","name":"R","fields":[{"name":"x","type":"int"}]}"#, "{}"),
    // What an inner record takes is unusable, and so is what takes that.
    (r#"{"type":"record","name":"R","fields":[{"name":"x","type":"int","default":"y"}]}"#, "{}"),
    // Without end.
    (r#"["X","null"]"#, "{}"),
];

#[test]
fn an_unusable_default_is_kept_as_text_and_counts_as_none() {
    for (ty, default) in UNUSABLE {
        let text = record(&format!(r#"{{"name":"f","type":{ty},"default":{default}}}"#));
        assert!(Schema::parse(&text).is_err(), "{text}");
        let set = lenient(&text);
        assert!(set.warnings().iter().all(is_a_warning_of_a_default), "{text}: {:?}", set.warnings());
        let schema = set.schema_of(&set.roots()[0].ty);
        assert_eq!(schema.to_json(), text);
        let again =
            Schema::parse_leniently(&schema.to_normalized_json(), Leniency::ALL).expect("the normal form is read");
        assert_eq!(again.to_normalized_json(), schema.to_normalized_json());

        // Who writes with it is understood.
        let reader = Schema::parse(&record("")).expect("the schema is valid");
        assert!(Plan::new(&schema, &reader).is_ok(), "{text}");
        assert!(Plan::new(&schema, &schema).is_ok_and(|plan| plan.is_same_encoding()), "{text}");
        // Who reads with it needs the field, although the registry's check counts any default.
        let error = Plan::new(&reader, &schema).expect_err("the field is needed").to_string();
        let expected = "at /fields/0: the writer's record X has no field `f`, and the reader's field has a default that is not \
                        a value of its type";
        assert!(error.contains(expected), "{text}: {error}");
        assert_eq!(check_readable(&schema, &reader), [], "{text}");
    }
}

#[test]
fn a_usable_default_stays_one_beside_an_unusable_one() {
    let text = record(r#"{"name":"f","type":"int","default":"x"},{"name":"g","type":"int","default":7}"#);
    let schema = Schema::parse_leniently(&text, Leniency::ALL).expect("the schema can be read");
    let DefinitionKind::Record(record) = &schema.definitions()[0].kind else { panic!("X is a record") };
    let [f, g] = record.fields.as_slice() else { panic!("X has two fields") };
    assert!(f.default.is_none() && f.unusable_default.is_some());
    assert!(g.default.is_some() && g.unusable_default.is_none());
}

#[test]
fn an_enum_keeps_a_default_that_is_not_a_symbol() {
    for default in [r#""C""#, "0"] {
        let text = format!(r#"{{"type":"enum","name":"E","symbols":["A","B"],"default":{default}}}"#);
        assert!(Schema::parse(&text).is_err());
        let schema = Schema::parse_leniently(&text, Leniency::ALL).expect("the schema can be read");
        assert_eq!(schema.to_json(), text);
        let more = Schema::parse(r#"{"type":"enum","name":"E","symbols":["A","B","D"]}"#).expect("the schema is valid");
        assert!(!check_readable(&schema, &more).is_empty(), "such a default takes no symbol");
    }
}

#[test]
fn names_are_what_the_text_says() {
    for text in [
        r#"{"type":"record","name":"R","namespace":"1ns","fields":[{"name":"next","type":["null","R"]}]}"#,
        r#"{"type":"record","name":"my-record","fields":[{"name":"a-b","type":"int","aliases":["a b"]}]}"#,
        r#"{"type":"record","name":"Outer$Inner","namespace":"com.acme","fields":[{"name":"$ref","type":"int"}]}"#,
        r#"{"type":"enum","name":"E","symbols":["1","a-b","","ü ö"]}"#,
        r#"{"type":"fixed","name":"F","namespace":"a..b","size":1,"aliases":["x-y.G"]}"#,
    ] {
        assert!(Schema::parse(text).is_err(), "{text}");
        let only_names = Leniency::NONE.with_names(true);
        let schema = Schema::parse_leniently(text, only_names).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(schema.to_json(), text);
        assert!(Plan::new(&schema, &schema).is_ok_and(|plan| plan.is_same_encoding()), "{text}");
    }
}

#[test]
fn a_namespace_beside_a_fullname_does_not_matter() {
    for (path, text) in [
        ("a.avsc", r#"{"type": "record", "name": "a.R", "namespace": "not a name!", "fields": []}"#),
        ("a.avsc", r#"{"type": "enum", "name": "a.R", "namespace": 7, "symbols": []}"#),
        ("a.avdl", r#"protocol P { @namespace("not a name!") fixed a.R(1); }"#),
        ("a.avdl", r#"namespace b; @namespace("b c") fixed a.R(1);"#),
        ("a.avdl", r#"@namespace("not a name!") protocol a.R { fixed R(1); }"#),
        ("a.avpr", r#"{"protocol": "a.R", "namespace": "1", "types": [{"type": "fixed", "name": "R", "size": 1}]}"#),
    ] {
        let source = Source::new(path, text);
        let set = SchemaSet::parse(vec![source]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(set.definitions()[0].name.as_str(), "a.R");
        assert_eq!(set.warnings().len(), 1, "{text}");
        assert_eq!(set.warnings()[0].code, Code::SUSPICIOUS_ATTRIBUTE);
    }
}

/// As Java reads JSON.
#[test]
fn of_a_key_that_appears_twice_the_last_one_counts() {
    let text = r#"{"name": "F", "type": "int", "size": 1, "type": "fixed", "size": 2}"#;
    let schema = Schema::parse(text).expect("that is a warning");
    assert_eq!(schema.to_json(), r#"{"type":"fixed","name":"F","size":2}"#);
}

#[test]
fn what_nothing_can_be_made_of_stays_an_error() {
    for text in [
        r#"{"type": "fixed", "name": "", "size": 1}"#,
        r#"{"type": "fixed", "name": "a.", "size": 1}"#,
        r#"{"type": "fixed", "name": "int", "size": 1}"#,
        r#"{"type": "fixed", "name": "F", "size": -1}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["a-b", "a-b"]}"#,
        r#"["int", "int"]"#,
        r#"["Unknown"]"#,
    ] {
        assert!(Schema::parse_leniently(text, Leniency::ALL).is_err(), "{text}");
    }
    let bad_default = record(r#"{"name": "f", "type": "int", "default": "x"}"#);
    assert!(Schema::parse_leniently(&bad_default, Leniency::NONE.with_names(true)).is_err());
    let bad_name = record(r#"{"name": "a-b", "type": "int"}"#);
    assert!(Schema::parse_leniently(&bad_name, Leniency::NONE.with_defaults(true)).is_err());
}

fn is_a_warning_of_a_default(diagnostic: &avro_model::Diagnostic) -> bool {
    diagnostic.code == Code::INVALID_DEFAULT && diagnostic.severity == Severity::Warning
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"X","fields":[{fields}]}}"#)
}

fn lenient(text: &str) -> SchemaSet {
    let source = Source::new("schema 17", text);
    SchemaSet::parse_leniently(vec![source], Leniency::ALL).unwrap_or_else(|error| panic!("{text}: {error}"))
}
