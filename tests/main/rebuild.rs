//! The build follows the schema folder: a new, changed or removed file regenerates, an unchanged one does no work, a
//! wrong one stops it.

use crate::project::{Project, text};

/// Prints the time of the generated file, so that a run tells whether the generator wrote it again.
const MAIN: &str = r#"
avro_typed::include_schemas!();
#[path = "check.rs"]
mod check;

fn main() {
    check::check();
    let file = std::fs::metadata(concat!(env!("OUT_DIR"), "/avro_schemas.rs")).unwrap();
    println!("{:?}", file.modified().unwrap());
}
"#;

const MANIFEST: &str = r#"
[package]
name = "rebuild"
version = "0.1.0"
edition = "2024"

[dependencies]
avro-typed = { path = "../kafka-typed/avro-typed" }

[build-dependencies]
avro-build = { path = "../kafka-typed/avro-build" }
"#;

fn record(name: &str, field: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"{field}","type":"long"}}]}}"#)
}

#[test]
fn the_build_follows_the_schema_folder() {
    let project = Project::new();
    project.write("Cargo.toml", MANIFEST);
    project.write("build.rs", r#"fn main() { avro_build::compile("schemas"); }"#);
    project.write("src/main.rs", MAIN);
    let run = |uses: &str| {
        project.write("src/check.rs", &format!("pub fn check() {{ {uses} }}"));
        let output = project.cargo(&["run", "--quiet"]);
        (output.status.success(), text(&output))
    };

    project.write("schemas/a.avsc", &record("A", "first"));
    let (built, first) = run("let _ = super::A { first: 1 };");
    assert!(built, "{first}");

    let (built, unchanged) = run("let _ = super::A { first: 2 };");
    assert!(built, "{unchanged}");
    assert_eq!(first, unchanged, "an unchanged folder is not generated again");

    project.write("schemas/deeper/b.avsc", &record("B", "other"));
    let (built, added) = run("let _ = super::B { other: 1 };");
    assert!(built, "{added}");
    assert_ne!(first, added, "a new file is generated");

    project.write("schemas/a.avsc", &record("A", "second"));
    let (built, changed) = run("let _ = super::A { second: 1 };");
    assert!(built, "{changed}");

    project.remove("schemas/deeper/b.avsc");
    let (built, removed) = run("let _ = super::B { other: 1 };");
    assert!(!built, "a removed file takes its type with it");
    assert!(removed.contains("cannot find"), "{removed}");

    project.write("schemas/a.avsc", r#"{"type":"record","name":"A","fields":[{"name":"x","type":"lnog"}]}"#);
    project.write("schemas/c.avsc", r#"{"type":"record","name":"C"}"#);
    let (built, wrong) = run("");
    assert!(!built, "a wrong schema stops the build");
    for expected in ["schemas/a.avsc:1:", "schemas/c.avsc:1:", "`long`", "`fields`"] {
        assert!(wrong.contains(expected), "{expected} is not in\n{wrong}");
    }
}

/// What is committed in `schema-lock/` guards the schemas: without a registry, and without a line in the build script.
#[test]
fn a_change_that_breaks_consumers_stops_the_build() {
    let project = Project::new();
    project.write("Cargo.toml", &MANIFEST.replace("rebuild", "guarded"));
    project.write("build.rs", r#"fn main() { avro_build::compile("schemas"); }"#);
    project.write("src/main.rs", "avro_typed::include_schemas!();\nfn main() {}\n");
    let released = |level: &str| {
        format!(
            r#"{{"subject": "a-value", "version": 1, "type": "A", "compatibility": "{level}",
            "guid": "{}", "ids": {{"default": 7}}, "schema": {}}}"#,
            avro_typed::model::Guid::of(&record("A", "first"), []),
            record("A", "first")
        )
    };
    let build = |fields: &str, level: &str| {
        project.write("schemas/a.avsc", &format!(r#"{{"type":"record","name":"A","fields":[{fields}]}}"#));
        project.write("schema-lock/a-value/1.json", &released(level));
        let output = project.cargo(&["check", "--quiet"]);
        (output.status.success(), text(&output))
    };
    let (first, second) = (r#"{"name":"first","type":"long"}"#, r#"{"name":"second","type":"long"}"#);

    let (built, said) = build(first, "FULL");
    assert!(built, "{said}");

    let (built, said) = build(second, "FULL");
    assert!(!built, "both directions are broken");
    for expected in [
        "the new schema cannot read the messages of version 1: it needs `second`",
        "consumers that still use version 1 cannot read the new messages: they need `first`",
        "--> schemas/a.avsc:1:",
        "::: schema-lock/a-value/1.json:2:",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }

    let (built, said) = build(&format!(r#"{first},{{"name":"second","type":"long","default":0}}"#), "FULL");
    assert!(built, "{said}");

    let (built, said) = build(second, "NONE");
    assert!(built, "{said}");

    // Without the feature of avro-build, asking a registry is an error, and never goes unheard.
    let asking = "avro_build::Config::new().schemas(\"schemas\").registry(avro_build::RegistryMode::Register)";
    project.write("build.rs", &format!("fn main() {{ {asking}.compile_or_exit(); }}"));
    let (built, said) = build(second, "NONE");
    assert!(!built, "a registry is asked for that nobody can ask");
    let expected = "asks for a schema registry at build time, which takes the feature `registry` of avro-build";
    assert!(said.contains(expected), "{expected} is not in\n{said}");
}
