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

/// What Confluent's registry finds where a subject would get schemas of several types.
const OTHER_TYPE: &str = "Incompatible because of different schema type";

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
            Ok(candidate) => self.incompatibilities_with(subject, &against, &candidate)?,
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
        let (schema_type, metadata, rule_set) = (request.schema_type()?, request.metadata.clone(), request.rule_set());
        self.read(subject, Candidate { schema_type, text, references, metadata, rule_set, normalize, is_new: true })
    }

    /// What keeps a schema from being the next version of `subject`; nothing when it may be.
    pub(super) fn incompatibilities(
        &self,
        subject: &Subject,
        candidate: &StoredSchema,
    ) -> Result<Vec<String>, Refusal> {
        self.incompatibilities_with(subject, &self.live(subject), candidate)
    }

    /// The messages for reserved fields, and for the newest version that does not go together with the schema;
    /// Confluent's registry looks no further.
    fn incompatibilities_with(
        &self,
        subject: &Subject,
        versions: &[(Version, &Arc<StoredSchema>)],
        candidate: &StoredSchema,
    ) -> Result<Vec<String>, Refusal> {
        let config = self.effective_config(subject);
        debug_assert!(config.level.is_some(), "there is always a level that counts");
        let level = config.level.unwrap_or_default();
        let mut messages = config.reserved_fields(candidate, versions.last().map(|(_, stored)| &***stored));
        let compared: Vec<_> = versions.iter().filter(|(_, stored)| config.compares(stored, candidate)).collect();
        messages.extend(differences(subject, level, &compared, candidate)?);
        if !messages.is_empty() {
            let validate_fields = config.validate_fields == Some(true);
            messages.push(format!("{{validateFields: '{validate_fields}', compatibility: '{level}'}}"));
        }
        Ok(messages)
    }
}

/// A schema of another type is incompatible; those that are not Avro cannot be compared here.
fn differences(
    subject: &Subject,
    level: CompatibilityLevel,
    versions: &[&(Version, &Arc<StoredSchema>)],
    candidate: &StoredSchema,
) -> Result<Vec<String>, Refusal> {
    let compared =
        if level.is_transitive() { versions } else { versions.last().map(std::slice::from_ref).unwrap_or_default() };
    if level == CompatibilityLevel::None || compared.is_empty() {
        return Ok(Vec::new());
    }
    if compared.iter().any(|(_, stored)| stored.schema_type != candidate.schema_type) {
        return Ok(vec![OTHER_TYPE.to_owned()]);
    }
    let Some(schema) = &candidate.schema else {
        return Err(Refusal::not_comparable(subject.as_str(), candidate.schema_type, level));
    };
    let history = compared.iter().filter_map(|(version, stored)| Some((version.number, stored.schema.as_ref()?)));
    let history: Vec<_> = history.map(|(number, schema)| Baseline::version(number, schema)).collect();
    Ok(told(level, versions, check(level, schema, &history)))
}

/// The differences with the newest version that has some, in the registry's words.
fn told(
    level: CompatibilityLevel,
    versions: &[&(Version, &Arc<StoredSchema>)],
    mut differences: Vec<Difference>,
) -> Vec<String> {
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
