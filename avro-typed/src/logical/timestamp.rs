//! `timestamp-*`: moments in UTC.

use jiff::Timestamp;

use super::counted::{TimeUnit, decode_out_of_range, encode_out_of_range};
use super::{Logical, logical};
use crate::avro;
use crate::decode_error::DecodeError;
use crate::encode_error::EncodeError;

const MILLIS: TimeUnit = TimeUnit { logical_type: "timestamp-millis", unit: "milliseconds", nanoseconds: 1_000_000 };
const MICROS: TimeUnit = TimeUnit { logical_type: "timestamp-micros", unit: "microseconds", nanoseconds: 1_000 };
const NANOS: &str = "timestamp-nanos";

impl Logical<avro::TimestampMillis> for Timestamp {
    type Underlying = i64;

    #[inline]
    fn to_underlying(&self) -> Result<i64, EncodeError> {
        if self.subsec_nanosecond() % MILLIS.nanoseconds != 0 {
            return Err(MILLIS.needs_rounding(self));
        }
        Ok(self.as_millisecond())
    }

    #[inline]
    fn from_underlying(value: i64, offset: usize) -> Result<Self, DecodeError> {
        from_unit(value, &MILLIS, offset)
    }
}

impl Logical<avro::TimestampMicros> for Timestamp {
    type Underlying = i64;

    #[inline]
    fn to_underlying(&self) -> Result<i64, EncodeError> {
        if self.subsec_nanosecond() % MICROS.nanoseconds != 0 {
            return Err(MICROS.needs_rounding(self));
        }
        Ok(self.as_microsecond())
    }

    #[inline]
    fn from_underlying(value: i64, offset: usize) -> Result<Self, DecodeError> {
        from_unit(value, &MICROS, offset)
    }
}

/// A `long` of nanoseconds reaches from 1677 to 2262 only.
impl Logical<avro::TimestampNanos> for Timestamp {
    type Underlying = i64;

    #[inline]
    fn to_underlying(&self) -> Result<i64, EncodeError> {
        i64::try_from(self.as_nanosecond()).map_err(|_| encode_out_of_range(self, NANOS))
    }

    #[inline]
    fn from_underlying(value: i64, offset: usize) -> Result<Self, DecodeError> {
        Timestamp::from_nanosecond(i128::from(value)).map_err(|_| decode_out_of_range(value, NANOS, offset))
    }
}

/// jiff's own constructors reject the last second that a `Timestamp` can hold, so the value is taken apart here.
#[inline]
fn from_unit(value: i64, unit: &TimeUnit, offset: usize) -> Result<Timestamp, DecodeError> {
    let per_second = i64::from(1_000_000_000 / unit.nanoseconds);
    let nanoseconds = value.rem_euclid(per_second) * i64::from(unit.nanoseconds);
    match i32::try_from(nanoseconds).map(|nanoseconds| Timestamp::new(value.div_euclid(per_second), nanoseconds)) {
        Ok(Ok(timestamp)) => Ok(timestamp),
        _ => Err(decode_out_of_range(value, unit.logical_type, offset)),
    }
}

logical!(Timestamp, avro::TimestampMillis, over avro::Long);
logical!(Timestamp, avro::TimestampMicros, over avro::Long);
logical!(Timestamp, avro::TimestampNanos, over avro::Long);
