//! Schemas that nobody writes, but anybody may send.

use std::fmt::Write;

use avro_model::compatibility::check_readable;
use avro_model::resolution::{Action, Plan, Skip, Step};

use super::{check_outline, record, schema};

/// Records `R0` to `R{length}`, each with two fields of the one before, `R0` with a field of type `leaf`: as the fields
/// of a record, or as the branches of a union.
fn doubling(length: usize, leaf: &str, in_union: bool) -> String {
    let mut definitions =
        vec![format!(r#"{{"type":"record","name":"R0","fields":[{{"name":"leaf","type":"{leaf}"}}]}}"#)];
    for index in 1..=length {
        let inner = index - 1;
        definitions.push(format!(
            r#"{{"type":"record","name":"R{index}","fields":[{{"name":"a","type":"R{inner}"}},{{"name":"b","type":"R{inner}"}}]}}"#
        ));
    }
    if in_union {
        return format!("[{}]", definitions.join(","));
    }
    let mut fields = String::new();
    for (index, definition) in definitions.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        write!(fields, r#"{separator}{{"name":"f{index}","type":{definition}}}"#).unwrap();
    }
    record(&fields)
}

#[test]
fn long_chains_need_neither_time_nor_stack() {
    for (length, in_union) in [(5_000, false), (200, true)] {
        let [int, long, string] = ["int", "long", "string"].map(|leaf| schema(&doubling(length, leaf, in_union)));
        assert!(Plan::new(&int, &int).unwrap().is_same_encoding());
        assert!(!Plan::new(&int, &long).unwrap().is_same_encoding());
        assert!(check_readable(&long, &int).is_empty());
        for mismatches in [Plan::new(&string, &long).unwrap_err().mismatches(), &check_readable(&int, &long)] {
            assert!((1..=1_000).contains(&mismatches.len()));
            assert!(mismatches.iter().all(|mismatch| mismatch.path.len() < 1_100));
        }
    }
}

/// A chain of records that all differ, and then one with a field of each of them, which relies on what is known last.
#[test]
fn wide_records_are_not_worked_out_again_for_each_of_their_fields() {
    let length = 10_000;
    let wide = |leaf: &str, more: &str| {
        let mut text = doubling(length, leaf, false);
        text = text.replace(r#"{"name":"leaf","#, &format!(r#"{more}{{"name":"leaf","#));
        let fields: Vec<String> =
            (0..=length).map(|index| format!(r#"{{"name":"g{index}","type":"R{index}"}}"#)).collect();
        let last =
            format!(r#"{{"name":"wide","type":{{"type":"record","name":"Wide","fields":[{}]}}}}"#, fields.join(","));
        schema(&format!("{},{last}]}}", text.strip_suffix("]}").unwrap()))
    };
    for more in ["", r#"{"name":"all","type":["null","R"]},"#] {
        let [int, long, string] = ["int", "long", "string"].map(|leaf| wide(leaf, more));
        assert!(!Plan::new(&int, &long).unwrap().is_same_encoding());
        assert!(check_readable(&long, &int).is_empty());
        assert_eq!(check_readable(&int, &long).len(), 1);
        assert!(Plan::new(&string, &int).is_err());
    }
}

#[test]
fn nothing_at_all_is_skipped_at_once() {
    // Two to the power of 60 empty records.
    let mut text = r#"{"type":"record","name":"R60","fields":[]}"#.to_owned();
    for index in (0..60).rev() {
        text = format!(
            r#"{{"type":"record","name":"R{index}","fields":[{{"name":"a","type":{text}}},{{"name":"b","type":"R{}"}}]}}"#,
            index + 1
        );
    }
    let kept = r#"{"name":"kept","type":"int"}"#;
    check_outline(&record(&format!(r#"{{"name":"gone","type":{text}}},{kept}"#)), &record(kept), "record{0<-read}");
}

#[test]
fn fixed_sizes_that_overflow_stay_apart() {
    let mut text = r#"{"type":"record","name":"R70","fields":[{"name":"x","type":"double"}]}"#.to_owned();
    for index in (0..70).rev() {
        text = format!(
            r#"{{"type":"record","name":"R{index}","fields":[{{"name":"a","type":{text}}},{{"name":"b","type":"R{}"}}]}}"#,
            index + 1
        );
    }
    let kept = r#"{"name":"kept","type":"int"}"#;
    let plan =
        Plan::new(&schema(&record(&format!(r#"{{"name":"gone","type":{text}}},{kept}"#))), &schema(&record(kept)))
            .unwrap();
    let Action::Record(id) = plan.root() else { panic!("{plan:?}") };
    assert!(matches!(
        &*plan.record(*id).steps,
        [Step::Skip(skips), Step::Read { field: 0, action: Action::Read }] if matches!(**skips, [Skip::Record(_)])
    ));
}
