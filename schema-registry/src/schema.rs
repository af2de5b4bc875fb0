//! Schemas as they go to the registry and as they come back.

use std::sync::Arc;

use avro_model::{Guid, Schema};
use serde::{Deserialize, Serialize};

use crate::context::{Context, SchemaKey};
use crate::frame::SchemaId;

/// A schema to register, look up or check: its text, and where the registry finds the named types that
/// the text uses without defining them.
///
/// ```
/// use schema_registry::SchemaText;
///
/// let schema = SchemaText::from(r#"{"type": "record", "name": "Ping", "fields": []}"#);
/// assert!(schema.references.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SchemaText {
    /// The Avro schema as JSON.
    pub text: Arc<str>,
    /// The subjects that define what `text` only names. Empty for a self-contained schema.
    pub references: Vec<SchemaReference>,
}

impl SchemaText {
    /// A self-contained schema: `text` defines every named type that it uses.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), references: Vec::new() }
    }

    /// The same text, with what it refers to.
    ///
    /// ```
    /// use schema_registry::{SchemaReference, SchemaText};
    ///
    /// let home = r#"{"type": "record", "name": "Home", "fields": [{"name": "city", "type": "City"}]}"#;
    /// let schema = SchemaText::from(home).with_references([SchemaReference::new("City", "city-value", 1)]);
    /// assert_eq!(schema.references.len(), 1);
    /// ```
    #[must_use]
    pub fn with_references(self, references: impl IntoIterator<Item = SchemaReference>) -> Self {
        Self { references: references.into_iter().collect(), ..self }
    }
}

impl From<&str> for SchemaText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for SchemaText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// A named type that a schema uses and another subject defines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SchemaReference {
    /// The Avro fullname of the type.
    pub name: String,
    /// The subject that defines it.
    pub subject: String,
    /// The version of that subject.
    pub version: u32,
}

impl SchemaReference {
    /// A reference to the type with the Avro fullname `name`, which a version of `subject` defines.
    pub fn new(name: impl Into<String>, subject: impl Into<String>, version: u32) -> Self {
        Self { name: name.into(), subject: subject.into(), version }
    }
}

/// A schema that the registry knows, parsed once and linked: what its references define is part of it.
#[derive(Debug)]
pub struct RegisteredSchema {
    pub(crate) id: SchemaId,
    pub(crate) context: Context,
    pub(crate) text: Arc<str>,
    pub(crate) references: Vec<SchemaReference>,
    pub(crate) schema: Schema,
    pub(crate) guid: Guid,
    /// Whether the registry returned the GUID.
    pub(crate) has_registry_guid: bool,
}

impl RegisteredSchema {
    /// The id that payloads written with this schema carry. It means this schema in its [context](Self::context) only.
    pub fn id(&self) -> SchemaId {
        self.id
    }

    /// The context whose id this is.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The id with its context.
    pub fn key(&self) -> SchemaKey {
        SchemaKey::Id(self.context.clone(), self.id)
    }

    /// The GUID, which is the same in every registry: the one that the registry returned, or, where it returns none
    /// (before Confluent Platform 8), the one that follows from text, references and metadata. That ignores rule sets,
    /// which such a registry may also have.
    pub fn guid(&self) -> Guid {
        self.guid
    }

    /// The GUID if the registry returned it, and so finds the schema by it: `None` before Confluent Platform 8, and of
    /// registries of other makers.
    pub fn registry_guid(&self) -> Option<Guid> {
        self.has_registry_guid.then_some(self.guid)
    }

    /// The schema's JSON as the registry answered it. Types of references are only named here.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The subjects that define what [`text`](Self::text) only names.
    pub fn references(&self) -> &[SchemaReference] {
        &self.references
    }

    /// The parsed schema, self-contained.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }
}

/// The answer to a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registered {
    /// The id of the schema.
    pub id: SchemaId,
    /// The context whose id this is: that of the subject.
    pub context: Context,
    /// The version under the subject. Registries before Confluent Platform 8 do not return it;
    /// [`SchemaRegistry::look_up`] does.
    ///
    /// [`SchemaRegistry::look_up`]: crate::SchemaRegistry::look_up
    pub version: Option<u32>,
    /// The GUID of the schema, under the same condition.
    pub guid: Option<Guid>,
}

impl Registered {
    /// The id with its context.
    pub fn key(&self) -> SchemaKey {
        SchemaKey::Id(self.context.clone(), self.id)
    }
}

/// How a schema is registered: see [`SchemaRegistry::register_with`](crate::SchemaRegistry::register_with).
///
/// ```
/// use schema_registry::{RegisterOptions, SchemaId};
///
/// let options = RegisterOptions::default().with_id(SchemaId::new(17)).with_version(3);
/// assert_eq!(options.version, Some(3));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RegisterOptions {
    /// The id that the schema is to have. Only while importing ([`Mode::Import`](crate::Mode::Import)), and required
    /// then.
    pub id: Option<SchemaId>,
    /// The version that the schema is to have. While not importing it can only be the next one.
    pub version: Option<u32>,
}

impl RegisterOptions {
    /// Sets the id.
    #[must_use]
    pub fn with_id(self, id: SchemaId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Sets the version.
    #[must_use]
    pub fn with_version(self, version: u32) -> Self {
        Self { version: Some(version), ..self }
    }
}

/// A place where a schema is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct SchemaUse {
    /// The subject.
    pub subject: String,
    /// The version in this subject.
    pub version: u32,
}

/// One version of a subject.
#[derive(Debug, Clone)]
pub struct SubjectVersion {
    pub(crate) subject: String,
    pub(crate) version: u32,
    pub(crate) schema: Arc<RegisteredSchema>,
}

impl SubjectVersion {
    /// The subject.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The version, counted from 1 in each subject.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The id of this version's schema.
    pub fn id(&self) -> SchemaId {
        self.schema.id
    }

    /// The context of the subject, which the id belongs to.
    pub fn context(&self) -> &Context {
        &self.schema.context
    }

    /// The GUID of this version's schema.
    pub fn guid(&self) -> Guid {
        self.schema.guid
    }

    /// This version's schema.
    pub fn schema(&self) -> &Arc<RegisteredSchema> {
        &self.schema
    }
}
