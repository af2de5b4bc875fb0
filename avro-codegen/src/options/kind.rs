//! Kinds of types, as patterns write them behind an `@`.

/// Every kind. A type with a logical type is of the kind of that: a `long` that is a `timestamp-millis` is not a `long`
/// here.
const KINDS: [&str; 27] = [
    "null",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "bytes",
    "string",
    "array",
    "map",
    "union",
    "record",
    "enum",
    "fixed",
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

/// The kind that is called `name`.
pub(super) fn find(name: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| *kind == name)
}

/// The kind that somebody may have meant by `name`.
pub(super) fn closest(name: &str) -> Option<&'static str> {
    avro_model::closest(name, KINDS)
}

/// Whether values of the kind are dates or times, which chrono has types for.
pub(super) fn is_of_time(kind: &str) -> bool {
    kind == "date" || kind.starts_with("time") || kind.starts_with("local-timestamp")
}

#[cfg(test)]
mod tests {
    use avro_model::LogicalType;

    use super::*;

    #[test]
    fn the_kinds_of_time_are_known() {
        let of_time: Vec<&str> = KINDS.into_iter().filter(|kind| is_of_time(kind)).collect();
        assert_eq!(of_time.len(), 9, "{of_time:?}");
        for logical in [LogicalType::Date, LogicalType::TimeMicros, LogicalType::LocalTimestampNanos] {
            assert!(of_time.contains(&logical.name()), "{logical}");
        }
    }
}
