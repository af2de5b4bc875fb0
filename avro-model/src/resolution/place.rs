//! Places in schemas.

use crate::schema::DefinitionId;

/// A place in a schema. [`SchemaSet::label_at`](crate::SchemaSet::label_at) finds it in the schema's file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The named type inside of which it is; `None` for the root type.
    pub definition: Option<DefinitionId>,
    /// A JSON pointer (RFC 6901) from the root or the definition on. It leads into no other definition.
    pub path: String,
}
