//! The client credentials grant of OAuth 2.0: <https://www.rfc-editor.org/rfc/rfc6749#section-4.4>.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::access_token::AccessToken;
use crate::address::without_login;
use crate::http_client::{Timeouts, http_client};
use crate::login::without_line_break;
use crate::operation::{Effort, Operation};
use crate::retry::{RetryPolicy, parse_retry_after};
use crate::tls::Certificates;
use crate::token_error::TokenError;
use crate::token_source::TokenSource;

/// An answer larger than this is not read: tokens are far smaller.
const LARGEST_ANSWER: usize = 1 << 20;
/// How much is kept of an answer that is not an error of OAuth 2.0.
const LONGEST_FOREIGN_MESSAGE: usize = 200;
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(5), request: Duration::from_secs(15) };
/// How long fetching one token may take, all tries and the pauses between included.
const DEADLINE: Duration = Duration::from_secs(30);
const RETRY: RetryPolicy =
    RetryPolicy { retries: 3, base_delay: Duration::from_millis(100), longest_delay: Duration::from_secs(2) };

/// The client credentials grant of OAuth 2.0: a service shows its id and secret to a token endpoint, which gives it an
/// access token.
///
/// ```
/// use schema_registry::{ClientCredentials, Login, SchemaRegistry};
///
/// let credentials = ClientCredentials::new("https://idp.example.com/oauth2/token", "billing", "secret")
///     .scope("schema-registry:read")
///     .field("audience", "https://registry.example.com");
/// let registry = SchemaRegistry::builder()
///     .url("https://psrc-1.confluent.cloud")
///     .login(Login::client_credentials(credentials))
///     .logical_cluster("lsrc-abc123")
///     .identity_pool("pool-xyz")
///     .build()?;
/// # let _ = registry;
/// # Ok::<(), schema_registry::RegistryError>(())
/// ```
///
/// A token that cannot be fetched is fetched again, up to 3 times, when the endpoint cannot be reached or answers 408,
/// 429 (at the time of its `Retry-After`), 500, 502, 503 or 504.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCredentials {
    token_url: String,
    client_id: String,
    client_secret: String,
    /// Whether id and secret are fields of the form, instead of basic authentication.
    is_secret_in_form: bool,
    fields: Vec<(String, String)>,
    extra_roots: Vec<Vec<u8>>,
}

impl ClientCredentials {
    /// A client of the token endpoint at `token_url`. Line breaks at the ends of id and secret are removed, since files
    /// with secrets have one.
    pub fn new(token_url: impl Into<String>, client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            token_url: token_url.into().trim().to_owned(),
            client_id: without_line_break(client_id.into()),
            client_secret: without_line_break(client_secret.into()),
            is_secret_in_form: false,
            fields: Vec::new(),
            extra_roots: Vec::new(),
        }
    }

    /// Asks for these scopes, space-separated.
    #[must_use]
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.field("scope", scope)
    }

    /// Adds a field to the form that is sent, such as the `audience` or the `resource` that some servers want.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Sends id and secret as the fields `client_id` and `client_secret` (`client_secret_post`). By default they are
    /// sent by basic authentication, both form-encoded as RFC 6749 has it (`client_secret_basic`).
    #[must_use]
    pub fn secret_in_form(mut self) -> Self {
        self.is_secret_in_form = true;
        self
    }

    /// Trusts the certificate authorities in this PEM text at the token endpoint, besides those of the operating
    /// system.
    #[must_use]
    pub fn extra_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// The source of the tokens. Nothing is sent before the first is needed. Several clients that are to share their
    /// tokens need the same source.
    ///
    /// # Errors
    /// [`TokenError::InvalidUrl`], [`TokenError::EmptyClientId`], or [`TokenError::Setup`] when a certificate cannot be
    /// used.
    pub fn token_source(&self) -> Result<TokenSource, TokenError> {
        let grant = Arc::new(Grant::new(self)?);
        Ok(TokenSource::from_fetch(Box::new(move || {
            let grant = Arc::clone(&grant);
            Box::pin(async move { grant.fetch().await })
        })))
    }
}

impl fmt::Debug for ClientCredentials {
    /// Leaves out the secret, and the values of fields, which may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("ClientCredentials")
            .field("token_url", &without_login(&self.token_url))
            .field("client_id", &self.client_id)
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}

/// The request for a token, ready to be sent.
struct Grant {
    url: Url,
    client: Client,
    /// User and password of basic authentication.
    basic: Option<(String, String)>,
    form: String,
}

/// An attempt that failed, and when the server wants to be asked again.
struct Failure {
    error: TokenError,
    retry_after: Option<Duration>,
}

impl Grant {
    fn new(credentials: &ClientCredentials) -> Result<Self, TokenError> {
        let url = address(&credentials.token_url)?;
        if credentials.client_id.is_empty() {
            return Err(TokenError::EmptyClientId);
        }
        let certificates = Certificates { extra_roots: credentials.extra_roots.clone(), identity: None };
        let client = http_client(&url, &certificates, TIMEOUTS)?;
        let (id, secret) = (&*credentials.client_id, &*credentials.client_secret);
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").extend_pairs(&credentials.fields);
        if credentials.is_secret_in_form {
            form.append_pair("client_id", id).append_pair("client_secret", secret);
        }
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect();
        let basic = (!credentials.is_secret_in_form).then(|| (encoded(id), encoded(secret)));
        Ok(Self { url, client, basic, form: form.finish() })
    }

    async fn fetch(&self) -> Result<AccessToken, TokenError> {
        let operation = Operation::new("fetching an access token".to_owned(), DEADLINE);
        let mut tries = 0;
        loop {
            let failure = match self.attempt().await {
                Ok(token) => return Ok(token),
                Err(failure) => failure,
            };
            tries += 1;
            let pause = match failure.error.is_retriable() {
                true => RETRY.pause(tries, failure.retry_after),
                false => None,
            };
            match pause.filter(|pause| !operation.is_over_after(*pause)) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure.error.after(Effort::new(tries, operation.began.elapsed()))),
            }
        }
    }

    fn request(&self) -> RequestBuilder {
        let request = self.client.post(self.url.clone()).header(ACCEPT, "application/json");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(self.form.clone());
        match &self.basic {
            Some((id, secret)) => request.basic_auth(id, Some(secret)),
            None => request,
        }
    }

    async fn attempt(&self) -> Result<AccessToken, Failure> {
        tracing::debug!(url = %self.url, "asking the token endpoint");
        let unreachable = |source: reqwest::Error| Failure {
            error: TokenError::Unreachable {
                url: self.url.to_string(),
                effort: Effort::default(),
                source: Arc::new(source.without_url()),
            },
            retry_after: None,
        };
        let mut response = self.request().send().await.map_err(unreachable)?;
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = header(RETRY_AFTER).and_then(|text| parse_retry_after(text, SystemTime::now()));
        let location = header(LOCATION).map(str::to_owned);
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.len() + chunk.len() > LARGEST_ANSWER {
                return Err(self.invalid("it is larger than any token"));
            }
            answer.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return read_token(&answer).map_err(|problem| self.invalid(problem));
        }
        let (error, description) = read_error(status, &answer, location);
        let (url, status, effort) = (self.url.to_string(), status.as_u16(), Effort::default());
        Err(Failure { error: TokenError::Refused { url, status, error, description, effort }, retry_after })
    }

    fn invalid(&self, problem: &'static str) -> Failure {
        Failure { error: TokenError::InvalidAnswer { url: self.url.to_string(), problem }, retry_after: None }
    }
}

fn address(text: &str) -> Result<Url, TokenError> {
    let invalid = |reason: &str| TokenError::InvalidUrl { url: without_login(text), reason: reason.to_owned() };
    let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("it begins with neither http:// nor https://"));
    }
    if url.username() != "" || url.password().is_some() {
        return Err(invalid("it has a user, which the client's id and secret replace"));
    }
    Ok(url)
}

/// The token in an answer: <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>.
fn read_token(answer: &[u8]) -> Result<AccessToken, &'static str> {
    let answer: Value = serde_json::from_slice(answer).map_err(|_| "it is not JSON")?;
    let text = answer.get("access_token").and_then(Value::as_str).ok_or("it has no `access_token`")?;
    let is_bearer = |kind: &Value| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !answer.get("token_type").is_none_or(is_bearer) {
        return Err("its `token_type` is not `Bearer`");
    }
    let token = AccessToken::new(text);
    let Some(expires_in) = answer.get("expires_in").filter(|value| !value.is_null()) else { return Ok(token) };
    // Some servers send the number as text.
    let seconds = expires_in.as_f64().or_else(|| expires_in.as_str()?.trim().parse().ok());
    let lifetime = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    lifetime.map(|lifetime| token.valid_for(lifetime)).ok_or("its `expires_in` is not a number of seconds")
}

/// The code and description in an error: <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>.
fn read_error(status: StatusCode, answer: &[u8], location: Option<String>) -> (String, Option<String>) {
    if let Ok(json) = serde_json::from_slice::<Value>(answer)
        && let Some(error) = json.get("error").and_then(Value::as_str)
    {
        return (error.to_owned(), json.get("error_description").and_then(Value::as_str).map(str::to_owned));
    }
    if let Some(location) = location {
        return (format!("it redirects to {location}"), None);
    }
    let text = String::from_utf8_lossy(answer);
    match text.trim() {
        "" => (status.canonical_reason().unwrap_or("no message").to_owned(), None),
        text => (text.chars().take(LONGEST_FOREIGN_MESSAGE).collect(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_from_what_servers_answer() {
        let check = |answer: &str, expected: Result<(&str, u128), &str>| {
            let read = read_token(answer.as_bytes());
            let read = read.as_ref().map(|token| (token.secret(), token.remaining().as_millis().div_ceil(1000)));
            assert_eq!(read.map_err(|problem| *problem), expected, "{answer}");
        };
        check(r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#, Ok(("t", 3600)));
        check(r#"{"access_token":"t","token_type":"bearer","expires_in":"3600","scope":"a"}"#, Ok(("t", 3600)));
        check(r#"{"access_token":"t"}"#, Ok(("t", 300)));
        check(r#"{"access_token":"t","expires_in":null}"#, Ok(("t", 300)));
        check(r#"{"access_token":"t","expires_in":0}"#, Ok(("t", 0)));
        check(r#"{"access_token":"t","expires_in":-1}"#, Err("its `expires_in` is not a number of seconds"));
        check(r#"{"access_token":"t","expires_in":"soon"}"#, Err("its `expires_in` is not a number of seconds"));
        check(r#"{"access_token":"t","token_type":"mac"}"#, Err("its `token_type` is not `Bearer`"));
        check(r#"{"access_token":5}"#, Err("it has no `access_token`"));
        check(r#""hunter2""#, Err("it has no `access_token`"));
        check("<html>sign in</html>", Err("it is not JSON"));
        check("", Err("it is not JSON"));
    }

    #[test]
    fn addresses_that_cannot_work_are_refused_without_their_secrets() {
        for url in ["", "idp", "ftp://idp", "https://ann:hunter2@idp", "https://ann:hun ter2@:x"] {
            let error = ClientCredentials::new(url, "id", "s").token_source().expect_err(url);
            assert!(matches!(error, TokenError::InvalidUrl { .. }), "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("ter2"), "{error}");
        }
        let empty = ClientCredentials::new("https://idp", "", "s").token_source();
        assert!(matches!(empty, Err(TokenError::EmptyClientId)), "{empty:?}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let credentials =
            ClientCredentials::new("https://idp/token", "billing", "hunter2").field("assertion", "hunter2");
        let printed = format!("{credentials:?}");
        assert!(
            printed.contains("billing") && printed.contains("assertion") && !printed.contains("hunter2"),
            "{printed}"
        );
    }
}
