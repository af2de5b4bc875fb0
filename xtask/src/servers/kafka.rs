//! Apache Kafka as one process that is broker and controller, with its data in a folder of its own.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Started;
use super::error::Error;
use super::interruption::Interruption;
use super::kafka_protocol;
use super::port::free_ports;
use super::process::{self, Guarded, Server};

pub(crate) const NAME: &str = "Apache Kafka";
/// Any identifier will do for a cluster of one; its form is a UUID in base64.
pub(crate) const CLUSTER_ID: &str = "5TQcMPttRhSAo9G_dEssXA";
/// It takes about five seconds; the rest is for machines that do much else.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(120);

/// Formats a data folder in `folder`, which is empty, starts Kafka on it and waits until clients can use it.
pub(crate) fn start(
    java: &Path,
    libraries: &Path,
    folder: &Path,
    interruption: &Interruption,
) -> Result<Started, Error> {
    let [broker, controller] = free_ports()?;
    let settings = folder.join("server.properties");
    std::fs::write(&settings, properties(broker, controller, &folder.join("data"))).map_err(|source| Error::Path {
        action: "write",
        path: settings.clone(),
        source,
    })?;

    format_storage(java, libraries, folder, &settings, interruption)?;
    let mut command = java_command(java, libraries);
    command.args(["-Xmx512m", "-Dlog4j2.level=INFO", "kafka.Kafka"]).arg(&settings).current_dir(folder);
    let mut server = Server::spawn(NAME, &mut command, folder.join("kafka.log"))?;
    server.wait_until_ready(READY_WITHIN, interruption, || kafka_protocol::broker_is_registered(broker))?;
    Ok(Started { server, address: format!("127.0.0.1:{broker}") })
}

fn format_storage(
    java: &Path,
    libraries: &Path,
    folder: &Path,
    settings: &Path,
    interruption: &Interruption,
) -> Result<(), Error> {
    const STEP: &str = "formatting Kafka's data folder";
    let log = folder.join("format.log");
    let mut command = java_command(java, libraries);
    command
        .args(["kafka.tools.StorageTool", "format", "--standalone", "--cluster-id", CLUSTER_ID, "--config"])
        .arg(settings);
    process::log_to(&mut command, &log)?;
    let status = Guarded::spawn(&mut command, super::java::REMEDY)?.wait(STEP, READY_WITHIN, interruption, |_| {})?;
    if !status.success() {
        return Err(Error::Step { step: STEP, status, output: process::tail(&log) });
    }
    Ok(())
}

pub(crate) fn java_command(java: &Path, libraries: &Path) -> Command {
    let mut command = Command::new(java);
    command.arg("-cp").arg(libraries.join("*"));
    command
}

/// Kafka's defaults, except for what one broker needs and what makes tests wait for nothing.
fn properties(broker: u16, controller: u16, data: &Path) -> String {
    format!(
        "\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
log.dirs={}
# There is one broker to hold copies.
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# The default of 50 and 50 partitions costs start-up time and buys nothing here.
offsets.topic.num.partitions=2
transaction.state.log.num.partitions=2
# The first member of a group starts at once instead of waiting three seconds for others.
group.initial.rebalance.delay.ms=0
# A member that was killed is missed after two seconds, in tests that ask for that.
group.min.session.timeout.ms=2000
",
        data.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_settings_is_a_setting_or_a_comment() {
        let text = properties(1001, 1002, Path::new("/tmp/data"));
        for line in text.lines() {
            assert!(
                line.starts_with("# ")
                    || line.split_once('=').is_some_and(|(name, value)| !name.is_empty() && !value.is_empty()),
                "{line}"
            );
        }
        assert!(text.contains("\nlisteners=PLAINTEXT://127.0.0.1:1001,CONTROLLER://127.0.0.1:1002\n"), "{text}");
        assert!(text.contains("\nlog.dirs=/tmp/data\n"), "{text}");
    }
}
