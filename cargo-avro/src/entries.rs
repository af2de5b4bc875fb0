//! What a registry has, as entries of the lock.

use std::collections::BTreeMap;
use std::path::Path;

use avro_build::lock::{Lock, LockedVersion};
use avro_model::compatibility::CompatibilityLevel;
use futures_util::future::try_join_all;

use crate::failure::Failure;
use crate::registry::Registry;
use crate::versions::{Version, of_registry};

/// A version as an entry of the lock. `old` is the existing entry: ids of other registries are kept.
pub(crate) fn entry(
    version: &Version,
    type_name: &str,
    level: CompatibilityLevel,
    registry: &str,
    old: Option<&LockedVersion>,
) -> LockedVersion {
    let mut ids = old.map(|old| old.ids.clone()).unwrap_or_default();
    ids.extend(version.id.map(|id| (registry.to_owned(), id)));
    let mut entry = LockedVersion::new(&version.subject, version.version, type_name, version.guid, &version.text)
        .with_compatibility(level);
    (entry.ids, entry.references) = (ids, version.references.clone());
    entry
}

/// The name of the type of a version in the lock; of a schema without a name it is `known` or the subject.
pub(crate) fn type_name(version: &Version, known: Option<&str>) -> String {
    match (version.schema.fullname(), known) {
        (Some(fullname), _) => fullname.to_string(),
        (None, Some(known)) => known.to_owned(),
        (None, None) => version.subject.clone(),
    }
}

/// Versions with all that they refer to, each once, in the order in which they are met.
pub(crate) fn with_references(registry: &Registry, versions: Vec<Version>) -> Result<Vec<Version>, Failure> {
    let mut all = versions;
    let mut next = 0;
    while let Some(version) = all.get(next) {
        // A reference is meant in the context of the subject that has it.
        let client = registry.client.in_context_of(&version.subject);
        for reference in version.references.clone() {
            let subject = client.qualify(&reference.subject);
            let is_known =
                |known: &Version| client.qualify(&known.subject) == subject && known.version == reference.version;
            if !all.iter().any(is_known) {
                let call = client.version(&reference.subject, reference.version);
                all.push(of_registry(&registry.wait(call)?));
            }
        }
        next += 1;
    }
    Ok(all)
}

/// The level of each subject, asked once.
#[derive(Default)]
pub(crate) struct Levels(BTreeMap<String, CompatibilityLevel>);

impl Levels {
    pub(crate) fn of(&mut self, registry: &Registry, subject: &str) -> Result<CompatibilityLevel, Failure> {
        if let Some(level) = self.0.get(subject) {
            return Ok(*level);
        }
        let level = registry.wait(registry.client.compatibility_level(subject))?;
        self.0.insert(subject.to_owned(), level);
        Ok(level)
    }
}

/// Every version of a subject, oldest first.
pub(crate) fn all_versions(registry: &Registry, subject: &str) -> Result<Vec<Version>, Failure> {
    let numbers = registry.wait(registry.client.versions(subject))?;
    // At once; the client limits the requests under way.
    let calls = numbers.into_iter().map(|number| registry.client.version(subject, number));
    let versions = registry.wait(try_join_all(calls))?;
    Ok(versions.iter().map(of_registry).collect())
}

/// Writes entries, and returns those that are new or changed.
pub(crate) fn write(folder: &Path, lock: &Lock, entries: &[LockedVersion]) -> Result<Vec<LockedVersion>, Failure> {
    let is_new = !folder.exists();
    let changed = changed(lock, entries);
    for entry in &changed {
        Lock::write_entry(folder, entry)?;
    }
    if is_new && !changed.is_empty() {
        run_build_script_again(folder);
    }
    Ok(changed)
}

/// The entries that the lock does not have like this.
pub(crate) fn changed(lock: &Lock, entries: &[LockedVersion]) -> Vec<LockedVersion> {
    let is_changed =
        |entry: &&LockedVersion| lock.version(&entry.subject, entry.version).is_none_or(|old| !is_same(old, entry));
    entries.iter().filter(is_changed).cloned().collect()
}

/// Whether they differ in nothing but white space in the schema.
fn is_same(old: &LockedVersion, new: &LockedVersion) -> bool {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let is_same_json = || parsed(&old.schema).is_some_and(|old| Some(old) == parsed(&new.schema));
    let schema = old.schema == new.schema || is_same_json();
    let with_old_schema = || {
        let mut changed = new.clone();
        changed.schema.clone_from(&old.schema);
        changed
    };
    schema && with_old_schema() == *old
}

/// Cargo watches the lock once it exists, but not for its creation; a newer build script is what it notices.
fn run_build_script_again(lock: &Path) {
    let script = lock.parent().unwrap_or(Path::new("")).join("build.rs");
    if let Ok(file) = std::fs::File::options().append(true).open(script) {
        // Without it, the next change of a schema does the same.
        let _ = file.set_modified(std::time::SystemTime::now());
    }
}
