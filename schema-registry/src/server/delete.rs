//! Deleting, softly and for good. No I/O.

use super::refusal::Refusal;
use super::store::Store;
use super::subject::Subject;
use super::version::{Include, Version, VersionName};

impl Store {
    /// Deletes every version of a subject: softly, or for good what is soft-deleted already.
    pub(crate) fn delete_subject(&mut self, subject: &Subject, permanent: bool) -> Result<Vec<u32>, Refusal> {
        let versions = self.versions_of(subject, Include::All)?;
        if !permanent && versions.iter().all(|version| version.deleted) {
            return Err(Refusal::subject_soft_deleted(subject.as_str()));
        }
        self.require_writable(subject)?;
        let affected: Vec<_> = versions.iter().filter(|version| permanent || !version.deleted).collect();
        // Asked for all of them first, so that a refusal leaves everything as it was.
        for version in &affected {
            self.require_unreferenced(subject, version.number)?;
            if permanent && !version.deleted {
                return Err(Refusal::subject_not_soft_deleted(subject.as_str()));
            }
        }
        let numbers: Vec<_> = affected.iter().map(|version| version.number).collect();
        for number in &numbers {
            self.delete_entry(subject, *number, permanent);
        }
        Ok(numbers)
    }

    /// Deletes one version: softly, or for good when it is soft-deleted already.
    pub(crate) fn delete_version(
        &mut self,
        subject: &Subject,
        version: VersionName,
        permanent: bool,
    ) -> Result<u32, Refusal> {
        let Version { number, deleted, .. } = self.version_entry(subject, version, Include::All)?;
        if deleted && !permanent {
            return Err(Refusal::version_soft_deleted(subject.as_str(), number));
        }
        self.require_writable(subject)?;
        self.require_unreferenced(subject, number)?;
        if !deleted && permanent {
            return Err(Refusal::version_not_soft_deleted(subject.as_str(), number));
        }
        self.delete_entry(subject, number, permanent);
        Ok(number)
    }

    /// Forgets for good what is soft-deleted in a scope, which is about to be imported into.
    pub(super) fn clear_deleted(&mut self, scope: &Subject) -> Result<(), Refusal> {
        let subjects = self.contexts.values().flat_map(|context| &context.subjects);
        let deleted: Vec<_> = subjects
            .filter(|(subject, _)| scope.covers(subject))
            .flat_map(|(subject, versions)| versions.iter().map(|version| (Subject::parse(subject), *version)))
            .filter(|(_, version)| version.deleted)
            .map(|(subject, version)| (subject, version.number))
            .collect();
        for (subject, number) in &deleted {
            self.require_unreferenced(subject, *number)?;
        }
        for (subject, number) in &deleted {
            self.remove(subject, *number);
        }
        Ok(())
    }

    fn delete_entry(&mut self, subject: &Subject, number: u32, permanent: bool) {
        if permanent {
            self.remove(subject, number);
            return;
        }
        self.hide(subject, number);
        // A subject that comes back starts with the settings of its context.
        if self.versions_of(subject, Include::Live).is_err() {
            self.forget_settings(subject.as_str());
        }
    }
}
