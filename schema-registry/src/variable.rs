//! The names of the environment variables by which a registry is reached.

use std::fmt;

/// An environment variable by which a registry is reached: see
/// [`RegistrySettings::from_variables`](crate::RegistrySettings::from_variables).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegistryVariable {
    /// `SCHEMA_REGISTRY_URL`: one or several comma-separated addresses.
    Url,
    /// `SCHEMA_REGISTRY_USER`: the user of basic authentication.
    User,
    /// `SCHEMA_REGISTRY_PASSWORD`: the password of basic authentication.
    Password,
    /// `SCHEMA_REGISTRY_TOKEN`: the token of bearer authentication.
    Token,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_LOGICAL_CLUSTER`: the logical cluster of a registry in Confluent Cloud.
    LogicalCluster,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_IDENTITY_POOL_ID`: the identity pool of Confluent Cloud that tokens are meant for.
    IdentityPool,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_ISSUER_ENDPOINT_URL`: the token endpoint of OAuth 2.0.
    TokenEndpoint,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_ID`: the client's id at the token endpoint.
    ClientId,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_SECRET`: the client's secret at the token endpoint.
    ClientSecret,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_SCOPE`: the scopes that are asked for at the token endpoint, space-separated.
    Scope,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_AUTH_METHOD`: how the client's id and secret are sent to the token endpoint:
    /// `client_secret_basic` (the default) or `client_secret_post`.
    ClientAuthMethod,
    /// `SCHEMA_REGISTRY_BASIC_AUTH_CREDENTIALS_SOURCE`: `SASL_INHERIT` takes user and password of Kafka; `URL` and
    /// `USER_INFO`, which are there without it, change nothing.
    BasicSource,
    /// `SCHEMA_REGISTRY_BEARER_AUTH_CREDENTIALS_SOURCE`: `SASL_OAUTHBEARER_INHERIT` takes Kafka's token endpoint;
    /// `STATIC_TOKEN` and `OAUTHBEARER`, which are there without it, change nothing.
    BearerSource,
    /// `KAFKA_USERNAME`: Kafka's user, for `SASL_INHERIT`.
    KafkaUser,
    /// `KAFKA_PASSWORD`: Kafka's password, for `SASL_INHERIT`.
    KafkaPassword,
    /// `KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL`: Kafka's token endpoint, for `SASL_OAUTHBEARER_INHERIT`.
    KafkaTokenEndpoint,
    /// `KAFKA_SASL_OAUTHBEARER_CLIENT_ID`: the client's id there.
    KafkaClientId,
    /// `KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET`: the client's secret there.
    KafkaClientSecret,
    /// `KAFKA_SASL_OAUTHBEARER_SCOPE`: the scopes that are asked for there.
    KafkaScope,
    /// `SCHEMA_REGISTRY_NAME`: the name of the registry in the lock.
    Name,
    /// `SCHEMA_REGISTRY_CONTEXT`: the context of subjects and schema ids.
    Context,
    /// `SCHEMA_REGISTRY_NORMALIZE`: whether the registry normalizes schemas.
    Normalize,
    /// `SCHEMA_REGISTRY_TIMEOUT_MS`: how long one call may take, in milliseconds.
    TimeoutMs,
    /// `SCHEMA_REGISTRY_CACHE_URL`: the address of the shared cache.
    CacheUrl,
}

impl RegistryVariable {
    /// Every variable.
    pub const ALL: &[Self] = &[
        Self::Url,
        Self::User,
        Self::Password,
        Self::Token,
        Self::LogicalCluster,
        Self::IdentityPool,
        Self::TokenEndpoint,
        Self::ClientId,
        Self::ClientSecret,
        Self::Scope,
        Self::ClientAuthMethod,
        Self::BasicSource,
        Self::BearerSource,
        Self::KafkaUser,
        Self::KafkaPassword,
        Self::KafkaTokenEndpoint,
        Self::KafkaClientId,
        Self::KafkaClientSecret,
        Self::KafkaScope,
        Self::Name,
        Self::Context,
        Self::Normalize,
        Self::TimeoutMs,
        Self::CacheUrl,
    ];

    /// The name of the variable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Url => "SCHEMA_REGISTRY_URL",
            Self::User => "SCHEMA_REGISTRY_USER",
            Self::Password => "SCHEMA_REGISTRY_PASSWORD",
            Self::Token => "SCHEMA_REGISTRY_TOKEN",
            Self::LogicalCluster => "SCHEMA_REGISTRY_BEARER_AUTH_LOGICAL_CLUSTER",
            Self::IdentityPool => "SCHEMA_REGISTRY_BEARER_AUTH_IDENTITY_POOL_ID",
            Self::TokenEndpoint => "SCHEMA_REGISTRY_BEARER_AUTH_ISSUER_ENDPOINT_URL",
            Self::ClientId => "SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_ID",
            Self::ClientSecret => "SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_SECRET",
            Self::Scope => "SCHEMA_REGISTRY_BEARER_AUTH_SCOPE",
            Self::ClientAuthMethod => "SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_AUTH_METHOD",
            Self::BasicSource => "SCHEMA_REGISTRY_BASIC_AUTH_CREDENTIALS_SOURCE",
            Self::BearerSource => "SCHEMA_REGISTRY_BEARER_AUTH_CREDENTIALS_SOURCE",
            Self::KafkaUser => "KAFKA_USERNAME",
            Self::KafkaPassword => "KAFKA_PASSWORD",
            Self::KafkaTokenEndpoint => "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL",
            Self::KafkaClientId => "KAFKA_SASL_OAUTHBEARER_CLIENT_ID",
            Self::KafkaClientSecret => "KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET",
            Self::KafkaScope => "KAFKA_SASL_OAUTHBEARER_SCOPE",
            Self::Name => "SCHEMA_REGISTRY_NAME",
            Self::Context => "SCHEMA_REGISTRY_CONTEXT",
            Self::Normalize => "SCHEMA_REGISTRY_NORMALIZE",
            Self::TimeoutMs => "SCHEMA_REGISTRY_TIMEOUT_MS",
            Self::CacheUrl => "SCHEMA_REGISTRY_CACHE_URL",
        }
    }
}

impl fmt::Display for RegistryVariable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
