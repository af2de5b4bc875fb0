//! What is set for a subject or a context of a registry beside its mode. No I/O.

use std::collections::BTreeMap;

use avro_model::compatibility::CompatibilityLevel;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

/// What is set for a subject, or for a whole context: its compatibility level, and whatever else the registry knows,
/// such as `alias`, `normalize` or `defaultMetadata`, as it came.
///
/// [`SchemaRegistry::own_config`](crate::SchemaRegistry::own_config) has it,
/// [`SchemaRegistry::set_config`](crate::SchemaRegistry::set_config) takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectConfig {
    /// The name differs between answers and requests.
    #[serde(
        rename(serialize = "compatibility"),
        alias = "compatibilityLevel",
        alias = "compatibility",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "level"
    )]
    level: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

impl SubjectConfig {
    /// The compatibility level, if there is one and it is known here.
    pub fn level(&self) -> Option<CompatibilityLevel> {
        self.level.as_deref()?.parse().ok()
    }

    /// The names of what is set besides the level, such as `alias`.
    pub fn other_names(&self) -> impl Iterator<Item = &str> {
        self.others.keys().map(String::as_str)
    }

    /// Whether everything that `other` sets is set here in the same way, so that setting it would change nothing.
    pub fn includes(&self, other: &SubjectConfig) -> bool {
        (other.level.is_none() || self.level == other.level)
            && other.others.iter().all(|(name, value)| self.others.get(name) == Some(value))
    }

    /// The same without members that are not set, which some registries write as `null`.
    pub(crate) fn compact(mut self) -> Self {
        self.others.retain(|_, value| !value.is_null());
        self
    }
}

/// The level as its text, since a registry can know more of them.
fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(level) => Ok(Some(level)),
        other => Err(de::Error::custom(format!("{other} is not the name of a level"))),
    }
}

#[cfg(test)]
mod tests {
    use avro_model::compatibility::CompatibilityLevel;
    use serde_json::json;

    use super::SubjectConfig;

    #[test]
    fn an_answer_is_sent_on_as_a_request() {
        let answer = json!({ "compatibilityLevel": "FULL", "alias": "s", "normalize": null });
        let config: SubjectConfig = serde_json::from_value(answer).expect("an answer");
        let config = config.compact();
        assert_eq!(config.level(), Some(CompatibilityLevel::Full));
        assert_eq!(config.other_names().collect::<Vec<_>>(), ["alias"]);
        assert_eq!(json!(config), json!({ "compatibility": "FULL", "alias": "s" }));
        let level = SubjectConfig { level: Some("FULL".to_owned()), ..SubjectConfig::default() };
        assert!(config.includes(&level) && config.includes(&config) && !level.includes(&config));
        let empty: SubjectConfig = serde_json::from_value(json!({ "compatibilityLevel": null })).expect("an answer");
        assert_eq!((empty.level(), empty), (None, SubjectConfig::default()));
    }
}
