//! What changes in the store, one thing at a time: what a journal records, and what makes the same store again. No I/O.

use avro_model::{Leniency, Schema};
use serde::{Deserialize, Serialize};

use super::config::Config;
use super::refusal::Refusal;
use super::schema_type::SchemaType;
use super::store::{Format, Store, StoredSchema};
use super::subject::Subject;
use super::version::Version;
use crate::frame::SchemaId;
use crate::mode::Mode;
use crate::wire::{SchemaAnswer, VersionAnswer, guid_of};

/// A change that a request made. A request can make several.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "change")]
pub(super) enum Change {
    /// A live version at its place.
    Keep {
        #[serde(flatten)]
        version: VersionAnswer,
        /// The text with what is referred to, which need not be there any more when this is read again.
        #[serde(skip_serializing_if = "Option::is_none")]
        resolved: Option<String>,
    },
    /// A soft-deleted version.
    Hide {
        subject: String,
        version: u32,
    },
    /// A version that is gone.
    Remove {
        subject: String,
        version: u32,
    },
    /// The largest id of a context, if the schema that has it is gone.
    LastId {
        context: String,
        id: SchemaId,
    },
    Config {
        scope: String,
        config: Option<Config>,
    },
    Mode {
        scope: String,
        mode: Option<Mode>,
    },
}

impl Change {
    pub(super) fn keep(subject: &Subject, schema: &StoredSchema, version: &Version) -> Self {
        let resolved =
            (!schema.references.is_empty() && schema.schema.is_some()).then(|| schema.text_in(Format::Resolved));
        let (subject, schema) = (subject.as_str().to_owned(), schema.answer(Format::Stored));
        let version = VersionAnswer { subject, version: version.number, id: version.id, schema };
        Self::Keep { version, resolved }
    }
}

impl Store {
    /// The changes since this was last asked.
    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Makes a change that was recorded.
    ///
    /// # Errors
    /// When a schema in it cannot be read.
    pub(super) fn redo(&mut self, change: Change) -> Result<(), Refusal> {
        match change {
            Change::Keep { version, resolved } => {
                let VersionAnswer { subject, version: number, id, schema } = version;
                let stored = stored(schema, resolved)?;
                self.keep(&Subject::parse(&subject), stored, Version { number, id, deleted: false });
            }
            Change::Hide { subject, version } => self.hide(&Subject::parse(&subject), version),
            Change::Remove { subject, version } => self.remove(&Subject::parse(&subject), version),
            Change::LastId { context, id } => {
                let context = self.contexts.entry(context).or_default();
                context.last_id = context.last_id.max(id.get());
            }
            Change::Config { scope, config } => self.put_config(&scope, config),
            Change::Mode { scope, mode } => self.put_mode(&scope, mode),
        }
        self.changes.clear();
        Ok(())
    }

    /// The fewest changes that make this store of an empty one.
    pub(super) fn as_changes(&self) -> Vec<Change> {
        let mut changes = self.by_scope.as_changes();
        for (name, context) in &self.contexts {
            changes.push(Change::LastId { context: name.clone(), id: SchemaId::new(context.last_id) });
            let mut versions = Vec::new();
            for (subject, of_subject) in &context.subjects {
                for version in of_subject {
                    let Some(schema) = context.schemas.get(&version.id) else { continue };
                    // Of the ids of one content the newest comes last.
                    let ids = context.ids.get(&schema.guid).map(Vec::as_slice).unwrap_or_default();
                    let place = ids.iter().position(|id| *id == version.id);
                    versions.push((place, subject, version, schema));
                }
            }
            versions.sort_by_key(|(place, ..)| *place);
            for (_, subject, version, schema) in versions {
                changes.push(Change::keep(&Subject::parse(subject), schema, version));
                if version.deleted {
                    changes.push(Change::Hide { subject: subject.clone(), version: version.number });
                }
            }
        }
        changes
    }
}

fn stored(answer: SchemaAnswer, resolved: Option<String>) -> Result<StoredSchema, Refusal> {
    let SchemaAnswer { schema: text, schema_type, references, metadata, rule_set, .. } = answer;
    let schema_type = SchemaType::parse(schema_type.as_deref())?;
    let references = references.unwrap_or_default();
    let schema = match schema_type {
        SchemaType::Avro => {
            let complete = resolved.as_deref().unwrap_or(&text);
            let parsed = Schema::parse_leniently(complete, Leniency::ALL);
            Some(parsed.map_err(|error| Refusal::invalid_schema(&error))?)
        }
        SchemaType::Json | SchemaType::Protobuf => None,
    };
    let guid = guid_of(&text, &references, metadata.as_ref(), rule_set.as_ref());
    Ok(StoredSchema { schema_type, text, references, metadata, rule_set, schema, guid })
}
