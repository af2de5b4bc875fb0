//! The store's rules, without HTTP.

use super::config::ConfigRequest;
use super::config_and_mode::scope;
use super::refusal::Refusal;
use super::request::{ReferenceRequest, SchemaRequest};
use super::store::{Format, Store};
use super::subject::Subject;
use super::version::{Include, VersionName};
use crate::CompatibilityLevel;
use crate::error_code::ErrorCode;
use crate::frame::SchemaId;
use crate::mode::Mode;

fn request(text: &str) -> SchemaRequest {
    SchemaRequest { schema: Some(text.to_owned()), ..SchemaRequest::default() }
}

fn subject(text: &str) -> Subject {
    Subject::parse(text)
}

fn set_level(store: &mut Store, subject: Option<&str>, level: CompatibilityLevel) {
    let request: ConfigRequest =
        serde_json::from_value(serde_json::json!({ "compatibility": level.as_str() })).expect("JSON");
    let config = request.config().expect("a level is supported");
    store.set_config(&scope(subject).expect("a valid subject"), config).expect("the mode allows it");
}

fn set_mode(store: &mut Store, subject: Option<&str>, mode: Mode) {
    store.set_mode(&scope(subject).expect("a valid subject"), mode, false).expect("nothing is in the way");
}

fn referring(text: &str, name: &str, subject: &str, version: i32) -> SchemaRequest {
    let reference =
        ReferenceRequest { name: Some(name.to_owned()), subject: Some(subject.to_owned()), version: Some(version) };
    SchemaRequest { references: Some(vec![reference]), ..request(text) }
}

fn register(store: &mut Store, name: &str, text: &str) -> Result<u32, ErrorCode> {
    store.register(&subject(name), &request(text), false).map(|answer| answer.id.get()).map_err(|refusal| refusal.code)
}

fn code<T>(answer: Result<T, Refusal>) -> Result<T, ErrorCode> {
    answer.map_err(|refusal| refusal.code)
}

#[test]
fn schemas_are_the_same_when_java_prints_them_the_same() {
    let mut store = Store::default();
    let mut check = |subject, text, expected| assert_eq!(register(&mut store, subject, text), Ok(expected), "{text}");
    check("a", r#""string""#, 1);
    check("b", r#" { "type" : "string" } "#, 1);
    check("c", r#"{"type":"record","name":"R","fields":[]}"#, 2);
    check("c", r#"{"fields":[],"name":"R","type":"record"}"#, 2);
    check("d", r#"{"type":"record","name":"R","doc":"Differs.","fields":[]}"#, 3);
    check("e", r#"{"type":"string","unit":"metre"}"#, 4);
    check("f", r#"{"type":"record","name":"R","fields":[],"aliases":["Q"]}"#, 5);
    assert_eq!(store.schema(SchemaId::new(1), None).expect("known").text, r#""string""#);
    assert_eq!(store.versions(&subject("c"), Include::Live), Ok(vec![1]));
    let uses = store.uses(SchemaId::new(1), None, Include::Live).expect("known");
    let uses: Vec<_> = uses.iter().map(|found| (found.subject.as_str(), found.version)).collect();
    assert_eq!(uses, [("a", 1), ("b", 1)]);
}

// Versions of a record. FIRST and THIRD get along with SECOND both ways, since it has a default for what
// THIRD lacks; but FIRST cannot read THIRD.
const BOTH: &str =
    r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}"#;
const FIRST: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#;
const SECOND: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}"#;
const THIRD: &str = r#"{"type":"record","name":"R","fields":[]}"#;

#[test]
fn each_level_checks_its_direction_against_its_versions() {
    use CompatibilityLevel::{Backward, BackwardTransitive, Forward, ForwardTransitive, Full, None};
    let check = |earlier: &[&str], next: &str, allowing: &[CompatibilityLevel]| {
        for level in CompatibilityLevel::ALL {
            let mut store = Store::default();
            set_level(&mut store, Option::None, None);
            for text in earlier {
                register(&mut store, "s", text).expect("NONE takes everything");
            }
            set_level(&mut store, Some("s"), level);
            let allowed = allowing.contains(&level);
            let answer = store.check(&subject("s"), Option::None, &request(next), false, true).expect("checked");
            assert_eq!(answer.is_compatible, allowed, "{level}: {earlier:?} then {next}");
            assert_eq!(answer.messages.unwrap_or_default().is_empty(), allowed, "{level}");
            let expected = if allowed { Ok(()) } else { Err(ErrorCode::Incompatible) };
            assert_eq!(register(&mut store, "s", next).map(drop), expected, "{level}: {earlier:?} then {next}");
        }
    };
    let all = CompatibilityLevel::ALL;
    check(&[], FIRST, &all);
    check(&[FIRST], FIRST, &all);
    check(&[FIRST], BOTH, &all);
    check(&[FIRST], SECOND, &all);
    // The new one ignores `a`, but the old one cannot do without it.
    check(&[FIRST], THIRD, &[None, Backward, BackwardTransitive]);
    check(&[THIRD], FIRST, &[None, Forward, ForwardTransitive]);
    check(&[FIRST, SECOND], THIRD, &[None, Backward, BackwardTransitive, Forward, Full]);
    check(&[THIRD, SECOND], FIRST, &[None, Backward, Forward, ForwardTransitive, Full]);
    check(&[r#""int""#], r#""long""#, &[None, Backward, BackwardTransitive]);
    check(&[r#""long""#], r#""int""#, &[None, Forward, ForwardTransitive]);
    check(&[r#""int""#, r#""string""#], r#""bytes""#, &[None, Backward, Forward, Full]);
}

#[test]
fn a_refusal_tells_every_difference_and_the_version() {
    let mut store = Store::default();
    register(&mut store, "s", THIRD).expect("registered");
    let refusal = store.register(&subject("s"), &request(FIRST), false).expect_err("`a` has no default");
    assert_eq!((refusal.status(), refusal.code), (409, ErrorCode::Incompatible));
    for part in [
        "incompatible with an earlier schema for subject \"s\"",
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "{oldSchemaVersion: 1}",
        "{oldSchema: '{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}'}",
        "{validateFields: 'false', compatibility: 'BACKWARD'}",
    ] {
        assert!(refusal.message.contains(part), "{}", refusal.message);
    }
}

#[test]
fn what_is_soft_deleted_does_not_count() {
    let mut store = Store::default();
    set_level(&mut store, None, CompatibilityLevel::FullTransitive);
    register(&mut store, "s", r#""int""#).expect("registered");
    assert_eq!(register(&mut store, "s", r#""string""#), Err(ErrorCode::Incompatible));
    assert_eq!(code(store.delete_version(&subject("s"), VersionName::Latest, false)), Ok(1));
    assert_eq!(register(&mut store, "s", r#""string""#), Ok(2));
    assert_eq!(code(store.delete_version(&subject("s"), VersionName::Number(2), false)), Ok(2));
    // The same content as the first, deleted version: a new version with the old id.
    assert_eq!(register(&mut store, "s", r#""int""#), Ok(1));
    assert_eq!(store.versions(&subject("s"), Include::Live), Ok(vec![3]));
    let found = store.look_up(&subject("s"), &request(r#""int""#), false, Include::All, Format::Stored).expect("found");
    assert_eq!(found.version, 3, "the newest one");
}

#[test]
fn a_subject_that_is_deleted_loses_its_settings() {
    let mut store = Store::default();
    set_level(&mut store, Some("s"), CompatibilityLevel::None);
    register(&mut store, "s", r#""int""#).expect("registered");
    store.delete_subject(&subject("s"), false).expect("deleted");
    assert_eq!(code(store.own_config(&subject("s")).map(drop)), Err(ErrorCode::SubjectLevelNotFound));
    assert_eq!(store.effective_config(&subject("s")).level, Some(CompatibilityLevel::Backward));
}

#[test]
fn what_is_referred_to_cannot_be_deleted() {
    let mut store = Store::default();
    register(&mut store, "city", r#"{"type":"record","name":"City","fields":[]}"#).expect("registered");
    let home = referring(r#"{"type":"array","items":"City"}"#, "City", "city", 1);
    let id = store.register(&subject("home"), &home, false).expect("registered").id;
    assert_eq!(store.referenced_by(&subject("city"), VersionName::Latest), Ok(vec![id]));
    assert_eq!(code(store.delete_subject(&subject("city"), false)), Err(ErrorCode::ReferenceExists));
    assert_eq!(
        code(store.delete_version(&subject("city"), VersionName::Number(1), false)),
        Err(ErrorCode::ReferenceExists)
    );
    store.delete_subject(&subject("home"), false).expect("nothing refers to it");
    store.delete_subject(&subject("city"), false).expect("nothing live refers to it");
    // What is only soft-deleted can still be referred to.
    let city = referring(r#""City""#, "City", "city", 1);
    store.register(&subject("home"), &city, false).expect("registered");
    assert_eq!(code(store.delete_subject(&subject("city"), true)), Err(ErrorCode::ReferenceExists));
    store.delete_subject(&subject("home"), false).expect("deleted");
    store.delete_subject(&subject("city"), true).expect("nothing live refers to it");
    assert_eq!(code(store.register(&subject("home"), &city, false).map(drop)), Err(ErrorCode::InvalidSchema));
}

#[test]
fn references_are_part_of_a_schema() {
    let mut store = Store::default();
    register(&mut store, "city", r#"{"type":"record","name":"City","fields":[]}"#).expect("registered");
    let inline = register(&mut store, "a", r#"{"type":"array","items":{"type":"record","name":"City","fields":[]}}"#);
    let referring = referring(r#"{"type":"array","items":"City"}"#, "City", "city", 1);
    let by_reference = store.register(&subject("a"), &referring, false).expect("registered").id.get();
    assert_eq!((inline, by_reference), (Ok(2), 3));
    let stored = store.schema(SchemaId::new(3), None).expect("known");
    assert_eq!(stored.text, r#"{"type":"array","items":"City"}"#);
    assert_eq!(stored.references.len(), 1);
}

#[test]
fn the_global_mode_counts_where_a_subject_has_none() {
    let mut store = Store::default();
    set_mode(&mut store, None, Mode::Readonly);
    set_mode(&mut store, Some("open"), Mode::Readwrite);
    assert_eq!(register(&mut store, "closed", r#""int""#), Err(ErrorCode::OperationNotPermitted));
    assert_eq!(register(&mut store, "open", r#""int""#), Ok(1));
    assert_eq!(register(&mut store, ":.x:elsewhere", r#""int""#), Ok(1), "it is the mode of the default context");
    set_mode(&mut store, None, Mode::ReadonlyOverride);
    assert_eq!(register(&mut store, "open", r#""long""#), Err(ErrorCode::OperationNotPermitted));
    assert_eq!(
        register(&mut store, ":.x:other", r#""long""#),
        Err(ErrorCode::OperationNotPermitted),
        "it is that of all"
    );
    assert_eq!(register(&mut store, "open", r#""int""#), Ok(1), "it is there already");
    assert_eq!(code(store.delete_subject(&subject("open"), false)), Err(ErrorCode::OperationNotPermitted));
}

#[test]
fn version_names_are_read_as_numbers_and_latest() {
    for text in ["latest", "-1", "LATEST", " latest "] {
        assert_eq!(VersionName::parse(text), Ok(VersionName::Latest), "{text}");
    }
    assert_eq!(VersionName::parse("2147483647"), Ok(VersionName::Number(2_147_483_647)));
    for text in ["", "0", "-2", "2147483648", "newest", "1.0", "１"] {
        assert_eq!(code(VersionName::parse(text)), Err(ErrorCode::InvalidVersion), "{text}");
    }
}

#[test]
fn a_delete_looks_at_no_other_subject() {
    let mut store = Store::default();
    register(&mut store, "city", r#"{"type":"record","name":"City","fields":[]}"#).expect("registered");
    for index in 0..20 {
        let home = referring(&format!(r#"{{"type":"array","items":"City","n":{index}}}"#), "City", "city", 1);
        store.register(&subject(&format!("home{index}")), &home, false).expect("registered");
    }
    assert_eq!(store.referrers.len(), 1);
    assert_eq!(store.referenced_by(&subject("city"), VersionName::Latest).map(|ids| ids.len()), Ok(20));
    for index in 0..20 {
        let home = subject(&format!("home{index}"));
        assert_eq!(code(store.delete_subject(&subject("city"), false)), Err(ErrorCode::ReferenceExists), "{index}");
        store.delete_subject(&home, false).expect("nothing refers to it");
        store.delete_subject(&home, true).expect("it is deleted softly");
    }
    assert!(store.referrers.is_empty(), "{:?}", store.referrers);
    store.delete_subject(&subject("city"), false).expect("nothing refers to it any more");
}
