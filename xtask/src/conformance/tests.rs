//! The chore on small made-up folders. Rows about data are compiled, which takes too long for a test; `.ci/run` runs
//! them.

use std::path::Path;

use super::{rows, run_all};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder in it");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// What is printed, without the two lines before the last.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let folder = folder(files);
    let tally = run_all(Path::new("unused"), folder.path()).expect("it can be run").expect("there is something to run");
    let mut lines = tally.lines();
    lines.drain(lines.len() - 3..lines.len() - 1);
    assert_eq!(lines, expected);
    assert_eq!(tally.has_failures(), expected.len() > 1);
}

const CANONICAL: &str = r#"{"id": "c1", "schema": "\"int\"", "canonical": "\"int\"", "crc64_avro": "7275d51a3f395c8f", "single_object_header": "c3018f5c393f1ad57572", "md5": "not looked at", "disputed": false}
"#;

#[test]
fn rows_that_hold_are_counted() {
    check(&[("canonical.jsonl", CANONICAL)], &["conformance: 1 passed, 0 failed, 0 skipped"]);
    let parse = r#"{"id": "p1", "schema": "{}", "valid": false}
{"id": "p2", "schema": "\"int\"", "valid": null, "java": true}

{"id": "p3", "schema": "{}", "valid": true, "disputed": true}"#;
    check(&[("parse-more.jsonl", parse)], &["conformance: 2 passed, 0 failed, 1 skipped"]);
}

#[test]
fn rows_that_fail_are_printed_with_their_id() {
    let wrong = CANONICAL.replace("7275", "7276");
    let parse = r#"{"id": "p1", "schema": "\"D\"", "valid": true}
{"id": "p2", "schema": "\"int\"", "valid": false}
{"id": "p3", "schema": "\"int\""}
{"schema": "\"int\"", "valid": true}
no JSON"#;
    check(
        &[("deep/canonical_2.jsonl", &wrong), ("parse.jsonl", parse)],
        &[
            "c1: crc64_avro: expected \"7276d51a3f395c8f\", found \"7275d51a3f395c8f\"",
            "p1: a valid schema is refused: 1:1: unknown type `D`",
            "p2: an invalid schema is accepted",
            "p3: the row has no verdict",
            "parse.jsonl:5: the line is not JSON: expected ident at line 1 column 2",
            "conformance: 1 passed, 5 failed, 0 skipped",
        ],
    );
}

#[test]
fn rows_about_compatibility() {
    let compat = r#"{"reader": "long", "writer": "int", "compatible": true, "unknown": [1]}
{"id": "text", "reader": "{\"type\":\"int\"}", "writer": ["int", "string"], "compatible": false, "kinds": ["TYPE_MISMATCH"]}
{"id": "wrong", "reader": "int", "writer": "long", "compatible": true}
{"id": "bare"}"#;
    let levels = r#"{"id": "last only", "level": "BACKWARD", "new": "long", "previous": ["string", "int"], "compatible": true}
{"id": "all", "level": "BACKWARD_TRANSITIVE", "new": "long", "previous": ["string", "int"], "compatible": false}
{"id": "first", "level": "FULL", "new": "long", "previous": [], "compatible": true}
{"id": "skipped", "disputed": true}
{"id": "no level", "level": "SIDEWAYS", "new": "int", "previous": [], "compatible": true}"#;
    let files = [("compat.jsonl", compat), ("compat_levels.jsonl", levels)];
    check(
        &files,
        &[
            "wrong: compatible: expected true, found false (TYPE_MISMATCH /)",
            "bare: the row has no `reader`",
            "no level: SIDEWAYS is not a compatibility level",
            "conformance: 5 passed, 3 failed, 1 skipped",
        ],
    );
    let folder = folder(&files);
    let tally = run_all(Path::new("unused"), folder.path()).expect("it can be run").expect("there is something to run");
    let lines = tally.lines();
    assert_eq!(lines[lines.len() - 2], "conformance: compat 2/4, compat_levels 3/4 (1 skipped)");
}

#[test]
fn files_of_idl_are_compared_with_their_outputs() {
    let idl = "protocol P { fixed F(2); }";
    let protocol =
        r#"{"protocol": "P", "namespace": null, "types": [{"type": "fixed", "name": "F", "size": 2}], "messages": {}}"#;
    let files = [
        ("suite/input/right.avdl", idl),
        ("suite/output/right.avpr", &protocol.replace(r#""namespace": null, "#, "")),
        ("suite/input/wrong.avdl", idl),
        ("suite/output/wrong.avpr", "{}"),
        ("suite/input/for_another_test.avdl", "no IDL"),
    ];
    let folder = folder(&files);
    let tally = run_all(Path::new("unused"), folder.path()).expect("it can be run").expect("there is something to run");
    let lines = tally.lines();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[0].starts_with("suite/input/wrong.avdl: at ``: expected {}, found {"), "{lines:?}");
    assert!(lines[1].starts_with("conformance: 1/2 files of Avro IDL give what they should; 0 data"), "{lines:?}");
    assert_eq!(lines[2], "conformance: no rows");
    assert_eq!(lines[3], "conformance: 1 passed, 1 failed, 0 skipped");
}

#[test]
fn the_beginning_of_a_name_is_the_kind() {
    let folder = folder(&[
        ("canonical.jsonl", ""),
        ("canonical.txt", ""),
        ("binary_2.jsonl", ""),
        ("parse.jsonl", ""),
        ("compat_levels.jsonl", ""),
        ("compat_more.jsonl", ""),
        ("not_canonical.jsonl", ""),
    ]);
    let found = rows::find(folder.path()).expect("it can be read");
    let names: Vec<_> = found.iter().map(|(_, path)| path.file_name().expect("a name").to_string_lossy()).collect();
    let expected = ["canonical.jsonl", "parse.jsonl", "compat_more.jsonl", "compat_levels.jsonl", "binary_2.jsonl"];
    assert_eq!(names, expected);
}

#[test]
fn nothing_to_run_is_told_apart() {
    let folder = folder(&[("readme.md", "")]);
    assert!(run_all(Path::new("unused"), folder.path()).expect("it can be run").is_none());
    assert!(run_all(Path::new("unused"), &folder.path().join("missing")).is_err());
}
