//! Sends sensor alerts, consumes them back, and shows the critical ones as they arrive.
//!
//! It uses the servers that `KAFKA_BOOTSTRAP_SERVERS` and `SCHEMA_REGISTRY_URL` name; with neither set it starts its own.

mod ndjson;

use std::collections::VecDeque;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use avro_typed::jiff::Timestamp;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kafka_typed::{KafkaTyped, TypedConsumer, TypedProducer};
use messages::{SensorAlert, SeverityLevel};
use tokio::sync::Semaphore;
use tokio::time::timeout;

#[derive(Parser)]
struct Arguments {
    /// File with one alert a line, as JSON.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/sensor_alerts.ndjson"))]
    input: PathBuf,
    /// Send this many generated alerts instead of a file's, and say how fast that went.
    #[arg(long)]
    count: Option<u64>,
}

/// How many alerts may be on their way: the embedded broker drops what nobody has read after some MiB.
const WINDOW: usize = 50_000;
/// How long the consumer waits for an alert before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let producer = kafka.producer::<SensorAlert>("sensor-alert").subject("sensor-alert-value").build().await?;
    let consumer = kafka.consumer::<SensorAlert>("sensor-alert").from_end().build().await?;

    let (alerts, progress, invalid) = match arguments.count {
        Some(count) => ((0..count).map(generated).collect(), progress_bar(count)?, 0),
        None => {
            let (alerts, invalid) = read(&arguments)?;
            (alerts, ProgressBar::hidden(), invalid)
        }
    };
    let window = Arc::new(Semaphore::new(WINDOW));
    let start = Instant::now();
    let show = arguments.count.is_none();
    let receiving = tokio::spawn(receive(consumer, alerts.len(), window.clone(), show));
    let unsent = send(&producer, &alerts, &window, &progress).await?;
    let producing = start.elapsed();
    let (consumed, unread) = receiving.await?;
    progress.finish();

    let produced = alerts.len() - unsent;
    if !show {
        let rate = |count: usize, time: Duration| count as f64 / time.as_secs_f64();
        println!(
            "produced {:.0} msg/s, consumed {:.0} msg/s",
            rate(produced, producing),
            rate(consumed, start.elapsed())
        );
    }
    println!("sensor_alert: produced {produced}, consumed {consumed}, failed {}", invalid + unsent + unread);
    Ok(())
}

/// Reads the alerts of the input. A line that is none is reported and counted.
fn read(arguments: &Arguments) -> Result<(Vec<SensorAlert>, usize), Box<dyn Error>> {
    let (mut alerts, mut invalid) = (Vec::new(), 0);
    for (line, alert) in ndjson::read(&arguments.input)? {
        match alert {
            Ok(alert) => alerts.push(alert),
            Err(error) => {
                eprintln!("{}, line {line}: {error}", arguments.input.display());
                invalid += 1;
            }
        }
    }
    Ok((alerts, invalid))
}

/// Sends all alerts, many at a time, and says how many did not arrive.
async fn send(
    producer: &TypedProducer<SensorAlert>,
    alerts: &[SensorAlert],
    window: &Semaphore,
    progress: &ProgressBar,
) -> Result<usize, Box<dyn Error>> {
    let (mut deliveries, mut failed) = (VecDeque::new(), 0);
    for alert in alerts {
        window.acquire().await?.forget();
        deliveries.push_back(producer.send(alert).key(&alert.sensor_id).enqueue().await?);
        while deliveries.len() > WINDOW / 2
            && let Some(delivery) = deliveries.pop_front()
        {
            failed += usize::from(delivery.await.is_err());
        }
        progress.inc(1);
    }
    for delivery in deliveries {
        failed += usize::from(delivery.await.is_err());
    }
    Ok(failed)
}

/// Receives alerts until all have come, and says how many were read and how many could not be.
async fn receive(
    mut consumer: TypedConsumer<SensorAlert>,
    expected: usize,
    window: Arc<Semaphore>,
    show: bool,
) -> (usize, usize) {
    let (mut consumed, mut failed) = (0, 0);
    if show {
        println!("{:<21} {:<22} {:<18} CRITICAL ALERT", "TIME", "SENSOR", "TYPE");
    }
    while consumed + failed < expected
        && let Ok(Some(message)) = timeout(PATIENCE, consumer.next()).await
    {
        window.add_permits(1);
        match message {
            Ok(message) => {
                consumed += 1;
                if show && message.value.severity == SeverityLevel::Critical {
                    let SensorAlert { sensor_id, alert_type, timestamp, message, .. } = message.value;
                    // A number that is no date is shown as what it is.
                    let time = Timestamp::from_millisecond(timestamp)
                        .map_or(timestamp.to_string(), |time| format!("{time:.0}"));
                    println!("{time:<21} {sensor_id:<22} {alert_type:<18} {message}");
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

/// The alert of this number.
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

fn progress_bar(count: u64) -> Result<ProgressBar, Box<dyn Error>> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} alerts, {per_sec}, {eta} left")?;
    Ok(ProgressBar::new(count).with_style(style))
}
