//! Whether a value of an underlying type is a value of its logical type, written in the one form that writers of that
//! choose.
//!
//! Test data is often made for the underlying types alone. What is not a value of the logical type is refused by a
//! generated type: an error, never another value. So such data is run through types that were generated without logical
//! types.

use avro_model::LogicalType;

/// A value of an underlying type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Underlying<'v> {
    Number(i64),
    /// The content of bytes or of a string.
    Bytes(&'v [u8]),
    Fixed(&'v [u8]),
}

const DAY: i64 = 86_400;
/// The days of the years -9999 to 9999, counted from 1970-01-01: what the Rust types of dates hold.
const DAYS: std::ops::RangeInclusive<i64> = -4_371_587..=2_932_896;
/// The Rust type of moments holds those that have such a date everywhere on earth, so some 26 hours less at either end.
const SECONDS: std::ops::RangeInclusive<i64> = *DAYS.start() * DAY + 93_599..=(*DAYS.end() + 1) * DAY - 93_600;

/// Whether `value` is as our writers write some value of `logical`.
pub(super) fn is_value(logical: LogicalType, value: Underlying<'_>) -> bool {
    match (logical, value) {
        (LogicalType::Decimal { precision, .. }, Underlying::Bytes(bytes)) => {
            is_shortest(bytes) && digits(bytes) <= precision
        }
        (LogicalType::Decimal { precision, .. }, Underlying::Fixed(bytes)) => digits(bytes) <= precision,
        (LogicalType::BigDecimal, Underlying::Bytes(bytes)) => is_big_decimal(bytes),
        (LogicalType::Uuid, Underlying::Bytes(text)) => is_uuid(text),
        (LogicalType::Date, Underlying::Number(days)) => DAYS.contains(&days),
        (LogicalType::TimeMillis, Underlying::Number(count)) => (0..DAY * 1_000).contains(&count),
        (LogicalType::TimeMicros, Underlying::Number(count)) => (0..DAY * 1_000_000).contains(&count),
        (LogicalType::TimestampMillis, Underlying::Number(count)) => SECONDS.contains(&count.div_euclid(1_000)),
        (LogicalType::TimestampMicros, Underlying::Number(count)) => SECONDS.contains(&count.div_euclid(1_000_000)),
        (LogicalType::LocalTimestampMillis, Underlying::Number(count)) => DAYS.contains(&count.div_euclid(DAY * 1_000)),
        (LogicalType::LocalTimestampMicros, Underlying::Number(count)) => {
            DAYS.contains(&count.div_euclid(DAY * 1_000_000))
        }
        _ => true,
    }
}

/// Whether no byte could be left out of a big-endian two's-complement number.
fn is_shortest(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        [0x00, second, ..] => *second >= 0x80,
        [0xff, second, ..] => *second < 0x80,
        _ => true,
    }
}

/// How many decimal digits the absolute value of a big-endian two's-complement number has.
fn digits(bytes: &[u8]) -> u32 {
    let is_negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let mut magnitude: Vec<u8> = bytes.to_vec();
    if is_negative {
        let mut carry = true;
        for byte in magnitude.iter_mut().rev() {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    let mut digits = 0;
    while magnitude.iter().any(|byte| *byte != 0) {
        let mut rest: u16 = 0;
        for byte in &mut magnitude {
            let value = rest << 8 | u16::from(*byte);
            // A digit times 256 and a byte, divided by ten, is less than 256.
            *byte = (value / 10).to_le_bytes()[0];
            rest = value % 10;
        }
        digits += 1;
    }
    digits
}

/// Specification, "Decimal": a big-decimal's bytes are the unscaled value as bytes, and the scale as an int.
fn is_big_decimal(bytes: &[u8]) -> bool {
    let unscaled = number(bytes).and_then(|(length, rest)| rest.split_at_checked(usize::try_from(length).ok()?));
    let scale = unscaled.and_then(|(unscaled, rest)| number(rest).filter(|_| is_shortest(unscaled)));
    scale.is_some_and(|(scale, rest)| rest.is_empty() && i32::try_from(scale).is_ok())
}

/// A number in Avro's encoding, and what follows it.
fn number(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let length = bytes.iter().take(10).position(|byte| *byte < 0x80)? + 1;
    let (digits, rest) = bytes.split_at_checked(length)?;
    let number = digits.iter().rev().fold(0_u64, |number, byte| number << 7 | u64::from(byte & 0x7f));
    Some(((number >> 1).cast_signed() ^ -(number & 1).cast_signed(), rest))
}

/// RFC 9562, section 4: readers take both cases, writers write lower case.
fn is_uuid(text: &[u8]) -> bool {
    let is_in_form = |(index, letter): (usize, &u8)| match index {
        8 | 13 | 18 | 23 => *letter == b'-',
        _ => letter.is_ascii_digit() || (b'a'..=b'f').contains(letter),
    };
    text.len() == 36 && text.iter().enumerate().all(is_in_form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_ranges() {
        let check = |logical, count, expected| {
            assert_eq!(is_value(logical, Underlying::Number(count)), expected, "{logical} {count}");
        };
        for (logical, first, last) in [
            (LogicalType::Date, -4_371_587, 2_932_896),
            (LogicalType::TimeMillis, 0, 86_399_999),
            (LogicalType::TimeMicros, 0, 86_399_999_999),
            (LogicalType::TimestampMillis, -377_705_023_201_000, 253_402_207_200_999),
            (LogicalType::TimestampMicros, -377_705_023_201_000_000, 253_402_207_200_999_999),
            (LogicalType::LocalTimestampMillis, -377_705_116_800_000, 253_402_300_799_999),
            (LogicalType::LocalTimestampMicros, -377_705_116_800_000_000, 253_402_300_799_999_999),
        ] {
            check(logical, first, true);
            check(logical, first - 1, false);
            check(logical, last, true);
            check(logical, last + 1, false);
        }
        check(LogicalType::TimestampNanos, i64::MIN, true);
    }

    #[test]
    fn decimals_have_digits_and_one_form() {
        let check = |bytes: &[u8], precision, expected| {
            let logical = LogicalType::Decimal { precision, scale: 0 };
            assert_eq!(is_value(logical, Underlying::Bytes(bytes)), expected, "{bytes:?} {precision}");
        };
        check(&[0], 1, true);
        check(&[99], 2, true);
        check(&[100], 2, false);
        check(&[0x9d], 2, true); // -99
        check(&[0x9c], 2, false);
        check(&[0, 99], 2, false);
        check(&[0xff, 0x9d], 2, false);
        check(&[0, 0x80], 3, true);
        check(&[], 1, false);
        check(&[0x80, 0, 0, 0, 0, 0, 0, 0], 19, true);
        check(&[0x80, 0, 0, 0, 0, 0, 0, 0], 18, false);
        let fixed = LogicalType::Decimal { precision: 2, scale: 0 };
        assert!(is_value(fixed, Underlying::Fixed(&[0xff, 0x9d])));
        assert!(!is_value(fixed, Underlying::Fixed(&[0, 100])));
    }

    #[test]
    fn big_decimals_have_a_scale() {
        let check = |bytes: &[u8], expected| {
            assert_eq!(is_value(LogicalType::BigDecimal, Underlying::Bytes(bytes)), expected, "{bytes:?}");
        };
        check(&[2, 15, 4], true);
        check(&[2, 15, 1], true);
        for wrong in
            [&[][..], &[0], &[2, 15], &[2, 15, 4, 0], &[4, 0, 15, 4], &[1, 4], &[0, 4], &[0x16, 0xd9, 0x91, 0xbf]]
        {
            check(wrong, false);
        }
    }

    #[test]
    fn uuids_are_texts() {
        let check = |text: &str, expected| {
            assert_eq!(is_value(LogicalType::Uuid, Underlying::Bytes(text.as_bytes())), expected, "{text}");
        };
        check("a4818e1c-8e59-11eb-8dcd-0242ac130003", true);
        check("A4818E1C-8e59-11eb-8dcd-0242ac130003", false);
        check("a4818e1c8e5911eb8dcd0242ac130003", false);
        check("", false);
        assert!(is_value(LogicalType::Uuid, Underlying::Fixed(&[0xff; 16])));
    }
}
