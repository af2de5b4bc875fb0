//! Times of messages: as people write them, and as they read them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Milliseconds since 1970, from `2026-03-31T12:00:00Z`, a day, or milliseconds.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    match text.parse::<Timestamp>().ok().or_else(day) {
        Some(time) => Ok(time.as_millisecond()),
        None => Err("write a time such as 2026-03-31T12:00:00Z, a day in UTC, or milliseconds since 1970".to_owned()),
    }
}

/// The time in UTC, in seconds: `2026-03-31T12:00:00Z`.
pub(crate) fn text(millis: i64) -> String {
    match Timestamp::from_millisecond(millis) {
        Ok(time) => format!("{time:.0}"),
        // No calendar has it.
        Err(_) => format!("{millis} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back() {
        for (given, millis, shown) in [
            ("2023-11-14T22:13:20Z", 1_700_000_000_000, "2023-11-14T22:13:20Z"),
            ("2023-11-14T23:13:20+01:00", 1_700_000_000_000, "2023-11-14T22:13:20Z"),
            ("1700000000999", 1_700_000_000_999, "2023-11-14T22:13:20Z"),
            ("2023-11-14", 1_699_920_000_000, "2023-11-14T00:00:00Z"),
            ("-1", -1, "1969-12-31T23:59:59Z"),
            ("9223372036854775807", i64::MAX, "9223372036854775807 ms"),
        ] {
            assert_eq!(parse(given), Ok(millis), "{given}");
            assert_eq!(text(millis), shown, "{given}");
        }
        assert!(parse("yesterday").is_err());
    }
}
