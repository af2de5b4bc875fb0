//! `cargo avro produce` and `cargo avro tail`, with the broker and the registry of this process.

#[cfg(unix)]
use std::io::{BufRead, BufReader};
#[cfg(unix)]
use std::process::Command;

use kafka_typed::connection::ProducerRecord;
use rdkafka::mocking::MockCluster;
use rdkafka::types::RDKafkaRespErr;

use crate::project::{Project, Servers};

#[test]
fn lines_become_messages_and_lines_again() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 2).expect("it is new");
    project.run(&["register", "com.example.Customer", "--subject", "customer-value"]).expect(0);

    let lines = b"{\"id\": 1, \"phone\": \"a\"}\n\n{\"id\": \"x\"}\nno JSON\n{\"id\": 2, \"phone\": \"b\"}\n";
    let sent = project.run_with_input(&["produce", "customer", "--key", "k", "--partition", "1"], lines).expect(1);
    assert_eq!(sent.out, "2 messages sent to customer\n");
    insta::assert_snapshot!("produce_mistakes", sent.errors);

    let all = project.run(&["tail", "customer", "--from", "beginning", "--no-follow"]).expect(0);
    assert_eq!(all.out, "{\"id\":1,\"phone\":\"a\"}\n{\"id\":2,\"phone\":\"b\"}\n");
    let last =
        project.run(&["tail", "customer", "--from", "-1", "--partition", "1", "--no-follow", "--json"]).expect(0);
    let message = &last.json_lines()[0];
    assert_eq!((&message["partition"], &message["offset"], &message["id"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!((&message["key"], &message["value"]["phone"]), (&"k".into(), &"b".into()));
    let first =
        project.run(&["tail", "customer", "--from", "0", "--count", "1", "--partition", "1", "--key"]).expect(0);
    assert_eq!(first.out, "{\"key\":\"k\",\"value\":{\"id\":1,\"phone\":\"a\"}}\n");
    project.run(&["tail", "customer", "--partition", "5"]).expect(2);
    let time = project.run(&["tail", "customer", "--from", "1700000000000", "--no-follow"]).expect(2);
    assert!(
        time.errors.starts_with(
            "error: no partition of topic `customer` has the offset 1700000000000: partition 0 has 0 to 0, partition 1 has 0 to 2\n"
        ),
        "{}",
        time.errors
    );
    let second = project.run(&["tail", "customer", "--from", "1", "--no-follow"]).expect(0);
    assert_eq!(second.out, "{\"id\":2,\"phone\":\"b\"}\n");
    assert!(second.errors.contains("the nearest is taken: partition 0 has 0 to 0"), "{}", second.errors);
    project.run(&["produce", "customer", "--partition", "5"]).expect(2);
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    project.run(&["register", "com.example.Customer", "--subject", "customer-value"]).expect(0);
    let line = b"{\"id\": 1, \"phone\": \"a\"}\n";
    project.run_with_input(&["produce", "customer", "--bare"], line).expect(0);
    project.run_with_input(&["produce", "customer", "--keyed"], b"{\"key\": \"gone\", \"value\": null}\n").expect(0);
    project.run_with_input(&["produce", "customer", "--type", "com.example.Customer", "--json"], line).expect(0);
    let all = project.run(&["tail", "customer", "--from", "beginning", "--no-follow"]).expect(1);
    assert_eq!(all.out, "null\n{\"id\":1,\"phone\":\"a\"}\n");
    assert!(all.errors.starts_with("error: customer/0@0: the payload "), "{}", all.errors);
    let bare =
        project.run(&["tail", "customer", "--from", "beginning", "--count", "1", "--schema", "schemas/customer.avsc"]);
    assert_eq!(bare.expect(0).out, "{\"id\":1,\"phone\":\"a\"}\n");
}

#[test]
fn a_payload_whose_schema_id_is_in_a_header_is_not_taken_apart() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    project.run(&["register", "com.example.Customer", "--subject", "customer-value"]).expect(0);
    // What looks like the schema id 1 and a datum is all datum.
    let record =
        ProducerRecord::new(Some(b"\0\0\0\0\x01\x02\x02a")).header("apicurio.value.globalId", 9_u64.to_be_bytes());
    let kafka = servers.embedded.kafka().expect("a handle");
    servers.wait(async {
        let producer = kafka.connection().raw_producer("customer").build().expect("a producer");
        producer.send(record).await.expect("sent");
    });

    let tail = ["tail", "customer", "--from", "beginning", "--no-follow"];
    let seen = project.run(&tail).expect(1);
    assert_eq!(seen.out, "");
    let words = "error: customer/0@0: fetching the schema with the globalId 9: http://127.0.0.1:";
    assert!(seen.errors.starts_with(words), "{}", seen.errors);
}

#[test]
fn a_guid_in_a_header_is_written_and_read() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    project
        .run(&["register", "com.example.Customer", "--subject", "customer-value", "--lock", "schema-lock"])
        .expect(0);
    let line = b"{\"id\": 1, \"phone\": \"a\"}\n";
    let produce = ["produce", "customer", "--wire-format"];
    for format in ["confluent", "header", "confluent"] {
        project.run_with_input(&[&produce[..], &[format]].concat(), line).expect(0);
    }
    let keyed = [&produce[..], &["header", "--keyed"]].concat();
    project.run_with_input(&keyed, b"{\"key\": \"gone\", \"value\": null}\n").expect(0);

    let shown = project.run(&["show", "customer-value@1", "--json"]).expect(0).json();
    let guid = shown["guid"].as_str().expect("a GUID");
    let tail = ["tail", "customer", "--from", "beginning", "--no-follow", "--json"];
    let check = |lines: &[serde_json::Value]| {
        let ids: Vec<_> = lines.iter().map(|line| (line["id"].as_u64(), line["guid"].as_str())).collect();
        assert_eq!(ids, [(Some(1), None), (None, Some(guid)), (Some(1), None), (None, None)]);
        assert!(lines[..3].iter().all(|line| line["value"]["phone"] == "a"), "{lines:?}");
    };
    check(&project.run(&tail).expect(0).json_lines());
    // The lock has GUIDs as well.
    check(&project.run(&[&tail[..], &["--lock", "schema-lock"]].concat()).expect(0).json_lines());

    let letter = project.run(&["dead-letters", "show", "customer", "0", "1"]).expect(0);
    assert!(letter.out.ends_with(&format!("schema GUID: {guid}\n{{\"id\":1,\"phone\":\"a\"}}\n")), "{}", letter.out);
    let letter = project.run(&["dead-letters", "show", "customer", "0", "1", "--json"]).expect(0).json();
    assert_eq!((&letter["id"], &letter["guid"]), (&serde_json::Value::Null, &guid.into()));

    let decode = ["decode", "--json", "--guid", guid];
    let decoded = project.run_with_input(&decode, b"020261\n").expect(0);
    assert_eq!(decoded.out, format!("{{\"id\":null,\"guid\":\"{guid}\",\"value\":{{\"id\":1,\"phone\":\"a\"}}}}\n"));
    let encode = ["encode", "--json", "--subject", "customer-value", "--wire-format", "header"];
    let encoded = project.run_with_input(&encode, line).expect(0).json();
    assert_eq!((&encoded["guid"], &encoded["payload"]), (&guid.into(), &"020261".into()));
}

/// By the rules of kafka-typed, whose variables they are.
#[test]
fn every_variable_of_kafka_counts() {
    let servers = Servers::start();
    let check = |command: &[&str], variables: &[(&str, &str)], code: i32, words: &str| {
        let mut project = Project::of_customers();
        servers.serve(&mut project);
        variables.iter().for_each(|(variable, value)| project.set(variable, value));
        let ran = project.run_with_input(command, b"").expect(code);
        assert!(ran.errors.contains(words), "{command:?} {variables:?}: {}", ran.errors);
        // The mechanism of a login is PLAIN where none is named.
        assert!(!ran.errors.contains("GSSAPI"), "{command:?} {variables:?}: {}", ran.errors);
    };
    servers.embedded.create_topic("customer", 1).expect("it is new");
    let produce = ["produce", "customer", "--bare", "--type", "com.example.Customer", "--timeout", "1"];
    let tail = ["tail", "customer", "--no-follow", "--type", "com.example.Customer", "--timeout", "1"];
    let login = [("KAFKA_USERNAME", "u"), ("KAFKA_PASSWORD", "p")];
    let protocol = ("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
    let brokers = servers.embedded.bootstrap_servers();
    for command in [&produce[..], &tail] {
        // The embedded broker knows no logins.
        check(command, &[login[0], login[1], protocol], 3, brokers);
        check(&[command, &["-X", "security.protocol=SASL_PLAINTEXT"]].concat(), &login, 3, brokers);
        check(command, &login, 2, "KAFKA_SECURITY_PROTOCOL is not set, or not to a protocol that logs in");
        check(command, &login[..1], 2, "KAFKA_PASSWORD is not set, but KAFKA_USERNAME is");
        check(command, &[("KAFKA_FETCH_WAIT_MAX_MS", "abc")], 2, "KAFKA_FETCH_WAIT_MAX_MS cannot be used");
        check(&[command, &["-X", "linger.ms=soon"]].concat(), &[], 2, "the setting `linger.ms` cannot be used");
        check(&[command, &["-X", "linger.ms"]].concat(), &[], 2, "`linger.ms` is not a setting");
        check(command, &[("KAFKA_TOPIC", "orders")], 0, "");
    }
}

#[test]
fn a_topic_that_nobody_creates_is_an_error_when_the_time_is_over() {
    let mock = MockCluster::new(1).expect("a broker");
    let project = Project::of_customers();
    let brokers = mock.bootstrap_servers();
    mock.topic_error("never", RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).expect("it is a topic");
    let produce = ["produce", "never", "--bare", "--type", "com.example.Customer"];
    let tail = ["tail", "never", "--schema", "schemas/customer.avsc"];
    for command in [&produce[..], &tail[..]] {
        let arguments = [command, &["--brokers", &brokers, "--timeout", "1"]].concat();
        let failed = project.run_with_input(&arguments, b"{\"id\": 1, \"phone\": \"a\"}\n").expect(1);
        assert!(failed.errors.contains("topic `never` does not exist on 127.0.0.1:"), "{}", failed.errors);
    }
}

/// Escapes, line breaks and turns of direction from a registry and from messages.
#[test]
fn what_others_named_does_not_reach_the_terminal_as_it_is() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    project.run(&["register", "com.example.Customer", "--subject", "a\u{202e}b"]).expect(0);
    let produce = ["produce", "customer", "--keyed", "--bare", "--type", "com.example.Customer"];
    let line = "{\"key\": \"\u{9b}2J\", \"value\": {\"id\": 1, \"phone\": \"\u{202e}\\u001b[2J\u{9b}31m\"}}\n";
    project.run_with_input(&produce, line.as_bytes()).expect(0);
    let tail = ["tail", "customer", "--from", "beginning", "--no-follow", "--type", "com.example.Customer", "--key"];
    let told = project.run(&tail).expect(0);
    assert_eq!(told.out, "{\"key\":\"\\u009b2J\",\"value\":{\"id\":1,\"phone\":\"\\u202e\\u001b[2J\\u009b31m\"}}\n");
    let subject = "a\\u{202e}b";
    let commands: [&[&str]; 7] = [
        &tail,
        &["tail", "customer", "--from", "beginning", "--no-follow", "--type", "com.example.Customer", "--json"],
        &["list", "--subjects"],
        &["list", "--subjects", "--json"],
        &["pull", "--all"],
        &["show", "a\u{202e}b@latest"],
        &["show", "\u{1b}[2J\u{202e}\r@latest"],
    ];
    for command in commands {
        let ran = project.run(command);
        let odd = |character: char| character != '\n' && (character.is_control() || character == '\u{202e}');
        assert!(!ran.all().contains(odd), "{command:?}: {:?}", ran.all());
        if ran.code == 0 && !command.contains(&"--json") && command[0] != "tail" {
            assert!(ran.all().contains(subject), "{command:?}: {}", ran.all());
        }
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_in_good_order() {
    let servers = Servers::start();
    let mut project = Project::of_customers();
    servers.serve(&mut project);
    servers.embedded.create_topic("customer", 1).expect("it is new");
    let produce = ["produce", "customer", "--bare", "--type", "com.example.Customer"];
    project.run_with_input(&produce, b"{\"id\": 1, \"phone\": \"a\"}\n").expect(0);

    let mut tail = project.start(&["tail", "customer", "--from", "beginning", "--type", "com.example.Customer"]);
    let mut line = String::new();
    // Who has printed a message takes signals already.
    BufReader::new(tail.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("a message comes");
    assert_eq!(line, "{\"id\":1,\"phone\":\"a\"}\n");
    let killed = Command::new("kill").args(["-INT", &tail.id().to_string()]).status().expect("there is a kill");
    assert!(killed.success());
    assert_eq!(tail.wait().expect("it ends").code(), Some(0));
}
