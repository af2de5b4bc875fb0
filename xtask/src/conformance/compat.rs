//! Rows about compatibility: whether everything of `writer` can be read as `reader` (`compatible`), by Java's rules, and the kind and
//! place of each of the `incompatibilities`, in Java's order.

use avro_model::Schema;
use avro_model::compatibility::check_readable;

use super::{Row, Verdict};

pub(super) fn check(row: &Row) -> Verdict {
    let schema = |side: &str| {
        Schema::parse(&row.get(side).to_string()).map_err(|error| format!("the {side}'s schema is refused: {error}"))
    };
    let mismatches = check_readable(&schema("reader")?, &schema("writer")?);
    if row.get("compatible") != mismatches.is_empty() {
        return Err(format!("compatible: expected {}, found {}", row.get("compatible"), mismatches.is_empty()));
    }
    let found = mismatches.iter().map(|found| format!("{} {}", found.kind, found.path));
    let expected = row.get("incompatibilities").as_array().into_iter().flatten().map(|expected| {
        let part = |name: &str| expected[name].as_str().unwrap_or_default();
        format!("{} {}", part("type"), part("location"))
    });
    let (found, expected): (Vec<String>, Vec<String>) = (found.collect(), expected.collect());
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}")) }
}
