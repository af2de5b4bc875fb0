//! Pairs of schemas for which there is no plan.

use avro_model::resolution::Plan;

use super::{record, schema};

/// The kind and path of each mismatch, one per line.
pub(super) fn check_refused(writer: &str, reader: &str, expected: &[&str]) {
    let error = match Plan::new(&schema(writer), &schema(reader)) {
        Err(error) => error,
        Ok(plan) => panic!("{writer} to {reader}: {plan:?}"),
    };
    let found: Vec<String> =
        error.mismatches().iter().map(|mismatch| format!("{} {}", mismatch.kind, mismatch.path)).collect();
    assert_eq!(found, expected, "{writer} to {reader}");
}

#[test]
fn types_that_do_not_match() {
    check_refused(r#""long""#, r#""int""#, &["TYPE_MISMATCH /"]);
    check_refused(r#""double""#, r#""float""#, &["TYPE_MISMATCH /"]);
    check_refused(r#""string""#, r#"["null","int"]"#, &["MISSING_UNION_BRANCH /"]);
    check_refused(r#"["null","int"]"#, r#""string""#, &["TYPE_MISMATCH /0", "TYPE_MISMATCH /1"]);
    check_refused(r#"["null","int"]"#, r#"["string"]"#, &["MISSING_UNION_BRANCH /0", "MISSING_UNION_BRANCH /1"]);
    check_refused(
        r#"{"type":"fixed","name":"A","size":2}"#,
        r#"{"type":"fixed","name":"B","size":3}"#,
        &["NAME_MISMATCH /name", "FIXED_SIZE_MISMATCH /size"],
    );
    check_refused(
        r#"{"type":"enum","name":"E","symbols":["A"]}"#,
        r#"{"type":"enum","name":"E","symbols":["B"]}"#,
        &["MISSING_ENUM_SYMBOLS /symbols"],
    );
}

#[test]
fn every_field_that_is_in_the_way_is_listed() {
    check_refused(
        &record(
            r#"{"name":"a","type":"int"},{"name":"b","type":{"type":"record","name":"B","fields":[{"name":"x","type":"string"}]}}"#,
        ),
        &record(
            r#"{"name":"new","type":"int"},{"name":"b","type":{"type":"record","name":"B","fields":[
            {"name":"y","type":"int"},{"name":"x","type":"long"}]}},{"name":"a","type":"boolean"},{"name":"again","type":"B"}"#,
        ),
        &[
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1/type/fields/0",
            "TYPE_MISMATCH /fields/1/type/fields/1/type",
            "TYPE_MISMATCH /fields/2/type",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/3",
        ],
    );
}

#[test]
fn a_record_that_fails_takes_along_those_that_need_it() {
    // The pair of `B` is settled before that of `C`, on which it rests, and which rests on it.
    let chain = |leaf: &str| {
        record(&format!(
            r#"{{"name":"b","type":{{"type":"record","name":"B","fields":[{{"name":"c","type":{{"type":"record","name":"C","fields":[
            {{"name":"b","type":["null","B"]}},{{"name":"leaf","type":"{leaf}"}}]}}}}]}}}}"#
        ))
    };
    check_refused(&chain("string"), &chain("int"), &["TYPE_MISMATCH /fields/0/type/fields/0/type/fields/1/type"]);
}

#[test]
fn logical_types_that_would_change_the_value() {
    let decimal = |scale: u32| format!(r#"{{"type":"bytes","logicalType":"decimal","precision":12,"scale":{scale}}}"#);
    let time = |name: &str| format!(r#"{{"type":"long","logicalType":"{name}"}}"#);
    let fixed = |scale: u32| {
        format!(r#"{{"type":"fixed","name":"Money","size":8,"logicalType":"decimal","precision":12,"scale":{scale}}}"#)
    };
    check_refused(&decimal(2), &decimal(4), &["TYPE_MISMATCH /"]);
    check_refused(&fixed(2), &fixed(4), &["TYPE_MISMATCH /"]);
    check_refused(&time("timestamp-millis"), &time("timestamp-micros"), &["TYPE_MISMATCH /"]);
    check_refused(&time("timestamp-millis"), &time("local-timestamp-millis"), &["TYPE_MISMATCH /"]);
    check_refused(r#"{"type":"int","logicalType":"time-millis"}"#, &time("time-micros"), &["TYPE_MISMATCH /"]);
    check_refused(
        &record(&format!(r#"{{"name":"at","type":{}}}"#, decimal(2))),
        &record(&format!(r#"{{"name":"at","type":{}}}"#, decimal(3))),
        &["TYPE_MISMATCH /fields/0/type"],
    );
}

#[test]
fn the_message_says_what_is_in_the_way() {
    let writer = record(r#"{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}}"#);
    let reader = record(
        r#"{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":4}},{"name":"b","type":"int"}"#,
    );
    let error = Plan::new(&schema(&writer), &schema(&reader)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the reader's schema cannot read what the writer's schema writes: at /fields/0/type: the writer's decimal(12, 2) cannot \
         be read as decimal(12, 4): the same bytes would mean another value; at /fields/1: the writer's record R has no field \
         `b`, and the reader's field has no default"
    );
}
