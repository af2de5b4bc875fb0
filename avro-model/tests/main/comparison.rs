//! Comparisons in which neither schema reads the other.

use std::fmt::Write;

use avro_model::Schema;
use avro_model::comparison::{changes, encoding_differences};

fn parse(text: &str) -> Schema {
    Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}

/// The differences between the encodings, in sentences.
fn check_encoding(own: &str, registered: &str, expected: &[&str]) {
    let found: Vec<String> = encoding_differences(&parse(own), &parse(registered))
        .iter()
        .map(|difference| difference.sentence("the type", "the registered schema"))
        .collect();
    assert_eq!(found, expected, "{own} against {registered}");
}

/// The changes, one per line.
fn check_changes(old: &str, new: &str, expected: &[&str]) {
    let found: Vec<String> = changes(&parse(old), &parse(new)).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{old} became {new}");
}

#[test]
fn what_the_encoding_does_not_show_is_not_a_difference() {
    check_encoding(r#""long""#, r#"{"type": "long", "note": 1}"#, &[]);
    check_encoding(
        &record(r#"{"name": "a", "type": "int", "default": 1, "doc": "x"}"#),
        r#"{"type": "record", "name": "Other", "fields": [{"name": "a", "type": "int", "default": 2, "aliases": ["b"]}]}"#,
        &[],
    );
}

#[test]
fn every_difference_of_the_encodings_has_its_path() {
    check_encoding(r#""int""#, r#""long""#, &["at value: the type writes int, the registered schema long"]);
    check_encoding(
        &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": {"type": "array", "items": "string"}}"#),
        &record(r#"{"name": "b", "type": {"type": "array", "items": "bytes"}}, {"name": "c", "type": "int"}"#),
        &[
            "at R: the registered schema has no field `a`",
            "at R.b[]: the type writes string, the registered schema bytes",
            "at R: the type has no field `c`",
        ],
    );
    check_encoding(
        &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
        &record(r#"{"name": "b", "type": "int"}, {"name": "a", "type": "int"}"#),
        &["at R: the type writes its fields as a, b, the registered schema as b, a"],
    );
    check_encoding(
        r#"["null", {"type": "map", "values": "long"}]"#,
        r#"["null", {"type": "map", "values": {"type": "long", "logicalType": "timestamp-millis"}}]"#,
        &["at value<1>{}: the type writes no logical type, the registered schema timestamp-millis"],
    );
    check_encoding(
        r#"["null", "int"]"#,
        r#"["null", "int", {"type": "fixed", "name": "F", "size": 2}]"#,
        &[
            "at value: the type writes a union of null, int, the registered schema a union of null, int, fixed F of 2 bytes",
        ],
    );
    check_encoding(
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["B", "A"]}"#,
        &["at E: the type writes the symbols A, B, the registered schema B, A"],
    );
    let of_fixed =
        |size| record(&format!(r#"{{"name": "f", "type": {{"type": "fixed", "name": "F", "size": {size}}}}}"#));
    check_encoding(
        &of_fixed(2),
        &of_fixed(3),
        &["at R.f: the type writes fixed F of 2 bytes, the registered schema fixed F of 3 bytes"],
    );
}

#[test]
fn every_change_is_a_line() {
    check_changes(r#""int""#, r#""long""#, &["~ the schema: int became long"]);
    check_changes(
        &record(
            r#"{"name": "a", "type": "int"}, {"name": "b", "type": ["null", "int"]}, {"name": "c", "type": "int"}"#,
        ),
        &record(
            r#"{"name": "c", "type": "int", "order": "ignore"}, {"name": "b", "type": ["string", "null"], "doc": "B"},
               {"name": "d", "type": {"type": "array", "items": "R"}, "default": []}"#,
        ),
        &[
            "- R.a: int, no default",
            "~ R.c: sort order: ascending became ignore",
            "- R.b: branch int of the union",
            "+ R.b: branch string of the union",
            "+ R.b: documentation \"B\"",
            "+ R.d: array of R, default []",
            "~ R: order of the fields: b, c became c, b",
        ],
    );
    let symbols = |symbols: &str, rest: &str| {
        record(&format!(r#"{{"name": "e", "type": {{"type": "enum", "name": "E", "symbols": {symbols}{rest}}}}}"#))
    };
    check_changes(
        &symbols(r#"["A", "B", "C"]"#, r#", "unit": 1"#),
        &symbols(r#"["C", "B", "D"]"#, r#", "default": "D", "unit": 2"#),
        &[
            "- E: symbol A",
            "+ E: symbol D",
            "~ E: order of the symbols: B, C became C, B",
            "+ E: default D",
            "~ E: property `unit`: 1 became 2",
        ],
    );
    let time = |unit: &str| record(&format!(r#"{{"name": "t", "type": {{"type": "long", "logicalType": "{unit}"}}}}"#));
    check_changes(
        &time("timestamp-millis"),
        &time("timestamp-micros"),
        &["~ R.t: logical type: timestamp-millis became timestamp-micros"],
    );
    check_changes(
        r#"{"type": "fixed", "name": "F", "size": 2, "aliases": ["X"]}"#,
        r#"{"type": "fixed", "name": "G", "size": 3}"#,
        &["~ G: F became G", "~ G: size: 2 became 3", "- G: aliases X"],
    );
}

#[test]
fn a_record_that_contains_itself_ends() {
    let tree = |leaf: &str| {
        record(&format!(r#"{{"name": "leaf", "type": "{leaf}"}}, {{"name": "next", "type": ["null", "R"]}}"#))
    };
    check_encoding(&tree("int"), &tree("int"), &[]);
    check_encoding(&tree("int"), &tree("long"), &["at R.leaf: the type writes int, the registered schema long"]);
    check_changes(&tree("int"), &tree("long"), &["~ R.leaf: int became long"]);
}

/// Definitions may refer to each other for as long as a text is, which no call stack is ready for.
#[test]
fn a_long_chain_of_records_is_followed_to_its_end() {
    const LINKS: usize = 50_000;
    // What refers to the next record comes before what defines it, so that the way to it leads through the chain.
    let chain = |leaf: &str| {
        let mut text = String::from(
            r#"{"type":"record","name":"Root","fields":[{"name":"first","type":"R0"},
                {"name":"rest","type":{"type":"record","name":"Rest","fields":[{"name":"all","type":["null""#,
        );
        for link in 0..LINKS {
            let next = if link + 1 == LINKS { leaf.to_owned() } else { format!("R{}", link + 1) };
            write!(text, r#",{{"type":"record","name":"R{link}","fields":[{{"name":"next","type":"{next}"}},"#)
                .and_then(|()| write!(text, r#"{{"name":"n","type":"{leaf}"}}]}}"#))
                .expect("a string takes all");
        }
        text.push_str("]}]}}]}");
        parse(&text)
    };
    let (int, long) = (chain("int"), chain("long"));
    let differences = encoding_differences(&int, &long);
    assert_eq!(differences.len(), 1_000, "no more are listed");
    assert_eq!(differences[0].path, "Root.first.n");
    assert!(differences.iter().all(|difference| difference.path.len() < 400), "long paths are cut");
    assert!(differences[999].path.starts_with('…'), "{}", differences[999].path);
    assert_eq!(changes(&int, &long).len(), LINKS + 1);
}
