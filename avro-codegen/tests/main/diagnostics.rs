//! What people see when a schema is wrong.

use avro_codegen::{Options, generate, render};
use avro_model::{Diagnostics, SchemaSet, Source};

#[test]
fn invalid_json() {
    insta::assert_snapshot!(render_one(
        r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "id", "type": "long"}
    {"name": "total", "type": "double"}
  ]
}"#
    ));
}

#[test]
fn unknown_type() {
    insta::assert_snapshot!(render_errors(&[
        (
            "order.avsc",
            r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "severity", "type": "SeverityLevl"}
  ]
}"#
        ),
        ("severity_level.avsc", r#"{"type": "enum", "name": "SeverityLevel", "symbols": ["INFO"]}"#),
    ]));
}

#[test]
fn duplicate_name() {
    insta::assert_snapshot!(render_errors(&[
        ("a.avsc", "{\"type\": \"fixed\", \"name\": \"com.acme.Hash\", \"size\": 16}\n"),
        ("b.avsc", "{\n  \"type\": \"fixed\",\n  \"name\": \"com.acme.Hash\",\n  \"size\": 20\n}\n"),
    ]));
}

#[test]
fn bad_default() {
    insta::assert_snapshot!(render_one(
        r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "count", "type": "int", "default": "none"},
    {"name": "tags", "type": {"type": "array", "items": "string"}, "default": ["a", 1]}
  ]
}"#
    ));
}

#[test]
fn missing_fields() {
    insta::assert_snapshot!(render_one("{\n  \"type\": \"record\",\n  \"name\": \"Order\"\n}"));
}

#[test]
fn several_errors_in_several_files() {
    insta::assert_snapshot!(render_errors(&[
        (
            "order.avsc",
            r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "total", "type": "Money"},
    {"name": "2nd", "type": "string"}
  ]
}"#
        ),
        ("broken.avsc", "{\"type\": \"enum\", \"name\": \"Broken\",}"),
        (
            "level.avsc",
            "{\"type\": \"enum\", \"name\": \"Level\", \"symbols\": [\"A\", \"B\", \"A\"], \"default\": \"C\"}"
        ),
    ]));
}

#[test]
fn unsupported_union_and_root() {
    insta::assert_snapshot!(render_errors(&[
        (
            "event.avsc",
            r#"{
  "type": "record",
  "name": "Event",
  "fields": [
    {"name": "id", "type": ["long", "string"]},
    {"name": "list", "type": {"type": "array", "items": ["null", "int", "string"]}}
  ]
}"#
        ),
        ("list.avsc", "{\"type\": \"array\", \"items\": \"string\"}"),
    ]));
}

#[test]
fn fields_symbols_and_types_that_collide() {
    insta::assert_snapshot!(render_errors(&[
        (
            "order.avsc",
            r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "orderId", "type": "long"},
    {"name": "order_id", "type": "string"},
    {"name": "level", "type": {"type": "enum", "name": "Level", "symbols": ["NOT_FOUND", "NotFound"]}}
  ]
}"#
        ),
        ("order2.avsc", "{\"type\": \"fixed\", \"name\": \"order\", \"size\": 1}"),
    ]));
}

#[test]
fn defaults_that_the_rust_type_does_not_hold() {
    insta::assert_snapshot!(render_one(
        r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 1}, "default": "\u0001\u0000"},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 9223372036854775807}
  ]
}"#
    ));
}

#[test]
fn colours_are_only_added_on_demand() {
    let diagnostics = errors(&[("order.avsc", "{}")]);
    assert!(!render(&diagnostics, false).contains('\u{1b}'));
    assert!(render(&diagnostics, true).contains("\u{1b}["));
}

#[test]
fn a_byte_order_mark_and_wide_characters_do_not_move_the_caret() {
    insta::assert_snapshot!(render_errors(&[(
        "order.avsc",
        "\u{feff}{\"type\": \"record\", \"name\": \"Order\", \"doc\": \"日本 é\", \"fields\": [{\"name\": \"a\", \"type\": \"Nope\"}]}",
    )]));
}

fn render_one(text: &str) -> String {
    render_errors(&[("order.avsc", text)])
}

fn render_errors(files: &[(&str, &str)]) -> String {
    render(&errors(files), false)
}

fn errors(files: &[(&str, &str)]) -> Diagnostics {
    let sources = files.iter().map(|(path, text)| Source { path: format!("schemas/{path}"), text: (*text).to_owned() });
    match SchemaSet::parse(sources.collect()) {
        Ok(set) => generate(&set, &Options::new()).unwrap_err(),
        Err(diagnostics) => diagnostics,
    }
}
