//! The rules that a registry stores with a schema, as a part of its content. Nothing here executes them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

/// Rules for single messages, and for messages of other versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RuleSet {
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    migration_rules: Vec<Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    domain_rules: Vec<Rule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<RuleKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<RuleMode>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    rule_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_success: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_failure: Option<String>,
    #[serde(deserialize_with = "null_is_empty")]
    disabled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum RuleKind {
    Transform,
    Condition,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum RuleMode {
    Upgrade,
    Downgrade,
    UpDown,
    Write,
    Read,
    WriteRead,
}

fn null_is_empty<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl RuleSet {
    /// The bytes that go into a GUID, as Java hashes them: none for a set without rules.
    pub(crate) fn content(&self) -> impl Iterator<Item = &[u8]> {
        self.migration_rules.iter().chain(&self.domain_rules).flat_map(Rule::content)
    }
}

impl Rule {
    fn content(&self) -> Vec<&[u8]> {
        let kind = self.kind.map(RuleKind::name);
        let mode = self.mode.map(RuleMode::name);
        let first = [self.name.as_deref(), self.doc.as_deref(), kind, mode, self.rule_type.as_deref()];
        let tags = self.tags.iter().flatten().map(String::as_str);
        let params = self.params.iter().flatten().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
        let last = [self.expr.as_deref(), self.on_success.as_deref(), self.on_failure.as_deref()];
        let texts = first.into_iter().flatten().chain(tags).chain(params).chain(last.into_iter().flatten());
        texts.map(str::as_bytes).chain(self.disabled.then_some(&[1][..])).collect()
    }
}

impl RuleKind {
    fn name(self) -> &'static str {
        match self {
            Self::Transform => "TRANSFORM",
            Self::Condition => "CONDITION",
        }
    }
}

impl RuleMode {
    fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "UPGRADE",
            Self::Downgrade => "DOWNGRADE",
            Self::UpDown => "UPDOWN",
            Self::Write => "WRITE",
            Self::Read => "READ",
            Self::WriteRead => "WRITEREAD",
        }
    }

    #[cfg(feature = "server")]
    fn is_for_migrations(self) -> bool {
        matches!(self, Self::Upgrade | Self::Downgrade | Self::UpDown)
    }
}

#[cfg(feature = "server")]
impl RuleSet {
    pub(crate) fn is_empty(&self) -> bool {
        self.migration_rules.is_empty() && self.domain_rules.is_empty()
    }

    /// Both together; of two rules with one name, that of `other` counts.
    pub(crate) fn merged(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (mut one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => return one.or(other),
        };
        replace(&mut one.migration_rules, other.migration_rules);
        replace(&mut one.domain_rules, other.domain_rules);
        Some(one)
    }

    /// # Errors
    /// What Confluent's registry refuses: names that are missing, appear twice or are not names, a missing type, and
    /// modes of the other list.
    pub(crate) fn validate(&self) -> Result<(), String> {
        for (rules, are_migrations) in [(&self.migration_rules, true), (&self.domain_rules, false)] {
            let mut names = BTreeSet::new();
            for rule in rules {
                let name = rule.name.as_deref().unwrap_or_default();
                if !is_name(name) {
                    return Err(format!("`{name}` is not a valid name of a rule"));
                }
                if !names.insert(name) {
                    return Err(format!("Found rule with duplicate name '{name}'"));
                }
                if rule.rule_type.is_none() {
                    return Err(format!("rule `{name}` has no type"));
                }
                if rule.mode.is_none_or(|mode| mode.is_for_migrations() != are_migrations) {
                    return Err(match are_migrations {
                        true => "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN".to_owned(),
                        false => "Domain rules can only be WRITE, READ, WRITEREAD".to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    pub(crate) fn has_type(&self, rule_type: &str) -> bool {
        let mut rules = self.migration_rules.iter().chain(&self.domain_rules);
        rules.any(|rule| rule.rule_type.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(rule_type)))
    }
}

#[cfg(feature = "server")]
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(feature = "server")]
fn replace(rules: &mut Vec<Rule>, others: Vec<Rule>) {
    rules.retain(|rule| others.iter().all(|other| other.name != rule.name));
    rules.extend(others);
}
