//! What a registry keeps beside a schema, and counts as its content.

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

impl Metadata {
    /// The bytes that go into a GUID. The first tells metadata with nothing in it from none.
    pub(crate) fn content(&self) -> impl Iterator<Item = &[u8]> {
        let tags = self.tags.iter().flatten().flat_map(|(key, values)| std::iter::once(key).chain(values));
        let properties = self.properties.iter().flatten().flat_map(|(key, value)| [key, value]);
        let texts = tags.chain(properties).chain(self.sensitive.iter().flatten());
        std::iter::once(&[1][..]).chain(texts.map(|text| text.as_bytes()))
    }
}
