//! Adding and removing single versions, with everything that follows from which there are: schemas, ids, who refers to
//! what. Nothing else changes these, and none of it looks at more than the version's own subject, schema and
//! references. No I/O.

use std::sync::Arc;

use super::change::Change;
use super::refusal::Refusal;
use super::store::{Store, StoredSchema};
use super::subject::Subject;
use super::version::Version;
use crate::frame::SchemaId;

impl Store {
    /// Keeps a live version at its place, instead of one with its number.
    pub(super) fn keep(&mut self, subject: &Subject, schema: StoredSchema, version: Version) {
        self.remove(subject, version.number);
        self.changes.push(Change::keep(subject, &schema, &version));
        let context = self.contexts.entry(subject.context().to_owned()).or_default();
        context.last_id = context.last_id.max(version.id.get());
        let ids = context.ids.entry(schema.guid).or_default();
        ids.retain(|id| *id != version.id);
        ids.push(version.id);
        context.schemas.entry(version.id).or_insert_with(|| Arc::new(schema));
        context.uses.entry(version.id).or_default().insert((subject.as_str().to_owned(), version.number));
        let versions = context.subjects.entry(subject.as_str().to_owned()).or_default();
        let place = versions.partition_point(|other| other.number < version.number);
        versions.insert(place, version);
        self.count_references(subject, version.id, true);
    }

    /// Marks a version as deleted.
    pub(super) fn hide(&mut self, subject: &Subject, number: u32) {
        let Some(version) = self.entry(subject, number).filter(|version| !version.deleted) else { return };
        version.deleted = true;
        let id = version.id;
        self.changes.push(Change::Hide { subject: subject.as_str().to_owned(), version: number });
        self.count_references(subject, id, false);
    }

    /// Forgets a version, and its schema with it when no other version holds it. Ids are not given out again.
    pub(super) fn remove(&mut self, subject: &Subject, number: u32) {
        let Some(version) = self.entry(subject, number).copied() else { return };
        self.changes.push(Change::Remove { subject: subject.as_str().to_owned(), version: number });
        if !version.deleted {
            self.count_references(subject, version.id, false);
        }
        let Some(context) = self.contexts.get_mut(subject.context()) else { return };
        if let Some(versions) = context.subjects.get_mut(subject.as_str()) {
            versions.retain(|other| other.number != number);
            if versions.is_empty() {
                context.subjects.remove(subject.as_str());
            }
        }
        let Some(uses) = context.uses.get_mut(&version.id) else { return };
        uses.remove(&(subject.as_str().to_owned(), number));
        if !uses.is_empty() {
            return;
        }
        context.uses.remove(&version.id);
        let Some(schema) = context.schemas.remove(&version.id) else { return };
        if let Some(ids) = context.ids.get_mut(&schema.guid) {
            ids.retain(|id| *id != version.id);
            if ids.is_empty() {
                context.ids.remove(&schema.guid);
            }
        }
    }

    /// The schemas of live versions that refer to this version.
    pub(super) fn referrers(&self, subject: &Subject, number: u32) -> Vec<SchemaId> {
        let referrers = self.referrers.get(&(subject.as_str().to_owned(), number));
        let mut ids: Vec<_> = referrers.into_iter().flat_map(|referrers| referrers.keys().map(|(_, id)| *id)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    pub(super) fn require_unreferenced(&self, subject: &Subject, number: u32) -> Result<(), Refusal> {
        match self.referrers(subject, number).is_empty() {
            true => Ok(()),
            false => Err(Refusal::is_referenced(subject.as_str(), number)),
        }
    }

    fn entry(&mut self, subject: &Subject, number: u32) -> Option<&mut Version> {
        let versions = self.contexts.get_mut(subject.context())?.subjects.get_mut(subject.as_str())?;
        // `None` for a version that does not exist.
        let place = versions.binary_search_by_key(&number, |version| version.number).ok()?;
        versions.get_mut(place)
    }

    /// Notes that one live version more, or one less, holds the schema.
    fn count_references(&mut self, subject: &Subject, id: SchemaId, more: bool) {
        let context = subject.context();
        let Some(schema) = self.contexts.get(context).and_then(|context| context.schemas.get(&id)).map(Arc::clone)
        else {
            debug_assert!(false, "the schema of a version is kept as long as the version");
            return;
        };
        for reference in &schema.references {
            let referred = (Subject::of_reference(context, &reference.subject).as_str().to_owned(), reference.version);
            let by = (context.to_owned(), id);
            if more {
                *self.referrers.entry(referred).or_default().entry(by).or_default() += 1;
                continue;
            }
            let Some(referrers) = self.referrers.get_mut(&referred) else { continue };
            if let Some(count) = referrers.get_mut(&by) {
                *count -= 1;
                if *count == 0 {
                    referrers.remove(&by);
                }
            }
            if referrers.is_empty() {
                self.referrers.remove(&referred);
            }
        }
    }
}
