//! `date`, `time-*` and `local-timestamp-*`: what calendars and clocks show, without a time zone.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::timestamp::{TimeUnit, decode_out_of_range, encode_out_of_range};
use crate::avro;
use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::reader::Reader;
use crate::resolving::Resolving;
use crate::writer::Writer;

/// Day zero of `date` and of `local-timestamp-*`.
const EPOCH: Date = Date::constant(1970, 1, 1);

const DATE: &str = "date";

impl Encode<avro::Date> for Date {
    #[inline]
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        // The difference of two dates is a whole number of days.
        match i32::try_from(self.duration_since(EPOCH).as_hours() / 24) {
            Ok(days) => writer.int(days),
            Err(_) => Err(encode_out_of_range(self, DATE)),
        }
    }
}

impl<'a> Decode<'a, avro::Date> for Date {
    const MIN_SIZE: usize = 1;

    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let days = i64::from(reader.int()?);
        // An int times 24 fits a long.
        let date = EPOCH.checked_add(SignedDuration::from_hours(days * 24));
        date.map_err(|_| decode_out_of_range(days, DATE, reader.offset()))
    }
}

/// A Rust type whose logical type counts some unit since a zero.
trait Counted: Sized + std::fmt::Display {
    fn since_zero(&self) -> SignedDuration;
    fn from_zero(elapsed: SignedDuration) -> Option<Self>;
}

impl Counted for Time {
    fn since_zero(&self) -> SignedDuration {
        self.duration_since(Time::midnight())
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        Time::midnight().checked_add(elapsed).ok()
    }
}

impl Counted for DateTime {
    fn since_zero(&self) -> SignedDuration {
        self.duration_since(EPOCH.at(0, 0, 0, 0))
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        EPOCH.at(0, 0, 0, 0).checked_add(elapsed).ok()
    }
}

/// How many units the value is from its zero.
fn count<T: Counted>(value: &T, unit: &TimeUnit) -> Result<i64, EncodeError> {
    let nanoseconds = value.since_zero().as_nanos();
    let size = i128::from(unit.nanoseconds);
    if nanoseconds % size != 0 {
        return Err(unit.needs_rounding(value));
    }
    i64::try_from(nanoseconds / size).map_err(|_| encode_out_of_range(value, unit.logical_type))
}

/// The value that is `count` units from its zero.
fn counted<T: Counted>(count: i64, unit: &TimeUnit, offset: usize) -> Result<T, DecodeError> {
    let per_second = i64::from(1_000_000_000 / unit.nanoseconds);
    let fraction = i32::try_from(count.rem_euclid(per_second)).map(|fraction| fraction.checked_mul(unit.nanoseconds));
    let Ok(Some(nanoseconds)) = fraction else {
        return Err(decode_out_of_range(count, unit.logical_type, offset));
    };
    T::from_zero(SignedDuration::new(count.div_euclid(per_second), nanoseconds))
        .ok_or_else(|| decode_out_of_range(count, unit.logical_type, offset))
}

const TIME_MILLIS: TimeUnit = TimeUnit { logical_type: "time-millis", unit: "milliseconds", nanoseconds: 1_000_000 };

impl Encode<avro::TimeMillis> for Time {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        // A day has fewer milliseconds than an int holds.
        writer.long(count(self, &TIME_MILLIS)?)
    }
}

impl<'a> Decode<'a, avro::TimeMillis> for Time {
    const MIN_SIZE: usize = 1;

    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let value = reader.int()?;
        counted(i64::from(value), &TIME_MILLIS, reader.offset())
    }
}

/// Implements the traits for a logical type over `long`.
macro_rules! over_long {
    ($rust:ty, $avro:ty, $logical_type:literal, $unit:literal, $nanoseconds:literal) => {
        impl Encode<$avro> for $rust {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                const UNIT: TimeUnit = TimeUnit { logical_type: $logical_type, unit: $unit, nanoseconds: $nanoseconds };
                writer.long(count(self, &UNIT)?)
            }
        }

        impl<'a> Decode<'a, $avro> for $rust {
            const MIN_SIZE: usize = 1;

            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                const UNIT: TimeUnit = TimeUnit { logical_type: $logical_type, unit: $unit, nanoseconds: $nanoseconds };
                let value = reader.long()?;
                counted(value, &UNIT, reader.offset())
            }

            fn decode_changed(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
                const UNIT: TimeUnit = TimeUnit { logical_type: $logical_type, unit: $unit, nanoseconds: $nanoseconds };
                let value = <i64 as Decode<avro::Long>>::decode_changed(reader, resolving)?;
                counted(value, &UNIT, reader.offset())
            }
        }
    };
}

over_long!(Time, avro::TimeMicros, "time-micros", "microseconds", 1_000);
over_long!(DateTime, avro::LocalTimestampMillis, "local-timestamp-millis", "milliseconds", 1_000_000);
over_long!(DateTime, avro::LocalTimestampMicros, "local-timestamp-micros", "microseconds", 1_000);
over_long!(DateTime, avro::LocalTimestampNanos, "local-timestamp-nanos", "nanoseconds", 1);
