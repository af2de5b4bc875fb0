//! Number literals: Java's, as numbers of JSON.

use std::borrow::Cow;

use crate::source::part;

/// A number literal.
#[derive(Debug, PartialEq)]
pub(super) enum Number<'t> {
    /// A number of JSON's grammar.
    Json(Cow<'t, str>),
    /// Not a number, or an infinity: JSON has only strings for them.
    Word(&'static str),
}

/// Reads a literal. The error is what is wrong with it.
pub(super) fn read(text: &str) -> Result<Number<'_>, &'static str> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", part(text, 1..text.len())),
        Some(b'+') => ("+", part(text, 1..text.len())),
        _ => ("", text),
    };
    if digits == "NaN" {
        return Ok(Number::Word("NaN"));
    }
    if digits == "Infinity" {
        return Ok(Number::Word(if sign == "-" { "-Infinity" } else { "Infinity" }));
    }
    if let Some(hexadecimal) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return match hexadecimal.contains(['.', 'p', 'P']) {
            true => hexadecimal_float(sign == "-", hexadecimal),
            false => integer(text, sign, hexadecimal, 16),
        };
    }
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'l' | b'L'));
    match is_decimal {
        true if digits.starts_with('0') && !matches!(digits, "0" | "0l" | "0L") => integer(text, sign, digits, 8),
        true => integer(text, sign, digits, 10),
        false => float(text, sign, digits),
    }
}

fn integer<'t>(text: &'t str, sign: &str, digits: &str, radix: u32) -> Result<Number<'t>, &'static str> {
    if sign == "+" {
        return Err("a whole number has no `+`");
    }
    let digits = digits.strip_suffix(['l', 'L']).unwrap_or(digits);
    if digits.is_empty() {
        return Err("expected digits");
    }
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(match radix {
            8 => "digits from 0 to 7 follow a leading 0: this would be an octal number",
            _ => "expected nothing but digits",
        });
    }
    let Ok(value) = i64::from_str_radix(&format!("{sign}{digits}"), radix) else {
        return Err("out of the range of a long");
    };
    let plain = value.to_string();
    Ok(Number::Json(if plain == text { Cow::Borrowed(text) } else { Cow::Owned(plain) }))
}

fn float<'t>(text: &'t str, sign: &str, digits: &str) -> Result<Number<'t>, &'static str> {
    let plain = digits.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(digits);
    let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (plain, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Err("expected digits, optionally with a `.` and an exponent");
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err("expected digits");
    }
    let unsigned = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    if unsigned.is_some_and(|digits| digits.is_empty() || !all_digits(digits)) {
        return Err("expected digits in the exponent");
    }
    // JSON wants a digit on both sides of the point, and no superfluous zeros before it.
    let significant = whole.trim_start_matches('0');
    let whole = if significant.is_empty() { "0" } else { significant };
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    let sign = if sign == "-" { "-" } else { "" };
    let mut json = format!("{sign}{whole}");
    if mantissa.contains('.') || exponent.is_none() {
        json.push('.');
        json.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        json.push('e');
        json.push_str(exponent);
    }
    Ok(Number::Json(if json == text { Cow::Borrowed(text) } else { Cow::Owned(json) }))
}

/// A mantissa in hexadecimal digits, times two to a decimal exponent.
fn hexadecimal_float(is_negative: bool, digits: &str) -> Result<Number<'static>, &'static str> {
    let plain = digits.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(digits);
    let Some((mantissa, exponent)) = plain.split_once(['p', 'P']) else {
        return Err("a hexadecimal number with a point needs an exponent: 0x1.8p3");
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut value = 0.0_f64;
    for digit in whole.chars().chain(fraction.chars()) {
        let Some(digit) = digit.to_digit(16) else {
            return Err("expected hexadecimal digits");
        };
        value = value * 16.0 + f64::from(digit);
    }
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_exponent = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_exponent {
        return Err("expected digits");
    }
    // What is outside of this range is infinite or zero, whatever its digits.
    let out_of_range = if exponent.starts_with('-') { -100_000 } else { 100_000 };
    let exponent = exponent.parse::<i64>().unwrap_or(out_of_range).clamp(-100_000, 100_000);
    let shift = exponent - 4 * i64::try_from(fraction.len()).unwrap_or(100_000);
    let value = value * 2.0_f64.powi(i32::try_from(shift).unwrap_or(i32::MIN));
    if !value.is_finite() {
        return Err("out of the range of a double");
    }
    Ok(Number::Json(Cow::Owned(format!("{:?}", if is_negative { -value } else { value }))))
}

#[cfg(test)]
mod tests {
    use super::{Number, read};

    #[test]
    fn literals_become_numbers_of_json() {
        for (literal, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("12", "12"),
            ("-12L", "-12"),
            ("0x10", "16"),
            ("-0XfF", "-255"),
            ("010", "8"),
            ("0l", "0"),
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("0.0", "0.0"),
            ("-1.0e12", "-1.0e12"),
            ("+1.5E-3", "1.5e-3"),
            (".5", "0.5"),
            ("1.", "1.0"),
            ("007.50f", "7.50"),
            ("1d", "1.0"),
            ("1e5", "1e5"),
            ("1e5F", "1e5"),
            ("0x1.8p3", "12.0"),
            ("-0x.8P1d", "-1.0"),
            ("0x10p-4", "1.0"),
            ("0x1p-99999999999999999999", "0.0"),
        ] {
            assert_eq!(read(literal), Ok(Number::Json(expected.into())), "{literal}");
        }
        for (literal, expected) in
            [("NaN", "NaN"), ("-NaN", "NaN"), ("+Infinity", "Infinity"), ("-Infinity", "-Infinity")]
        {
            assert_eq!(read(literal), Ok(Number::Word(expected)), "{literal}");
        }
    }

    #[test]
    fn what_is_no_number_is_an_error() {
        for literal in [
            "",
            "-",
            "+",
            ".",
            "+1",
            "08",
            "1_000",
            "12a",
            "0x",
            "0xg",
            "1.2.3",
            "1e",
            "1e+",
            "e5",
            ".e5",
            "1ff",
            "1lL",
            "0x1.8",
            "0x1p",
            "0xp3",
            "0x.p1",
            "9223372036854775808",
            "0x1p99999",
            "--1",
            "-Inf",
            "1p3",
            "0x1.8p99999999999",
        ] {
            assert!(read(literal).is_err(), "{literal}: {:?}", read(literal));
        }
    }
}
