//! What a registry stores with a schema, as a part of its content.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Tags, properties, and which of the properties are secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<BTreeMap<String, BTreeSet<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitive: Option<BTreeSet<String>>,
}

/// The property by which a registry tells versions apart that were asked for by number.
#[cfg(feature = "server")]
const VERSION: &str = "confluent:version";

impl Metadata {
    /// The bytes that go into a GUID. The first tells metadata with nothing in it from none.
    pub(crate) fn content(&self) -> impl Iterator<Item = &[u8]> {
        let tags = self.tags.iter().flatten().flat_map(|(key, values)| std::iter::once(key).chain(values));
        let properties = self.properties.iter().flatten().flat_map(|(key, value)| [key, value]);
        let texts = tags.chain(properties).chain(self.sensitive.iter().flatten());
        std::iter::once(&[1][..]).chain(texts.map(|text| text.as_bytes()))
    }
}

#[cfg(feature = "server")]
impl Metadata {
    pub(crate) fn property(&self, name: &str) -> Option<&str> {
        self.properties.as_ref()?.get(name).map(String::as_str)
    }

    pub(crate) fn has_version(&self) -> bool {
        self.property(VERSION).is_some()
    }

    pub(crate) fn of_version(version: u32) -> Self {
        let properties = BTreeMap::from([(VERSION.to_owned(), version.to_string())]);
        Self { properties: Some(properties), ..Self::default() }
    }

    /// The same without the property that names the version; `None` when nothing is left.
    pub(crate) fn without_version(&self) -> Option<Self> {
        let mut rest = self.clone();
        if let Some(properties) = &mut rest.properties {
            properties.remove(VERSION);
        }
        rest.properties.take_if(|properties| properties.is_empty());
        (rest != Self::default()).then_some(rest)
    }

    /// Both together; where both have a property or a tag, that of `other` counts.
    pub(crate) fn merged(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (mut one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => return one.or(other),
        };
        if let Some(tags) = other.tags {
            one.tags.get_or_insert_default().extend(tags);
        }
        if let Some(properties) = other.properties {
            one.properties.get_or_insert_default().extend(properties);
        }
        if let Some(sensitive) = other.sensitive {
            one.sensitive.get_or_insert_default().extend(sensitive);
        }
        Some(one)
    }
}
