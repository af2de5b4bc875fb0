//! How a record names the schema that it was written with. No I/O.

use std::fmt;

use avro_model::Guid;

use crate::frame::SchemaId;

/// What a record's key or value is marked with: the identity of its writer schema, as it is in the record.
///
/// The kinds are never compared with each other, although an id and a GUID may mean the same schema: what remembers
/// schemas by this has an entry for each.
///
/// ```
/// use schema_registry::{Guid, SchemaId, WireId};
///
/// let guid: Guid = "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1".parse()?;
/// let ids = [WireId::from(SchemaId::new(7)), WireId::from(guid)];
/// assert_eq!(ids.map(WireId::id), [Some(SchemaId::new(7)), None]);
/// assert_eq!(ids.map(|id| id.to_string()), ["7", "6cc6f9cc-8ddd-59d0-d87b-3b30b39f14e1"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WireId {
    /// The number that the registry, in one of its contexts, assigned to the schema.
    Id(SchemaId),
    /// The GUID of the schema, which is the same in every registry and context.
    Guid(Guid),
    /// The number that Apicurio Registry assigned to a version of an artifact, its `globalId`. The API of Confluent
    /// does not know it.
    GlobalId(u64),
}

impl WireId {
    /// The id, if that is what it is.
    pub const fn id(self) -> Option<SchemaId> {
        match self {
            Self::Id(id) => Some(id),
            Self::Guid(_) | Self::GlobalId(_) => None,
        }
    }

    /// The GUID, if that is what it is.
    pub const fn guid(self) -> Option<Guid> {
        match self {
            Self::Guid(guid) => Some(guid),
            Self::Id(_) | Self::GlobalId(_) => None,
        }
    }
}

impl From<SchemaId> for WireId {
    fn from(id: SchemaId) -> Self {
        Self::Id(id)
    }
}

impl From<Guid> for WireId {
    fn from(guid: Guid) -> Self {
        Self::Guid(guid)
    }
}

impl fmt::Display for WireId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Guid(guid) => guid.fmt(formatter),
            Self::GlobalId(id) => write!(formatter, "globalId {id}"),
        }
    }
}
