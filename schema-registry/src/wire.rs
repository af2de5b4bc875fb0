//! The JSON bodies of the registry's API, as the client reads and the embedded registry writes them.
//!
//! Unknown members are skipped everywhere, since newer registries add some (`ts`, …).

use std::borrow::Cow;

use avro_model::Guid;
use avro_model::compatibility::CompatibilityLevel;
use serde::{Deserialize, Serialize};

use crate::frame::SchemaId;
use crate::metadata::Metadata;
use crate::mode::Mode;
use crate::rule_set::RuleSet;
use crate::schema::SchemaReference;

/// The media type of requests and answers.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// What is registered, looked up or checked.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SchemaRequest<'a> {
    pub(crate) schema: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) references: Option<Cow<'a, [SchemaReference]>>,
    /// Only while importing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<i64>,
    /// Only while importing, but for the one that is next anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i64>,
}

/// The answer to a registration. What comes after the id is what Confluent Platform 8 adds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RegisterAnswer {
    pub(crate) id: SchemaId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) references: Option<Vec<SchemaReference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Metadata>,
    #[serde(rename = "ruleSet", skip_serializing_if = "Option::is_none")]
    pub(crate) rule_set: Option<RuleSet>,
    #[serde(rename = "schemaType", skip_serializing_if = "Option::is_none")]
    pub(crate) schema_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
}

/// The answer to a look-up by id or GUID.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SchemaAnswer {
    /// Since Confluent Platform 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guid: Option<String>,
    pub(crate) schema: String,
    /// Missing, or `AVRO`, for Avro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) references: Option<Vec<SchemaReference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule_set: Option<RuleSet>,
}

impl SchemaAnswer {
    /// The GUID that the registry gives, or what it follows from.
    pub(crate) fn guid(&self) -> Guid {
        let given = self.guid.as_deref().and_then(|text| text.parse().ok());
        given.unwrap_or_else(|| {
            let references = self.references.as_deref().unwrap_or_default();
            guid_of(&self.schema, references, self.metadata.as_ref(), self.rule_set.as_ref())
        })
    }
}

/// The GUID of what makes two schemas the same one to a registry.
pub(crate) fn guid_of(
    text: &str,
    references: &[SchemaReference],
    metadata: Option<&Metadata>,
    rule_set: Option<&RuleSet>,
) -> Guid {
    let references =
        references.iter().map(|reference| (reference.name.as_str(), reference.subject.as_str(), reference.version));
    let rules = rule_set.into_iter().flat_map(RuleSet::content);
    Guid::with_more(text, references, metadata.into_iter().flat_map(Metadata::content).chain(rules))
}

/// A schema with a GUID, and where it is: two answers of the registry in one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GuidAnswer {
    pub(crate) context: String,
    pub(crate) id: SchemaId,
    #[serde(flatten)]
    pub(crate) schema: SchemaAnswer,
}

/// Where a schema with a GUID is: an element of a list.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ContextId {
    pub(crate) context: String,
    pub(crate) id: SchemaId,
}

/// Where a schema with an id is used: an element of a list.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UseAnswer {
    pub(crate) subject: String,
    pub(crate) version: u32,
}

/// The answer to a look-up of a version, and to a look-up of a schema under a subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// The answer to a request for a level.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LevelAnswer {
    #[serde(rename = "compatibilityLevel", alias = "compatibility", with = "level_name")]
    pub(crate) level: CompatibilityLevel,
}

/// A new level, and the registry's echo of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LevelRequest {
    #[serde(rename = "compatibility", with = "level_name")]
    pub(crate) level: CompatibilityLevel,
}

/// The model's levels are not serializable.
mod level_name {
    use std::borrow::Cow;

    use avro_model::compatibility::CompatibilityLevel;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(level: &CompatibilityLevel, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(level.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CompatibilityLevel, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A mode: asked for, set and echoed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ModeBody {
    pub(crate) mode: Mode,
}

/// The answer of every failed call.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ErrorAnswer {
    pub(crate) error_code: i32,
    pub(crate) message: String,
}
