//! `cargo avro dev`, as a service uses it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::Value;

use crate::project::{CUSTOMER_WITH_NOTE, Project};

const FREE_PORTS: [&str; 5] = ["dev", "--kafka-port", "0", "--registry-port", "0"];

fn start(project: &Project, more: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut dev = project.start(&[&FREE_PORTS, more].concat());
    let out = BufReader::new(dev.stdout.take().expect("its output is a pipe"));
    (dev, out)
}

/// What it prints before it waits.
fn report(out: &mut impl BufRead) -> Value {
    let mut line = String::new();
    out.read_line(&mut line).expect("it is text");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn stop(mut dev: Child, signal: &str) {
    let told = Command::new("kill").args([signal, &dev.id().to_string()]).status().expect("there is a kill");
    assert!(told.success());
    let ended = dev.wait().expect("it ends");
    if signal != "-KILL" {
        assert_eq!(ended.code(), Some(0), "{signal}");
    }
}

fn serve(project: &mut Project, report: &Value) {
    for (name, value) in report["environment"].as_object().expect("an object") {
        project.set(name, value.as_str().expect("text"));
    }
}

#[test]
fn ids_survive_however_it_stops_and_messages_go_through() {
    let project = Project::of_customers();
    let seeded = [
        "--json",
        "--data",
        "data",
        "--topic",
        "customer:2",
        "--seed",
        "schemas",
        "--subject",
        "com.example.Customer=customer-value",
    ];
    for signal in ["-TERM", "-KILL", "-INT"] {
        let (dev, mut out) = start(&project, &seeded);
        let told = report(&mut out);
        assert_eq!(told["seeded"][0]["id"], 1, "{told}");
        let mut service = Project::new(&[]);
        serve(&mut service, &told);
        let line = b"{\"id\": 1, \"phone\": \"a\"}\n";
        service.run_with_input(&["produce", "customer", "--partition", "1"], line).expect(0);
        let tail = service.run(&["tail", "customer", "--from", "beginning", "--no-follow"]).expect(0);
        assert_eq!(tail.out, "{\"id\":1,\"phone\":\"a\"}\n");
        let in_use = project.run(&[&FREE_PORTS[..], &["--data", "data"]].concat()).expect(1);
        assert!(in_use.errors.contains("in use by another registry"), "{}", in_use.errors);
        stop(dev, signal);
    }
    // A new version follows the one that was kept.
    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    let (dev, mut out) = start(&project, &seeded);
    let told = report(&mut out);
    assert_eq!((&told["seeded"][0]["id"], &told["seeded"][0]["version"]), (&2.into(), &2.into()), "{told}");
    stop(dev, "-TERM");
}

#[test]
fn people_get_what_to_export() {
    let project = Project::new(&[]);
    let (dev, out) = start(&project, &["--topic", "orders"]);
    let mut exports = BTreeMap::new();
    for line in out.lines().map(|line| line.expect("it is text")) {
        if let Some((name, value)) = line.strip_prefix("export ").and_then(|line| line.split_once('=')) {
            exports.insert(name.to_owned(), value.to_owned());
        }
        if exports.len() == 2 {
            break;
        }
    }
    assert!(exports["SCHEMA_REGISTRY_URL"].starts_with("http://127.0.0.1:"), "{exports:?}");
    assert!(exports["KAFKA_BOOTSTRAP_SERVERS"].starts_with("127.0.0.1:"), "{exports:?}");
    stop(dev, "-INT");
}

#[test]
fn what_cannot_be_served_is_an_error() {
    let project = Project::of_customers();
    project.run(&["dev", "--topic", "orders:none"]).expect(2);
    project.run(&["dev", "--fsync"]).expect(2);
    let nothing = project.run(&[&FREE_PORTS[..], &["--seed", "schemas"]].concat()).expect(2);
    assert!(nothing.errors.contains("there is nothing to register"), "{}", nothing.errors);
    project.write("data/registry.journal", "something else");
    let damaged = project.run(&[&FREE_PORTS[..], &["--data", "data"]].concat()).expect(1);
    assert!(damaged.errors.contains("damaged at byte 0"), "{}", damaged.errors);
}

#[test]
fn a_change_that_was_not_written_to_its_end_is_reported() {
    let project = Project::of_customers();
    let arguments = ["--data", "data", "--seed", "schemas", "--subject", "com.example.Customer=customer-value"];
    let (dev, mut out) = start(&project, &[&["--json"], &arguments[..]].concat());
    assert_eq!(report(&mut out)["dropped"], Value::Null);
    stop(dev, "-KILL");
    let journal = project.path("data/registry.journal");
    let bytes = std::fs::read(&journal).expect("it is there");
    std::fs::write(&journal, &bytes[..bytes.len() - 1]).expect("it is writable");
    let (mut dev, _out) = start(&project, &["--data", "data"]);
    let mut warning = String::new();
    let mut errors = BufReader::new(dev.stderr.take().expect("a pipe"));
    errors.read_line(&mut warning).expect("it is text");
    let expected = "data/registry.journal: the last change was not written to its end, and is dropped";
    assert!(warning.starts_with(&format!("warning: {expected}")), "{warning}");
    stop(dev, "-TERM");
    std::fs::write(&journal, &bytes[..bytes.len() - 1]).expect("it is writable");
    let (dev, mut out) = start(&project, &["--json", "--data", "data"]);
    assert!(report(&mut out)["dropped"].as_str().is_some_and(|dropped| dropped.starts_with(expected)));
    stop(dev, "-TERM");
}
