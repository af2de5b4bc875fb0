//! What is asked of the store without changing it. No I/O.

use std::sync::Arc;

use avro_model::Guid;

use super::refusal::Refusal;
use super::register::holds;
use super::store::{Context, Format, Store, StoredSchema};
use super::subject::{DEFAULT_CONTEXT, Subject};
use super::version::{Include, Version, VersionName};
use crate::frame::SchemaId;
use crate::wire::{ContextId, SchemaRequest, UseAnswer, VersionAnswer};

/// In front of a prefix: in every context.
const ANY_CONTEXT: &str = ":*:";

impl Store {
    /// The version of `subject` that holds the schema.
    pub(crate) fn look_up(
        &self,
        subject: &str,
        request: &SchemaRequest<'_>,
        normalize: bool,
        include: Include,
        format: Format,
    ) -> Result<VersionAnswer, Refusal> {
        let subject = Subject::parse(subject);
        let versions = self.versions_of(&subject, include)?;
        let candidate = self.read(&subject, request, normalize)?;
        // The newest one, should a deleted version and its successor hold the same schema.
        let version = versions
            .iter()
            .rev()
            .find(|version| self.stored(&subject, version).is_ok_and(|stored| holds(stored, &candidate)));
        self.answer(&subject, version.ok_or_else(Refusal::schema_not_found)?, format)
    }

    pub(crate) fn versions(&self, subject: &str, include: Include) -> Result<Vec<u32>, Refusal> {
        Ok(self.versions_of(&Subject::parse(subject), include)?.iter().map(|version| version.number).collect())
    }

    pub(crate) fn version(
        &self,
        subject: &str,
        version: VersionName,
        include: Include,
        format: Format,
    ) -> Result<VersionAnswer, Refusal> {
        let subject = Subject::parse(subject);
        self.answer(&subject, &self.version_entry(&subject, version, include)?, format)
    }

    /// The ids of the schemas that refer to a version.
    pub(crate) fn referenced_by(&self, subject: &str, version: VersionName) -> Result<Vec<SchemaId>, Refusal> {
        let subject = Subject::parse(subject);
        let number = self.version_entry(&subject, version, Include::All)?.number;
        Ok(self.referrers(&subject, number))
    }

    /// The subjects whose qualified names begin with `prefix`; those of all contexts when it is empty.
    pub(crate) fn subjects(&self, prefix: &str, include: Include) -> Vec<String> {
        let any_context = prefix.strip_prefix(ANY_CONTEXT);
        let begins = |subject: &str| match any_context {
            Some(prefix) => Subject::parse(subject).name().starts_with(prefix),
            None => subject.starts_with(prefix),
        };
        let mut subjects: Vec<_> = self
            .contexts
            .values()
            .flat_map(|context| &context.subjects)
            .filter(|(subject, versions)| {
                let listed = match include {
                    // A subject counts as deleted when nothing of it is live.
                    Include::DeletedOnly => versions.iter().all(|version| version.deleted),
                    _ => versions.iter().any(|version| include.covers(version)),
                };
                listed && begins(subject)
            })
            .map(|(subject, _)| subject.clone())
            .collect();
        subjects.sort_unstable();
        subjects
    }

    /// The schema with an id, in the context that `subject` says.
    pub(crate) fn schema(&self, id: SchemaId, subject: Option<&str>) -> Result<&Arc<StoredSchema>, Refusal> {
        let context = self.context_of_id(id, subject);
        context.and_then(|context| context.schemas.get(&id)).ok_or_else(Refusal::schema_not_found)
    }

    /// Where a schema is used: subjects and versions.
    pub(crate) fn uses(
        &self,
        id: SchemaId,
        subject: Option<&str>,
        include: Include,
    ) -> Result<Vec<UseAnswer>, Refusal> {
        let context = self.context_of_id(id, subject).filter(|context| context.schemas.contains_key(&id));
        let context = context.ok_or_else(Refusal::schema_not_found)?;
        let mut uses = Vec::new();
        for (subject, versions) in &context.subjects {
            let matching = versions.iter().filter(|version| version.id == id && include.covers(version));
            uses.extend(matching.map(|version| UseAnswer { subject: subject.clone(), version: version.number }));
        }
        Ok(uses)
    }

    /// The largest id of the context that `subject` says.
    pub(crate) fn largest_id(&self, subject: Option<&str>) -> u32 {
        let subject = Subject::parse(subject.unwrap_or_default());
        self.context_of(&subject).map_or(0, |context| context.last_id)
    }

    /// The schema with a GUID, in whichever context.
    pub(crate) fn schema_by_guid(&self, guid: &str) -> Result<&Arc<StoredSchema>, Refusal> {
        let (_, id, context) = self.found_by_guid(guid).next().ok_or_else(|| Refusal::guid_not_found(guid))?;
        context.schemas.get(&id).ok_or_else(|| Refusal::guid_not_found(guid))
    }

    /// The ids of a schema, one for each context that has it.
    pub(crate) fn ids_of_guid(&self, guid: &str) -> Result<Vec<ContextId>, Refusal> {
        let found = self.found_by_guid(guid).map(|(name, id, _)| ContextId { context: name.to_owned(), id });
        let ids: Vec<_> = found.collect();
        if ids.is_empty() {
            return Err(Refusal::guid_not_found(guid));
        }
        Ok(ids)
    }

    fn found_by_guid(&self, guid: &str) -> impl Iterator<Item = (&str, SchemaId, &Context)> {
        let guid: Option<Guid> = guid.parse().ok();
        let found = move |name: &'_ str| -> Option<(SchemaId, &Context)> {
            let context = self.contexts.get(name)?;
            Some((*context.ids.get(&guid?)?, context))
        };
        self.contexts().into_iter().filter_map(move |name| found(name).map(|(id, context)| (name, id, context)))
    }

    /// Ids mean something in a context. A subject without one means the default context, or the one that has both the subject
    /// and the id.
    fn context_of_id(&self, id: SchemaId, subject: Option<&str>) -> Option<&Context> {
        let subject = Subject::parse(subject.unwrap_or_default());
        let own = self.context_of(&subject);
        if subject.context() != DEFAULT_CONTEXT || subject.name().is_empty() {
            return own;
        }
        let holds = |context: &Context| {
            context.subjects.iter().any(|(other, versions)| {
                Subject::parse(other).name() == subject.name() && versions.iter().any(|version| version.id == id)
            })
        };
        own.into_iter().chain(self.contexts.values()).find(|context| holds(context)).or(own)
    }

    fn answer(&self, subject: &Subject, version: &Version, format: Format) -> Result<VersionAnswer, Refusal> {
        let schema = self.stored(subject, version)?.answer(format);
        Ok(VersionAnswer { subject: subject.as_str().to_owned(), version: version.number, id: version.id, schema })
    }
}
