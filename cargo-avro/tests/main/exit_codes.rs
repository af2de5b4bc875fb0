//! What the exit code says, command by command.

use crate::project::{BROKEN_CUSTOMER, CUSTOMER, Project, Registry};

/// No symbol can be added to it.
const CLOSED: &str = r#"{"type":"enum","name":"E","symbols":["A"]}"#;
const WRONG: &str = r#"{"type":"record","name":"B","fields":[{"name":"x","type":"lnog"}]}"#;

#[test]
fn without_servers() {
    let good: &[(&str, &str)] = &[("schemas/customer.avsc", CUSTOMER)];
    let wrong: &[(&str, &str)] = &[("schemas/customer.avsc", CUSTOMER), ("schemas/b.avsc", WRONG)];
    let closed: &[(&str, &str)] = &[("schemas/e.avsc", CLOSED)];
    let package: &[(&str, &str)] = &[("Cargo.toml", "[package]\nname = \"p\"\n")];
    let nowhere = "http://127.0.0.1:1";
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], i32);
    let cases: &[Case<'_>] = &[
        (good, &["--version"], 0),
        (good, &["help"], 0),
        (good, &[], 2),
        (good, &["chekc"], 2),
        // Of files.
        (good, &["check"], 0),
        (good, &["check", "--schemas", "schemas"], 0),
        (wrong, &["check"], 1),
        (&[], &["check", "no/such/folder"], 1),
        (good, &["lint", "--deny-warnings"], 0),
        (closed, &["check"], 0),
        (closed, &["lint"], 0),
        (closed, &["lint", "--deny-warnings"], 1),
        (good, &["check", "--against", "lock"], 1),
        (good, &["check", "--against", "moon"], 2),
        (good, &["check", "--against", "registry"], 2),
        (good, &["check", "--against", "git:main"], 1),
        (good, &["check", "--level", "SIDEWAYS"], 2),
        (good, &["list"], 0),
        (wrong, &["list"], 1),
        (good, &["list", "--subjects"], 2),
        (good, &["show", "com.example.Customer"], 0),
        (good, &["show", "com.example.Custmer"], 1),
        (good, &["show", "17"], 2),
        (good, &["show", "customer-value@1"], 2),
        (good, &["generate", "--out", "types.rs"], 0),
        (good, &["generate", "--out", "types.rs", "--check"], 1),
        (wrong, &["generate", "--out", "types.rs"], 1),
        (good, &["convert", "schemas/customer.avsc"], 0),
        (good, &["convert", "schemas/customer.avsc", "--to", "avpr"], 2),
        (good, &["convert", "schemas/nothing.avdl"], 1),
        (good, &["diff", "schemas/customer.avsc", "schemas/customer.avsc"], 0),
        (good, &["diff", "schemas/customer.avsc", "nothing.avsc"], 2),
        (good, &["diff"], 2),
        (good, &["lock"], 2),
        (good, &["lock", "com.example.Customer", "--subject", "customer-value"], 0),
        (good, &["lock", "com.example.Customer", "--subject", "customer-value", "--check"], 1),
        (good, &["lock", "com.example.Nobody", "--subject", "customer-value"], 1),
        (package, &["init"], 0),
        (&[], &["init"], 1),
        (&[("Cargo.toml", "[workspace]\n")], &["init"], 1),
        (&[("Cargo.toml", "[package\n")], &["init"], 1),
        (good, &["completions", "bash"], 0),
        (good, &["completions", "cmd"], 2),
        (good, &["man"], 0),
        // Of messages.
        (good, &["encode"], 2),
        (good, &["encode", "--bare", "--type", "com.example.Customer"], 0),
        (good, &["encode", "--bare", "--type", "com.example.Customer", "schemas/customer.avsc"], 1),
        (good, &["encode", "--type", "com.example.Customer"], 2),
        (good, &["encode", "--schema", "a.avsc", "--id", "1"], 2),
        (good, &["decode"], 2),
        (good, &["decode", "--schema", "schemas/customer.avsc"], 0),
        (good, &["decode", "--schema", "nothing.avsc"], 1),
        // Of servers that are not there.
        (good, &["register", "com.example.Customer", "--subject", "a"], 2),
        (good, &["register", "com.example.Customer"], 2),
        (good, &["register", "--registry", nowhere], 2),
        (good, &["register", "com.example.Nobody", "--subject", "a", "--registry", nowhere], 1),
        (good, &["register", "com.example.Customer", "--subject", "a", "--registry", nowhere], 3),
        (good, &["register", "com.example.Customer", "--subject", "a", "--registry", "ftp://x"], 2),
        (good, &["pull", "--all"], 2),
        (good, &["pull", "a", "--registry", nowhere], 3),
        (good, &["list", "--registry", nowhere], 3),
        (good, &["show", "17", "--registry", nowhere], 3),
        (good, &["diff", "a", "1", "2", "--registry", nowhere], 3),
        (good, &["mirror", nowhere, nowhere], 3),
        (good, &["mirror", nowhere], 2),
        (good, &["mirror", nowhere, "ftp://x"], 2),
        (good, &["mirror", nowhere, nowhere, "--context", "a/b"], 2),
        (good, &["check", "--registry", nowhere, "--subject", "com.example.Customer=a"], 3),
        (good, &["produce", "t", "--bare", "--type", "com.example.Customer"], 2),
        (good, &["tail", "t", "--type", "com.example.Customer"], 2),
        (good, &["tail", "t", "--type", "com.example.Customer", "--brokers", "127.0.0.1:1", "--timeout", "1"], 3),
        (
            good,
            &["produce", "t", "--bare", "--type", "com.example.Customer", "--brokers", "127.0.0.1:1", "--timeout", "1"],
            3,
        ),
        (good, &["tail", "t", "--from", "yesterday"], 2),
    ];
    std::thread::scope(|scope| {
        // Clients try again before they give up, so these do not wait for each other.
        for part in cases.chunks(cases.len().div_ceil(4)) {
            scope.spawn(move || {
                for (files, arguments, code) in part {
                    let ran = Project::new(files).run(arguments);
                    assert_eq!(ran.code, *code, "{arguments:?}: {ran:?}");
                    assert!(*code == 0 || !ran.errors.is_empty() || !ran.out.is_empty(), "{arguments:?} says nothing");
                }
            });
        }
    });
}

#[test]
fn with_a_registry() {
    let registry = Registry::start();
    let mut project = Project::of_customers();
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    let cases: &[(&[&str], i32)] = &[
        (&["list", "--subjects"], 0),
        (&["show", "17"], 1),
        (&["pull", "--all"], 1),
        (&["pull", "customer-value"], 1),
        (&["register", "com.example.Customer", "--subject", "customer-value", "--dry-run"], 0),
        (&["show", "customer-value"], 1),
        (&["register", "com.example.Customer", "--subject", "customer-value"], 0),
        (&["register", "com.example.Customer", "--subject", "customer-value"], 0),
        (&["show", "customer-value"], 0),
        (&["show", "customer-value@2"], 1),
        (&["diff", "customer-value", "1", "latest"], 0),
        (&["check", "--against", "registry", "--subject", "com.example.Customer=customer-value"], 0),
        (&["lock", "com.example.Customer", "--subject", "customer-value", "--check"], 1),
        (&["lock", "com.example.Customer", "--subject", "customer-value"], 0),
        (&["lock", "--check"], 0),
    ];
    for (arguments, code) in cases {
        project.run(arguments).expect(*code);
    }
    project.write("schemas/customer.avsc", BROKEN_CUSTOMER);
    let cases: &[(&[&str], i32)] = &[
        (&["check"], 1),
        (&["check", "--against", "registry"], 1),
        (&["check", "--level", "NONE"], 0),
        (&["register"], 1),
        (&["register", "--dry-run"], 1),
        (&["pull", "customer-value"], 1),
        (&["diff", "com.example.Customer"], 1),
        (&["pull", "customer-value", "--force"], 0),
        (&["check"], 0),
    ];
    for (arguments, code) in cases {
        let ran = project.run(arguments);
        assert_eq!(ran.code, *code, "{arguments:?}: {ran:?}");
    }
}
