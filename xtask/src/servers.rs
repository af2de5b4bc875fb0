//! Apache Kafka and Apicurio Registry for the chores that test against them, without Docker: named by the
//! environment, or fetched with Maven, started on free loopback ports, and stopped by their process ids however the
//! run ends, Ctrl-C and `kill` included.

pub(crate) mod apicurio;
pub(crate) mod artifacts;
pub(crate) mod cluster;
pub(crate) mod control;
pub(crate) mod error;
mod http;
pub(crate) mod interruption;
mod java;
mod kafka;
mod kafka_protocol;
mod port;
pub(crate) mod process;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use self::cluster::{BROKERS, Cluster, SharedCluster};
use self::error::Error;
use self::interruption::Interruption;
use self::process::Server;

/// Names the brokers, as `KafkaTyped::from_env` reads it.
pub(crate) const BOOTSTRAP_VARIABLE: &str = "KAFKA_BOOTSTRAP_SERVERS";
/// Names the registry, as `KafkaTyped::from_env` reads it.
pub(crate) const REGISTRY_VARIABLE: &str = "SCHEMA_REGISTRY_URL";

/// How often a server is started on other ports when another process took one in between.
const PORT_ATTEMPTS: u32 = 3;
/// How often `--only-servers` looks whether the servers still run.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Where the servers are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Addresses {
    /// `host:port` of the broker.
    pub(crate) kafka: String,
    /// URL of the Confluent API.
    pub(crate) registry: String,
}

/// A server that answers, with its address.
pub(crate) struct Started {
    pub(crate) server: Server,
    pub(crate) address: String,
}

/// The servers of a run. Those that were started are stopped when this goes, and their folder is deleted.
pub(crate) struct Servers {
    addresses: Addresses,
    started: Vec<Server>,
    cluster: Option<SharedCluster>,
    folder: Option<TempDir>, // After `started`: a folder is removed when no process writes into it any more.
}

impl Servers {
    /// Starts every server that the environment does not name, both at a time.
    pub(crate) fn start(workspace_root: &Path, interruption: &Interruption) -> Result<Servers, Error> {
        let kafka = named(BOOTSTRAP_VARIABLE);
        let registry = named(REGISTRY_VARIABLE);
        if let (Some(kafka), Some(registry)) = (&kafka, &registry) {
            let addresses = Addresses { kafka: kafka.clone(), registry: registry.clone() };
            return Ok(Servers { addresses, started: Vec::new(), cluster: None, folder: None });
        }

        let java = java::find()?;
        let descriptions = workspace_root.join("tests/real");
        let fetch =
            |what, server: &str| artifacts::fetch(what, &descriptions.join(server).join("pom.xml"), interruption);
        let kafka_files = if kafka.is_none() { Some(fetch("Apache Kafka", "kafka")?) } else { None };
        let registry_files = if registry.is_none() { Some(fetch("Apicurio Registry", "apicurio")?) } else { None };

        let folder = TempDir::with_prefix("kafka-typed-real-").map_err(|source| Error::Path {
            action: "create a folder in",
            path: std::env::temp_dir(),
            source,
        })?;
        let (java, at) = (java.as_path(), folder.path());
        let outcome = std::thread::scope(|scope| {
            let kafka_start = kafka_files.map(|files| {
                scope.spawn(move || {
                    on_free_ports(at, "kafka", |folder| kafka::start(java, &files, folder, interruption))
                })
            });
            let registry_start = registry_files.map(|files| {
                on_free_ports(at, "apicurio", |folder| apicurio::start(java, &files, folder, interruption))
            });
            let kafka_start =
                kafka_start.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            Ok((kafka_start.transpose()?, registry_start.transpose()?))
        });
        match outcome {
            Ok((kafka_started, registry_started)) => {
                let mut started = Vec::new();
                let mut address = |named: Option<String>, fresh: Option<Started>| match fresh {
                    Some(Started { server, address }) => {
                        started.push(server);
                        address
                    }
                    None => {
                        debug_assert!(named.is_some(), "a server is either named or started");
                        named.unwrap_or_default()
                    }
                };
                let addresses =
                    Addresses { kafka: address(kafka, kafka_started), registry: address(registry, registry_started) };
                Ok(Servers { addresses, started, cluster: None, folder: Some(folder) })
            }
            Err(error) => {
                keep_logs(folder, &error);
                Err(error)
            }
        }
    }

    /// Starts three brokers, of which some may be killed, and a registry, whatever the environment names. `doors` are
    /// as for [`Cluster::start`].
    pub(crate) fn start_cluster(
        workspace_root: &Path,
        doors: Option<[u16; BROKERS]>,
        interruption: &Interruption,
    ) -> Result<Servers, Error> {
        let java = java::find()?;
        let descriptions = workspace_root.join("tests/real");
        let fetch =
            |what, server: &str| artifacts::fetch(what, &descriptions.join(server).join("pom.xml"), interruption);
        let (kafka_files, registry_files) = (fetch("Apache Kafka", "kafka")?, fetch("Apicurio Registry", "apicurio")?);
        let folder = TempDir::with_prefix("kafka-typed-real-").map_err(|source| Error::Path {
            action: "create a folder in",
            path: std::env::temp_dir(),
            source,
        })?;
        let started = (|| {
            let cluster = Cluster::start(&java, &kafka_files, folder.path(), doors, interruption)?;
            let registry = on_free_ports(folder.path(), "apicurio", |own| {
                apicurio::start(&java, &registry_files, own, interruption)
            })?;
            Ok((cluster, registry))
        })();
        match started {
            Ok((cluster, Started { server, address })) => {
                let addresses = Addresses { kafka: cluster.address(), registry: address };
                let cluster = Some(Arc::new(Mutex::new(cluster)));
                Ok(Servers { addresses, started: vec![server], cluster, folder: Some(folder) })
            }
            Err(error) => {
                keep_logs(folder, &error);
                Err(error)
            }
        }
    }

    /// The brokers that may be killed, where there are such.
    pub(crate) fn cluster(&self) -> Option<SharedCluster> {
        self.cluster.clone()
    }

    /// Where the servers are.
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Prints how the logs of the started servers end, and keeps their folder.
    pub(crate) fn show_logs(&mut self) {
        for server in &self.started {
            server.show_log();
        }
        if let Some(cluster) = &self.cluster {
            cluster.lock().unwrap_or_else(PoisonError::into_inner).show_logs();
        }
        if let Some(folder) = self.folder.take() {
            eprintln!("servers: the servers' folder stays: {}", folder.keep().display());
        }
    }

    /// Waits until the user stops this process, which is the wanted end, or a server ends, which is an error.
    pub(crate) fn keep_until(&mut self, interruption: &Interruption) -> Result<(), Error> {
        while interruption.check().is_ok() {
            for server in &mut self.started {
                server.check_running()?;
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Servers {
    /// The thread that does what tests request has the brokers, too, and outlives this.
    fn drop(&mut self) {
        if let Some(cluster) = &self.cluster {
            cluster.lock().unwrap_or_else(PoisonError::into_inner).kill_all();
        }
    }
}

fn named(variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok().filter(|address| !address.is_empty())?;
    eprintln!("servers: using {variable}={address}");
    Some(address)
}

/// Starts a server in a folder of its own; again, in another one, when its port was taken.
fn on_free_ports(
    folder: &Path,
    name: &str,
    mut start: impl FnMut(&Path) -> Result<Started, Error>,
) -> Result<Started, Error> {
    let mut attempt = 1;
    loop {
        let own = folder.join(format!("{name}-{attempt}"));
        std::fs::create_dir(&own).map_err(|source| Error::Path { action: "create", path: own.clone(), source })?;
        match start(&own) {
            Err(error) if error.is_taken_port() && attempt < PORT_ATTEMPTS => {
                eprintln!(
                    "servers: {name} lost its port to another process; attempt {} of {PORT_ATTEMPTS}",
                    attempt + 1
                );
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

fn keep_logs(folder: TempDir, error: &Error) {
    if !error.is_interruption() {
        eprintln!("servers: the servers' folder stays: {}", folder.keep().display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_sh(script: &str, folder: &Path) -> Result<Started, Error> {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script]);
        let mut server = Server::spawn("sh", &mut command, folder.join("log"))?;
        let log = folder.join("log");
        server.wait_until_ready(Duration::from_secs(30), &Interruption::never(), || {
            match std::fs::read_to_string(&log) {
                Ok(text) if text.contains("serving") => Ok(()),
                _ => Err("not ready".into()),
            }
        })?;
        Ok(Started { server, address: folder.display().to_string() })
    }

    #[test]
    fn a_taken_port_is_tried_again_elsewhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut scripts = ["echo Address already in use; exit 1", "echo serving; exec tail -f /dev/null"].iter();
        let started = on_free_ports(folder.path(), "sh", |own| start_sh(scripts.next().expect("two attempts"), own));
        let address = started.map(|started| started.address).expect("the second attempt is ready");
        assert!(address.ends_with("sh-2"), "{address}");
    }

    #[test]
    fn any_other_end_is_an_error_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut scripts = ["echo no memory; exit 1"].iter();
        let outcome = on_free_ports(folder.path(), "sh", |own| start_sh(scripts.next().expect("one attempt"), own));
        assert!(matches!(outcome, Err(Error::ServerEnded { .. })));
    }

    #[test]
    fn a_port_that_stays_taken_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut attempts = 0;
        let outcome = on_free_ports(folder.path(), "sh", |own| {
            attempts += 1;
            start_sh("echo Address already in use; exit 1", own)
        });
        assert!(outcome.is_err_and(|error| error.is_taken_port()));
        assert_eq!(attempts, PORT_ATTEMPTS);
    }
}
