//! `date`, `time-*` and `local-timestamp-*`: what calendars and clocks show, without a time zone.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::counted::{Counted, counted, decode_out_of_range, encode_out_of_range};
use super::{Logical, logical};
use crate::avro;
use crate::decode_error::DecodeError;
use crate::encode_error::EncodeError;

/// Day zero of `date` and of `local-timestamp-*`.
const EPOCH: Date = Date::constant(1970, 1, 1);

const DATE: &str = "date";

impl Logical<avro::Date> for Date {
    type Underlying = i32;

    #[inline]
    fn to_underlying(&self) -> Result<i32, EncodeError> {
        // The difference of two dates is a whole number of days.
        let days = self.duration_since(EPOCH).as_hours() / 24;
        i32::try_from(days).map_err(|_| encode_out_of_range(self, DATE))
    }

    #[inline]
    fn from_underlying(days: i32, offset: usize) -> Result<Self, DecodeError> {
        let days = i64::from(days);
        // An int times 24 fits a long.
        let date = EPOCH.checked_add(SignedDuration::from_hours(days * 24));
        date.map_err(|_| decode_out_of_range(days, DATE, offset))
    }
}

logical!(Date, avro::Date, over avro::Int);

impl Counted for Time {
    fn since_zero(&self) -> Option<SignedDuration> {
        Some(self.duration_since(Time::midnight()))
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        Time::midnight().checked_add(elapsed).ok()
    }
}

impl Counted for DateTime {
    fn since_zero(&self) -> Option<SignedDuration> {
        Some(self.duration_since(EPOCH.at(0, 0, 0, 0)))
    }

    fn from_zero(elapsed: SignedDuration) -> Option<Self> {
        EPOCH.at(0, 0, 0, 0).checked_add(elapsed).ok()
    }
}

counted!(Time, avro::TimeMillis, over avro::Int: i32, "time-millis", "milliseconds", 1_000_000);
counted!(Time, avro::TimeMicros, over avro::Long: i64, "time-micros", "microseconds", 1_000);
counted!(DateTime, avro::LocalTimestampMillis, over avro::Long: i64, "local-timestamp-millis", "milliseconds", 1_000_000);
counted!(DateTime, avro::LocalTimestampMicros, over avro::Long: i64, "local-timestamp-micros", "microseconds", 1_000);
counted!(DateTime, avro::LocalTimestampNanos, over avro::Long: i64, "local-timestamp-nanos", "nanoseconds", 1);
