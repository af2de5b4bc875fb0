//! Sends sensor alerts, consumes them back, and shows the critical ones as they arrive.
//!
//! It uses the servers that `KAFKA_BOOTSTRAP_SERVERS` and `SCHEMA_REGISTRY_URL` name; if neither is set it starts its
//! own.

#[path = "input/ndjson.rs"]
mod ndjson;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use avro_typed::jiff::Timestamp;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kafka_typed::{KafkaTyped, TypedConsumer};
use messages::{SensorAlert, SeverityLevel};
use tokio::sync::Semaphore;
use tokio::time::timeout;

#[derive(Parser)]
struct Arguments {
    /// File with one alert per line, as JSON.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/sensor_alerts.ndjson"))]
    input: PathBuf,
    /// Send this many generated alerts instead of a file's, and print the throughput.
    #[arg(long)]
    count: Option<u64>,
}

/// How many alerts may be in flight: the embedded broker drops unread messages after some MiB.
const WINDOW: usize = 50_000;
/// How long to wait for the next message.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let producer = kafka.producer::<SensorAlert>("sensor-alert").subject("sensor-alert-value").build().await?;
    let consumer = kafka.consumer::<SensorAlert>("sensor-alert").from_end().build().await?;

    let (alerts, invalid) = match arguments.count {
        Some(count) => ((0..count).map(generated).collect(), 0),
        None => ndjson::read(&arguments.input)?,
    };
    let progress = arguments.count.map_or_else(ProgressBar::hidden, ProgressBar::new);
    progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} alerts, {per_sec}, {eta} left")?);

    let window = Arc::new(Semaphore::new(WINDOW));
    let show = arguments.count.is_none();
    let receiving = tokio::spawn(receive(consumer, alerts.len(), window.clone(), show));
    let start = Instant::now();
    for alert in &alerts {
        window.acquire().await?.forget();
        // Whether it was delivered is in the producer's counts, so that its future need not be kept.
        drop(producer.send(alert).key(&alert.sensor_id).enqueue().await?);
        progress.inc(1);
    }
    producer.flush(PATIENCE).await?;
    let producing = start.elapsed();
    let (consumed, unread) = receiving.await?;
    progress.finish();

    let (produced, unsent) = (producer.counts().delivered, producer.counts().failed);
    if !show {
        let rate = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
        let (sent, received) = (rate(produced, producing), rate(consumed, start.elapsed()));
        println!("produced {sent:.0} msg/s, consumed {received:.0} msg/s");
    }
    println!("sensor_alert: produced {produced}, consumed {consumed}, failed {}", invalid as u64 + unsent + unread);
    if consumed == produced { Ok(()) } else { Err("not everything that was produced was consumed".into()) }
}

/// Receives alerts until all have arrived, and returns how many were read and how many could not be.
async fn receive(
    mut consumer: TypedConsumer<SensorAlert>,
    expected: usize,
    window: Arc<Semaphore>,
    show: bool,
) -> (u64, u64) {
    let (mut consumed, mut failed) = (0, 0);
    if show {
        println!("{:<21} {:<22} {:<18} CRITICAL ALERT", "TIME", "SENSOR", "TYPE");
    }
    for _ in 0..expected {
        let Ok(Some(message)) = timeout(PATIENCE, consumer.next()).await else { break };
        window.add_permits(1);
        match message {
            Ok(message) => {
                consumed += 1;
                if show && message.value.severity == SeverityLevel::Critical {
                    print_row(&message.value);
                }
            }
            Err(error) => {
                failed += 1;
                eprintln!("{error}");
            }
        }
    }
    (consumed, failed)
}

fn print_row(alert: &SensorAlert) {
    let SensorAlert { sensor_id, alert_type, timestamp, message, .. } = alert;
    // A number that is not a date is shown as a number.
    let time = Timestamp::from_millisecond(*timestamp).map_or(timestamp.to_string(), |time| format!("{time:.0}"));
    println!("{time:<21} {sensor_id:<22} {alert_type:<18} {message}");
}

/// The alert with this number.
fn generated(number: u64) -> SensorAlert {
    let severities = [SeverityLevel::Info, SeverityLevel::Warning, SeverityLevel::Critical];
    SensorAlert {
        sensor_id: format!("berlin-plant/t-{:05}", number % 20_011),
        alert_type: ["TEMPERATURE_HIGH", "PRESSURE_LOW", "OFFLINE"][(number % 7 % 3) as usize].into(),
        timestamp: 1_760_000_000_000 + i64::try_from(number).unwrap_or(i64::MAX) % 1_000_000_000,
        severity: severities[(number % 11 % 3) as usize],
        message: format!("generated alert number {number}, which has a message of about the usual length"),
    }
}
