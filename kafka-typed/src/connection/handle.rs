//! Where the brokers are, and how to speak to them.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::ConnectionError;
use super::broker_token::{BrokerToken, BrokerTokens, FetchFunction};
use super::environment::{BOOTSTRAP_SERVERS, KafkaVariables, PREFIX, SaslLogin, variables_of_this_process};
use super::keep_alive::KeepAlive;
use super::oidc::{self, OidcSettings};
use super::producer_client::ProducerClients;
use super::raw_consumer::RawConsumerBuilder;
use super::raw_producer::RawProducerBuilder;
use super::settings::{self, Role, Settings};
use super::token_feed::TokenFeed;
use super::{broker_statistics, measurement};

/// Where the brokers are, and which settings of librdkafka to use: what a [`KafkaTyped`](crate::KafkaTyped) has beside
/// its registry. For those who need no registry.
///
/// Cheap to clone. Making one connects to nothing.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    producer_clients: Arc<ProducerClients>,
    keep_alive: KeepAlive,
    tokens: Option<Arc<TokenFeed>>,
}

impl Connection {
    /// Sets in code where the brokers are.
    ///
    /// ```
    /// use kafka_typed::connection::Connection;
    ///
    /// let connection =
    ///     Connection::builder().bootstrap_servers("kafka-1:9092,kafka-2:9092").setting("client.id", "billing").build()?;
    /// assert_eq!(connection.bootstrap_servers(), "kafka-1:9092,kafka-2:9092");
    /// # Ok::<(), kafka_typed::ConnectionError>(())
    /// ```
    pub fn builder() -> ConnectionBuilder {
        ConnectionBuilder::default()
    }

    /// Sets up a producer of records to `topic` as they are.
    pub fn raw_producer(&self, topic: impl Into<String>) -> RawProducerBuilder {
        RawProducerBuilder::new(self.clone(), topic.into())
    }

    /// Sets up a consumer of records of `topic` as they are.
    pub fn raw_consumer(&self, topic: impl Into<String>) -> RawConsumerBuilder {
        RawConsumerBuilder::new(self.clone(), topic.into())
    }

    /// The brokers' addresses.
    pub fn bootstrap_servers(&self) -> &str {
        &self.shared.settings.bootstrap_servers
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The librdkafka clients of this connection's producers.
    pub(crate) fn producer_clients(&self) -> &Arc<ProducerClients> {
        &self.shared.producer_clients
    }

    /// The same brokers, for the producers of a transactional id, which share one client of their own as long as they
    /// have no further settings.
    pub(crate) fn transactional(&self, id: &str, settings: Vec<(String, String)>) -> Result<Self, ConnectionError> {
        let settings = self.shared.settings.transactional(id, settings)?;
        let Shared { keep_alive, tokens, .. } = &*self.shared;
        let (keep_alive, tokens) = (keep_alive.clone(), tokens.clone());
        let shared = Shared { settings, producer_clients: Arc::default(), keep_alive, tokens };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What gives tokens to clients, when they log in by them.
    pub(crate) fn tokens(&self) -> Option<&Arc<TokenFeed>> {
        self.shared.tokens.as_ref()
    }

    pub(crate) fn keep_alive(&self) -> &KeepAlive {
        &self.shared.keep_alive
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

/// Sets where the brokers are and which settings to use. Made by [`Connection::builder`].
#[derive(Default)]
#[must_use = "it does nothing before `build` is called"]
pub struct ConnectionBuilder {
    bootstrap_servers: Option<String>,
    settings: Vec<(Option<Role>, String, String)>,
    login: Option<SaslLogin>,
    tokens: Option<Arc<dyn BrokerTokens>>,
    keep_alive: KeepAlive,
    classic_consumer_defaults: &'static [(&'static str, &'static str)],
}

impl ConnectionBuilder {
    /// Reads the environment's variables, as [`Connection::from_env`] does, but none is required. What is set
    /// afterwards overrides them.
    ///
    /// # Errors
    ///
    /// When a value cannot be used. The error names the variable.
    pub fn env(self) -> Result<Self, ConnectionError> {
        self.variables(variables_of_this_process(&[PREFIX])?)
    }

    /// [`env`](Self::env), with the variables given. Those that do not concern Kafka are ignored.
    ///
    /// ```
    /// use kafka_typed::connection::Connection;
    ///
    /// let variables = [("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"), ("KAFKA_FETCH_WAIT_MAX_MS", "abc")];
    /// let error = Connection::builder().variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    /// assert!(error.unwrap_err().to_string().starts_with("KAFKA_FETCH_WAIT_MAX_MS cannot be used"));
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`env`](Self::env).
    pub fn variables(self, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConnectionError> {
        Ok(self.with(KafkaVariables::read(variables)?))
    }

    pub(crate) fn with(mut self, variables: KafkaVariables) -> Self {
        let KafkaVariables { bootstrap_servers, settings, login } = variables;
        self.bootstrap_servers = bootstrap_servers.or(self.bootstrap_servers);
        self.settings.extend(settings.into_iter().map(|(name, value)| (None, name, value)));
        self.login = login.or(self.login);
        self
    }

    /// What has to outlive every client.
    #[cfg(feature = "embedded")]
    pub(crate) fn keep_alive(mut self, keep_alive: KeepAlive) -> Self {
        self.keep_alive = keep_alive;
        self
    }

    /// Further defaults of consumers, which the group protocol of KIP-848 refuses.
    #[cfg(feature = "embedded")]
    pub(crate) fn classic_consumer_defaults(mut self, defaults: &'static [(&'static str, &'static str)]) -> Self {
        self.classic_consumer_defaults = defaults;
        self
    }

    pub(crate) fn has_servers(&self) -> bool {
        self.bootstrap_servers.is_some()
    }

    /// The brokers' addresses, `host:port`, comma-separated. Some of them are enough: they name the others.
    pub fn bootstrap_servers(mut self, servers: impl Into<String>) -> Self {
        self.bootstrap_servers = Some(servers.into());
        self
    }

    /// Any of librdkafka's settings, for producers and consumers.
    pub fn setting(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.setting_for(None, name.into(), value.into())
    }

    /// Any of librdkafka's settings, for producers only.
    pub fn producer_setting(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.setting_for(Some(Role::Producer), name.into(), value.into())
    }

    /// Any of librdkafka's settings, for consumers only.
    pub fn consumer_setting(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.setting_for(Some(Role::Consumer), name.into(), value.into())
    }

    fn setting_for(mut self, role: Option<Role>, name: String, value: String) -> Self {
        self.settings.push((role, name, value));
        self
    }

    /// Logs in to the brokers by the SASL mechanism OAUTHBEARER, with the tokens that `fetch` returns: for identity
    /// providers of one's own. One call serves all producers and consumers of the connection. It is repeated after four
    /// fifths of a token's lifetime, when it has failed, after growing pauses of up to 30 seconds, and when brokers
    /// refuse a token. It runs on the runtime, not on the threads that poll.
    ///
    /// `security.protocol` has to be `SASL_SSL`, or `SASL_PLAINTEXT` where the network is trusted. It takes the feature
    /// `ssl` or `ssl-vendored`.
    ///
    /// With IAM of AWS MSK, the token is a signed URL, which a signer of AWS makes:
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use kafka_typed::connection::{BrokerToken, Connection};
    /// # mod aws_msk_iam_sasl_signer {
    /// #     // As the crate of this name has it, without its dependencies.
    /// #     pub async fn generate_auth_token(_region: &str) -> Result<(String, i64), std::io::Error> {
    /// #         Ok(("aHR0cHM6Ly9rYWZrYS4".to_owned(), 1_700_000_000_000))
    /// #     }
    /// # }
    /// use aws_msk_iam_sasl_signer::generate_auth_token;
    ///
    /// let connection = Connection::builder()
    ///     .bootstrap_servers("b-1.example.kafka.eu-west-1.amazonaws.com:9098")
    ///     .setting("security.protocol", "SASL_SSL")
    ///     .broker_tokens(|| async {
    ///         // The second value is when the token ends, by the clock; it is valid for 15 minutes.
    ///         let (token, _expires_at_ms) = generate_auth_token("eu-west-1").await?;
    ///         Ok::<_, std::io::Error>(BrokerToken::new(token, Duration::from_secs(15 * 60)))
    ///     })
    ///     .build()?;
    /// # let _ = connection;
    /// # Ok::<(), kafka_typed::ConnectionError>(())
    /// ```
    pub fn broker_tokens<F, Fut, E>(self, fetch: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BrokerToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        self.token_source(FetchFunction(fetch))
    }

    pub(crate) fn token_source(mut self, tokens: impl BrokerTokens + 'static) -> Self {
        self.tokens = Some(Arc::new(tokens));
        self
    }

    /// Takes the settings for a token endpoint out, when they are turned on.
    pub(crate) fn take_oidc(&mut self) -> Result<Option<OidcSettings>, ConnectionError> {
        OidcSettings::take(|name| self.take_setting(name))
    }

    pub(crate) fn take_sasl_extensions(&mut self) -> Result<Vec<(String, String)>, ConnectionError> {
        oidc::take_extensions(|name| self.take_setting(name))
    }

    /// Removes a setting for producers and consumers, and returns the value that counts.
    fn take_setting(&mut self, name: &str) -> Option<String> {
        let is_meant = |(role, found, _): &mut (Option<Role>, String, String)| role.is_none() && found == name;
        self.settings.extract_if(.., is_meant).map(|(_, _, value)| value).last()
    }

    /// The user and the password at the brokers, when they are set.
    pub(crate) fn user(&self) -> Option<(String, String)> {
        let value = |name: &str| {
            let found = self.settings.iter().rev().find(|(role, found, _)| role.is_none() && found == name);
            found.map(|(_, _, value)| value.clone())
        };
        let login = self.login.as_ref().map(SaslLogin::user_and_password);
        login.or_else(|| value("sasl.username").zip(value("sasl.password")))
    }

    /// Checks the settings. Connects to nothing.
    ///
    /// # Errors
    ///
    /// When the brokers' addresses are missing, or a setting cannot be used.
    pub fn build(self) -> Result<Connection, ConnectionError> {
        measurement::describe();
        broker_statistics::describe();
        let Some(bootstrap_servers) = self.bootstrap_servers else {
            return Err(ConnectionError::MissingVariable {
                variable: BOOTSTRAP_SERVERS,
                reason: "and no brokers are given".to_owned(),
                remedy: "set it to the brokers' addresses, such as localhost:9092".to_owned(),
            });
        };
        let is_oidc = |(_, name, value): &(Option<Role>, String, String)| {
            name == oidc::METHOD && value.eq_ignore_ascii_case("oidc")
        };
        if self.settings.iter().any(is_oidc) {
            return Err(ConnectionError::InvalidSetting {
                setting: oidc::METHOD.to_owned(),
                reason: "it is for producers and consumers together, and takes a call of `.oidc()` after it".to_owned(),
            });
        }
        let mut settings = Settings::new(settings::bootstrap_servers(&bootstrap_servers)?);
        settings.add_classic_consumer_defaults(self.classic_consumer_defaults);
        for (role, name, value) in self.settings {
            settings.set(role, name, value)?;
        }
        if let Some(login) = self.login {
            login.add_to(&mut settings)?;
        }
        settings.check_tokens(self.tokens.is_some())?;
        let tokens = self.tokens.map(TokenFeed::new);
        let shared = Shared { settings, producer_clients: Arc::default(), keep_alive: self.keep_alive, tokens };
        Ok(Connection { shared: Arc::new(shared) })
    }
}

impl fmt::Debug for ConnectionBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names only: values may be passwords.
        let settings: Vec<_> = self.settings.iter().map(|(_, name, _)| name).collect();
        formatter
            .debug_struct("ConnectionBuilder")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("settings", &settings)
            .finish()
    }
}
