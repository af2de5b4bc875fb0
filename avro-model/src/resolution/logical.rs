//! Which logical types may be read as each other.

use crate::logical::LogicalType;

/// Why a value of the writer's logical type must not be read as the reader's; `None` when it may.
///
/// A side without a logical type sees the underlying value, which is what it asks for: that is how a logical type is
/// added to a schema, or dropped. Two different logical types give the same bytes two meanings: hundredths read as
/// ten-thousandths, milliseconds as microseconds. The specification asks for equal precisions, too; here only the scale
/// must be equal, because a value with too many digits is found, and refused, when it is decoded.
pub(super) fn conflict(writer: Option<LogicalType>, reader: Option<LogicalType>) -> Option<String> {
    let (Some(writer), Some(reader)) = (writer, reader) else { return None };
    let same_meaning = match (writer, reader) {
        (LogicalType::Decimal { scale: written, .. }, LogicalType::Decimal { scale: read, .. }) => written == read,
        (writer, reader) => writer == reader,
    };
    if same_meaning {
        return None;
    }
    Some(format!("the writer's {writer} cannot be read as {reader}: the same bytes would mean another value"))
}
