//! `cargo xtask real`: the integration tests and the examples against Apache Kafka and Apicurio Registry, without
//! Docker.

mod checks;

use std::path::Path;
use std::process::ExitCode;

use crate::root_package;
use crate::servers::error::Error;
use crate::servers::interruption::Interruption;
use crate::servers::{self, Servers};

/// A request to `cargo xtask real`.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    /// Run the tests, which run the examples; the arguments go to `cargo test`.
    Check { cargo_test: Vec<String> },
    /// Run the tests of reliability at their full size.
    Reliability,
    /// Run the test of transactions against three brokers of which some are killed.
    Transactions { is_full: bool },
    /// Start the servers and keep them until Ctrl-C.
    OnlyServers,
}

/// Starts what is needed, does what is requested, and stops what was started.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    let outcome = Interruption::install().and_then(|interruption| {
        if *request != Request::OnlyServers {
            let needs_examples = !matches!(request, Request::Transactions { .. });
            root_package::build(workspace_root, needs_examples, &interruption)?;
        }
        let mut servers = match request {
            Request::Transactions { .. } => Servers::start_cluster(workspace_root, None, &interruption)?,
            _ => Servers::start(workspace_root, &interruption)?,
        };
        let outcome = with_servers(&mut servers, workspace_root, request, &interruption);
        if matches!(&outcome, Err(error) if !error.is_interruption()) {
            servers.show_logs();
        }
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => crate::failure::print("real", &error),
    }
}

fn with_servers(
    servers: &mut Servers,
    workspace_root: &Path,
    request: &Request,
    interruption: &Interruption,
) -> Result<(), Error> {
    match request {
        Request::Check { cargo_test } => checks::run(workspace_root, servers.addresses(), cargo_test, interruption),
        Request::Reliability => checks::run_reliability(workspace_root, servers.addresses(), interruption),
        Request::Transactions { is_full } => {
            let addresses = servers.addresses().clone();
            match servers.cluster() {
                Some(cluster) => checks::run_transactions(workspace_root, &addresses, cluster, *is_full, interruption),
                None => {
                    debug_assert!(false, "a cluster was started");
                    Ok(())
                }
            }
        }
        Request::OnlyServers => {
            let addresses = servers.addresses();
            println!("export {}={}", servers::BOOTSTRAP_VARIABLE, addresses.kafka);
            println!("export {}={}", servers::REGISTRY_VARIABLE, addresses.registry);
            eprintln!("real: running until Ctrl-C");
            servers.keep_until(interruption)
        }
    }
}
