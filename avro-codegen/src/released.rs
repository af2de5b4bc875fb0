//! Where types are released: what generated code says in `TypeSchema::released`.

use std::collections::HashMap;

use avro_model::{DefinitionId, SourceId};

/// A type of a set that can be released: a named type, or the schema of a file that has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(not(feature = "io"), allow(dead_code, reason = "only a lock and a registry know of releases"))]
pub(crate) enum TypePlace {
    Definition(DefinitionId),
    Root(SourceId),
}

/// A version of a subject that has exactly the schema of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "io"), allow(dead_code, reason = "only a lock and a registry know of releases"))]
pub(crate) struct Release {
    pub(crate) subject: String,
    pub(crate) version: u32,
    pub(crate) guid: String,
    /// Names of registries, and the ids there.
    pub(crate) ids: Vec<(String, u32)>,
}

#[cfg(feature = "io")]
impl Release {
    /// A version of the lock.
    pub(crate) fn of(version: &crate::lock::LockedVersion) -> Release {
        Release {
            subject: version.subject.clone(),
            version: version.version,
            guid: version.guid.to_string(),
            ids: version.ids.iter().map(|(name, id)| (name.clone(), *id)).collect(),
        }
    }
}

/// By type; most have none.
pub(crate) type Releases = HashMap<TypePlace, Vec<Release>>;
