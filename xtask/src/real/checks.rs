//! What is run against the servers: the integration tests of the root package, which run its examples.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::cargo;

use super::cluster::{CLUSTER_VARIABLE, Cluster};
use super::error::Error;
use super::interruption::Interruption;
use super::process::Guarded;
use super::servers::{Addresses, BOOTSTRAP_VARIABLE, REGISTRY_VARIABLE};

const PACKAGE: &str = "kafka-typed-reference";
/// Modules of tests that use no server: with real ones they would only repeat `cargo test`.
const WITHOUT_SERVERS: [&str; 6] =
    ["kafka_page::", "oracle::", "project::", "readme::", "rebuild::", "registry_page::"];
const REMEDY: &str = "install Rust with rustup";
/// Most of this is for building; the tests have limits of their own.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Builds what [`run`] runs, so that no server waits for the compiler, and code that does not compile shows no server's
/// log.
pub(crate) fn build(workspace_root: &Path, needs_examples: bool, interruption: &Interruption) -> Result<(), Error> {
    run_cargo(workspace_root, &[], &["test", "--no-run", "--package", PACKAGE, "--test", "main"], interruption)?;
    match needs_examples {
        true => run_cargo(workspace_root, &[], &["build", "--package", PACKAGE, "--examples"], interruption),
        false => Ok(()),
    }
}

/// Runs the tests, or those that the arguments name.
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
    run_cargo(workspace_root, &[kafka, registry, ("RELIABILITY", "full")], &test, interruption)
}

/// Runs the test of transactions. Brokers are killed and started as it requests.
pub(crate) fn run_transactions(
    workspace_root: &Path,
    addresses: &Addresses,
    cluster: &mut Cluster,
    is_full: bool,
    interruption: &Interruption,
) -> Result<(), Error> {
    let [kafka, registry] = variables(addresses);
    let requests = cluster.requests().display().to_string();
    let mut environment = vec![kafka, registry, (CLUSTER_VARIABLE, &*requests)];
    environment.extend(is_full.then_some(("RELIABILITY", "full")));
    let filter = ["reliability::transactions::", "--nocapture", "--test-threads=1"];
    let test = [&["test", "--package", PACKAGE, "--test", "main", "--"][..], &filter].concat();
    let mut served = Ok(());
    let run = run_cargo_beside(workspace_root, &environment, &test, interruption, || {
        if served.is_ok() {
            served = cluster.serve(interruption);
        }
    });
    served?;
    run
}

fn variables(addresses: &Addresses) -> [(&'static str, &str); 2] {
    [(BOOTSTRAP_VARIABLE, &addresses.kafka), (REGISTRY_VARIABLE, &addresses.registry)]
}

/// Runs cargo, which shows what it prints itself.
fn run_cargo(
    workspace_root: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    interruption: &Interruption,
) -> Result<(), Error> {
    run_cargo_beside(workspace_root, environment, arguments, interruption, || {})
}

/// Runs cargo, and does something else meanwhile, some times a second.
fn run_cargo_beside(
    workspace_root: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    interruption: &Interruption,
    mut beside: impl FnMut(),
) -> Result<(), Error> {
    let shown = format!("cargo {}", arguments.join(" "));
    eprintln!("real: {shown}");
    let mut command = cargo::command();
    command.args(arguments).current_dir(workspace_root).envs(environment.iter().copied()).stdin(Stdio::null());
    let mut process = Guarded::spawn(&mut command, REMEDY)?;
    let status = process.wait("running the checks", LIMIT, interruption, |_| beside())?;
    if !status.success() {
        return Err(Error::Check { command: shown, status });
    }
    Ok(())
}
