//! Defaults of leaves: whether the Rust type holds the value, and how that is written.

use std::fmt::Write as _;

use super::encoded::Encoded;
use super::{Encoding, Leaf, RustType, calendar, digits};
use crate::literal;

/// A default as Avro encodes it, without its logical type.
pub(crate) enum Raw {
    Null,
    Boolean(bool),
    /// An int or a long.
    Integer(i64),
    Float(f32),
    Double(f64),
    /// Bytes or a fixed.
    Bytes(Vec<u8>),
    String(String),
}

/// A default as Rust holds it.
#[derive(Clone, Debug)]
pub(crate) enum RustValue {
    Unit,
    Bool(bool),
    Integer(i64),
    Float(f32),
    Double(f64),
    Bytes(Vec<u8>),
    String(String),
    /// The unscaled value and the scale.
    Decimal(i128, u32),
    Uuid(u128),
    Date(calendar::Date),
    Time(calendar::Time),
    /// Seconds and nanoseconds since the epoch.
    Timestamp(i64, i64),
    DateTime(calendar::Date, calendar::Time),
    /// Months, days and milliseconds.
    Duration([u32; 3]),
    /// What has no literal is decoded at run time, from bytes that were checked here.
    Encoded(Vec<u8>),
}

/// `raw`, of which `encoded` is the encoding, as a value of the leaf's Rust type. The error tells why there is none.
pub(crate) fn value(leaf: &Leaf, raw: Raw, encoded: &[u8]) -> Result<RustValue, String> {
    let value = match (&leaf.rust, raw) {
        (RustType::Unit, Raw::Null) => Some(RustValue::Unit),
        (RustType::Bool, Raw::Boolean(value)) => Some(RustValue::Bool(value)),
        (RustType::I32 | RustType::I64, Raw::Integer(value)) => Some(RustValue::Integer(value)),
        (RustType::F32, Raw::Float(value)) => Some(RustValue::Float(value)),
        (RustType::F64, Raw::Double(value)) => Some(RustValue::Double(value)),
        (RustType::String | RustType::BoxStr | RustType::ArcStr | RustType::CompactStr, Raw::String(text)) => {
            Some(RustValue::String(text))
        }
        (
            RustType::ByteVec
            | RustType::BoxBytes
            | RustType::ArcBytes
            | RustType::SharedBytes
            | RustType::ByteArray { .. },
            Raw::Bytes(bytes),
        ) => Some(RustValue::Bytes(bytes)),
        (RustType::RustDecimal, Raw::Bytes(bytes)) => Some(decimal(leaf.encoding, &bytes)?),
        (RustType::BigDecimal, Raw::Bytes(bytes)) => {
            check_big_decimal(leaf.encoding, &bytes)?;
            Some(RustValue::Encoded(encoded.to_vec()))
        }
        (RustType::Uuid, Raw::Bytes(bytes)) => {
            bytes.try_into().ok().map(|bytes| RustValue::Uuid(u128::from_be_bytes(bytes)))
        }
        (RustType::Uuid, Raw::String(text)) => Some(uuid(&text)?),
        (RustType::JiffDate, Raw::Integer(days)) => {
            Some(RustValue::Date(calendar::date(days).ok_or("this date is outside the years -9999 to 9999")?))
        }
        (RustType::JiffTime, Raw::Integer(count)) => {
            Some(RustValue::Time(calendar::time(count, per_second(leaf.encoding)).ok_or("this is not a time of day")?))
        }
        (RustType::JiffTimestamp, Raw::Integer(count)) => {
            let (second, nanosecond) = calendar::timestamp(count, per_second(leaf.encoding)).ok_or(OUTSIDE_YEARS)?;
            Some(RustValue::Timestamp(second, nanosecond))
        }
        (RustType::JiffDateTime, Raw::Integer(count)) => {
            let (date, time) = calendar::date_time(count, per_second(leaf.encoding)).ok_or(OUTSIDE_YEARS)?;
            Some(RustValue::DateTime(date, time))
        }
        (RustType::ChronoTime, Raw::Integer(count)) => {
            calendar::time(count, per_second(leaf.encoding)).ok_or("this is not a time of day")?;
            Some(RustValue::Encoded(encoded.to_vec()))
        }
        (RustType::ChronoDate, Raw::Integer(days)) => {
            Some(by_chrono(days.saturating_mul(calendar::SECONDS_OF_DAY), encoded)?)
        }
        (RustType::ChronoTimestamp | RustType::ChronoDateTime, Raw::Integer(count)) => {
            Some(by_chrono(count.div_euclid(per_second(leaf.encoding)), encoded)?)
        }
        (RustType::Duration, Raw::Bytes(bytes)) => duration(&bytes).map(RustValue::Duration),
        _ => None,
    };
    value.ok_or_else(|| "the default is of another type".to_owned())
}

/// `second` must be one that chrono knows, counted from the epoch.
fn by_chrono(second: i64, encoded: &[u8]) -> Result<RustValue, String> {
    if !(-8_334_601_228_800..=8_210_266_876_799).contains(&second) {
        return Err("this time is outside the years -262143 to 262142".to_owned());
    }
    Ok(RustValue::Encoded(encoded.to_vec()))
}

const OUTSIDE_YEARS: &str = "this time is outside the years -9999 to 9999";

/// How many of what a logical type counts make a second.
fn per_second(encoding: Encoding) -> i64 {
    match encoding {
        Encoding::TimeMillis | Encoding::TimestampMillis | Encoding::LocalTimestampMillis => 1_000,
        Encoding::TimeMicros | Encoding::TimestampMicros | Encoding::LocalTimestampMicros => 1_000_000,
        _ => 1_000_000_000,
    }
}

fn decimal(encoding: Encoding, bytes: &[u8]) -> Result<RustValue, String> {
    check_digits(encoding, bytes)?;
    match (encoding, digits::small_integer(bytes)) {
        (Encoding::Decimal { scale, .. }, Some(unscaled)) => Ok(RustValue::Decimal(unscaled, scale)),
        _ => Err("this number is too large".to_owned()),
    }
}

fn check_big_decimal(encoding: Encoding, bytes: &[u8]) -> Result<(), String> {
    if encoding != Encoding::BigDecimal {
        return check_digits(encoding, bytes);
    }
    // The bytes hold the unscaled value, as bytes, and the scale, as an int.
    let mut inside = Encoded::new(bytes);
    let unscaled = inside.bytes().map_err(|_| NO_BIG_DECIMAL)?;
    let has_value = !unscaled.is_empty();
    let scale = inside.long().map_err(|_| NO_BIG_DECIMAL)?;
    if !has_value || !inside.is_at_end() {
        return Err(NO_BIG_DECIMAL.to_owned());
    }
    match unscaled.len() > MOST_BIG_DECIMAL_BYTES || scale.unsigned_abs() > MOST_BIG_DECIMAL_SCALE {
        true => Err("this number is too large or too small".to_owned()),
        false => Ok(()),
    }
}

/// What the runtime refuses, so that a few bytes do not stand for gigabytes of digits.
const MOST_BIG_DECIMAL_BYTES: usize = 4_096;
const MOST_BIG_DECIMAL_SCALE: u64 = 10_000;

const NO_BIG_DECIMAL: &str = "these bytes are not a big-decimal: the unscaled value as bytes, then the scale as an int";

fn check_digits(encoding: Encoding, bytes: &[u8]) -> Result<(), String> {
    let Encoding::Decimal { precision, scale, .. } = encoding else { return Ok(()) };
    if bytes.is_empty() {
        return Err("a decimal takes at least one byte".to_owned());
    }
    if digits::count(bytes) > precision as usize {
        return Err(format!("this number has more digits than decimal({precision}, {scale})"));
    }
    Ok(())
}

/// The text form of RFC 9562 and no other: only that is read back as it was.
fn uuid(text: &str) -> Result<RustValue, String> {
    let is_hyphen = |index: usize| matches!(index, 8 | 13 | 18 | 23);
    let is_valid = text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match is_hyphen(index) {
            true => byte == b'-',
            false => byte.is_ascii_hexdigit(),
        });
    let value = is_valid.then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok()).flatten();
    value.map(RustValue::Uuid).ok_or_else(|| "this is not a UUID in its text form of 36 characters".to_owned())
}

fn duration(bytes: &[u8]) -> Option<[u32; 3]> {
    let (parts, rest) = bytes.as_chunks::<4>();
    let parts: [[u8; 4]; 3] = parts.try_into().ok()?;
    rest.is_empty().then_some(parts.map(u32::from_le_bytes))
}

/// Whether the expression of `value` is one that a `const fn` may have.
pub(crate) fn is_constant(leaf: &Leaf, value: &RustValue) -> bool {
    match value {
        RustValue::Unit
        | RustValue::Bool(_)
        | RustValue::Integer(_)
        | RustValue::Float(_)
        | RustValue::Double(_)
        | RustValue::Uuid(_)
        | RustValue::Date(_)
        | RustValue::Time(_)
        | RustValue::Timestamp(..)
        | RustValue::DateTime(..)
        | RustValue::Duration(_) => true,
        RustValue::Bytes(bytes) => match leaf.rust {
            RustType::ByteArray { .. } | RustType::SharedBytes => true,
            RustType::BoxBytes | RustType::ArcBytes => false,
            _ => bytes.is_empty(),
        },
        RustValue::String(text) => text.is_empty() && leaf.rust == RustType::String,
        RustValue::Decimal(..) | RustValue::Encoded(_) => false,
    }
}

/// `value` of `leaf` as an expression, where `runtime` is the path of the runtime crate.
pub(crate) fn expression(leaf: &Leaf, value: &RustValue, runtime: &str) -> String {
    match value {
        RustValue::Unit => "()".to_owned(),
        RustValue::Bool(value) => value.to_string(),
        RustValue::Integer(value) => literal::number(value),
        RustValue::Float(value) if value.is_finite() => literal::number(format_args!("{value:?}")),
        RustValue::Float(value) => not_finite("f32", f64::from(*value)),
        RustValue::Double(value) if value.is_finite() => literal::number(format_args!("{value:?}")),
        RustValue::Double(value) => not_finite("f64", *value),
        RustValue::Bytes(bytes) => bytes_expression(&leaf.rust, bytes, runtime),
        RustValue::String(text) => match leaf.rust {
            RustType::BoxStr => format!("::std::boxed::Box::<str>::from({})", literal::text(text)),
            RustType::ArcStr => format!("::std::sync::Arc::<str>::from({})", literal::text(text)),
            RustType::CompactStr => format!("{}::new({})", leaf.rust.path(runtime), literal::text(text)),
            _ => string_expression(text),
        },
        RustValue::Decimal(unscaled, scale) => {
            format!("{}::from_i128_with_scale({}, {scale})", leaf.rust.path(runtime), literal::number(unscaled))
        }
        RustValue::Uuid(value) => {
            format!("{}::from_u128({})", leaf.rust.path(runtime), literal::hexadecimal_number(*value, 32))
        }
        RustValue::Date(date) => constant(leaf, runtime, &[date.0, date.1, date.2]),
        RustValue::Time(time) => constant(leaf, runtime, &[time.0, time.1, time.2, time.3]),
        RustValue::Timestamp(second, nanosecond) => constant(leaf, runtime, &[*second, *nanosecond]),
        RustValue::DateTime(date, time) => {
            constant(leaf, runtime, &[date.0, date.1, date.2, time.0, time.1, time.2, time.3])
        }
        RustValue::Duration([months, days, millis]) => {
            let [months, days, millis] = [months, days, millis].map(literal::number);
            format!("{} {{ months: {months}, days: {days}, millis: {millis} }}", leaf.rust.path(runtime))
        }
        RustValue::Encoded(bytes) => {
            let value = decoded(runtime, &leaf.encoding.marker(), &leaf.rust.path(runtime), bytes);
            format!("{{ use {runtime}::avro; {value} }}")
        }
    }
}

/// What has no literal is decoded when it is needed.
pub(crate) fn decoded(runtime: &str, marker: &str, rust_type: &str, bytes: &[u8]) -> String {
    format!("{runtime}::__private::default::<{marker}, {rust_type}>({})", literal::bytes(bytes))
}

/// Types of jiff have a constructor for literals that is checked when it is compiled.
fn constant(leaf: &Leaf, runtime: &str, parts: &[i64]) -> String {
    let mut expression = format!("{}::constant(", leaf.rust.path(runtime));
    for (index, part) in parts.iter().enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        // Writing to a String does not fail.
        let _ = write!(expression, "{separator}{}", literal::number(part));
    }
    expression.push(')');
    expression
}

fn bytes_expression(rust: &RustType, bytes: &[u8], runtime: &str) -> String {
    match rust {
        RustType::ByteArray { .. } => format!("*{}", literal::bytes(bytes)),
        RustType::BoxBytes => format!("::std::boxed::Box::<[u8]>::from(*{})", literal::bytes(bytes)),
        RustType::ArcBytes => format!("::std::sync::Arc::<[u8]>::from(*{})", literal::bytes(bytes)),
        RustType::SharedBytes => format!("{runtime}::bytes::Bytes::from_static({})", literal::bytes(bytes)),
        _ if bytes.is_empty() => "::std::vec::Vec::new()".to_owned(),
        _ => format!("{}.to_vec()", literal::bytes(bytes)),
    }
}

/// The string of a default, or the key of a map in one.
pub(crate) fn string_expression(text: &str) -> String {
    if text.is_empty() {
        return "::std::string::String::new()".to_owned();
    }
    format!("::std::string::String::from({})", literal::text(text))
}

fn not_finite(ty: &str, value: f64) -> String {
    let name = match (value.is_nan(), value > 0.0) {
        (true, _) => "NAN",
        (false, true) => "INFINITY",
        (false, false) => "NEG_INFINITY",
    };
    format!("{ty}::{name}")
}
