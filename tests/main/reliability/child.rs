//! A consumer in a process of its own, that can be killed: this test binary, started again.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use kafka_typed::{ConsumerBuilder, KafkaTyped};
use messages::SensorAlert;

use super::{killed, stuck, transactions};
use crate::faults::{clock, disk, elsewhere};

const ROLE: &str = "RELIABILITY_CHILD";
const TOPIC: &str = "RELIABILITY_TOPIC";
const LOG: &str = "RELIABILITY_LOG";

/// A process that is killed with -9 at the latest when this is dropped.
pub(crate) struct Child(std::process::Child);

impl Child {
    /// Starts what [`process`] does in this role.
    pub(crate) fn start(role: &str, kafka: &KafkaTyped, topic: &str, log: &Path) -> Self {
        Self::start_by(Command::new(std::env::current_exe().expect("this binary")), role, kafka, topic, log)
    }

    /// The same, with this binary started by a command.
    pub(crate) fn start_by(mut command: Command, role: &str, kafka: &KafkaTyped, topic: &str, log: &Path) -> Self {
        command.args(["--exact", "reliability::child::process", "--nocapture"]);
        command.env(ROLE, role).env(TOPIC, topic).env(LOG, log).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some(embedded) = kafka.embedded() {
            command.env("KAFKA_BOOTSTRAP_SERVERS", embedded.bootstrap_servers());
            command.env("SCHEMA_REGISTRY_URL", embedded.schema_registry_url());
        }
        Self(command.spawn().expect("this binary can be started again"))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills it with -9.
    pub(crate) fn kill(&mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it can be waited for");
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("a child").is_none()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // On Unix this is SIGKILL. One that has ended already cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// No test, unless another one has started it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let log = PathBuf::from(std::env::var(LOG).expect("the parent names a log"));
    let topic = std::env::var(TOPIC).expect("the parent names a topic");
    let kafka = KafkaTyped::from_env().expect("the parent names servers");
    match role.as_str() {
        "killed" => killed::child(consumer(&kafka, &topic), &log).await,
        "stuck" => stuck::child(consumer(&kafka, &topic), &log).await,
        role if role.starts_with(clock::CLIENT) => clock::ask(role, &kafka, &topic, &log).await,
        disk::REGISTRY => disk::serve(&log).await,
        elsewhere::CONSUMER => elsewhere::consume(consumer(&kafka, &topic), &log).await,
        role if role.starts_with(elsewhere::PRODUCER) => elsewhere::produce(role, &kafka, &topic, &log).await,
        role if role.starts_with(transactions::ROLE) => transactions::child(role, &kafka, &topic, &log).await,
        other => panic!("no role is named `{other}`"),
    }
}

/// A member of the topic's group, which Kafka's shortest limits apply to.
fn consumer(kafka: &KafkaTyped, topic: &str) -> ConsumerBuilder<SensorAlert> {
    kafka
        .consumer::<SensorAlert>(topic)
        .group(topic)
        .setting("session.timeout.ms", "6000")
        .setting("heartbeat.interval.ms", "500")
        .setting("max.poll.interval.ms", "6000")
        .setting("auto.commit.interval.ms", "200")
}

/// A file to which several threads add lines, each with one call of the system, so that a kill cuts none.
#[derive(Clone)]
pub(crate) struct Log(Arc<File>);

impl Log {
    pub(crate) fn open(path: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Self(Arc::new(file.expect("the log can be written")))
    }

    pub(crate) fn add(&self, line: &str) {
        (&*self.0).write_all(format!("{line}\n").as_bytes()).expect("the log can be written");
    }
}

/// The numbers in each line of a log, which may not exist yet.
pub(crate) fn lines(log: &Path) -> Vec<Vec<u64>> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let numbers = |line: &str| line.split(' ').map(|number| number.parse().expect("a number")).collect();
    whole.lines().map(numbers).collect()
}
