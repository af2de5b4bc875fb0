//! Why JSON is not a value of a schema.

use std::fmt;

use avro_model::DefaultError;
use thiserror::Error;

use crate::path::shortened;

/// JSON that is not a value of its schema, with the path to where it differs: `Order.total: expected a whole number
/// (long), found the string "12"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromJsonError {
    pub(super) path: String,
    pub(super) kind: FromJsonErrorKind,
}

/// What is wrong with the JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FromJsonErrorKind {
    /// The value is of another kind than its type wants.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// What the type wants, in words.
        expected: String,
        /// What there is, in words.
        found: String,
    },
    /// The number does not fit its type.
    #[error("{number} is out of the range of {ty}")]
    OutOfRange {
        /// The number.
        number: String,
        /// The type: `int`, `long`, `float` or `double`.
        ty: &'static str,
    },
    /// A field is not there, and has no default.
    #[error("the field `{field}` is missing and has no default{}", or_misspelt(.near.as_deref()))]
    MissingField {
        /// The name of the field.
        field: String,
        /// A member that may be meant for it.
        near: Option<String>,
    },
    /// The record has no such field.
    #[error("the record `{record}` has no field {member:?}{}", did_you_mean(.near.as_deref()))]
    UnknownField {
        /// The fullname of the record.
        record: String,
        /// The member of the object, shortened when it is long.
        member: String,
        /// A field that may be meant.
        near: Option<String>,
    },
    /// The enum has no such symbol.
    #[error("the enum `{name}` has no symbol {symbol:?}{}", did_you_mean(.near.as_deref()))]
    UnknownSymbol {
        /// The fullname of the enum.
        name: String,
        /// The symbol, shortened when it is long.
        symbol: String,
        /// A symbol that may be meant.
        near: Option<String>,
    },
    /// The union has no such branch.
    #[error("the union has no branch {found:?}; its branches are {branches}")]
    UnknownBranch {
        /// The name of the branch, shortened when it is long.
        found: String,
        /// The names of the branches, with commas between them.
        branches: String,
    },
    /// A character of `bytes` or of a `fixed` is not a byte.
    #[error("the character {character:?} is not a byte: use characters from U+0000 to U+00FF")]
    NoByte {
        /// The character.
        character: char,
    },
    /// A `fixed` has another number of bytes.
    #[error("the fixed `{name}` has {expected} bytes, found {found}")]
    WrongLength {
        /// The fullname of the fixed.
        name: String,
        /// How many bytes it has.
        expected: usize,
        /// How many characters the string has.
        found: usize,
    },
    /// A default cannot be written, most likely because it never ends.
    #[error("the default of this field cannot be used: {0}")]
    Default(DefaultError),
    /// Records are nested in each other too deep.
    #[error("records are nested deeper than {limit} levels, which decoders refuse; flatten the value")]
    DepthExceeded {
        /// How many levels are accepted.
        limit: u32,
    },
    /// Values are nested in each other too deep.
    #[error("values are nested deeper than {limit} levels; flatten the value")]
    NestedTooDeep {
        /// How many levels are accepted.
        limit: u32,
    },
    /// The datum would be too large.
    #[error("the datum is larger than {limit} bytes; write several smaller ones")]
    TooLarge {
        /// The largest size in bytes.
        limit: usize,
    },
}

impl FromJsonError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &FromJsonErrorKind {
        &self.kind
    }

    /// The path to the value, such as `Order.lines[3].price`. Empty when the root is a type without a name.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for FromJsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(formatter, "{}: ", self.path)?;
        }
        self.kind.fmt(formatter)
    }
}

impl std::error::Error for FromJsonError {}

fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

fn or_misspelt(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; is {:?} meant for it?", shortened(near)))
}
