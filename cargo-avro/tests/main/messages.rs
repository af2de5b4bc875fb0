//! `cargo avro encode` and `cargo avro decode`.

use crate::project::{CUSTOMER_WITH_NOTE, Project, Registry};

#[test]
fn with_a_file_and_no_schema_id() {
    let project = Project::of_customers();
    let schema = ["--schema", "schemas/customer.avsc"];
    let input = b"{\"id\": 9007199254740993, \"phone\": \"1\"}\n{\"id\": 2,\n \"phone\": \"\\u00e9\"}";
    let hex = project.run_with_input(&[&["encode"], &schema[..]].concat(), input).expect(0).out;
    assert_eq!(hex, "8280808080808020023104\n".replace("04\n", "\n") + "0404c3a9\n");
    let json = project.run_with_input(&[&["decode"], &schema[..]].concat(), hex.as_bytes()).expect(0).out;
    assert_eq!(json, "{\"id\":9007199254740993,\"phone\":\"1\"}\n{\"id\":2,\"phone\":\"é\"}\n");

    let one = b"{\"id\": 2, \"phone\": \"a\"}";
    let raw = project.run_with_input(&[&["encode", "--form", "raw"], &schema[..]].concat(), one).expect(0).bytes;
    assert_eq!(raw, b"\x04\x02a");
    let decoded =
        project.run_with_input(&[&["decode", "--form", "raw", "--json"], &schema[..]].concat(), &raw).expect(0);
    assert_eq!(decoded.out, "{\"value\":{\"id\":2,\"phone\":\"a\"}}\n");
    let base64 = project.run_with_input(&[&["encode", "--form", "base64"], &schema[..]].concat(), one).expect(0).out;
    assert_eq!(base64, "BAJh\n");
    project.run_with_input(&[&["encode", "--form", "raw"], &schema[..]].concat(), input).expect(2);
}

#[test]
fn mistakes_are_said_and_the_rest_goes_on() {
    let project = Project::of_customers();
    let schema = ["--schema", "schemas/customer.avsc"];
    let input = b"{\"id\": 1}\n{\"id\": 2, \"phone\": \"a\"}\n{\"id\": 2, \"phone\": \"a\", \"fax\": 1}";
    let encoded = project.run_with_input(&[&["encode"], &schema[..]].concat(), input).expect(1);
    assert_eq!(encoded.out, "040261\n");
    insta::assert_snapshot!("encode_mistakes", encoded.errors);
    let decoded = project.run_with_input(&[&["decode"], &schema[..]].concat(), b"04\n040261\nxx\n040261ff\n").expect(1);
    assert_eq!(decoded.out, "{\"id\":2,\"phone\":\"a\"}\n");
    insta::assert_snapshot!("decode_mistakes", decoded.errors);
    let for_machines = project.run_with_input(&[&["decode", "--json"], &schema[..]].concat(), b"04\n").expect(1).errors;
    let error: serde_json::Value = serde_json::from_str(&for_machines).expect("JSON");
    assert_eq!(error["at"]["line"], 1);
}

#[test]
fn with_the_ids_of_a_registry_or_of_the_lock() {
    let registry = Registry::start();
    let url = registry.url();
    let project = Project::of_customers();
    let register = [
        "register",
        "com.example.Customer",
        "--subject",
        "customer-value",
        "--registry",
        &url,
        "--lock",
        "schema-lock",
    ];
    project.run(&register).expect(0);
    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    project.run(&register).expect(0);

    let input = b"{\"id\": 2, \"phone\": \"a\"}";
    let cases: &[(&[&str], &str)] = &[
        (&["--subject", "customer-value", "--registry", &url], "000000000204026100\n"),
        (&["--subject", "customer-value@1", "--registry", &url], "0000000001040261\n"),
        (&["--subject", "customer-value@1"], "0000000001040261\n"),
        (&["--id", "1", "--registry", &url], "0000000001040261\n"),
        (&["--id", "1", "--registry", &url, "--wire-format", "bare-id"], "00000001040261\n"),
        (&["--type", "com.example.Customer"], "000000000204026100\n"),
        (&["--type", "com.example.Customer", "--bare"], "04026100\n"),
    ];
    for (arguments, expected) in cases {
        let encoded = project.run_with_input(&[&["encode"], *arguments].concat(), input);
        assert_eq!(encoded.out, *expected, "{arguments:?}: {encoded:?}");
    }
    let frames = b"0000000001040261\n000000000204026100\n0000000009040261\n0500000001040261\n";
    let online = project.run_with_input(&["decode", "--json", "--registry", &url], frames).expect(1);
    assert_eq!(
        online.out,
        "{\"id\":1,\"value\":{\"id\":2,\"phone\":\"a\"}}\n{\"id\":2,\"value\":{\"id\":2,\"phone\":\"a\",\"note\":null}}\n"
    );
    assert_eq!(online.errors.lines().count(), 2, "{}", online.errors);
    let offline = project.run_with_input(&["decode", "--json"], frames).expect(1);
    assert_eq!(offline.out, online.out);
    assert!(offline.errors.contains("the lock has no schema with the id 9"), "{}", offline.errors);
}
