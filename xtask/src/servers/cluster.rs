//! Three brokers that are controllers as well, with three copies of everything, which may be killed and started again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::Error;
use super::interruption::Interruption;
use super::kafka::{CLUSTER_ID, NAME, READY_WITHIN, java_command};
use super::kafka_protocol;
use super::port::free_ports;
use super::process::{self, Guarded, Server};

pub(crate) const BROKERS: usize = 3;

/// How long a broker that was killed stays away at least: longer than the others take to miss it.
const AWAY: Duration = Duration::from_secs(4);

/// The brokers of a run. All are killed when this goes.
pub(crate) struct Cluster {
    java: PathBuf,
    libraries: PathBuf,
    nodes: Vec<Node>,
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
    ///
    /// With `doors`, clients are told to connect to these ports instead of the brokers' own.
    pub(crate) fn start(
        java: &Path,
        libraries: &Path,
        folder: &Path,
        doors: Option<[u16; BROKERS]>,
        interruption: &Interruption,
    ) -> Result<Cluster, Error> {
        let ports = Ports { brokers: free_ports()?, doors, between: free_ports()?, controllers: free_ports()? };
        let mut cluster = Cluster { java: java.to_owned(), libraries: libraries.to_owned(), nodes: Vec::new() };
        for (index, port) in ports.brokers.iter().enumerate() {
            let folder = folder.join(format!("kafka-{}", index + 1));
            create(&folder)?;
            let settings = folder.join("server.properties");
            let text = properties(index, &ports, &folder.join("data"));
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

    /// All brokers' own ports, in their order.
    pub(crate) fn ports(&self) -> Vec<u16> {
        self.nodes.iter().map(|node| node.port).collect()
    }

    /// All brokers' own addresses, for `bootstrap.servers`.
    pub(crate) fn address(&self) -> String {
        bootstrap_servers(&self.ports())
    }

    /// Does what a test requests: `kill 0 2` kills the first and the last broker with -9, `start 0 2` starts them
    /// again.
    pub(crate) fn execute(&mut self, request: &str, interruption: &Interruption) -> Result<(), String> {
        let unknown = || format!("`{request}` is not a request to brokers: write `kill 0` or `start 0 1 2`");
        let (what, indices) = request.split_once(' ').ok_or_else(unknown)?;
        let indices: Option<Vec<usize>> =
            indices.split(' ').map(|index| index.parse().ok().filter(|index| *index < BROKERS)).collect();
        let indices = indices.ok_or_else(unknown)?;
        match what {
            "kill" => self.kill(&indices),
            "start" => return self.restart(&indices, interruption).map_err(|error| crate::failure::chain(&error)),
            _ => return Err(unknown()),
        }
        Ok(())
    }

    /// Kills all brokers, also while another thread may start some later.
    pub(crate) fn kill_all(&mut self) {
        self.kill(&[0, 1, 2]);
    }

    fn kill(&mut self, indices: &[usize]) {
        for index in indices {
            let Some(node) = self.nodes.get_mut(*index) else { continue };
            // The guard kills it by its id.
            node.server = None;
            node.killed_at = Some(Instant::now());
        }
    }

    /// Starts brokers once the others have missed them.
    fn restart(&mut self, indices: &[usize], interruption: &Interruption) -> Result<(), Error> {
        let killed = indices.iter().filter_map(|index| self.nodes.get(*index)?.killed_at).max();
        let left = killed.map_or(Duration::ZERO, |killed| AWAY.saturating_sub(killed.elapsed()));
        std::thread::sleep(left);
        // All of them, before one is waited for: it takes two to be a cluster.
        for index in indices {
            self.spawn(*index)?;
        }
        indices.iter().try_for_each(|index| self.wait_for(*index, interruption))
    }

    /// Prints how the logs of the brokers end.
    pub(crate) fn show_logs(&self) {
        self.nodes.iter().filter_map(|node| node.server.as_ref()).for_each(Server::show_log);
    }
}

fn create(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir(folder).map_err(|source| Error::Path { action: "create", path: folder.to_owned(), source })
}

/// For `bootstrap.servers`.
pub(crate) fn bootstrap_servers(ports: &[u16]) -> String {
    let addresses: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    addresses.join(",")
}

/// A request of a test to brokers that several threads share.
pub(crate) fn execute(cluster: &SharedCluster, request: &str, interruption: &Interruption) -> Result<(), String> {
    cluster.lock().unwrap_or_else(PoisonError::into_inner).execute(request, interruption)
}

/// The brokers, for the thread that does what is requested and for the one that shows their logs at the end.
pub(crate) type SharedCluster = Arc<Mutex<Cluster>>;

/// Of each kind one for each broker.
struct Ports {
    brokers: [u16; BROKERS],
    /// Where clients are told to connect to.
    doors: Option<[u16; BROKERS]>,
    /// Among the brokers, which no fault of the clients' network touches.
    between: [u16; BROKERS],
    controllers: [u16; BROKERS],
}

/// Kafka's defaults, except for the copies, and for what makes tests wait.
fn properties(index: usize, ports: &Ports, data: &Path) -> String {
    let of = |ports: &[u16]| ports.get(index).copied().unwrap_or_default();
    let Ports { brokers, doors, between, controllers } = ports;
    let (broker, door) = (of(brokers), of(doors.as_ref().unwrap_or(brokers)));
    let (between, controller) = (of(between), of(controllers));
    let voters: Vec<String> =
        controllers.iter().enumerate().map(|(index, port)| format!("{}@127.0.0.1:{port}", index + 1)).collect();
    format!(
        "\
process.roles=broker,controller
node.id={}
listeners=PLAINTEXT://127.0.0.1:{broker},BETWEEN://127.0.0.1:{between},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{door},BETWEEN://127.0.0.1:{between},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,BETWEEN:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BETWEEN
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
    fn every_broker_knows_all_controllers_and_its_door() {
        let mut ports = Ports { brokers: [1, 2, 3], doors: None, between: [7, 8, 9], controllers: [4, 5, 6] };
        for (index, doors, listener, advertised) in [
            (0, None, "127.0.0.1:1,BETWEEN://127.0.0.1:7", "127.0.0.1:1,"),
            (2, Some([11, 12, 13]), "127.0.0.1:3,BETWEEN://127.0.0.1:9", "127.0.0.1:13,"),
        ] {
            ports.doors = doors;
            let text = properties(index, &ports, Path::new("/tmp/data"));
            assert!(text.contains(&format!("\nlisteners=PLAINTEXT://{listener},")), "{text}");
            assert!(text.contains(&format!("\nadvertised.listeners=PLAINTEXT://{advertised}")), "{text}");
            assert!(text.contains(&format!("\nnode.id={}\n", index + 1)), "{text}");
            let voters = "\ncontroller.quorum.voters=1@127.0.0.1:4,2@127.0.0.1:5,3@127.0.0.1:6\n";
            assert!(text.contains(voters), "{text}");
            let is_line =
                |line: &str| line.starts_with("# ") || line.split_once('=').is_some_and(|(_, value)| !value.is_empty());
            assert!(text.lines().all(is_line), "{text}");
        }
    }

    #[test]
    fn a_request_that_names_no_broker_is_refused() {
        let mut cluster = Cluster { java: PathBuf::new(), libraries: PathBuf::new(), nodes: Vec::new() };
        for request in ["kill", "kill 3", "kill all", "stop 0", "start -1"] {
            let refusal = cluster.execute(request, &Interruption::never()).expect_err("it is refused");
            assert!(refusal.starts_with(&format!("`{request}` is not a request")), "{refusal}");
        }
    }
}
