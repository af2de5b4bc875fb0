//! What people see when a schema is wrong.

use avro_codegen::{Generator, Options, check_supported, render};
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

/// Such a schema is valid, and so is its code: only the default is left out, with a warning.
#[test]
fn defaults_that_the_rust_type_does_not_hold() {
    let field = |name: &str, ty: &str, logical: &str, default: &str| {
        format!(r#"    {{"name": "{name}", "type": {{"type": "{ty}", {logical}}}, "default": {default}}}"#)
    };
    let fields = [
        field("total", "bytes", r#""logicalType": "decimal", "precision": 2, "scale": 1"#, r#""\u0001\u0000""#),
        field(
            "huge",
            "bytes",
            r#""logicalType": "decimal", "precision": 30"#,
            r#""\u0010\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000""#,
        ),
        field("empty", "bytes", r#""logicalType": "decimal", "precision": 2, "scale": 1"#, r#""""#),
        field("big", "bytes", r#""logicalType": "big-decimal""#, r#""\u0001""#),
        field("id", "string", r#""logicalType": "uuid""#, r#""none""#),
        field("day", "int", r#""logicalType": "date""#, "1681601653"),
        field("noon", "int", r#""logicalType": "time-millis""#, "86400000"),
        field("at", "long", r#""logicalType": "timestamp-millis""#, "9223372036854775807"),
        field("local", "long", r#""logicalType": "local-timestamp-millis""#, "-9223372036854775808"),
    ];
    let text = format!(
        "{{\n  \"type\": \"record\",\n  \"name\": \"Order\",\n  \"fields\": [\n{}\n  ]\n}}",
        fields.join(",\n")
    );
    let source = Source::new("schemas/order.avsc", text);
    let set = SchemaSet::parse(vec![source]).unwrap();
    let generated = Generator::new(&set, &Options::new()).generate().unwrap();
    insta::assert_snapshot!(render(&generated.warnings, false));
}

#[test]
fn types_and_namespaces_that_are_nested_too_deeply_for_a_compiler() {
    let list = |depth| "{\"type\": \"array\", \"items\": ".repeat(depth) + "\"int\"" + &"}".repeat(depth);
    let namespace = |parts: usize| format!(r#"{{"type": "fixed", "name": "{}F", "size": 1}}"#, "n.".repeat(parts - 1));
    let record =
        |depth| format!(r#"{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {}}}]}}"#, list(depth));
    assert_eq!(generate_errors(&[&record(32), &list(32), &namespace(32)]), "");
    let errors = generate_errors(&[&record(33), &list(33), &namespace(100_000)]);
    let messages: Vec<&str> = errors.lines().filter(|line| line.starts_with("error")).collect();
    assert_eq!(
        messages,
        [
            "error[too-deep]: the type of the field `f` of `R` is nested too deeply for a Rust compiler",
            "error[too-deep]: the schema of this file is nested too deeply for a Rust compiler",
            "error[too-deep]: the namespace of `F` is too deep for Rust modules",
        ]
    );
}

/// Each record of a chain carries the schemas of all below it. That it would be too much is known before any of it is
/// made.
#[test]
fn chains_of_records_that_would_take_gigabytes() {
    let chain = |length: usize| {
        let record = |index: usize| {
            let ty = if index + 1 == length { "int".to_owned() } else { format!("R{}", index + 1) };
            format!(r#"{{"type": "record", "name": "R{index}", "fields": [{{"name": "f", "type": "{ty}"}}]}}"#)
        };
        let source = |index| Source::new(format!("schemas/r{index}.avsc"), record(index));
        SchemaSet::parse((0..length).map(source).collect()).unwrap()
    };
    assert!(check_supported(&chain(2_000)).is_ok());
    let errors = check_supported(&chain(20_000)).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "schemas/r0.avsc:1:28: error[too-deep]: the types would carry more than 256 MiB of schemas, since each has that of all that it \
         refers to; make shorter chains of records, or leave out files that are not needed"
    );
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
    let sources = files.iter().map(|(path, text)| Source::new(format!("schemas/{path}"), *text));
    SchemaSet::parse(sources.collect()).unwrap_err()
}

/// What is valid for Avro and not for Rust.
fn generate_errors(texts: &[&str]) -> String {
    let source = |(index, text): (usize, &&str)| Source::new(format!("{index}.avsc"), *text);
    let set = SchemaSet::parse(texts.iter().enumerate().map(source).collect()).unwrap();
    Generator::new(&set, &Options::new()).generate().err().map_or_else(String::new, |errors| render(&errors, false))
}
