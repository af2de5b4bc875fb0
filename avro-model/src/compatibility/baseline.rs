//! What a new schema is compared with.

use std::fmt;

use crate::schema::Schema;

/// A schema with which data has been written, and what people call it: what a new schema must be compatible with.
///
/// ```
/// use avro_model::Schema;
/// use avro_model::compatibility::{Baseline, CompatibilityLevel, check};
///
/// let (old, new) = (Schema::parse(r#""string""#)?, Schema::parse(r#""int""#)?);
/// let differences = check(CompatibilityLevel::Backward, &new, &[Baseline::named("main", &old)]);
/// assert_eq!(
///     differences[0].sentence(),
///     "the new schema cannot read the messages of main: the schema is string in main, and it expects int"
/// );
/// assert_eq!(Baseline::version(3, &old).name.to_string(), "version 3");
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Baseline<'s> {
    /// What people call it.
    pub name: BaselineName,
    /// The schema.
    pub schema: &'s Schema,
}

impl<'s> Baseline<'s> {
    /// A version of a subject.
    #[must_use]
    pub fn version(version: u32, schema: &'s Schema) -> Baseline<'s> {
        Baseline { name: BaselineName::Version(version), schema }
    }

    /// Anything else, such as a revision of a repository.
    #[must_use]
    pub fn named(name: impl Into<String>, schema: &'s Schema) -> Baseline<'s> {
        Baseline { name: BaselineName::Named(name.into()), schema }
    }
}

/// What people call a [`Baseline`]. Prints as in a sentence: `version 3`, or the name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BaselineName {
    /// The number of a version in its subject.
    Version(u32),
    /// A name that stands for itself, such as `main` or `the old schema`.
    Named(String),
}

impl BaselineName {
    /// The number of the version; `None` for what is not a version.
    #[must_use]
    pub fn version(&self) -> Option<u32> {
        match self {
            BaselineName::Version(version) => Some(*version),
            BaselineName::Named(_) => None,
        }
    }
}

impl fmt::Display for BaselineName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaselineName::Version(version) => write!(formatter, "version {version}"),
            BaselineName::Named(name) => formatter.write_str(name),
        }
    }
}
