//! A Kafka broker and a schema registry inside this process, for development and tests. Feature `embedded`.
//!
//! Both are real servers on real ports of the loopback interface, so that other processes can use them too. The broker
//! is librdkafka's mock cluster. It answers to transactions, and hides nothing of those that are aborted or not
//! committed yet; the transactional id of a client that ends is not fenced. It has no log compaction and no TLS, and
//! keeps only about 5 MiB (or 100,000 batches) of each partition, of which the oldest are removed silently: give topics
//! for many messages enough [partitions](Embedded::create_topic), and consume while producing. Its delivery reports
//! have 1970 as the time of every message; consumers get the right one. While the members of a group change, it refuses
//! their commits, so that messages come again more often than with Kafka; a short `auto.commit.interval.ms` helps where
//! members change all the time. Everything in both servers is gone when they stop.
//!
//! # Clients of other languages
//!
//! | client | with the embedded broker |
//! |---|---|
//! | librdkafka and clients that are built on it (Rust, C, Python, Go, .NET, Node) | works |
//! | kafkajs, and NestJS on it | produces and consumes. A consumer that starts again waits for all but a second of the `sessionTimeout` of the one before, and an empty fetch for all of `maxWaitTimeInMs`: set 3,000 and 100, and `heartbeatInterval` to 500. `admin.createTopics` and the idempotent producer do not work, since the broker reports that a broker 0, which does not exist, is the controller |
//! | franz-go | works with `kgo.MaxVersions(kversion.V2_3_0())` |
//! | Java | does not work: the broker's answer to its first request, a newer ApiVersions, is malformed |
//!
//! Those that do not work with it need Apache Kafka. In a checkout of this repository `cargo xtask real --only-servers`
//! starts one, with a registry.

mod chosen_port;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::producer::{BaseProducer, Producer};
use rdkafka::{ClientConfig, ClientContext};
use schema_registry::Login;
use schema_registry::server::{Server, ServerBuilder};

use self::chosen_port::ChosenPort;
use crate::connection::keep_alive::KeepAlive;
use crate::connection::native;
use crate::connection::{ConnectionError, KafkaErrorCode};
use crate::environment::{self, Environment};
use crate::error::SetupError;
use crate::kafka::{KafkaTyped, KafkaTypedBuilder};

/// A broker and a registry that run in this process.
///
/// Clones are the same servers. They stop when the last clone is gone, and everything that was made from them:
/// [`KafkaTyped`] handles, producers and consumers.
#[derive(Clone)]
pub struct Embedded {
    running: Arc<Running>,
}

struct Running {
    /// Never sends anything: it is the client that librdkafka's mock cluster belongs to.
    broker: BaseProducer<Silent>,
    /// Open as long as the broker runs, if a port was chosen for it.
    _chosen_port: Option<ChosenPort>,
    bootstrap_servers: String,
    registry_url: String,
    registry: Server,
}

/// Nobody serves the events of the broker's own client.
struct Silent;

impl ClientContext for Silent {}

impl rdkafka::producer::ProducerContext for Silent {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &rdkafka::message::DeliveryResult<'_>, (): ()) {}
}

/// How long the first member of a group waits for others. Kafka waits three seconds, which tests and examples would
/// feel.
const GROUP_JOIN_DELAY: Duration = Duration::from_millis(50);

/// When a member has left a group, the mock broker lets the others wait for all but a second of the session's timeout
/// before they go on.
const SHORT_SESSIONS: [(&str, &str); 2] = [("session.timeout.ms", "3000"), ("heartbeat.interval.ms", "500")];

impl Embedded {
    /// Starts both servers on free ports.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), kafka_typed::SetupError> {
    /// let embedded = kafka_typed::embedded::Embedded::start().await?;
    /// println!("export KAFKA_BOOTSTRAP_SERVERS={}", embedded.bootstrap_servers());
    /// println!("export SCHEMA_REGISTRY_URL={}", embedded.schema_registry_url());
    /// let kafka = embedded.kafka()?;
    /// # assert_eq!(kafka.bootstrap_servers(), embedded.bootstrap_servers());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When no port can be had, or no tokio runtime is running.
    pub async fn start() -> Result<Self, SetupError> {
        Self::start_on(None, 0).await
    }

    /// Starts both servers on ports of the loopback interface that others know already: `Some(9092)`, 8081. A port of 0
    /// is any free one, and `None` leaves it to the broker.
    ///
    /// On a chosen port clients are forwarded to the broker's own, whose address they learn there: both have to be
    /// within their reach.
    ///
    /// # Errors
    ///
    /// When a port cannot be had, or no tokio runtime is running.
    pub async fn start_on(kafka_port: Option<u16>, registry_port: u16) -> Result<Self, SetupError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, registry_port));
        Self::start_with(kafka_port, Server::builder().address(address)).await
    }

    /// [`start_on`](Self::start_on) with more settings of the registry, such as a folder in which it keeps what it
    /// knows.
    ///
    /// # Errors
    ///
    /// When a port cannot be had, the folder cannot be used, or no tokio runtime is running.
    pub async fn start_with(kafka_port: Option<u16>, registry: ServerBuilder) -> Result<Self, SetupError> {
        tokio::runtime::Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
        let system = |what| move |source| ConnectionError::System { what, source };
        let registry = registry.start().await.map_err(system("the embedded schema registry could not be started"))?;
        let failed = |reason: String| ConnectionError::Client { role: "broker for development", reason };
        let mut config = ClientConfig::new();
        config.set("test.mock.num.brokers", "1").set_log_level(RDKafkaLogLevel::Emerg);
        let broker: BaseProducer<_> = config.create_with_context(Silent).map_err(|error| failed(error.to_string()))?;
        native::set_up_groups(&broker, GROUP_JOIN_DELAY);
        let mut bootstrap_servers = broker
            .client()
            .mock_cluster()
            .ok_or_else(|| failed("librdkafka was built without its mock cluster".to_owned()))?
            .bootstrap_servers();
        let chosen_port = match kafka_port {
            None => None,
            Some(port) => {
                let address =
                    bootstrap_servers.parse().map_err(|_| failed(format!("its address is {bootstrap_servers}")))?;
                let chosen =
                    ChosenPort::open(port, address).map_err(system("the embedded broker's port could not be had"))?;
                bootstrap_servers = chosen.address().to_string();
                Some(chosen)
            }
        };
        let registry_url = registry.url();
        let running = Running { broker, _chosen_port: chosen_port, bootstrap_servers, registry_url, registry };
        Ok(Self { running: Arc::new(running) })
    }

    /// The broker's address, for `bootstrap.servers`.
    pub fn bootstrap_servers(&self) -> &str {
        &self.running.bootstrap_servers
    }

    /// The registry's URL.
    pub fn schema_registry_url(&self) -> &str {
        &self.running.registry_url
    }

    /// The embedded registry itself.
    pub fn schema_registry_server(&self) -> &Server {
        &self.running.registry
    }

    /// Creates a topic with this many partitions. A topic that is used without having been created gets four.
    ///
    /// # Errors
    ///
    /// When there is a topic of this name already, or it cannot be a name.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<(), ConnectionError> {
        crate::connection::settings::check_topic(name)?;
        let cluster = self.running.broker.client().mock_cluster();
        let created = cluster.map_or(Ok(()), |cluster| cluster.create_topic(name, partitions, 1));
        created.map_err(|error| ConnectionError::Kafka {
            what: format!("creating topic `{name}` with {partitions} partitions"),
            bootstrap_servers: self.bootstrap_servers().to_owned(),
            source: KafkaErrorCode::of(&error),
        })
    }

    /// A handle that works with these servers, and keeps them running.
    ///
    /// # Errors
    ///
    /// When the client of the registry cannot be set up.
    pub fn kafka(&self) -> Result<KafkaTyped, SetupError> {
        self.builder().build()
    }

    /// As [`kafka`](Self::kafka), with room for settings.
    pub fn builder(&self) -> KafkaTypedBuilder {
        KafkaTyped::builder()
            .bootstrap_servers(self.bootstrap_servers())
            .schema_registry(self.schema_registry_url())
            // The mock broker answers an empty fetch only after the whole wait, whatever arrives meanwhile.
            .consumer_setting("fetch.wait.max.ms", "10")
            .classic_consumer_defaults(&SHORT_SESSIONS)
            // A consumer may come before the first message, here as with a broker that is set up for development.
            .consumer_setting("allow.auto.create.topics", "true")
            .keep_alive(KeepAlive::new(self.clone()))
    }

    /// Reports that these servers are used, in the log, or on standard error when no subscriber shows the log.
    pub(crate) fn announce(&self) {
        let (kafka, registry) = (self.bootstrap_servers(), self.schema_registry_url());
        if tracing::enabled!(tracing::Level::INFO) {
            tracing::info!(
                kafka,
                registry,
                "KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL are not set: using an embedded broker and registry, whose messages \
                 are gone when this process ends"
            );
        } else {
            eprintln!(
                "KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL are not set: using an embedded broker at {kafka} and registry at \
                 {registry}, whose messages are gone when this process ends."
            );
        }
    }
}

impl KafkaTyped {
    /// [`from_env`](Self::from_env) when `KAFKA_BOOTSTRAP_SERVERS` and `SCHEMA_REGISTRY_URL` are set, and the
    /// [embedded](self) broker and registry when neither is. That is reported in the log, or on standard error
    /// when no subscriber shows the log.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env); when only one of the two is set; when neither is, but variables that only
    /// make sense for real servers are; and when the embedded servers do not start.
    pub async fn from_env_or_embedded() -> Result<Self, SetupError> {
        Self::from_variables_or_embedded(environment::of_this_process()?).await
    }

    /// [`from_env_or_embedded`](Self::from_env_or_embedded), with the variables given.
    ///
    /// # Errors
    ///
    /// As for [`from_env_or_embedded`](Self::from_env_or_embedded).
    pub async fn from_variables_or_embedded(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SetupError> {
        let environment = environment::read(variables)?;
        let missing = |variable, other| {
            SetupError::Connection(ConnectionError::MissingVariable {
                variable,
                reason: format!("but {other} is"),
                remedy: "set both to use real servers, or neither to use the embedded ones".to_owned(),
            })
        };
        match (&environment.kafka.bootstrap_servers, &environment.registry.url) {
            (Some(_), Some(_)) => Self::from_environment(environment),
            (Some(_), None) => Err(missing(environment::REGISTRY_URL, environment::BOOTSTRAP_SERVERS)),
            (None, Some(_)) => Err(missing(environment::BOOTSTRAP_SERVERS, environment::REGISTRY_URL)),
            (None, None) => Self::embedded_with(environment).await,
        }
    }

    async fn embedded_with(environment: Environment) -> Result<Self, SetupError> {
        let missing = |variable, because: &str| {
            SetupError::Connection(ConnectionError::MissingVariable {
                variable,
                reason: format!("but {because}, which only real servers have a use for"),
                remedy: "set it too, or unset the other to use the embedded servers".to_owned(),
            })
        };
        if environment.registry.login != Login::Anonymous {
            return Err(missing(environment::REGISTRY_URL, "a user or a token for the registry is"));
        }
        if environment.kafka.login.is_some() {
            return Err(missing(environment::BOOTSTRAP_SERVERS, "KAFKA_USERNAME is"));
        }
        let secured = |name: &str| ["security.", "sasl.", "ssl."].iter().any(|prefix| name.starts_with(prefix));
        if let Some(setting) = environment.kafka.settings.keys().find(|name| secured(name)) {
            return Err(missing(environment::BOOTSTRAP_SERVERS, &format!("`{setting}` is")));
        }
        let embedded = Embedded::start().await?;
        embedded.announce();
        let builder = embedded.builder().environment(environment);
        builder.build()
    }

    /// The embedded servers, when this handle works with them.
    pub fn embedded(&self) -> Option<&Embedded> {
        self.connection().keep_alive().broker()
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Embedded")
            .field("bootstrap_servers", &self.running.bootstrap_servers)
            .field("schema_registry", &self.running.registry.address())
            .finish_non_exhaustive()
    }
}
