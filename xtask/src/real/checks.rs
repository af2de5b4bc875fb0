//! What is run against the servers: the integration tests of the root package, and its example `sensor_alert`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::cargo;

use super::error::Error;
use super::interruption::Interruption;
use super::process::Guarded;
use super::servers::{Addresses, BOOTSTRAP_VARIABLE, REGISTRY_VARIABLE};

const PACKAGE: &str = "kafka-typed-reference";
/// Modules of tests that use no server: with real ones they would only repeat `cargo test`.
const WITHOUT_SERVERS: [&str; 4] = ["oracle::", "project::", "readme::", "rebuild::"];
const REMEDY: &str = "install Rust with rustup";
/// Most of this is for building; the tests have limits of their own.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Builds what [`run`] runs, so that no server waits for the compiler, and code that does not compile shows no server's
/// log.
pub(crate) fn build(workspace_root: &Path, interruption: &Interruption) -> Result<(), Error> {
    run_cargo(workspace_root, &[], &["test", "--no-run", "--package", PACKAGE, "--test", "main"], interruption)?;
    run_cargo(workspace_root, &[], &["build", "--package", PACKAGE, "--example", "sensor_alert"], interruption)?;
    Ok(())
}

/// Runs the tests, then the example; the first failure is the result.
pub(crate) fn run(
    workspace_root: &Path,
    addresses: &Addresses,
    cargo_test: &[String],
    interruption: &Interruption,
) -> Result<(), Error> {
    let mut test = vec!["test", "--package", PACKAGE, "--test", "main"];
    if cargo_test.is_empty() {
        test.push("--");
        test.extend(WITHOUT_SERVERS.iter().flat_map(|module| ["--skip", module]));
    } else {
        test.extend(cargo_test.iter().map(String::as_str));
    }
    let servers = variables(addresses);
    run_cargo(workspace_root, &servers, &test, interruption)?;

    let example = ["run", "--package", PACKAGE, "--example", "sensor_alert"];
    let last_line = run_cargo(workspace_root, &servers, &example, interruption)?;
    if !is_success(&last_line) {
        return Err(Error::ExampleLine { last_line });
    }
    eprintln!("real: passed against {} and {}", addresses.kafka, addresses.registry);
    Ok(())
}

/// Runs the tests of reliability one after the other, so that each has the machine for itself.
pub(crate) fn run_reliability(
    workspace_root: &Path,
    addresses: &Addresses,
    interruption: &Interruption,
) -> Result<(), Error> {
    let [kafka, registry] = variables(addresses);
    let filter = ["reliability::", "--nocapture", "--test-threads=1"];
    let test = [&["test", "--package", PACKAGE, "--test", "main", "--"][..], &filter].concat();
    run_cargo(workspace_root, &[kafka, registry, ("RELIABILITY", "full")], &test, interruption)?;
    Ok(())
}

fn variables(addresses: &Addresses) -> [(&'static str, &str); 2] {
    [(BOOTSTRAP_VARIABLE, &addresses.kafka), (REGISTRY_VARIABLE, &addresses.registry)]
}

/// Runs cargo, shows what it prints, and returns the last line that it printed.
fn run_cargo(
    workspace_root: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    interruption: &Interruption,
) -> Result<String, Error> {
    let shown = format!("cargo {}", arguments.join(" "));
    eprintln!("real: {shown}");
    let mut command = cargo::command();
    command
        .args(arguments)
        .current_dir(workspace_root)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut process = Guarded::spawn(&mut command, REMEDY)?;
    let printed = process.take_stdout();
    let reader = std::thread::spawn(move || {
        let mut last_line = String::new();
        for line in printed.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()).map_while(Result::ok) {
            println!("{line}");
            last_line = line;
        }
        last_line
    });
    let status = process.wait("running the checks", LIMIT, interruption, |_| {})?;
    let last_line = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    if !status.success() {
        return Err(Error::Check { command: shown, status });
    }
    Ok(last_line)
}

/// Whether the example reports that it consumed what it produced, and more than nothing.
fn is_success(last_line: &str) -> bool {
    let counts = || {
        let rest = last_line.strip_prefix("sensor_alert: produced ")?;
        let (produced, rest) = rest.split_once(", consumed ")?;
        let (consumed, failed) = rest.split_once(", failed ")?;
        Some((produced.parse::<u64>().ok()?, consumed.parse::<u64>().ok()?, failed.parse::<u64>().ok()?))
    };
    counts().is_some_and(|(produced, consumed, _failed)| produced > 0 && produced == consumed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_last_line_decides() {
        let check = |line: &str, expected| assert_eq!(is_success(line), expected, "{line}");
        check("sensor_alert: produced 200, consumed 200, failed 2", true);
        check("sensor_alert: produced 200, consumed 200, failed 0", true);
        check("sensor_alert: produced 200, consumed 199, failed 2", false);
        check("sensor_alert: produced 0, consumed 0, failed 200", false);
        check("sensor_alert: produced 200, consumed 200", false);
        check("sensor_alert: produced 200, consumed 200, failed none", false);
        check("produced 200, consumed 200, failed 2", false);
        check("", false);
    }
}
