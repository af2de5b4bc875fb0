//! Builds that ask the embedded registry.

use std::collections::HashMap;
use std::fs;

use avro_model::Guid;
use schema_registry::server::Server;
use schema_registry::{SchemaRegistry, SchemaText};
use tempfile::TempDir;

use super::{RegistryLookUpError, RegistryMode};
use crate::lock::{Lock, LockedVersion};
use crate::{Config, Error};

const OLD: &str = r#"{"type":"record","name":"Ping","namespace":"acme","fields":[{"name":"at","type":"long"}]}"#;
const NEW: &str = r#"{"type":"record","name":"Ping","namespace":"acme","fields":[{"name":"at","type":"long"},{"name":"by","type":"string"}]}"#;

/// A folder with a schema, and the subject that it is released under.
fn project(schema: &str) -> (TempDir, Config) {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path().join("schemas");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("ping.avsc"), schema).unwrap();
    let config = Config::new().schemas(folder).out_dir(project.path().join("out")).subject("acme.Ping", "ping-value");
    (project, config)
}

fn build(config: &Config, variables: &[(&str, &str)]) -> Result<String, Error> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    let report = config.compile_in(&|name| variables.get(name).map(Into::into))?;
    Ok(fs::read_to_string(report.output).unwrap())
}

/// The error of a build, and what caused it.
fn failure(config: &Config, variables: &[(&str, &str)]) -> (String, String) {
    let Err(error) = build(config, variables) else { panic!("the build succeeds") };
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    (error.to_string(), cause)
}

fn locked(subject: &str, version: u32, schema: &str, id: u32) -> LockedVersion {
    LockedVersion::new(subject, version, "acme.Ping", Guid::of(schema, []), schema).with_id("default", id)
}

/// A registry that has something else first, so that ids and versions differ.
async fn registry() -> (Server, SchemaRegistry) {
    let server = Server::start().await.unwrap();
    let client = SchemaRegistry::new(&server.url()).unwrap();
    client.register("other", &SchemaText::from("\"long\"")).await.unwrap();
    (server, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_those_of_the_context() {
    let (server, client) = registry().await;
    client.register("ping-value", &SchemaText::from(OLD)).await.unwrap();
    let id = client.register(":.team:ping-value", &SchemaText::from(OLD)).await.unwrap();
    let (_project, config) = project(OLD);
    let url = server.url();
    let variables = [
        ("AVRO_REGISTRY", "look-up"),
        ("SCHEMA_REGISTRY_URL", url.as_str()),
        ("SCHEMA_REGISTRY_CONTEXT", "team"),
        ("SCHEMA_REGISTRY_USER", "u"),
        ("SCHEMA_REGISTRY_PASSWORD", ""),
    ];
    let code = build(&config, &variables).unwrap();
    let expected = format!(
        r#"::avro_typed::Released::new(":.team:ping-value", 1, "{}", &[("default", {id})]),"#,
        Guid::of(OLD, [])
    );
    assert_eq!(id.get(), 1);
    assert!(code.contains(&expected), "{code}");
    for (variable, value) in [
        ("SCHEMA_REGISTRY_CONTEXT", "a:b"),
        ("SCHEMA_REGISTRY_NORMALIZE", "yes"),
        ("SCHEMA_REGISTRY_TIMEOUT_MS", "30s"),
    ] {
        let variables = [variables[0], variables[1], (variable, value)];
        let (error, cause) = failure(&config, &variables);
        assert!(cause.contains(&format!("{variable} cannot be used")), "{error}: {cause}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_are_looked_up_are_constants() {
    let (server, client) = registry().await;
    let id = client.register("ping-value", &SchemaText::from(OLD)).await.unwrap();
    let (_project, config) = project(OLD);
    let expected =
        format!(r#"::avro_typed::Released::new("ping-value", 1, "{}", &[("staging", {id})]),"#, Guid::of(OLD, []));
    let url = server.url();
    let code = build(
        &config,
        &[("AVRO_REGISTRY", "look-up"), ("SCHEMA_REGISTRY_URL", &url), ("SCHEMA_REGISTRY_NAME", "staging")],
    );
    assert!(code.unwrap().contains(&expected));

    // The builder asks, too; and the environment is stronger.
    let asking = config.registry(RegistryMode::LookUp);
    let variables = [("SCHEMA_REGISTRY_URL", url.as_str()), ("SCHEMA_REGISTRY_NAME", "staging")];
    assert!(build(&asking, &variables).unwrap().contains(&expected));
    let requests = server.requests();
    assert!(!build(&asking, &[("AVRO_REGISTRY", "offline")]).unwrap().contains("Released"));
    assert_eq!(server.requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_not_registered_is_an_error() {
    let (server, client) = registry().await;
    let url = server.url();
    let variables = [("AVRO_REGISTRY", "look-up"), ("SCHEMA_REGISTRY_URL", url.as_str())];
    let (project, config) = project(NEW);
    let (error, _) = failure(&config, &variables);
    assert_eq!(
        error,
        "the schema of `acme.Ping` was not found under the subject `ping-value`; register it with `cargo avro register`, or build \
         with AVRO_REGISTRY=register"
    );
    client.register("ping-value", &SchemaText::from(OLD)).await.unwrap();
    assert_eq!(failure(&config, &variables).0, error, "there is another version");
    assert!(!project.path().join("out").exists(), "nothing is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_are_registered_when_that_is_asked_for() {
    let (server, client) = registry().await;
    let url = server.url();
    let variables = [("AVRO_REGISTRY", "register"), ("SCHEMA_REGISTRY_URL", url.as_str())];
    let (_project, config) = project(OLD);
    let code = build(&config, &variables).unwrap();
    let latest = client.latest("ping-value").await.unwrap();
    assert_eq!(latest.schema().text(), OLD);
    let expected =
        format!(r#"Released::new("ping-value", 1, "{}", &[("default", {})])"#, Guid::of(OLD, []), latest.id());
    assert!(code.contains(&expected), "{code}");

    let (_project, config) = self::project(NEW);
    let (error, cause) = failure(&config, &variables);
    assert_eq!(
        error,
        "the schema of `acme.Ping` could not be registered under the subject `ping-value`; `cargo avro check` shows why; make it \
         compatible, or lower the level of the subject"
    );
    assert!(cause.contains("409"), "{cause}");
    assert_eq!(client.versions("ping-value").await.unwrap(), [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_and_the_registry_must_agree() {
    let (server, client) = registry().await;
    let id = client.register("ping-value", &SchemaText::from(OLD)).await.unwrap().get();
    let (project, config) = project(OLD);
    let folder = project.path().join("schema-lock");
    let path = Lock::write_entry(&folder, &locked("ping-value", 1, OLD, id + 5)).unwrap();
    let config = config.lock(&folder);
    let url = server.url();
    let variables = [("AVRO_REGISTRY", "look-up"), ("SCHEMA_REGISTRY_URL", url.as_str())];
    let Err(Error::Registry(RegistryLookUpError::OtherId { locked, found, .. })) = build(&config, &variables) else {
        panic!("the ids differ")
    };
    assert_eq!((locked, found), (id + 5, id));

    let other = [variables[0], variables[1], ("SCHEMA_REGISTRY_NAME", "backup")];
    let code = build(&config, &other).unwrap();
    let ids = format!(r#"&[("backup", {id}), ("default", {})]"#, id + 5);
    assert!(code.contains(&ids), "another registry has another id: {code}");
    fs::remove_file(path).unwrap();
    assert!(build(&config, &variables).is_ok());
}

/// Nothing listens at the port of a server that has stopped.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_down_is_an_error_and_the_lock_no_substitute() {
    let (server, _) = registry().await;
    let url = server.url();
    server.shutdown().await;
    let (project, config) = project(OLD);
    let folder = project.path().join("schema-lock");
    Lock::write_entry(&folder, &locked("ping-value", 1, OLD, 7)).unwrap();
    let (error, cause) = failure(&config.lock(&folder), &[("AVRO_REGISTRY", "look-up"), ("SCHEMA_REGISTRY_URL", &url)]);
    assert_eq!(
        error,
        "the schema of `acme.Ping` was not found under the subject `ping-value`; check that the registry is running \
         and SCHEMA_REGISTRY_URL is its address, or build with AVRO_REGISTRY=offline, which takes ids from the lock alone"
    );
    assert!(cause.contains("no answer from"), "{cause}");
}

#[test]
fn the_error_without_the_feature_names_the_remedy() {
    let error = RegistryLookUpError::NoFeature { asked_by: "AVRO_REGISTRY=register".to_owned() };
    assert_eq!(
        error.to_string(),
        "AVRO_REGISTRY=register asks for a schema registry at build time, which takes the feature `registry` of avro-build; in \
         Cargo.toml: [build-dependencies] avro-build = { version = \"0.1.0\", features = [\"registry\"] }"
    );
}

#[test]
fn what_is_asked_for_must_make_sense() {
    const ASK: (&str, &str) = ("AVRO_REGISTRY", "look-up");
    const URL: (&str, &str) = ("SCHEMA_REGISTRY_URL", "http://localhost:1");
    let (_project, config) = project(OLD);
    for (variables, expected) in [
        (
            &[("AVRO_REGISTRY", "lookup")][..],
            "the environment variable AVRO_REGISTRY is `lookup`; set it to `offline`, `look-up` or `register`, or unset it",
        ),
        (
            &[ASK],
            "AVRO_REGISTRY=look-up asks for a schema registry at build time, but SCHEMA_REGISTRY_URL is not set; set it to its \
             address",
        ),
        (
            &[ASK, URL, ("SCHEMA_REGISTRY_USER", "u")],
            "AVRO_REGISTRY=look-up asks for a schema registry at build time, but the environment does not tell how to reach it",
        ),
    ] {
        assert_eq!(failure(&config, variables).0, expected);
    }
    let (_, cause) = failure(&config, &[ASK, URL, ("SCHEMA_REGISTRY_USER", "u")]);
    assert!(cause.starts_with("SCHEMA_REGISTRY_PASSWORD is not set, but SCHEMA_REGISTRY_USER is: "), "{cause}");
    let (project, _) = self::project(OLD);
    let without_subject = Config::new().schemas(project.path().join("schemas")).out_dir(project.path().join("out"));
    let error = failure(&without_subject.registry(RegistryMode::Register), &[URL]).0;
    assert!(error.starts_with("build.rs asks for a schema registry at build time, but no type has a known subject"));
    // What is empty counts as not set.
    assert!(build(&config, &[("AVRO_REGISTRY", ""), ("SCHEMA_REGISTRY_URL", "")]).is_ok());
}
