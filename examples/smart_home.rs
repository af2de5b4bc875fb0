//! Watches the sensors of a house: readings come in, alerts go out while they do, and what is not a reading ends in a
//! dead letter topic.
//!
//! It uses the servers that `KAFKA_BOOTSTRAP_SERVERS` and `SCHEMA_REGISTRY_URL` name; if neither is set it starts its
//! own.

use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::Parser;
use kafka_typed::connection::ProducerRecord;
use kafka_typed::{FailurePolicy, Handler, HandlerError, KafkaTyped, Order, Retry, Topic, TypedMessage, TypedProducer};
use messages::com::example::iot::SensorReading;
use messages::{SensorAlert, SeverityLevel};

const READINGS: Topic<SensorReading, String> = Topic::new("sensor-reading").dead_letters("sensor-reading-dlt");
const ALERTS: Topic<SensorAlert, String> = Topic::new("smart-home-alert").subject("sensor-alert-value");

/// The highest temperature of places that have one of their own, in degrees Celsius.
const LIMITS: [(&str, f64); 4] =
    [("kitchen/fridge", 8.0), ("kitchen/freezer", -12.0), ("cellar/boiler", 75.0), ("office/server", 40.0)];

#[derive(Parser)]
struct Arguments {
    /// File with one reading per line, as JSON.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/sensor_readings.ndjson"))]
    input: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let input = std::fs::read_to_string(Arguments::parse().input)?;
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let readings = kafka.producer(&READINGS).build().await?;
    let alerts = kafka.producer(&ALERTS).build().await?;
    let consumer = kafka.consumer(&READINGS).group("smart-home").build().await?;
    let control = consumer.control();

    println!("{:<21} {:<18} {:<17} ALERT", "TIME", "SENSOR", "TYPE");
    let run = consumer
        .run(Watch { alerts: alerts.clone(), raised: Mutex::default() })
        .order(Order::Key)
        .on_error(FailurePolicy::dead_letters().retry(Retry::new(3)))
        .on_bad_message(FailurePolicy::dead_letters());
    // A service would have `.stop_on_signal()`; the input of an example comes to an end.
    let input_ends = async {
        send(readings, &input).await?;
        control.wait_until_caught_up().await?;
        control.stop();
        Ok::<_, Box<dyn Error>>(())
    };
    let (summary, ()) = tokio::try_join!(async { Ok(run.await?) }, input_ends)?;

    let raised = alerts.close().await?.delivered;
    let (processed, bad) = (summary.total.processed, summary.total.dead_lettered);
    println!(
        "smart_home: processed {processed} readings, raised {raised} alerts, sent {bad} bad messages to a dead letter topic"
    );
    Ok(())
}

/// Sends what the gateway of the house receives. What is not a reading is sent as it is.
async fn send(readings: TypedProducer<SensorReading, String>, input: &str) -> Result<(), Box<dyn Error>> {
    for line in input.lines() {
        // Whether it was delivered is in the producer's counts, so that its future need not be kept.
        drop(match serde_json::from_str::<SensorReading>(line) {
            Ok(reading) => readings.send(&reading).key(&reading.sensor_id).enqueue().await?,
            Err(_) => readings.raw().enqueue(ProducerRecord::new(Some(line.as_bytes()))).await?,
        });
    }
    match readings.close().await? {
        counts if counts.failed == 0 => Ok(()),
        counts => Err(format!("{} readings were not delivered", counts.failed).into()),
    }
}

/// Raises an alert when a sensor passes a limit, and not again before it was back within it.
struct Watch {
    alerts: TypedProducer<SensorAlert, String>,
    /// The alert of each sensor that has passed a limit. Readings of one sensor come one after the other.
    raised: Mutex<HashMap<String, &'static str>>,
}

impl Handler<SensorReading, String> for Watch {
    async fn handle(&self, message: TypedMessage<SensorReading, String>) -> Result<(), HandlerError> {
        let SensorReading { sensor_id, measured_at, .. } = &message.value;
        let Some((alert_type, severity, text)) = passed_limit(&message.value) else {
            self.raised().remove(sensor_id);
            return Ok(());
        };
        if self.raised().get(sensor_id) == Some(&alert_type) {
            return Ok(());
        }
        println!("{:<21} {sensor_id:<18} {alert_type:<17} {text}", format!("{measured_at:.0}"));
        let alert = SensorAlert {
            sensor_id: sensor_id.clone(),
            alert_type: alert_type.to_owned(),
            timestamp: measured_at.as_millisecond(),
            severity,
            message: text,
        };
        // If this fails, the reading is tried again, and the alert is not raised yet.
        self.alerts.send(&alert).key(sensor_id).await?;
        self.raised().insert(sensor_id.clone(), alert_type);
        Ok(())
    }
}

impl Watch {
    fn raised(&self) -> MutexGuard<'_, HashMap<String, &'static str>> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn passed_limit(reading: &SensorReading) -> Option<(&'static str, SeverityLevel, String)> {
    let SensorReading { sensor_id, temperature, humidity, battery, .. } = reading;
    let own_limit = LIMITS.iter().find(|(sensor, _)| sensor == sensor_id);
    let highest = own_limit.map_or(35.0, |(_, limit)| *limit);
    if *temperature > highest {
        let text = format!("{temperature:.1} °C, limit {highest:.1} °C");
        return Some(("TEMPERATURE_HIGH", SeverityLevel::Critical, text));
    }
    if *humidity > 95.0 {
        return Some(("HUMIDITY_HIGH", SeverityLevel::Warning, format!("{humidity:.0} %, limit 95 %")));
    }
    let battery = battery.filter(|battery| *battery < 5.0)?;
    Some(("BATTERY_LOW", SeverityLevel::Info, format!("battery at {battery:.0} %")))
}
