//! A token endpoint of OAuth 2.0 that answers what a test tells it to.

use schema_registry::ClientCredentials;
use url::form_urlencoded;

use crate::scripted::{Asked, Reply, Scripted};

/// The client that the server knows.
pub(crate) const CLIENT_ID: &str = "billing";
/// Has characters that mean something in a form and in basic authentication.
pub(crate) const CLIENT_SECRET: &str = "hunter2:+/ ü";
/// `CLIENT_ID` and `CLIENT_SECRET`, form-encoded and then base64 of `billing:hunter2%3A%2B%2F+%C3%BC`.
const BASIC: &str = "Basic YmlsbGluZzpodW50ZXIyJTNBJTJCJTJGKyVDMyVCQw==";

pub(crate) fn credentials(server: &Scripted) -> ClientCredentials {
    ClientCredentials::new(format!("{}/token", server.url), CLIENT_ID, CLIENT_SECRET)
}

/// Issues `secret-1`, `secret-2`, … to the client that it knows, each for this many seconds.
pub(crate) async fn issuing(expires_in: f64) -> Scripted {
    scripted(move |number| issued(number, expires_in)).await
}

/// Answers the known client by the number of its request, counted from 1.
pub(crate) async fn scripted(answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |index, asked| checked(asked).unwrap_or_else(|| answer(index + 1))).await
}

pub(crate) fn issued(number: usize, expires_in: f64) -> Reply {
    let body = format!(r#"{{"access_token":"secret-{number}","token_type":"Bearer","expires_in":{expires_in}}}"#);
    (200, vec![("content-type", "application/json".to_owned())], body)
}

/// The value of a field of the form.
pub(crate) fn field(asked: &Asked, name: &str) -> Option<String> {
    form_urlencoded::parse(asked.body.as_bytes()).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// The refusal of a request that is not the grant of the known client, by the rules of RFC 6749.
fn checked(asked: &Asked) -> Option<Reply> {
    let refused = |status, error: &str| Some((status, Vec::new(), format!(r#"{{"error":"{error}"}}"#)));
    if asked.method != "POST" || asked.path != "/token" {
        return refused(404, "not_found");
    }
    if asked.header("content-type") != Some("application/x-www-form-urlencoded") {
        return refused(400, "invalid_request");
    }
    if field(asked, "grant_type").as_deref() != Some("client_credentials") {
        return refused(400, "unsupported_grant_type");
    }
    let in_form = (field(asked, "client_id"), field(asked, "client_secret"));
    let is_known = match asked.header("authorization") {
        Some(basic) => basic == BASIC && in_form == (None, None),
        None => in_form == (Some(CLIENT_ID.to_owned()), Some(CLIENT_SECRET.to_owned())),
    };
    if is_known { None } else { refused(401, "invalid_client") }
}
