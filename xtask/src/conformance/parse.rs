//! Rows about schemas: `schema` (text), and whether it is `valid`; where the sources disagree (null), Java's verdict
//! decides.

use avro_model::Schema;

use super::{Row, Verdict};

pub(super) fn check(row: &Row) -> Verdict {
    let verdict = row.get("valid").as_bool().or_else(|| row.get("java").as_bool());
    match (Schema::parse(row.text("schema")?), verdict.ok_or("the row has no verdict")?) {
        (Ok(_), true) | (Err(_), false) => Ok(()),
        (Ok(_), false) => Err("an invalid schema is accepted".to_owned()),
        (Err(error), true) => Err(format!("a valid schema is refused: {error}")),
    }
}
