//! The integer that a decimal is without its point: in two's complement, big-endian.

use serde::Deserializer;

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode_error::{EncodeError, EncodeErrorKind};

/// A Rust type of `decimal`.
pub(crate) trait Unscaled: Sized {
    /// Gives the bytes of the value times ten to the power of the scale, exactly, as few as possible.
    fn with_unscaled<const PRECISION: u32, const SCALE: u32, R>(
        &self,
        with: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, EncodeError>;

    /// The value of the bytes, with exactly the schema's scale. `offset` is where they were read.
    fn from_unscaled<const PRECISION: u32, const SCALE: u32>(bytes: &[u8], offset: usize) -> Result<Self, DecodeError>;

    /// Reads the value from a format that people read.
    fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// The value as error messages show it.
    fn shown(&self) -> String;
}

/// The error for a value that has more digits than the precision.
#[cold]
#[inline(never)]
pub(crate) fn too_large<T: Unscaled>(value: &T, precision: u32, scale: u32) -> EncodeError {
    EncodeError::new(EncodeErrorKind::DecimalTooLarge { value: value.shown(), precision, scale })
}

/// The error for a value that has more digits after the point than the scale.
#[cold]
#[inline(never)]
pub(crate) fn needs_rounding<T: Unscaled>(value: &T, precision: u32, scale: u32) -> EncodeError {
    EncodeError::new(EncodeErrorKind::DecimalNeedsRounding { value: value.shown(), precision, scale })
}

/// The error for a value that needs more bytes than the fixed type has.
#[cold]
#[inline(never)]
pub(crate) fn too_large_for_fixed<T: Unscaled>(value: &T, size: usize) -> EncodeError {
    EncodeError::new(EncodeErrorKind::DecimalTooLargeForFixed { value: value.shown(), size })
}

/// The error for so many bytes that are not a value.
#[cold]
#[inline(never)]
pub(crate) fn invalid(size: usize, precision: u32, scale: u32, offset: usize) -> DecodeError {
    let kind = match size {
        0 => DecodeErrorKind::EmptyDecimal { precision, scale },
        _ => DecodeErrorKind::DecimalOutOfRange { size, precision, scale },
    };
    DecodeError::new(kind, offset)
}

/// How many leading bytes of the integer only repeat its sign. At least one byte stays, as in Java's
/// `BigInteger.toByteArray`.
pub(crate) fn unused_bytes(value: i128) -> usize {
    (value.leading_zeros().max(value.leading_ones()) as usize - 1) / 8
}

/// The integer, unless it has more than 128 bits or there are no bytes.
pub(crate) fn from_twos_complement(bytes: &[u8]) -> Option<i128> {
    let sign: i8 = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
    if bytes.len() <= size_of::<i64>() {
        let value = bytes.iter().fold(i64::from(sign), |value, byte| (value << 8) | i64::from(*byte));
        return Some(i128::from(value));
    }
    // Writers may repeat the sign in front of the value, however often.
    let (excess, low) = bytes.split_at(bytes.len().saturating_sub(size_of::<i128>()));
    let value = low.iter().fold(i128::from(sign), |value, byte| (value << 8) | i128::from(*byte));
    let is_repeated = excess.iter().all(|byte| *byte == sign.cast_unsigned());
    let keeps_sign = (value < 0) == (sign < 0);
    (is_repeated && keeps_sign).then_some(value)
}

/// The bytes without those in front that only repeat the sign.
pub(crate) fn without_repeated_sign(mut bytes: &[u8]) -> &[u8] {
    while let [sign @ (0 | 0xff), rest @ ..] = bytes
        && rest.first().is_some_and(|next| (sign ^ next) < 0x80)
    {
        bytes = rest;
    }
    bytes
}

/// The bytes as `SIZE` of them, with the sign repeated in front, if they fit.
pub(crate) fn sign_extended<const SIZE: usize>(bytes: &[u8]) -> Option<[u8; SIZE]> {
    let is_negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let mut fixed = [if is_negative { 0xff } else { 0 }; SIZE];
    let start = SIZE.checked_sub(bytes.len())?;
    fixed.get_mut(start..)?.copy_from_slice(bytes);
    Some(fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twos_complement_of_java() {
        // The right column is what `BigInteger.toByteArray` gives.
        let table: [(i128, &[u8]); 11] = [
            (0, &[0]),
            (1, &[1]),
            (-1, &[0xff]),
            (127, &[0x7f]),
            (128, &[0, 0x80]),
            (-128, &[0x80]),
            (-129, &[0xff, 0x7f]),
            (i128::from(i64::MAX), &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            (i128::from(i64::MAX) + 1, &[0, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            (i128::from(i64::MIN), &[0x80, 0, 0, 0, 0, 0, 0, 0]),
            (i128::from(i64::MIN) - 1, &[0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ];
        for (value, expected) in table {
            assert_eq!(&value.to_be_bytes()[unused_bytes(value)..], expected, "bytes of {value}");
            assert_eq!(without_repeated_sign(&value.to_be_bytes()), expected, "bytes of {value}");
            assert_eq!(from_twos_complement(expected), Some(value), "value of {expected:?}");
        }
    }

    #[test]
    fn excess_sign_bytes() {
        assert_eq!(from_twos_complement(&[0; 100]), Some(0));
        assert_eq!(from_twos_complement(&[0xff; 100]), Some(-1));
        assert_eq!(without_repeated_sign(&[0xff; 100]), [0xff]);
        assert!(without_repeated_sign(&[]).is_empty());
        let mut long = [0; 40];
        long[39] = 7;
        assert_eq!(from_twos_complement(&long), Some(7));
        long[23] = 1;
        assert_eq!(from_twos_complement(&long), None, "a digit beyond 128 bits");
        let mut long = [0; 17];
        long[1] = 0x80;
        assert_eq!(from_twos_complement(&long), None, "2^127 is positive");
        assert_eq!(from_twos_complement(&[]), None);
    }

    #[test]
    fn fixed_repeats_the_sign() {
        assert_eq!(sign_extended::<3>(&[0xfe]), Some([0xff, 0xff, 0xfe]));
        assert_eq!(sign_extended::<3>(&[0x7f, 0xff, 0xff]), Some([0x7f, 0xff, 0xff]));
        assert_eq!(sign_extended::<3>(&[0, 0x80, 0, 0]), None);
        assert_eq!(sign_extended::<20>(&[1]).map(|bytes| bytes[19]), Some(1));
        assert_eq!(sign_extended::<0>(&[0]), None);
    }
}
