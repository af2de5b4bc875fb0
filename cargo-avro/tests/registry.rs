//! `cargo avro register`, `pull`, `list` and `show` with a registry.

use schema_registry::{SchemaReference, SchemaText};

use crate::answers::Answers;
use crate::project::{CUSTOMER_WITH_NOTE, Project, Registry};

#[test]
fn register_prints_the_id_that_the_registry_gave() {
    let registry = Registry::start();
    let project = Project::of_customers();
    let url = registry.url();
    let register = ["register", "com.example.Customer", "--subject", "customer-value", "--registry", &url];
    let would = project.run(&[&register[..], &["--dry-run"]].concat()).expect(0).out;
    assert_eq!(would, "com.example.Customer would be the first version of customer-value\n");
    let json = project.run(&[&register[..], &["--json"]].concat()).expect(0).json();
    let latest = registry.wait(registry.client().latest("customer-value")).expect("the subject is there");
    assert_eq!(json["id"], latest.id().get());
    assert_eq!(json["outcome"], "registered");
    let again = project.run(&register).expect(0).out;
    assert_eq!(again, "com.example.Customer is already version 1 of customer-value, with id 1\n");
    assert!(!project.path("schemas.lock").exists(), "nobody asked for a lock");

    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    let would = project.run(&[&register[..], &["--dry-run"]].concat()).expect(0).out;
    assert_eq!(would, "com.example.Customer would be the version after 1 of customer-value\n");
    let locked = project.run(&[&register[..], &["--lock", "schemas.lock"]].concat()).expect(0).out;
    assert!(locked.ends_with("version 2 of customer-value, with id 2; written to schemas.lock\n"), "{locked}");
    assert!(project.read("schemas.lock/customer-value/2.json").contains("\"ids\": {\"default\": 2}"));
}

#[test]
fn several_types_are_registered_at_once() {
    let registry = Registry::start();
    let mut project = Project::of_customers();
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    project.write("schemas/ids.avsc", r#"{"type": "array", "items": "long"}"#);
    let register = ["register", "--subject", "com.example.Customer=customer-value", "--subject", "ids=ids-value"];
    let json = project.run(&[&register[..], &["--json"]].concat()).expect(0).json();
    assert_eq!((&json[0]["id"], &json[1]["id"]), (&1.into(), &2.into()));
    project.run(&["lock", "--subject", "com.example.Customer=customer-value", "--subject", "ids=ids-value"]).expect(0);
    // From now on the lock knows the subjects.
    let all = project.run(&["register"]).expect(0).out;
    assert_eq!(all.lines().count(), 2, "{all}");
    insta::assert_snapshot!("registry_list", project.run(&["list", "--subjects"]).expect(0).out);
    insta::assert_snapshot!("registry_show", project.run(&["show", "1"]).expect(0).all());
}

#[test]
fn pull_gives_every_subject_a_file_that_file_systems_take() {
    let registry = Registry::start();
    let client = registry.client();
    let long = format!("{}-value", "a".repeat(300));
    let subjects = [long.as_str(), "a/b-value", "a_b-value"];
    for (subject, items) in subjects.iter().zip(["long", "string", "int"]) {
        let text = format!(r#"{{"type":"array","items":"{items}"}}"#);
        registry.wait(client.register(subject, &text.as_str().into())).expect("it is free");
    }
    let mut project = Project::new(&[]);
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    project.run(&["pull", "--all"]).expect(0);
    let files = |folder| std::fs::read_dir(project.path(folder)).expect("a folder").count();
    assert_eq!((files("schemas"), files("schemas.lock")), (3, 3));
    assert!(project.read("schemas/a%2Fb-value.avsc").contains("string"));
    assert!(project.read("schemas/a_b-value.avsc").contains("int"));
    project.run(&["check"]).expect(0);
    let again = project.run(&["pull", "--all", "--json"]).expect(0).json();
    let states = again["files"].as_array().expect("a list").iter().map(|file| &file["state"]);
    assert!(states.into_iter().all(|state| state == "unchanged"), "{again}");
}

#[test]
fn pull_gives_every_type_a_file_of_its_own() {
    let registry = Registry::start();
    let client = registry.client();
    let city =
        r#"{"type":"record","name":"City","namespace":"com.example","fields":[{"name":"name","type":"string"}]}"#;
    registry.wait(client.register("city-value", &city.into())).expect("it is free");
    let mut person = SchemaText::from(
        r#"{"type":"record","name":"Person","namespace":"com.example","fields":[{"name":"home","type":"City"}]}"#,
    );
    person.references =
        vec![SchemaReference { name: "com.example.City".to_owned(), subject: "city-value".to_owned(), version: 1 }];
    registry.wait(client.register("person-value", &person)).expect("its reference is there");

    let mut project = Project::new(&[]);
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    insta::assert_snapshot!("pull", project.run(&["pull", "person-value"]).expect(0).all());
    insta::assert_snapshot!("pull_file", project.read("schemas/com.example.Person.avsc"));
    project.run(&["check"]).expect(0);
    let show = project.run(&["show", "person-value", "--json"]).expect(0).json();
    assert_eq!(show["references"][0]["subject"], "city-value");
    let again = project.run(&["pull", "--prefix", "person", "--json"]).expect(0).json();
    assert_eq!((&again["files"][0]["state"], &again["locked"]), (&"unchanged".into(), &0.into()));

    let changed = project.read("schemas/com.example.City.avsc").replace("\"name\"}", "\"name\", \"doc\": \"mine\"}");
    let changed = changed.replace("{\"name\": \"name\", ", "{\"name\": \"name\", \"doc\": \"mine\", ");
    project.write("schemas/com.example.City.avsc", &changed);
    let refused = project.run(&["pull", "--all"]).expect(1).errors;
    assert!(refused.contains("schemas/com.example.City.avsc would be replaced"), "{refused}");
    assert_eq!(project.read("schemas/com.example.City.avsc"), changed);
    project.run(&["pull", "--all", "--force"]).expect(0);
    assert_ne!(project.read("schemas/com.example.City.avsc"), changed);
}

#[test]
fn logins_are_taken_from_arguments_and_the_environment() {
    let mut project = Project::of_customers();
    project.set("SCHEMA_REGISTRY_PASSWORD", "secret");
    let ran = project.run(&["list", "--registry", "http://127.0.0.1:1"]).expect(2);
    assert!(ran.errors.contains("SCHEMA_REGISTRY_USER") && !ran.errors.contains("secret"), "{}", ran.errors);
    project.set("SCHEMA_REGISTRY_USER", "me");
    let without_password =
        project.run(&["list", "--registry", "http://127.0.0.1:1", "--registry-password", ""]).expect(2);
    assert!(without_password.errors.contains("SCHEMA_REGISTRY_PASSWORD"), "{}", without_password.errors);
    project.set("SCHEMA_REGISTRY_TOKEN", "token");
    let ran = project.run(&["list", "--registry", "http://127.0.0.1:1", "--json"]).expect(2);
    assert!(ran.json()["error"].as_str().is_some_and(|error| error.contains("token")), "{ran:?}");
}

/// Registries take defaults and names that builds refuse.
#[test]
fn what_only_a_registry_takes_is_pulled_and_decoded_all_the_same() {
    let text = r#"{"type":"record","name":"order-placed","namespace":"shop","fields":[{"name":"total","type":"int","default":""}]}"#;
    let version = serde_json::json!({ "subject": "orders-value", "version": 1, "id": 7, "schema": text }).to_string();
    let by_id = serde_json::json!({ "schema": text }).to_string();
    let answers = [
        ("/subjects/orders-value/versions/latest", version.clone()),
        ("/subjects/orders-value/versions/1", version),
        ("/subjects/orders-value/versions", "[1]".to_owned()),
        ("/schemas/ids/7", by_id),
        ("/config/orders-value", r#"{"compatibilityLevel": "BACKWARD"}"#.to_owned()),
    ];
    let registry = Answers::start(answers.into_iter().map(|(path, body)| (path.to_owned(), body)).collect());
    let url = registry.url();
    let project = Project::new(&[]);
    let pull = ["pull", "orders-value", "--registry", &url];
    insta::assert_snapshot!("pull_what_a_build_refuses", project.run(&pull).expect(0).all());
    let again = project.run(&pull).expect(0).out;
    assert_eq!(again, "= schemas/shop.order-placed.avsc: version 1 of orders-value\n");

    let decoded = project.run_with_input(&["decode", "--registry", &url], b"000000000702\n").expect(0).out;
    assert_eq!(decoded, "{\"total\":1}\n");
    let with_file = ["decode", "--schema", "schemas/shop.order-placed.avsc"];
    assert_eq!(project.run_with_input(&with_file, b"02\n").expect(0).out, "{\"total\":1}\n");

    project.run(&["check"]).expect(1);
    let lenient = ["check", "--allow-invalid-defaults", "--allow-invalid-names"];
    let checked = project.run(&lenient).expect(0).out;
    assert!(checked.starts_with("orders-value: the same as version 1\n"), "{checked}");
}
