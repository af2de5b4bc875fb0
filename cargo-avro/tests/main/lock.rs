//! `cargo avro lock`, without a registry and with one.

use crate::project::{BROKEN_CUSTOMER, CUSTOMER, CUSTOMER_WITH_NOTE, Project, Registry};

#[test]
fn without_a_registry() {
    let project = Project::of_customers();
    let lock = ["lock", "com.example.Customer", "--subject", "customer-value", "--level", "FULL"];
    insta::assert_snapshot!("lock_offline", project.run(&lock).expect(0).all());
    insta::assert_snapshot!("lock_entry", project.read("schema-lock/customer-value/1.json"));
    insta::assert_snapshot!("lock_list", project.run(&["list", "--subjects"]).expect(0).out);
    insta::assert_snapshot!("lock_show", project.run(&["show", "customer-value"]).expect(0).all());

    project.run(&["lock", "--check"]).expect(0);
    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    insta::assert_snapshot!("lock_check", project.run(&["lock", "--check"]).expect(1).all());
    assert!(!project.path("schema-lock/customer-value/2.json").exists());
    let json = project.run(&["lock", "--json"]).expect(0).json();
    assert_eq!(
        (json["changed"][0]["version"].as_u64(), json["changed"][0]["compatibility"].as_str()),
        (Some(2), Some("FULL"))
    );

    project.write("schemas/customer.avsc", BROKEN_CUSTOMER);
    let refused = project.run(&["lock"]).expect(1);
    assert!(refused.errors.contains("reader-field-missing-default-value"), "{}", refused.errors);
    assert!(!project.path("schema-lock/customer-value/3.json").exists());
}

#[test]
fn a_lock_that_is_new_lets_cargo_build_again() {
    let project = Project::of_customers();
    project.write("build.rs", "fn main() {}\n");
    let script = std::fs::File::options().append(true).open(project.path("build.rs")).expect("it is there");
    script.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("times can be set");
    project.run(&["lock", "com.example.Customer", "--subject", "customer-value"]).expect(0);
    let modified = script.metadata().and_then(|metadata| metadata.modified()).expect("files have times");
    assert!(modified > std::time::SystemTime::UNIX_EPOCH);
    assert_eq!(project.read("build.rs"), "fn main() {}\n");
}

#[test]
fn of_a_registry_with_the_ids_of_several() {
    let (first, second) = (Registry::start(), Registry::start());
    let project = Project::of_customers();
    // Another schema takes the first id there.
    second.wait(second.client().register("other-value", &"\"int\"".into())).expect("it is free");
    let (first_url, second_url) = (first.url(), second.url());
    for url in [&first_url, &second_url] {
        for text in [CUSTOMER, CUSTOMER_WITH_NOTE] {
            project.write("schemas/customer.avsc", text);
            project
                .run(&["register", "com.example.Customer", "--subject", "customer-value", "--registry", url])
                .expect(0);
        }
    }
    let types = ["lock", "com.example.Customer", "--subject", "customer-value"];
    project.run(&[&types[..], &["--registry", &first_url, "--registry-name", "main"]].concat()).expect(0);
    project.run(&["lock", "--registry", &second_url, "--registry-name", "backup"]).expect(0);
    let entry: serde_json::Value =
        serde_json::from_str(&project.read("schema-lock/customer-value/2.json")).expect("a lock file is JSON");
    assert_eq!(entry["ids"], serde_json::json!({"main": 2, "backup": 3}));
    project.run(&["lock", "--check", "--registry", &first_url, "--registry-name", "main"]).expect(0);
    project.run(&["check"]).expect(0);
}
