//! What holds after any sequence of calls.

use std::borrow::Cow;
use std::collections::BTreeMap;

use avro_model::Guid;
use proptest::prelude::*;

use super::settings::scope;
use super::store::Store;
use super::subject::Subject;
use super::version::{Include, VersionName};
use crate::CompatibilityLevel;
use crate::frame::SchemaId;
use crate::mode::Mode;
use crate::schema::SchemaReference;
use crate::wire::SchemaRequest;

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
    Import { text: usize, id: u32, version: u32 },
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
        3 => (text, 1..9u32, 0..6u32).prop_map(|(text, id, version)| Call::Import { text, id, version }),
        4 => (0..5u32, any::<bool>()).prop_map(|(version, permanent)| Call::DeleteVersion { version, permanent }),
        2 => any::<bool>().prop_map(|permanent| Call::DeleteSubject { permanent }),
        2 => level.prop_map(Call::SetLevel),
        2 => (mode, any::<bool>()).prop_map(|(mode, force)| Call::SetMode(mode, force)),
    ]
}

fn request(text: usize) -> SchemaRequest<'static> {
    let reference = SchemaReference { name: "R".to_owned(), subject: "a".to_owned(), version: 1 };
    let references = (text == TEXTS.len() - 1).then(|| Cow::Owned(vec![reference]));
    SchemaRequest { schema: Cow::Borrowed(TEXTS[text]), references, ..SchemaRequest::default() }
}

/// What each id of each context has ever meant.
type Meaning = BTreeMap<(String, SchemaId), Guid>;

/// Refusals are as good as any answer: what counts is what the store looks like afterwards.
fn make(store: &mut Store, meaning: &mut Meaning, subject: &str, call: &Call) {
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
            let given = SchemaRequest { id: Some(id.into()), version: Some(version.into()), ..request(text) };
            let (context, id) = (Subject::parse(subject).context().to_owned(), SchemaId::new(id));
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
            let _ = store.set_level(&scope(Some(subject)).expect("a valid subject"), level);
        }
        Call::SetMode(mode, force) => {
            let _ = store.set_mode(&scope(Some(subject)).expect("a valid subject"), mode, force);
        }
    }
}

fn check(store: &Store, meaning: &mut Meaning) {
    for (name, context) in &store.contexts {
        for (id, stored) in &context.schemas {
            let meant = *meaning.entry((name.clone(), *id)).or_insert(stored.guid);
            assert_eq!(meant, stored.guid, "id {id} of context {name} means what it always meant");
            assert_eq!(context.ids.get(&stored.guid), Some(id), "content has one id");
            assert!(id.get() <= context.last_id, "no id is given out twice");
        }
        assert_eq!(context.ids.len(), context.schemas.len());
        for (subject, versions) in &context.subjects {
            assert!(!versions.is_empty(), "{subject} has a version");
            assert!(versions.is_sorted_by_key(|version| version.number), "{subject}: {versions:?}");
            for version in versions {
                let stored = context.schemas.get(&version.id).expect("the schema of a version is there");
                for reference in stored.references.iter().filter(|_| !version.deleted) {
                    let referred = Subject::of_reference(name, &reference.subject);
                    let found = store.version_entry(&referred, VersionName::Number(reference.version), Include::Live);
                    assert!(found.is_ok(), "{subject} refers to what is there");
                }
            }
        }
        let used = |id: &SchemaId| context.subjects.values().flatten().any(|version| version.id == *id);
        assert!(context.schemas.keys().all(used), "no schema is kept for nobody");
    }
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
