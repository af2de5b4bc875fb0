//! `cargo avro diff`.

use crate::project::{BROKEN_CUSTOMER, CUSTOMER, CUSTOMER_WITH_NOTE, Project};

const OLD: &str = r#"{"type": "record", "name": "a.Order", "doc": "An order.", "fields": [
    {"name": "id", "type": "int"},
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "PAID", "LOST"]}},
    {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
    {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
    {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 16}}]}"#;

const NEW: &str = r#"{"type": "record", "name": "a.Order", "doc": "An order of a customer.", "aliases": ["Purchase"], "fields": [
    {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 20}},
    {"name": "id", "type": "long", "default": 0},
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["PAID", "OPEN", "SENT"], "default": "OPEN"}},
    {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
    {"name": "tags", "type": {"type": "array", "items": ["string", "int"]}, "unit": "word"}]}"#;

#[test]
fn files() {
    let project = Project::new(&[("old.avsc", OLD), ("new.avsc", NEW)]);
    insta::assert_snapshot!("diff_files", project.run(&["diff", "old.avsc", "new.avsc"]).expect(1).all());
    let same = project.run(&["diff", "old.avsc", "old.avsc"]).expect(0).out;
    assert_eq!(same, "old.avsc → old.avsc\n  no difference\n");
}

#[test]
fn what_is_compatible() {
    let project = Project::new(&[("1.avsc", CUSTOMER), ("2.avsc", CUSTOMER_WITH_NOTE), ("3.avsc", BROKEN_CUSTOMER)]);
    insta::assert_snapshot!("diff_compatible", project.run(&["diff", "1.avsc", "2.avsc"]).expect(1).all());
    insta::assert_snapshot!("diff_incompatible", project.run(&["diff", "1.avsc", "3.avsc"]).expect(1).all());

    let json = project.run(&["diff", "1.avsc", "2.avsc", "--json"]).expect(1).json();
    assert_eq!(json["levels"], serde_json::json!(["NONE", "BACKWARD", "FORWARD", "FULL"]));
    assert_eq!(json["changes"][0]["path"], "com.example.Customer.note");
}

#[test]
fn versions_and_the_lock() {
    let project = Project::of_customers();
    let lock = ["lock", "com.example.Customer", "--subject", "customer-value"];
    project.run(&lock).expect(0);
    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    let now = project.run(&["diff", "com.example.Customer"]).expect(1).out;
    assert!(now.starts_with("customer-value version 1 → com.example.Customer now\n"), "{now}");
    assert_eq!(project.run(&["diff", "schemas/customer.avsc"]).expect(1).out, now);
    project.run(&lock).expect(0);
    let versions = project.run(&["diff", "customer-value", "1", "2"]).expect(1).out;
    assert!(versions.starts_with("customer-value version 1 → customer-value version 2\n"), "{versions}");
    let other_way = project.run(&["diff", "customer-value@2", "customer-value@1"]).expect(1).out;
    assert!(other_way.contains("- com.example.Customer.note: [null, string], default null\n"), "{other_way}");
    let unknown = project.run(&["diff", "customer-value", "1", "7"]).expect(1).errors;
    assert!(unknown.contains("it has 1, 2"), "{unknown}");
}
