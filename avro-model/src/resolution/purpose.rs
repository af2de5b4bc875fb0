//! What schemas are compared for.

/// What the name of a record counts for when its data is read, at the root of a schema and where either side has a
/// union.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordNames {
    /// A record is read as one of the same unqualified name, or of which an alias is the writer's fullname. Any other
    /// is another type, even when its fields could be read.
    #[default]
    Match,
    /// Any record is read whose fields can be, as Java's decoder does.
    Ignore,
}

/// What schemas are compared for. The module documentation and that of [`compatibility`](crate::compatibility) describe
/// how the rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To decode data.
    Decode(RecordNames),
    /// To find out whether all data can be read, as Java's compatibility check does.
    Check,
}
