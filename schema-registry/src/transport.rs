//! Requests over HTTP: fail-over between addresses, retries, bounded answers, errors with their codes.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tracing::Instrument;
use url::Url;

use crate::access_token::AccessToken;
use crate::address::Address;
use crate::builder::TransportSettings;
use crate::context::Context;
use crate::error::RegistryError;
use crate::error_code::ErrorCode;
use crate::http_client::http_client;
use crate::login::Login;
use crate::measurement::{self, call_name};
use crate::operation::{Effort, Operation};
use crate::retry::{RetryPolicy, parse_retry_after};
use crate::token_error::TokenError;
use crate::token_source::TokenSource;
use crate::wire::{ErrorAnswer, MEDIA_TYPE};

/// An answer larger than this is not read: registries refuse schemas far smaller.
const LARGEST_ANSWER: usize = 16 << 20;
/// How much of an answer that is not JSON is kept as an error's message.
const LONGEST_FOREIGN_MESSAGE: usize = 200;

/// Asks the registry, at whichever of its addresses works.
pub(crate) struct Transport {
    endpoints: Vec<Endpoint>,
    /// The endpoint that answered last. Staying with it keeps connections, and spares the others.
    preferred: AtomicUsize,
    /// Whether the last round of tries failed, which is logged when it changes.
    is_failing: AtomicBool,
    retry: RetryPolicy,
    longest_call: Duration,
    /// Where access tokens come from, when an endpoint takes them.
    tokens: Option<TokenSource>,
    /// What goes with every kind of token: the headers of Confluent Cloud.
    bearer_headers: HeaderMap,
    /// The name of the registry in metrics.
    registry: Arc<str>,
    /// Bounds the requests under way, so that many tasks do not overwhelm a slow registry.
    permits: Semaphore,
}

struct Endpoint {
    url: Url,
    login: Login,
    client: Client,
}

/// One call of the registry's API. Repeating one changes nothing further; only the second deletion is answered with an
/// error.
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    pub(crate) method: Method,
    pub(crate) api: Api,
    /// The segments of the path, not encoded.
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// JSON.
    pub(crate) body: Option<String>,
}

/// Which of a registry's interfaces is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// That of Confluent's registry, to which the address leads.
    Confluent,
    /// That of Apicurio Registry itself, which is beside it.
    Apicurio,
}

/// Where Apicurio Registry has the API of Confluent, followed by its version, and where it has its own.
const APICURIOS_CONFLUENT_API: &str = "/apis/ccompat/";
const APICURIOS_API: &str = "/apis/registry/v3";

/// An attempt that failed, and when the registry wants to be asked again.
struct Failure {
    error: Box<RegistryError>,
    retry_after: Option<Duration>,
}

impl Transport {
    pub(crate) fn new(settings: TransportSettings) -> Result<Self, RegistryError> {
        let endpoints = settings
            .addresses
            .iter()
            .map(|address| Endpoint::new(address, &settings))
            .collect::<Result<Vec<_>, _>>()?;
        let tokens = endpoints.iter().find_map(|endpoint| match &endpoint.login {
            Login::Tokens { source } => Some(source.clone()),
            _ => None,
        });
        Ok(Self {
            endpoints,
            tokens,
            bearer_headers: settings.bearer_headers,
            preferred: AtomicUsize::new(0),
            is_failing: AtomicBool::new(false),
            retry: settings.retry,
            longest_call: settings.deadline,
            registry: settings.registry,
            permits: Semaphore::new(settings.max_concurrent_requests),
        })
    }

    /// The context that the address leads to: `.x` for one that ends in `/contexts/x`.
    pub(crate) fn context(&self) -> Context {
        debug_assert!(!self.endpoints.is_empty(), "a client is built with at least one address");
        let path = self.endpoints.first().map_or("", |endpoint| endpoint.url.path()).trim_end_matches('/');
        let name = path.rsplit_once("/contexts/").map(|(_, name)| name);
        name.and_then(|name| name.parse().ok()).unwrap_or_default()
    }

    /// The first of the addresses that do not lead to Apicurio Registry, as far as can be seen.
    pub(crate) fn other_than_apicurio(&self) -> Option<&Url> {
        let mut urls = self.endpoints.iter().map(|endpoint| &endpoint.url);
        urls.find(|url| !url.path().contains(APICURIOS_CONFLUENT_API))
    }

    /// How long a call may take, all its requests and tries included.
    pub(crate) fn longest_call(&self) -> Duration {
        self.longest_call
    }

    /// Makes the call and reads the answer as JSON.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, RegistryError> {
        // In boxes, because what does a request is large, and callers keep the futures of several calls on their stack.
        let name = call_name(&call.method, call.path);
        let span = tracing::info_span!("schema_registry", call = name, what = call.operation.what);
        let (endpoint, answer) = Box::pin(self.send(&call).instrument(span)).await?;
        serde_json::from_slice(&answer).map_err(|source| RegistryError::InvalidAnswer {
            url: endpoint.url_of(&call).into(),
            operation: call.operation.what,
            source: Arc::new(source),
        })
    }

    /// Makes the call, and once more with a new token when the one that was sent is refused: it may have been revoked,
    /// or have ended early by the registry's clock.
    async fn send(&self, call: &Call<'_>) -> Result<(&Endpoint, Vec<u8>), RegistryError> {
        let mut tries = 0;
        let Some(tokens) = &self.tokens else { return self.send_in_rounds(call, None, &mut tries).await };
        let token = token_in_time(tokens, call).await?;
        match self.send_in_rounds(call, Some(&token), &mut tries).await {
            Err(error) if error.is_unauthorized() => {
                tracing::debug!(%error, "the schema registry refuses the access token, which is fetched anew");
                tokens.refuse(&token);
                let token = token_in_time(tokens, call).await?;
                self.send_in_rounds(call, Some(&token), &mut tries).await
            }
            answered => answered,
        }
    }

    /// Asks one address after the other, and all of them again after a pause, while that can help and there is time.
    async fn send_in_rounds(
        &self,
        call: &Call<'_>,
        token: Option<&AccessToken>,
        tries: &mut u32,
    ) -> Result<(&Endpoint, Vec<u8>), RegistryError> {
        let mut failed_rounds = 0;
        loop {
            let failure = match self.send_to_each(call, token, tries).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            failed_rounds += 1;
            let pause = match failure.error.is_retriable() {
                true => self.retry.pause(failed_rounds, failure.retry_after),
                false => None,
            };
            match pause.filter(|pause| !call.operation.is_over_after(*pause)) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure.error.after(Effort::new(*tries, call.operation.began.elapsed()))),
            }
        }
    }

    async fn send_to_each(
        &self,
        call: &Call<'_>,
        token: Option<&AccessToken>,
        tries: &mut u32,
    ) -> Result<(&Endpoint, Vec<u8>), Failure> {
        let count = self.endpoints.len();
        let first = self.preferred.load(Ordering::Relaxed).min(count);
        let mut last = Failure { error: Box::new(RegistryError::NoUrl), retry_after: None };
        for index in (first..count).chain(0..first) {
            let endpoint = &self.endpoints[index];
            *tries += 1;
            let began = Instant::now();
            let answer = self.attempt_in_time(endpoint, call, token).await;
            let error = answer.as_ref().err().map(|failure| &*failure.error);
            measurement::request(&self.registry, call_name(&call.method, call.path), began.elapsed(), error);
            let failure = match answer {
                Ok(answer) => {
                    self.works(index, endpoint);
                    return Ok((endpoint, answer));
                }
                Err(failure) => failure,
            };
            if !failure.error.is_retriable() {
                self.works(index, endpoint);
                return Err(failure);
            }
            tracing::debug!(error = %failure.error, "the schema registry failed");
            // Whoever asked for the longest pause gets it: all addresses usually lead to one registry.
            let retry_after = failure.retry_after.max(last.retry_after);
            last = Failure { error: failure.error, retry_after };
            if call.operation.is_over_after(Duration::ZERO) {
                break;
            }
        }
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            let error = last.error.clone().after(Effort::new(*tries, call.operation.began.elapsed()));
            let cause = error.source().map(tracing::field::display);
            tracing::warn!(cause, "the schema registry fails: {error}");
        }
        Err(last)
    }

    /// Stays with an address that answers.
    fn works(&self, index: usize, endpoint: &Endpoint) {
        self.preferred.store(index, Ordering::Relaxed);
        if self.is_failing.load(Ordering::Relaxed) && self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!(url = %endpoint.url, "the schema registry answers again");
        }
    }

    /// An attempt that ends when the call has to.
    async fn attempt_in_time(
        &self,
        endpoint: &Endpoint,
        call: &Call<'_>,
        token: Option<&AccessToken>,
    ) -> Result<Vec<u8>, Failure> {
        let attempt = Box::pin(self.attempt(endpoint, call, token));
        let Some(deadline) = call.operation.deadline else { return attempt.await };
        tokio::time::timeout_at(deadline, attempt).await.unwrap_or_else(|elapsed| {
            let error = RegistryError::Transport {
                operation: call.operation.what.clone(),
                url: endpoint.url_of(call).into(),
                effort: Effort::default(),
                source: Arc::new(elapsed),
            };
            Err(Failure { error: Box::new(error), retry_after: None })
        })
    }

    async fn attempt(
        &self,
        endpoint: &Endpoint,
        call: &Call<'_>,
        token: Option<&AccessToken>,
    ) -> Result<Vec<u8>, Failure> {
        // The semaphore is never closed, and even then going on without a permit would be right.
        let _permit = self.permits.acquire().await;
        let url = endpoint.url_of(call);
        tracing::debug!(method = %call.method, %url, "asking the schema registry");
        let accepted = match call.api {
            Api::Confluent => MEDIA_TYPE,
            Api::Apicurio => "application/json",
        };
        let mut request = endpoint.client.request(call.method.clone(), url.clone()).header(ACCEPT, accepted);
        request = match (&endpoint.login, token) {
            (Login::Basic { user, password }, _) => request.basic_auth(user, Some(password)),
            (Login::Bearer { token }, _) => request.bearer_auth(token),
            (Login::Tokens { .. }, Some(token)) => request.bearer_auth(token.secret()),
            _ => request,
        };
        if endpoint.login.is_bearer() {
            request = request.headers(self.bearer_headers.clone());
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, MEDIA_TYPE).body(body.clone());
        }
        let unreachable = |source: reqwest::Error| Failure {
            error: Box::new(RegistryError::Transport {
                operation: call.operation.what.clone(),
                url: url.as_str().to_owned(),
                effort: Effort::default(),
                source: Arc::new(source.without_url()),
            }),
            retry_after: None,
        };
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let retry_after = header(&response, &RETRY_AFTER).and_then(|text| parse_retry_after(text, SystemTime::now()));
        let location = header(&response, &LOCATION).map(str::to_owned);
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.len() + chunk.len() > LARGEST_ANSWER {
                let error = RegistryError::AnswerTooLarge {
                    operation: call.operation.what.clone(),
                    url: url.into(),
                    limit: LARGEST_ANSWER,
                };
                return Err(Failure { error: Box::new(error), retry_after: None });
            }
            answer.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(answer);
        }
        let (code, message) = read_error(status, &answer, location);
        let (operation, effort) = (call.operation.what.clone(), Effort::default());
        let error = RegistryError::Http { operation, url: url.into(), status: status.as_u16(), code, message, effort };
        Err(Failure { error: Box::new(error), retry_after })
    }
}

impl fmt::Debug for Transport {
    /// Prints addresses, from which user and password have been taken, and no credentials.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.endpoints.iter().map(|endpoint| endpoint.url.as_str())).finish()
    }
}

impl Endpoint {
    fn new(address: &Address, settings: &TransportSettings) -> Result<Self, RegistryError> {
        let client = http_client(&address.url, &settings.certificates, settings.timeouts)?;
        Ok(Self { url: address.url.clone(), login: address.login.clone(), client })
    }

    /// The address of a call: the segments after the registry's own path, percent-encoded.
    fn url_of(&self, call: &Call<'_>) -> Url {
        let mut url = self.url.clone();
        if call.api == Api::Apicurio {
            let before = url.path().split_once(APICURIOS_CONFLUENT_API).map_or("", |(before, _)| before);
            url.set_path(&format!("{before}{APICURIOS_API}"));
        }
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        url
    }
}

/// A token, unless fetching it takes longer than the call may.
async fn token_in_time(tokens: &TokenSource, call: &Call<'_>) -> Result<AccessToken, RegistryError> {
    let fetched = match call.operation.deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, tokens.token()).await.unwrap_or(Err(TokenError::TimedOut)),
        None => tokens.token().await,
    };
    fetched.map_err(|source| RegistryError::Token { operation: call.operation.what.clone(), source: Box::new(source) })
}

fn header<'a>(response: &'a Response, name: &reqwest::header::HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// The code and message of an answer that is not a success. A proxy or a login page in front of the registry answers
/// without a code; then the status is the code.
fn read_error(status: StatusCode, answer: &[u8], location: Option<String>) -> (ErrorCode, String) {
    if let Ok(error) = serde_json::from_slice::<ErrorAnswer>(answer) {
        return (ErrorCode::from_number(error.error_code), error.message);
    }
    let code = ErrorCode::from_number(i32::from(status.as_u16()));
    if let Some(location) = location {
        return (code, format!("it redirects to {location}"));
    }
    let text = String::from_utf8_lossy(answer);
    let text = text.trim();
    if text.is_empty() {
        return (code, status.canonical_reason().unwrap_or("no message").to_owned());
    }
    (code, text.chars().take(LONGEST_FOREIGN_MESSAGE).collect())
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::{ErrorCode, read_error};

    #[test]
    fn errors_are_read_from_whatever_answers() {
        let check = |status: u16, answer: &str, location: Option<&str>, code, message: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            let read = read_error(status, answer.as_bytes(), location.map(str::to_owned));
            assert_eq!(read, (code, message.to_owned()), "{answer}");
        };
        let json = r#"{"error_code": 40401, "message": "no such subject", "extra": []}"#;
        check(404, json, None, ErrorCode::SubjectNotFound, "no such subject");
        check(502, "<h1>Bad Gateway</h1>\n", None, ErrorCode::Other(502), "<h1>Bad Gateway</h1>");
        check(503, "", None, ErrorCode::Other(503), "Service Unavailable");
        check(302, "moved", Some("https://x/"), ErrorCode::Other(302), "it redirects to https://x/");
        check(500, &"é".repeat(500), None, ErrorCode::Other(500), &"é".repeat(200));
    }
}
