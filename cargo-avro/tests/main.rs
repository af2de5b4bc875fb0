//! The command as its users run it: what it prints, and its exit codes.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const GOOD: &str = r#"{"type":"record","name":"A","namespace":"com.example","fields":[{"name":"x","type":"long"}]}"#;
const BAD: &str = r#"{"type":"record","name":"B","fields":[{"name":"x","type":"lnog"}]}"#;

/// Runs `cargo-avro avro …` in a folder that has these files in `schemas/`.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schemas = folder.path().join("schemas");
    std::fs::create_dir(&schemas).expect("a folder can be made");
    for (name, text) in files {
        std::fs::write(schemas.join(name), text).expect("a file can be written");
    }
    cargo_avro(folder.path(), arguments)
}

fn cargo_avro(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-avro"))
        .arg("avro")
        .args(arguments)
        .current_dir(folder)
        .env_remove("SCHEMA_REGISTRY_URL")
        .output()
        .expect("the command runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn exit_codes_tell_good_from_bad_from_misused() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], i32);
    let cases: [Case<'_>; 6] = [
        (&[("a.avsc", GOOD)], &["check"], 0),
        (&[("a.avsc", GOOD), ("b.avsc", BAD)], &["check"], 1),
        (&[("b.avsc", BAD)], &["list"], 1),
        (&[], &["check", "no/such/folder"], 1),
        (&[("a.avsc", GOOD)], &["chekc"], 2),
        (&[("a.avsc", GOOD)], &["register", "com.example.A", "--subject", "a-value"], 2),
    ];
    for (files, arguments, code) in cases {
        let output = run(files, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    }
}

#[test]
fn check_says_where_and_why() {
    let people = run(&[("b.avsc", BAD)], &["check"]);
    let text = String::from_utf8_lossy(&people.stderr).into_owned();
    assert!(text.contains("--> schemas/b.avsc:1:58") && text.contains("`long`"), "{text}");

    let machines = run(&[("b.avsc", BAD)], &["check", "--json"]);
    let json: Value = serde_json::from_str(&stdout(&machines)).expect("JSON");
    let diagnostic = &json["diagnostics"][0];
    assert_eq!(diagnostic["code"], "unknown-type");
    assert_eq!((&diagnostic["line"], &diagnostic["column"]), (&Value::from(1), &Value::from(58)));
}

#[test]
fn list_shows_types_with_their_fingerprints() {
    let schema = avro_model::Schema::parse(GOOD).expect("a good schema");
    let crc64 = format!("{:016x}", schema.fingerprint_crc64());

    let people = stdout(&run(&[("a.avsc", GOOD)], &["list"]));
    assert!(people.contains("com.example.A") && people.contains(&crc64), "{people}");

    let machines = stdout(&run(&[("a.avsc", GOOD)], &["list", "--json"]));
    let json: Value = serde_json::from_str(&machines).expect("JSON");
    assert_eq!(json[0]["fullname"], "com.example.A");
    assert_eq!(json[0]["crc64"], crc64);
    assert_eq!(json[0]["schema"], schema.to_json());
}

#[tokio::test]
async fn register_prints_the_id_that_the_registry_gave() {
    let server = schema_registry::server::Server::start().await.expect("a registry");
    let url = server.url();
    let arguments = ["register", "com.example.A", "--subject", "a-value", "--json", "--registry", &url];
    let arguments = arguments.map(str::to_owned);
    let output =
        tokio::task::spawn_blocking(move || run(&[("a.avsc", GOOD)], &arguments.each_ref().map(String::as_str)))
            .await
            .expect("the command runs");

    let json: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let registry = schema_registry::SchemaRegistry::new(&server.url()).expect("a client");
    let latest = registry.latest("a-value").await.expect("the subject is there");
    assert_eq!(json["id"], latest.id().get());
}
