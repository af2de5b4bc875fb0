//! Schemas as a registry stores them, whatever their type, for copying them to another registry. No I/O.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::frame::SchemaId;
use crate::metadata::Metadata;
use crate::rule_set::RuleSet;
use crate::schema::SchemaReference;

/// The type of schemas whose type is not given.
const AVRO: &str = "AVRO";

/// Everything that a registry stores as one schema: of any type, not parsed, with metadata and rules, also those that
/// this crate does not know.
///
/// [`SchemaRegistry::raw_version`](crate::SchemaRegistry::raw_version) has it,
/// [`SchemaRegistry::import`](crate::SchemaRegistry::import) takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawSchema {
    schema: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    references: Option<Vec<SchemaReference>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_set: Option<Value>,
    /// Follows from the rest, and is not sent.
    #[serde(skip_serializing)]
    guid: Option<String>,
}

/// A version of a subject with its [`RawSchema`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RawVersion {
    pub(crate) subject: String,
    pub(crate) version: u32,
    pub(crate) id: SchemaId,
    #[serde(flatten)]
    pub(crate) schema: RawSchema,
}

impl RawSchema {
    /// The text, in the language of its type.
    pub fn text(&self) -> &str {
        &self.schema
    }

    /// `AVRO`, `JSON`, `PROTOBUF`, or what the registry calls it.
    pub fn schema_type(&self) -> &str {
        self.schema_type.as_deref().unwrap_or(AVRO)
    }

    /// The versions of subjects that it refers to.
    pub fn references(&self) -> &[SchemaReference] {
        self.references.as_deref().unwrap_or_default()
    }

    /// In what this and a schema of another registry differ; `None` where they mean the same, however the registries
    /// print it.
    pub fn difference(&self, other: &RawSchema) -> Option<SchemaDifference> {
        if self.guid.is_some() && self.guid == other.guid && self.schema_type() == other.schema_type() {
            return None;
        }
        let is_same_text = match self.schema_type() {
            AVRO | "JSON" => json(&self.schema) == json(&other.schema),
            _ => self.schema.split_whitespace().eq(other.schema.split_whitespace()),
        };
        if self.schema_type() != other.schema_type() {
            Some(SchemaDifference::Type)
        } else if self.schema != other.schema && !is_same_text {
            Some(SchemaDifference::Text)
        } else if self.references() != other.references() {
            Some(SchemaDifference::References)
        } else if metadata(self) != metadata(other) {
            Some(SchemaDifference::Metadata)
        } else if rules(self) != rules(other) {
            Some(SchemaDifference::RuleSet)
        } else {
            None
        }
    }
}

impl RawVersion {
    /// The subject, as the registry names it: one of another context than the default one with its context.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The number of the version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The id of the schema.
    pub fn id(&self) -> SchemaId {
        self.id
    }

    /// The schema.
    pub fn schema(&self) -> &RawSchema {
        &self.schema
    }
}

/// In what two schemas differ: the first of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SchemaDifference {
    /// One is of another type, such as `PROTOBUF`.
    Type,
    /// The text.
    Text,
    /// What they refer to.
    References,
    /// The metadata.
    Metadata,
    /// The rules.
    RuleSet,
}

impl SchemaDifference {
    /// What differs, in the plural, for a sentence: `texts`, `references`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "types",
            Self::Text => "texts",
            Self::References => "references",
            Self::Metadata => "metadata",
            Self::RuleSet => "rules",
        }
    }
}

/// JSON without the differences between printers: `{"type": "string"}` is `"string"`. `None` for what is not JSON.
fn json(text: &str) -> Option<Value> {
    fn plain(value: Value) -> Value {
        match value {
            Value::Array(items) => items.into_iter().map(plain).collect(),
            Value::Object(mut members) if members.len() == 1 => match members.remove("type") {
                Some(kind) => plain(kind),
                None => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
            },
            Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
            other => other,
        }
    }
    serde_json::from_str(text).ok().map(plain)
}

/// What is known of the metadata, in which order does not count, and the rest as it is; nothing where there is nothing
/// in it.
fn metadata(schema: &RawSchema) -> Option<(Option<Metadata>, Value)> {
    let known = |value: &Value| serde_json::from_value(value.clone()).ok();
    part(schema.metadata.as_ref(), &["tags", "properties", "sensitive"], known)
}

fn rules(schema: &RawSchema) -> Option<(Option<RuleSet>, Value)> {
    let known = |value: &Value| serde_json::from_value(value.clone()).ok();
    part(schema.rule_set.as_ref(), &["migrationRules", "domainRules"], known)
}

fn part<T>(value: Option<&Value>, names: &[&str], known: impl Fn(&Value) -> Option<T>) -> Option<(Option<T>, Value)> {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let mut members = value?.as_object()?.clone();
    members.retain(|_, value| !is_empty(value));
    if members.is_empty() {
        return None;
    }
    let known = known(&Value::Object(members.clone()));
    if known.is_some() {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
    Some((known, Value::Object(members)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{RawSchema, SchemaDifference};

    #[test]
    fn schemas_are_the_same_however_they_are_printed() {
        let rule = json!({ "name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true" });
        let same: &[(Value, Value)] = &[
            (json!({ "schema": "\"int\"" }), json!({ "schema": "{ \"type\": \"int\" }", "schemaType": "AVRO" })),
            (json!({ "schema": "[\"int\", {\"type\": \"string\"}]" }), json!({ "schema": "[\"int\",\"string\"]" })),
            (
                json!({ "schema": "message M { }", "schemaType": "PROTOBUF" }),
                json!({ "schema": "message M {\n}\n", "schemaType": "PROTOBUF", "references": [] }),
            ),
            (
                json!({ "schema": "1", "metadata": { "tags": { "a": ["x", "y"] }, "properties": null } }),
                json!({ "schema": "1", "metadata": { "tags": { "a": ["y", "x"] } } }),
            ),
            (json!({ "schema": "1", "metadata": {} }), json!({ "schema": "1", "metadata": null })),
            (
                json!({ "schema": "1", "ruleSet": { "domainRules": [rule], "migrationRules": [] } }),
                json!({ "schema": "1", "ruleSet": { "domainRules": [rule] } }),
            ),
            (json!({ "schema": "1", "guid": "a" }), json!({ "schema": "2", "guid": "a" })),
        ];
        for (one, other) in same {
            assert_eq!(difference(one, other), None, "{one} and {other}");
        }
    }

    #[test]
    fn what_makes_two_schemas_of_them_is_named() {
        let reference = json!({ "name": "A", "subject": "a", "version": 1 });
        for (one, other, expected) in [
            (json!({ "schema": "\"int\"" }), json!({ "schema": "\"long\"" }), SchemaDifference::Text),
            (json!({ "schema": "1" }), json!({ "schema": "1", "schemaType": "JSON" }), SchemaDifference::Type),
            (
                json!({ "schema": "message M", "schemaType": "PROTOBUF" }),
                json!({ "schema": "messageM", "schemaType": "PROTOBUF" }),
                SchemaDifference::Text,
            ),
            (
                json!({ "schema": "1" }),
                json!({ "schema": "1", "references": [reference] }),
                SchemaDifference::References,
            ),
            (
                json!({ "schema": "1", "metadata": { "properties": { "a": "1" } } }),
                json!({ "schema": "1", "metadata": { "properties": { "a": "2" } } }),
                SchemaDifference::Metadata,
            ),
            (
                json!({ "schema": "1", "ruleSet": { "domainRules": [], "encodingRules": [{ "name": "new" }] } }),
                json!({ "schema": "1" }),
                SchemaDifference::RuleSet,
            ),
        ] {
            assert_eq!(difference(&one, &other), Some(expected), "{one} and {other}");
            assert_eq!(difference(&other, &one), Some(expected), "{other} and {one}");
        }
    }

    fn difference(one: &Value, other: &Value) -> Option<SchemaDifference> {
        let read = |value: &Value| serde_json::from_value::<RawSchema>(value.clone()).expect("a schema");
        read(one).difference(&read(other))
    }
}
