//! How a registry is reached, by environment variables. No I/O: the caller reads the variables.

use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use crate::address::without_login;
use crate::client_credentials::ClientCredentials;
use crate::context::{Context, InvalidContext};
use crate::login::{Login, without_line_break};
use crate::variable::RegistryVariable;

/// The name of a registry by default.
pub const DEFAULT_REGISTRY: &str = "default";

/// How a registry is reached: where it is, how a client logs in to it, and how it is asked.
/// [`SchemaRegistryBuilder::settings`] takes it.
///
/// ```
/// use schema_registry::{RegistrySettings, RegistryVariable, SchemaRegistry};
///
/// let settings = RegistrySettings::from_variables(|variable| match variable {
///     RegistryVariable::Url => Some("https://registry.example.com"),
///     RegistryVariable::User => Some("reader"),
///     RegistryVariable::Password => Some("secret"),
///     _ => None,
/// })?;
/// let registry = SchemaRegistry::builder().settings(&settings).build();
/// # let _ = registry;
/// # Ok::<(), schema_registry::RegistrySettingsError>(())
/// ```
///
/// [`SchemaRegistryBuilder::settings`]: crate::SchemaRegistryBuilder::settings
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistrySettings {
    /// One or several comma-separated addresses, see [the builder](crate::SchemaRegistryBuilder::url).
    pub url: Option<String>,
    /// How the client logs in.
    pub login: Login,
    /// The logical cluster of Confluent Cloud, see [the builder](crate::SchemaRegistryBuilder::logical_cluster).
    pub logical_cluster: Option<String>,
    /// The identity pool of Confluent Cloud, see [the builder](crate::SchemaRegistryBuilder::identity_pool).
    pub identity_pool: Option<String>,
    /// The name of the registry in the lock. See [`name_or_default`](Self::name_or_default).
    pub name: Option<String>,
    /// The context of subjects and schema ids, see [the builder](crate::SchemaRegistryBuilder::context).
    pub context: Option<Context>,
    /// Whether the registry normalizes schemas, see [the builder](crate::SchemaRegistryBuilder::normalize).
    pub normalize: Option<bool>,
    /// How long one call may take, see [the builder](crate::SchemaRegistryBuilder::deadline).
    pub deadline: Option<Duration>,
    /// The address of a Redis that several processes share, which takes the feature `redis`, see `RedisCache::new`.
    pub cache_url: Option<String>,
}

/// Why environment variables cannot be used to reach a registry. No text holds a password or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrySettingsError {
    /// A variable is set, and the one that belongs to it is not.
    #[error("{missing} is not set, but {given} is: {}", set_both(*.missing))]
    MissingVariable {
        /// The variable that is not set.
        missing: RegistryVariable,
        /// The variable that is set.
        given: RegistryVariable,
    },
    /// Two variables are set of which only one may be.
    #[error("{first} and {second} are both set, but a registry takes only one login: unset one of them")]
    ConflictingVariables {
        /// The one.
        first: RegistryVariable,
        /// The other.
        second: RegistryVariable,
    },
    /// A variable has a value that cannot be used.
    #[error("{variable} cannot be used: its value is not {expected}")]
    InvalidValue {
        /// The variable.
        variable: RegistryVariable,
        /// What its value has to be.
        expected: &'static str,
    },
    /// The context has a name that no context can have.
    #[error("{} cannot be used", RegistryVariable::Context)]
    InvalidContext {
        /// What is wrong with the name.
        source: InvalidContext,
    },
}

impl RegistrySettings {
    /// Settings of the values that `look_up` returns, `None` for a variable that is not set.
    ///
    /// Line breaks at the end of a value, which files with secrets have, are not part of it. A variable with an empty
    /// value counts as not set; only a password may be empty, beside a user.
    ///
    /// ```
    /// use schema_registry::RegistrySettings;
    ///
    /// let settings = RegistrySettings::from_variables(|variable| std::env::var_os(variable.name()))?;
    /// # Ok::<(), schema_registry::RegistrySettingsError>(())
    /// ```
    ///
    /// # Errors
    /// [`RegistrySettingsError`] when a value cannot be used, or values do not go together. Of several mistakes the
    /// same one is reported every time.
    pub fn from_variables<S: Into<OsString>>(
        look_up: impl Fn(RegistryVariable) -> Option<S>,
    ) -> Result<Self, RegistrySettingsError> {
        let variables = Variables { look_up };
        Ok(Self {
            url: variables.filled(RegistryVariable::Url)?,
            login: variables.login()?,
            logical_cluster: variables.filled(RegistryVariable::LogicalCluster)?,
            identity_pool: variables.filled(RegistryVariable::IdentityPool)?,
            name: variables.filled(RegistryVariable::Name)?,
            context: variables.context()?,
            normalize: variables.normalize()?,
            deadline: variables.deadline()?,
            cache_url: variables.filled(RegistryVariable::CacheUrl)?,
        })
    }

    /// The name of the registry in the lock: [`DEFAULT_REGISTRY`] by default.
    pub fn name_or_default(&self) -> &str {
        self.name.as_deref().unwrap_or(DEFAULT_REGISTRY)
    }
}

impl fmt::Debug for RegistrySettings {
    /// Leaves out what is secret: passwords and tokens, also those in addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RegistrySettings")
            .field("url", &self.url.as_deref().map(without_login))
            .field("login", &self.login)
            .field("logical_cluster", &self.logical_cluster)
            .field("identity_pool", &self.identity_pool)
            .field("name", &self.name)
            .field("context", &self.context)
            .field("normalize", &self.normalize)
            .field("deadline", &self.deadline)
            .field("cache_url", &self.cache_url.as_deref().map(without_login))
            .finish()
    }
}

fn set_both(missing: RegistryVariable) -> &'static str {
    use RegistryVariable::{
        ClientId, ClientSecret, KafkaClientId, KafkaClientSecret, KafkaPassword, KafkaTokenEndpoint,
    };
    match missing {
        RegistryVariable::KafkaUser | KafkaPassword | KafkaTokenEndpoint | KafkaClientId | KafkaClientSecret => {
            "set it, or give the registry a login of its own"
        }
        RegistryVariable::TokenEndpoint | ClientId | ClientSecret => {
            "set the token endpoint, the client's id and its secret"
        }
        RegistryVariable::Password => "set both or neither; a password may be empty",
        _ => "set both or neither",
    }
}

/// The variables of one token endpoint.
#[derive(Clone, Copy)]
struct Endpoint {
    url: RegistryVariable,
    client_id: RegistryVariable,
    client_secret: RegistryVariable,
    scope: RegistryVariable,
}

const OWN_ENDPOINT: Endpoint = Endpoint {
    url: RegistryVariable::TokenEndpoint,
    client_id: RegistryVariable::ClientId,
    client_secret: RegistryVariable::ClientSecret,
    scope: RegistryVariable::Scope,
};

const KAFKA_ENDPOINT: Endpoint = Endpoint {
    url: RegistryVariable::KafkaTokenEndpoint,
    client_id: RegistryVariable::KafkaClientId,
    client_secret: RegistryVariable::KafkaClientSecret,
    scope: RegistryVariable::KafkaScope,
};

struct Variables<F> {
    look_up: F,
}

impl<S: Into<OsString>, F: Fn(RegistryVariable) -> Option<S>> Variables<F> {
    /// The value as it is set, without the line breaks at its end.
    fn value(&self, variable: RegistryVariable) -> Result<Option<String>, RegistrySettingsError> {
        let Some(value) = (self.look_up)(variable) else { return Ok(None) };
        let text = value.into().into_string();
        let text = text.map_err(|_| RegistrySettingsError::InvalidValue { variable, expected: "UTF-8" })?;
        Ok(Some(without_line_break(text)))
    }

    /// The value, unless it is empty, which counts as not set.
    fn filled(&self, variable: RegistryVariable) -> Result<Option<String>, RegistrySettingsError> {
        Ok(self.value(variable)?.filter(|value| !value.trim().is_empty()))
    }

    fn login(&self) -> Result<Login, RegistrySettingsError> {
        use RegistryVariable::{BasicSource, BearerSource, ClientId, Token, User};
        let token = self.filled(Token)?;
        if let (Some(_), Some(_)) = (self.filled(User)?, &token) {
            return Err(RegistrySettingsError::ConflictingVariables { first: User, second: Token });
        }
        let logins = [
            (User, self.basic()?),
            (Token, token.map(Login::bearer)),
            (ClientId, self.client_credentials(OWN_ENDPOINT)?),
            (BasicSource, self.kafka_user()?),
            (BearerSource, self.kafka_client_credentials()?),
        ];
        let mut given = logins.into_iter().filter_map(|(variable, login)| Some((variable, login?)));
        match (given.next(), given.next()) {
            (Some((first, _)), Some((second, _))) => Err(RegistrySettingsError::ConflictingVariables { first, second }),
            (Some((_, login)), None) => Ok(login),
            (None, _) => Ok(Login::Anonymous),
        }
    }

    fn basic(&self) -> Result<Option<Login>, RegistrySettingsError> {
        use RegistryVariable::{Password, User};
        let missing = |missing, given| Err(RegistrySettingsError::MissingVariable { missing, given });
        match (self.filled(User)?, self.value(Password)?) {
            (Some(user), Some(password)) => Ok(Some(Login::basic(user, password))),
            (Some(_), None) => missing(Password, User),
            (None, Some(password)) if !password.trim().is_empty() => missing(User, Password),
            (None, _) => Ok(None),
        }
    }

    /// The login of these variables, unless none of those is set that make one.
    fn client_credentials(&self, endpoint: Endpoint) -> Result<Option<Login>, RegistrySettingsError> {
        let Endpoint { url, client_id, client_secret, scope } = endpoint;
        let required = [url, client_id, client_secret];
        let values = [self.filled(url)?, self.filled(client_id)?, self.filled(client_secret)?];
        let given = required.iter().zip(&values).find_map(|(variable, value)| value.as_ref().map(|_| *variable));
        let Some(given) = given else { return Ok(None) };
        let [Some(url), Some(id), Some(secret)] = values else {
            let missing =
                required.iter().zip(&values).find_map(|(variable, value)| value.is_none().then_some(*variable));
            return Err(RegistrySettingsError::MissingVariable { missing: missing.unwrap_or(url), given });
        };
        let mut credentials = ClientCredentials::new(url, id, secret);
        if let Some(scope) = self.filled(scope)? {
            credentials = credentials.scope(scope.trim());
        }
        let variable = RegistryVariable::ClientAuthMethod;
        let expected = "`client_secret_basic` or `client_secret_post`";
        match self.filled(variable)?.as_deref().map(str::trim) {
            None | Some("client_secret_basic") => {}
            Some("client_secret_post") => credentials = credentials.secret_in_form(),
            Some(_) => return Err(RegistrySettingsError::InvalidValue { variable, expected }),
        }
        Ok(Some(Login::client_credentials(credentials)))
    }

    /// The login with Kafka's user, if it is to be inherited.
    fn kafka_user(&self) -> Result<Option<Login>, RegistrySettingsError> {
        use RegistryVariable::{BasicSource, KafkaPassword, KafkaUser};
        match self.filled(BasicSource)?.as_deref().map(str::trim) {
            None | Some("URL" | "USER_INFO") => return Ok(None),
            Some("SASL_INHERIT") => {}
            Some(_) => {
                let expected = "`SASL_INHERIT`, `USER_INFO` or `URL`";
                return Err(RegistrySettingsError::InvalidValue { variable: BasicSource, expected });
            }
        }
        match (self.filled(KafkaUser)?, self.filled(KafkaPassword)?) {
            (Some(user), Some(password)) => Ok(Some(Login::basic(user, password))),
            (None, _) => Err(RegistrySettingsError::MissingVariable { missing: KafkaUser, given: BasicSource }),
            (_, None) => Err(RegistrySettingsError::MissingVariable { missing: KafkaPassword, given: BasicSource }),
        }
    }

    /// The login by Kafka's token endpoint, if it is to be inherited.
    fn kafka_client_credentials(&self) -> Result<Option<Login>, RegistrySettingsError> {
        use RegistryVariable::{BearerSource, KafkaTokenEndpoint};
        match self.filled(BearerSource)?.as_deref().map(str::trim) {
            None | Some("STATIC_TOKEN" | "OAUTHBEARER") => return Ok(None),
            Some("SASL_OAUTHBEARER_INHERIT") => {}
            Some(_) => {
                let expected = "`SASL_OAUTHBEARER_INHERIT`, `OAUTHBEARER` or `STATIC_TOKEN`";
                return Err(RegistrySettingsError::InvalidValue { variable: BearerSource, expected });
            }
        }
        let login = self.client_credentials(KAFKA_ENDPOINT)?;
        let missing = RegistrySettingsError::MissingVariable { missing: KafkaTokenEndpoint, given: BearerSource };
        login.map(Some).ok_or(missing)
    }

    fn context(&self) -> Result<Option<Context>, RegistrySettingsError> {
        let name = self.filled(RegistryVariable::Context)?;
        name.map(|name| name.trim().parse().map_err(|source| RegistrySettingsError::InvalidContext { source }))
            .transpose()
    }

    fn normalize(&self) -> Result<Option<bool>, RegistrySettingsError> {
        let variable = RegistryVariable::Normalize;
        let Some(text) = self.filled(variable)? else { return Ok(None) };
        let expected = "`true` or `false`";
        text.trim().parse().map(Some).map_err(|_| RegistrySettingsError::InvalidValue { variable, expected })
    }

    fn deadline(&self) -> Result<Option<Duration>, RegistrySettingsError> {
        let variable = RegistryVariable::TimeoutMs;
        match self.filled(variable)?.map(|text| text.trim().parse()) {
            None => Ok(None),
            Some(Ok(milliseconds)) if milliseconds > 0 => Ok(Some(Duration::from_millis(milliseconds))),
            Some(_) => {
                let expected = "a number of milliseconds above 0, such as 30000";
                Err(RegistrySettingsError::InvalidValue { variable, expected })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::time::Duration;

    use super::RegistryVariable::{
        BasicSource, BearerSource, CacheUrl, ClientAuthMethod, ClientId, ClientSecret, Context, IdentityPool,
        KafkaClientId, KafkaClientSecret, KafkaPassword, KafkaScope, KafkaTokenEndpoint, KafkaUser, LogicalCluster,
        Name, Normalize, Password, Scope, TimeoutMs, Token, TokenEndpoint, Url, User,
    };
    use super::{ClientCredentials, DEFAULT_REGISTRY, Login, RegistrySettings, RegistryVariable};
    use crate::client::SchemaRegistry;

    fn read(variables: &[(RegistryVariable, &str)]) -> Result<RegistrySettings, super::RegistrySettingsError> {
        RegistrySettings::from_variables(|asked| {
            variables.iter().find(|(variable, _)| *variable == asked).map(|(_, value)| *value)
        })
    }

    #[test]
    fn variables_say_how_a_registry_is_reached() {
        let check = |variables: &[(RegistryVariable, &str)], expected: RegistrySettings| {
            let read = read(variables).unwrap_or_else(|error| panic!("{variables:?}: {error}"));
            assert!(read == expected, "{variables:?}: {read:?}, expected {expected:?}");
        };
        let with_login = |login| RegistrySettings { login, ..RegistrySettings::default() };
        let (none, default) = (Login::Anonymous, RegistrySettings::default());
        check(&[], default.clone());
        check(
            &[
                (Url, "http://a,http://b"),
                (Name, "staging"),
                (Context, "team"),
                (Normalize, "true"),
                (TimeoutMs, " 5000 "),
                (CacheUrl, "rediss://cache.example\n"),
            ],
            RegistrySettings {
                url: Some("http://a,http://b".to_owned()),
                login: none.clone(),
                logical_cluster: None,
                identity_pool: None,
                name: Some("staging".to_owned()),
                context: Some("team".parse().expect("a context")),
                normalize: Some(true),
                deadline: Some(Duration::from_secs(5)),
                cache_url: Some("rediss://cache.example".to_owned()),
            },
        );
        check(&[(Normalize, "false")], RegistrySettings { normalize: Some(false), ..default.clone() });
        check(&[(Url, "http://a\r\n")], RegistrySettings { url: Some("http://a".to_owned()), ..default.clone() });
        let blank: Vec<_> = RegistryVariable::ALL.iter().map(|variable| (*variable, " \n")).collect();
        check(&blank, default);

        check(&[(User, "u"), (Password, "p")], with_login(Login::basic("u", "p")));
        check(&[(User, "u\n"), (Password, " p\r\n")], with_login(Login::basic("u", " p")));
        check(&[(User, "u"), (Password, "")], with_login(Login::basic("u", "")));
        check(&[(User, "u"), (Password, "p"), (Token, " ")], with_login(Login::basic("u", "p")));
        check(&[(Token, "t\n")], with_login(Login::bearer("t")));
        check(&[(Token, "t"), (User, ""), (Password, "")], with_login(Login::bearer("t")));
        check(&[(User, ""), (Password, "")], with_login(none.clone()));
        for unchanged in ["URL", "USER_INFO"] {
            check(&[(BasicSource, unchanged), (KafkaUser, "k"), (KafkaPassword, "p")], with_login(none.clone()));
        }
        check(
            &[(BasicSource, "SASL_INHERIT"), (KafkaUser, "k"), (KafkaPassword, "p\n")],
            with_login(Login::basic("k", "p")),
        );
    }

    #[test]
    fn variables_name_a_token_endpoint() {
        let check = |variables: &[(RegistryVariable, &str)], expected: ClientCredentials| {
            let read = read(variables).unwrap_or_else(|error| panic!("{variables:?}: {error}"));
            assert!(read.login == Login::client_credentials(expected), "{variables:?}: {read:?}");
        };
        let own = [(TokenEndpoint, "https://idp/token"), (ClientId, "billing"), (ClientSecret, "hunter2\n")];
        let credentials = ClientCredentials::new("https://idp/token", "billing", "hunter2");
        check(&own, credentials.clone());
        let with = |more: &[(RegistryVariable, &'static str)]| [&own[..], more].concat();
        check(&with(&[(Scope, "a b")]), credentials.clone().scope("a b"));
        check(&with(&[(BearerSource, "OAUTHBEARER")]), credentials.clone());
        check(&with(&[(ClientAuthMethod, "client_secret_basic")]), credentials.clone());
        check(&with(&[(ClientAuthMethod, "client_secret_post")]), credentials.clone().secret_in_form());
        // What Kafka has is not looked at unless it is asked for.
        check(&with(&[(KafkaTokenEndpoint, "https://kafka"), (KafkaClientId, "k")]), credentials.clone());
        let of_kafka = [
            (BearerSource, "SASL_OAUTHBEARER_INHERIT"),
            (KafkaTokenEndpoint, "https://idp/token"),
            (KafkaClientId, "billing"),
            (KafkaClientSecret, "hunter2"),
            (KafkaScope, "a"),
        ];
        check(&of_kafka, credentials.scope("a"));

        let cloud = read(&[(LogicalCluster, "lsrc-1\n"), (IdentityPool, "pool-1")]).expect("valid settings");
        assert_eq!(
            (cloud.logical_cluster.as_deref(), cloud.identity_pool.as_deref()),
            (Some("lsrc-1"), Some("pool-1"))
        );
    }

    #[test]
    fn mistakes_name_the_variables_and_keep_secrets() {
        let check = |variables: &[(RegistryVariable, &str)], expected: &str| {
            let error = read(variables).expect_err(expected);
            assert_eq!(error.to_string(), expected, "{variables:?}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        };
        let no_user = "SCHEMA_REGISTRY_USER is not set, but SCHEMA_REGISTRY_PASSWORD is: set both or neither";
        let no_password = "SCHEMA_REGISTRY_PASSWORD is not set, but SCHEMA_REGISTRY_USER is: set both or neither; a password may \
                           be empty";
        let both = "SCHEMA_REGISTRY_USER and SCHEMA_REGISTRY_TOKEN are both set, but a registry takes only one login: unset one of \
                    them";
        check(&[(Password, "hunter2")], no_user);
        check(&[(Password, "hunter2"), (Token, "hunter2")], no_user);
        check(&[(Password, "hunter2"), (User, " ")], no_user);
        check(&[(User, "u")], no_password);
        check(&[(User, "u"), (Token, "")], no_password);
        check(&[(User, "u"), (Password, "hunter2"), (Token, "hunter2")], both);
        check(&[(User, "u"), (Token, "hunter2")], both);
        let endpoint = "set the token endpoint, the client's id and its secret";
        let no_secret = format!(
            "SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_SECRET is not set, but SCHEMA_REGISTRY_BEARER_AUTH_ISSUER_ENDPOINT_URL is: {endpoint}"
        );
        check(&[(TokenEndpoint, "https://idp"), (ClientId, "c")], &no_secret);
        let no_endpoint = format!(
            "SCHEMA_REGISTRY_BEARER_AUTH_ISSUER_ENDPOINT_URL is not set, but SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_SECRET is: {endpoint}"
        );
        check(&[(ClientSecret, "hunter2")], &no_endpoint);
        let two = "SCHEMA_REGISTRY_TOKEN and SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_ID are both set, but a registry takes only one login: \
                   unset one of them";
        let own = [(TokenEndpoint, "https://idp"), (ClientId, "c"), (ClientSecret, "hunter2"), (Token, "hunter2")];
        check(&own, two);
        let method = "SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_AUTH_METHOD cannot be used: its value is not `client_secret_basic` or \
                      `client_secret_post`";
        let jwt = (ClientAuthMethod, "private_key_jwt");
        check(&[own[0], own[1], own[2], jwt], method);
        let inherited = "set it, or give the registry a login of its own";
        let no_kafka = |missing: &str, source: &str| {
            format!("{missing} is not set, but SCHEMA_REGISTRY_{source}_AUTH_CREDENTIALS_SOURCE is: {inherited}")
        };
        check(&[(BasicSource, "SASL_INHERIT"), (KafkaPassword, "hunter2")], &no_kafka("KAFKA_USERNAME", "BASIC"));
        check(&[(BasicSource, "SASL_INHERIT"), (KafkaUser, "u")], &no_kafka("KAFKA_PASSWORD", "BASIC"));
        let no_token_endpoint = no_kafka("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", "BEARER");
        check(&[(BearerSource, "SASL_OAUTHBEARER_INHERIT")], &no_token_endpoint);
        let basic = "SCHEMA_REGISTRY_BASIC_AUTH_CREDENTIALS_SOURCE cannot be used: its value is not `SASL_INHERIT`, `USER_INFO` or \
                     `URL`";
        check(&[(BasicSource, "FILE")], basic);
        let bearer = "SCHEMA_REGISTRY_BEARER_AUTH_CREDENTIALS_SOURCE cannot be used: its value is not `SASL_OAUTHBEARER_INHERIT`, \
                      `OAUTHBEARER` or `STATIC_TOKEN`";
        check(&[(BearerSource, "CUSTOM")], bearer);
        check(&[(Context, "a:b")], "SCHEMA_REGISTRY_CONTEXT cannot be used");
        check(&[(Normalize, "yes")], "SCHEMA_REGISTRY_NORMALIZE cannot be used: its value is not `true` or `false`");
        for value in ["30s", "0", "-1", "1.5"] {
            check(
                &[(TimeoutMs, value)],
                "SCHEMA_REGISTRY_TIMEOUT_MS cannot be used: its value is not a number of milliseconds above 0, such as 30000",
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn values_are_text() {
        use std::os::unix::ffi::OsStringExt;
        // The others are looked at only beside one that is valid.
        let alone = RegistryVariable::ALL.iter().filter(|variable| {
            let name = variable.name();
            !name.starts_with("KAFKA_") && !matches!(variable, Scope | ClientAuthMethod)
        });
        for broken in alone {
            let read = RegistrySettings::from_variables(|asked| {
                (asked == *broken).then(|| OsString::from_vec(b"hunter2\xff".to_vec()))
            });
            let error = read.expect_err("it is not UTF-8");
            assert_eq!(error.to_string(), format!("{broken} cannot be used: its value is not UTF-8"));
        }
    }

    #[test]
    fn names_are_those_of_variables() {
        for variable in RegistryVariable::ALL {
            let name = variable.name();
            assert!(name.starts_with("SCHEMA_REGISTRY_") || name.starts_with("KAFKA_"), "{variable}");
        }
        let named = RegistrySettings { name: Some("staging".to_owned()), ..RegistrySettings::default() };
        assert_eq!(
            (RegistrySettings::default().name_or_default(), named.name_or_default()),
            (DEFAULT_REGISTRY, "staging")
        );
    }

    #[test]
    fn settings_become_a_client_and_print_no_secret() {
        let settings = read(&[
            (Url, "http://ann:hunter2@a.example,http://b.example"),
            (Token, "hunter2"),
            (Context, "team"),
            (TimeoutMs, "5000"),
            (CacheUrl, "rediss://ann:hunter2@cache.example"),
        ]);
        let settings = settings.expect("valid settings");
        let builder = SchemaRegistry::builder().settings(&settings);
        let client = builder.clone().build().expect("a valid address");
        assert_eq!(client.context().as_str(), ".team");
        let printed = format!("{settings:?} {builder:?} {client:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
        for part in ["a.example", "b.example", "Bearer(..)", "5s", "cache.example"] {
            assert!(printed.contains(part), "{part}: {printed}");
        }
    }
}
