//! One OAuth 2.0 setting for both the brokers and the registry.

use std::error::Error;

use futures_util::future::BoxFuture;
use schema_registry::{AccessToken, ClientCredentials, TokenError, TokenSource};

use crate::connection::broker_token::{BrokerToken, BrokerTokens, FetchedToken};
use crate::connection::oidc::OidcSettings;
use crate::connection::{Connection, ConnectionBuilder, ConnectionError};

/// A source of access tokens, for brokers.
struct OfSource {
    source: TokenSource,
    extensions: Vec<(String, String)>,
}

impl BrokerTokens for OfSource {
    fn fetch(&self) -> BoxFuture<'static, FetchedToken> {
        let (source, extensions) = (self.source.clone(), self.extensions.clone());
        Box::pin(async move {
            let access = source.token().await?;
            let token = BrokerToken::new(access.secret(), access.remaining());
            Ok(extensions.into_iter().fold(token, |token, (name, value)| token.extension(name, value)))
        })
    }

    fn refuse(&self, token: &BrokerToken) {
        self.source.refuse(&AccessToken::new(&token.token));
    }
}

impl Connection {
    /// Reads where the brokers are from the environment: the variables of
    /// [`KafkaTyped::from_env`](crate::KafkaTyped::from_env) that begin with `KAFKA_`.
    ///
    /// # Errors
    ///
    /// When `KAFKA_BOOTSTRAP_SERVERS` is missing, or a value cannot be used. The error names the variable
    /// or the setting.
    pub fn from_env() -> Result<Self, ConnectionError> {
        Self::builder().env()?.oidc()?.build()
    }
}

impl ConnectionBuilder {
    /// Logs in to the brokers by OAUTHBEARER with the tokens of a source, which a registry can share. The SASL
    /// extensions are those of the setting `sasl.oauthbearer.extensions`, such as
    /// `logicalCluster=lkc-abc123,identityPoolId=pool-xyz` for Confluent Cloud. As with
    /// [`broker_tokens`](Self::broker_tokens), `security.protocol` has to be `SASL_SSL` or `SASL_PLAINTEXT`.
    ///
    /// # Errors
    ///
    /// When the extensions cannot be read.
    pub fn oauth(mut self, source: TokenSource) -> Result<Self, ConnectionError> {
        let extensions = self.take_sasl_extensions()?;
        Ok(self.token_source(OfSource { source, extensions }))
    }

    /// Fetches tokens as librdkafka's settings `sasl.oauthbearer.…` have it, when `sasl.oauthbearer.method` is `oidc`,
    /// and changes nothing otherwise. To be called after all settings.
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `sasl.oauthbearer.token.endpoint.url` | the token endpoint |
    /// | `sasl.oauthbearer.client.id`, `sasl.oauthbearer.client.secret` | what the client shows to it, by basic authentication |
    /// | `sasl.oauthbearer.scope` | the scopes that it asks for, space-separated |
    /// | `sasl.oauthbearer.extensions` | SASL extensions, such as `logicalCluster=lkc-abc123,identityPoolId=pool-xyz` |
    ///
    /// # Errors
    ///
    /// When one of the settings is missing or cannot be used.
    pub fn oidc(mut self) -> Result<Self, ConnectionError> {
        let Some(settings) = self.take_oidc()? else { return Ok(self) };
        let source = credentials(&settings).token_source().map_err(unusable)?;
        self.oauth(source)
    }
}

/// What the client shows to the token endpoint.
pub(crate) fn credentials(settings: &OidcSettings) -> ClientCredentials {
    let OidcSettings { token_endpoint, client_id, client_secret, scope } = settings;
    let credentials = ClientCredentials::new(token_endpoint, client_id, client_secret);
    match scope {
        Some(scope) => credentials.scope(scope.trim()),
        None => credentials,
    }
}

/// The error for settings that make no source of tokens.
pub(crate) fn unusable(error: TokenError) -> ConnectionError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    ConnectionError::InvalidSetting {
        setting: "sasl.oauthbearer.token.endpoint.url".to_owned(),
        reason: format!("{error}{cause}"),
    }
}
