//! Which schemas are released, and whether the others may follow them.

use std::path::{Path, PathBuf};

use avro_codegen::{Releases, UnusedOption};
use avro_model::{Diagnostics, SchemaSet, Severity};

use super::{Config, OnIncompatible};
use crate::error::Error;
use crate::lock::{CheckedSubject, Lock, LockCheck, LockedVersion, Types, release_of};
use crate::registry::{self, Subject};

/// Where the lock is by default.
const DEFAULT_LOCK: &str = "schema-lock";

/// What the lock and the registry know of the schemas of a set.
pub(super) struct ReleaseFindings {
    pub(super) releases: Releases,
    /// The warnings of the lock, with the sources of the set first; nothing without a lock.
    pub(super) warnings: Option<Diagnostics>,
    pub(super) unused_options: Vec<UnusedOption>,
}

impl Config {
    /// The lock folder that is to be read.
    pub(super) fn lock_folder(&self) -> Option<PathBuf> {
        match &self.lock {
            Some(dir) => Some(dir.clone()),
            // Who wants versions as types hears that the folder is not there.
            None if !self.versions.is_empty() => Some(DEFAULT_LOCK.into()),
            None => Some(Path::new(DEFAULT_LOCK)).filter(|dir| dir.is_dir()).map(Path::to_owned),
        }
    }

    /// Compares `set` with the lock, beside the sets of modules, and asks the registry where that is wanted.
    pub(super) fn releases(
        &self,
        set: &SchemaSet,
        apart: &[&SchemaSet],
        lock: Option<&Lock>,
        registry: &registry::Setup,
    ) -> Result<ReleaseFindings, Error> {
        let mut found = ReleaseFindings { releases: Releases::new(), warnings: None, unused_options: Vec::new() };
        let mut subjects = Vec::new();
        if let Some(lock) = lock {
            let LockCheck { subjects: checked, diagnostics, .. } = lock.check(set, apart, &self.subjects)?;
            found.warnings = Some(self.judged(diagnostics)?);
            subjects.extend(checked.iter().filter_map(|checked| subject(lock, checked)));
        }
        if !self.subjects.is_empty() {
            self.add_given_subjects(set, &mut subjects, &mut found.unused_options);
        }
        for Subject { ty, released_as, .. } in &subjects {
            if let Some(version) = released_as {
                found.releases.entry(*ty).or_default().push(release_of(version));
            }
        }
        registry.ask(set, &subjects, &mut found.releases)?;
        Ok(found)
    }

    /// What is left of the findings when they are taken as seriously as they are meant to be.
    fn judged(&self, mut found: Diagnostics) -> Result<Diagnostics, Error> {
        match self.on_incompatible {
            OnIncompatible::Fail => {
                if found.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
                    return Err(Error::Incompatible(found));
                }
            }
            OnIncompatible::Warn => {
                found.list.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Warning);
            }
            OnIncompatible::Ignore => found.list.clear(),
        }
        Ok(found)
    }

    /// The subjects that only the build script knows.
    fn add_given_subjects<'l>(&self, set: &SchemaSet, subjects: &mut Vec<Subject<'l>>, unused: &mut Vec<UnusedOption>) {
        let types = Types::new(set);
        for (name, subject) in &self.subjects {
            match types.find(name) {
                Some(ty) => {
                    if !subjects.iter().any(|other| other.ty == ty && other.subject == *subject) {
                        subjects.push(Subject { ty, subject: subject.clone(), released_as: None });
                    }
                }
                None => unused.push(UnusedOption::new(
                    format!("subject({name:?}, {subject:?})"),
                    "there is no such type, and no such file without a type name".to_owned(),
                    types.closest(name).map(str::to_owned),
                )),
            }
        }
    }
}

fn subject<'l>(lock: &'l Lock, checked: &CheckedSubject) -> Option<Subject<'l>> {
    let released_as: Option<&'l LockedVersion> =
        checked.released_as.and_then(|version| lock.version(&checked.subject, version));
    Some(Subject { ty: checked.ty?, subject: checked.subject.clone(), released_as })
}
