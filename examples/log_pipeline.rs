//! Collects what several services log, records of several types on one topic: archives them in batches in an object
//! container file, sums them up in a table, and reads a part of them again, from a point in time.

#[path = "input/ndjson.rs"]
mod ndjson;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;
use std::time::Duration;

use apache_avro::{AvroSchema as _, Reader, Writer};
use avro_derive::{Avro, TopicValue};
use avro_typed::jiff::Timestamp;
use avro_typed::topic::OtherRecord;
use clap::Parser;
use kafka_typed::{KafkaTyped, SubjectNameStrategy, Topic};
use messages::LogRecord;
use messages::com::example::logs::{Level, LogEvent, RequestServed, ServiceDeployed};
use tokio::time::timeout;

const LOGS: Topic<Log, String> = Topic::new("service-logs");

/// What is on the topic. Each type has a subject of its own, such as `service-logs-com.example.logs.LogEvent`.
#[derive(TopicValue)]
enum Log {
    Event(LogEvent),
    Request(RequestServed),
    Deployment(ServiceDeployed),
    /// From services that are ahead of this program.
    #[avro(other)]
    Other(OtherRecord),
}

/// A type that the pipeline does not know.
#[derive(Avro)]
#[avro(namespace = "com.example.logs")]
struct Heartbeat {
    service: String,
}

#[derive(Parser)]
struct Arguments {
    /// File with one record per line, as JSON: an object with the name of the record's type as its key.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/service_logs.ndjson"))]
    input: PathBuf,
    /// Where to keep the archive; by default it is written to a temporary file and removed.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// How long to wait for the next batch.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let (records, invalid) = ndjson::read(&arguments.input)?;
    let logs: Vec<Log> = records.into_iter().map(Log::from_record).collect();
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let moved = send(&kafka, &logs).await?;
    let heartbeats =
        kafka.producer::<Heartbeat>(LOGS.name()).subject_strategy(SubjectNameStrategy::TopicRecordName).build().await?;
    heartbeats.send(&Heartbeat { service: "catalog".to_owned() }).await?;
    let sent = logs.len() + 1;

    let folder = tempfile::tempdir()?;
    let path = arguments.out.unwrap_or_else(|| folder.path().join("service_logs.avro"));
    let schema = LogRecord::get_schema();
    let mut archive = Writer::new(&schema, BufWriter::new(File::create(&path)?))?;
    let mut summary = Summary::default();
    let (mut received, mut failed) = (0, invalid);
    let mut consumer = kafka.consumer(&LOGS).group("log-archive").build().await?;
    while received < sent
        && let Ok(Some(batch)) = timeout(PATIENCE, consumer.next_batch(500, Duration::from_millis(50))).await
    {
        let batch = batch?;
        for log in batch.values() {
            summary.add(log);
            if let Some(record) = log.to_record() {
                archive.append_ser(&record)?;
            }
        }
        for error in batch.errors() {
            eprintln!("{error}");
            failed += 1;
        }
        received += batch.len();
        // Only what is in the file is done: after a crash the rest comes again.
        archive.flush()?;
        batch.done();
    }
    archive.into_inner()?.into_inner()?;
    consumer.close().await?;
    summary.print();
    let archived = Reader::new(BufReader::new(File::open(&path)?))?.into_deser_iter::<LogRecord>();
    let archived = archived.collect::<Result<Vec<_>, _>>()?.len();

    let deployed = logs.iter().rfind(|log| matches!(log, Log::Deployment(_))).and_then(Log::time);
    let since = deployed.map_or(i64::MIN, Timestamp::as_millisecond) + moved;
    let mut replay = kafka.consumer(&LOGS).from_timestamp(since).build().await?;
    let mut since_deployment = Summary::default();
    while let Some(message) = replay.next_until_end().await {
        since_deployment.add(&message?.value);
    }
    println!("\nSince the last deployment:");
    since_deployment.print();
    println!(
        "log_pipeline: sent {sent}, archived {archived}, of unknown types {}, again since the last deployment {}, failed {failed}",
        summary.unknown, since_deployment.records
    );
    Ok(())
}

/// Sends all logs, with times as if the last had happened now, so that no broker deletes them for their age. Returns by
/// how many milliseconds they were moved.
async fn send(kafka: &KafkaTyped, logs: &[Log]) -> Result<i64, Box<dyn Error>> {
    let last = logs.iter().filter_map(Log::time).max().unwrap_or_default();
    let moved = Timestamp::now().as_millisecond() - last.as_millisecond();
    let producer = kafka.producer(&LOGS).build().await?;
    for log in logs {
        let time = log.time().unwrap_or(last).as_millisecond() + moved;
        drop(producer.send(log).key(log.service()).timestamp(time).enqueue().await?);
    }
    producer.close().await?;
    Ok(moved)
}

impl Log {
    fn from_record(record: LogRecord) -> Self {
        match record {
            LogRecord::LogEvent(event) => event.into(),
            LogRecord::RequestServed(request) => request.into(),
            LogRecord::ServiceDeployed(deployment) => deployment.into(),
        }
    }

    fn to_record(&self) -> Option<LogRecord> {
        match self {
            Log::Event(event) => Some(event.clone().into()),
            Log::Request(request) => Some(request.clone().into()),
            Log::Deployment(deployment) => Some(deployment.clone().into()),
            Log::Other(_) => None,
        }
    }

    fn service(&self) -> &str {
        match self {
            Log::Event(LogEvent { service, .. })
            | Log::Request(RequestServed { service, .. })
            | Log::Deployment(ServiceDeployed { service, .. }) => service,
            Log::Other(_) => "",
        }
    }

    fn time(&self) -> Option<Timestamp> {
        match self {
            Log::Event(LogEvent { timestamp, .. })
            | Log::Request(RequestServed { timestamp, .. })
            | Log::Deployment(ServiceDeployed { timestamp, .. }) => Some(*timestamp),
            Log::Other(_) => None,
        }
    }
}

/// What the services have logged.
#[derive(Default)]
struct Summary {
    services: BTreeMap<String, Service>,
    records: usize,
    unknown: usize,
}

/// What one service has logged.
#[derive(Default)]
struct Service {
    version: Option<String>,
    errors: usize,
    failed_requests: usize,
    /// How long each request took, in microseconds.
    requests: Vec<i64>,
}

impl Summary {
    fn add(&mut self, log: &Log) {
        self.records += 1;
        if let Log::Other(record) = log {
            eprintln!("unknown type: {}", record.fullname().unwrap_or("without a name"));
            self.unknown += 1;
            return;
        }
        let service = self.services.entry(log.service().to_owned()).or_default();
        match log {
            Log::Event(event) => service.errors += usize::from(event.level == Level::Error),
            Log::Request(request) => {
                service.failed_requests += usize::from(request.status >= 500);
                service.requests.push(request.duration_micros);
            }
            Log::Deployment(deployment) => service.version = Some(deployment.version.clone()),
            Log::Other(_) => {}
        }
    }

    fn print(&mut self) {
        println!(
            "{:<16} {:<9} {:>6} {:>8} {:>6} {:>9}",
            "SERVICE", "VERSION", "ERRORS", "REQUESTS", "FAILED", "MEDIAN"
        );
        for (name, Service { version, errors, failed_requests, requests }) in &mut self.services {
            requests.sort_unstable();
            let median = requests.get(requests.len() / 2).map_or(String::new(), |micros| format!("{micros} µs"));
            let version = version.as_deref().unwrap_or("as before");
            println!("{name:<16} {version:<9} {errors:>6} {:>8} {failed_requests:>6} {median:>9}", requests.len());
        }
    }
}
