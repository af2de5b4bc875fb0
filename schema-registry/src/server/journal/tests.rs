//! What is left of a journal that was cut, damaged, opened twice or could not be written.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{JOURNAL, Journal, NEW_JOURNAL, SMALL, replay, write_beside};
use crate::error_code::ErrorCode;
use crate::mode::Mode;
use crate::server::data_error::DataError;
use crate::server::kept::Kept;
use crate::server::record::MAGIC;
use crate::server::refusal::Refusal;
use crate::server::request::SchemaRequest;
use crate::server::store::Store;
use crate::server::subject::Subject;
use crate::server::version::VersionName;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn open(folder: &Path) -> Kept {
    let (journal, store) = Journal::open(folder, false).expect("the folder is sound");
    Kept::new(store, journal)
}

fn content(store: &Store) -> String {
    serde_json::to_string(&store.as_changes()).expect("changes are JSON")
}

fn register(kept: &mut Kept, subject: &str, body: &str) -> Result<u32, Refusal> {
    let request: SchemaRequest = serde_json::from_str(body).expect("JSON");
    kept.change(|store| store.register(&Subject::parse(subject), &request, false)).map(|answer| answer.id.get())
}

/// It refers to a city.
const HOME: &str = r#"{"schema":"{\"type\":\"array\",\"items\":\"City\"}","references":[{"name":"City","subject":"city","version":1}]}"#;

type Step = fn(&mut Kept);

/// One of every kind of change; each makes one record.
const STEPS: [Step; 10] = [
    |kept| drop(register(kept, "city", r#"{"schema":"{\"type\":\"record\",\"name\":\"City\",\"fields\":[]}"}"#)),
    |kept| drop(register(kept, ":.x:home", &HOME.replace("\"city\"", "\":.:city\""))),
    |kept| drop(register(kept, "home", HOME)),
    |kept| drop(register(kept, "j", r#"{"schema":"{}","schemaType":"JSON","metadata":{"properties":{"a":"b"}}}"#)),
    |kept| {
        let config = serde_json::from_str(r#"{"compatibilityLevel":"NONE","normalize":true}"#).expect("JSON");
        kept.change(|store| store.set_config(&Subject::parse("j"), config)).expect("it is writable");
    },
    |kept| drop(register(kept, "j", r#"{"schema":"[]","schemaType":"JSON"}"#)),
    |kept| {
        kept.change(|store| store.delete_version(&Subject::parse("j"), VersionName::Latest, false))
            .expect("it is there");
    },
    |kept| {
        kept.change(|store| store.delete_version(&Subject::parse("j"), VersionName::Number(2), true))
            .expect("it is soft-deleted");
    },
    |kept| kept.change(|store| store.set_mode(&Subject::parse(":.y:"), Mode::Import, false)).expect("it is empty"),
    |kept| {
        kept.change(|store| store.delete_config(&Subject::parse("j"))).expect("it is set");
    },
];

/// A journal, and what the registry knew when the journal had which length.
fn written(folder: &Path) -> (Vec<u8>, Vec<(usize, String)>) {
    let mut kept = open(folder);
    let path = folder.join(JOURNAL);
    let mut states = vec![(MAGIC.len(), content(&kept))];
    for step in STEPS {
        step(&mut kept);
        let length = fs::read(&path).expect("it is there").len();
        assert!(length > states.last().expect("there is a first").0, "every step writes");
        states.push((length, content(&kept)));
    }
    (fs::read(&path).expect("it is there"), states)
}

#[test]
fn a_journal_that_is_cut_anywhere_has_all_that_was_answered_before() {
    let folder = folder();
    let (bytes, states) = written(folder.path());
    let path = folder.path().join(JOURNAL);
    for cut in MAGIC.len()..=bytes.len() {
        let (length, expected) = states.iter().rfind(|(length, _)| *length <= cut).expect("it has the beginning");
        // The second is what a file system may leave that had no power.
        for torn in [&bytes[..cut], &[&bytes[..cut], &[0; 40]].concat()] {
            let zeros_continue_a_record = torn.len() > cut && cut != *length;
            if zeros_continue_a_record {
                continue;
            }
            let (store, sound) = replay(&path, torn).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
            assert_eq!((sound, content(&store)), (*length, expected.clone()), "cut at {cut}");
        }
    }
    // What follows a torn record is written in its place.
    for cut in [states[1].0 + 1, bytes.len() - 1] {
        fs::write(&path, &bytes[..cut]).expect("it can be written");
        let mut kept = open(folder.path());
        register(&mut kept, "after", r#"{"schema":"\"bytes\""}"#).expect("it is writable");
        let expected = content(&kept);
        drop(kept);
        assert_eq!(content(&open(folder.path())), expected, "cut at {cut}");
    }
}

#[test]
fn a_journal_with_a_wrong_byte_is_an_error_wherever_it_is() {
    let folder = folder();
    let (bytes, _) = written(folder.path());
    let path = folder.path().join(JOURNAL);
    for position in 0..bytes.len() {
        for flip in [1, 0x80] {
            let mut damaged = bytes.clone();
            damaged[position] ^= flip;
            let error = replay(&path, &damaged).err().unwrap_or_else(|| panic!("byte {position} counts for nothing"));
            let DataError::Damaged { position: found, .. } = &error else { panic!("{error}") };
            assert!(*found <= position, "byte {position}: {error}");
        }
    }
    let mut damaged = bytes.clone();
    damaged[MAGIC.len() + 20] ^= 1;
    fs::write(&path, &damaged).expect("it can be written");
    let error = Journal::open(folder.path(), false).expect_err("it is damaged").to_string();
    let named = path.display().to_string();
    assert!(error.contains(&named) && error.contains("byte 8") && error.contains("backup"), "{error}");
    assert_eq!(fs::read(&path).expect("it is there"), damaged, "nothing was changed");
}

#[test]
fn a_folder_has_one_registry_at_a_time() {
    let folder = folder();
    let first = open(folder.path());
    let error = Journal::open(folder.path(), true).expect_err("it is in use");
    assert!(matches!(error, DataError::InUse { .. }), "{error}");
    drop(first);
    open(folder.path());
}

#[test]
fn a_change_that_cannot_be_written_is_refused_and_forgotten() {
    let folder = folder();
    let mut kept = open(folder.path());
    register(&mut kept, "a", r#"{"schema":"\"int\""}"#).expect("it is writable");
    let before = content(&kept);
    drop(kept);
    let (mut journal, store) = Journal::open(folder.path(), false).expect("the folder is sound");
    // A file that can only be read refuses every write, as a full disk does.
    journal.file = fs::File::open(folder.path().join(JOURNAL)).expect("it is there");
    let mut kept = Kept::new(store, journal);
    for _ in 0..2 {
        let refusal = register(&mut kept, "b", r#"{"schema":"\"long\""}"#).expect_err("nothing can be written");
        assert_eq!((refusal.code, refusal.status()), (ErrorCode::StoreFailed, 500), "{refusal:?}");
        assert_eq!(content(&kept), before);
    }
    assert_eq!(register(&mut kept, "a", r#"{"schema":"\"int\""}"#), Ok(1), "what changes nothing needs no write");
    drop(kept);
    assert_eq!(content(&open(folder.path())), before);
}

#[test]
fn a_journal_that_is_rewritten_says_the_same_in_less() {
    let folder = folder();
    let (_, states) = written(folder.path());
    let mut kept = open(folder.path());
    assert_eq!(content(&kept), states.last().expect("there is a last").1);
    let long = "x".repeat(10_000);
    for number in 0..60 {
        let metadata = format!(r#"{{"compatibilityGroup":"{long}{number}"}}"#);
        let config = serde_json::from_str(&metadata).expect("JSON");
        kept.change(|store| store.set_config(&Subject::parse("s"), config)).expect("it is writable");
    }
    let expected = content(&kept);
    drop(kept);
    let length = fs::metadata(folder.path().join(JOURNAL)).expect("it is there").len();
    assert!(length < SMALL + 20_000, "600 kB were written, and {length} are left");
    let mut kept = open(folder.path());
    assert_eq!(content(&kept), expected);
    // The id of the schema that was deleted for good is not given out again.
    let id = register(&mut kept, "new", r#"{"schema":"\"double\""}"#).expect("it is writable");
    let (store, _) = replay(Path::new("j"), &fs::read(folder.path().join(JOURNAL)).expect("there")).expect("sound");
    assert_eq!(store.largest_id(None), id);
    assert_eq!(id, 5, "city, home, two of JSON");
}

/// A rewrite is written beside the journal, and gets its name once it is complete.
#[test]
fn a_rewrite_that_is_killed_anywhere_changes_nothing() {
    let folder = folder();
    let (old, states) = written(folder.path());
    let expected = &states.last().expect("there is a last").1;
    let (journal, new) = (folder.path().join(JOURNAL), folder.path().join(NEW_JOURNAL));
    write_beside(folder.path(), &open(folder.path()).as_changes()).expect("it is writable");
    let rewritten = fs::read(&new).expect("it is there");
    for length in 0..=rewritten.len() {
        fs::write(&journal, &old).expect("it is writable");
        fs::write(&new, &rewritten[..length]).expect("it is writable");
        let (mut opened, store) = Journal::open(folder.path(), false).expect("the folder is sound");
        assert_eq!(&content(&store), expected, "killed after {length} bytes");
        // What was left is in the way of nothing; each rewrite waits for the disk.
        if length % 200 == 0 || length == rewritten.len() {
            opened.rewrite(&store).expect("it is writable");
            drop(opened);
            assert_eq!(fs::read(&journal).expect("it is there"), rewritten);
        }
    }
    assert!(!new.exists());
    assert_eq!(&content(&open(folder.path())), expected, "killed once it had the name");
}
