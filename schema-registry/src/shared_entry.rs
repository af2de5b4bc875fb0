//! What is in the shared cache: keys, and answers of the registry as JSON that can be verified. No I/O.

use std::time::Duration;

use avro_model::Guid;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use crate::context::Context;
use crate::frame::SchemaId;
use crate::metadata::Metadata;
use crate::rule_set::RuleSet;
use crate::statistics::CacheKind;
use crate::wire::{GuidAnswer, SchemaAnswer, VersionAnswer};

/// The number of the format of keys and values. It is part of keys, too, so that processes of two formats do not
/// overwrite each other's values.
const FORMAT: u32 = 1;

/// A version never changes, but after its permanent deletion another schema can get its number. Ids and GUIDs are not
/// given out again.
const VERSION_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// What is looked up, in a context of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    Id(SchemaId),
    Guid(Guid),
    /// The subject has its context.
    Version(&'a str, u32),
    /// The subject has its context.
    Latest(&'a str),
}

impl Wanted<'_> {
    pub(crate) fn kind(self) -> CacheKind {
        match self {
            Self::Id(_) => CacheKind::Id,
            Self::Guid(_) => CacheKind::Guid,
            Self::Version(..) => CacheKind::Version,
            Self::Latest(_) => CacheKind::Latest,
        }
    }

    /// How long an answer may be used.
    pub(crate) fn ttl(self, latest_ttl: Duration) -> Option<Duration> {
        match self {
            Self::Id(_) | Self::Guid(_) => None,
            Self::Version(..) => Some(VERSION_TTL),
            Self::Latest(_) => Some(latest_ttl),
        }
    }

    /// Names of registries are encoded and contexts have no colon, so that no two lookups have the same key.
    pub(crate) fn key(self, registry: &str, context: &Context) -> String {
        let registry: String = byte_serialize(registry.as_bytes()).collect();
        let begin = format!("schema-registry:{FORMAT}:{registry}:{}:{}", context.as_str(), self.kind());
        match self {
            Self::Id(id) => format!("{begin}:{id}"),
            Self::Guid(guid) => format!("{begin}:{guid}"),
            Self::Version(subject, version) => format!("{begin}:{version}:{subject}"),
            Self::Latest(subject) => format!("{begin}:{subject}"),
        }
    }
}

/// An answer of the registry that the shared cache keeps.
pub(crate) trait SharedAnswer: Serialize + DeserializeOwned {
    fn schema(&self) -> &SchemaAnswer;

    /// What it has besides the schema.
    fn rest(&self) -> String;

    /// Whether the answer is one to this question.
    fn answers(&self, wanted: Wanted<'_>) -> bool;
}

impl SharedAnswer for SchemaAnswer {
    fn schema(&self) -> &SchemaAnswer {
        self
    }

    fn rest(&self) -> String {
        String::new()
    }

    fn answers(&self, wanted: Wanted<'_>) -> bool {
        matches!(wanted, Wanted::Id(_))
    }
}

impl SharedAnswer for GuidAnswer {
    fn schema(&self) -> &SchemaAnswer {
        &self.schema
    }

    fn rest(&self) -> String {
        format!("{}:{}", self.context, self.id)
    }

    fn answers(&self, wanted: Wanted<'_>) -> bool {
        matches!(wanted, Wanted::Guid(guid) if guid == self.schema.guid())
    }
}

impl SharedAnswer for VersionAnswer {
    fn schema(&self) -> &SchemaAnswer {
        &self.schema
    }

    fn rest(&self) -> String {
        format!("{}:{}:{}", self.subject, self.version, self.id)
    }

    fn answers(&self, wanted: Wanted<'_>) -> bool {
        match wanted {
            Wanted::Version(_, version) => version == self.version,
            wanted => matches!(wanted, Wanted::Latest(_)),
        }
    }
}

/// A value of the shared cache.
#[derive(Serialize, Deserialize)]
struct Value<A> {
    format: u32,
    /// A GUID of everything else, with the key.
    guid: String,
    answer: A,
}

/// Why a value is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PoisonedValue {
    #[error("it is not an answer of a registry as JSON")]
    NotAnAnswer(#[from] serde_json::Error),
    #[error("its format is {0} instead of {FORMAT}")]
    Format(u32),
    #[error("its content has the GUID {computed} instead of {given}")]
    Guid { computed: Guid, given: String },
    #[error("it answers something else")]
    OtherAnswer,
}

pub(crate) fn to_value(key: &str, answer: &impl SharedAnswer) -> Vec<u8> {
    let value = Value { format: FORMAT, guid: guid_of_all(key, answer).to_string(), answer };
    let json = serde_json::to_vec(&value);
    debug_assert!(json.is_ok(), "texts, numbers and lists of them have a JSON form");
    json.unwrap_or_default()
}

pub(crate) fn from_value<A: SharedAnswer>(key: &str, wanted: Wanted<'_>, bytes: &[u8]) -> Result<A, PoisonedValue> {
    let Value { format, guid: given, answer } = serde_json::from_slice::<Value<A>>(bytes)?;
    if format != FORMAT {
        return Err(PoisonedValue::Format(format));
    }
    let computed = guid_of_all(key, &answer);
    if given.parse() != Ok(computed) {
        return Err(PoisonedValue::Guid { computed, given });
    }
    if !answer.answers(wanted) {
        return Err(PoisonedValue::OtherAnswer);
    }
    Ok(answer)
}

/// The GUID of the schema's content, to which everything else is added that must not change, the place included.
fn guid_of_all(key: &str, answer: &impl SharedAnswer) -> Guid {
    let SchemaAnswer { guid, schema, schema_type, references, metadata, rule_set } = answer.schema();
    let rest = format!("{key}:{}:{guid:?}:{schema_type:?}", answer.rest());
    let references = references.iter().flatten();
    let references = references.map(|reference| (reference.name.as_str(), &*reference.subject, reference.version));
    let metadata = metadata.iter().flat_map(Metadata::content);
    let rules = rule_set.iter().flat_map(RuleSet::content);
    Guid::with_more(schema, references, metadata.chain(rules).chain([rest.as_bytes()]))
}
