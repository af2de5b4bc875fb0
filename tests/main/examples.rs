//! The examples do what the README says, against the servers that the environment names or their own.

use std::collections::HashMap;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::project::{cargo, text};

/// The examples use topics of fixed names: against servers that outlive them, two at a time would read each other's
/// messages.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn run(example: &str, arguments: &[&str]) -> Output {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let output = command(example).args(arguments).output().expect("cargo runs the example");
    assert!(output.status.success(), "{}", text(&output));
    output
}

fn command(example: &str) -> Command {
    let mut command = cargo();
    command.args(["run", "--quiet", "--example", example, "--"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn last_line(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    stdout.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn sensor_alert_shows_the_critical_ones_and_reports_the_two_bad_lines() {
    let output = run("sensor_alert", &[]);

    assert_eq!(last_line(&output), "sensor_alert: produced 238, consumed 238, failed 2");
    let stderr = String::from_utf8_lossy(&output.stderr);
    for expected in ["line 61: unknown variant `FATAL`", "line 152: missing field `message`"] {
        assert!(stderr.contains(expected), "{expected} is not in\n{stderr}");
    }
    let input = include_str!("../../examples/data/sensor_alerts.ndjson");
    let critical = input.lines().filter(|line| line.contains(r#""CRITICAL""#)).count();
    let shown = String::from_utf8_lossy(&output.stdout).lines().count() - 2;
    assert_eq!(shown, critical, "one row an alert, a head and the last line\n{}", text(&output));
}

#[test]
fn sensor_alert_generates_as_many_as_asked() {
    let output = run("sensor_alert", &["--count", "5000"]);

    assert_eq!(last_line(&output), "sensor_alert: produced 5000, consumed 5000, failed 0");
    assert!(String::from_utf8_lossy(&output.stdout).contains("msg/s"), "{}", text(&output));
}

#[test]
fn smart_home_raises_alerts_and_keeps_what_is_not_a_reading() {
    let output = run("smart_home", &[]);

    assert_eq!(
        last_line(&output),
        "smart_home: processed 3000 readings, raised 8 alerts, sent 5 bad messages to a dead letter topic",
        "{}",
        text(&output)
    );
}

#[test]
fn both_versions_of_customer_read_both() {
    let output = run("customer", &[]);

    assert_eq!(last_line(&output), "customer: produced 80, consumed by version 1 80, by version 2 80, failed 0");
}

/// The diagnostics of a change that is refused are pinned: they are what people see.
#[test]
fn evolution_refuses_what_would_break_consumers() {
    let output = run("evolution", &[]);

    assert_eq!(
        last_line(&output),
        "evolution: read 4 of 4 messages, 2 differences refused, 0 in the accepted change",
        "{}",
        text(&output)
    );
    let stdout = String::from_utf8_lossy(&output.stdout);
    insta::assert_snapshot!("evolution", stdout);
    let shown = include_str!("../../README.md").split_once("```text\n").and_then(|(_, rest)| rest.split_once("```"));
    let (shown, _) = shown.expect("the README shows a refusal");
    assert!(stdout.contains(shown), "what the README shows is not in\n{stdout}");
}

#[test]
fn archive_reads_back_what_it_wrote() {
    let output = run("archive", &[]);

    assert!(last_line(&output).starts_with("archive: wrote 10000, read 10000, "), "{}", text(&output));
}

#[test]
fn log_pipeline_archives_every_record_of_a_known_type_and_reads_a_part_again() {
    let output = run("log_pipeline", &[]);

    assert_eq!(
        last_line(&output),
        "log_pipeline: sent 1601, archived 1600, of unknown types 1, again since the last deployment 291, failed 0",
        "{}",
        text(&output)
    );
    assert!(text(&output).contains("unknown type: com.example.logs.Heartbeat"), "{}", text(&output));
}

#[test]
fn customer_cache_has_the_customers_that_the_last_changes_leave() {
    let output = run("customer_cache", &[]);

    let mut left = HashMap::new();
    for line in include_str!("../../examples/data/customer_changes.ndjson").lines() {
        let (key, customer): (Value, Value) = serde_json::from_str(line).expect("a change");
        left.insert(key.to_string(), customer);
    }
    left.retain(|_, customer| !customer.is_null());
    let expected = format!("customer_cache: 150 changes at start and 150 after it, {} customers, failed 0", left.len());
    assert_eq!(last_line(&output), expected, "{}", text(&output));
}

/// Each run has its orders and no others, also against servers that remember earlier ones.
#[test]
fn settlement_settles_each_order_once() {
    let output = run("settlement", &["--count", "500"]);

    let expected = "settlement: settled 495 orders, refused 5, aborted 0 transactions";
    assert_eq!(last_line(&output), expected, "{}", text(&output));
}
