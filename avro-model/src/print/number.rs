//! Numbers as Java prints them. No two texts of one number are then told apart.

use std::borrow::Cow;

/// The JSON of a number whose source text is `text`: what has a point or an exponent is a double to Java, anything else
/// an integer of any size.
pub(super) fn java_number(text: &str) -> Cow<'_, str> {
    if text == "-0" {
        return Cow::Borrowed("0");
    }
    if !text.contains(['.', 'e', 'E']) {
        return Cow::Borrowed(text);
    }
    match text.parse::<f64>() {
        Ok(double) if double.is_finite() => Cow::Owned(java_double(double)),
        // Java makes a string of what is too large for a double.
        Ok(double) => Cow::Owned(format!("\"{}\"", java_double(double))),
        Err(_) => Cow::Borrowed(text),
    }
}

/// `Double.toString`: plain digits from a thousandth to ten million, and else one digit before the point and an
/// exponent.
pub(crate) fn java_double(double: f64) -> String {
    if double.is_infinite() {
        return if double > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if double == 0.0 || (1e-3..1e7).contains(&double.abs()) {
        return format!("{double:?}");
    }
    let scientific = format!("{double:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::java_number;

    /// What Java 17 and Avro 1.12.0 print.
    #[test]
    fn numbers_are_printed_as_java_does() {
        for (text, expected) in [
            ("1", "1"),
            ("-0", "0"),
            ("12345678901234567890", "12345678901234567890"),
            ("-0.0", "-0.0"),
            ("1.50", "1.5"),
            ("1.0", "1.0"),
            ("1e2", "100.0"),
            ("9999999.0", "9999999.0"),
            ("1e7", "1.0E7"),
            ("100000000.5", "1.000000005E8"),
            ("1E10", "1.0E10"),
            ("1e-3", "0.001"),
            ("9e-4", "9.0E-4"),
            ("-0.1e-7", "-1.0E-8"),
            ("123456789012345678901234567890.5", "1.2345678901234568E29"),
            ("3.4028235E38", "3.4028235E38"),
            ("1e400", "\"Infinity\""),
            ("-1e400", "\"-Infinity\""),
        ] {
            assert_eq!(java_number(text), expected, "{text}");
        }
    }
}
