//! Why the embedded registry refuses a request: code and message, as Confluent's registry words them.

use std::io;

use avro_model::SchemaError;
use avro_model::compatibility::CompatibilityLevel;

use super::schema_type::SchemaType;
use super::subject::Subject;
use crate::error_code::ErrorCode;
use crate::frame::SchemaId;

/// An answer other than success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

impl Refusal {
    fn new(code: ErrorCode, message: String) -> Self {
        Self { code, message }
    }

    /// The HTTP status: the code's first three digits.
    pub(crate) fn status(&self) -> u16 {
        let mut status = self.code.number();
        while status > 999 {
            status /= 10;
        }
        debug_assert!((100..=999).contains(&status), "{:?} begins with an HTTP status", self.code);
        u16::try_from(status).unwrap_or(500)
    }

    pub(crate) fn subject_not_found(subject: &str) -> Self {
        Self::new(ErrorCode::SubjectNotFound, format!("Subject '{subject}' not found."))
    }

    pub(crate) fn version_not_found(version: &str) -> Self {
        Self::new(ErrorCode::VersionNotFound, format!("Version {version} not found."))
    }

    pub(crate) fn schema_not_found() -> Self {
        Self::new(ErrorCode::SchemaNotFound, "Schema not found".to_owned())
    }

    pub(crate) fn subject_soft_deleted(subject: &str) -> Self {
        let message = format!("Subject '{subject}' was soft deleted. Set permanent=true to delete permanently");
        Self::new(ErrorCode::SubjectSoftDeleted, message)
    }

    pub(crate) fn subject_not_soft_deleted(subject: &str) -> Self {
        let message = format!("Subject '{subject}' was not deleted first before being permanently deleted");
        Self::new(ErrorCode::SubjectNotSoftDeleted, message)
    }

    pub(crate) fn version_soft_deleted(subject: &str, version: u32) -> Self {
        let message =
            format!("Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently");
        Self::new(ErrorCode::VersionSoftDeleted, message)
    }

    pub(crate) fn version_not_soft_deleted(subject: &str, version: u32) -> Self {
        let message =
            format!("Subject '{subject}' Version {version} was not deleted first before being permanently deleted");
        Self::new(ErrorCode::VersionNotSoftDeleted, message)
    }

    pub(crate) fn level_not_found(subject: &str) -> Self {
        let message = format!("Subject '{subject}' does not have subject-level compatibility configured");
        Self::new(ErrorCode::SubjectLevelNotFound, message)
    }

    pub(crate) fn mode_not_found(subject: &str) -> Self {
        let message = format!("Subject '{subject}' does not have subject-level mode configured");
        Self::new(ErrorCode::SubjectModeNotFound, message)
    }

    pub(crate) fn incompatible(subject: &str, messages: &[String]) -> Self {
        let details = messages.join(", ");
        let message = format!(
            "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{details}]"
        );
        Self::new(ErrorCode::Incompatible, message)
    }

    pub(crate) fn invalid_schema(error: &SchemaError) -> Self {
        Self::new(ErrorCode::InvalidSchema, format!("Invalid schema: {error}"))
    }

    pub(crate) fn unusable_schema(reason: &str) -> Self {
        Self::new(ErrorCode::InvalidSchema, format!("Invalid schema: {reason}"))
    }

    pub(crate) fn invalid_version(version: &str) -> Self {
        let message = format!(
            "The specified version '{version}' is not a valid version id. \
             Allowed values are between [1, 2^31-1] and the string \"latest\""
        );
        Self::new(ErrorCode::InvalidVersion, message)
    }

    pub(crate) fn invalid_level(reason: &str) -> Self {
        Self::new(ErrorCode::InvalidCompatibilityLevel, format!("Invalid compatibility level: {reason}"))
    }

    /// Not as Confluent's registry, which has this setting: it is refused rather than ignored.
    pub(crate) fn unsupported_setting(name: &str) -> Self {
        Self::new(ErrorCode::Other(42210), format!("The embedded registry does not have the setting `{name}`: omit it"))
    }

    pub(crate) fn invalid_rule_set(reason: &str) -> Self {
        Self::new(ErrorCode::Other(42210), format!("Invalid rule set: {reason}"))
    }

    /// Not as Confluent's registry, which understands these schemas.
    pub(crate) fn not_comparable(subject: &str, schema_type: SchemaType, level: CompatibilityLevel) -> Self {
        let message = format!(
            "Invalid compatibility level: the embedded registry compares Avro schemas only, and {level} asks for a \
             comparison of {schema_type} schemas: set the level of subject '{subject}' to NONE to store them without one"
        );
        Self::new(ErrorCode::InvalidCompatibilityLevel, message)
    }

    pub(crate) fn not_written(error: &io::Error) -> Self {
        let message = format!(
            "Error in the backend data store: the change was not written, and nothing has changed: {error}; check the \
             space on the disk and the permissions of the folder"
        );
        Self::new(ErrorCode::StoreFailed, message)
    }

    pub(crate) fn invalid_mode(reason: &str) -> Self {
        Self::new(ErrorCode::InvalidMode, format!("Invalid mode: {reason}"))
    }

    /// `what` is what the subject's mode is, or is not.
    pub(crate) fn mode_forbids(subject: &Subject, what: &str) -> Self {
        let message = format!("Subject {} in context {} {what}", subject.as_str(), subject.context());
        Self::new(ErrorCode::OperationNotPermitted, message)
    }

    pub(crate) fn cannot_import() -> Self {
        Self::new(ErrorCode::OperationNotPermitted, "Cannot import since found existing subjects".to_owned())
    }

    pub(crate) fn overwrites_id(id: SchemaId, context: &str) -> Self {
        let message = format!("Overwrite new schema with id {id} in context {context} is not permitted.");
        Self::new(ErrorCode::OperationNotPermitted, message)
    }

    pub(crate) fn schema_too_large(limit: usize) -> Self {
        let message = format!("Write failed because schema is too large: it may have {limit} bytes");
        Self::new(ErrorCode::SchemaTooLarge, message)
    }

    pub(crate) fn guid_not_found(guid: &str) -> Self {
        Self::new(ErrorCode::SchemaNotFound, format!("Schema with guid {guid} not found"))
    }

    pub(crate) fn is_referenced(subject: &str, version: u32) -> Self {
        let message = format!("One or more references exist to the schema of subject '{subject}' version {version}");
        Self::new(ErrorCode::ReferenceExists, message)
    }

    pub(crate) fn invalid_subject(subject: &str) -> Self {
        Self::new(ErrorCode::InvalidSubject, format!("The specified subject '{subject}' is not a valid subject."))
    }

    pub(crate) fn empty_schema() -> Self {
        Self::new(ErrorCode::InvalidSchema, "Empty schema".to_owned())
    }

    pub(crate) fn missing_body() -> Self {
        Self::new(ErrorCode::Other(422), "The request has no body".to_owned())
    }

    /// A part of the address cannot be read, so that it leads nowhere.
    pub(crate) fn no_such_address() -> Self {
        Self::new(ErrorCode::Other(404), "HTTP 404 Not Found".to_owned())
    }

    /// The body is not JSON of the right form, or the name of a context cannot be one.
    pub(crate) fn malformed(reason: &str) -> Self {
        Self::new(ErrorCode::Other(400), reason.to_owned())
    }
}
