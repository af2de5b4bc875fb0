//! Verdicts of the compatibility check, by the rules of Java's.

mod history;
mod places;

use avro_model::Schema;
use avro_model::compatibility::check_readable;

/// Each difference as its kind and its path; none when everything can be read.
fn check(reader: &str, writer: &str, expected: &[&str]) {
    let parse = |text: &str| Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let found: Vec<String> = check_readable(&parse(reader), &parse(writer))
        .iter()
        .map(|found| format!("{} {}", found.kind, found.path))
        .collect();
    assert_eq!(found, expected, "{reader} reads {writer}");
}

fn record(name: &str, fields: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{fields}]}}"#)
}

#[test]
fn promotions() {
    for (reader, writer) in [
        ("long", "int"),
        ("float", "int"),
        ("float", "long"),
        ("double", "int"),
        ("double", "long"),
        ("double", "float"),
        ("string", "bytes"),
        ("bytes", "string"),
    ] {
        let (reader, writer) = (format!("\"{reader}\""), format!("\"{writer}\""));
        check(&reader, &writer, &[]);
        let back: &[&str] = if reader.contains("s") { &[] } else { &["TYPE_MISMATCH /"] };
        check(&writer, &reader, back);
    }
    check(r#"{"type":"array","items":"double"}"#, r#"{"type":"array","items":"int"}"#, &[]);
    check(r#"{"type":"map","values":"float"}"#, r#"{"type":"map","values":"double"}"#, &["TYPE_MISMATCH /values"]);
}

#[test]
fn fields() {
    let (a, b) = (r#"{"name":"a","type":"int"}"#, r#"{"name":"b","type":"int"}"#);
    let with_default = r#"{"name":"b","type":"int","default":0}"#;
    check(&record("R", a), &record("R", &format!("{a},{b}")), &[]);
    check(&record("R", &format!("{a},{with_default}")), &record("R", a), &[]);
    check(&record("R", &format!("{a},{b}")), &record("R", a), &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/1"]);
    check(&record("R", r#"{"name":"b","aliases":["a"],"type":"long"}"#), &record("R", a), &[]);
    // Aliases of the writer do not count.
    let aliased = record("R", r#"{"name":"b","aliases":["a"],"type":"int"}"#);
    check(&record("R", a), &aliased, &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"]);
    // Two fields of the reader may both be the writer's one, though only one of them gets the value when it is read.
    check(&record("R", r#"{"name":"a","type":"int"},{"name":"b","aliases":["a"],"type":"int"}"#), &record("R", a), &[]);
    check(&record("R", r#"{"name":"a","type":"string"}"#), &record("R", a), &["TYPE_MISMATCH /fields/0/type"]);
    // As in Java: where the enum has a default, it is the enum that does not match.
    let of_enum = |default: &str| {
        record("R", &format!(r#"{{"name":"e","type":{{"type":"enum","name":"E","symbols":["A"]{default}}}}}"#))
    };
    check(&of_enum(""), &record("R", ""), &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"]);
    check(&of_enum(r#","default":"A""#), &record("R", ""), &["TYPE_MISMATCH /fields/0/type"]);
}

#[test]
fn names() {
    check(&record("a.R", ""), &record("b.R", ""), &[]);
    check(&record("S", ""), &record("R", ""), &["NAME_MISMATCH /name"]);
    check(r#"{"type":"record","name":"S","aliases":["R"],"fields":[]}"#, &record("R", ""), &[]);
    check(&record("R", ""), r#"{"type":"record","name":"S","aliases":["R"],"fields":[]}"#, &["NAME_MISMATCH /name"]);
    let fixed = |name: &str, size: u32| format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#);
    check(&fixed("F", 4), &fixed("n.F", 4), &[]);
    check(&fixed("F", 4), &fixed("G", 8), &["NAME_MISMATCH /name", "FIXED_SIZE_MISMATCH /size"]);
}

#[test]
fn symbols() {
    let symbols = |list: &str| format!(r#"{{"type":"enum","name":"E","symbols":{list}}}"#);
    check(&symbols(r#"["A","B"]"#), &symbols(r#"["B"]"#), &[]);
    check(&symbols(r#"["A","B"]"#), &symbols(r#"["B","C","D"]"#), &["MISSING_ENUM_SYMBOLS /symbols"]);
    let tolerant = r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#;
    check(tolerant, &symbols(r#"["B","C"]"#), &[]);
}

#[test]
fn unions() {
    check(r#"["int","string"]"#, r#"["string","int"]"#, &[]);
    check(r#"["null","double"]"#, r#""int""#, &[]);
    check(r#""double""#, r#"["int","float"]"#, &[]);
    check(r#""float""#, r#"["int","double"]"#, &["TYPE_MISMATCH /1"]);
    check(r#"["int"]"#, r#"["int","string","long"]"#, &["MISSING_UNION_BRANCH /1", "MISSING_UNION_BRANCH /2"]);
    check(r#"["int"]"#, r#""string""#, &["MISSING_UNION_BRANCH /"]);
    // A record among the branches is found by its name alone, unlike when it is read.
    let x = r#"{"name":"x","type":"int"}"#;
    check(&format!("[{}]", record("Q", x)), &record("P", x), &["MISSING_UNION_BRANCH /"]);
    check(&format!("[{},{}]", record("Q", x), record("n.P", x)), &record("P", x), &[]);
    check(
        &record("R", r#"{"name":"a","type":"int"}"#),
        &record("R", r#"{"name":"a","type":["null","int"]}"#),
        &["TYPE_MISMATCH /fields/0/type/0"],
    );
}

#[test]
fn recursion() {
    let list = |head: &str| {
        record("L", &format!(r#"{{"name":"head","type":"{head}"}},{{"name":"tail","type":["null","L"]}}"#))
    };
    check(&list("long"), &list("int"), &[]);
    check(&list("int"), &list("long"), &["TYPE_MISMATCH /fields/0/type"]);
}

#[test]
fn logical_types_do_not_count() {
    let decimal = |scale: u32| format!(r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#);
    check(&decimal(2), &decimal(4), &[]);
    let time = |unit: &str| format!(r#"{{"type":"long","logicalType":"timestamp-{unit}"}}"#);
    check(&time("millis"), &time("micros"), &[]);
}
