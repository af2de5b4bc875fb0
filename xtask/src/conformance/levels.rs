//! Rows about compatibility levels: whether `new` may be registered at `level` after the schemas `previous`, oldest
//! first.

use avro_model::Schema;
use avro_model::compatibility::{Baseline, CompatibilityLevel, Difference, check as differences};

use super::rows::schema_text;
use super::{Row, Verdict};

pub(super) fn check(row: &Row) -> Verdict {
    let name = row.text("level")?;
    let level: CompatibilityLevel = name.parse().map_err(|_| format!("{name} is not a compatibility level"))?;
    let new = Schema::parse(&row.schema("new")?).map_err(|error| format!("the new schema is refused: {error}"))?;
    let previous = row.get("previous").as_array().ok_or("the row has no list `previous`")?;
    let previous = previous.iter().map(|schema| {
        Schema::parse(&schema_text(schema)?).map_err(|error| format!("an earlier schema is refused: {error}"))
    });
    let previous: Vec<Schema> = previous.collect::<Result<_, String>>()?;
    let history: Vec<Baseline<'_>> =
        (1..).zip(&previous).map(|(version, schema)| Baseline::version(version, schema)).collect();
    let found = differences(level, &new, &history);
    let expected = row.get("compatible").as_bool().ok_or("the row has no verdict")?;
    if expected == found.is_empty() {
        return Ok(());
    }
    let found: Vec<String> = found.iter().map(Difference::sentence).collect();
    Err(format!("compatible: expected {expected}, found {} {}", found.is_empty(), found.join("; "))
        .trim_end()
        .to_owned())
}
