//! `decimal`: an unscaled integer over `bytes` or `fixed`; the scale is the schema's.

use bigdecimal::BigDecimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::unscaled::{
    Unscaled, from_twos_complement, invalid, needs_rounding, sign_extended, too_large, too_large_for_fixed,
    unused_bytes,
};
use crate::avro;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::impls::bytes::promoted_bytes;
use crate::invariant::always;
use crate::plan_step::PlanStep;
use crate::reader::Reader;
use crate::serde_form::{DeserializeAs, SerializeAs};
use crate::writer::Writer;

/// The first unscaled value that has too many digits. Beyond 38 digits it is more than an `i128` holds.
const fn limit(precision: u32) -> u128 {
    match 10_u128.checked_pow(precision) {
        Some(limit) => limit,
        None => u128::MAX,
    }
}

impl Unscaled for Decimal {
    #[inline]
    fn with_unscaled<const PRECISION: u32, const SCALE: u32, R>(
        &self,
        with: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, EncodeError> {
        let unscaled = match SCALE.checked_sub(self.scale()) {
            Some(0) => self.mantissa(),
            Some(missing) => scaled_up(self.mantissa(), missing).ok_or_else(|| too_large(self, PRECISION, SCALE))?,
            None => scaled_down(self, SCALE).ok_or_else(|| needs_rounding(self, PRECISION, SCALE))?,
        };
        if unscaled.unsigned_abs() >= const { limit(PRECISION) } {
            return Err(too_large(self, PRECISION, SCALE));
        }
        // Most values fit 64 bits.
        if let Ok(unscaled) = i64::try_from(unscaled) {
            let unused = (unscaled.leading_zeros().max(unscaled.leading_ones()) - 1) / 8;
            return Ok(with(always(unscaled.to_be_bytes().get(unused as usize..), &[], "not all bytes are unused")));
        }
        Ok(with(always(unscaled.to_be_bytes().get(unused_bytes(unscaled)..), &[], "not all bytes are unused")))
    }

    #[inline]
    fn from_unscaled<const PRECISION: u32, const SCALE: u32>(bytes: &[u8], offset: usize) -> Result<Self, DecodeError> {
        match from_twos_complement(bytes) {
            Some(unscaled) if unscaled.unsigned_abs() < const { limit(PRECISION) } => {
                Decimal::try_from_i128_with_scale(unscaled, SCALE)
                    .map_err(|_| invalid(bytes.len(), PRECISION, SCALE, offset))
            }
            _ => Err(invalid(bytes.len(), PRECISION, SCALE, offset)),
        }
    }

    fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(deserializer)
    }

    fn shown(&self) -> String {
        self.to_string()
    }
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

/// Implements the traits for a Rust type of `decimal`.
macro_rules! decimal {
    ($($rust:ty),*) => {$(
        impl<const PRECISION: u32, const SCALE: u32> Encode<avro::Decimal<avro::Bytes, PRECISION, SCALE>> for $rust {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.with_unscaled::<PRECISION, SCALE, _>(|bytes| writer.bytes(bytes))?
            }
        }

        impl<'a, const PRECISION: u32, const SCALE: u32> Decode<'a, avro::Decimal<avro::Bytes, PRECISION, SCALE>>
            for $rust
        {
            const MIN_SIZE: usize = 1;

            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                let bytes = reader.bytes()?;
                Self::from_unscaled::<PRECISION, SCALE>(bytes, reader.offset())
            }

            fn decode_by_plan(reader: &mut Reader<'a>, step: PlanStep<'a>) -> Result<Self, DecodeError> {
                let bytes = promoted_bytes(reader, step)?;
                Self::from_unscaled::<PRECISION, SCALE>(bytes, reader.offset())
            }
        }

        impl<const PRECISION: u32, const SCALE: u32> SerializeAs<avro::Decimal<avro::Bytes, PRECISION, SCALE>>
            for $rust
        {
            fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    return Serialize::serialize(self, serializer);
                }
                self.with_unscaled::<PRECISION, SCALE, _>(|bytes| serializer.serialize_bytes(bytes))
                    .map_err(serde::ser::Error::custom)?
            }
        }

        impl<'de, const PRECISION: u32, const SCALE: u32>
            DeserializeAs<'de, avro::Decimal<avro::Bytes, PRECISION, SCALE>> for $rust
        {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return Self::from_text(deserializer);
                }
                let bytes: Vec<u8> = DeserializeAs::<avro::Bytes>::deserialize_as(deserializer)?;
                Self::from_unscaled::<PRECISION, SCALE>(&bytes, 0)
                    .map_err(|error| serde::de::Error::custom(error.kind()))
            }
        }

        impl<const SIZE: usize, const PRECISION: u32, const SCALE: u32>
            Encode<avro::Decimal<avro::Fixed<SIZE>, PRECISION, SCALE>> for $rust
        {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                match self.with_unscaled::<PRECISION, SCALE, _>(sign_extended)? {
                    Some(bytes) => writer.fixed::<SIZE>(&bytes),
                    None => Err(too_large_for_fixed(self, SIZE)),
                }
            }
        }

        impl<'a, const SIZE: usize, const PRECISION: u32, const SCALE: u32>
            Decode<'a, avro::Decimal<avro::Fixed<SIZE>, PRECISION, SCALE>> for $rust
        {
            const MIN_SIZE: usize = SIZE;

            #[inline]
            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                let bytes = reader.fixed::<SIZE>()?;
                Self::from_unscaled::<PRECISION, SCALE>(&bytes, reader.offset())
            }
        }

        impl<const SIZE: usize, const PRECISION: u32, const SCALE: u32>
            SerializeAs<avro::Decimal<avro::Fixed<SIZE>, PRECISION, SCALE>> for $rust
        {
            fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    return Serialize::serialize(self, serializer);
                }
                match self.with_unscaled::<PRECISION, SCALE, _>(sign_extended::<SIZE>) {
                    Ok(Some(bytes)) => serializer.serialize_bytes(&bytes),
                    Ok(None) => Err(serde::ser::Error::custom(too_large_for_fixed(self, SIZE))),
                    Err(error) => Err(serde::ser::Error::custom(error)),
                }
            }
        }

        impl<'de, const SIZE: usize, const PRECISION: u32, const SCALE: u32>
            DeserializeAs<'de, avro::Decimal<avro::Fixed<SIZE>, PRECISION, SCALE>> for $rust
        {
            fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    return Self::from_text(deserializer);
                }
                let bytes: [u8; SIZE] = DeserializeAs::<avro::Fixed<SIZE>>::deserialize_as(deserializer)?;
                Self::from_unscaled::<PRECISION, SCALE>(&bytes, 0)
                    .map_err(|error| serde::de::Error::custom(error.kind()))
            }
        }
    )*};
}

decimal!(Decimal, BigDecimal);
