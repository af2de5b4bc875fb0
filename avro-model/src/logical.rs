//! Logical types (Avro specification, "Logical Types").

use std::fmt;

/// A logical type that is valid for its type. A schema's unknown and invalid logical types do not count: by the
/// specification they are ignored, and the underlying type is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogicalType {
    /// An unscaled two's-complement big-endian integer in bytes or fixed; the value is that times 10 to the power of
    /// `-scale`.
    Decimal {
        /// The largest number of decimal digits, at least 1.
        precision: u32,
        /// How many of them are behind the decimal point, at most `precision`.
        scale: u32,
    },
    /// A decimal in bytes that carries its own scale.
    BigDecimal,
    /// A UUID, as a string of RFC 9562's text form or as a fixed of 16 bytes.
    Uuid,
    /// Days since 1970-01-01, as an int.
    Date,
    /// Milliseconds after midnight, as an int.
    TimeMillis,
    /// Microseconds after midnight, as a long.
    TimeMicros,
    /// Milliseconds since 1970-01-01T00:00:00Z, as a long.
    TimestampMillis,
    /// Microseconds since 1970-01-01T00:00:00Z, as a long.
    TimestampMicros,
    /// Nanoseconds since 1970-01-01T00:00:00Z, as a long.
    TimestampNanos,
    /// Milliseconds since 1970-01-01T00:00:00 in some local time zone, as a long.
    LocalTimestampMillis,
    /// Microseconds since 1970-01-01T00:00:00 in some local time zone, as a long.
    LocalTimestampMicros,
    /// Nanoseconds since 1970-01-01T00:00:00 in some local time zone, as a long.
    LocalTimestampNanos,
    /// Months, days and milliseconds: three little-endian unsigned 32-bit numbers in a fixed of 12 bytes.
    Duration,
}

impl LogicalType {
    /// Every name that the specification gives to a logical type, as in a schema's `logicalType`.
    pub(crate) const NAMES: [&'static str; 13] = [
        "decimal",
        "big-decimal",
        "uuid",
        "date",
        "time-millis",
        "time-micros",
        "timestamp-millis",
        "timestamp-micros",
        "timestamp-nanos",
        "local-timestamp-millis",
        "local-timestamp-micros",
        "local-timestamp-nanos",
        "duration",
    ];

    /// The value of `logicalType` that names it in a schema: `timestamp-millis`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LogicalType::Decimal { .. } => "decimal",
            LogicalType::BigDecimal => "big-decimal",
            LogicalType::Uuid => "uuid",
            LogicalType::Date => "date",
            LogicalType::TimeMillis => "time-millis",
            LogicalType::TimeMicros => "time-micros",
            LogicalType::TimestampMillis => "timestamp-millis",
            LogicalType::TimestampMicros => "timestamp-micros",
            LogicalType::TimestampNanos => "timestamp-nanos",
            LogicalType::LocalTimestampMillis => "local-timestamp-millis",
            LogicalType::LocalTimestampMicros => "local-timestamp-micros",
            LogicalType::LocalTimestampNanos => "local-timestamp-nanos",
            LogicalType::Duration => "duration",
        }
    }
}

impl fmt::Display for LogicalType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogicalType::Decimal { precision, scale } => write!(formatter, "decimal({precision}, {scale})"),
            other => formatter.write_str(other.name()),
        }
    }
}
