//! Options in a build script: all that is wrong with them is told at once, and what has no effect is a warning.

use std::fs;

use avro_build::{Config, Error, Logical, Strings};
use tempfile::TempDir;

const ORDER: &str = r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "id", "type": "string"}]}"#;

#[test]
fn every_wrong_option_is_told() {
    let error = Config::new()
        .strings("com..acme", Strings::ArcStr)
        .strings("com.acme.*", Strings::ArcStr)
        .own_type("com.acme.Order.id", "OrderId")
        .compile()
        .unwrap_err();
    assert_eq!(error.to_string(), "2 invalid options of the generator in build.rs");
    let Error::Options(invalid) = error else { panic!("{error:?}") };
    let calls: Vec<&str> = invalid.list.iter().map(avro_build::InvalidOption::call).collect();
    assert_eq!(calls, [r#"strings("com..acme")"#, r#"own_type("com.acme.Order.id", "OrderId")"#]);
}

#[test]
fn an_option_without_effect_is_a_warning() {
    let project = project();
    let config = config(&project)
        .strings("com.acme.Order", Strings::ArcStr)
        .logical("com.acme.Order.id", Logical::Underlying)
        .derive("com.acme.Ordr", "Eq")
        .exclude(project.path().join("old"));
    let report = config.compile().unwrap();
    let warnings: Vec<String> = report.cargo_lines().filter(|line| line.starts_with("cargo::warning=")).collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(
        warnings[0].contains("exclude(") && warnings[0].ends_with("there is no such file or folder"),
        "{warnings:?}"
    );
    assert_eq!(
        warnings[1..],
        [
            "cargo::warning=the option `logical(\"com.acme.Order.id\")` has no effect: `com.acme.Order.id` is or has no \
             logical type",
            "cargo::warning=the option `derive(\"com.acme.Ordr\", \"Eq\")` has no effect: nothing in the schemas is called \
             `com.acme.Ordr`; did you mean `com.acme.Order`?",
        ]
    );
}

#[test]
fn files_are_added_and_left_out() {
    let project = project();
    let add = |path: &str, text: &str| {
        let path = project.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    };
    let left_out = [add("schemas/draft.avsc", "{"), add("schemas/old/order.avsc", "{")];
    let added = add("single/id.json", r#"{"type": "fixed", "name": "Id", "size": 16}"#);
    let config = config(&project).exclude(&left_out[0]).exclude(project.path().join("schemas/old")).file(&added);
    let report = config.compile().unwrap_or_else(|error| panic!("{error}: {error:?}"));
    assert_eq!(report.files, [project.path().join("schemas/order.avsc"), added]);
    assert_eq!(report.unused_options, []);
}

fn project() -> TempDir {
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("schemas")).unwrap();
    fs::write(project.path().join("schemas/order.avsc"), ORDER).unwrap();
    project
}

fn config(project: &TempDir) -> Config {
    Config::new().schemas(project.path().join("schemas")).out_dir(project.path().join("out"))
}
