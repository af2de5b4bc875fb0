//! What is run against the servers: the integration tests of the root package, which run its examples.

use std::path::Path;

use crate::root_package::{PACKAGE, run_cargo};
use crate::servers::cluster::{self, SharedCluster};
use crate::servers::control::{self, CONTROL_VARIABLE};
use crate::servers::error::Error;
use crate::servers::interruption::Interruption;
use crate::servers::{Addresses, BOOTSTRAP_VARIABLE, REGISTRY_VARIABLE};

/// Modules of tests that use no server: with real ones they would only repeat `cargo test`.
const WITHOUT_SERVERS: [&str; 6] =
    ["kafka_page::", "oracle::", "project::", "readme::", "rebuild::", "registry_page::"];
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
    cluster: SharedCluster,
    is_full: bool,
    interruption: &Interruption,
) -> Result<(), Error> {
    let [kafka, registry] = variables(addresses);
    let stop = interruption.clone();
    let control = control::listen(move |request| cluster::execute(&cluster, request, &stop))?;
    let mut environment = vec![kafka, registry, (CONTROL_VARIABLE, &*control)];
    environment.extend(is_full.then_some(("RELIABILITY", "full")));
    let filter = ["reliability::transactions::", "--nocapture", "--test-threads=1"];
    let test = [&["test", "--package", PACKAGE, "--test", "main", "--"][..], &filter].concat();
    run_cargo(workspace_root, &environment, &test, interruption)
}

fn variables(addresses: &Addresses) -> [(&'static str, &str); 2] {
    [(BOOTSTRAP_VARIABLE, &addresses.kafka), (REGISTRY_VARIABLE, &addresses.registry)]
}
