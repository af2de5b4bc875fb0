//! Why a value could not be encoded.

use std::fmt;

use thiserror::Error;

use crate::path::Path;

/// A value that its Avro type cannot hold, with the path to it: `Customer.balance: 1.005 does not fit decimal(12, 2)
/// without rounding; round it first`.
pub struct EncodeError(Repr);

enum Repr {
    /// The buffer of the [`Writer`](crate::Writer) is too small. It is met on the way, costs nothing, and an
    /// [`Encoder`](crate::Encoder) answers it with a larger buffer.
    Full,
    Failed(Box<Details>),
}

// Every write returns one, so it must fit a register.
const _: () = assert!(size_of::<EncodeError>() == size_of::<usize>());

#[derive(Debug)]
struct Details {
    kind: EncodeErrorKind,
    path: Path,
}

/// What is wrong with the value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// The writer's buffer is full. Hand-written implementations of [`Encode`](crate::Encode) meet it and pass it on.
    #[error("the buffer is full; pass this error on, the encoder repeats with a larger buffer")]
    Full,
    /// The datum is larger than the encoder's maximum.
    #[error("the datum is larger than the encoder's maximum of {limit} bytes; raise it with `Encoder::with_max_size`")]
    TooLarge {
        /// The maximum in bytes.
        limit: usize,
    },
    /// Records are nested in each other deeper than a decoder accepts by default.
    #[error("records are nested deeper than {limit} levels; decoders refuse that, so flatten the value")]
    DepthExceeded {
        /// How many levels are accepted.
        limit: u32,
    },
    /// Records are nested in each other so deep that writing them takes too much of the stack.
    #[error("nested records take more than {limit} bytes of the stack; flatten the value")]
    StackExceeded {
        /// The limit that was passed.
        limit: usize,
    },
    /// The decimal has more digits after the point than the scale, or more digits than the precision.
    #[error("{value} does not fit decimal({precision}, {scale}) without rounding; round it first")]
    DecimalNeedsRounding {
        /// The value as text.
        value: String,
        /// The schema's precision.
        precision: u32,
        /// The schema's scale.
        scale: u32,
    },
    /// The decimal has more digits than the precision.
    #[error("{value} has more digits than decimal({precision}, {scale}) holds; use a larger precision in the schema")]
    DecimalTooLarge {
        /// The value as text.
        value: String,
        /// The schema's precision.
        precision: u32,
        /// The schema's scale.
        scale: u32,
    },
    /// The decimal needs more bytes than the fixed type has.
    #[error("{value} does not fit the {size} bytes of its fixed type; use a larger size in the schema")]
    DecimalTooLargeForFixed {
        /// The value as text.
        value: String,
        /// The size of the fixed type in bytes.
        size: usize,
    },
    /// The decimal is beyond the bounds of `big-decimal`.
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
    /// The time has a fraction that its logical type cannot hold.
    #[error("{value} is finer than {logical_type} can hold; round it to {unit} first")]
    TimeNeedsRounding {
        /// The value as text.
        value: String,
        /// The logical type, such as `timestamp-millis`.
        logical_type: &'static str,
        /// The logical type's unit, such as `milliseconds`.
        unit: &'static str,
    },
    /// The time is a leap second, which Avro's types do not have.
    #[error("{value} is a leap second, which {logical_type} cannot hold; take the second before or after it")]
    LeapSecond {
        /// The value as text.
        value: String,
        /// The logical type, such as `time-millis`.
        logical_type: &'static str,
    },
    /// The time is outside of what its logical type can hold.
    #[error("{value} is out of the range of {logical_type}; use a coarser logical type in the schema")]
    TimeOutOfRange {
        /// The value as text.
        value: String,
        /// The logical type, such as `timestamp-nanos`.
        logical_type: &'static str,
    },
}

impl EncodeError {
    /// An error without a path; the path grows as the error travels outwards.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: EncodeErrorKind) -> Self {
        EncodeError(Repr::Failed(Box::new(Details { kind, path: Path::default() })))
    }

    #[inline(always)]
    pub(crate) const fn full() -> Self {
        EncodeError(Repr::Full)
    }

    pub(crate) fn is_full(&self) -> bool {
        matches!(self.0, Repr::Full)
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &EncodeErrorKind {
        match &self.0 {
            Repr::Full => &EncodeErrorKind::Full,
            Repr::Failed(details) => &details.kind,
        }
    }

    /// The path to the value, such as `Customer.orders[3].total`. Empty when the root is a type without a name.
    #[must_use]
    pub fn path(&self) -> String {
        match &self.0 {
            Repr::Full => String::new(),
            Repr::Failed(details) => details.path.to_string(),
        }
    }

    /// The same error, seen from the record that has the field `name`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_field(mut self, name: &'static str) -> Self {
        if let Repr::Failed(details) = &mut self.0 {
            details.path.push_name(name);
        }
        self
    }

    /// The same error, seen from the array that has the value at `index`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        if let Repr::Failed(details) = &mut self.0 {
            details.path.push_index(index);
        }
        self
    }

    /// The same error, seen from the map that has the value at `key`.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn at_key(mut self, key: &str) -> Self {
        if let Repr::Failed(details) = &mut self.0 {
            details.path.push_key(key);
        }
        self
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Repr::Failed(details) = &self.0
            && !details.path.is_empty()
        {
            write!(formatter, "{}: ", details.path)?;
        }
        self.kind().fmt(formatter)
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EncodeError").field("path", &self.path()).field("kind", self.kind()).finish()
    }
}

impl std::error::Error for EncodeError {}
