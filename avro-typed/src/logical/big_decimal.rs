//! [`bigdecimal::BigDecimal`]: the Rust type of `big-decimal`, and of decimals with more than 28 digits.

use std::cmp::Ordering;
use std::fmt;

use bigdecimal::num_bigint::{BigInt, BigUint};
use bigdecimal::{BigDecimal, Zero};
use serde::de::{Error, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::unscaled::{Unscaled, invalid, needs_rounding, too_large, without_repeated_sign};
use crate::avro;
use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::Encode;
use crate::encode_error::{EncodeError, EncodeErrorKind};
use crate::impls::bytes::promoted_bytes;
use crate::invariant::always;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::serde_form::{DeserializeAs, SerializeAs};
use crate::varint::MAX_VARINT_SIZE;
use crate::writer::Writer;

impl Unscaled for BigDecimal {
    fn with_unscaled<const PRECISION: u32, const SCALE: u32, R>(
        &self,
        with: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, EncodeError> {
        let (integer, scale) = self.as_bigint_and_scale();
        let unscaled = match i64::from(SCALE).cmp(&scale) {
            _ if integer.is_zero() => BigInt::zero(),
            Ordering::Equal => integer.into_owned(),
            Ordering::Greater => {
                // The value has one digit or more, so all other digits of the precision bound what is missing.
                let missing = u32::try_from(i64::from(SCALE).saturating_sub(scale)).ok();
                let missing = missing.filter(|missing| *missing < PRECISION);
                let missing = missing.ok_or_else(|| too_large(self, PRECISION, SCALE))?;
                integer.into_owned() * power_of_ten(missing)
            }
            Ordering::Less => {
                // An integer of so many bits has fewer digits than a third of them, and one.
                let excess = u32::try_from(scale.saturating_sub(i64::from(SCALE))).ok();
                let excess = excess.filter(|excess| u64::from(*excess) <= integer.bits() / 3 + 1);
                let quotient = excess.and_then(|excess| exact_quotient(&integer, &power_of_ten(excess)));
                quotient.ok_or_else(|| needs_rounding(self, PRECISION, SCALE))?
            }
        };
        if !fits(unscaled.magnitude(), PRECISION) {
            return Err(too_large(self, PRECISION, SCALE));
        }
        Ok(with(&unscaled.to_signed_bytes_be()))
    }

    fn from_unscaled<const PRECISION: u32, const SCALE: u32>(bytes: &[u8], offset: usize) -> Result<Self, DecodeError> {
        let used = without_repeated_sign(bytes);
        // A digit needs less than half a byte. So what takes long to look at is refused before it is.
        let is_plausible = used.len() as u64 <= u64::from(PRECISION) / 2 + 2;
        if used.is_empty() || !is_plausible {
            return Err(invalid(bytes.len(), PRECISION, SCALE, offset));
        }
        let unscaled = BigInt::from_signed_bytes_be(used);
        if !fits(unscaled.magnitude(), PRECISION) {
            return Err(invalid(bytes.len(), PRECISION, SCALE, offset));
        }
        Ok(BigDecimal::new(unscaled, i64::from(SCALE)))
    }

    fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }

    /// Huge numbers are only described: they would take long to print, and nobody would read them.
    fn shown(&self) -> String {
        let (integer, scale) = self.as_bigint_and_scale();
        if integer.bits() > SHOWN_BITS {
            return format!("a number of {} bits and scale {scale}", integer.bits());
        }
        self.to_string()
    }
}

/// Error messages show numbers of up to this size, which is 154 digits.
const SHOWN_BITS: u64 = 512;

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

fn exact_quotient(integer: &BigInt, divisor: &BigInt) -> Option<BigInt> {
    (integer % divisor).is_zero().then(|| integer / divisor)
}

/// Whether the integer has at most so many digits.
fn fits(magnitude: &BigUint, precision: u32) -> bool {
    // Ten to the power of the precision has at least this many bits, and most integers fewer: log2(10) is 3.3219…
    let bits = u64::from(precision) * 33_219 / 10_000;
    magnitude.bits() <= bits || magnitude < power_of_ten(precision).magnitude()
}

/// Reads what [`BigDecimal`] itself reads, as long as it is within the bounds of `big-decimal`.
struct TextVisitor;

/// Room for the digits, the sign, the point and the exponent.
const MAX_TEXT: usize = avro::BigDecimal::MAX_SIZE * 5 / 2;

impl Visitor<'_> for TextVisitor {
    type Value = BigDecimal;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a decimal number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<BigDecimal, E> {
        if text.len() > MAX_TEXT {
            return Err(E::invalid_length(text.len(), &"a decimal number of at most 10240 characters"));
        }
        let value = BigDecimal::deserialize(text.into_deserializer())?;
        inner(&value).map_err(E::custom)?;
        Ok(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<BigDecimal, E> {
        Ok(BigDecimal::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<BigDecimal, E> {
        Ok(BigDecimal::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<BigDecimal, E> {
        BigDecimal::deserialize(value.into_deserializer())
    }
}

/// What the bytes of a `big-decimal` contain: the unscaled integer as bytes, then the scale as int.
fn inner(value: &BigDecimal) -> Result<Vec<u8>, EncodeError> {
    let (integer, scale) = value.as_bigint_and_scale();
    let size = usize::try_from(integer.bits() / 8 + 1).unwrap_or(usize::MAX);
    let bounded_scale = i32::try_from(scale).ok().filter(|scale| is_bounded(size, i64::from(*scale)));
    let Some(bounded_scale) = bounded_scale else {
        return Err(EncodeError::new(EncodeErrorKind::BigDecimalOutOfBounds { size, scale }));
    };
    let unscaled = integer.to_signed_bytes_be();
    let mut buffer = vec![0; unscaled.len() + 4 * MAX_VARINT_SIZE];
    let mut writer = Writer::new(&mut buffer, 0, 0, 0);
    writer.bytes(&unscaled)?;
    writer.int(bounded_scale)?;
    let written = always(writer.written(), 0, "the buffer has room for all that was written");
    buffer.truncate(written);
    Ok(buffer)
}

fn is_bounded(size: usize, scale: i64) -> bool {
    size <= avro::BigDecimal::MAX_SIZE && scale.unsigned_abs() <= u64::from(avro::BigDecimal::MAX_SCALE.unsigned_abs())
}

/// The value of the bytes of a `big-decimal`; the datum ended at `end` if it ended with them.
fn from_inner(bytes: &[u8], reader: &Reader<'_>) -> Result<BigDecimal, DecodeError> {
    let mut inner = reader.of_part(bytes);
    let unscaled = without_repeated_sign(inner.bytes()?);
    let scale = i64::from(inner.int()?);
    inner.finish()?;
    if unscaled.is_empty() {
        return Err(inner.fail(DecodeErrorKind::EmptyBigDecimal));
    }
    if !is_bounded(unscaled.len(), scale) {
        return Err(inner.fail(DecodeErrorKind::BigDecimalOutOfBounds { size: unscaled.len(), scale }));
    }
    Ok(BigDecimal::new(BigInt::from_signed_bytes_be(unscaled), scale))
}

impl Encode<avro::BigDecimal> for BigDecimal {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.bytes(&inner(self)?)
    }
}

impl<'a> Decode<'a, avro::BigDecimal> for BigDecimal {
    /// Two lengths, one byte of the integer, and the scale.
    const MIN_SIZE: usize = 4;

    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let bytes = reader.bytes()?;
        from_inner(bytes, reader)
    }

    fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
        let bytes = promoted_bytes(reader, step)?;
        from_inner(bytes, reader)
    }
}

impl SerializeAs<avro::BigDecimal> for BigDecimal {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.serialize(serializer);
        }
        match inner(self) {
            Ok(bytes) => serializer.serialize_bytes(&bytes),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }
}

impl<'de> DeserializeAs<'de, avro::BigDecimal> for BigDecimal {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Self::from_text(deserializer);
        }
        let bytes: Vec<u8> = DeserializeAs::<avro::Bytes>::deserialize_as(deserializer)?;
        let reader = Reader::new(&[], crate::Limits::default());
        from_inner(&bytes, &reader).map_err(|error| Error::custom(error.kind()))
    }
}
