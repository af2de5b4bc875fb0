//! What the embedded registry knows: contexts with their subjects and schemas, configs and modes. No I/O, no HTTP.
//!
//! How that changes and what is asked of it is in the other files: `register`, `delete`, `keep`, `look_up`, `check`,
//! `config_and_mode`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use avro_model::{Guid, Schema};

use super::change::Change;
use super::config_and_mode::ConfigsAndModes;
use super::refusal::Refusal;
use super::schema_type::SchemaType;
use super::subject::{DEFAULT_CONTEXT, Subject};
use super::version::{Include, Version, VersionName};
use crate::frame::SchemaId;
use crate::metadata::Metadata;
use crate::rule_set::RuleSet;
use crate::schema::SchemaReference;
use crate::wire::SchemaAnswer;

/// Everything. A context is in here once something was registered in it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Store {
    pub(super) contexts: BTreeMap<String, Context>,
    pub(super) by_scope: ConfigsAndModes,
    /// Which schemas, each with its context, refer to a version of a subject, and in how many live versions each is.
    pub(super) referrers: HashMap<(String, u32), BTreeMap<(String, SchemaId), usize>>,
    /// What has changed and is not recorded yet.
    pub(super) changes: Vec<Change>,
}

/// Subjects and schemas of a context, which has its own ids.
#[derive(Debug, Default, Clone)]
pub(super) struct Context {
    pub(super) schemas: BTreeMap<SchemaId, Arc<StoredSchema>>,
    /// By content. The GUID identifies text, references, metadata and rules together. The newest id comes last; there
    /// are several only where they were imported.
    pub(super) ids: HashMap<Guid, Vec<SchemaId>>,
    /// The versions, live or soft-deleted, that hold a schema. A schema without any is gone.
    pub(super) uses: HashMap<SchemaId, BTreeSet<(String, u32)>>,
    pub(super) last_id: u32,
    /// By qualified name; the versions in the order of their numbers. A subject is in here as long as it has a version,
    /// live or soft-deleted.
    pub(super) subjects: BTreeMap<String, Vec<Version>>,
}

/// A schema with everything that is ever asked of it.
#[derive(Debug)]
pub(crate) struct StoredSchema {
    pub(crate) schema_type: SchemaType,
    /// As Java prints it, with only the names of what is referred to.
    pub(crate) text: String,
    pub(crate) references: Vec<SchemaReference>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) rule_set: Option<RuleSet>,
    /// With what is referred to; `None` for a schema that is not Avro, whose text is as it came.
    pub(crate) schema: Option<Schema>,
    pub(crate) guid: Guid,
}

/// In which form the text of a schema is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Stored,
    /// What is referred to is part of it.
    Resolved,
}

impl Format {
    /// Reads the parameter. An unknown format is not an error: newer registries have more of them.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        if text == Some("resolved") { Self::Resolved } else { Self::Stored }
    }
}

impl StoredSchema {
    pub(crate) fn text_in(&self, format: Format) -> String {
        match (format, &self.schema) {
            (Format::Resolved, Some(schema)) => schema.to_json(),
            (Format::Stored, _) | (Format::Resolved, None) => self.text.clone(),
        }
    }

    pub(crate) fn answer(&self, format: Format) -> SchemaAnswer {
        SchemaAnswer {
            guid: Some(self.guid.to_string()),
            schema: self.text_in(format),
            schema_type: self.schema_type.in_answer(),
            references: (!self.references.is_empty()).then(|| self.references.clone()),
            metadata: self.metadata.clone(),
            rule_set: self.rule_set.clone(),
        }
    }
}

impl Context {
    /// The live versions of a subject, oldest first; empty if there is no such subject.
    pub(super) fn live<'s>(&'s self, subject: &Subject) -> impl DoubleEndedIterator<Item = &'s Version> + use<'s> {
        let versions = self.subjects.get(subject.as_str()).map(Vec::as_slice).unwrap_or_default();
        versions.iter().filter(|version| !version.deleted)
    }
}

impl Store {
    /// The context of a subject, once something was registered in it.
    pub(super) fn context_of(&self, subject: &Subject) -> Option<&Context> {
        self.contexts.get(subject.context())
    }

    /// The names of the contexts, the default one first.
    pub(crate) fn contexts(&self) -> Vec<&str> {
        let others = self.contexts.keys().map(String::as_str).filter(|name| *name != DEFAULT_CONTEXT);
        std::iter::once(DEFAULT_CONTEXT).chain(others).collect()
    }

    /// The live versions of a subject with their schemas, oldest first.
    pub(super) fn live(&self, subject: &Subject) -> Vec<(Version, &Arc<StoredSchema>)> {
        let Some(context) = self.context_of(subject) else { return Vec::new() };
        context.live(subject).filter_map(|version| Some((*version, context.schemas.get(&version.id)?))).collect()
    }

    pub(super) fn versions_of(&self, subject: &Subject, include: Include) -> Result<Vec<Version>, Refusal> {
        let versions = self.context_of(subject).and_then(|context| context.subjects.get(subject.as_str()));
        let versions = versions.map(Vec::as_slice).unwrap_or_default();
        let found: Vec<_> = versions.iter().filter(|version| include.covers(version)).copied().collect();
        // A subject of which nothing is deleted is there all the same.
        if found.is_empty() && (versions.is_empty() || include != Include::DeletedOnly) {
            return Err(Refusal::subject_not_found(subject.as_str()));
        }
        Ok(found)
    }

    pub(super) fn version_entry(
        &self,
        subject: &Subject,
        name: VersionName,
        include: Include,
    ) -> Result<Version, Refusal> {
        let versions = self.versions_of(subject, include)?;
        let found = match name {
            // What is soft-deleted is never the latest, however many of those are asked for.
            VersionName::Latest => versions.iter().rfind(|version| !version.deleted),
            VersionName::Number(number) => versions.iter().find(|version| version.number == number),
        };
        found.copied().ok_or_else(|| Refusal::version_not_found(&name.to_string()))
    }

    /// The schema of a version.
    pub(super) fn stored(&self, subject: &Subject, version: &Version) -> Result<&Arc<StoredSchema>, Refusal> {
        let schema = self.context_of(subject).and_then(|context| context.schemas.get(&version.id));
        schema.ok_or_else(Refusal::schema_not_found)
    }
}
