//! What can be set for a registry, a context or a subject beside its mode: a level, and what happens to schemas. No
//! I/O.

use std::collections::{BTreeMap, BTreeSet};

use avro_model::compatibility::CompatibilityLevel;
use avro_model::{DefinitionKind, Kind, Schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::refusal::Refusal;
use super::store::StoredSchema;
use crate::metadata::Metadata;
use crate::rule_set::RuleSet;

/// What was set. As an answer it has only the members that were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Config {
    /// The subject that is meant by this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alias: Option<String>,
    /// Whether schemas are normalized, asked or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) normalize: Option<bool>,
    /// Whether fields that metadata reserves are kept free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) validate_fields: Option<bool>,
    #[serde(
        rename = "compatibilityLevel",
        skip_serializing_if = "Option::is_none",
        serialize_with = "level_name",
        deserialize_with = "named_level"
    )]
    pub(crate) level: Option<CompatibilityLevel>,
    /// The property of metadata that must be the same for two versions to be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compatibility_group: Option<String>,
    /// Metadata of a schema by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_metadata: Option<Metadata>,
    /// Metadata of a schema in any case, whatever it has itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) override_metadata: Option<Metadata>,
    /// Rules of a schema by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_rule_set: Option<RuleSet>,
    /// Rules of a schema in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) override_rule_set: Option<RuleSet>,
}

/// What is to be set, and its echo.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ConfigRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    normalize: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validate_fields: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compatibility: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compatibility_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    override_metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_rule_set: Option<RuleSet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    override_rule_set: Option<RuleSet>,
    /// All the rest, of which some must not be ignored.
    #[serde(flatten, skip_serializing)]
    others: BTreeMap<String, Value>,
}

/// Settings of Confluent's registry that would change what happens to a schema, and are not supported.
const UNSUPPORTED: [&str; 4] = ["validateRules", "validateNewSchemas", "validateNames", "compatibilityPolicy"];

/// The property that lists the fields a schema may not have.
const RESERVED: &str = "confluent:reserved";

impl ConfigRequest {
    pub(crate) fn config(&self) -> Result<Config, Refusal> {
        let is_asked = |name: &&str| !matches!(self.others.get(*name), None | Some(Value::Null | Value::Bool(false)));
        if let Some(name) = UNSUPPORTED.iter().find(|name| is_asked(name)) {
            return Err(Refusal::unsupported_setting(name));
        }
        for rules in self.default_rule_set.iter().chain(&self.override_rule_set) {
            rules.validate().map_err(|reason| Refusal::invalid_rule_set(&reason))?;
        }
        let level = self.compatibility.as_deref().map(str::parse).transpose();
        let level = level.map_err(|error: crate::UnknownCompatibilityLevel| Refusal::invalid_level(&error.to_string()));
        Ok(Config {
            alias: self.alias.clone(),
            normalize: self.normalize,
            validate_fields: self.validate_fields,
            level: level?,
            compatibility_group: self.compatibility_group.clone(),
            default_metadata: self.default_metadata.clone(),
            override_metadata: self.override_metadata.clone(),
            default_rule_set: self.default_rule_set.clone(),
            override_rule_set: self.override_rule_set.clone(),
        })
    }
}

impl Config {
    /// Takes over what `new` sets; the rest stays.
    pub(super) fn update(&mut self, new: Config) {
        let Config {
            alias,
            normalize,
            validate_fields,
            level,
            compatibility_group,
            default_metadata,
            override_metadata,
            default_rule_set,
            override_rule_set,
        } = new;
        replace(&mut self.alias, alias);
        replace(&mut self.normalize, normalize);
        replace(&mut self.validate_fields, validate_fields);
        replace(&mut self.level, level);
        replace(&mut self.compatibility_group, compatibility_group);
        replace(&mut self.default_metadata, default_metadata);
        replace(&mut self.override_metadata, override_metadata);
        replace(&mut self.default_rule_set, default_rule_set);
        replace(&mut self.override_rule_set, override_rule_set);
    }

    /// Whether a schema that is registered here is another than the one that was sent.
    pub(super) fn changes_schemas(&self) -> bool {
        let metadata = self.default_metadata.is_some() || self.override_metadata.is_some();
        metadata || self.default_rule_set.is_some() || self.override_rule_set.is_some()
    }

    /// The rules that a schema gets here which brings `own` along.
    pub(super) fn rule_set(&self, own: Option<RuleSet>) -> Option<RuleSet> {
        RuleSet::merged(RuleSet::merged(self.default_rule_set.clone(), own), self.override_rule_set.clone())
            .filter(|rules| !rules.is_empty())
    }

    /// The metadata that a schema gets here which brings `own` along.
    pub(super) fn metadata(&self, own: Option<Metadata>) -> Option<Metadata> {
        Metadata::merged(Metadata::merged(self.default_metadata.clone(), own), self.override_metadata.clone())
    }

    /// Whether two schemas are to be compared at all.
    pub(super) fn compares(&self, one: &StoredSchema, other: &StoredSchema) -> bool {
        let group = |schema: &StoredSchema| -> Option<String> {
            schema.metadata.as_ref()?.property(self.compatibility_group.as_deref()?).map(str::to_owned)
        };
        self.compatibility_group.is_none() || group(one) == group(other)
    }

    /// What is wrong with the fields that are reserved.
    pub(super) fn reserved_fields(&self, candidate: &StoredSchema, latest: Option<&StoredSchema>) -> Vec<String> {
        if self.validate_fields != Some(true) {
            return Vec::new();
        }
        let now = reserved(candidate);
        let before = latest.map(reserved).unwrap_or_default();
        let removed = before.difference(&now).map(|field| {
            format!(
                "The new schema has reserved field {field} removed from its metadata which is present in the old schema's metadata."
            )
        });
        let taken = now
            .iter()
            .filter(|field| candidate.schema.as_ref().is_some_and(|schema| has_field(schema, field)))
            .map(|field| format!("The new schema has field that conflicts with the reserved field {field}."));
        removed.chain(taken).collect()
    }
}

fn replace<T>(old: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *old = new;
    }
}

fn reserved(schema: &StoredSchema) -> BTreeSet<&str> {
    let names = schema.metadata.as_ref().and_then(|metadata| metadata.property(RESERVED)).unwrap_or_default();
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}

fn has_field(schema: &Schema, name: &str) -> bool {
    let Kind::Named(id) = schema.root().kind else { return false };
    match &schema.definition(id).kind {
        DefinitionKind::Record(record) => record.fields.iter().any(|field| field.name == name),
        _ => false,
    }
}

/// The model's levels are not serializable.
fn level_name<S: Serializer>(level: &Option<CompatibilityLevel>, serializer: S) -> Result<S::Ok, S::Error> {
    level.map(CompatibilityLevel::as_str).serialize(serializer)
}

fn named_level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CompatibilityLevel>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.map(|name| name.parse().map_err(de::Error::custom)).transpose()
}
