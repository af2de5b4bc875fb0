//! How brokers are asked.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use clap::Args;
use kafka_typed::connection::Connection;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::metadata::{Metadata, MetadataPartition, MetadataTopic};
use rdkafka::types::RDKafkaErrorCode;
use tokio::runtime::Runtime;

use crate::arguments::given;
use crate::exit::Exit;
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

/// Where secrets are better kept than on a command line.
const VARIABLES: [(&str, &str); 4] = [
    ("KAFKA_SECURITY_PROTOCOL", "security.protocol"),
    ("KAFKA_SASL_MECHANISM", "sasl.mechanism"),
    ("KAFKA_USERNAME", "sasl.username"),
    ("KAFKA_PASSWORD", "sasl.password"),
];

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
    pub(crate) fn connection(&self) -> Result<Connection, Failure> {
        let mut builder = Connection::builder().env()?.bootstrap_servers(self.brokers()?);
        for setting in &self.settings {
            let (name, value) = name_and_value(setting)?;
            builder = builder.setting(name, value);
        }
        Ok(builder.build()?)
    }

    /// Settings, of which those of the command line count most.
    pub(crate) fn config(&self, defaults: &[(&str, &str)]) -> Result<ClientConfig, Failure> {
        let mut settings: HashMap<String, String> =
            defaults.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for (variable, setting) in VARIABLES {
            settings.extend(given(None, variable).map(|value| (setting.to_owned(), value)));
        }
        for setting in &self.settings {
            let (name, value) = name_and_value(setting)?;
            settings.insert(name.to_owned(), value.to_owned());
        }
        settings.insert("bootstrap.servers".to_owned(), self.brokers()?);
        let mut config: ClientConfig = settings.into_iter().collect();
        // What goes wrong is said here, in our words.
        config.set_log_level(RDKafkaLogLevel::Emerg);
        Ok(config)
    }

    /// The numbers of the partitions of a topic, of which `ask` gets the metadata within the time that it is given.
    ///
    /// A broker that may create topics answers the question that makes it create one with "unknown", and knows no
    /// leader for a moment afterwards. So where the topic may be `created` it is asked again until the time is over.
    pub(crate) fn partitions(
        &self,
        topic: &str,
        created: bool,
        ask: impl Fn(Duration) -> Result<Metadata, KafkaError>,
    ) -> Result<Vec<i32>, Failure> {
        const PAUSE: Duration = Duration::from_millis(100);
        let until = Instant::now() + self.timeout();
        let mut partitions = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let metadata = ask(left.max(PAUSE)).map_err(|error| self.failure(&error))?;
            let found = metadata.topics().iter().find(|found| found.name() == topic);
            partitions.extend(found.iter().flat_map(|found| found.partitions()).map(MetadataPartition::id));
            let may_come = found.and_then(MetadataTopic::error).is_none_or(|code| {
                matches!(
                    RDKafkaErrorCode::from(code),
                    RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::LeaderNotAvailable
                )
            });
            if !partitions.is_empty() || !created || !may_come || left <= PAUSE {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        partitions.sort_unstable();
        if partitions.is_empty() {
            return Err(Failure::refused(
                format!("there is no topic `{topic}` at {}", self.brokers()?),
                "check its name; or create it, as brokers do for the first message where they may",
            ));
        }
        Ok(partitions)
    }

    /// An error of the client, with what to do about it.
    pub(crate) fn failure(&self, error: &KafkaError) -> Failure {
        let brokers = self.brokers().unwrap_or_default();
        if let KafkaError::ClientConfig(_, reason, name, value) = error {
            return Failure::usage(
                format!("the setting {name}={value} cannot be used: {reason}"),
                "see the settings of librdkafka; for TLS and SCRAM install cargo-avro with --features ssl",
            );
        }
        if let Some(code @ (RDKafkaErrorCode::NotImplemented | RDKafkaErrorCode::BadCompression)) =
            error.rdkafka_error_code()
        {
            return Failure::refused(
                format!(
                    "{brokers}: a batch of the topic cannot be decompressed, and nothing after it can be reached: {code}"
                ),
                "for zstd install cargo-avro with --features zstd; otherwise begin after the batch with --from OFFSET",
            );
        }
        let is_unreachable = error.rdkafka_error_code().is_none_or(|code| {
            matches!(
                code,
                RDKafkaErrorCode::BrokerTransportFailure
                    | RDKafkaErrorCode::AllBrokersDown
                    | RDKafkaErrorCode::Resolve
                    | RDKafkaErrorCode::OperationTimedOut
                    | RDKafkaErrorCode::MessageTimedOut
                    | RDKafkaErrorCode::RequestTimedOut
                    | RDKafkaErrorCode::Authentication
            )
        });
        Failure::Message {
            exit: if is_unreachable { Exit::Unreachable } else { Exit::Differs },
            message: format!("{brokers}: {error}"),
            remedy: "are the brokers running, is their address right, and do they want a login?".to_owned(),
        }
    }
}

/// The runtime that a command waits for brokers in.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| {
        Failure::refused(format!("there is no async runtime: {error}"), "check the limits of this process")
    })
}

fn name_and_value(setting: &str) -> Result<(&str, &str), Failure> {
    setting.split_once('=').ok_or_else(|| Failure::usage(format!("`{setting}` is not a setting"), "write NAME=VALUE"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use rdkafka::consumer::{BaseConsumer, Consumer};
    use rdkafka::mocking::MockCluster;
    use rdkafka::types::RDKafkaRespErr;

    use super::*;

    #[test]
    fn a_topic_that_the_question_creates_is_asked_for_again() {
        let mock = MockCluster::new(1).expect("a broker");
        let brokers = mock.bootstrap_servers();
        let client: BaseConsumer =
            ClientConfig::new().set("bootstrap.servers", &brokers).create().expect("a client without a login");
        let arguments = KafkaArguments { brokers: Some(brokers), settings: Vec::new(), timeout: 60 };
        // (whether the topic may be created, how often it is asked for)
        for (created, questions) in [(true, 2), (false, 1)] {
            let topic = format!("fresh-{created}");
            let unknown = RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
            mock.topic_error(&topic, unknown).expect("it is a topic");
            let asked = Cell::new(0);
            let partitions = arguments.partitions(&topic, created, |left| {
                asked.set(asked.get() + 1);
                let answer = client.fetch_metadata(Some(&topic), left);
                mock.topic_error(&topic, RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR).expect("it is a topic");
                answer
            });
            assert_eq!((partitions.is_ok(), asked.get()), (created, questions), "{topic}");
        }
    }
}
