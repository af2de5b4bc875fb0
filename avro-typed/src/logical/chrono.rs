//! Feature `chrono-04`: that crate's types for dates and times, whose ranges are wider than jiff's.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use jiff::SignedDuration;

use super::counted::{Counted, counted, decode_out_of_range};
use super::{Logical, logical};
use crate::avro;
use crate::decode_error::DecodeError;
use crate::encode_error::EncodeError;

const NANOSECONDS_PER_SECOND: u32 = 1_000_000_000;

impl Logical<avro::Date> for NaiveDate {
    type Underlying = i32;

    fn to_underlying(&self) -> Result<i32, EncodeError> {
        Ok(self.to_epoch_days())
    }

    fn from_underlying(days: i32, offset: usize) -> Result<Self, DecodeError> {
        NaiveDate::from_epoch_days(days).ok_or_else(|| decode_out_of_range(i64::from(days), "date", offset))
    }
}

logical!(NaiveDate, avro::Date, over avro::Int);

/// A leap second is a fraction of one second or more.
fn elapsed(seconds: i64, nanoseconds: u32) -> Option<SignedDuration> {
    let nanoseconds = i32::try_from(nanoseconds).ok().filter(|_| nanoseconds < NANOSECONDS_PER_SECOND)?;
    Some(SignedDuration::new(seconds, nanoseconds))
}

/// Whole seconds, and the nanoseconds after them.
fn parts(elapsed: SignedDuration) -> Option<(i64, u32)> {
    let (nanoseconds, per_second) = (elapsed.as_nanos(), i128::from(NANOSECONDS_PER_SECOND));
    let seconds = i64::try_from(nanoseconds.div_euclid(per_second)).ok()?;
    Some((seconds, u32::try_from(nanoseconds.rem_euclid(per_second)).ok()?))
}

impl Counted for NaiveTime {
    fn since_zero(&self) -> Option<SignedDuration> {
        elapsed(i64::from(self.num_seconds_from_midnight()), self.nanosecond())
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        let (seconds, nanoseconds) = parts(elapsed)?;
        NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(seconds).ok()?, nanoseconds)
    }
}

impl Counted for DateTime<Utc> {
    fn since_zero(&self) -> Option<SignedDuration> {
        elapsed(self.timestamp(), self.timestamp_subsec_nanos())
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        let (seconds, nanoseconds) = parts(elapsed)?;
        DateTime::from_timestamp(seconds, nanoseconds)
    }
}

impl Counted for NaiveDateTime {
    fn since_zero(&self) -> Option<SignedDuration> {
        self.and_utc().since_zero()
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        DateTime::from_zero(elapsed).map(|time| time.naive_utc())
    }
}

counted!(NaiveTime, avro::TimeMillis, over avro::Int: i32, "time-millis", "milliseconds", 1_000_000);
counted!(NaiveTime, avro::TimeMicros, over avro::Long: i64, "time-micros", "microseconds", 1_000);
counted!(DateTime<Utc>, avro::TimestampMillis, over avro::Long: i64, "timestamp-millis", "milliseconds", 1_000_000);
counted!(DateTime<Utc>, avro::TimestampMicros, over avro::Long: i64, "timestamp-micros", "microseconds", 1_000);
counted!(DateTime<Utc>, avro::TimestampNanos, over avro::Long: i64, "timestamp-nanos", "nanoseconds", 1);
counted!(NaiveDateTime, avro::LocalTimestampMillis, over avro::Long: i64, "local-timestamp-millis", "milliseconds", 1_000_000);
counted!(NaiveDateTime, avro::LocalTimestampMicros, over avro::Long: i64, "local-timestamp-micros", "microseconds", 1_000);
counted!(NaiveDateTime, avro::LocalTimestampNanos, over avro::Long: i64, "local-timestamp-nanos", "nanoseconds", 1);
