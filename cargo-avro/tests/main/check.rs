//! `cargo avro check` and `cargo avro list`.

use serde_json::Value;

use crate::project::{BROKEN_CUSTOMER, CUSTOMER_WITH_NOTE, Project};

const WRONG: &str = r#"{"type":"record","name":"B","fields":[{"name":"x","type":"lnog"}]}"#;

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let project = Project::new(&[("schemas/b.avsc", WRONG)]);
    insta::assert_snapshot!("check_wrong", project.run(&["check"]).expect(1).all());

    let json = project.run(&["check", "--json"]).expect(1).json();
    let diagnostic = &json["diagnostics"][0];
    assert_eq!(diagnostic["code"], "unknown-type");
    assert_eq!((&diagnostic["line"], &diagnostic["column"]), (&Value::from(1), &Value::from(58)));
}

#[test]
fn colours_are_for_those_who_ask() {
    let mut project = Project::new(&[("schemas/b.avsc", WRONG)]);
    assert!(!project.run(&["check"]).errors.contains('\u{1b}'));
    assert!(project.run(&["check", "--color", "always"]).errors.contains('\u{1b}'));
    project.set("NO_COLOR", "1");
    assert!(!project.run(&["check", "--color", "auto"]).errors.contains('\u{1b}'));
}

#[test]
fn warnings_fail_when_they_are_denied() {
    let odd = r#"{"type": "int", "logicalType": "day"}"#;
    let project = Project::new(&[("schemas/odd.avsc", odd)]);
    insta::assert_snapshot!("check_warning", project.run(&["check"]).expect(0).all());
    project.run(&["check", "--deny-warnings"]).expect(1);
}

#[test]
fn what_a_build_leaves_out_or_lets_through_can_be_left_out_and_let_through() {
    let unchecked = r#"{"type":"record","name":"order-placed","fields":[{"name":"total","type":"int","default":""}]}"#;
    let project = Project::new(&[
        ("schemas/b.avsc", unchecked),
        ("schemas/old/b.avsc", WRONG),
        ("schemas/c.avsc", r#"{"type":"fixed","name":"C","size":1}"#),
    ]);
    project.run(&["check"]).expect(1);
    project.run(&["check", "--exclude", "schemas/old"]).expect(1);
    let counts = project.run(&["check", "--exclude", "schemas/old", "--exclude", "schemas/b.avsc"]).expect(0).out;
    assert_eq!(counts, "1 file, 1 named type, 0 warnings, no errors\n");

    let lenient = ["--exclude", "schemas/old", "--allow-invalid-defaults", "--allow-invalid-names"];
    insta::assert_snapshot!("check_lenient", project.run(&[&["check"][..], &lenient].concat()).expect(0).all());
    project.run(&["check", "--exclude", "schemas/old", "--allow-invalid-names"]).expect(1);
    project.run(&["check", "--exclude", "schemas/old", "--allow-invalid-defaults"]).expect(1);
    project.run(&[&["generate", "--out", "types.rs"][..], &lenient].concat()).expect(0);
    let code = project.read("types.rs");
    assert!(code.contains("pub struct OrderPlaced"), "{code}");
}

#[test]
fn files_of_a_module_are_checked_apart() {
    let order = |ty: &str| {
        format!(
            r#"{{"type": "record", "name": "Order", "fields": [
            {{"name": "id", "type": "{ty}"}}, {{"name": "city", "type": "City"}}, {{"name": "x", "type": "int", "defualt": 1}}]}}"#
        )
    };
    let project = Project::new(&[
        ("schemas/order.avsc", &order("long")),
        ("schemas/order-v1.avsc", &order("int")),
        ("schemas/city.avsc", r#"{"type": "record", "name": "City", "fields": []}"#),
    ]);
    let wrong = project.run(&["check"]).expect(1).all();
    assert!(wrong.contains("`.module(\"v1\", \"schemas/order.avsc\")` in build.rs"), "{wrong}");
    let apart = ["--module", "v1=schemas/order-v1.avsc"];
    let counts = project.run(&[&["check"][..], &apart].concat()).expect(0).out;
    assert_eq!(counts, "3 files, 3 named types, 2 warnings, no errors\n");
    project.run(&[&["generate", "--out", "types.rs"][..], &apart].concat()).expect(0);
    assert!(project.read("types.rs").contains("pub mod v1 {"));
    project.run(&["check", "--module", "v1"]).expect(2);

    project.write("schemas/order-v1.avsc", &order("int").replace("City", "Town"));
    let wrong = project.run(&[&["check"][..], &apart].concat()).expect(1).all();
    assert!(wrong.contains("unknown type `Town`"), "{wrong}");
}

#[test]
fn against_the_lock() {
    let project = Project::of_customers();
    project.run(&["lock", "com.example.Customer", "--subject", "customer-value"]).expect(0);
    assert_eq!(
        project.run(&["check"]).expect(0).out,
        "customer-value: the same as version 1\n1 file, 1 named type, 0 warnings, no errors\n"
    );

    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    let allowed = project.run(&["check"]).expect(0);
    assert!(allowed.out.starts_with("customer-value: differs from version 1 as BACKWARD allows\n"), "{}", allowed.out);

    project.write("schemas/customer.avsc", BROKEN_CUSTOMER);
    insta::assert_snapshot!("check_incompatible", project.run(&["check"]).expect(1).all());
    insta::assert_snapshot!("check_at_another_level", project.run(&["check", "--level", "FULL"]).expect(1).all());
    let json = project.run(&["check", "--json"]).expect(1).json();
    let subject = &json["subjects"][0];
    assert_eq!(subject["differences"][0]["kind"], "READER_FIELD_MISSING_DEFAULT_VALUE");
    assert_eq!((&subject["subject"], &subject["released_as"]), (&Value::from("customer-value"), &Value::Null));
    assert_eq!(json["diagnostics"][0]["file"], "schemas/customer.avsc");
}

#[test]
fn against_a_commit() {
    // Git is not needed to build and test this; CI has it.
    if std::process::Command::new("git").arg("--version").output().is_err() {
        return;
    }
    let project = Project::new(&[
        ("service/schemas/customer.avsc", crate::project::CUSTOMER),
        (
            "service/schemas/shop.avdl",
            "@namespace(\"com.example\") protocol Shop { record Line { int count; } record Order { array<Line> lines; } }",
        ),
    ]);
    let git = project
        .shell("git init -q -b main . && git add . && git -c user.name=A -c user.email=a@example.com commit -q -m one");
    git.expect(0);
    let same = project.shell("cd service && cargo avro check --against git:main").expect(0).out;
    assert!(same.contains("com.example.Customer: the same as in main\n"), "{same}");
    assert!(same.contains("com.example.Order: the same as in main\n") && !same.contains("com.example.Line:"), "{same}");

    project.write("service/schemas/customer.avsc", BROKEN_CUSTOMER);
    let broken = project.shell("cd service && cargo avro check --against git:main").expect(1);
    insta::assert_snapshot!("check_against_git", broken.all());
    let json = project.shell("cd service && cargo avro check --against git:main --json").expect(1).json();
    let [customer, order] = json["subjects"].as_array().map(Vec::as_slice).expect("subjects") else {
        panic!("{json}");
    };
    let difference = &customer["differences"][0];
    assert_eq!(
        difference["sentence"],
        "the new schema cannot read the messages of main: it needs `email`, which com.example.Customer of main does not write and \
         which has no default"
    );
    assert_eq!(json["diagnostics"][0]["message"], difference["sentence"]);
    let revisions = [&customer["revision"], &order["revision"], &difference["revision"]];
    assert_eq!(revisions.map(|revision| revision.as_str()), [Some("main"); 3]);
    assert_eq!([&customer["is_unchanged"], &order["is_unchanged"]].map(|is| is.as_bool()), [Some(false), Some(true)]);
    for numbered in ["version", "newest", "released_as"] {
        assert!(customer.get(numbered).is_none() && difference.get(numbered).is_none(), "{numbered} in {json}");
    }
    let gone = project.shell("cd service && rm schemas/shop.avdl && cargo avro check --against git:main").expect(1);
    insta::assert_snapshot!("check_gone_since_git", gone.all());
    project.shell("cd service && cargo avro check --against git:main --level NONE").expect(0);
    let unknown = project.shell("cd service && cargo avro check --against git:nowhere").expect(1);
    assert!(unknown.out.contains("git does not know `nowhere`"), "{}", unknown.out);
}

#[test]
fn list_shows_types_with_their_fingerprints() {
    let project = Project::of_customers();
    project.write("schemas/ids.avsc", r#"{"type": "array", "items": "long"}"#);
    let schema = avro_model::Schema::parse(crate::project::CUSTOMER).expect("a good schema");
    insta::assert_snapshot!("list", project.run(&["list"]).expect(0).out);

    let json = project.run(&["list", "--json"]).expect(0).json();
    assert_eq!(json[0]["fullname"], "com.example.Customer");
    assert_eq!(json[0]["crc64"], format!("{:016x}", schema.fingerprint_crc64()));
    assert_eq!(json[0]["schema"], schema.to_json());
    assert_eq!(json[1]["fullname"], "ids");
}
