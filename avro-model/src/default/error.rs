//! Why a JSON value is not a default of a type.

use std::fmt;

/// Why a JSON value is not a value of a type, and where inside the value. Prints as `address.tags[2]: expected a
/// string, …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultError {
    pub(crate) kind: DefaultErrorKind,
    pub(crate) path: Vec<Segment>,
}

/// A step from a JSON value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

/// Why a JSON value is not a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DefaultErrorKind {
    /// The JSON is of another kind than the type's values.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// What stands for a value of the type.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A number that the type cannot hold.
    #[error("{number} is out of the range of {ty}")]
    OutOfRange {
        /// The number as it is written.
        number: String,
        /// The type.
        ty: &'static str,
    },
    /// Bytes are written as a string of the characters U+0000 to U+00FF.
    #[error("the character {character:?} is not a byte; bytes are the characters U+0000 to U+00FF")]
    NoByte {
        /// The character.
        character: char,
    },
    /// A fixed of another length.
    #[error("expected {expected} characters, one for each byte of the fixed `{name}`, found {found}")]
    WrongLength {
        /// The fullname of the fixed.
        name: String,
        /// Its size in bytes.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// No symbol of the enum.
    #[error("`{symbol}` is not a symbol of the enum `{name}`")]
    NoSymbol {
        /// The fullname of the enum.
        name: String,
        /// What is there.
        symbol: String,
        /// A symbol that it may have meant.
        near: Option<String>,
    },
    /// No branch of the union takes it.
    #[error("{found} fits no branch of the union [{branches}]")]
    NoBranch {
        /// What is there.
        found: String,
        /// The branches, with commas between.
        branches: String,
    },
    /// A field without a default is not given.
    #[error("the field `{field}` of the record `{name}` is missing, and has no default of its own")]
    MissingField {
        /// The fullname of the record.
        name: String,
        /// The field.
        field: String,
    },
    /// The type refers to a definition that is not there.
    #[error("the type refers to a definition that is not in the list")]
    NoDefinition,
    /// Nested more deeply than any schema can be.
    #[error("the value is nested more than {most} levels deep, inner defaults included")]
    TooDeep {
        /// The limit.
        most: usize,
    },
    /// Too large.
    #[error(
        "the value and the inner defaults that it takes are too large (more than {most} bytes, or thousands of fields)"
    )]
    TooLarge {
        /// The limit.
        most: usize,
    },
}

impl DefaultError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &DefaultErrorKind {
        &self.kind
    }

    /// Where in the JSON value: `address.tags[2]`, or empty for the value itself.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for segment in &self.path {
            match segment {
                Segment::Key(key) if path.is_empty() => path.push_str(key),
                Segment::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

impl fmt::Display for DefaultError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(formatter, "{}: ", self.path())?;
        }
        self.kind.fmt(formatter)
    }
}

impl std::error::Error for DefaultError {}
