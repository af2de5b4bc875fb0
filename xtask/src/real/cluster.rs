//! Three brokers that are controllers as well, with three copies of everything, of which one at a time may be killed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::error::Error;
use super::interruption::Interruption;
use super::kafka::{CLUSTER_ID, NAME, READY_WITHIN, java_command};
use super::kafka_protocol;
use super::port::free_ports;
use super::process::{self, Guarded, Server};

/// Names the folder of requests to the test.
pub(crate) const CLUSTER_VARIABLE: &str = "RELIABILITY_CLUSTER";

const BROKERS: usize = 3;

/// How long a broker that was killed stays away at least: longer than the others take to miss it.
const AWAY: Duration = Duration::from_secs(4);

/// The brokers of a run. All are killed when this goes.
pub(crate) struct Cluster {
    java: PathBuf,
    libraries: PathBuf,
    nodes: Vec<Node>,
    requests: PathBuf,
}

struct Node {
    folder: PathBuf,
    port: u16,
    /// `None` while it is killed.
    server: Option<Server>,
    killed_at: Option<Instant>,
    starts: u32,
}

impl Cluster {
    /// Starts the brokers, each in a folder of its own below `folder`, and waits until clients can use them.
    pub(crate) fn start(
        java: &Path,
        libraries: &Path,
        folder: &Path,
        interruption: &Interruption,
    ) -> Result<Cluster, Error> {
        let ports = free_ports::<{ 2 * BROKERS }>()?;
        let (brokers, controllers) = ports.split_at(BROKERS);
        let requests = folder.join("requests");
        create(&requests)?;
        let mut cluster =
            Cluster { java: java.to_owned(), libraries: libraries.to_owned(), nodes: Vec::new(), requests };
        for (index, port) in brokers.iter().enumerate() {
            let folder = folder.join(format!("kafka-{}", index + 1));
            create(&folder)?;
            let settings = folder.join("server.properties");
            let text = properties(index, brokers, controllers, &folder.join("data"));
            std::fs::write(&settings, text).map_err(|source| Error::Path {
                action: "write",
                path: settings.clone(),
                source,
            })?;
            cluster.format(&folder, &settings, interruption)?;
            cluster.nodes.push(Node { folder, port: *port, server: None, killed_at: None, starts: 0 });
        }
        for index in 0..BROKERS {
            cluster.spawn(index)?;
        }
        for index in 0..BROKERS {
            cluster.wait_for(index, interruption)?;
        }
        Ok(cluster)
    }

    fn format(&self, folder: &Path, settings: &Path, interruption: &Interruption) -> Result<(), Error> {
        const STEP: &str = "formatting Kafka's data folder";
        let log = folder.join("format.log");
        let mut command = self.command();
        command.args(["kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER_ID, "--config"]).arg(settings);
        process::log_to(&mut command, &log)?;
        let status =
            Guarded::spawn(&mut command, super::java::REMEDY)?.wait(STEP, READY_WITHIN, interruption, |_| {})?;
        if !status.success() {
            return Err(Error::Step { step: STEP, status, output: process::tail(&log) });
        }
        Ok(())
    }

    fn command(&self) -> Command {
        java_command(&self.java, &self.libraries)
    }

    fn spawn(&mut self, index: usize) -> Result<(), Error> {
        let mut command = self.command();
        let Some(node) = self.nodes.get_mut(index) else { return Ok(()) };
        command.args(["-Xmx384m", "-Dlog4j2.level=INFO", "kafka.Kafka"]);
        command.arg(node.folder.join("server.properties")).current_dir(&node.folder);
        node.starts += 1;
        let log = node.folder.join(format!("kafka-{}.log", node.starts));
        node.server = Some(Server::spawn(NAME, &mut command, log)?);
        Ok(())
    }

    fn wait_for(&mut self, index: usize, interruption: &Interruption) -> Result<(), Error> {
        let Some(Node { port, server: Some(server), .. }) = self.nodes.get_mut(index) else { return Ok(()) };
        let port = *port;
        server.wait_until_ready(READY_WITHIN, interruption, || kafka_protocol::broker_is_registered(port))
    }

    /// All brokers, for `bootstrap.servers`.
    pub(crate) fn address(&self) -> String {
        let addresses: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        addresses.join(",")
    }

    /// The folder in which tests request something by files: `kill-0` and `start-0` for the first broker. A file is
    /// removed when that is done.
    pub(crate) fn requests(&self) -> &Path {
        &self.requests
    }

    /// Does what is requested.
    pub(crate) fn serve(&mut self, interruption: &Interruption) -> Result<(), Error> {
        for index in 0..BROKERS {
            let (kill, start) =
                (self.requests.join(format!("kill-{index}")), self.requests.join(format!("start-{index}")));
            let Some(node) = self.nodes.get_mut(index) else { continue };
            if kill.exists() {
                eprintln!("real: killing broker {}", index + 1);
                // The guard kills it by its id.
                node.server = None;
                node.killed_at = Some(Instant::now());
                remove(&kill)?;
            }
            if start.exists() && node.killed_at.is_none_or(|killed_at| killed_at.elapsed() >= AWAY) {
                self.spawn(index)?;
                self.wait_for(index, interruption)?;
                remove(&start)?;
            }
        }
        Ok(())
    }

    /// Prints how the logs of the brokers end.
    pub(crate) fn show_logs(&self) {
        self.nodes.iter().filter_map(|node| node.server.as_ref()).for_each(Server::show_log);
    }
}

fn create(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir(folder).map_err(|source| Error::Path { action: "create", path: folder.to_owned(), source })
}

fn remove(file: &Path) -> Result<(), Error> {
    std::fs::remove_file(file).map_err(|source| Error::Path { action: "remove", path: file.to_owned(), source })
}

/// Kafka's defaults, except for the copies, and for what makes tests wait.
fn properties(index: usize, brokers: &[u16], controllers: &[u16], data: &Path) -> String {
    let of = |ports: &[u16]| ports.get(index).copied().unwrap_or_default();
    let (broker, controller) = (of(brokers), of(controllers));
    let voters: Vec<String> =
        controllers.iter().enumerate().map(|(index, port)| format!("{}@127.0.0.1:{port}", index + 1)).collect();
    format!(
        "\
process.roles=broker,controller
node.id={}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.voters={}
log.dirs={}
# Every record is on two brokers before it is acknowledged.
default.replication.factor={BROKERS}
min.insync.replicas=2
offsets.topic.replication.factor={BROKERS}
transaction.state.log.replication.factor={BROKERS}
transaction.state.log.min.isr=2
share.coordinator.state.topic.replication.factor={BROKERS}
share.coordinator.state.topic.min.isr=2
offsets.topic.num.partitions=3
transaction.state.log.num.partitions=3
group.initial.rebalance.delay.ms=0
# A broker or a member that was killed is missed after two seconds.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=2000
",
        index + 1,
        voters.join(","),
        data.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broker_knows_all_controllers() {
        for (index, listeners) in
            [(0, "127.0.0.1:1,CONTROLLER://127.0.0.1:4"), (2, "127.0.0.1:3,CONTROLLER://127.0.0.1:6")]
        {
            let text = properties(index, &[1, 2, 3], &[4, 5, 6], Path::new("/tmp/data"));
            assert!(text.contains(&format!("\nlisteners=PLAINTEXT://{listeners}\n")), "{text}");
            assert!(text.contains(&format!("\nnode.id={}\n", index + 1)), "{text}");
            let voters = "\ncontroller.quorum.voters=1@127.0.0.1:4,2@127.0.0.1:5,3@127.0.0.1:6\n";
            assert!(text.contains(voters), "{text}");
            let is_line =
                |line: &str| line.starts_with("# ") || line.split_once('=').is_some_and(|(_, value)| !value.is_empty());
            assert!(text.lines().all(is_line), "{text}");
        }
    }
}
