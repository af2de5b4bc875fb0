//! The JSON bodies of the registry's API, as the client reads and the embedded registry writes them.
//!
//! Unknown members are skipped everywhere, since newer registries add some (`guid`, `metadata`, …).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::compatibility::CompatibilityLevel;
use crate::frame::SchemaId;
use crate::schema::SchemaReference;

/// The media type of requests and answers.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// What is registered, looked up or checked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SchemaRequest<'a> {
    pub(crate) schema: Cow<'a, str>,
    /// `None` means AVRO.
    #[serde(rename = "schemaType", skip_serializing_if = "Option::is_none")]
    pub(crate) schema_type: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) references: Option<Cow<'a, [SchemaReference]>>,
}

/// The answer to a registration. Confluent Platform 8 adds the version and the schema.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct IdAnswer {
    pub(crate) id: SchemaId,
}

/// The answer to a look-up by id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaAnswer {
    pub(crate) schema: String,
    /// Left out, or `AVRO`, for Avro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) references: Option<Vec<SchemaReference>>,
}

/// The answer to a look-up of a version, and to a look-up of a schema under a subject.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct VersionAnswer {
    pub(crate) subject: String,
    pub(crate) version: u32,
    pub(crate) id: SchemaId,
    #[serde(flatten)]
    pub(crate) schema: SchemaAnswer,
}

/// The answer to a compatibility check. Messages come only when asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CompatibilityAnswer {
    pub(crate) is_compatible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) messages: Option<Vec<String>>,
}

/// The answer to a question for a level.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LevelAnswer {
    #[serde(rename = "compatibilityLevel", alias = "compatibility")]
    pub(crate) level: CompatibilityLevel,
}

/// A new level, and the registry's echo of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LevelRequest {
    #[serde(rename = "compatibility")]
    pub(crate) level: CompatibilityLevel,
}

/// What every failed call answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ErrorAnswer {
    pub(crate) error_code: i32,
    pub(crate) message: String,
}
