//! Which logical type annotates a type, if any. The specification, "Logical Types": "Language implementations must
//! ignore unknown logical types when reading, and should use the underlying Avro type. If a logical type is invalid,
//! for example a decimal with scale greater than its precision, then implementations should ignore the logical type."

use super::Parser;
use crate::code::Code;
use crate::logical::LogicalType;
use crate::raw::{Node, Object, Value};
use crate::schema::Kind;
use crate::suggest::closest;

/// What a logical type may annotate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Underlying<'k> {
    /// A type without a name.
    Kind(&'k Kind),
    /// A fixed of so many bytes.
    Fixed(usize),
    /// A record or an enum.
    OtherNamed,
}

impl Parser<'_, '_> {
    /// The logical type that `object` gives to `underlying`, where it is known and valid there. Warns where it is not.
    pub(super) fn logical_type(&mut self, object: &Object<'_>, underlying: Underlying<'_>) -> Option<LogicalType> {
        let node = object.get("logicalType")?;
        let Value::String(name) = &node.value else {
            self.ignore(node, format!("a logical type must be a string, not {}", node.describe()), None);
            return None;
        };
        let (logical, may_stand_on) = match name.as_ref() {
            "decimal" => return self.decimal(object, node, underlying),
            "big-decimal" => (LogicalType::BigDecimal, "bytes"),
            "uuid" => (LogicalType::Uuid, "string, or a fixed of size 16"),
            "date" => (LogicalType::Date, "int"),
            "time-millis" => (LogicalType::TimeMillis, "int"),
            "time-micros" => (LogicalType::TimeMicros, "long"),
            "timestamp-millis" => (LogicalType::TimestampMillis, "long"),
            "timestamp-micros" => (LogicalType::TimestampMicros, "long"),
            "timestamp-nanos" => (LogicalType::TimestampNanos, "long"),
            "local-timestamp-millis" => (LogicalType::LocalTimestampMillis, "long"),
            "local-timestamp-micros" => (LogicalType::LocalTimestampMicros, "long"),
            "local-timestamp-nanos" => (LogicalType::LocalTimestampNanos, "long"),
            "duration" => (LogicalType::Duration, "a fixed of size 12"),
            unknown => {
                self.unknown(node, unknown);
                return None;
            }
        };
        let fits = match logical {
            LogicalType::BigDecimal => underlying == Underlying::Kind(&Kind::Bytes),
            LogicalType::Uuid => matches!(underlying, Underlying::Kind(Kind::String) | Underlying::Fixed(16)),
            LogicalType::Duration => underlying == Underlying::Fixed(12),
            LogicalType::Date | LogicalType::TimeMillis => underlying == Underlying::Kind(&Kind::Int),
            _ => underlying == Underlying::Kind(&Kind::Long),
        };
        if !fits {
            let help = format!("`{name}` annotates {may_stand_on}");
            self.ignore(node, format!("the logical type `{name}` cannot annotate this type"), Some(help));
            return None;
        }
        Some(logical)
    }

    fn decimal(&mut self, object: &Object<'_>, node: &Node<'_>, underlying: Underlying<'_>) -> Option<LogicalType> {
        let most_digits = match underlying {
            Underlying::Kind(Kind::Bytes) => None,
            Underlying::Fixed(size) => Some(most_digits(size)),
            _ => {
                let help = "`decimal` annotates bytes or a fixed".to_owned();
                self.ignore(node, "the logical type `decimal` cannot annotate this type".to_owned(), Some(help));
                return None;
            }
        };
        let Some(precision_node) = object.get("precision") else {
            let help = "add \"precision\": the largest number of digits".to_owned();
            self.ignore(node, "a decimal needs the attribute `precision`".to_owned(), Some(help));
            return None;
        };
        let Some(precision) = whole_number(precision_node).filter(|precision| *precision > 0) else {
            self.ignore(precision_node, "the precision of a decimal must be a whole number above 0".to_owned(), None);
            return None;
        };
        if let Some(most) = most_digits.filter(|most| u64::from(precision) > *most) {
            let message = format!("a fixed of this size holds {most} digits, not {precision}");
            self.ignore(precision_node, message, Some("make `size` larger or `precision` smaller".to_owned()));
            return None;
        }
        let Some(scale_node) = object.get("scale") else {
            return Some(LogicalType::Decimal { precision, scale: 0 });
        };
        match whole_number(scale_node) {
            Some(scale) if scale <= precision => Some(LogicalType::Decimal { precision, scale }),
            _ => {
                let message =
                    format!("the scale of a decimal must be a whole number from 0 to its precision, {precision}");
                self.ignore(scale_node, message, None);
                None
            }
        }
    }

    fn ignore(&mut self, node: &Node<'_>, message: String, help: Option<String>) {
        let label = "the logical type is ignored; the underlying type is used";
        self.collector.warning(Code::INVALID_LOGICAL_TYPE, (self.source, node.span), message, label).help = help;
    }

    fn unknown(&mut self, node: &Node<'_>, name: &str) {
        let place = (self.source, node.span);
        let message = format!("the specification has no logical type `{name}`");
        let label = "ignored; the underlying type is used";
        let diagnostic = self.collector.warning(Code::UNKNOWN_LOGICAL_TYPE, place, message, label);
        if let Some(near) = closest(name, LogicalType::NAMES) {
            diagnostic.help(format!("did you mean `{near}`?"));
        }
    }
}

/// A number without fraction and exponent, of Java's range for precision and scale.
fn whole_number(node: &Node<'_>) -> Option<u32> {
    match &node.value {
        Value::Number(text) => text.parse::<i32>().ok().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
}

/// How many decimal digits fit into `size` bytes of two's complement: the largest `n` with `10^n <= 2^(8 * size - 1)`
/// (specification, "Decimal").
fn most_digits(size: usize) -> u64 {
    // The logarithm of 2 to 28 digits: for sizes below 2^31 no power of two comes that close to a power of ten.
    const LOG10_OF_2: u128 = 3_010_299_956_639_811_952_137_388_947;
    const ONE: u128 = 10_000_000_000_000_000_000_000_000_000;
    let bits = (size as u128 * 8).saturating_sub(1);
    u64::try_from(bits.saturating_mul(LOG10_OF_2) / ONE).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::most_digits;

    #[test]
    fn digits_in_bytes() {
        for (size, digits) in [(0, 0), (1, 2), (2, 4), (4, 9), (8, 18), (12, 28), (16, 38), (32, 76), (129, 310)] {
            assert_eq!(most_digits(size), digits, "{size} bytes");
        }
    }
}
