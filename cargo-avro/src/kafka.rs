//! How brokers are asked.

use std::time::Duration;

use clap::Args;
use kafka_typed::connection::{Connection, ReceiveError};

use crate::answer::counted;
use crate::arguments::given;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct KafkaArguments {
    /// The brokers, `host:port` with commas between them [env: KAFKA_BOOTSTRAP_SERVERS].
    #[arg(long, value_name = "SERVERS")]
    brokers: Option<String>,
    /// A setting of librdkafka, such as `security.protocol=SASL_SSL`; may be given several times.
    #[arg(long = "setting", short = 'X', value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// How many seconds to wait for the brokers.
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    timeout: u64,
}

impl KafkaArguments {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// The brokers, for messages.
    pub(crate) fn brokers(&self) -> Result<String, Failure> {
        given(self.brokers.as_deref(), "KAFKA_BOOTSTRAP_SERVERS").ok_or_else(|| {
            Failure::usage("no Kafka broker is named", "give --brokers HOST:PORT, or set KAFKA_BOOTSTRAP_SERVERS")
        })
    }

    /// The brokers with the settings for them: those of the environment, by the rules of
    /// [`KafkaTyped::from_env`](kafka_typed::KafkaTyped::from_env), and over them those of the command line.
    ///
    /// `defaults` are those of the command, which both override.
    pub(crate) fn connection(&self, defaults: &[(&str, &str)]) -> Result<Connection, Failure> {
        let builder =
            defaults.iter().fold(Connection::builder(), |builder, (name, value)| builder.setting(*name, *value));
        let mut builder = builder.env()?.bootstrap_servers(self.brokers()?);
        for setting in &self.settings {
            let (name, value) = name_and_value(setting)?;
            builder = builder.setting(name, value);
        }
        Ok(builder.oidc()?.build()?)
    }
}

/// How often an interruption is looked for.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// Whether nothing more will come.
pub(crate) fn is_final(error: &ReceiveError) -> bool {
    !error.is_transient() || error.code().is_unknown_topic()
}

pub(crate) fn no_partition(topic: &str, partition: i32, count: usize) -> Failure {
    Failure::usage(
        format!("topic `{topic}` has no partition {partition}"),
        format!("it has {}, counted from 0", counted(count, "partition")),
    )
}

fn name_and_value(setting: &str) -> Result<(&str, &str), Failure> {
    setting.split_once('=').ok_or_else(|| Failure::usage(format!("`{setting}` is not a setting"), "write NAME=VALUE"))
}
