//! The handle that producers and consumers are made from.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use schema_registry::{
    DEFAULT_REGISTRY, Login, RegistrySettings, SchemaRegistry, SchemaRegistryBuilder, TokenSource, WireFormat,
};

use crate::connection::environment::KafkaVariables;
#[cfg(feature = "embedded")]
use crate::connection::keep_alive::KeepAlive;
use crate::connection::{BrokerToken, Connection, ConnectionBuilder, ConnectionError};
use crate::environment::{self, Environment};
use crate::error::SetupError;
use crate::locked::LockedIds;
use crate::oauth;

/// Where Kafka and the schema registry are. Producers and consumers are made from it.
///
/// Cheap to clone. Making one connects to nothing.
#[derive(Clone)]
pub struct KafkaTyped {
    shared: Arc<Shared>,
}

struct Shared {
    connection: Connection,
    registry: SchemaRegistry,
    registry_name: String,
    wire_format: WireFormat,
    locked: Arc<LockedIds>,
}

impl KafkaTyped {
    /// Reads where the servers are from the environment.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `KAFKA_BOOTSTRAP_SERVERS` | brokers, `host:port`, comma-separated; required |
    /// | `SCHEMA_REGISTRY_URL` | registries, comma-separated URLs, of which the next is used when one fails; required |
    /// | `SCHEMA_REGISTRY_NAME` | which of the registries in `schema-lock/` that is, for [`Registration::Locked`]; by default the one named `default` |
    /// | `SCHEMA_REGISTRY_CONTEXT` | the context of the registry's subjects and ids, see [`KafkaTypedBuilder::context`] |
    /// | `SCHEMA_REGISTRY_NORMALIZE` | `true` for a registry that normalizes schemas, see [`KafkaTypedBuilder::normalize`] |
    /// | `SCHEMA_REGISTRY_TIMEOUT_MS` | how long a call to the registry may take, all tries included; 30000 by default |
    /// | `SCHEMA_REGISTRY_CACHE_URL` | a Redis in which services share schemas, such as `rediss://user:password@host:6379/0`; takes the feature `redis` |
    /// | `SCHEMA_REGISTRY_USER`, `SCHEMA_REGISTRY_PASSWORD` | basic authentication at the registry |
    /// | `SCHEMA_REGISTRY_TOKEN` | bearer authentication at the registry |
    /// | `SCHEMA_REGISTRY_BEARER_AUTH_…` | access tokens of OAuth 2.0 for the registry, see [`RegistryVariable`](schema_registry::RegistryVariable) |
    /// | `KAFKA_USERNAME`, `KAFKA_PASSWORD` | `sasl.username`, `sasl.password`; by PLAIN unless `KAFKA_SASL_MECHANISM` names another mechanism |
    /// | `KAFKA_SASL_OAUTHBEARER_…` | access tokens of OAuth 2.0 for the brokers, see [`ConnectionBuilder::oidc`] |
    /// | `KAFKA_<SETTING>` | any other [setting of librdkafka], with `_` for `.`: `KAFKA_SECURITY_PROTOCOL` is `security.protocol` |
    ///
    /// A variable with an empty value counts as not set, but for `SCHEMA_REGISTRY_PASSWORD` beside a user, and a line
    /// break at its end is removed. Variables that belong to others are ignored: `KAFKA_CLUSTER_ID`, `KAFKA_CONFIG`,
    /// `KAFKA_GC_LOG_OPTS`, `KAFKA_HEAP_OPTS`, `KAFKA_HOME`, `KAFKA_JMX_OPTS`, `KAFKA_JMX_PORT`,
    /// `KAFKA_JVM_PERFORMANCE_OPTS`, `KAFKA_LOG4J_CMD_OPTS`, `KAFKA_LOG4J_OPTS`, `KAFKA_MODE`, `KAFKA_OPTS` and
    /// `KAFKA_VERSION` of Kafka's shell scripts; those that Kubernetes sets for services called `kafka` or `kafka-…`,
    /// such as `KAFKA_UI_SERVICE_HOST` and `KAFKA_PORT_9092_TCP`; and an application's own, such as `KAFKA_TOPIC` and
    /// `KAFKA_GROUP_ID`. One that is almost the name of a setting is ignored with a warning.
    ///
    /// [`Registration::Locked`]: crate::Registration::Locked
    /// [setting of librdkafka]: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
    ///
    /// # Errors
    ///
    /// When a required variable is missing, or a value cannot be used. The error names the variable.
    pub fn from_env() -> Result<Self, SetupError> {
        Self::from_variables(environment::of_this_process()?)
    }

    /// [`from_env`](Self::from_env), with the variables given. Those that do not concern Kafka or the registry are
    /// ignored.
    ///
    /// ```
    /// use kafka_typed::KafkaTyped;
    ///
    /// let variables = [("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"), ("SCHEMA_REGISTRY_URL", "http://registry:8081")];
    /// let kafka = KafkaTyped::from_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())))?;
    /// assert_eq!(kafka.bootstrap_servers(), "kafka:9092");
    /// # Ok::<(), kafka_typed::SetupError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SetupError> {
        Self::from_environment(environment::read(variables)?)
    }

    pub(crate) fn from_environment(environment: Environment) -> Result<Self, SetupError> {
        let missing = |variable, remedy: &str| {
            SetupError::Connection(ConnectionError::MissingVariable {
                variable,
                reason: "and this program needs it".to_owned(),
                remedy: remedy.to_owned(),
            })
        };
        if environment.kafka.bootstrap_servers.is_none() {
            return Err(missing(
                environment::BOOTSTRAP_SERVERS,
                "set it to the brokers' addresses, such as localhost:9092",
            ));
        }
        if environment.registry.url.is_none() {
            return Err(missing(
                environment::REGISTRY_URL,
                "set it to the registry's address, such as http://localhost:8081",
            ));
        }
        Self::builder().environment(environment).build()
    }

    /// Sets in code where the servers are.
    ///
    /// ```
    /// use kafka_typed::KafkaTyped;
    ///
    /// let kafka = KafkaTyped::builder()
    ///     .bootstrap_servers("kafka-1:9092,kafka-2:9092")
    ///     .schema_registry("http://registry:8081")
    ///     .setting("client.id", "billing")
    ///     .build()?;
    /// # Ok::<(), kafka_typed::SetupError>(())
    /// ```
    pub fn builder() -> KafkaTypedBuilder {
        KafkaTypedBuilder::new()
    }

    /// The brokers and the settings for them, without the registry.
    pub fn connection(&self) -> &Connection {
        &self.shared.connection
    }

    /// The client of the schema registry, with its caches.
    pub fn registry(&self) -> &SchemaRegistry {
        &self.shared.registry
    }

    /// Which of the registries in `schema-lock/` this works with.
    pub fn registry_name(&self) -> &str {
        &self.shared.registry_name
    }

    /// Where the schema ids of messages are, for topics, producers and consumers that say nothing else.
    pub fn wire_format(&self) -> WireFormat {
        self.shared.wire_format
    }

    /// The brokers' addresses.
    pub fn bootstrap_servers(&self) -> &str {
        self.shared.connection.bootstrap_servers()
    }

    pub(crate) fn locked(&self) -> &Arc<LockedIds> {
        &self.shared.locked
    }
}

impl fmt::Debug for KafkaTyped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KafkaTyped")
            .field("connection", &self.shared.connection)
            .field("registry", &self.shared.registry)
            .finish_non_exhaustive()
    }
}

/// Sets where the servers are and which settings to use. Made by [`KafkaTyped::builder`].
#[must_use = "it does nothing before `build` is called"]
pub struct KafkaTypedBuilder {
    connection: ConnectionBuilder,
    registry: SchemaRegistryBuilder,
    registry_given: bool,
    ready_registry: Option<SchemaRegistry>,
    registry_name: Option<String>,
    context: Option<String>,
    normalize: Option<bool>,
    wire_format: WireFormat,
    /// How to log in to the registry.
    login: Option<Login>,
    /// Whether the registry takes the brokers' user and password.
    inherits_user: bool,
    /// Tokens for both the brokers and the registry.
    tokens: Option<TokenSource>,
}

impl KafkaTypedBuilder {
    fn new() -> Self {
        Self {
            connection: Connection::builder(),
            registry: SchemaRegistry::builder(),
            registry_given: false,
            ready_registry: None,
            registry_name: None,
            context: None,
            normalize: None,
            wire_format: WireFormat::default(),
            login: None,
            inherits_user: false,
            tokens: None,
        }
    }

    /// The brokers' addresses, `host:port`, comma-separated. Some of them are enough: they name the others.
    pub fn bootstrap_servers(mut self, servers: impl Into<String>) -> Self {
        self.connection = self.connection.bootstrap_servers(servers);
        self
    }

    /// The registry's URL, or several, comma-separated, of which the next is used when one fails.
    pub fn schema_registry(mut self, url: impl Into<String>) -> Self {
        self.registry = self.registry.url(url);
        self.registry_given = true;
        self
    }

    /// Reads the environment's variables, as [`KafkaTyped::from_env`] does, but none is required. What is set
    /// afterwards overrides them, such as a client of the registry that is set up in code:
    ///
    /// ```no_run
    /// use kafka_typed::{KafkaTyped, SchemaRegistry};
    ///
    /// # fn example(registry: SchemaRegistry) -> Result<(), kafka_typed::SetupError> {
    /// let kafka = KafkaTyped::builder().env()?.registry(registry).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When a value cannot be used. The error names the variable.
    pub fn env(self) -> Result<Self, SetupError> {
        self.variables(environment::of_this_process()?)
    }

    /// [`env`](Self::env), with the variables given. Those that do not concern Kafka or the registry are ignored.
    ///
    /// # Errors
    ///
    /// As for [`env`](Self::env).
    pub fn variables(self, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SetupError> {
        Ok(self.environment(environment::read(variables)?))
    }

    pub(crate) fn environment(self, environment: Environment) -> Self {
        self.registry_settings(&environment.registry).kafka_variables(environment.kafka)
    }

    /// What environment variables set for the registry.
    fn registry_settings(mut self, settings: &RegistrySettings) -> Self {
        self.registry = self.registry.settings(settings);
        if settings.login != Login::Anonymous {
            (self.login, self.inherits_user) = (Some(settings.login.clone()), false);
        }
        self.registry_given |= settings.url.is_some();
        self.registry_name = settings.name.clone().or(self.registry_name);
        self
    }

    /// User and password for the registry.
    pub fn basic_auth(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.registry_login(Login::basic(user, password))
    }

    /// Bearer token for the registry.
    pub fn bearer_token(self, token: impl Into<String>) -> Self {
        self.registry_login(Login::bearer(token))
    }

    /// How to log in to the registry, but not to the brokers.
    pub fn registry_login(mut self, login: Login) -> Self {
        (self.login, self.inherits_user) = (Some(login), false);
        self
    }

    /// Logs in to the registry with the user and the password that are set for the brokers: `SASL_INHERIT` of
    /// Confluent's clients.
    pub fn sasl_inherit(mut self) -> Self {
        (self.login, self.inherits_user) = (None, true);
        self
    }

    /// Logs in to both the brokers and the registry with access tokens of one source, such as that of
    /// [`ClientCredentials`](schema_registry::ClientCredentials). One token serves all, and is replaced before it ends.
    /// See [`ConnectionBuilder::oauth`] for the brokers.
    ///
    /// ```no_run
    /// use kafka_typed::KafkaTyped;
    /// use kafka_typed::schema_registry::ClientCredentials;
    ///
    /// let credentials = ClientCredentials::new("https://idp.example.com/oauth2/token", "billing", "secret");
    /// let kafka = KafkaTyped::builder()
    ///     .bootstrap_servers("kafka.example.com:9093")
    ///     .schema_registry("https://registry.example.com")
    ///     .setting("security.protocol", "SASL_SSL")
    ///     .oauth(credentials.token_source()?)
    ///     .build()?;
    /// # let _ = kafka;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn oauth(mut self, tokens: TokenSource) -> Self {
        self.tokens = Some(tokens.clone());
        self.registry_login(Login::tokens(tokens))
    }

    /// Logs in to the brokers, but not to the registry, with the tokens that a function returns: see
    /// [`ConnectionBuilder::broker_tokens`], which has AWS MSK as the example.
    pub fn broker_tokens<F, Fut, E>(mut self, fetch: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BrokerToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        self.connection = self.connection.broker_tokens(fetch);
        self
    }

    /// A registry client that is set up already, instead of [`schema_registry`](Self::schema_registry): for
    /// certificates, timeouts and caches other than the default, and for sharing one.
    pub fn registry(mut self, registry: SchemaRegistry) -> Self {
        self.ready_registry = Some(registry);
        self
    }

    /// Which of the registries in `schema-lock/` this is: the ids of
    /// [`Registration::Locked`](crate::Registration::Locked) are those of that registry. Default: `default`.
    ///
    /// ```
    /// use kafka_typed::KafkaTyped;
    ///
    /// let builder = KafkaTyped::builder().bootstrap_servers("kafka:9092").schema_registry("http://registry:8081");
    /// let kafka = builder.registry_name("staging").build()?;
    /// assert_eq!(kafka.registry_name(), "staging");
    /// # Ok::<(), kafka_typed::SetupError>(())
    /// ```
    pub fn registry_name(mut self, name: impl Into<String>) -> Self {
        self.registry_name = Some(name.into());
        self
    }

    /// The [context](schema_registry::Context) of the registry that subjects and schema ids are meant in, unless a
    /// producer, a consumer or a qualified subject (`:.team:orders-value`) names another. Ids count from 1 in each
    /// context, so that consumers need the one that the producers of their topic have. By default that of the
    /// registry's URL.
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Whether the registry normalizes schemas before it registers or looks them up, so that texts count as the same
    /// that differ only in the order of attributes, or, for Apicurio's registry, in white space. Not by default.
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.normalize = Some(normalize);
        self
    }

    /// Where the schema ids of messages are, for topics, producers and consumers that say nothing else. Default:
    /// [`WireFormat::Confluent`].
    ///
    /// ```
    /// use kafka_typed::{KafkaTyped, WireFormat};
    ///
    /// let builder = KafkaTyped::builder().bootstrap_servers("kafka:9092").schema_registry("http://registry:8081");
    /// let kafka = builder.wire_format(WireFormat::Header).build()?;
    /// assert_eq!(kafka.wire_format(), WireFormat::Header);
    /// # Ok::<(), kafka_typed::SetupError>(())
    /// ```
    pub fn wire_format(mut self, wire_format: WireFormat) -> Self {
        self.wire_format = wire_format;
        self
    }

    /// Any of librdkafka's settings, for producers and consumers.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.connection = self.connection.setting(name, value);
        self
    }

    /// Any of librdkafka's settings, for producers only.
    pub fn producer_setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.connection = self.connection.producer_setting(name, value);
        self
    }

    /// Any of librdkafka's settings, for consumers only.
    pub fn consumer_setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.connection = self.connection.consumer_setting(name, value);
        self
    }

    fn kafka_variables(mut self, variables: KafkaVariables) -> Self {
        self.connection = self.connection.with(variables);
        self
    }

    #[cfg(feature = "embedded")]
    pub(crate) fn keep_alive(mut self, keep_alive: KeepAlive) -> Self {
        self.connection = self.connection.keep_alive(keep_alive);
        self
    }

    #[cfg(feature = "embedded")]
    pub(crate) fn classic_consumer_defaults(mut self, defaults: &'static [(&'static str, &'static str)]) -> Self {
        self.connection = self.connection.classic_consumer_defaults(defaults);
        self
    }

    /// Checks the settings. Connects to nothing.
    ///
    /// # Errors
    ///
    /// When an address is missing, or a setting, the context or the registry's URL cannot be used.
    pub fn build(mut self) -> Result<KafkaTyped, SetupError> {
        if !self.connection.has_servers() {
            return Err(ConnectionError::Missing { what: "brokers", method: "bootstrap_servers" }.into());
        }
        let (connection, login) = log_in(self.connection, self.login, self.inherits_user, self.tokens)?;
        if let Some(login) = login {
            self.registry = self.registry.login(login);
        }
        let registry = match self.ready_registry {
            Some(registry) => registry,
            None if self.registry_given => self.registry.build().map_err(|source| SetupError::Registry {
                what: "the client of the schema registry cannot be set up".to_owned(),
                source,
            })?,
            None => return Err(ConnectionError::Missing { what: "schema registry", method: "schema_registry" }.into()),
        };
        let registry = in_context(&registry, self.context.as_deref())?;
        let registry = self.normalize.map_or_else(|| registry.clone(), |normalize| registry.normalizing(normalize));
        let registry_name = self.registry_name.unwrap_or_else(|| DEFAULT_REGISTRY.to_owned());
        let locked = Arc::default();
        let connection = connection.build()?;
        let shared = Shared { connection, registry, registry_name, wire_format: self.wire_format, locked };
        Ok(KafkaTyped { shared: Arc::new(shared) })
    }
}

/// Gives the brokers their tokens, and returns how to log in to the registry: with the same source when both have one
/// token endpoint.
fn log_in(
    mut connection: ConnectionBuilder,
    login: Option<Login>,
    inherits_user: bool,
    tokens: Option<TokenSource>,
) -> Result<(ConnectionBuilder, Option<Login>), ConnectionError> {
    if inherits_user {
        let missing = ConnectionError::InvalidSetting {
            setting: "sasl.username".to_owned(),
            reason: "the registry is to take it and `sasl.password` over, but they are not both set".to_owned(),
        };
        let (user, password) = connection.user().ok_or(missing)?;
        return Ok((connection.oidc()?, Some(Login::basic(user, password))));
    }
    if let Some(tokens) = tokens {
        return Ok((connection.oauth(tokens)?, login));
    }
    let Some(settings) = connection.take_oidc()? else { return Ok((connection, login)) };
    let credentials = oauth::credentials(&settings);
    let source = credentials.token_source().map_err(oauth::unusable)?;
    let is_shared = login == Some(Login::client_credentials(credentials));
    let login = if is_shared { Some(Login::tokens(source.clone())) } else { login };
    Ok((connection.oauth(source)?, login))
}

/// The client of the context with this name, or the client itself when none is named.
pub(crate) fn in_context(registry: &SchemaRegistry, name: Option<&str>) -> Result<SchemaRegistry, SetupError> {
    let Some(name) = name else { return Ok(registry.clone()) };
    let context = name.parse().map_err(|source| SetupError::Context { source })?;
    Ok(registry.in_context(context))
}

impl fmt::Debug for KafkaTypedBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KafkaTypedBuilder").field("connection", &self.connection).finish_non_exhaustive()
    }
}
