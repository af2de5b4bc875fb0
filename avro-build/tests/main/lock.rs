//! `avro_build::lock`: what is written is read again, and what is wrong with a lock is said.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use avro_build::lock::{Lock, LockError, LockedReference, LockedVersion};
use avro_build::render;
use avro_model::compatibility::CompatibilityLevel;
use avro_model::{Guid, Schema};
use proptest::prelude::*;
use tempfile::TempDir;

/// A version as a registry has it.
pub(crate) fn version(subject: &str, version: u32, schema: &str) -> LockedVersion {
    let name = Schema::parse(schema).ok().and_then(|schema| Some(schema.fullname()?.to_string()));
    let name = name.unwrap_or_else(|| subject.to_owned());
    LockedVersion::new(subject, version, name, Guid::of(schema, []), schema).with_id("default", 10 + version)
}

#[test]
fn a_version_is_a_file_that_people_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let schema = r#"{"type":"record","name":"Order","namespace":"acme","fields":[{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"city","type":"City","doc":"a \"b\" / é"}]}"#;
    let mut order = version(":.eu:order-value", 3, schema);
    order.type_name = "acme.Order".to_owned();
    order.ids.insert("backup".to_owned(), 1);
    order.references.push(LockedReference::new("acme.City", "city", 2));
    let path = Lock::write_entry(folder.path(), &order).unwrap();
    assert_eq!(path, folder.path().join("%3A.eu%3Aorder-value/3.json"));
    insta::assert_snapshot!(fs::read_to_string(&path).unwrap());
}

#[test]
fn histories_are_sorted_by_version() {
    let folder = tempfile::tempdir().unwrap();
    for (subject, number) in [("b", 10), ("b", 9), ("a-b", 1), ("a", 2), ("b", 1)] {
        Lock::write_entry(folder.path(), &version(subject, number, "\"long\"")).unwrap();
    }
    fs::write(folder.path().join("README.md"), "not a version").unwrap();
    fs::write(folder.path().join("a/notes.txt"), "not a version").unwrap();
    let lock = Lock::read(folder.path()).unwrap();
    assert_eq!(lock.subjects().collect::<Vec<_>>(), ["a", "a-b", "b"]);
    let numbers = |subject| lock.history(subject).iter().map(|version| version.version).collect::<Vec<_>>();
    assert_eq!([numbers("a"), numbers("b"), numbers("c")], [vec![2], vec![1, 9, 10], vec![]]);
    assert_eq!(lock.newest("b").map(|version| version.version), Some(10));
    assert_eq!(lock.version("b", 9).map(|version| version.ids["default"]), Some(19));
    assert!(lock.version("b", 2).is_none());
    let error = lock.schema("b", 2).unwrap_err().to_string();
    assert!(
        error.ends_with("has no version 2 of the subject `b`; it has 1, 9, 10; `cargo avro lock` adds others"),
        "{error}"
    );
    let error = lock.schema("a-c", 1).unwrap_err().to_string();
    assert!(error.ends_with("did you mean `a-b`?"), "{error}");
}

#[test]
fn an_unchanged_version_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = version("a", 1, "\"long\"");
    let path = Lock::write_entry(folder.path(), &first).unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
    Lock::write_entry(folder.path(), &first).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);

    let other = first.with_compatibility(CompatibilityLevel::Full);
    Lock::write_entry(folder.path(), &other).unwrap();
    assert_eq!(Lock::read(folder.path()).unwrap().versions(), [other]);
    assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1, "nothing unfinished is left");
}

/// As a file system would have it that takes `Orders` for `orders`.
#[test]
fn the_file_of_another_subject_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = Lock::write_entry(folder.path(), &version("orders", 1, "\"long\"")).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"orders\"", "\"Orders\"")).unwrap();
    let error = Lock::write_entry(folder.path(), &version("orders", 1, "\"int\"")).unwrap_err();
    assert!(matches!(&error, LockError::Taken { other, .. } if other == "Orders"), "{error}");
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    for schema in ["", "{", "1,\"version\":2", "\"long\",\"more\":1"] {
        let error = Lock::write_entry(folder.path(), &version("a", 1, schema)).unwrap_err();
        assert!(matches!(error, LockError::Invalid(_)), "{schema}: {error}");
    }
    for wrong in [version("", 1, "\"long\""), version("a", 0, "\"long\"")] {
        assert!(matches!(Lock::write_entry(folder.path(), &wrong), Err(LockError::Invalid(_))));
    }
    assert!(Lock::read(folder.path()).unwrap().is_empty());
}

#[test]
fn everything_that_is_wrong_with_the_files_is_shown() {
    let folder = lock(&[
        ("a/1.json", "{\"subject\": \"a\", \"version\": 1,}"),
        ("a/2.json", "[]"),
        (
            "a/3.json",
            "{\n  \"subject\": \"a\",\n  \"version\": 0,\n  \"type\": 1,\n  \"compatibility\": \"BACKWARDS\",\n  \"guid\": \"1\",\n  \
             \"ids\": {\"default\": \"1\"},\n  \"references\": [{}]\n}",
        ),
        ("b/1.json", ""),
        (
            "b/2.json",
            "{\"subject\": \"b\", \"version\": 3, \"type\": \"b\", \"compatibility\": \"none\", \
             \"guid\": \"095d71cf-1255-6b9d-5e33-0ad575b3df5d\", \"schema\": \"string\", \"of a newer tool\": 1}",
        ),
    ]);
    fs::write(folder.path().join("b/3.json"), b"\xff").unwrap();
    let error = Lock::read(folder.path()).unwrap_err();
    insta::assert_snapshot!(shown(&folder, &error));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = Lock::read(Path::new("no/schema-lock")).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the lock folder `no/schema-lock`; create it with `cargo avro lock`");
}

#[test]
fn what_a_version_refers_to_comes_from_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let reference = |name: &str, subject: &str, version| LockedReference::new(name, subject, version);
    let city = r#"{"type":"record","name":"a.City","fields":[{"name":"next","type":["null","a.Street"]}]}"#;
    let mut of_city = version("city", 2, city);
    // The two are defined by each other.
    of_city.references.push(reference("a.Street", "street", 1));
    let mut street =
        version("street", 1, r#"{"type":"record","name":"a.Street","fields":[{"name":"city","type":"a.City"}]}"#);
    street.references.push(reference("a.City", "city", 2));
    for version in [&of_city, &street] {
        Lock::write_entry(folder.path(), version).unwrap();
    }
    let lock = Lock::read(folder.path()).unwrap();
    let schema = lock.schema("street", 1).unwrap();
    assert_eq!(schema.definitions().len(), 2);
    assert_eq!(schema.fullname().unwrap().as_str(), "a.Street");

    street.version = 2;
    street.references = vec![reference("a.City", "city", 3)];
    Lock::write_entry(folder.path(), &street).unwrap();
    let broken = version("broken", 1, r#"{"type":"array","items":"sting"}"#);
    Lock::write_entry(folder.path(), &broken).unwrap();
    let lock = Lock::read(folder.path()).unwrap();
    let missing = shown(&folder, &lock.schema("street", 2).unwrap_err());
    let invalid = shown(&folder, &lock.schema("broken", 1).unwrap_err());
    insta::assert_snapshot!(format!("{missing}\n\n{invalid}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(versions in proptest::collection::vec(any_version(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let mut expected = BTreeMap::new();
        for version in versions {
            Lock::write_entry(folder.path(), &version).unwrap();
            expected.insert((version.subject.clone(), version.version), version);
        }
        let lock = Lock::read(folder.path()).unwrap();
        let expected: Vec<LockedVersion> = expected.into_values().collect();
        prop_assert_eq!(lock.versions(), expected.as_slice());
    }
}

fn any_version() -> impl Strategy<Value = LockedVersion> {
    let reference = ("\\PC{1,9}", "\\PC{1,9}", any::<u32>());
    let reference = reference.prop_map(|(name, subject, version)| LockedReference::new(name, subject, version));
    let level = proptest::sample::select(CompatibilityLevel::ALL.to_vec());
    let rest =
        (proptest::collection::btree_map("\\PC{0,9}", any::<u32>(), 0..3), proptest::collection::vec(reference, 0..3));
    // Text of any kind, except that capital letters could meet small ones on some file systems.
    ("[^A-Z]{1,40}", 1..u32::MAX, "\\PC{1,20}", level, any::<[u8; 16]>(), rest, any_json()).prop_map(
        |(subject, version, type_name, level, guid, (ids, references), schema)| {
            let mut locked = LockedVersion::new(subject, version, type_name, Guid::from_bytes(guid), schema);
            (locked.compatibility, locked.ids, locked.references) = (level, ids, references);
            locked
        },
    )
}

/// Compact JSON; the lock does not ask whether it is a schema.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-1.50e3".to_owned()),
        any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|members| {
                let members =
                    members.into_iter().map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

fn lock(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What people see, with paths that start at the folder.
fn shown(folder: &TempDir, error: &LockError) -> String {
    let LockError::Invalid(diagnostics) = error else { panic!("{error}") };
    let text = format!("{}\n\nerror: {error}", render(diagnostics, false));
    text.replace(&format!("{}/", folder.path().display()), "")
}
