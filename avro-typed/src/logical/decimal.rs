//! `decimal`: an unscaled integer in two's complement, big-endian, over `bytes` or `fixed`; the scale is the schema's.

use rust_decimal::Decimal;

use crate::avro;
use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::Encode;
use crate::encode_error::{EncodeError, EncodeErrorKind};
use crate::impls::bytes::promoted_bytes;
use crate::reader::Reader;
use crate::resolving::Resolving;
use crate::writer::Writer;

impl<A: ?Sized, const PRECISION: u32, const SCALE: u32> avro::Decimal<A, PRECISION, SCALE> {
    /// The first unscaled value that has too many digits. Beyond 38 digits it is more than an `i128` holds.
    const LIMIT: u128 = match 10_u128.checked_pow(PRECISION) {
        Some(limit) => limit,
        None => u128::MAX,
    };

    /// The value times ten to the power of the scale, exactly.
    #[inline]
    fn unscaled(value: &Decimal) -> Result<i128, EncodeError> {
        let unscaled = match SCALE.checked_sub(value.scale()) {
            Some(0) => value.mantissa(),
            Some(missing) => scaled_up(value.mantissa(), missing).ok_or_else(|| Self::too_large(value))?,
            None => scaled_down(value, SCALE).ok_or_else(|| Self::needs_rounding(value))?,
        };
        if unscaled.unsigned_abs() >= Self::LIMIT {
            return Err(Self::too_large(value));
        }
        Ok(unscaled)
    }

    /// The value that the bytes stand for, with exactly the schema's scale.
    #[inline]
    fn value(bytes: &[u8], offset: usize) -> Result<Decimal, DecodeError> {
        match from_twos_complement(bytes) {
            Some(unscaled) if unscaled.unsigned_abs() < Self::LIMIT => {
                Decimal::try_from_i128_with_scale(unscaled, SCALE).map_err(|_| Self::invalid(bytes.len(), offset))
            }
            _ => Err(Self::invalid(bytes.len(), offset)),
        }
    }

    #[cold]
    #[inline(never)]
    fn too_large(value: &Decimal) -> EncodeError {
        EncodeError::new(EncodeErrorKind::DecimalTooLarge { value: *value, precision: PRECISION, scale: SCALE })
    }

    #[cold]
    #[inline(never)]
    fn needs_rounding(value: &Decimal) -> EncodeError {
        EncodeError::new(EncodeErrorKind::DecimalNeedsRounding { value: *value, precision: PRECISION, scale: SCALE })
    }

    #[cold]
    #[inline(never)]
    fn invalid(size: usize, offset: usize) -> DecodeError {
        let kind = match size {
            0 => DecodeErrorKind::EmptyDecimal { precision: PRECISION, scale: SCALE },
            _ => DecodeErrorKind::DecimalOutOfRange { size, precision: PRECISION, scale: SCALE },
        };
        DecodeError::new(kind, offset)
    }
}

impl<const PRECISION: u32, const SCALE: u32> Encode<avro::Decimal<avro::Bytes, PRECISION, SCALE>> for Decimal {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let unscaled = avro::Decimal::<avro::Bytes, PRECISION, SCALE>::unscaled(self)?;
        // Most values fit 64 bits.
        if let Ok(unscaled) = i64::try_from(unscaled) {
            let unused = (unscaled.leading_zeros().max(unscaled.leading_ones()) - 1) / 8;
            return writer.bytes(unscaled.to_be_bytes().get(unused as usize..).unwrap_or_default());
        }
        writer.bytes(unscaled.to_be_bytes().get(unused_bytes(unscaled)..).unwrap_or_default())
    }
}

impl<'a, const PRECISION: u32, const SCALE: u32> Decode<'a, avro::Decimal<avro::Bytes, PRECISION, SCALE>> for Decimal {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let bytes = reader.bytes()?;
        avro::Decimal::<avro::Bytes, PRECISION, SCALE>::value(bytes, reader.offset())
    }

    fn decode_changed(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
        let bytes = promoted_bytes(reader, resolving)?;
        avro::Decimal::<avro::Bytes, PRECISION, SCALE>::value(bytes, reader.offset())
    }
}

impl<const SIZE: usize, const PRECISION: u32, const SCALE: u32>
    Encode<avro::Decimal<avro::Fixed<SIZE>, PRECISION, SCALE>> for Decimal
{
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        let unscaled = avro::Decimal::<avro::Fixed<SIZE>, PRECISION, SCALE>::unscaled(self)?;
        match to_fixed(unscaled) {
            Some(bytes) => writer.fixed::<SIZE>(&bytes),
            None => Err(too_large_for_fixed(self, SIZE)),
        }
    }
}

impl<'a, const SIZE: usize, const PRECISION: u32, const SCALE: u32>
    Decode<'a, avro::Decimal<avro::Fixed<SIZE>, PRECISION, SCALE>> for Decimal
{
    const MIN_SIZE: usize = SIZE;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let bytes = reader.fixed::<SIZE>()?;
        avro::Decimal::<avro::Fixed<SIZE>, PRECISION, SCALE>::value(&bytes, reader.offset())
    }
}

#[cold]
#[inline(never)]
fn too_large_for_fixed(value: &Decimal, size: usize) -> EncodeError {
    EncodeError::new(EncodeErrorKind::DecimalTooLargeForFixed { value: *value, size })
}

fn scaled_up(mantissa: i128, digits: u32) -> Option<i128> {
    if mantissa == 0 {
        return Some(0);
    }
    mantissa.checked_mul(10_i128.checked_pow(digits)?)
}

/// The mantissa at a smaller scale, if only zeros are dropped.
fn scaled_down(value: &Decimal, scale: u32) -> Option<i128> {
    // A Decimal has a scale of at most 28, so the power fits.
    let divisor = 10_i128.checked_pow(value.scale() - scale)?;
    let mantissa = value.mantissa();
    (mantissa % divisor == 0).then_some(mantissa / divisor)
}

/// How many leading bytes only repeat the sign. At least one byte stays, as in Java's `BigInteger.toByteArray`.
fn unused_bytes(value: i128) -> usize {
    (value.leading_zeros().max(value.leading_ones()) as usize - 1) / 8
}

fn from_twos_complement(bytes: &[u8]) -> Option<i128> {
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

/// The value in `SIZE` bytes, with its sign repeated in front, if it fits.
fn to_fixed<const SIZE: usize>(value: i128) -> Option<[u8; SIZE]> {
    let bytes = value.to_be_bytes();
    let used = bytes.get(unused_bytes(value)..)?;
    let mut fixed = [if value < 0 { 0xff } else { 0 }; SIZE];
    let start = SIZE.checked_sub(used.len())?;
    fixed.get_mut(start..)?.copy_from_slice(used);
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
            assert_eq!(from_twos_complement(expected), Some(value), "value of {expected:?}");
        }
    }

    #[test]
    fn excess_sign_bytes() {
        assert_eq!(from_twos_complement(&[0; 100]), Some(0));
        assert_eq!(from_twos_complement(&[0xff; 100]), Some(-1));
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
        assert_eq!(to_fixed::<3>(-2), Some([0xff, 0xff, 0xfe]));
        assert_eq!(to_fixed::<3>(0x7f_ffff), Some([0x7f, 0xff, 0xff]));
        assert_eq!(to_fixed::<3>(0x80_0000), None);
        assert_eq!(to_fixed::<20>(1).map(|bytes| bytes[19]), Some(1));
        assert_eq!(to_fixed::<0>(0), None);
    }
}
