//! The chore on small made-up corpora, up to the compiler, which takes too long for a test; `.ci/run` runs it all.

use std::path::Path;

use super::Request;
use super::run::Run;

fn corpus(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder in it");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// What is printed of the generation, but for the line before the last; and the sources of each unit's subjects.
fn check(files: &[(&str, &str)], expected_lines: &[&str], expected_units: &[&[&str]]) {
    let folder = corpus(files);
    let repositories = super::repository::read_all(folder.path()).expect("it can be read");
    let changes = super::evolution::read_all(folder.path()).expect("it can be read");
    let mut run = Run::new(Path::new("unused"), &repositories, &changes);
    run.generate_all();
    run.check_verdicts();
    let mut lines = run.report.lines();
    lines.remove(lines.len() - 2);
    assert_eq!(lines, expected_lines);
    let path = |subject: &super::run::Subject| repositories[subject.repository].files[subject.file].path.as_str();
    let units: Vec<Vec<&str>> = run.subjects.iter().map(|subjects| subjects.iter().map(path).collect()).collect();
    assert_eq!(units, expected_units);
}

const C1: &str = r#"{"type": "fixed", "name": "C", "size": 1}"#;
const C2: &str = r#"{"type": "fixed", "name": "C", "size": 2}"#;
const USER: &str = r#"{"type": "record", "name": "User", "fields": [{"name": "c", "type": "C"}]}"#;

#[test]
fn a_repository_is_one_set() {
    check(
        &[("r/avsc/a/c.avsc", C1), ("r/avsc/user.avsc", USER), ("r/avsc/data.avro", "Obj\u{1}"), ("r/LICENSE", "")],
        &["corpus: 2/2 schemas generated, 0 compiled, 0/0 vectors round-trip"],
        &[&["r/avsc/a/c.avsc", "r/avsc/user.avsc"]],
    );
}

#[test]
fn different_definitions_are_generated_apart() {
    check(
        &[
            ("r/avsc/1/c.avsc", C1),
            ("r/avsc/2/c.avsc", C2),
            ("r/avsc/2/user.avsc", USER),
            ("r/avsc/3/int.avsc", "\"int\""),
            ("s/avsc/c.avsc", C1),
        ],
        &["corpus: 5/5 schemas generated, 0 compiled, 0/0 vectors round-trip"],
        &[
            &["r/avsc/3/int.avsc"],
            &["r/avsc/1/c.avsc"],
            &["r/avsc/2/c.avsc"],
            &["r/avsc/2/user.avsc"],
            &["s/avsc/c.avsc"],
        ],
    );
}

#[test]
fn what_is_wrong_fails_alone_and_with_its_path() {
    check(
        &[("r/avsc/bad.avsc", "\"E\""), ("r/avsc/c.avsc", C1), ("r/avsc/lost.avsc", &USER.replace("\"C\"", "\"D\""))],
        &[
            "r/avsc/bad.avsc:1:1: error[unknown-type]: unknown type `E`",
            "r/avsc/lost.avsc:1:69: error[unknown-type]: unknown type `D`",
            "corpus: 1/3 schemas generated, 0 compiled, 0/0 vectors round-trip",
        ],
        &[&["r/avsc/c.avsc"]],
    );
}

#[test]
fn the_index_says_what_is_needed_and_what_is_invalid() {
    let index = r#"{"path": "r/avsc/c1.avsc", "needs_files": [], "java": "ok"}
{"path": "r/avsc/c2.avsc", "needs_files": [], "java": "ok"}
{"path": "r/avsc/user.avsc", "needs_files": ["r/avsc/c2.avsc"], "java": "ok", "pcf_sha256": "00"}
{"path": "r/avsc/bad.avsc", "needs_files": [], "java": "reject"}
{"path": "r/avsc/good.avsc", "needs_files": [], "java": "reject"}"#;
    // What is refused has no type that data could be run through.
    let vectors = r#"{"path": "r/avsc/c1.avsc", "json": "a", "hex": "61"}
{"path": "r/avsc/bad.avsc", "json": {"n": 1}, "hex": "02"}"#;
    check(
        &[
            ("index.jsonl", index),
            ("r/avsc/c1.avsc", C1),
            ("r/avsc/c2.avsc", C2),
            ("r/avsc/user.avsc", USER),
            ("r/avsc/bad.avsc", "{}"),
            ("r/avsc/good.avsc", "\"int\""),
            ("r/vectors.jsonl", vectors),
        ],
        &[
            "r/avsc/good.avsc: Java refuses this schema, and it is accepted",
            // The canonical form shows which definition was taken.
            r#"r/avsc/user.avsc: its canonical form is not Java's: {"name":"User","type":"record","fields":[{"name":"c","type":{"name":"C","type":"fixed","size":2}}]}"#,
            "corpus: 2/3 schemas generated, 0 compiled, 0/1 vectors round-trip",
        ],
        &[&["r/avsc/c1.avsc"], &["r/avsc/c2.avsc"], &[]],
    );
}

#[test]
fn data_that_is_no_value_of_a_logical_type_has_types_without() {
    let schema = r#"{"type": "int", "logicalType": "time-millis"}"#;
    let vectors = r#"{"path": "r/avsc/time.avsc", "json": 1, "hex": "02"}
{"path": "r/avsc/time.avsc", "json": -1, "hex": "01"}
{"path": "r/avsc/time.avsc", "json": -1, "hex": "0x"}
{"path": "r/avsc/none.avsc", "json": -1, "hex": "01"}"#;
    check(
        &[("r/avsc/time.avsc", schema), ("r/vectors.jsonl", vectors)],
        &[
            "r/avsc/time.avsc: `hex` is not hexadecimal",
            "r/avsc/none.avsc: there is data, but no such schema file",
            "corpus: 1/1 schemas generated, 0 compiled, 0/2 vectors round-trip",
        ],
        &[&["r/avsc/time.avsc"], &["r/avsc/time.avsc"]],
    );
}

#[test]
fn verdicts_on_versions_are_compared() {
    let number =
        |ty: &str| format!(r#"{{"type": "record", "name": "N", "fields": [{{"name": "n", "type": "{ty}"}}]}}"#);
    let evolution = r#"{"writer": "r/avsc/1.avsc", "reader": "r/avsc/2.avsc", "compatible": true}
{"id": "back", "writer": "r/avsc/2.avsc", "reader": "r/avsc/1.avsc", "compatible": false, "incompatibilities": [{"type": "TYPE_MISMATCH", "location": "/fields/0/type"}]}
{"id": "wrong", "writer": "r/avsc/2.avsc", "reader": "r/avsc/1.avsc", "compatible": true}
{"id": "lost", "writer": "r/avsc/3.avsc", "reader": "r/avsc/1.avsc", "compatible": true}
{"id": "disputed", "disputed": true}"#;
    check(
        &[("r/avsc/1.avsc", &number("int")), ("r/avsc/2.avsc", &number("long")), ("evolution.jsonl", evolution)],
        &[
            "wrong: compatible: expected true, found false (TYPE_MISMATCH /fields/0/type)",
            "lost: there is no schema file r/avsc/3.avsc",
            "corpus: evolution: 2/4 verdicts are Java's (1 disputed ones skipped), 0/0 vectors become what they should, \
             0 of them through the underlying types",
            "corpus: 2/2 schemas generated, 0 compiled, 0/0 vectors round-trip",
        ],
        &[&["r/avsc/1.avsc"], &["r/avsc/2.avsc"]],
    );
}

#[test]
fn a_folder_without_repositories_is_told_apart() {
    let folder = corpus(&[("r/other/c.avsc", C1)]);
    let request = Request { folder: folder.path().to_owned(), lints: false };
    assert!(super::run::run(Path::new("unused"), &request).expect("it can be read").is_none());
    let request = Request { folder: folder.path().join("missing"), lints: false };
    assert!(super::run::run(Path::new("unused"), &request).is_err());
}

/// Refused by default, and generated and run with the options that a build can set.
#[test]
fn what_java_takes_when_told_to_is_generated_with_options() {
    let index = r#"{"path": "r/avsc/default.avsc", "needs_files": [], "java": "ok only without default validation"}
{"path": "r/avsc/name.avsc", "needs_files": [], "java": "ok only without name validation"}
{"path": "r/avsc/fine.avsc", "needs_files": [], "java": "ok only without default validation"}
{"path": "r/avsc/bad.avsc", "needs_files": [], "java": "reject"}"#;
    let record = |name: &str, default: &str| {
        format!(
            r#"{{"type": "record", "name": "{name}", "fields": [{{"name": "n", "type": "int", "default": {default}}}]}}"#
        )
    };
    let vectors = r#"{"path": "r/avsc/default.avsc", "json": {"n": 1}, "hex": "02"}"#;
    check(
        &[
            ("index.jsonl", index),
            ("r/avsc/default.avsc", &record("D", "\"x\"")),
            ("r/avsc/name.avsc", &record("1-d", "1")),
            ("r/avsc/fine.avsc", &record("F", "1")),
            ("r/avsc/bad.avsc", &record("1-d", "\"x\"")),
            ("r/vectors.jsonl", vectors),
        ],
        &[
            "r/avsc/fine.avsc: Java refuses this schema, and it is accepted",
            "corpus: 2/2 schemas generated, 0 compiled, 0/1 vectors round-trip",
        ],
        &[&["r/avsc/default.avsc"], &["r/avsc/name.avsc"]],
    );
}
