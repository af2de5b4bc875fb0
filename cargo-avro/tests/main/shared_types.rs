//! `cargo avro register --references`: types that schemas share, under subjects of their own.

use schema_registry::SchemaReference;

use crate::project::{Project, Registry};

const MONEY: &str = r#"{"type": "fixed", "name": "com.example.Money", "size": 8}"#;
const ADDRESS: &str =
    r#"{"type": "record", "name": "com.example.Address", "fields": [{"name": "city", "type": "string"}]}"#;
const ORDER: &str = r#"{"type": "record", "name": "com.example.Order", "fields": [
    {"name": "sum", "type": "Money"}, {"name": "to", "type": "Address"}]}"#;
const REFUND: &str =
    r#"{"type": "record", "name": "com.example.Refund", "fields": [{"name": "sum", "type": "Money"}]}"#;

fn shop() -> (Registry, Project) {
    let registry = Registry::start();
    let mut project = Project::new(&[
        ("schemas/money.avsc", MONEY),
        ("schemas/address.avsc", ADDRESS),
        ("schemas/order.avsc", ORDER),
        ("schemas/refund.avsc", REFUND),
    ]);
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    (registry, project)
}

const SUBJECTS: [&str; 4] =
    ["--subject", "com.example.Order=orders-value", "--subject", "com.example.Refund=refunds-value"];

fn references(registry: &Registry, subject: &str) -> Vec<SchemaReference> {
    let latest = registry.wait(registry.client().latest(subject)).expect("the subject is there");
    latest.schema().references().to_vec()
}

#[test]
fn a_shared_type_has_a_subject_of_its_own() {
    let (registry, project) = shop();
    let register = [&["register", "--references"][..], &SUBJECTS].concat();
    let would = project.run(&[&register[..], &["--dry-run"]].concat()).expect(0).out;
    assert_eq!(would.lines().count(), 3, "{would}");
    assert!(would.contains("com.example.Money would be the first version of com.example.Money\n"), "{would}");

    let first = project.run(&[&register[..], &["--lock", "schema-lock"]].concat()).expect(0).out;
    insta::assert_snapshot!("register_references", first);
    let money = |version| SchemaReference::new("com.example.Money", "com.example.Money", version);
    assert_eq!(references(&registry, "orders-value"), [money(1)]);
    assert_eq!(references(&registry, "refunds-value"), [money(1)]);
    insta::assert_snapshot!("locked_reference", project.read("schema-lock/refunds-value/1.json"));

    // The lock knows from now on, and nothing is new.
    let again = project.run(&["register"]).expect(0).out;
    assert_eq!(again.lines().filter(|line| line.contains("is already version 1 of")).count(), 3, "{again}");
    project.run(&["check"]).expect(0);
    project.run(&["lock", "--check"]).expect(0);
    project.run(&["lock", "--check", "--offline"]).expect(0);

    // The shared type changes: what refers to it is a new version, too, and in this order.
    project.write("schemas/money.avsc", &MONEY.replace("}", r#", "doc": "In cents."}"#));
    let offline = project.run(&["lock", "--check", "--offline", "--json"]).expect(1).json();
    let changed: Vec<_> = offline["changed"].as_array().expect("a list").iter().map(|one| &one["version"]).collect();
    assert_eq!(changed, [&serde_json::json!(2); 3]);
    let changed = project.run(&["register", "--json"]).expect(0).json();
    assert_eq!(changed[0]["subject"], "com.example.Money");
    assert!(changed.as_array().expect("a list").iter().all(|one| one["version"] == 2), "{changed}");
    assert_eq!(references(&registry, "orders-value"), [money(2)]);
    // One schema alone refers to the same subject as all together.
    let alone = project.run(&["register", "com.example.Order", "--json"]).expect(0).json();
    assert_eq!((alone.as_array().map(Vec::len), &alone[1]["outcome"]), (Some(2), &"already there".into()), "{alone}");
}

#[test]
fn a_named_type_has_a_subject_of_its_own() {
    let (registry, project) = shop();
    let register = ["register", "com.example.Order", "--subject", "orders-value"];
    project.run(&[&register[..], &["--reference", "com.example.Address=addresses"]].concat()).expect(0);
    assert_eq!(
        references(&registry, "orders-value"),
        [SchemaReference::new("com.example.Address", "addresses", 1)],
        "Money is used once, and nobody named it"
    );
    let unknown = project.run(&[&register[..], &["--reference", "com.example.Adress"]].concat()).expect(1).errors;
    assert!(unknown.contains("did you mean `com.example.Address`?"), "{unknown}");
    project.write("schemas/ids.avsc", r#"{"type": "array", "items": "long"}"#);
    let unnamed = project.run(&[&register[..], &["--reference", "ids"]].concat()).expect(2).errors;
    assert!(unnamed.contains("only records, enums and fixed types can be referred to"), "{unnamed}");
}

#[test]
fn nothing_is_registered_that_refers_to_what_is_refused() {
    let (registry, project) = shop();
    let register = [&["register", "--references"][..], &SUBJECTS].concat();
    project.run(&register).expect(0);
    project.write("schemas/money.avsc", &MONEY.replace("8}", "9}"));
    let refused = project.run(&register).expect(1).out;
    assert!(refused.contains("com.example.Money is refused as a new version of com.example.Money:\n"), "{refused}");
    let not_tried = "com.example.Order is not registered: it refers to com.example.Money, which is refused\n";
    assert!(refused.contains(not_tried), "{refused}");
    assert_eq!(registry.wait(registry.client().versions("orders-value")).expect("there"), [1]);
}
