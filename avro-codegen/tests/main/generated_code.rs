//! What is generated, beyond what the [golden files](crate::golden) show.

use avro_codegen::{Options, generate_file};
use avro_model::{Leniency, SchemaSet, Source};

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
            let boxed: Vec<&str> =
                code.lines().map(str::trim).filter(|line| line.starts_with("pub ") && line.contains("Box<")).collect();
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
    assert!(code.contains("pub a: ::std::boxed::Box<Self>,"), "{code}");
}

/// Names that a lenient reader lets through could otherwise end a literal or a line of documentation.
#[test]
fn no_name_gets_out_of_where_it_is_written() {
    for (what, schema) in [
        ("type", r#"{"type": "fixed", "name": "F\n} pub mod evil {", "size": 1}"#),
        ("namespace", r#"{"type": "fixed", "name": "F", "namespace": "a\u2028b", "size": 1}"#),
        ("alias", r#"{"type": "fixed", "name": "F", "aliases": ["a\"b"], "size": 1}"#),
        ("field", r#"{"type": "record", "name": "R", "fields": [{"name": "a\\", "type": "int"}]}"#),
        (
            "alias of a field",
            r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "aliases": ["\r"]}]}"#,
        ),
        ("symbol", r#"{"type": "enum", "name": "E", "symbols": ["a\u202eb"]}"#),
    ] {
        let source = Source::new("a.avsc", schema.to_owned());
        let set =
            SchemaSet::parse_leniently(vec![source], Leniency::ALL).unwrap_or_else(|error| panic!("{what}: {error}"));
        let error = generate_file(&set, &Options::new()).expect_err(what).to_string();
        assert!(error.contains("has a character that cannot be in Rust code; rename it"), "{what}: {error}");
    }
}

#[test]
fn names_that_come_out_the_same_are_told_apart() {
    let names = names_of(&[
        (
            "order.avsc",
            r#"{"type": "record", "name": "Order", "fields": [
            {"name": "orderId", "type": "long"}, {"name": "order_id", "type": "long"}, {"name": "OrderId", "type": "long"},
            {"name": "self", "type": "long"}, {"name": "Self", "type": "long", "default": 1},
            {"name": "level", "type": {"type": "enum", "name": "Level", "symbols": ["NOT_FOUND", "NotFound", "notFound"]}}]}"#,
        ),
        ("order2.avsc", r#"{"type": "fixed", "name": "order", "size": 1}"#),
        ("order3.avsc", r#"{"type": "fixed", "name": "OrderRequired", "size": 1}"#),
        ("level.avsc", r#""int""#),
        ("a.avsc", r#"{"type": "fixed", "name": "com.acme.a.Event", "size": 1}"#),
        ("b.avsc", r#"{"type": "fixed", "name": "com.acme.b.Event", "size": 1}"#),
        ("c.avsc", r#"{"type": "fixed", "name": "com.Acme.Event", "size": 1}"#),
        ("d.avsc", r#"{"type": "fixed", "name": "com.acme.EventOrString", "size": 1}"#),
        (
            "e.avsc",
            r#"{"type": "record", "name": "Uses", "fields": [
            {"name": "one", "type": ["com.acme.a.Event", "com.acme.b.Event"]},
            {"name": "two", "type": ["com.Acme.Event", "string", "int", "long", "float"]},
            {"name": "three", "type": [{"type": "record", "name": "string", "namespace": "x", "fields": []}, "string"]},
            {"name": "four", "type": [{"type": "array", "items": "string"}, {"type": "map", "values": "int"}]},
            {"name": "five", "type": ["com.acme.EventOrString", "string"]},
            {"name": "six", "type": ["null", {"type": "fixed", "name": "com.acme.Event", "size": 1}, "string"]}]}"#,
        ),
    ]);
    insta::assert_snapshot!(names);
}

#[test]
fn the_order_of_files_changes_no_name() {
    let files = [
        ("a/prices.avsc", r#"["int", "string"]"#),
        ("b/prices.avsc", r#"["int", "string"]"#),
        (
            "c.avsc",
            r#"{"type": "record", "name": "n.R", "fields": [
            {"name": "one", "type": ["int", {"type": "bytes", "logicalType": "decimal", "precision": 4}]},
            {"name": "two", "type": ["int", {"type": "bytes", "logicalType": "decimal", "precision": 5}]},
            {"name": "three", "type": ["string", "R"]}]}"#,
        ),
        ("d.avsc", r#"{"type": "record", "name": "n.r", "fields": [{"name": "f", "type": ["null", "string", "R"]}]}"#),
        ("e.avsc", r#"{"type": "record", "name": "N.R", "fields": [{"name": "f", "type": ["int", "string"]}]}"#),
    ];
    let mut backwards = files;
    backwards.reverse();
    let sorted = |names: String| {
        let mut lines: Vec<String> = names.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(names_of(&files)), sorted(names_of(&backwards)));
}

/// Every module and type with the names of its fields or variants, and their types.
fn names_of(files: &[(&str, &str)]) -> String {
    let code = generate_files(files);
    let is_item = |line: &str| line.starts_with("pub ") && !line.contains(" fn ") && !line.contains(" const ");
    let is_variant = |line: &str| {
        line.starts_with(|first: char| first.is_uppercase()) && line.ends_with(',') && !line.contains("=>")
    };
    let names: Vec<&str> = code.lines().map(str::trim).filter(|line| is_item(line) || is_variant(line)).collect();
    names.join("\n")
}

#[test]
fn the_path_of_the_runtime_can_be_chosen() {
    let options = Options::new().runtime("::messages::runtime").unwrap();
    let set = parse(&[("hash.avsc", r#"{"type": "fixed", "name": "Hash", "size": 16}"#)]);
    let code = generate_file(&set, &options).unwrap();
    assert!(code.contains("impl ::messages::runtime::Encode for Hash"), "{code}");
    assert!(!code.contains("avro_typed"), "{code}");
}

fn generate(texts: &[&str]) -> String {
    let paths: Vec<String> = (0..texts.len()).map(|index| format!("{index}.avsc")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(String::as_str).zip(texts.iter().copied()).collect();
    generate_files(&files)
}

fn generate_files(files: &[(&str, &str)]) -> String {
    generate_file(&parse(files), &Options::new()).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

fn parse(files: &[(&str, &str)]) -> SchemaSet {
    let source = |(path, text): &(&str, &str)| Source::new(*path, *text);
    SchemaSet::parse(files.iter().map(source).collect()).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}
