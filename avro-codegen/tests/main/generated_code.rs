//! What is generated: the committed file is up to date, and a few schemas can be read in full.

use std::fs;

use avro_codegen::{Config, Options, generate_file};
use avro_model::{SchemaSet, Source};

use crate::tests_folder;

/// `tests/generated` is what [`round_trip`](crate::round_trip) compiles. `UPDATE_GENERATED=1 cargo test -p avro-codegen`
/// renews it.
#[test]
fn the_committed_code_is_up_to_date() {
    let fresh = tempfile::tempdir().unwrap();
    let config = Config::new().schemas(tests_folder().join("schemas"));
    let report = config.clone().out_dir(fresh.path()).compile().unwrap_or_else(|error| panic!("{error}: {error:?}"));
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        config.out_dir(tests_folder().join("generated")).compile().unwrap();
    }
    let committed = fs::read_to_string(tests_folder().join("generated/avro_schemas.rs")).unwrap();
    let is_up_to_date = fs::read_to_string(report.output).unwrap() == committed;
    assert!(
        is_up_to_date,
        "tests/generated/avro_schemas.rs is stale: run UPDATE_GENERATED=1 cargo test -p avro-codegen"
    );
}

#[test]
fn a_record_of_the_null_namespace() {
    insta::assert_snapshot!(generate(&[r#"{"type": "record", "name": "Ping", "doc": "Are you there?", "fields": [
        {"name": "sentAt", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When."},
        {"name": "comment", "type": ["null", "string"], "default": null}]}"#]));
}

#[test]
fn an_enum_with_a_default_in_a_namespace() {
    insta::assert_snapshot!(generate(&[
        r#"{"type": "enum", "name": "com.acme.Level", "symbols": ["LOW", "VERY_HIGH"], "default": "LOW"}"#
    ]));
}

#[test]
fn a_fixed_and_a_fixed_decimal() {
    insta::assert_snapshot!(generate(&[
        r#"{"type": "fixed", "name": "Hash", "size": 16}"#,
        r#"{"type": "fixed", "name": "Money", "size": 8, "logicalType": "decimal", "precision": 18, "scale": 2}"#,
    ]));
}

#[test]
fn a_recursive_record_that_refers_to_another_namespace() {
    insta::assert_snapshot!(generate(&[
        r#"{"type": "record", "name": "a.b.Node", "fields": [
            {"name": "next", "type": ["null", "a.b.Node"]}, {"name": "kind", "type": "a.c.Kind"}]}"#,
        r#"{"type": "enum", "name": "a.c.Kind", "symbols": ["LEAF"]}"#,
    ]));
}

#[test]
fn an_empty_record() {
    insta::assert_snapshot!(generate(&[r#"{"type": "record", "name": "Nothing", "fields": []}"#]));
}

#[test]
fn the_order_of_files_does_not_move_boxes_or_names() {
    let sources = [
        r#"{"type": "record", "name": "A", "fields": [{"name": "b", "type": ["null", "B"]}]}"#,
        r#"{"type": "record", "name": "B", "fields": [{"name": "a", "type": ["null", "A"]}]}"#,
    ];
    let boxed: Vec<String> = [[0, 1], [1, 0]]
        .iter()
        .map(|order| {
            let code = generate(&[sources[order[0]], sources[order[1]]]);
            let boxed: Vec<&str> = code.lines().filter(|line| line.contains("Box<")).map(str::trim).collect();
            boxed.join("\n")
        })
        .collect();
    assert_eq!(boxed[0], "pub a: ::core::option::Option<::std::boxed::Box<A>>,");
    assert_eq!(boxed[0], boxed[1]);
}

/// A type without a finite value is valid Avro, and must have a finite size.
#[test]
fn a_type_that_always_contains_itself_is_boxed() {
    let code = generate(&[r#"{"type": "record", "name": "A", "fields": [{"name": "a", "type": "A"}]}"#]);
    assert!(code.contains("pub a: ::std::boxed::Box<A>,"), "{code}");
}

#[test]
fn the_path_of_the_runtime_can_be_chosen() {
    let options = Options::new().runtime("::messages::runtime").unwrap();
    let code = generate_file(&parse(&[r#"{"type": "fixed", "name": "Hash", "size": 16}"#]), &options).unwrap();
    assert!(code.contains("impl ::messages::runtime::Encode for Hash"), "{code}");
    assert!(!code.contains("avro_typed"), "{code}");
}

fn generate(texts: &[&str]) -> String {
    generate_file(&parse(texts), &Options::new()).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

fn parse(texts: &[&str]) -> SchemaSet {
    let source = |(index, text): (usize, &&str)| Source { path: format!("{index}.avsc"), text: (*text).to_owned() };
    SchemaSet::parse(texts.iter().enumerate().map(source).collect())
        .unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}
