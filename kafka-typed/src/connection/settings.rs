//! librdkafka's settings: the defaults of this crate, and who overrides whom.
//!
//! In ascending order of precedence: librdkafka's own defaults, those below, the environment and the settings of the
//! builder of [`KafkaTyped`](crate::KafkaTyped), and the settings of one producer or consumer.
//!
//! | setting | here | why |
//! |---|---|---|
//! | `linger.ms` | 5 | Messages share a batch, which takes a hundred thousand of them a second and more; a single one is late by 5 ms at most. |
//! | `enable.idempotence` | true | What librdkafka sends again after a lost answer is not written twice, within `message.timeout.ms`. Java's default. |
//! | `partitioner` | `murmur2_random` | A key goes to the partition that Java's client would choose. |
//! | `queue.buffering.max.messages` | 100,000 | Enough for a batch under way to every partition; `enqueue` waits beyond that. |
//! | `queue.buffering.max.kbytes` | 131,072 | 128 MiB instead of 1 GiB, so that a slow broker does not take a service's memory. |
//! | `auto.offset.reset` | `earliest` | A new group reads what is there already, instead of losing it. |
//! | `enable.auto.offset.store` | false | The offset is stored once a message was processed: at least once, never at most once. |
//! | `allow.auto.create.topics` | true | A consumer may come before the first message, where the brokers create topics. Java's default. |
//! | `queued.max.messages.kbytes` | 8,192 | What is fetched ahead of a lane that is full: 8 MiB instead of 64 for each partition, since each has a queue of its own. |
//!
//! The limits of the queue are enforced by this crate, which can wait for room, and not by librdkafka, which can not.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaConfRes;

use super::error::ConnectionError;
use super::in_flight_budget::Limits;

const PRODUCER_DEFAULTS: &[(&str, &str)] = &[
    ("linger.ms", "5"),
    ("enable.idempotence", "true"),
    ("partitioner", "murmur2_random"),
    (MAX_MESSAGES, "100000"),
    (MAX_KBYTES, "131072"),
];

const CONSUMER_DEFAULTS: &[(&str, &str)] = &[
    ("auto.offset.reset", "earliest"),
    ("enable.auto.offset.store", "false"),
    ("allow.auto.create.topics", "true"),
    ("queued.max.messages.kbytes", "8192"),
];

const MAX_MESSAGES: &str = "queue.buffering.max.messages";
const MAX_KBYTES: &str = "queue.buffering.max.kbytes";
const MAX_MESSAGE_SIZE: &str = "message.max.bytes";

/// Two names of one setting, whose default librdkafka gives out for topics only.
const MESSAGE_TIMEOUT: [&str; 2] = ["message.timeout.ms", "delivery.timeout.ms"];
const DEFAULT_MESSAGE_TIMEOUT: Duration = Duration::from_secs(300);

/// Two names of one setting.
const MECHANISM: [&str; 2] = ["sasl.mechanism", "sasl.mechanisms"];
const OAUTHBEARER: &str = "OAUTHBEARER";

/// Settings that something else decides, and what to call instead.
const RESERVED: &[(&str, &str)] = &[
    ("bootstrap.servers", "call `.bootstrap_servers(..)`, or set KAFKA_BOOTSTRAP_SERVERS"),
    ("metadata.broker.list", "call `.bootstrap_servers(..)`, or set KAFKA_BOOTSTRAP_SERVERS"),
    ("group.id", "call `.group(..)` on the consumer's builder"),
    ("enable.auto.offset.store", "offsets are stored once a message was processed, see `TypedConsumer`"),
    ("enable.partition.eof", "it is always on, for `next_until_end`; leave it out"),
    (TRANSACTIONAL_ID, "call `.transactional(..)` on a `KafkaTyped`, which gives all producers of an id one client"),
];

const TRANSACTIONAL_ID: &str = "transactional.id";
const IDEMPOTENCE: &str = "enable.idempotence";
pub(crate) const GROUP_PROTOCOL: &str = "group.protocol";
const ISOLATION: &str = "isolation.level";
const AUTO_COMMIT: &str = "enable.auto.commit";

/// What a librdkafka client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Producer,
    Consumer,
}

impl Role {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a producer is made with.
pub(crate) struct ProducerSettings {
    /// Every setting of the librdkafka client: producers with the same ones share it. Limits of the queue, which each
    /// producer has for itself, are not among them.
    pub(crate) client: BTreeMap<String, String>,
    pub(crate) config: ClientConfig,
    pub(crate) limits: Limits,
    /// Bytes of key and payload together.
    pub(crate) max_message_size: usize,
    /// How long a message may take until a broker acknowledges it.
    pub(crate) message_timeout: Duration,
}

/// What a connection knows about the brokers and how to speak to them.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) bootstrap_servers: String,
    shared: BTreeMap<String, String>,
    producer: BTreeMap<String, String>,
    consumer: BTreeMap<String, String>,
    /// Further defaults of consumers, which the group protocol of KIP-848 refuses.
    classic_consumer_defaults: Vec<(&'static str, &'static str)>,
}

impl Settings {
    pub(crate) fn new(bootstrap_servers: String) -> Self {
        Self { bootstrap_servers, ..Self::default() }
    }

    /// Adds defaults of consumers that are not members of groups by the protocol of KIP-848.
    pub(crate) fn add_classic_consumer_defaults(&mut self, defaults: &[(&'static str, &'static str)]) {
        self.classic_consumer_defaults.extend(defaults);
    }

    /// Adds a setting for producers, for consumers, or for both.
    pub(crate) fn set(&mut self, role: Option<Role>, name: String, value: String) -> Result<(), ConnectionError> {
        check_setting(&name, &value)?;
        let settings = match role {
            None => &mut self.shared,
            Some(Role::Producer) => &mut self.producer,
            Some(Role::Consumer) => &mut self.consumer,
        };
        settings.insert(name, value);
        Ok(())
    }

    /// Sets up OAUTHBEARER when there is a source of tokens, and refuses it when there is none.
    pub(crate) fn check_tokens(&mut self, has_source: bool) -> Result<(), ConnectionError> {
        let invalid = |setting: &str, reason: &str| {
            Err(ConnectionError::InvalidSetting { setting: setting.to_owned(), reason: reason.to_owned() })
        };
        let name = MECHANISM.into_iter().find(|name| self.shared.contains_key(*name));
        let mechanism = name.and_then(|name| self.shared(name)).map(str::to_ascii_uppercase);
        let name = name.unwrap_or(MECHANISM[0]);
        let makes_its_own = self.shared("enable.sasl.oauthbearer.unsecure.jwt") == Some("true");
        match mechanism.as_deref() {
            Some(OAUTHBEARER) if !has_source && !makes_its_own => {
                let remedy = "OAUTHBEARER takes tokens: set `sasl.oauthbearer.method` to `oidc` and call `.oidc()`, or call \
                              `.oauth(..)` or `.broker_tokens(..)`";
                return invalid(name, remedy);
            }
            Some(OAUTHBEARER) | None => {}
            Some(_) if has_source => {
                return invalid(name, "tokens for the brokers are given, which only OAUTHBEARER takes: leave it out");
            }
            Some(_) => {}
        }
        if !has_source {
            return Ok(());
        }
        if !self.shared("security.protocol").is_some_and(|name| name.to_ascii_lowercase().starts_with("sasl_")) {
            // librdkafka would connect without logging in, and report nothing.
            let remedy = "tokens for the brokers are given, so that it has to be SASL_SSL, or SASL_PLAINTEXT where the network is \
                          trusted";
            return invalid("security.protocol", remedy);
        }
        if !has_feature("sasl_oauthbearer") {
            let remedy = format!("OAUTHBEARER is not in this build ({})", turn_on("ssl"));
            return invalid(name, &remedy);
        }
        self.shared.insert(name.to_owned(), OAUTHBEARER.to_owned());
        Ok(())
    }

    /// The same, whose producers are those of a transactional id, with these settings.
    pub(crate) fn transactional(&self, id: &str, own: Vec<(String, String)>) -> Result<Self, ConnectionError> {
        let invalid = |setting: &str, reason: &str| {
            Err(ConnectionError::InvalidSetting { setting: setting.to_owned(), reason: reason.to_owned() })
        };
        if id.is_empty() || id.contains('\0') {
            return invalid(
                TRANSACTIONAL_ID,
                "it is empty or contains a zero byte: give each instance an id of its own",
            );
        }
        let mut settings = self.clone();
        for (name, value) in own {
            settings.set(Some(Role::Producer), name, value)?;
        }
        let idempotence = settings.producer.get(IDEMPOTENCE).or_else(|| settings.shared.get(IDEMPOTENCE));
        if idempotence.is_some_and(|value| value == "false") {
            return invalid(IDEMPOTENCE, "it is `false`, and transactions need it: leave it out, or set it to `true`");
        }
        settings.producer.insert(TRANSACTIONAL_ID.to_owned(), id.to_owned());
        Ok(settings)
    }

    /// A setting of producers and consumers alike.
    pub(crate) fn shared(&self, name: &str) -> Option<&str> {
        self.shared.get(name).map(String::as_str)
    }

    /// What a producer is made with, of which `own` are the settings of this one alone.
    pub(crate) fn producer(&self, own: &[(String, String)]) -> Result<ProducerSettings, ConnectionError> {
        let mut config = self.config(PRODUCER_DEFAULTS.iter(), &self.producer, own)?;
        let limits = Limits::new(number(&config, MAX_MESSAGES)?, number(&config, MAX_KBYTES)?.saturating_mul(1024));
        // Zero lifts the limit for messages. For kilobytes there is no such value: it becomes two terabytes.
        config.set(MAX_MESSAGES, "0").set(MAX_KBYTES, i32::MAX.to_string());
        let max_message_size = match config.get(MAX_MESSAGE_SIZE) {
            Some(_) => number(&config, MAX_MESSAGE_SIZE)?,
            None => default_max_message_size()?,
        };
        let client =
            config.config_map().iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let max_message_size = usize::try_from(max_message_size).unwrap_or(usize::MAX);
        let timeouts = MESSAGE_TIMEOUT.iter().filter(|name| config.get(name).is_some());
        let message_timeout = timeouts.map(|name| number(&config, name)).next().transpose()?;
        let message_timeout = message_timeout.map_or(DEFAULT_MESSAGE_TIMEOUT, Duration::from_millis);
        Ok(ProducerSettings { client, config, limits, max_message_size, message_timeout })
    }

    pub(crate) fn consumer_config(&self, own: &[(String, String)]) -> Result<ClientConfig, ConnectionError> {
        let own_protocol = own.iter().rev().find(|(name, _)| name == GROUP_PROTOCOL).map(|(_, value)| value);
        let protocol =
            own_protocol.or_else(|| [&self.consumer, &self.shared].into_iter().find_map(|map| map.get(GROUP_PROTOCOL)));
        let is_classic = !protocol.is_some_and(|protocol| protocol.eq_ignore_ascii_case("consumer"));
        let classic_defaults = self.classic_consumer_defaults.iter().filter(|_| is_classic);
        self.config(CONSUMER_DEFAULTS.iter().chain(classic_defaults), &self.consumer, own)
    }

    fn config<'d>(
        &self,
        defaults: impl Iterator<Item = &'d (&'d str, &'d str)>,
        role: &BTreeMap<String, String>,
        own: &[(String, String)],
    ) -> Result<ClientConfig, ConnectionError> {
        for (name, value) in own {
            check_setting(name, value)?;
        }
        let mut config = ClientConfig::new();
        config.extend(defaults.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        config.extend(self.shared.clone());
        config.extend(role.clone());
        config.extend(own.iter().cloned());
        config.set("bootstrap.servers", &self.bootstrap_servers);
        // `tracing` decides what is shown. librdkafka only makes debug lines at all when its `debug` setting asks for
        // them. rdkafka overrides `log_level` by its own, so that it is handed over here.
        let level = match (config.get("log_level"), config.get("debug")) {
            (Some(level), _) => log_level(level),
            (None, Some(_)) => RDKafkaLogLevel::Debug,
            (None, None) => RDKafkaLogLevel::Info,
        };
        config.set_log_level(level);
        Ok(config)
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names only: values may be passwords.
        formatter
            .debug_struct("Settings")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("shared", &self.shared.keys())
            .field("producer", &self.producer.keys())
            .field("consumer", &self.consumer.keys())
            .finish()
    }
}

/// Why a consumer with these settings cannot be that of transactions. By default it is `read_committed`, as librdkafka
/// has it, and commits nothing by itself while a transaction does.
pub(crate) fn contradicts_transactions(config: &ClientConfig) -> Option<(&'static str, &'static str)> {
    const UNCOMMITTED: &str = "it is `read_uncommitted`, which reads messages that are taken back: leave it out, or set it to \
                               `read_committed`";
    const COMMITS: &str =
        "it is `true`, and offsets are committed by the transactions alone: leave it out, or set it to `false`";
    match (config.get(ISOLATION), config.get(AUTO_COMMIT)) {
        (Some("read_uncommitted"), _) => Some((ISOLATION, UNCOMMITTED)),
        (_, Some("true")) => Some((AUTO_COMMIT, COMMITS)),
        _ => None,
    }
}

fn number(config: &ClientConfig, setting: &str) -> Result<u64, ConnectionError> {
    // librdkafka has checked the form already.
    config.get(setting).and_then(|value| value.parse().ok()).ok_or_else(|| ConnectionError::InvalidSetting {
        setting: setting.to_owned(),
        reason: "it must be a whole number".to_owned(),
    })
}

/// What librdkafka sends as one message when nothing is set.
fn default_max_message_size() -> Result<u64, ConnectionError> {
    let client_failed =
        |error: KafkaError| ConnectionError::Client { role: Role::Producer.name(), reason: error.to_string() };
    let defaults = ClientConfig::new().create_native_config().map_err(client_failed)?;
    let size = defaults.get(MAX_MESSAGE_SIZE).map_err(client_failed)?;
    size.parse().map_err(|_| ConnectionError::InvalidSetting {
        setting: MAX_MESSAGE_SIZE.to_owned(),
        reason: format!("librdkafka's default is `{size}`: set it to a whole number"),
    })
}

/// Whether librdkafka takes this setting, asked of librdkafka itself.
pub(crate) fn check_setting(name: &str, value: &str) -> Result<(), ConnectionError> {
    let invalid = |reason: String| ConnectionError::InvalidSetting { setting: name.to_owned(), reason };
    if let Some((_, instead)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
        return Err(invalid((*instead).to_owned()));
    }
    if name.contains('\0') || value.contains('\0') {
        return Err(invalid("it contains a zero byte".to_owned()));
    }
    match ClientConfig::new().set(name, value).create_native_config() {
        Ok(_) => Ok(()),
        Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, ..)) => {
            let near = super::setting_names::near(name).map(|near| format!(", but `{near}`"));
            Err(invalid(format!("{NO_SUCH_SETTING}{}", near.unwrap_or_default())))
        }
        Err(KafkaError::ClientConfig(_, words, ..)) => Err(invalid(explain(name, value, words))),
        Err(error) => Err(invalid(error.to_string())),
    }
}

pub(crate) const NO_SUCH_SETTING: &str = "librdkafka has no such setting";

/// librdkafka's words, with the value taken out where it may be a secret, and the remedy where the library was built
/// without it.
fn explain(name: &str, value: &str, words: String) -> String {
    let words = if name.contains("password") || name.contains("secret") { words.replace(value, "***") } else { words };
    let feature = match (name, value.to_ascii_lowercase().as_str()) {
        ("security.protocol", "ssl" | "sasl_ssl") => "ssl",
        ("compression.type" | "compression.codec", "zstd") => "zstd",
        (name, _) if name.starts_with("ssl.") => "ssl",
        (name, _) if name.starts_with("sasl.kerberos") => "gssapi",
        _ => return words,
    };
    format!("{words} ({})", turn_on(feature))
}

fn turn_on(feature: &str) -> String {
    format!(
        "turn on the feature `{feature}`: of `kafka-typed` in your Cargo.toml, or of the command line with `cargo install \
         cargo-avro --features {feature}`"
    )
}

/// Whether librdkafka was built with this.
fn has_feature(feature: &str) -> bool {
    let built_with = ClientConfig::new().create_native_config().and_then(|config| config.get("builtin.features"));
    built_with.is_ok_and(|features| features.split(',').any(|found| found == feature))
}

/// The level that syslog, and so librdkafka, gives this number.
fn log_level(number: &str) -> RDKafkaLogLevel {
    match number.trim() {
        "0" => RDKafkaLogLevel::Emerg,
        "1" => RDKafkaLogLevel::Alert,
        "2" => RDKafkaLogLevel::Critical,
        "3" => RDKafkaLogLevel::Error,
        "4" => RDKafkaLogLevel::Warning,
        "5" => RDKafkaLogLevel::Notice,
        "6" => RDKafkaLogLevel::Info,
        // librdkafka has refused everything but numbers up to 7.
        _ => RDKafkaLogLevel::Debug,
    }
}

/// Addresses of brokers without the space and the line breaks around them, which a mounted file may have.
pub(crate) fn bootstrap_servers(addresses: &str) -> Result<String, ConnectionError> {
    let servers: Vec<&str> = addresses.split(',').map(str::trim).filter(|server| !server.is_empty()).collect();
    let invalid = |reason: String| ConnectionError::InvalidSetting { setting: "bootstrap.servers".to_owned(), reason };
    if servers.is_empty() {
        return Err(invalid("it names no broker: give `host:port`, or several with commas between them".to_owned()));
    }
    let is_invalid = |character: char| character.is_whitespace() || character.is_control();
    if let Some(server) = servers.iter().find(|server| server.contains(is_invalid)) {
        return Err(invalid(format!("`{}` is not `host:port`; put commas between brokers", server.escape_debug())));
    }
    Ok(servers.join(","))
}

/// Kafka's own rule for names of topics.
pub(crate) fn check_topic(topic: &str) -> Result<(), ConnectionError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=249).contains(&topic.len()) && topic.bytes().all(allowed) && topic != "." && topic != ".." {
        return Ok(());
    }
    Err(ConnectionError::InvalidTopic { topic: topic.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_level_is_what_was_set() {
        // (settings, level)
        for (settings, expected) in [
            (&[][..], RDKafkaLogLevel::Info),
            (&[("debug", "broker")], RDKafkaLogLevel::Debug),
            (&[("log_level", "3")], RDKafkaLogLevel::Error),
            (&[("debug", "broker"), ("log_level", "4")], RDKafkaLogLevel::Warning),
        ] {
            let own: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let config = Settings::new("a:1".to_owned()).consumer_config(&own).unwrap();
            assert_eq!(config.log_level as i32, expected as i32, "{settings:?}");
        }
    }
}
