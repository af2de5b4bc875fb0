//! The bodies of requests, as lenient about what is missing as Confluent's registry. No I/O.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refusal::Refusal;
use super::schema_type::SchemaType;
use crate::metadata::Metadata;
use crate::rule_set::RuleSet;
use crate::schema::SchemaReference;

/// What is registered, looked up or checked. `null` counts as omitted everywhere.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SchemaRequest {
    /// If omitted, it is that of the latest version.
    pub(crate) schema: Option<String>,
    /// `None` means AVRO.
    pub(super) schema_type: Option<String>,
    pub(crate) references: Option<Vec<ReferenceRequest>>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) rule_set: Option<RuleSet>,
    /// For a schema that has this id already it is allowed always, for another only while importing.
    pub(crate) id: Option<i32>,
    pub(crate) version: Option<i32>,
    /// All the rest, of which some must not be ignored.
    #[serde(flatten)]
    pub(super) others: BTreeMap<String, Value>,
}

/// A reference that may lack members, which is the schema's fault and not that of the JSON.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReferenceRequest {
    pub(crate) name: Option<String>,
    pub(crate) subject: Option<String>,
    /// -1 means the latest.
    pub(crate) version: Option<i32>,
}

/// What would change the meaning of a schema, and is not supported.
const UNSUPPORTED: [&str; 2] = ["schemaTagsToAdd", "schemaTagsToRemove"];

impl SchemaRequest {
    /// Refuses what the embedded registry knows but does not do.
    pub(crate) fn require_supported(&self) -> Result<(), Refusal> {
        self.schema_type()?;
        if let Some(rules) = &self.rule_set {
            rules.validate().map_err(|reason| Refusal::invalid_rule_set(&reason))?;
        }
        match UNSUPPORTED.into_iter().find(|name| self.others.get(*name).is_some_and(|value| !value.is_null())) {
            Some(name) => Err(Refusal::unusable_schema(&format!(
                "the embedded registry does not change the tags of schemas: omit `{name}`"
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn schema_type(&self) -> Result<SchemaType, Refusal> {
        SchemaType::parse(self.schema_type.as_deref())
    }

    /// The rules, unless there are none: an empty set is not content.
    pub(super) fn rule_set(&self) -> Option<RuleSet> {
        self.rule_set.clone().filter(|rules| !rules.is_empty())
    }

    /// The text, unless it was omitted or is empty.
    pub(crate) fn text(&self) -> Option<&str> {
        self.schema.as_deref().filter(|text| !text.trim().is_empty())
    }
}

impl From<&SchemaReference> for ReferenceRequest {
    fn from(reference: &SchemaReference) -> Self {
        Self {
            name: Some(reference.name.clone()),
            subject: Some(reference.subject.clone()),
            version: i32::try_from(reference.version).ok(),
        }
    }
}

/// Reads a body. One that is empty is another mistake than one that is not of the right form.
pub(super) fn read_body<T: DeserializeOwned>(body: &str) -> Result<T, Refusal> {
    if body.trim().is_empty() {
        return Err(Refusal::missing_body());
    }
    let body: Option<T> = serde_json::from_str(body).map_err(|error| Refusal::malformed(&error.to_string()))?;
    body.ok_or_else(Refusal::missing_body)
}
