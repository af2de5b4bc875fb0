//! Versions of the lock as types.

use std::fs;
use std::path::Path;

use avro_build::lock::{Lock, LockedReference};
use avro_build::{Config, Error, OnIncompatible, Strings};
use tempfile::TempDir;

use crate::lock::version;

const TODAY: &str = r#"{"type": "record", "name": "com.acme.Customer", "fields": [
    {"name": "city", "type": {"type": "record", "name": "City", "fields": []}}]}"#;

/// `customer` refers to the first version of `city`, which it needs.
fn project() -> TempDir {
    let project = tempfile::tempdir().unwrap();
    let lock = project.path().join("schema-lock");
    let city = |ty: &str| {
        format!(
            r#"{{"type":"record","name":"com.acme.City","fields":[{{"name":"zip","type":"{ty}"}},{{"name":"name","type":"string","default":""}}]}}"#
        )
    };
    let mut customer = version(
        "customer",
        1,
        r#"{"type":"record","name":"com.acme.Customer","fields":[{"name":"city","type":"City"}]}"#,
    );
    customer.type_name = "com.acme.Customer".to_owned();
    customer.references.push(LockedReference::new("com.acme.City", "city", 1));
    let mut prices = version("prices", 1, r#"{"type":"array","items":"long"}"#);
    prices.type_name = "daily-prices".to_owned();
    let versions = [version("city", 1, &city("int")), version("city", 2, &city("string")), customer, prices];
    for version in versions {
        Lock::write_entry(&lock, &version).unwrap();
    }
    fs::create_dir(project.path().join("schemas")).unwrap();
    fs::write(project.path().join("schemas/customer.avsc"), TODAY).unwrap();
    project
}

fn config(project: &TempDir) -> Config {
    let folder = project.path();
    Config::new()
        .schemas(folder.join("schemas"))
        .lock(folder.join("schema-lock"))
        .out_dir(folder.join("out"))
        .on_incompatible(OnIncompatible::Ignore)
}

/// Every module, struct and `pub use`, and every field.
fn outline(config: &Config) -> String {
    let report = config.compile().unwrap_or_else(|error| panic!("{error}: {error:?}"));
    assert!(report.unused_options.is_empty(), "{:?}", report.unused_options);
    let code = fs::read_to_string(report.output).unwrap();
    let is_shown = |line: &str| {
        let item = line.trim_start();
        item.starts_with("pub ") && !item.contains(" fn ") && !item.contains(" const ")
            || item.starts_with("/// As released")
    };
    let lines: Vec<&str> = code.lines().filter(|line| is_shown(line)).collect();
    lines.join("\n")
}

#[test]
fn versions_stand_in_modules_with_what_they_refer_to() {
    let project = project();
    let config = config(&project)
        .locked_version("customer", 1, "v1")
        .locked_version("city", 1, "v1")
        .locked_version("city", 1, "v1")
        .locked_version("city", 2, "v2")
        .locked_version("prices", 1, "v2");
    insta::assert_snapshot!(outline(&config));
}

/// Two files that were never meant to be read together, and a third that both need.
#[test]
fn files_that_define_a_type_differently_go_into_modules() {
    let project = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = project.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let order = |ty: &str| {
        format!(
            r#"{{"type": "record", "name": "com.acme.Order", "fields": [
                {{"name": "total", "type": "{ty}"}}, {{"name": "city", "type": "City"}}]}}"#
        )
    };
    write("schemas/order.avsc", &order("long"));
    write("schemas/old/order.avsc", &order("int"));
    write("schemas/old/prices.avsc", r#"{"type": "array", "items": "int"}"#);
    write("schemas/city.avsc", r#"{"type": "record", "name": "com.acme.City", "fields": []}"#);
    write("schemas/other.avsc", r#"{"type": "fixed", "name": "com.acme.Other", "size": 1}"#);
    let config = || Config::new().schemas(project.path().join("schemas")).out_dir(project.path().join("out"));
    let Error::Schemas(wrong) = config().compile().unwrap_err() else { panic!("the two orders differ") };
    let help = wrong.list[0].help.as_deref().unwrap_or_default();
    let offered = format!(".module(\"v1\", {:?})", project.path().join("schemas/order.avsc"));
    assert!(help.contains(&offered), "{help}");

    let config = config().module("old", project.path().join("schemas/old"));
    insta::assert_snapshot!(outline(&config));
    let files = config.compile().unwrap().files;
    assert_eq!(files.len(), 5, "cargo hears of every file, of the shared one once: {files:?}");

    // What is released of a type that is only in a module is not compared, and not gone either.
    let lock = project.path().join("schema-lock");
    let released = version("old", 1, r#"{"type":"record","name":"com.acme.Old","fields":[]}"#);
    Lock::write_entry(&lock, &released).unwrap();
    write("schemas/old/old.avsc", &order("long").replace("com.acme.Order", "com.acme.Old"));
    assert_eq!(config.clone().lock(&lock).compile().unwrap().warnings.list, []);

    let taken = config.clone().module("com", project.path().join("schemas/other.avsc")).compile().unwrap_err();
    assert!(taken.to_string().contains("cannot be called `com`"), "{taken}");
    let not_a_name = config.clone().module("v 1", "schemas/other.avsc").compile().unwrap_err();
    assert!(matches!(not_a_name, Error::Options(_)), "{not_a_name}");
    write("schemas/old/order.avsc", &order("int").replace("City", "Town"));
    assert!(matches!(config.compile().unwrap_err(), Error::Schemas(_)), "nobody defines Town");
}

/// An option may be about what today's types do not have any more, or about them alone.
#[test]
fn options_are_about_versions_too() {
    let project = project();
    let with_options = config(&project)
        .strings("com.acme.City.name", Strings::ArcStr)
        .derive("com.acme.Customer.city", "PartialOrd")
        .locked_version("city", 1, "v1");
    let report = with_options.compile().unwrap();
    let unused: Vec<&str> = report.unused_options.iter().map(|unused| unused.call.as_str()).collect();
    assert_eq!(unused, [r#"derive("com.acme.Customer.city", "PartialOrd")"#]);
    assert!(fs::read_to_string(report.output).unwrap().contains("pub name: ::std::sync::Arc<str>,"));
}

#[test]
fn what_cannot_be_generated_is_said() {
    let project = project();
    let error = |config: Config| config.compile().unwrap_err();
    let missing = error(config(&project).locked_version("city", 3, "v3"));
    assert!(
        missing
            .to_string()
            .ends_with("has no version 3 of the subject `city`; it has 1, 2; `cargo avro lock` adds others")
    );
    let taken = error(config(&project).locked_version("city", 1, "com"));
    assert_eq!(
        taken.to_string(),
        "the module of `locked_version(\"city\", 1, \"com\")` cannot be called `com`: the schemas have a type or a namespace of that \
         name; choose another"
    );
    let Error::Options(options) =
        error(config(&project).locked_version("city", 1, "v 1").locked_version("city", 1, "mod"))
    else {
        panic!("the names are not identifiers")
    };
    assert_eq!(options.list.len(), 2);
    assert_eq!(options.list[0].call(), r#"locked_version("city", 1, "v 1")"#);
    let Error::Schemas(both) =
        error(config(&project).locked_version("city", 2, "v").locked_version("customer", 1, "v"))
    else {
        panic!("the city is not the same")
    };
    assert_eq!(both.list.len(), 1, "{both}");
    assert!(both.list[0].message.contains("`com.acme.City` is defined twice, and differently"), "{both}");
    assert!(Path::new(&both.sources[both.list[0].primary.source.0].path).ends_with("city/1.json"), "{both}");
}
