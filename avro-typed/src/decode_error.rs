//! Why bytes could not be decoded.

use std::fmt;

use avro_model::resolution::Mismatch;
use thiserror::Error;

use crate::path::Path;

/// Bytes that are not a value of their Avro type, with the path to the value and the place in the datum:
/// `Customer.address.city: string length 9000 but 12 bytes remain (at byte 33)`.
pub struct DecodeError(Box<Details>);

// Every read returns one, so it must fit a register.
const _: () = assert!(size_of::<DecodeError>() == size_of::<usize>());

struct Details {
    kind: DecodeErrorKind,
    path: Path,
    offset: usize,
}

/// What is wrong with the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The datum ends within a value of a known size.
    #[error("{needed} bytes needed but {remaining} remain; the datum is truncated or was written with another schema")]
    UnexpectedEnd {
        /// How many bytes the value has.
        needed: usize,
        /// How many bytes are left.
        remaining: usize,
    },
    /// The length of a string or of bytes is larger than what remains.
    #[error("{what} length {length} but {remaining} bytes remain")]
    LengthTooLarge {
        /// `string`, `bytes` or `block`.
        what: &'static str,
        /// The length in bytes.
        length: u64,
        /// How many bytes are left.
        remaining: usize,
    },
    /// A length is below zero.
    #[error("{what} length {length} is negative")]
    NegativeLength {
        /// `string`, `bytes` or `block`.
        what: &'static str,
        /// The length as it was read.
        length: i64,
    },
    /// An integer takes more than ten bytes, or its tenth byte has bits beyond the 64th.
    #[error("an integer is longer than 64 bits")]
    VarintTooLong,
    /// An `int` is outside of 32 bits.
    #[error("{value} is not a 32-bit int; the datum was probably written with another schema")]
    IntOutOfRange {
        /// The value as it was read.
        value: i64,
    },
    /// A number is outside of a Rust type that is narrower than its Avro type.
    #[error("{value} does not fit the Rust type {rust_type}")]
    NumberOutOfRange {
        /// The value as it was read.
        value: i64,
        /// The Rust type.
        rust_type: &'static str,
    },
    /// A `boolean` is neither 0 nor 1.
    #[error("boolean byte {byte:#04x} is neither 0 nor 1")]
    InvalidBoolean {
        /// The byte as it was read.
        byte: u8,
    },
    /// A `string` is not UTF-8.
    #[error("string of {length} bytes is not valid UTF-8 from its byte {valid_up_to} on")]
    InvalidUtf8 {
        /// The length of the string in bytes.
        length: usize,
        /// How many of them are valid.
        valid_up_to: usize,
    },
    /// The enum has no such symbol.
    #[error("index {index} is out of range for enum {type_name} with {symbols} symbols")]
    UnknownSymbol {
        /// The full name of the enum.
        type_name: &'static str,
        /// The index as it was read.
        index: i64,
        /// How many symbols the enum has.
        symbols: usize,
    },
    /// The union has no such branch.
    #[error("index {index} is out of range for a union of {branches} branches")]
    UnknownBranch {
        /// The index as it was read.
        index: i64,
        /// How many branches the union has.
        branches: usize,
    },
    /// An array or map announces more items than the remaining bytes can hold.
    #[error("{count} items of at least {min_item_size} bytes do not fit the {remaining} bytes that remain")]
    CountTooLarge {
        /// The number of items of the block.
        count: u64,
        /// The smallest size of an item in bytes; at least 1.
        min_item_size: usize,
        /// How many bytes are left.
        remaining: usize,
    },
    /// The arrays of the datum have too many items that occupy no bytes.
    #[error("more than {limit} items that occupy no bytes; `Limits::max_zero_size_items` allows more")]
    TooManyZeroSizeItems {
        /// The limit that was passed.
        limit: u64,
    },
    /// The arrays of the datum have too many items that occupy no bytes and become values that do, of defaults alone.
    #[error(
        "more than {limit} items that occupy no bytes and consist of defaults; `Limits::max_items_of_defaults` allows more"
    )]
    TooManyItemsOfDefaults {
        /// The limit that was passed.
        limit: u64,
    },
    /// The arrays and maps of the datum, and the defaults that are filled in, would take too much memory.
    #[error("arrays, maps and defaults take more than {limit} bytes of memory; `Limits::max_item_memory` allows more")]
    TooMuchItemMemory {
        /// The limit in bytes.
        limit: usize,
    },
    /// A block of an array or map declares how many bytes its items take, and they take another number.
    #[error("a block of {declared} bytes has items of {actual} bytes")]
    BlockSizeMismatch {
        /// The size that the block declares.
        declared: usize,
        /// The size of its items.
        actual: usize,
    },
    /// Records are nested in each other too deep.
    #[error("records are nested deeper than {limit} levels; `Limits::max_depth` allows more")]
    DepthExceeded {
        /// The limit that was passed.
        limit: u32,
    },
    /// Records are nested in each other so deep that reading them takes too much of the stack.
    #[error(
        "nested records take more than {limit} bytes of the stack; `Limits::max_stack` allows more, on a thread that has it"
    )]
    StackExceeded {
        /// The limit that was passed.
        limit: usize,
    },
    /// Values are nested in each other too deep for a tree.
    #[error("values are nested deeper than {limit} levels, which is more than JSON can be used for")]
    NestedTooDeep {
        /// How many levels are accepted.
        limit: u32,
    },
    /// Bytes are left after the datum.
    #[error("{remaining} bytes are left after the datum; it was probably written with another schema")]
    TrailingBytes {
        /// How many bytes are left.
        remaining: usize,
    },
    /// A decimal of no bytes has no value.
    #[error("decimal({precision}, {scale}) of no bytes")]
    EmptyDecimal {
        /// The schema's precision.
        precision: u32,
        /// The schema's scale.
        scale: u32,
    },
    /// A decimal has more digits than its precision, or than its Rust type holds.
    #[error("a decimal of {size} bytes has more digits than decimal({precision}, {scale}) holds")]
    DecimalOutOfRange {
        /// How many bytes the decimal has.
        size: usize,
        /// The schema's precision.
        precision: u32,
        /// The schema's scale.
        scale: u32,
    },
    /// A `big-decimal` whose unscaled value has no bytes has no value.
    #[error("big-decimal of no bytes")]
    EmptyBigDecimal,
    /// A `big-decimal` is beyond the bounds that are accepted.
    #[error(
        "a big-decimal of {size} bytes and scale {scale} is out of bounds: at most {max_size} bytes and scales from -{max_scale} to {max_scale} are accepted", 
        max_size = crate::avro::BigDecimal::MAX_SIZE, max_scale = crate::avro::BigDecimal::MAX_SCALE
    )]
    BigDecimalOutOfBounds {
        /// How many bytes the unscaled value has.
        size: usize,
        /// The scale.
        scale: i64,
    },
    /// The text of a `uuid` is not a UUID.
    #[error("{text:?} is not a UUID; one looks like \"067e6162-3b6f-4ae2-a171-2470b63dff00\"")]
    InvalidUuid {
        /// The text, shortened when it is long.
        text: String,
    },
    /// A time is outside of the range of the Rust type.
    #[error("{value} is out of range for {logical_type}")]
    TimeOutOfRange {
        /// The value as it was read, in the logical type's unit.
        value: i64,
        /// The logical type, such as `timestamp-millis`.
        logical_type: &'static str,
    },
    /// The writer's symbol is unknown to the reader, whose enum has no default.
    #[error(
        "the writer's symbol number {writer_index} is not in the reader's enum {type_name}; add the symbol to it, or a default"
    )]
    SymbolNotInReader {
        /// The full name of the reader's enum.
        type_name: &'static str,
        /// The index of the symbol in the writer's enum.
        writer_index: usize,
    },
    /// The writer's value cannot be read with the reader's schema.
    #[error("the reader's schema cannot read this value: {0}")]
    Mismatch(Mismatch),
    /// The resolution plan was made for another reader schema than the Rust type's.
    #[error(
        "the resolution plan has {found} where the Rust type needs {expected}; make the plan with the type's own schema as reader"
    )]
    PlanMismatch {
        /// What the Rust type can do.
        expected: &'static str,
        /// What the plan has.
        found: &'static str,
    },
}

impl DecodeError {
    /// An error without a path; the path grows as the error travels outwards.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        DecodeError(Box::new(Details { kind, path: Path::default(), offset }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// The path to the value, such as `Customer.address.city`. Empty when the root is a type without a name.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// Where in the datum decoding stopped, in bytes from its start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The same error, seen from the record that has the field `name`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_field(mut self, name: &'static str) -> Self {
        self.0.path.push_name(name);
        self
    }

    /// [`at_field`](DecodeError::at_field), with a name of a schema that is known only at run time.
    #[cfg(feature = "json")]
    #[cold]
    pub(crate) fn at_name(mut self, name: &str) -> Self {
        self.0.path.push_owned_name(name);
        self
    }

    /// The same error, seen from the array that has the value at `index`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        self.0.path.push_index(index);
        self
    }

    /// The same error, seen from the map that has the value at `key`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_key(mut self, key: &str) -> Self {
        self.0.path.push_key(key);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            write!(formatter, "{}: ", self.0.path)?;
        }
        write!(formatter, "{} (at byte {})", self.0.kind, self.0.offset)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DecodeError")
            .field("path", &self.path())
            .field("offset", &self.0.offset)
            .field("kind", &self.0.kind)
            .finish()
    }
}

impl std::error::Error for DecodeError {}
