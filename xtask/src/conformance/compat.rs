//! Rows about compatibility: whether everything of `writer` can be read as `reader` (`compatible`), by Java's rules,
//! and the kind and place of each of the `incompatibilities`, in Java's order; or, where those are not listed, just the
//! `kinds`.

use std::collections::BTreeSet;

use avro_model::Schema;
use avro_model::compatibility::check_readable;
use avro_model::resolution::Mismatch;
use serde_json::Value;

use super::{Row, Verdict};

pub(super) fn check(row: &Row) -> Verdict {
    let schema = |side: &str| {
        Schema::parse(&row.schema(side)?).map_err(|error| format!("the {side}'s schema is refused: {error}"))
    };
    let mismatches = check_readable(&schema("reader")?, &schema("writer")?);
    let expected = row.get("compatible").as_bool().ok_or("the row has no verdict")?;
    compare(expected, row.get("incompatibilities"), row.get("kinds"), &mismatches)
}

/// Compares what was found with what is known; either list may be null.
pub(crate) fn compare(is_compatible: bool, listed: &Value, kinds: &Value, found: &[Mismatch]) -> Verdict {
    if is_compatible != found.is_empty() {
        return Err(format!("compatible: expected {is_compatible}, found {} ({})", found.is_empty(), shown(found)));
    }
    if let Some(listed) = listed.as_array() {
        let in_order = listed.iter().zip(found).all(|(listed, found)| is_the_same(listed, found));
        let is_exact = in_order && listed.len() == found.len();
        if !(is_exact || is_listed_again(listed, found)) {
            let part = |expected: &Value, name: &str| expected[name].as_str().unwrap_or("?").to_owned();
            let expected = listed.iter().map(|expected| part(expected, "type") + " " + &part(expected, "location"));
            return Err(format!("expected {}, found {}", expected.collect::<Vec<_>>().join(", "), shown(found)));
        }
    } else if let Some(kinds) = kinds.as_array() {
        let expected: BTreeSet<&str> = kinds.iter().filter_map(Value::as_str).collect();
        if expected != found.iter().map(|found| found.kind.as_str()).collect() {
            return Err(format!("expected {expected:?}, found {}", shown(found)));
        }
    }
    Ok(())
}

fn is_the_same(listed: &Value, found: &Mismatch) -> bool {
    is_of_kind(listed, found) && listed["location"].as_str().is_none_or(|place| place == found.path)
}

fn is_of_kind(listed: &Value, found: &Mismatch) -> bool {
    listed["type"].as_str().is_none_or(|kind| kind == found.kind.as_str())
}

/// Whether the lists differ only because of what Java remembers: what it found of two named types is listed wherever
/// these two come again, each time with the place where they came first, which for branches of a reader's union starts
/// at the branch. We list each difference once, where it is. The places inside of the named types are the same.
fn is_listed_again(listed: &[Value], found: &[Mismatch]) -> bool {
    let is_inside_the_same = |listed: &Value, found: &Mismatch| {
        let inside = found.reader.definition.is_some()
            && listed["location"].as_str().is_some_and(|place| place.ends_with(&found.reader.path));
        is_of_kind(listed, found) && (inside || is_the_same(listed, found))
    };
    listed.iter().all(|listed| found.iter().any(|found| is_inside_the_same(listed, found)))
        && found.iter().all(|found| listed.iter().any(|listed| is_inside_the_same(listed, found)))
}

fn shown(found: &[Mismatch]) -> String {
    let found: Vec<String> = found.iter().map(|found| format!("{} {}", found.kind, found.path)).collect();
    if found.is_empty() { "no differences".to_owned() } else { found.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_compared_as_far_as_they_go() {
        let schema = |text: &str| Schema::parse(text).expect("the schema is valid");
        let found = check_readable(
            &schema(r#"{"type":"array","items":"int"}"#),
            &schema(r#"{"type":"array","items":"string"}"#),
        );
        let check = |is_compatible: bool, listed: Value, kinds: Value, expected: Result<(), &str>| {
            assert_eq!(compare(is_compatible, &listed, &kinds, &found), expected.map_err(String::from));
        };
        check(false, json!([{"type": "TYPE_MISMATCH", "location": "/items"}]), json!(null), Ok(()));
        check(false, json!([{"location": "/items", "message": "not looked at"}]), json!(["NOT_LOOKED_AT"]), Ok(()));
        check(false, json!(null), json!(["TYPE_MISMATCH"]), Ok(()));
        check(false, json!(null), json!(null), Ok(()));
        check(true, json!([]), json!([]), Err("compatible: expected true, found false (TYPE_MISMATCH /items)"));
        check(
            false,
            json!([{"type": "TYPE_MISMATCH", "location": "/"}]),
            json!(null),
            Err("expected TYPE_MISMATCH /, found TYPE_MISMATCH /items"),
        );
        check(false, json!(null), json!([]), Err("expected {}, found TYPE_MISMATCH /items"));
    }

    #[test]
    fn what_java_lists_again_is_one_difference() {
        let schema = |symbols: &str| {
            let fields = format!(
                r#"{{"name":"a","type":["null",{{"type":"enum","name":"E","symbols":[{symbols}]}}]}},{{"name":"b","type":"E"}}"#
            );
            Schema::parse(&format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#))
                .expect("the schema is valid")
        };
        let found = check_readable(&schema(r#""A""#), &schema(r#""A","B""#));
        let check = |place: &str, expected: Result<(), &str>| {
            let listed = json!([
                {"type": "MISSING_UNION_BRANCH", "location": "/fields/0/type/1"},
                {"type": "MISSING_ENUM_SYMBOLS", "location": place},
            ]);
            assert_eq!(compare(false, &listed, &json!(null), &found), expected.map_err(String::from));
        };
        check("/fields/1/type/symbols", Ok(()));
        // Java met the two enums as branches of the unions.
        check("/symbols", Ok(()));
        let shown = "MISSING_UNION_BRANCH /fields/0/type/1, MISSING_ENUM_SYMBOLS";
        check("/name", Err(&format!("expected {shown} /name, found {shown} /fields/1/type/symbols")));
    }
}
