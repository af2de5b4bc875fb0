//! Compatibility checks: what to check against, and the answer. The levels themselves are in avro-model.

/// Which versions of a subject a schema is checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckAgainst {
    /// Those that the subject's level asks for: what registering would check. A subject without versions
    /// is compatible with everything.
    Configured,
    /// The latest version, in the directions of the subject's level.
    Latest,
    /// This version, in the directions of the subject's level.
    Version(u32),
}

/// The answer of a compatibility check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compatibility {
    /// Whether the schema could be registered.
    pub is_compatible: bool,
    /// The registry's messages about what is incompatible; empty if the schema is compatible.
    pub messages: Vec<String>,
}
