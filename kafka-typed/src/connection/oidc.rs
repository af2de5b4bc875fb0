//! librdkafka's settings for the client credentials grant of OAuth 2.0, which this crate follows itself: librdkafka can
//! only where it was built with libcurl.

use super::ConnectionError;

/// Turns the grant on, with the value `oidc`.
pub(crate) const METHOD: &str = "sasl.oauthbearer.method";
const TOKEN_ENDPOINT: &str = "sasl.oauthbearer.token.endpoint.url";
const CLIENT_ID: &str = "sasl.oauthbearer.client.id";
const CLIENT_SECRET: &str = "sasl.oauthbearer.client.secret";
const SCOPE: &str = "sasl.oauthbearer.scope";
const EXTENSIONS: &str = "sasl.oauthbearer.extensions";

/// What the settings have about a token endpoint.
pub(crate) struct OidcSettings {
    pub(crate) token_endpoint: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) scope: Option<String>,
}

/// Whether a setting is followed here, and never by librdkafka.
pub(crate) fn is_setting(name: &str) -> bool {
    [METHOD, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET, SCOPE, EXTENSIONS].contains(&name)
}

impl OidcSettings {
    /// Takes the settings out, when they turn the grant on. `take` removes a setting and returns its value.
    pub(crate) fn take(mut take: impl FnMut(&str) -> Option<String>) -> Result<Option<Self>, ConnectionError> {
        match take(METHOD).as_deref().map(str::trim) {
            None | Some("default") => return Ok(None),
            Some(method) if method.eq_ignore_ascii_case("oidc") => {}
            Some(_) => return Err(invalid(METHOD, "it is neither `default` nor `oidc`")),
        }
        let mut required = |name: &str| {
            let missing = "it is not set, but `sasl.oauthbearer.method` is `oidc`: set the token endpoint, the client's id and its secret";
            take(name).ok_or_else(|| invalid(name, missing))
        };
        Ok(Some(Self {
            token_endpoint: required(TOKEN_ENDPOINT)?,
            client_id: required(CLIENT_ID)?,
            client_secret: required(CLIENT_SECRET)?,
            scope: take(SCOPE),
        }))
    }
}

/// Takes the SASL extensions out: `logicalCluster=lkc-abc123,identityPoolId=pool-xyz`.
pub(crate) fn take_extensions(
    mut take: impl FnMut(&str) -> Option<String>,
) -> Result<Vec<(String, String)>, ConnectionError> {
    let Some(text) = take(EXTENSIONS) else { return Ok(Vec::new()) };
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let pairs = parts.map(|part| match part.split_once('=') {
        Some((name, value)) if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err(invalid(EXTENSIONS, "write NAME=VALUE, with letters only in the name, and commas between them")),
    });
    pairs.collect()
}

fn invalid(setting: &str, reason: &str) -> ConnectionError {
    ConnectionError::InvalidSetting { setting: setting.to_owned(), reason: reason.to_owned() }
}
