//! The embedded broker and registry, and the messages that are measured.

use benches::bench::SensorAlert;
use benches::messages;
use kafka_typed::embedded::Embedded;
use kafka_typed::{KafkaTyped, Topic};
use rdkafka::ClientConfig;
use tokio::runtime::Runtime;

/// The topic of all tables.
pub(crate) const ALERTS: Topic<SensorAlert, String> = Topic::new("alerts");

/// Enough that librdkafka's queues have several, and that none gets more than the embedded broker keeps.
pub(crate) const PARTITIONS: i32 = 8;

/// What all tables need.
pub(crate) struct Servers {
    pub(crate) runtime: Runtime,
    pub(crate) kafka: KafkaTyped,
    pub(crate) alerts: Vec<SensorAlert>,
}

impl Servers {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().expect("tokio starts");
        let kafka = runtime.block_on(async {
            let embedded = Embedded::start().await.expect("the servers start");
            embedded.create_topic(ALERTS.name(), PARTITIONS).expect("there is no such topic yet");
            embedded.kafka().expect("the servers can be used")
        });
        Self { runtime, kafka, alerts: messages::sensor_alerts(messages::COUNT) }
    }

    /// The settings of a raw client.
    pub(crate) fn raw(&self, settings: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.kafka.bootstrap_servers());
        config.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        config
    }

    /// The mean length of what is sent: frame and datum, without the key.
    pub(crate) fn bytes_per_message(&self) -> usize {
        self.framed(1).iter().map(Vec::len).sum::<usize>() / self.alerts.len()
    }

    /// All messages as they are sent.
    pub(crate) fn framed(&self, schema_id: u32) -> Vec<Vec<u8>> {
        let frame = |alert| {
            let datum = avro_typed::to_vec(alert).expect("it can be encoded");
            [&[0], &schema_id.to_be_bytes()[..], &datum].concat()
        };
        self.alerts.iter().map(frame).collect()
    }
}
