//! Compatibility checks of the embedded registry, and the words in which Confluent's registry tells what it found. No I/O.

use avro_model::Schema;
use avro_model::compatibility::{Difference, Released, check};
use avro_model::resolution::{Mismatch, MismatchKind};

use super::refusal::Refusal;
use super::store::{Store, StoredSchema};
use super::subject::Subject;
use super::version::{Include, VersionName};
use crate::wire::{CompatibilityAnswer, SchemaRequest};

/// A longer schema is cut off in a message.
const LONGEST_SCHEMA_IN_MESSAGE: usize = 10 * 1024;

impl Store {
    /// Whether a schema could be registered: against the versions that the level asks for, or against
    /// `version` alone.
    pub(crate) fn check(
        &self,
        subject: &str,
        version: Option<VersionName>,
        request: &SchemaRequest<'_>,
        normalize: bool,
        verbose: bool,
    ) -> Result<CompatibilityAnswer, Refusal> {
        let subject = Subject::parse(subject);
        let messages = match version {
            None => {
                let candidate = self.read(&subject, request, normalize)?;
                self.incompatibilities(&subject, &candidate.schema)
            }
            Some(name) => {
                let earlier = match self.version_entry(&subject, name, Include::Live) {
                    Ok(version) => Some((version.number, &**self.stored(&subject, &version)?)),
                    // As with Confluent's registry, what is not there as the latest is compatible with everything.
                    Err(_) if name == VersionName::Latest => None,
                    Err(_) => return Err(Refusal::version_not_found(&name.to_string())),
                };
                let candidate = self.read(&subject, request, normalize)?;
                self.incompatibilities_with(&subject, earlier.as_slice(), &candidate.schema)
            }
        };
        Ok(CompatibilityAnswer { is_compatible: messages.is_empty(), messages: verbose.then_some(messages) })
    }

    /// What keeps a schema from being the next version of `subject`; nothing when it may be.
    pub(super) fn incompatibilities(&self, subject: &Subject, candidate: &Schema) -> Vec<String> {
        let live: Vec<_> =
            self.live(subject).into_iter().map(|(version, stored)| (version.number, &**stored)).collect();
        self.incompatibilities_with(subject, &live, candidate)
    }

    /// The messages for the newest version that does not go together with the schema; Confluent's registry looks no further.
    fn incompatibilities_with(
        &self,
        subject: &Subject,
        versions: &[(u32, &StoredSchema)],
        candidate: &Schema,
    ) -> Vec<String> {
        let level = self.effective_level(subject);
        let history: Vec<_> =
            versions.iter().map(|(version, stored)| Released { version: *version, schema: &stored.schema }).collect();
        let mut differences = check(level, candidate, &history);
        let Some(version) = differences.first().map(|difference| difference.version) else {
            return Vec::new();
        };
        differences.retain(|difference| difference.version == version);
        let text = versions.iter().find(|(number, _)| *number == version).map_or("", |(_, stored)| &stored.text);
        let (backward, forward): (Vec<_>, Vec<_>) =
            differences.iter().partition(|difference| difference.reader_is_new());
        let tells_schema = !(level.is_backward() && backward.is_empty());
        let mut messages: Vec<_> = forward.into_iter().chain(backward).map(message).collect();
        // With FULL it is the backward half that says which schema was meant.
        if tells_schema {
            messages.push(format!("{{oldSchemaVersion: {version}}}"));
            messages.push(old_schema(text));
        }
        messages.push(format!("{{validateFields: 'false', compatibility: '{level}'}}"));
        messages
    }
}

fn old_schema(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SCHEMA_IN_MESSAGE) {
        None => format!("{{oldSchema: '{text}'}}"),
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            format!("{{oldSchema: <truncated to {LONGEST_SCHEMA_IN_MESSAGE} characters> '{start}'}}")
        }
    }
}

fn message(difference: &Difference) -> String {
    let (reader, writer) = if difference.reader_is_new() { ("new", "old") } else { ("old", "new") };
    let Mismatch { kind, path, .. } = &difference.mismatch;
    let message = difference.mismatch.java_message();
    let description = match kind {
        MismatchKind::FixedSizeMismatch => format!(
            "The size of FIXED type field at path '{path}' in the {reader} schema does not match with the {writer} schema"
        ),
        MismatchKind::TypeMismatch => {
            format!(
                "The type (path '{path}') of a field in the {reader} schema does not match with the {writer} schema"
            )
        }
        MismatchKind::NameMismatch => format!("The name of the schema has changed (path '{path}')"),
        MismatchKind::MissingEnumSymbols => {
            format!("The {reader} schema is missing enum symbols '{message}' at path '{path}' in the {writer} schema")
        }
        MismatchKind::MissingUnionBranch => format!(
            "The {reader} schema is missing a type inside a union field at path '{path}' in the {writer} schema"
        ),
        MismatchKind::ReaderFieldMissingDefaultValue => format!(
            "The field '{message}' at path '{path}' in the {reader} schema has no default value and is missing in the \
             {writer} schema"
        ),
        _ => message.clone(),
    };
    format!("{{errorType:'{kind}', description:'{description}', additionalInfo:'{message}'}}")
}
