//! Why a value of one schema cannot be read with another.

use std::fmt;

use super::cause::Cause;
use super::place::Place;
use crate::code::Code;

/// One difference between two schemas that keeps data from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// What kind of difference it is.
    pub kind: MismatchKind,
    /// Where it is: a JSON pointer (RFC 6901) into the reader's schema, with the named types that it refers to written
    /// out. Below a union of the writer, one number is the branch of that union. `/` is the whole schema, as Java
    /// prints it. A path through more records than anybody reads starts with `…`.
    pub path: String,
    /// A sentence about what was written and what the reader expects.
    pub message: String,
    /// Where it is in the reader's schema.
    pub reader: Place,
    /// Where it is in the writer's schema; the record, where a field is missing.
    pub writer: Place,
    /// What it is about, for those who know more of the two schemas than that one writes and one reads.
    pub(crate) cause: Cause,
}

impl Mismatch {
    pub(super) fn new(kind: MismatchKind, path: String, reader: Place, writer: Place, cause: Cause) -> Self {
        let message = cause.message();
        Mismatch { kind, path, message, reader, writer, cause }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at {}: {}", self.path, self.message)
    }
}

/// The kind of a [`Mismatch`]. The names are those of `SchemaIncompatibilityType` in Avro's Java library, which
/// Confluent's registry puts into its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MismatchKind {
    /// Two named types have different names, and no alias of the reader's is the writer's name.
    NameMismatch,
    /// Two `fixed` types differ in size.
    FixedSizeMismatch,
    /// The writer's enum has symbols that the reader's lacks, and the reader's has no default.
    MissingEnumSymbols,
    /// The reader needs a field that the writer does not write, and the field has no default.
    ReaderFieldMissingDefaultValue,
    /// The types differ, and no promotion leads from one to the other.
    TypeMismatch,
    /// No branch of the reader's union reads what was written.
    MissingUnionBranch,
}

impl MismatchKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::NameMismatch,
        Self::FixedSizeMismatch,
        Self::MissingEnumSymbols,
        Self::ReaderFieldMissingDefaultValue,
        Self::TypeMismatch,
        Self::MissingUnionBranch,
    ];

    /// The code of a diagnostic that reports such a difference, such as `type-mismatch`.
    #[must_use]
    pub const fn code(self) -> Code {
        Code::new(match self {
            MismatchKind::NameMismatch => "name-mismatch",
            MismatchKind::FixedSizeMismatch => "fixed-size-mismatch",
            MismatchKind::MissingEnumSymbols => "missing-enum-symbols",
            MismatchKind::ReaderFieldMissingDefaultValue => "reader-field-missing-default-value",
            MismatchKind::TypeMismatch => "type-mismatch",
            MismatchKind::MissingUnionBranch => "missing-union-branch",
        })
    }

    /// The name that Java and Confluent's registry print, such as `TYPE_MISMATCH`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MismatchKind::NameMismatch => "NAME_MISMATCH",
            MismatchKind::FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
            MismatchKind::MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
            MismatchKind::ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
            MismatchKind::TypeMismatch => "TYPE_MISMATCH",
            MismatchKind::MissingUnionBranch => "MISSING_UNION_BRANCH",
        }
    }
}

impl fmt::Display for MismatchKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Data of the writer's schema can never be read with the reader's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolutionError {
    mismatches: Vec<Mismatch>,
}

impl ResolutionError {
    pub(crate) fn new(mismatches: Vec<Mismatch>) -> Self {
        ResolutionError { mismatches }
    }

    /// Every difference that is in the way, in the order of the reader's schema. Never empty, and at most 1,000
    /// long.
    #[must_use]
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }
}

impl fmt::Display for ResolutionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        formatter.write_str("the reader's schema cannot read what the writer's schema writes: ")?;
        for (index, mismatch) in self.mismatches.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(formatter, "{separator}{mismatch}")?;
        }
        match self.mismatches.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(formatter, "; and {more} more"),
        }
    }
}

impl std::error::Error for ResolutionError {}
