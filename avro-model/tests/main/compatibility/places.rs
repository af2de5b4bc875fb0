//! Where a difference is in the files of both schemas.

use avro_model::compatibility::check_readable;
use avro_model::{Schema, SchemaSet, Source, SourceId};

/// The first source has the root, the others what it refers to.
fn set(files: &[(&str, &str)]) -> (SchemaSet, Schema) {
    let sources = files.iter().map(|(path, text)| Source::new(*path, *text));
    let set = SchemaSet::parse(sources.collect()).unwrap_or_else(|error| panic!("{error}"));
    let root = set.roots().iter().find(|root| root.source == SourceId(0)).expect("the first source has a root");
    let schema = set.schema_of(&root.ty);
    (set, schema)
}

/// The file and the text of each difference, in the reader's schema and in the writer's.
fn check(reader: &[(&str, &str)], writer: &[(&str, &str)], expected: &[[&str; 4]]) {
    let (reader, writer) = (set(reader), set(writer));
    let found: Vec<[String; 4]> = check_readable(&reader.1, &writer.1)
        .iter()
        .map(|found| {
            let shown = |(set, schema): &(SchemaSet, Schema), place| {
                let label = set.label_at(schema, SourceId(0), place, "");
                let source = &set.sources()[label.source.0];
                [source.path.clone(), source.text[label.span.start..label.span.end].to_owned()]
            };
            let [reader_path, read] = shown(&reader, &found.reader);
            let [writer_path, written] = shown(&writer, &found.writer);
            [reader_path, read, writer_path, written]
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn of_types_in_fields_and_roots() {
    let order =
        |ty: &str| format!(r#"{{"type": "record", "name": "Order", "fields": [{{"name": "n", "type": {ty}}}]}}"#);
    let (int, string) =
        (order(r#"{"type": "array", "items": "int"}"#), order(r#"{"type": "array", "items": "string"}"#));
    check(&[("new.avsc", &int)], &[("old.avsc", &string)], &[["new.avsc", "\"int\"", "old.avsc", "\"string\""]]);
    check(
        &[("new.avsc", r#"{"type": "map", "values": "int"}"#)],
        &[("old.avsc", r#"{"type": "map", "values": "string"}"#)],
        &[["new.avsc", "\"int\"", "old.avsc", "\"string\""]],
    );
    check(
        &[("new.avsc", &order("\"int\""))],
        &[("old.avsc", &order("[\"null\", \"int\"]"))],
        &[["new.avsc", "\"int\"", "old.avsc", "\"null\""]],
    );
}

#[test]
fn of_definitions_in_other_files() {
    let order = r#"{"type": "record", "name": "Order", "fields": [{"name": "color", "type": "Color"}, {"name": "of", "type": "Customer"}]}"#;
    let color = |symbols: &str| format!(r#"{{"type": "enum", "name": "Color", "symbols": {symbols}}}"#);
    let (two, three) = (color(r#"["A", "B"]"#), color(r#"["A", "B", "C"]"#));
    let name = r#"{"name": "name", "type": "string"}"#;
    let customer = |fields: &str| format!(r#"{{"type": "record", "name": "Customer", "fields": [{fields}]}}"#);
    let (with, without) = (customer(name), customer(""));
    check(
        &[("order.avsc", order), ("color.avsc", &two), ("customer.avsc", &with)],
        &[("1.json", order), ("2.json", &three), ("3.json", &without)],
        &[["color.avsc", r#"["A", "B"]"#, "2.json", r#"["A", "B", "C"]"#], ["customer.avsc", name, "3.json", &without]],
    );
}

#[test]
fn of_the_idl() {
    check(
        &[("new.avdl", "schema Order; record Order { int n; }")],
        &[("old.avsc", r#"{"type": "record", "name": "Order", "fields": [{"name": "n", "type": "long"}]}"#)],
        &[["new.avdl", "int", "old.avsc", "\"long\""]],
    );
}
