//! What is asked of the store without changing it. No I/O.

use std::collections::BTreeMap;
use std::sync::Arc;

use avro_model::Guid;

use super::read::Candidate;
use super::refusal::Refusal;
use super::register::holds;
use super::request::SchemaRequest;
use super::store::{Context, Format, Store, StoredSchema};
use super::subject::{DEFAULT_CONTEXT, Subject};
use super::version::{Include, Version, VersionName};
use crate::frame::SchemaId;
use crate::metadata::Metadata;
use crate::wire::{ContextId, UseAnswer, VersionAnswer};

/// In front of a prefix: in every context.
const ANY_CONTEXT: &str = ":*:";

impl Store {
    /// The version that holds the schema: of `subject`, or of the subject of this name in another context.
    pub(crate) fn look_up(
        &self,
        subject: &Subject,
        request: &SchemaRequest,
        normalize: bool,
        include: Include,
        format: Format,
    ) -> Result<VersionAnswer, Refusal> {
        request.require_supported()?;
        let normalize = normalize || self.effective_config(subject).normalize == Some(true);
        if let Some(version) = self.find(subject, request, normalize, include)? {
            return self.answer(subject, &version, format);
        }
        for other in self.namesakes(subject) {
            // What refers to something that this context lacks is not here.
            if let Ok(Some(version)) = self.find(&other, request, normalize, include) {
                return self.answer(&other, &version, format);
            }
        }
        self.versions_of(subject, include)?;
        Err(Refusal::schema_not_found())
    }

    /// The version of `subject` that holds the schema. An omitted schema is not found.
    pub(super) fn find(
        &self,
        subject: &Subject,
        request: &SchemaRequest,
        normalize: bool,
        include: Include,
    ) -> Result<Option<Version>, Refusal> {
        let Some(text) = request.text() else { return Ok(None) };
        let references = request.references.as_deref().unwrap_or_default();
        let metadata = request.metadata.clone();
        let any_version = !metadata.as_ref().is_some_and(Metadata::has_version);
        let (schema_type, rule_set) = (request.schema_type()?, request.rule_set());
        let candidate = Candidate { schema_type, text, references, metadata, rule_set, normalize, is_new: false };
        let candidate = self.read(subject, candidate)?;
        let mut versions = self.versions_of(subject, include).unwrap_or_default();
        // The newest one, should a deleted version and its successor hold the same schema; but the same content comes
        // first.
        versions.reverse();
        let holder = |any_version| {
            let holds = |version: &&Version| {
                self.stored(subject, version).is_ok_and(|stored| holds(stored, &candidate, any_version))
            };
            versions.iter().find(holds).copied()
        };
        Ok(holder(false).or_else(|| any_version.then(|| holder(true)).flatten()))
    }

    pub(crate) fn versions(&self, subject: &Subject, include: Include) -> Result<Vec<u32>, Refusal> {
        Ok(self.versions_of(subject, include)?.iter().map(|version| version.number).collect())
    }

    /// The same, with a minus before what is soft-deleted.
    pub(crate) fn signed_versions(&self, subject: &Subject, include: Include) -> Result<Vec<i64>, Refusal> {
        let signed = |version: &Version| match (i64::from(version.number), version.deleted) {
            (number, true) => -number,
            (number, false) => number,
        };
        Ok(self.versions_of(subject, include)?.iter().map(signed).collect())
    }

    /// A version of `subject`, or of the subject of this name in another context.
    pub(crate) fn version(
        &self,
        subject: &Subject,
        version: VersionName,
        include: Include,
        format: Format,
    ) -> Result<VersionAnswer, Refusal> {
        let (subject, version) = self.version_anywhere(subject, version, include)?;
        self.answer(&subject, &version, format)
    }

    /// The newest version whose metadata has these properties.
    pub(crate) fn latest_with(
        &self,
        subject: &Subject,
        properties: &[(String, String)],
        include: Include,
        format: Format,
    ) -> Result<VersionAnswer, Refusal> {
        let versions = self.versions_of(subject, include)?;
        let has_them = |version: &&Version| {
            let metadata = self.stored(subject, version).ok().and_then(|stored| stored.metadata.as_ref());
            metadata.is_some_and(|metadata| {
                properties.iter().all(|(key, value)| metadata.property(key) == Some(value.as_str()))
            })
        };
        let found = versions.iter().rev().find(has_them);
        self.answer(subject, found.ok_or_else(Refusal::schema_not_found)?, format)
    }

    /// The ids of the schemas that refer to a version.
    pub(crate) fn referenced_by(&self, subject: &Subject, version: VersionName) -> Result<Vec<SchemaId>, Refusal> {
        let (subject, version) = self.version_anywhere(subject, version, Include::All)?;
        Ok(self.referrers(&subject, version.number))
    }

    fn version_anywhere(
        &self,
        subject: &Subject,
        name: VersionName,
        include: Include,
    ) -> Result<(Subject, Version), Refusal> {
        let own = match self.version_entry(subject, name, include) {
            Ok(version) => return Ok((subject.clone(), version)),
            Err(refusal) => refusal,
        };
        let found = |other: Subject| Some((other.clone(), self.version_entry(&other, name, include).ok()?));
        self.namesakes(subject).into_iter().find_map(found).ok_or(own)
    }

    /// The subjects of this name in other contexts: what is not in the default context is looked for there.
    fn namesakes(&self, subject: &Subject) -> Vec<Subject> {
        if !subject.is_in_default_context() {
            return Vec::new();
        }
        let others = self.contexts.keys().filter(|context| *context != DEFAULT_CONTEXT);
        let namesakes = others.map(|context| subject.in_context(context));
        namesakes.filter(|other| self.versions_of(other, Include::All).is_ok()).collect()
    }

    /// The subjects whose qualified names begin with `prefix`; those of all contexts when it is empty.
    pub(crate) fn subjects(&self, prefix: &str, include: Include) -> Vec<String> {
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
                listed && begins(subject, prefix)
            })
            .map(|(subject, _)| subject.clone())
            .collect();
        subjects.sort_unstable();
        subjects
    }

    /// The schema with an id, in the context of `subject`.
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
        let uses = context.uses.get(&id).into_iter().flatten().filter(|(subject, number)| {
            let name = VersionName::Number(*number);
            self.version_entry(&Subject::parse(subject), name, include).is_ok()
        });
        Ok(uses.map(|(subject, version)| UseAnswer { subject: subject.clone(), version: *version }).collect())
    }

    /// The largest id of the context of `subject`.
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
            Some((*context.ids.get(&guid?)?.last()?, context))
        };
        self.contexts().into_iter().filter_map(move |name| found(name).map(|(id, context)| (name, id, context)))
    }

    /// Ids mean something in a context. A subject of the default context that does not use the id leads to another
    /// context, where its namesake does; a subject of another context has to use the id.
    fn context_of_id(&self, id: SchemaId, subject: Option<&str>) -> Option<&Context> {
        let subject = self.subject(subject.unwrap_or_default());
        let own = self.context_of(&subject);
        let uses = |subject: &Subject| {
            let context = self.context_of(subject)?;
            context.uses.get(&id)?.iter().any(|(other, _)| other == subject.as_str()).then_some(context)
        };
        if subject.name().is_empty() {
            return own;
        }
        if !subject.is_in_default_context() {
            return uses(&subject);
        }
        uses(&subject).or_else(|| self.namesakes(&subject).iter().find_map(uses)).or(own)
    }

    /// The subjects with aliases that begin with `prefix`, and these.
    pub(crate) fn aliases(&self, prefix: &str) -> BTreeMap<String, Vec<String>> {
        let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for alias in self.by_scope.with_alias().filter(|alias| begins(alias, prefix)) {
            let subject = self.subject(alias);
            if subject.as_str() != alias {
                aliases.entry(subject.as_str().to_owned()).or_default().push(alias.to_owned());
            }
        }
        aliases
    }

    fn answer(&self, subject: &Subject, version: &Version, format: Format) -> Result<VersionAnswer, Refusal> {
        let schema = self.stored(subject, version)?.answer(format);
        Ok(VersionAnswer { subject: subject.as_str().to_owned(), version: version.number, id: version.id, schema })
    }
}

/// Whether a qualified subject begins with a prefix, which can leave out the context.
fn begins(subject: &str, prefix: &str) -> bool {
    match prefix.strip_prefix(ANY_CONTEXT) {
        Some(prefix) => Subject::parse(subject).name().starts_with(prefix),
        None => subject.starts_with(prefix),
    }
}
