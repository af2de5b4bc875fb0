//! Runs a row: lets messages flow, does its steps meanwhile, and compares what was acknowledged with what was read.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use avro_typed::AvroType;
use kafka_typed::schema_registry::SchemaText;
use kafka_typed::{KafkaTyped, SchemaRegistry};
use messages::SensorAlert;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::elsewhere::{self, Tail};
use super::here::{self, Member, Orders, PARTITIONS};
use super::ledger::{Counts, Ledger};
use super::log_lines::LogLines;
use super::report;
use super::row::{Clients, Load, Outcome, Row, Step};
use super::samples::Samples;
use crate::control::Control;
use crate::reliability::child::Child;
use crate::servers;

/// The registry itself, without the proxy in front of it.
const DIRECT_REGISTRY: &str = "FAULTS_DIRECT_REGISTRY";
/// How long what is acknowledged may take to be read, once the row is over.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is looked whether something has come.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The files into which processes write what they have read, and what was acknowledged.
const CONSUMED: &str = "consumed";
const PRODUCED: &str = "produced";

/// What all rows have.
pub(super) struct Stage {
    pub(super) control: Control,
    pub(super) log: LogLines,
    pub(super) is_full: bool,
}

/// A row under way.
struct Running<'s> {
    stage: &'s Stage,
    load: Load,
    kafka: KafkaTyped,
    topic: String,
    ledger: Arc<Ledger>,
    orders: Arc<Orders>,
    members: Vec<Member>,
    consumer: Option<Child>,
    producer: Option<Child>,
    folder: TempDir,
    tails: [Tail; 2],
    restarts: usize,
    schemas: u32,
    notes: Vec<String>,
    broken: Vec<String>,
}

/// Runs a row from its first step to its counts.
pub(super) async fn run(row: &Row, stage: &Stage) -> Outcome {
    let topic = servers::create_topic(&servers::connect().await, &format!("faults-{}", row.name), PARTITIONS).await;
    if row.clients == Clients::HereWithPoison {
        servers::create_topic_named(&servers::connect().await, &here::dead_letters(&topic), 1).await;
    }
    stage.log.take();
    let (ledger, folder) = (Arc::new(Ledger::new()), tempfile::tempdir().expect("a folder"));
    let tails = [
        Tail::new(&folder.path().join(CONSUMED), &ledger, true),
        Tail::new(&folder.path().join(PRODUCED), &ledger, false),
    ];
    let mut running = Running {
        stage,
        load: row.load.of(stage.is_full),
        kafka: kafka_for(row.clients, stage.is_full),
        topic,
        ledger,
        orders: Arc::default(),
        members: Vec::new(),
        consumer: None,
        producer: None,
        folder,
        tails,
        restarts: 0,
        schemas: 0,
        notes: Vec::new(),
        broken: Vec::new(),
    };
    running.steps(&row.before).await;
    let began = Instant::now();
    let sending = running.start(row.clients).await;
    running.steps(&row.steps).await;
    running.orders.is_over.store(true, Ordering::Relaxed);
    let sent = running.finish(sending).await;
    running.outcome(sent, began.elapsed(), row).await
}

/// A client of its own for each row, which remembers nothing of the others.
fn kafka_for(clients: Clients, is_full: bool) -> KafkaTyped {
    let mut builder = KafkaTyped::builder().env().expect("the environment names servers");
    if clients == Clients::HereWithUnknownBroker {
        let known = std::env::var("KAFKA_BOOTSTRAP_SERVERS").expect("the environment names servers");
        builder = builder.bootstrap_servers(format!("no-such-broker.invalid:9092,{known}"));
    }
    if !is_full {
        // By default, librdkafka gives up a broker after a minute without an answer.
        builder = builder.setting("socket.timeout.ms", "8000");
    }
    builder.build().expect("names are looked up later")
}

/// What sends in this process; it returns how many messages it has sent.
type Sending = Option<JoinHandle<u64>>;

impl Running<'_> {
    /// Starts the clients.
    async fn start(&mut self, clients: Clients) -> Sending {
        let (consumed, produced) = (self.consumed(), self.produced());
        match clients {
            Clients::ConsumerElsewhere => {
                self.consumer = Some(elsewhere::start_consumer(&self.kafka, &self.topic, &consumed));
            }
            _ => self.members.push(Member::start(&self.kafka, &self.topic, &self.orders, &self.ledger).await),
        }
        let (kafka, topic, ledger) = (self.kafka.clone(), self.topic.clone(), Arc::clone(&self.ledger));
        match clients {
            Clients::ProducerElsewhere => {
                self.producer = Some(elsewhere::start_producer(&self.kafka, &self.topic, &produced, self.load));
                None
            }
            _ => {
                let has_poison = clients == Clients::HereWithPoison;
                if has_poison {
                    tokio::spawn(here::follow_dead_letters(kafka.clone(), topic.clone(), Arc::clone(&ledger)));
                }
                let orders = Arc::clone(&self.orders);
                Some(tokio::spawn(here::send(kafka, topic, self.load, has_poison, orders, ledger)))
            }
        }
    }

    fn consumed(&self) -> PathBuf {
        self.folder.path().join(CONSUMED)
    }

    fn produced(&self) -> PathBuf {
        self.folder.path().join(PRODUCED)
    }

    async fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            Box::pin(self.step(step)).await;
        }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Request(request) => self.stage.control.request(request).await,
            Step::RestartBroker => {
                self.stage.control.kill_and_restart(self.restarts % 3).await;
                self.restarts += 1;
            }
            Step::Further(percent) => {
                let until = self.ledger.counts().acknowledged + self.load.messages * percent / 100;
                let until = until.min(self.load.messages);
                self.wait("what is to be acknowledged", |running| running.ledger.counts().acknowledged >= until).await;
            }
            Step::For(time) => {
                let until = Instant::now() + Duration::from_millis(time.of(self.stage.is_full));
                self.wait("the end of a step", |_| Instant::now() >= until).await;
            }
            Step::NewSchema => self.new_schema().await,
            Step::OtherMember => {
                self.members.push(Member::start(&self.kafka, &self.topic, &self.orders, &self.ledger).await);
                if self.members.len() > 2 {
                    let complaint = self.members.remove(0).stop().await;
                    self.broken.extend(complaint);
                }
            }
            Step::KillConsumer => {
                // It is killed while it reads, and not while it starts.
                let until = self.ledger.counts().read + self.load.messages / 20;
                self.wait("what is to be read", |running| running.ledger.counts().read >= until).await;
                // The one before is killed when it is replaced.
                self.consumer = None;
                self.consumer = Some(elsewhere::start_consumer(&self.kafka, &self.topic, &self.consumed()));
            }
            Step::KillProducer => {
                self.producer = None;
                let produced = self.produced();
                self.producer = Some(elsewhere::start_producer(&self.kafka, &self.topic, &produced, self.load));
            }
            Step::Sample(time) => {
                let until = Instant::now() + Duration::from_millis(time.of(self.stage.is_full));
                let mut samples = Samples::default();
                self.wait("the end of samples", |_| {
                    samples.take();
                    Instant::now() >= until
                })
                .await;
                self.notes.push(samples.note());
                self.broken.extend(samples.complaints());
            }
            Step::Times(times, steps) => {
                for _ in 0..times.of(self.stage.is_full) {
                    self.steps(steps).await;
                }
            }
        }
    }

    /// Looks again and again, reads what processes have written, and reports how far it is.
    async fn wait(&mut self, what: &str, mut is_there: impl FnMut(&mut Self) -> bool) {
        let (began, mut reported) = (Instant::now(), Instant::now());
        let limit = if self.stage.is_full { PATIENCE * 10 } else { PATIENCE };
        loop {
            self.tails.iter_mut().for_each(Tail::catch_up);
            if is_there(self) {
                break;
            }
            if began.elapsed() > limit {
                self.broken.push(format!("{what} did not come within {} s", limit.as_secs()));
                break;
            }
            if reported.elapsed() > Duration::from_millis(500) {
                let Counts { acknowledged, read, .. } = self.ledger.counts();
                report::progress(acknowledged, read);
                reported = Instant::now();
            }
            // Polls: bounded by the limit above.
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Registers a schema that differs in its documentation alone, so that it has another id and the same bytes, and
    /// has the producer use it.
    async fn new_schema(&mut self) {
        let registry = SchemaRegistry::builder().url(direct_registry()).build().expect("a client");
        self.schemas += 1;
        let schema = format!(r#"{{"doc": "Version {}.", {}"#, self.schemas, &undocumented()[1..]);
        let subject = format!("{}-value", self.topic);
        let id = registry.register(&subject, &SchemaText::new(schema)).await.expect("an id");
        self.orders.schema.store(id.get(), Ordering::Relaxed);
    }

    /// Waits until everything is answered and read, and stops the clients. Returns how many messages were sent.
    async fn finish(&mut self, sending: Sending) -> u64 {
        let sent = match sending {
            Some(mut sending) => {
                self.wait("the end of sending", |_| sending.is_finished()).await;
                match sending.is_finished() {
                    true => (&mut sending).await.expect("no panic"),
                    false => 0,
                }
            }
            None => {
                let messages = self.load.messages;
                self.wait("the end of sending", |running| running.ledger.counts().acknowledged >= messages).await;
                messages
            }
        };
        self.wait("the last messages", |running| running.ledger.waiting() == 0).await;
        for member in self.members.drain(..).collect::<Vec<_>>() {
            self.broken.extend(member.stop().await);
        }
        (self.consumer, self.producer) = (None, None);
        sent
    }

    async fn outcome(self, sent: u64, took: Duration, row: &Row) -> Outcome {
        let counts = self.ledger.counts();
        let mut log = self.stage.log.take();
        for path in [self.consumed(), self.produced()] {
            let warnings = std::fs::read_to_string(elsewhere::warnings(&path)).unwrap_or_default();
            log.extend(warnings.lines().map(str::to_owned));
        }
        let failed_starts = self.orders.failed_starts.load(Ordering::Relaxed);
        let mut notes = self.notes;
        if failed_starts > 0 {
            notes.push(format!("clients could not be built {failed_starts} times, and then could"));
        }
        let rate = match self.load.rate {
            0 => format!("as fast as they go, {} s", took.as_secs()),
            rate => format!("{} per second", grouped(rate)),
        };
        let mut outcome = Outcome {
            load: format!("{} messages, {rate}", grouped(sent)),
            acknowledged: counts.acknowledged,
            lost: self.ledger.waiting(),
            doubled: counts.doubled,
            disordered: counts.disordered,
            longest_stall: counts.longest_stall,
            log,
            notes,
            broken: self.broken,
        };
        if counts.refused > 0 {
            outcome.broken.push(format!("{} were refused", counts.refused));
        }
        outcome.check(&row.permitted, self.stage.is_full);
        outcome
    }
}

pub(super) fn direct_registry() -> String {
    std::env::var(DIRECT_REGISTRY).expect("the registry is named")
}

/// With a comma, as `10,000`.
fn grouped(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}

/// The schema of the messages without documentation of its root, as one line.
fn undocumented() -> String {
    let mut schema: serde_json::Value = serde_json::from_str(SensorAlert::schema().json).expect("JSON");
    schema.as_object_mut().expect("a record").remove("doc");
    schema.to_string()
}
