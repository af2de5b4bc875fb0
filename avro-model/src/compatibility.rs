//! Compatibility: whether everything that one schema writes can be read with another, and what a subject's next version
//! may be.
//!
//! [`check_readable`] compares two schemas, [`check`] a new schema with those before it, the [`Baseline`]s, at a
//! [`CompatibilityLevel`]. [`explain`] shows people where the differences are, and what to do about them.
//!
//! The rules are those of `SchemaCompatibility.checkReaderWriterCompatibility` in Avro's Java library, because
//! Confluent's registry decides by them. They differ from those of a [`Plan`](crate::resolution::Plan) in what they ask
//! for:
//!
//! - every branch of a union of the writer must be readable, every symbol of its enums, and every item and value;
//! - the unqualified names of records must match, too, or an alias of the reader's must be the writer's fullname;
//! - any branch of a union of the reader will do that reads everything;
//! - logical types do not count: `timestamp-millis` may become `timestamp-micros`, which a plan refuses.

mod baseline;
mod difference;
mod explanation;
mod level;

pub use baseline::{Baseline, BaselineName};
pub use difference::{Difference, Direction};
pub use explanation::{Explanation, SchemaInText, explain};
pub use level::{CompatibilityLevel, UnknownCompatibilityLevel};

use crate::resolution::{self, Mismatch};
use crate::schema::Schema;

/// Every difference because of which `level` forbids `new` to follow the baselines of `history`, which are in the order
/// of their age, oldest first. Empty when it may follow. Differences with the newest come first, since that is the one
/// that people know; a level that is not transitive looks at no other.
///
/// ```
/// use avro_model::Schema;
/// use avro_model::compatibility::{Baseline, CompatibilityLevel, check};
///
/// let customer = |fields: &str| Schema::parse(&format!(r#"{{"type": "record", "name": "Customer", "fields": [{fields}]}}"#));
/// let id = r#"{"name": "id", "type": "long"}"#;
/// let first = customer(id)?;
/// let second = customer(&format!(r#"{id}, {{"name": "phone", "type": "string"}}"#))?;
/// let history = [Baseline::version(1, &first)];
///
/// assert!(check(CompatibilityLevel::Forward, &second, &history).is_empty());
/// let differences = check(CompatibilityLevel::Backward, &second, &history);
/// assert_eq!(
///     differences[0].sentence(),
///     "the new schema cannot read the messages of version 1: it needs `phone`, which Customer of version 1 does not write and \
///      which has no default"
/// );
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[must_use]
pub fn check(level: CompatibilityLevel, new: &Schema, history: &[Baseline<'_>]) -> Vec<Difference> {
    let looked_at = if level.is_transitive() { history.len() } else { 1 };
    let mut differences = Vec::new();
    for Baseline { name, schema } in history.iter().rev().take(looked_at) {
        let mut add = |direction, mismatches: Vec<Mismatch>| {
            let with_baseline = |mismatch| Difference { baseline: name.clone(), direction, mismatch };
            differences.extend(mismatches.into_iter().map(with_baseline));
        };
        if level.is_backward() {
            add(Direction::Backward, check_readable(new, schema));
        }
        if level.is_forward() {
            add(Direction::Forward, check_readable(schema, new));
        }
    }
    differences
}

/// Every difference because of which data of the writer's schema could not be read with the reader's; empty when the
/// schemas are compatible. Depth first in the order of the reader's fields, each pair of records once, and at most
/// 1,000.
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
