//! A build refuses schemas that may not follow what is released, and shows why.

use std::fs;
use std::path::Path;

use avro_build::lock::{Lock, LockedReference};
use avro_build::{Config, Error, OnIncompatible, Report, render};
use avro_model::Schema;
use avro_model::compatibility::CompatibilityLevel::{
    self, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive, None as NoLevel,
};
use avro_model::resolution::MismatchKind;
use tempfile::TempDir;

use crate::lock::version;

const ID: &str = r#"{"name": "id", "type": "long"}"#;

/// A case: its name, the level, the released schemas of `customer-value`, and the schema that is to follow them.
struct Case {
    name: &'static str,
    level: CompatibilityLevel,
    released: Vec<String>,
    new: String,
}

/// Of every kind, with the new schema as the reader and as the writer.
#[test]
fn differences_are_shown_in_both_files() {
    let field = |ty: &str| customer(&[ID, &format!(r#"{{"name": "value", "type": {ty}}}"#)]);
    let fixed = |size: u8| field(&format!(r#"{{"type": "fixed", "name": "Hash", "size": {size}}}"#));
    let symbols = |symbols: &str| field(&format!(r#"{{"type": "enum", "name": "Level", "symbols": [{symbols}]}}"#));
    let phone = customer(&[ID, r#"{"name": "phone", "type": "string"}"#]);
    let name = |name: &str| field(&format!(r#"{{"type": "record", "name": "{name}", "fields": []}}"#));
    let cases = [
        ("field_without_default_backward", Backward, vec![customer(&[ID])], phone.clone()),
        ("field_without_default_forward", Forward, vec![phone.clone()], customer(&[ID])),
        ("name_backward", Backward, vec![name("City")], name("Town")),
        ("name_forward", Forward, vec![name("City")], name("Town")),
        ("fixed_size_backward", Backward, vec![fixed(4)], fixed(8)),
        ("fixed_size_forward", Forward, vec![fixed(4)], fixed(8)),
        ("enum_symbols_backward", Backward, vec![symbols(r#""LOW", "HIGH""#)], symbols(r#""LOW""#)),
        ("enum_symbols_forward", Forward, vec![symbols(r#""LOW""#)], symbols(r#""LOW", "HIGH", "HIGHEST""#)),
        ("type_backward", Backward, vec![field("\"long\"")], field("\"int\"")),
        ("type_forward", Forward, vec![field("\"int\"")], field("\"long\"")),
        (
            "union_branch_backward",
            Backward,
            vec![field(r#"["null", "string", "int"]"#)],
            field(r#"["null", "string"]"#),
        ),
        ("union_branch_forward", Forward, vec![field(r#"["null", "string"]"#)], field(r#"["null", "string", "int"]"#)),
        ("both_directions", Full, vec![field("\"string\"")], field(r#"{"type": "array", "items": "string"}"#)),
        (
            "transitive_in_one_version",
            BackwardTransitive,
            vec![customer(&[ID]), phone.clone()],
            customer(&[ID, r#"{"name": "phone", "type": ["string", "null"]}"#]),
        ),
        (
            "transitive_in_all_versions",
            ForwardTransitive,
            vec![phone.clone(), phone.replace(": 1", ": 2"), phone],
            customer(&[ID]),
        ),
    ];
    for (name, level, released, new) in cases {
        let case = Case { name, level, released, new };
        insta::assert_snapshot!(case.name, refused(&case));
    }
}

#[test]
fn what_may_follow_is_generated() {
    let phone = |rest: &str| customer(&[ID, &format!(r#"{{"name": "phone", "type": "string"{rest}}}"#)]);
    let mail = |rest: &str| customer(&[ID, &format!(r#"{{"name": "mail", "type": "string"{rest}}}"#)]);
    for (name, level, released, new) in [
        ("nothing", NoLevel, vec![customer(&[ID])], phone("")),
        ("default", FullTransitive, vec![customer(&[ID])], phone(", \"default\": \"\"")),
        ("field alias", Backward, vec![phone("")], mail(", \"aliases\": [\"phone\"]")),
        ("newest alone", Backward, vec![customer(&[ID]), phone(", \"default\": \"\"")], phone("")),
        ("the same as the newest", Full, vec![customer(&[ID]), phone("")], phone("")),
        ("the same as an older one", Full, vec![phone(""), customer(&[ID])], phone("")),
    ] {
        let project = project(&Case { name, level, released, new });
        let report = config(&project).compile().unwrap_or_else(|error| panic!("{name}: {}", shown(&project, &error)));
        assert_eq!(report.warnings.list, [], "{name}");
    }
}

#[test]
fn a_subject_is_about_the_type_that_has_its_name_or_an_alias_of_it() {
    let renamed = |rest: &str| format!(r#"{{"type": "record", "name": "com.acme.Client"{rest}, "fields": [{ID}]}}"#);
    let case = |level, rest| Case { name: "", level, released: vec![customer(&[ID])], new: renamed(rest) };
    let aliases = ", \"aliases\": [\"Customer\"]";

    let accepted = project(&case(Backward, aliases));
    assert_eq!(config(&accepted).compile().unwrap().warnings.list, []);
    insta::assert_snapshot!("alias_forward", refused(&case(Forward, aliases)));

    let gone = project(&case(Backward, ""));
    insta::assert_snapshot!("type_is_gone", rendered(&gone, &config(&gone).compile().unwrap()));

    let named = config(&gone).subject("com.acme.Client", "customer-value");
    insta::assert_snapshot!("subject_is_given", shown(&gone, &named.compile().unwrap_err()));
    let wrong = config(&accepted).subject("com.acme.Clint", "customer-value").compile().unwrap();
    let unused: Vec<String> = wrong.unused_options.iter().map(ToString::to_string).collect();
    assert_eq!(
        unused,
        ["the option `subject(\"com.acme.Clint\", \"customer-value\")` has no effect: there is no such type, \
          and no such file without a type name; did you mean `com.acme.Client`?"]
    );
}

#[test]
fn references_are_compared_with_what_they_mean() {
    let city = |ty: &str| {
        format!(r#"{{"type": "record", "name": "com.acme.City", "fields": [{{"name": "zip", "type": "{ty}"}}]}}"#)
    };
    let home = customer(&[ID, r#"{"name": "home", "type": "City"}"#]);
    let project = tempfile::tempdir().unwrap();
    let lock = project.path().join("schema-lock");
    Lock::write_entry(&lock, &version("city", 1, &city("int"))).unwrap();
    Lock::write_entry(&lock, &version("city", 2, &city("long"))).unwrap();
    let reference = LockedReference::new("com.acme.City", "city", 1);
    let mut customer = version("customer-value", 1, &home);
    (customer.type_name, customer.references) = ("com.acme.Customer".to_owned(), vec![reference]);
    Lock::write_entry(&lock, &customer).unwrap();
    write(&project, "schemas/customer.avsc", &home);
    // Of the city, nothing is new; but customers were released with an older one.
    write(&project, "schemas/city.avsc", &city("long"));
    assert_eq!(config(&project).compile().unwrap().warnings.list, []);

    customer.compatibility = Forward;
    Lock::write_entry(&lock, &customer).unwrap();
    let error = config(&project).compile().unwrap_err();
    insta::assert_snapshot!("references", shown(&project, &error));

    write(&project, "schemas/city.avsc", &city("int"));
    let report = config(&project).on_incompatible(OnIncompatible::Ignore).compile().unwrap();
    let code = fs::read_to_string(report.output).unwrap();
    assert!(code.contains(r#"Released::new("customer-value", 1,"#), "the same, when linked: {code}");
    assert!(code.contains(r#"Released::new("city", 1,"#), "{code}");
}

#[test]
fn schemas_without_a_name_are_found_by_their_file() {
    let project = tempfile::tempdir().unwrap();
    let mut prices = version("prices", 1, r#"{"type": "array", "items": "long"}"#);
    prices.type_name = "daily-prices".to_owned();
    Lock::write_entry(&project.path().join("schema-lock"), &prices).unwrap();
    write(&project, "schemas/daily-prices.avsc", "{\n  \"type\": \"array\",\n  \"items\": \"double\"\n}\n");
    assert_eq!(config(&project).compile().unwrap().warnings.list, []);
    write(&project, "schemas/daily-prices.avsc", "{\n  \"type\": \"array\",\n  \"items\": \"int\"\n}\n");
    insta::assert_snapshot!("schema_without_a_name", shown(&project, &config(&project).compile().unwrap_err()));
}

#[test]
fn places_in_the_idl_are_shown() {
    let new = "namespace com.acme;\n\n/** Who buys. */\nrecord Customer {\n  long id;\n  string phone;\n}\n".to_owned();
    let case = Case { name: "idl", level: Backward, released: vec![customer(&[ID])], new };
    let project = project(&case);
    fs::rename(project.path().join("schemas/customer.avsc"), project.path().join("schemas/customer.avdl")).unwrap();
    insta::assert_snapshot!("idl", shown(&project, &config(&project).compile().unwrap_err()));
}

#[test]
fn a_build_warns_or_says_nothing_when_it_is_told_to() {
    let phone = customer(&[ID, r#"{"name": "phone", "type": "string"}"#]);
    let project = project(&Case { name: "", level: Backward, released: vec![customer(&[ID])], new: phone });
    let lines = |on_incompatible| -> Vec<String> {
        let report = config(&project).on_incompatible(on_incompatible).compile().unwrap();
        report.cargo_lines().filter(|line| line.starts_with("cargo::warning=")).collect()
    };
    let [warning] = &lines(OnIncompatible::Warn)[..] else { panic!("one warning") };
    let path = project.path().join("schemas/customer.avsc");
    let expected =
        format!("cargo::warning={}:6:5: the new schema cannot read the messages of version 1: ", path.display());
    assert!(warning.starts_with(&expected) && warning.contains(" (give the field a default, "), "{warning}");
    assert_eq!(lines(OnIncompatible::Ignore), [] as [&str; 0]);
}

#[test]
fn cargo_is_told_of_the_lock_and_of_the_variable() {
    let project = project(&Case { name: "", level: Backward, released: vec![customer(&[ID])], new: customer(&[ID]) });
    let lines: Vec<String> = config(&project).compile().unwrap().cargo_lines().collect();
    let lock = format!("cargo::rerun-if-changed={}", project.path().join("schema-lock").display());
    assert!(lines.contains(&lock), "{lines:?}");
    assert!(lines.contains(&"cargo::rerun-if-env-changed=AVRO_REGISTRY".to_owned()), "{lines:?}");
}

#[test]
fn a_released_schema_says_so_in_its_type() {
    let released = vec![customer(&[ID]), customer(&[])];
    let project = project(&Case { name: "", level: Full, released, new: customer(&[ID]) });
    let report = config(&project).compile().unwrap();
    let code = fs::read_to_string(report.output).unwrap();
    let guid = Lock::read(&project.path().join("schema-lock")).unwrap().history("customer-value")[0].guid;
    let released = code.lines().map(str::trim).find(|line| line.contains("Released"));
    let expected = format!("::avro_typed::Released::new(\"customer-value\", 1, \"{guid}\", &[(\"default\", 11)]),");
    assert_eq!(released, Some(expected.as_str()));
}

#[test]
fn what_is_wrong_with_the_lock_stops_the_build() {
    let project = project(&Case { name: "", level: Backward, released: vec![customer(&[ID])], new: customer(&[]) });
    write(&project, "schema-lock/customer-value/2.json", "{}");
    let error = config(&project).compile().unwrap_err();
    assert!(matches!(error, Error::Lock(_)), "{error}");
    assert!(
        error
            .to_string()
            .ends_with("restore the files from version control, or write them again with `cargo avro lock`")
    );
    let missing = config(&project).lock("no/lock").compile().unwrap_err();
    assert_eq!(missing.to_string(), "cannot read the lock folder `no/lock`; create it with `cargo avro lock`");
}

fn customer(fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("    {field}")).collect();
    let fields = fields.join(",\n");
    format!("{{\n  \"type\": \"record\",\n  \"name\": \"com.acme.Customer\",\n  \"fields\": [\n{fields}\n  ]\n}}\n")
}

fn project(case: &Case) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    for (number, schema) in (1..).zip(&case.released) {
        let text = Schema::parse(schema).unwrap().to_json();
        let version = version("customer-value", number, &text).with_compatibility(case.level);
        Lock::write_entry(&project.path().join("schema-lock"), &version).unwrap();
    }
    write(&project, "schemas/customer.avsc", &case.new);
    project
}

fn write(project: &TempDir, path: &str, text: &str) {
    let path = project.path().join(path);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
    fs::write(path, text).unwrap();
}

fn config(project: &TempDir) -> Config {
    let folder = project.path();
    Config::new()
        .schemas(folder.join("schemas"))
        .lock(folder.join("schema-lock"))
        .out_dir(folder.join("out"))
        .color(false)
}

fn refused(case: &Case) -> String {
    let project = project(case);
    match config(&project).compile() {
        Err(error) => shown(&project, &error),
        Ok(_) => panic!("{} is accepted", case.name),
    }
}

/// What people see, with paths that start at the project.
fn shown(project: &TempDir, error: &Error) -> String {
    let Error::Incompatible(diagnostics) = error else { panic!("{error}: {error:?}") };
    let text = format!("{}\n\nerror: {error}", render(diagnostics, false));
    text.replace(&format!("{}/", project.path().display()), "")
}

fn rendered(project: &TempDir, report: &Report) -> String {
    render(&report.warnings, false).replace(&format!("{}/", project.path().display()), "")
}

/// Every code of the lock, and of every kind of incompatibility, is in a snapshot.
#[test]
fn every_code_has_a_snapshot() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/snapshots");
    let entries = std::fs::read_dir(folder).expect("the snapshots are there");
    let snapshots: Vec<String> = entries
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a snapshot is text"))
        .collect();
    let source = include_str!("../../src/lock/codes.rs");
    let own = source.lines().filter_map(|line| line.split("Code::new(\"").nth(1)?.split('"').next());
    let own: Vec<&str> = own.collect();
    assert!(own.len() >= 2, "only {own:?} were found");
    for code in own.into_iter().chain(MismatchKind::ALL.map(|kind| kind.code().as_str())) {
        assert!(snapshots.iter().any(|text| text.contains(&format!("[{code}]: "))), "no snapshot has {code}");
    }
}
