//! Days and parts of days to dates and times, in the range that the crate jiff has.

use std::ops::RangeInclusive;

/// Days since 1970-01-01 of -9999-01-01 and 9999-12-31.
const DATE_DAYS: RangeInclusive<i64> = -4_371_587..=2_932_896;

/// Seconds since 1970-01-01T00:00:00Z: from -9999-01-02T01:59:59Z to 9999-12-30T22:00:00Z and almost a second more.
const TIMESTAMP_SECONDS: RangeInclusive<i64> = -377_705_023_201..=253_402_207_200;

pub(super) const SECONDS_OF_DAY: i64 = 86_400;
const NANOSECONDS_OF_SECOND: i64 = 1_000_000_000;

/// Year, month and day of the proleptic Gregorian calendar.
pub(super) type Date = (i64, i64, i64);

/// Hour, minute, second and nanosecond.
pub(super) type Time = (i64, i64, i64, i64);

/// `None` outside of the range.
pub(super) fn date(days: i64) -> Option<Date> {
    if !DATE_DAYS.contains(&days) {
        return None;
    }
    // Years that start in March, so that the leap day is the last one, counted from 0000-03-01 in eras of 400 years.
    let since_march_0 = days + 719_468;
    let (era, day_of_era) = (since_march_0.div_euclid(146_097), since_march_0.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, year_ahead) = if month_from_march < 10 { (month_from_march + 3, 0) } else { (month_from_march - 9, 1) };
    Some((era * 400 + year_of_era + year_ahead, month, day))
}

/// The time that is `count` units after midnight; `None` when that is not within the day.
pub(super) fn time(count: i64, per_second: i64) -> Option<Time> {
    let (second, nanosecond) = split(count, per_second);
    (0..SECONDS_OF_DAY).contains(&second).then_some((second / 3_600, second / 60 % 60, second % 60, nanosecond))
}

/// Seconds and nanoseconds since the epoch; `None` outside of the range.
pub(super) fn timestamp(count: i64, per_second: i64) -> Option<(i64, i64)> {
    let (second, nanosecond) = split(count, per_second);
    TIMESTAMP_SECONDS.contains(&second).then_some((second, nanosecond))
}

/// The date and time that is `count` units after 1970-01-01T00:00:00; `None` outside of the range.
pub(super) fn date_time(count: i64, per_second: i64) -> Option<(Date, Time)> {
    let (second, nanosecond) = split(count, per_second);
    let second_of_day = second.rem_euclid(SECONDS_OF_DAY);
    let time = (second_of_day / 3_600, second_of_day / 60 % 60, second_of_day % 60, nanosecond);
    Some((date(second.div_euclid(SECONDS_OF_DAY))?, time))
}

fn split(count: i64, per_second: i64) -> (i64, i64) {
    (count.div_euclid(per_second), count.rem_euclid(per_second) * (NANOSECONDS_OF_SECOND / per_second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        let cases = [
            (0, Some((1970, 1, 1))),
            (-1, Some((1969, 12, 31))),
            (11_016, Some((2000, 2, 29))),
            (11_017, Some((2000, 3, 1))),
            (19_675, Some((2023, 11, 14))),
            (-719_528, Some((0, 1, 1))),
            (*DATE_DAYS.start(), Some((-9999, 1, 1))),
            (*DATE_DAYS.end(), Some((9999, 12, 31))),
            (*DATE_DAYS.end() + 1, None),
            (i64::MIN, None),
        ];
        for (days, expected) in cases {
            assert_eq!(date(days), expected, "for day {days}");
        }
    }

    #[test]
    fn counts_are_times() {
        assert_eq!(time(86_399_999, 1_000), Some((23, 59, 59, 999_000_000)));
        assert_eq!(time(86_400_000, 1_000), None);
        assert_eq!(time(-1, 1_000_000), None);
        assert_eq!(timestamp(-1, 1_000), Some((-1, 999_000_000)));
        assert_eq!(timestamp(i64::MAX, 1_000), None);
        assert_eq!(timestamp(i64::MIN, 1_000_000_000), Some((-9_223_372_037, 145_224_192)));
        assert_eq!(date_time(-1, 1_000_000), Some(((1969, 12, 31), (23, 59, 59, 999_999_000))));
        assert_eq!(date_time(i64::MAX, 1_000_000), None);
    }
}
