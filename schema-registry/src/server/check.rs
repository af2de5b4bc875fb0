//! Compatibility checks of the embedded registry, and the words in which Confluent's registry tells what it found. No
//! I/O.

use std::sync::Arc;

use avro_model::compatibility::{Baseline, CompatibilityLevel, Difference, check};
use avro_model::resolution::{Mismatch, MismatchKind};

use super::read::Candidate;
use super::refusal::Refusal;
use super::request::SchemaRequest;
use super::store::{Store, StoredSchema};
use super::subject::Subject;
use super::version::{Include, Version, VersionName};
use crate::error_code::ErrorCode;
use crate::wire::CompatibilityAnswer;

/// A longer schema is cut off in a message.
const LONGEST_SCHEMA_IN_MESSAGE: usize = 10 * 1024;

impl Store {
    /// Whether a schema could be registered: against the versions that the level asks for, or against
    /// `version` alone.
    pub(crate) fn check(
        &self,
        subject: &Subject,
        version: Option<VersionName>,
        request: &SchemaRequest,
        normalize: bool,
        verbose: bool,
    ) -> Result<CompatibilityAnswer, Refusal> {
        let against = match version {
            None => self.live(subject),
            Some(name) => match self.version_entry(subject, name, Include::Live) {
                Ok(version) => vec![(version, self.stored(subject, &version)?)],
                // As with Confluent's registry, what is not there as the latest is compatible with everything.
                Err(_) if name == VersionName::Latest => Vec::new(),
                Err(_) => return Err(Refusal::version_not_found(&name.to_string())),
            },
        };
        let messages = match self.candidate(subject, request, normalize) {
            Ok(candidate) => self.incompatibilities_with(subject, &against, &candidate),
            // Who asks for messages gets this one, too, as a message.
            Err(refusal) if verbose && refusal.code == ErrorCode::InvalidSchema => vec![refusal.message],
            Err(refusal) => return Err(refusal),
        };
        Ok(CompatibilityAnswer { is_compatible: messages.is_empty(), messages: verbose.then_some(messages) })
    }

    fn candidate(&self, subject: &Subject, request: &SchemaRequest, normalize: bool) -> Result<StoredSchema, Refusal> {
        request.require_supported()?;
        let text = request.text().ok_or_else(Refusal::empty_schema)?;
        let references = request.references.as_deref().unwrap_or_default();
        let metadata = request.metadata.clone();
        self.read(subject, Candidate { text, references, metadata, normalize, is_new: true })
    }

    /// What keeps a schema from being the next version of `subject`; nothing when it may be.
    pub(super) fn incompatibilities(&self, subject: &Subject, candidate: &StoredSchema) -> Vec<String> {
        self.incompatibilities_with(subject, &self.live(subject), candidate)
    }

    /// The messages for reserved fields, and for the newest version that does not go together with the schema;
    /// Confluent's registry looks no further.
    fn incompatibilities_with(
        &self,
        subject: &Subject,
        versions: &[(Version, &Arc<StoredSchema>)],
        candidate: &StoredSchema,
    ) -> Vec<String> {
        let config = self.effective_config(subject);
        debug_assert!(config.level.is_some(), "there is always a level that counts");
        let level = config.level.unwrap_or_default();
        let mut messages = config.reserved_fields(candidate, versions.last().map(|(_, stored)| &***stored));
        messages.extend(differences(
            level,
            versions.iter().filter(|(_, stored)| config.compares(stored, candidate)),
            candidate,
        ));
        if !messages.is_empty() {
            let validate_fields = config.validate_fields == Some(true);
            messages.push(format!("{{validateFields: '{validate_fields}', compatibility: '{level}'}}"));
        }
        messages
    }
}

fn differences<'s>(
    level: CompatibilityLevel,
    versions: impl Iterator<Item = &'s (Version, &'s Arc<StoredSchema>)>,
    candidate: &StoredSchema,
) -> Vec<String> {
    let versions: Vec<_> = versions.collect();
    let history: Vec<_> =
        versions.iter().map(|(version, stored)| Baseline::version(version.number, &stored.schema)).collect();
    let mut differences = check(level, &candidate.schema, &history);
    let Some(version) = differences.first().and_then(|difference| difference.baseline.version()) else {
        return Vec::new();
    };
    differences.retain(|difference| difference.baseline.version() == Some(version));
    let text = versions.iter().find(|(other, _)| other.number == version).map(|(_, stored)| stored.text.as_str());
    debug_assert!(text.is_some(), "a difference is with one of the versions that were compared");
    let text = text.unwrap_or_default();
    let (backward, forward): (Vec<_>, Vec<_>) = differences.iter().partition(|difference| difference.reader_is_new());
    let tells_schema = !(level.is_backward() && backward.is_empty());
    let mut messages: Vec<_> = forward.into_iter().chain(backward).map(message).collect();
    // With FULL it is the backward half that names the schema.
    if tells_schema {
        messages.push(format!("{{oldSchemaVersion: {version}}}"));
        messages.push(old_schema(text));
    }
    messages
}

fn old_schema(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SCHEMA_IN_MESSAGE) {
        None => format!("{{oldSchema: '{text}'}}"),
        Some((end, _)) => {
            let start = text.get(..end);
            debug_assert!(start.is_some(), "a character begins there");
            let start = start.unwrap_or_default();
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
