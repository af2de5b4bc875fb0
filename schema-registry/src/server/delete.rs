//! Deleting, softly and for good. No I/O.

use super::refusal::Refusal;
use super::store::Store;
use super::subject::Subject;
use super::version::{Include, Version, VersionName};
use crate::frame::SchemaId;

impl Store {
    /// Deletes every version of a subject: softly, or for good what is soft-deleted already.
    pub(crate) fn delete_subject(&mut self, subject: &str, permanent: bool) -> Result<Vec<u32>, Refusal> {
        let subject = Subject::parse(subject);
        self.require_writable(&subject)?;
        let versions = self.versions_of(&subject, Include::All)?;
        let any_live = versions.iter().any(|version| !version.deleted);
        match (permanent, any_live) {
            (true, true) => return Err(Refusal::subject_not_soft_deleted(subject.as_str())),
            (false, false) => return Err(Refusal::subject_soft_deleted(subject.as_str())),
            _ => {}
        }
        let affected: Vec<_> =
            versions.iter().filter(|version| permanent || !version.deleted).map(|version| version.number).collect();
        // Asked for all of them first, so that a refusal leaves everything as it was.
        for number in &affected {
            self.require_unreferenced(&subject, *number)?;
        }
        for number in &affected {
            self.delete_entry(&subject, *number, permanent);
        }
        // A subject that comes back starts with the settings of its context.
        self.settings.forget(subject.as_str());
        Ok(affected)
    }

    /// Deletes one version: softly, or for good when it is soft-deleted already.
    pub(crate) fn delete_version(
        &mut self,
        subject: &str,
        version: VersionName,
        permanent: bool,
    ) -> Result<u32, Refusal> {
        let subject = Subject::parse(subject);
        self.require_writable(&subject)?;
        let Version { number, deleted, .. } = self.version_entry(&subject, version, Include::All)?;
        match (permanent, deleted) {
            (true, false) => return Err(Refusal::version_not_soft_deleted(subject.as_str(), number)),
            (false, true) => return Err(Refusal::version_soft_deleted(subject.as_str(), number)),
            _ => {}
        }
        self.require_unreferenced(&subject, number)?;
        self.delete_entry(&subject, number, permanent);
        Ok(number)
    }

    /// Forgets for good what is soft-deleted in a scope, which is about to be imported into.
    pub(super) fn clear_deleted(&mut self, scope: &Subject) {
        for context in self.contexts.values_mut() {
            for (_, versions) in context.subjects.iter_mut().filter(|(subject, _)| scope.covers(subject)) {
                versions.retain(|version| !version.deleted);
            }
            context.subjects.retain(|_, versions| !versions.is_empty());
            context.forget_unused_schemas();
        }
    }

    fn delete_entry(&mut self, subject: &Subject, number: u32, permanent: bool) {
        let Some(context) = self.contexts.get_mut(subject.context()) else { return };
        let Some(versions) = context.subjects.get_mut(subject.as_str()) else { return };
        if permanent {
            versions.retain(|version| version.number != number);
        } else if let Some(version) = versions.iter_mut().find(|version| version.number == number) {
            version.deleted = true;
        }
        if versions.is_empty() {
            context.subjects.remove(subject.as_str());
        }
        context.forget_unused_schemas();
    }

    fn require_unreferenced(&self, subject: &Subject, number: u32) -> Result<(), Refusal> {
        match self.referrers(subject, number).is_empty() {
            true => Ok(()),
            false => Err(Refusal::is_referenced(subject.as_str(), number)),
        }
    }

    /// The schemas of live versions that refer to this version.
    pub(super) fn referrers(&self, subject: &Subject, number: u32) -> Vec<SchemaId> {
        let mut ids = Vec::new();
        for (name, context) in &self.contexts {
            for version in context.subjects.values().flatten().filter(|version| !version.deleted) {
                let Some(stored) = context.schemas.get(&version.id) else { continue };
                let refers = stored.references.iter().any(|reference| {
                    reference.version == number && Subject::of_reference(name, &reference.subject) == *subject
                });
                if refers {
                    ids.push(version.id);
                }
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
