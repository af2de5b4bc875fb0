//! `Config::compile`: what it reads, when it writes, and what it says to cargo.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use avro_build::{Config, Error, Report};
use tempfile::TempDir;

const PING: &str = r#"{"type": "record", "name": "Ping", "fields": [{"name": "pong", "type": "Pong"}]}"#;
const PONG: &str = r#"{"type": "enum", "name": "Pong", "symbols": ["YES", "NO"]}"#;

#[test]
fn schemas_of_subfolders_and_of_several_folders_refer_to_each_other() {
    let project =
        project(&[("schemas/ping.avsc", PING), ("more/deep/pong.avsc", PONG), ("schemas/notes.txt", "no schema")]);
    let config = config(&project).schemas(project.path().join("more"));
    let report = config.compile().unwrap();
    assert_eq!(report.files, [project.path().join("schemas/ping.avsc"), project.path().join("more/deep/pong.avsc")]);
    assert!(fs::read_to_string(&report.output).unwrap().contains("pub pong: Pong,"));
}

#[test]
fn an_unchanged_tree_is_not_written_again() {
    let project = project(&[("schemas/pong.avsc", PONG)]);
    let first = compile(&project);
    assert!(first.changed);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    set_modified(&first.output, long_ago);

    let second = compile(&project);
    assert!(!second.changed);
    assert_eq!(fs::metadata(&second.output).unwrap().modified().unwrap(), long_ago);

    fs::write(project.path().join("schemas/ping.avsc"), PING).unwrap();
    let third = compile(&project);
    assert!(third.changed);
    assert_ne!(fs::metadata(&third.output).unwrap().modified().unwrap(), long_ago);

    fs::remove_file(project.path().join("schemas/ping.avsc")).unwrap();
    let fourth = compile(&project);
    assert!(fourth.changed);
    assert!(!fs::read_to_string(&fourth.output).unwrap().contains("Ping"));
    let left_behind = fs::read_dir(project.path().join("out")).unwrap().count();
    assert_eq!(left_behind, 1, "only the generated file is left");
}

#[test]
fn cargo_is_told_of_every_folder_and_file() {
    let project = project(&[("schemas/ping.avsc", PING), ("schemas/inner/pong.avsc", PONG)]);
    let schemas = project.path().join("schemas");
    let lines: Vec<String> = compile(&project).cargo_lines().collect();
    let expected = [schemas.clone(), schemas.join("inner/pong.avsc"), schemas.join("ping.avsc")];
    let (inputs, variables) = lines.split_at(expected.len());
    assert_eq!(inputs, expected.map(|path| format!("cargo::rerun-if-changed={}", path.display())));
    assert_eq!(variables, ["cargo::rerun-if-env-changed=AVRO_REGISTRY"]);
}

#[test]
fn warnings_are_lines_for_cargo() {
    let odd = "{\n  \"type\": \"fixed\",\n  \"name\": \"Odd\",\n  \"size\": 2,\n  \"logicalType\": \"duration\"\n}";
    let project = project(&[("schemas/odd.avsc", odd)]);
    let lines: Vec<String> = compile(&project).cargo_lines().collect();
    let warnings: Vec<&String> = lines.iter().filter(|line| line.starts_with("cargo::warning=")).collect();
    let [warning] = warnings.as_slice() else { panic!("one warning expected in {lines:?}") };
    assert!(warning.contains("odd.avsc:5:") && warning.contains("duration"), "{warning}");
}

#[test]
fn a_folder_without_schemas_is_worth_a_warning() {
    let project = project(&[("schemas/readme.md", "")]);
    let report = compile(&project);
    assert!(report.cargo_lines().any(|line| line.starts_with("cargo::warning=no schema files ")));
    assert!(fs::read_to_string(report.output).unwrap().starts_with("// @generated"));
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let project = project(&[("schemas/latin1.avsc", "")]);
    let missing = Config::new().schemas("no/such/folder").out_dir(project.path()).compile().unwrap_err();
    assert!(matches!(missing, Error::ReadFolder { .. }));
    assert!(missing.to_string().contains("`no/such/folder`"), "{missing}");

    let path = Config::new().runtime("a b").out_dir(project.path()).compile().unwrap_err();
    assert!(matches!(path, Error::Options(_)), "{path}");

    fs::write(project.path().join("schemas/latin1.avsc"), b"{\"doc\": \"\xe9\"}").unwrap();
    let latin1 = config(&project).compile().unwrap_err();
    assert!(matches!(latin1, Error::NotUtf8 { .. }));
    assert!(latin1.to_string().contains("latin1.avsc"), "{latin1}");
}

#[test]
fn a_wrong_schema_leaves_the_old_file() {
    let project = project(&[("schemas/pong.avsc", PONG)]);
    let output = compile(&project).output;
    let before = fs::read_to_string(&output).unwrap();
    fs::write(project.path().join("schemas/ping.avsc"), PING.replace("Pong", "Pang")).unwrap();
    let error = config(&project).compile().unwrap_err();
    let Error::Schemas(diagnostics) = &error else { panic!("{error}") };
    assert_eq!(diagnostics.list.len(), 1);
    assert_eq!(error.to_string(), "1 error in the schemas");
    assert_eq!(fs::read_to_string(&output).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_is_followed_once() {
    let project = project(&[("schemas/pong.avsc", PONG)]);
    std::os::unix::fs::symlink(project.path().join("schemas"), project.path().join("schemas/again")).unwrap();
    assert_eq!(compile(&project).files.len(), 1);
}

fn project(files: &[(&str, &str)]) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = project.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    project
}

fn config(project: &TempDir) -> Config {
    Config::new().schemas(project.path().join("schemas")).out_dir(project.path().join("out"))
}

fn compile(project: &TempDir) -> Report {
    config(project).compile().unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

fn set_modified(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}
