//! Logical types that count some unit since a zero.

use std::fmt::Display;

use jiff::SignedDuration;

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode_error::{EncodeError, EncodeErrorKind};

/// What logical types that count the same thing differ in.
pub(super) struct TimeUnit {
    pub(super) logical_type: &'static str,
    pub(super) unit: &'static str,
    /// Nanoseconds in one unit.
    pub(super) nanoseconds: i32,
}

impl TimeUnit {
    /// The error for a value with a fraction that the unit cannot hold.
    #[cold]
    pub(super) fn needs_rounding(&self, value: &dyn Display) -> EncodeError {
        let TimeUnit { logical_type, unit, .. } = *self;
        EncodeError::new(EncodeErrorKind::TimeNeedsRounding { value: value.to_string(), logical_type, unit })
    }

    #[cold]
    fn leap_second(&self, value: &dyn Display) -> EncodeError {
        let logical_type = self.logical_type;
        EncodeError::new(EncodeErrorKind::LeapSecond { value: value.to_string(), logical_type })
    }
}

/// The error for a value that the number of a logical type cannot express.
#[cold]
pub(super) fn encode_out_of_range(value: &dyn Display, logical_type: &'static str) -> EncodeError {
    EncodeError::new(EncodeErrorKind::TimeOutOfRange { value: value.to_string(), logical_type })
}

/// The error for a number that is outside of the Rust type.
#[cold]
#[inline(never)]
pub(super) fn decode_out_of_range(value: i64, logical_type: &'static str, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::TimeOutOfRange { value, logical_type }, offset)
}

/// A Rust type whose logical types count units since a zero.
pub(super) trait Counted: Sized + Display {
    /// How long after its zero the value is; `None` for a leap second, which Avro's types do not have.
    fn since_zero(&self) -> Option<SignedDuration>;

    /// The value so long after its zero, if there is one.
    fn from_zero(elapsed: SignedDuration) -> Option<Self>;
}

/// How many units the value is from its zero.
pub(super) fn to_count<T: Counted>(value: &T, unit: &TimeUnit) -> Result<i64, EncodeError> {
    let Some(elapsed) = value.since_zero() else {
        return Err(unit.leap_second(value));
    };
    let nanoseconds = elapsed.as_nanos();
    let size = i128::from(unit.nanoseconds);
    if nanoseconds % size != 0 {
        return Err(unit.needs_rounding(value));
    }
    i64::try_from(nanoseconds / size).map_err(|_| encode_out_of_range(value, unit.logical_type))
}

/// The value that is `count` units from its zero.
pub(super) fn from_count<T: Counted>(count: i64, unit: &TimeUnit, offset: usize) -> Result<T, DecodeError> {
    let per_second = i64::from(1_000_000_000 / unit.nanoseconds);
    let fraction = i32::try_from(count.rem_euclid(per_second)).map(|fraction| fraction.checked_mul(unit.nanoseconds));
    let Ok(Some(nanoseconds)) = fraction else {
        return Err(decode_out_of_range(count, unit.logical_type, offset));
    };
    T::from_zero(SignedDuration::new(count.div_euclid(per_second), nanoseconds))
        .ok_or_else(|| decode_out_of_range(count, unit.logical_type, offset))
}

/// Implements the traits for a [`Counted`] type as a logical type over `int` or `long`.
macro_rules! counted {
    ($rust:ty, $avro:ty, over $underlying:ty: $number:ty, $logical_type:literal, $unit:literal, $nanoseconds:literal) => {
        impl $crate::logical::Logical<$avro> for $rust {
            type Underlying = $number;

            fn to_underlying(&self) -> Result<$number, $crate::EncodeError> {
                use $crate::logical::counted::{TimeUnit, encode_out_of_range, to_count};
                const UNIT: TimeUnit = TimeUnit { logical_type: $logical_type, unit: $unit, nanoseconds: $nanoseconds };
                <$number>::try_from(to_count(self, &UNIT)?).map_err(|_| encode_out_of_range(self, UNIT.logical_type))
            }

            fn from_underlying(value: $number, offset: usize) -> Result<Self, $crate::DecodeError> {
                use $crate::logical::counted::{TimeUnit, from_count};
                const UNIT: TimeUnit = TimeUnit { logical_type: $logical_type, unit: $unit, nanoseconds: $nanoseconds };
                from_count(i64::from(value), &UNIT, offset)
            }
        }

        $crate::logical::logical!($rust, $avro, over $underlying);
    };
}
pub(super) use counted;
