//! Where types are released: what generated code has in `TypeSchema::released`.

use std::collections::HashMap;

use avro_model::{DefinitionId, Kind, SchemaSet, SourceId, Type};

/// A type of a [`SchemaSet`] that is a schema of its own: a named type, or the schema of a file that has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeId {
    /// A named type.
    Definition(DefinitionId),
    /// The schema of a file that has no name, such as an array.
    Root(SourceId),
}

impl TypeId {
    /// The type of this id, and the source that it is in.
    ///
    /// # Panics
    ///
    /// When the id of a definition is of another set.
    #[must_use]
    pub fn of(self, set: &SchemaSet) -> (Type, SourceId) {
        match self {
            TypeId::Definition(id) => (Type::plain(Kind::Named(id)), set.definition(id).origin.source),
            TypeId::Root(source) => {
                let root = set.roots().iter().find(|root| root.source == source);
                debug_assert!(root.is_some(), "a root of another set");
                (root.map_or_else(|| Type::plain(Kind::Null), |root| root.ty.clone()), source)
            }
        }
    }
}

/// A version of a subject that has exactly the schema of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// The subject.
    pub subject: String,
    /// The version, counted from 1.
    pub version: u32,
    /// The GUID of the schema, as text.
    pub guid: String,
    /// Names of registries, and the schema's id in each.
    pub ids: Vec<(String, u32)>,
}

impl Release {
    /// A release with these ids.
    #[must_use]
    pub fn new(subject: String, version: u32, guid: String, ids: Vec<(String, u32)>) -> Release {
        Release { subject, version, guid, ids }
    }
}

/// The releases of each type; most have none.
pub type Releases = HashMap<TypeId, Vec<Release>>;
