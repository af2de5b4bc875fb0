//! The messages of these tests: alerts with numbers.

use std::time::Duration;

use kafka_typed::{KafkaTyped, TypedMessage};
use messages::{SensorAlert, SeverityLevel};

/// An alert that is unlike those of other numbers, with so many bytes of text.
pub(crate) fn alert(number: u64, bytes: usize) -> SensorAlert {
    let severity = match number % 3 {
        0 => SeverityLevel::Info,
        1 => SeverityLevel::Warning,
        _ => SeverityLevel::Critical,
    };
    SensorAlert {
        sensor_id: format!("sensor-{number}"),
        alert_type: "TEMPERATURE_HIGH".into(),
        timestamp: number.cast_signed(),
        severity,
        message: format!("{number:0>bytes$}"),
    }
}

pub(crate) fn number_of(message: &TypedMessage<SensorAlert>) -> u64 {
    message.value.timestamp.cast_unsigned()
}

/// The partition of an alert, of so many.
pub(crate) fn partition(number: u64, partitions: u64) -> i32 {
    i32::try_from(number % partitions).expect("few partitions")
}

/// What is sent to a topic.
pub(crate) struct Sending {
    pub(crate) kafka: KafkaTyped,
    pub(crate) topic: String,
    pub(crate) partitions: u64,
    /// How many keys there are: a multiple of the partitions.
    pub(crate) keys: u64,
    pub(crate) bytes: usize,
}

/// How many slices a second has.
const SLICES: u64 = 10;

impl Sending {
    pub(crate) fn key(&self, number: u64) -> u64 {
        number % self.keys
    }

    pub(crate) fn partition(&self, number: u64) -> i32 {
        partition(number, self.partitions)
    }

    /// Sends these alerts, evenly over that time.
    pub(crate) async fn send(&self, numbers: std::ops::Range<u64>, time: Duration) {
        let producer = self.kafka.producer::<SensorAlert>(&self.topic).build().await.expect("a producer");
        let slices = (time.as_secs() * SLICES).max(1);
        let slice = (numbers.end - numbers.start).div_ceil(slices).max(1);
        let mut ticks = tokio::time::interval(Duration::from_millis(1000 / SLICES));
        for number in numbers.clone() {
            if (number - numbers.start).is_multiple_of(slice) && !time.is_zero() {
                ticks.tick().await;
            }
            let alert = alert(number, self.bytes);
            let key = self.key(number).to_string();
            let sending = producer.send(&alert).key(&key).partition(self.partition(number));
            // What is not delivered is in the answer of `close`.
            drop(sending.enqueue().await.expect("room in the queue"));
        }
        producer.close().await.expect("everything is delivered");
    }
}
