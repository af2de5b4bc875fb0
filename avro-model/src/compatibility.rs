//! Compatibility: whether everything that one schema writes can be read with another.
//!
//! The rules are those of `SchemaCompatibility.checkReaderWriterCompatibility` in Avro's Java library, because Confluent's
//! registry decides by them. They differ from those of a [`Plan`](crate::resolution::Plan) in what they ask for:
//!
//! - every branch of a union of the writer must be readable, and every symbol of its enums;
//! - the unqualified names of records must match, too, or an alias of the reader's must be the writer's fullname;
//! - any branch of a union of the reader will do that reads everything;
//! - logical types do not count: `timestamp-millis` may become `timestamp-micros`, which a plan refuses.

use crate::resolution::{self, Mismatch};
use crate::schema::Schema;

/// Every difference because of which data of the writer's schema could not be read with the reader's; none when the schemas are
/// compatible. Depth first in the order of the reader's fields, each pair of records once, and at most 1,000.
///
/// ```
/// use avro_model::Schema;
/// use avro_model::compatibility::check_readable;
/// use avro_model::resolution::MismatchKind;
///
/// let old = Schema::parse(r#"{"type": "record", "name": "Customer", "fields": [
///     {"name": "id", "type": "long"}]}"#)?;
/// let new = Schema::parse(r#"{"type": "record", "name": "Customer", "fields": [
///     {"name": "id", "type": "long"}, {"name": "email", "type": "string"}]}"#)?;
///
/// assert!(check_readable(&old, &new).is_empty(), "an old consumer ignores the new field");
/// let mismatches = check_readable(&new, &old);
/// assert_eq!(mismatches[0].kind, MismatchKind::ReaderFieldMissingDefaultValue);
/// assert_eq!(mismatches[0].path, "/fields/1");
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[must_use]
pub fn check_readable(reader: &Schema, writer: &Schema) -> Vec<Mismatch> {
    resolution::mismatches_of_check(writer, reader)
}
