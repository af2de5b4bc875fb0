//! What holds after any sequence of calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use avro_model::Guid;
use proptest::prelude::*;

use super::config::Config;
use super::config_and_mode::scope;
use super::request::{ReferenceRequest, SchemaRequest};
use super::store::Store;
use super::subject::Subject;
use super::version::{Include, VersionName};
use crate::CompatibilityLevel;
use crate::frame::SchemaId;
use crate::mode::Mode;

const SUBJECTS: [&str; 4] = ["a", "b", ":.x:a", ":.x:b"];

/// The last one refers to version 1 of `a`.
const TEXTS: [&str; 5] = [
    r#"{"type":"record","name":"R","fields":[]}"#,
    r#"{"type":"record","name":"R","doc":"other","fields":[]}"#,
    r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":1}]}"#,
    r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}"#,
    r#"{"type":"array","items":"R"}"#,
];

#[derive(Debug, Clone)]
enum Call {
    Register { text: usize, normalize: bool },
    Import { text: usize, id: i32, version: i32 },
    DeleteVersion { version: u32, permanent: bool },
    DeleteSubject { permanent: bool },
    SetLevel(CompatibilityLevel),
    SetMode(Mode, bool),
}

fn call() -> impl Strategy<Value = Call> {
    let text = 0..TEXTS.len();
    let level = prop::sample::select(CompatibilityLevel::ALL.to_vec());
    let mode = prop::sample::select(vec![Mode::Readwrite, Mode::Readwrite, Mode::Import, Mode::Readonly]);
    prop_oneof![
        8 => (text.clone(), any::<bool>()).prop_map(|(text, normalize)| Call::Register { text, normalize }),
        3 => (text, 1..9i32, 0..6i32).prop_map(|(text, id, version)| Call::Import { text, id, version }),
        4 => (0..5u32, any::<bool>()).prop_map(|(version, permanent)| Call::DeleteVersion { version, permanent }),
        2 => any::<bool>().prop_map(|permanent| Call::DeleteSubject { permanent }),
        2 => level.prop_map(Call::SetLevel),
        2 => (mode, any::<bool>()).prop_map(|(mode, force)| Call::SetMode(mode, force)),
    ]
}

fn request(text: usize) -> SchemaRequest {
    let reference = ReferenceRequest { name: Some("R".to_owned()), subject: Some("a".to_owned()), version: Some(1) };
    let references = (text == TEXTS.len() - 1).then(|| vec![reference]);
    SchemaRequest { schema: Some(TEXTS[text].to_owned()), references, ..SchemaRequest::default() }
}

/// What each id of each context has ever meant.
type Meaning = BTreeMap<(String, SchemaId), Guid>;

/// Refusals are as good as any answer: what counts is what the store looks like afterwards.
fn make(store: &mut Store, meaning: &mut Meaning, subject: &str, call: &Call) {
    let subject = &Subject::parse(subject);
    let name = |version| if version == 0 { VersionName::Latest } else { VersionName::Number(version) };
    match *call {
        Call::Register { text, normalize } => {
            let live = store.versions(subject, Include::Live).unwrap_or_default();
            if let Ok(answer) = store.register(subject, &request(text), normalize) {
                let version = answer.version.expect("a version was given");
                assert!(live.contains(&version) || live.iter().all(|earlier| *earlier < version), "versions increase");
            }
        }
        Call::Import { text, id, version } => {
            let given = SchemaRequest { id: Some(id), version: Some(version), ..request(text) };
            let (context, id) = (subject.context().to_owned(), SchemaId::new(id.unsigned_abs()));
            let was_there = store.contexts.get(&context).is_some_and(|context| context.schemas.contains_key(&id));
            if let Ok(answer) = store.register(subject, &given, false) {
                assert_eq!(answer.id, id);
                if !was_there {
                    // What an id meant that was deleted for good is for the one who imports to know.
                    meaning.remove(&(context, id));
                }
            }
        }
        Call::DeleteVersion { version, permanent } => drop(store.delete_version(subject, name(version), permanent)),
        Call::DeleteSubject { permanent } => drop(store.delete_subject(subject, permanent)),
        Call::SetLevel(level) => {
            let config = Config { level: Some(level), ..Config::default() };
            let _ = store.set_config(&scope(Some(subject.as_str())).expect("a valid subject"), config);
        }
        Call::SetMode(mode, force) => {
            let _ = store.set_mode(&scope(Some(subject.as_str())).expect("a valid subject"), mode, force);
        }
    }
}

fn check(store: &Store, meaning: &mut Meaning) {
    for (name, context) in &store.contexts {
        for (id, stored) in &context.schemas {
            let meant = *meaning.entry((name.clone(), *id)).or_insert(stored.guid);
            assert_eq!(meant, stored.guid, "id {id} of context {name} means what it always meant");
            assert!(context.ids[&stored.guid].contains(id), "an id is found by its content");
            assert!(id.get() <= context.last_id, "no id is given out twice");
        }
        assert_eq!(context.ids.values().map(Vec::len).sum::<usize>(), context.schemas.len());
        for (subject, versions) in &context.subjects {
            assert!(!versions.is_empty(), "{subject} has a version");
            assert!(versions.is_sorted_by_key(|version| version.number), "{subject}: {versions:?}");
            for version in versions {
                let stored = context.schemas.get(&version.id).expect("the schema of a version is there");
                for reference in stored.references.iter().filter(|_| !version.deleted) {
                    let referred = Subject::of_reference(name, &reference.subject);
                    let found = store.version_entry(&referred, VersionName::Number(reference.version), Include::All);
                    assert!(found.is_ok(), "{subject} refers to what is there");
                }
            }
        }
        let uses = context.subjects.iter().flat_map(|(subject, versions)| {
            versions.iter().map(|version| (version.id, (subject.clone(), version.number)))
        });
        let mut expected: HashMap<SchemaId, BTreeSet<(String, u32)>> = HashMap::new();
        for (id, place) in uses {
            expected.entry(id).or_default().insert(place);
        }
        assert_eq!(context.uses, expected, "it is known where each schema is used");
        assert!(context.schemas.keys().eq(expected.keys().collect::<BTreeSet<_>>()), "no schema is kept for nobody");
    }
    check_referrers(store);
}

/// The index of who refers to what is what a walk through everything finds.
fn check_referrers(store: &Store) {
    let mut expected: HashMap<(String, u32), BTreeMap<(String, SchemaId), usize>> = HashMap::new();
    for (name, context) in &store.contexts {
        for version in context.subjects.values().flatten().filter(|version| !version.deleted) {
            for reference in &context.schemas[&version.id].references {
                let referred = Subject::of_reference(name, &reference.subject).as_str().to_owned();
                let by = expected.entry((referred, reference.version)).or_default();
                *by.entry((name.clone(), version.id)).or_default() += 1;
            }
        }
    }
    assert_eq!(store.referrers, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ids_keep_their_meaning_and_versions_increase(calls in prop::collection::vec((0..SUBJECTS.len(), call()), 1..40)) {
        let mut store = Store::default();
        let mut meaning = Meaning::new();
        for (subject, call) in &calls {
            make(&mut store, &mut meaning, SUBJECTS[*subject], call);
            check(&store, &mut meaning);
        }
    }
}
