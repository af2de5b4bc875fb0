//! `timestamp-*`: moments in UTC.

use jiff::Timestamp;

use crate::avro;
use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::encode::Encode;
use crate::encode_error::{EncodeError, EncodeErrorKind};
use crate::reader::Reader;
use crate::resolving::Resolving;
use crate::writer::Writer;

/// What the three timestamp types differ in.
pub(crate) struct TimeUnit {
    pub(crate) logical_type: &'static str,
    pub(crate) unit: &'static str,
    /// Nanoseconds in one unit.
    pub(crate) nanoseconds: i32,
}

const MILLIS: TimeUnit = TimeUnit { logical_type: "timestamp-millis", unit: "milliseconds", nanoseconds: 1_000_000 };
const MICROS: TimeUnit = TimeUnit { logical_type: "timestamp-micros", unit: "microseconds", nanoseconds: 1_000 };
const NANOS: &str = "timestamp-nanos";

impl TimeUnit {
    /// The error for a value with a fraction that the unit cannot hold.
    #[cold]
    pub(crate) fn needs_rounding(&self, value: &dyn std::fmt::Display) -> EncodeError {
        let TimeUnit { logical_type, unit, .. } = *self;
        EncodeError::new(EncodeErrorKind::TimeNeedsRounding { value: value.to_string(), logical_type, unit })
    }
}

/// The error for a value that the number of a logical type cannot express.
#[cold]
pub(crate) fn encode_out_of_range(value: &dyn std::fmt::Display, logical_type: &'static str) -> EncodeError {
    EncodeError::new(EncodeErrorKind::TimeOutOfRange { value: value.to_string(), logical_type })
}

/// The error for a number that stands for no value of the Rust type.
#[cold]
#[inline(never)]
pub(crate) fn decode_out_of_range(value: i64, logical_type: &'static str, offset: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::TimeOutOfRange { value, logical_type }, offset)
}

impl Encode<avro::TimestampMillis> for Timestamp {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        if self.subsec_nanosecond() % MILLIS.nanoseconds != 0 {
            return Err(MILLIS.needs_rounding(self));
        }
        writer.long(self.as_millisecond())
    }
}

impl Encode<avro::TimestampMicros> for Timestamp {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        if self.subsec_nanosecond() % MICROS.nanoseconds != 0 {
            return Err(MICROS.needs_rounding(self));
        }
        writer.long(self.as_microsecond())
    }
}

/// A `long` of nanoseconds reaches from 1677 to 2262 only.
impl Encode<avro::TimestampNanos> for Timestamp {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match i64::try_from(self.as_nanosecond()) {
            Ok(nanoseconds) => writer.long(nanoseconds),
            Err(_) => Err(encode_out_of_range(self, NANOS)),
        }
    }
}

/// jiff's own constructors reject the last second that a `Timestamp` can hold, so the value is taken apart here.
#[inline]
fn from_unit(reader: &Reader<'_>, value: i64, unit: &TimeUnit) -> Result<Timestamp, DecodeError> {
    let per_second = i64::from(1_000_000_000 / unit.nanoseconds);
    let nanoseconds = value.rem_euclid(per_second) * i64::from(unit.nanoseconds);
    match i32::try_from(nanoseconds).map(|nanoseconds| Timestamp::new(value.div_euclid(per_second), nanoseconds)) {
        Ok(Ok(timestamp)) => Ok(timestamp),
        _ => Err(decode_out_of_range(value, unit.logical_type, reader.offset())),
    }
}

#[inline]
fn from_nanos(reader: &Reader<'_>, value: i64) -> Result<Timestamp, DecodeError> {
    Timestamp::from_nanosecond(i128::from(value)).map_err(|_| decode_out_of_range(value, NANOS, reader.offset()))
}

impl<'a> Decode<'a, avro::TimestampMillis> for Timestamp {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let value = reader.long()?;
        from_unit(reader, value, &MILLIS)
    }

    fn decode_changed(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
        let value = <i64 as Decode<avro::Long>>::decode_changed(reader, resolving)?;
        from_unit(reader, value, &MILLIS)
    }
}

impl<'a> Decode<'a, avro::TimestampMicros> for Timestamp {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let value = reader.long()?;
        from_unit(reader, value, &MICROS)
    }

    fn decode_changed(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
        let value = <i64 as Decode<avro::Long>>::decode_changed(reader, resolving)?;
        from_unit(reader, value, &MICROS)
    }
}

impl<'a> Decode<'a, avro::TimestampNanos> for Timestamp {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let value = reader.long()?;
        from_nanos(reader, value)
    }

    fn decode_changed(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
        let value = <i64 as Decode<avro::Long>>::decode_changed(reader, resolving)?;
        from_nanos(reader, value)
    }
}
