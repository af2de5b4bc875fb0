//! A type in a line, with links to the named types in it.

use avro_model::{Kind, LogicalType, Properties, Type};

use super::catalog::Catalog;
use crate::markup::escaped;
use crate::types;

/// A type of the schema files as HTML, on a page that is as deep as `root` leads up.
pub(super) fn type_text(catalog: &Catalog<'_>, root: &str, ty: &Type) -> String {
    let (text, logical) = match &ty.kind {
        Kind::Named(id) => {
            let definition = catalog.set.definition(*id);
            let link = catalog.type_index(*id).map(|index| catalog.type_link(index, root, false));
            (link.unwrap_or_else(|| escaped(definition.name.as_str())), definition.logical)
        }
        Kind::Array(items) => (format!("array&lt;{}&gt;", type_text(catalog, root, items)), ty.logical),
        Kind::Map(values) => (format!("map&lt;{}&gt;", type_text(catalog, root, values)), ty.logical),
        Kind::Union(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| type_text(catalog, root, branch)).collect();
            (if branches.is_empty() { "union of nothing".to_owned() } else { branches.join(" | ") }, ty.logical)
        }
        kind => (types::kind_name(kind).to_owned(), ty.logical),
    };
    match logical {
        Some(logical) => format!("{text} <span class=\"logical\">({})</span>", words(logical)),
        None => text,
    }
}

/// A logical type in words, which need no escape.
pub(super) fn words(logical: LogicalType) -> String {
    let words = match logical {
        LogicalType::Decimal { precision, scale } => return format!("decimal, precision {precision}, scale {scale}"),
        LogicalType::BigDecimal => "decimal with a scale of its own",
        LogicalType::Uuid => "UUID",
        LogicalType::Date => "date: days since 1970-01-01",
        LogicalType::TimeMillis => "time of day: milliseconds after midnight",
        LogicalType::TimeMicros => "time of day: microseconds after midnight",
        LogicalType::TimestampMillis => "timestamp: milliseconds since 1970-01-01, UTC",
        LogicalType::TimestampMicros => "timestamp: microseconds since 1970-01-01, UTC",
        LogicalType::TimestampNanos => "timestamp: nanoseconds since 1970-01-01, UTC",
        LogicalType::LocalTimestampMillis => "local timestamp: milliseconds since 1970-01-01",
        LogicalType::LocalTimestampMicros => "local timestamp: microseconds since 1970-01-01",
        LogicalType::LocalTimestampNanos => "local timestamp: nanoseconds since 1970-01-01",
        LogicalType::Duration => "duration: months, days and milliseconds",
        other => return escaped(&other.to_string()),
    };
    words.to_owned()
}

/// Attributes that the specification does not know, as `name: value`, not escaped yet. Those that make up a logical
/// type are in its words, if it is valid.
pub(super) fn own_properties(properties: &Properties, logical: Option<LogicalType>) -> Vec<String> {
    let is_of_logical =
        |name: &str| logical.is_some() && (name == "logicalType" || name == "precision" || name == "scale");
    let own = properties.iter().filter(|(name, _)| !is_of_logical(name));
    own.map(|(name, value)| format!("{name}: {value}")).collect()
}
