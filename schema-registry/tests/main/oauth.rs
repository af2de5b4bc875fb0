//! Access tokens: fetched once for all, replaced before they end and when the registry refuses them, never printed.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use schema_registry::{
    AccessToken, ClientCredentials, Login, RegistryError, SchemaRegistry, SchemaRegistryBuilder, TokenError,
    TokenSource,
};
use tokio::task::JoinSet;
use tracing_subscriber::fmt::MakeWriter;

use crate::scripted::{Reply, Scripted, dead_url, error, json};
use crate::token_server::{credentials, field, issued, issuing, scripted};

fn client(registry: &Scripted, tokens: &Scripted) -> SchemaRegistry {
    builder(registry, credentials(tokens)).build().expect("valid settings")
}

fn builder(registry: &Scripted, credentials: ClientCredentials) -> SchemaRegistryBuilder {
    let builder = SchemaRegistry::builder().url(&registry.url).login(Login::client_credentials(credentials));
    builder.retry_delay(Duration::from_millis(1), Duration::from_millis(2))
}

/// A registry that takes every token that `is_valid` does.
async fn registry(is_valid: impl Fn(&str) -> bool + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |_, asked| {
        let token = asked.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        if token.is_some_and(&is_valid) { json("[1]") } else { error(401, 40101, "Unauthorized") }
    })
    .await
}

/// What the registry was shown, without repetitions one after the other.
fn shown(registry: &Scripted) -> Vec<String> {
    let asked = registry.asked();
    let mut shown: Vec<_> = asked.iter().filter_map(|asked| asked.header("authorization")).map(str::to_owned).collect();
    shown.dedup();
    shown
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn a_hundred_requests_on_a_cold_token_make_one_token_request() {
    let (tokens, registry) = (issuing(3600.0).await, registry(|_| true).await);
    let client = client(&registry, &tokens);
    let mut calls = JoinSet::new();
    for number in 0..100 {
        let client = client.clone();
        calls.spawn(async move { client.versions(&format!("s-{number}")).await });
    }
    while let Some(called) = calls.join_next().await {
        assert_eq!(called.expect("no panic").expect("a token and an answer"), [1]);
    }
    assert_eq!((tokens.count(), registry.count()), (1, 100));
    assert_eq!(shown(&registry), ["Bearer secret-1"]);
}

#[tokio::test]
async fn a_hundred_requests_share_the_failure_of_one_token_request() {
    let (tokens, registry) = (scripted(|_| oauth_error(400, "invalid_scope", "no")).await, registry(|_| true).await);
    let client = client(&registry, &tokens);
    let mut calls = JoinSet::new();
    for number in 0..100 {
        let client = client.clone();
        calls.spawn(async move { client.versions(&format!("s-{number}")).await });
    }
    while let Some(called) = calls.join_next().await {
        let failed = called.expect("no panic").expect_err("there is no token");
        assert!(matches!(failed, RegistryError::Token { .. }), "{failed:?}");
    }
    assert_eq!((tokens.count(), registry.count()), (1, 0));
    client.versions("s").await.expect_err("there is no token");
    assert_eq!(tokens.count(), 2, "a later call asks again");
}

#[tokio::test]
async fn the_client_shows_itself_as_it_is_told() {
    let (tokens, registry) = (issuing(3600.0).await, registry(|_| true).await);
    client(&registry, &tokens).versions("s").await.expect("basic authentication, form-encoded");
    let in_form = credentials(&tokens).secret_in_form().scope("read write").field("audience", "https://r/?a=b&c");
    builder(&registry, in_form).build().expect("valid settings").versions("s").await.expect("both in the form");
    let [basic, form] = &tokens.asked()[..] else { panic!("two tokens were fetched") };
    assert_eq!(basic.body, "grant_type=client_credentials");
    assert_eq!(form.header("authorization"), None);
    assert_eq!(field(form, "scope").as_deref(), Some("read write"));
    assert_eq!(field(form, "audience").as_deref(), Some("https://r/?a=b&c"));
    let stranger = ClientCredentials::new(format!("{}/token", tokens.url), "billing", "wrong");
    let refused = builder(&registry, stranger).build().expect("valid settings").versions("s").await;
    assert!(chain(&refused.expect_err("a wrong secret")).contains("answered 401: invalid_client"));
}

#[tokio::test]
async fn headers_of_confluent_cloud_go_with_tokens_alone() {
    let registry = Scripted::start(|_, _| json("[1]")).await;
    let cloud = |builder: SchemaRegistryBuilder| {
        let builder = builder.url(&registry.url).logical_cluster("lsrc-1").identity_pool("pool-1");
        builder.build().expect("valid settings")
    };
    let source = TokenSource::new(|| async { Ok::<_, std::io::Error>(AccessToken::new("secret")) });
    for login in [Login::bearer("secret"), Login::tokens(source)] {
        cloud(SchemaRegistry::builder().login(login)).versions("s").await.expect("the script answers");
    }
    cloud(SchemaRegistry::builder().basic_auth("ann", "secret")).versions("s").await.expect("the script answers");
    let sent = registry.asked().into_iter().map(|asked| {
        let header = |name| asked.header(name).map(str::to_owned);
        (header("authorization"), header("target-sr-cluster"), header("confluent-identity-pool-id"))
    });
    let text = |text: &str| Some(text.to_owned());
    let with_token = (text("Bearer secret"), text("lsrc-1"), text("pool-1"));
    assert_eq!(
        sent.collect::<Vec<_>>(),
        [with_token.clone(), with_token, (text("Basic YW5uOnNlY3JldA=="), None, None)]
    );
    let invalid = SchemaRegistry::builder().url("http://r").bearer_auth("t").logical_cluster("a\nb").build();
    assert!(matches!(invalid, Err(RegistryError::InvalidLogin(_))), "{invalid:?}");
}

/// Tokens of 600 ms, and requests in eight tasks for two seconds: the old token goes on being used while the next one
/// is fetched, so that no request is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_replaced_before_they_end_under_load() {
    const LIFETIME: Duration = Duration::from_millis(600);
    let issued_at = Arc::new(Mutex::new(Vec::<Instant>::new()));
    let when = Arc::clone(&issued_at);
    let tokens = scripted(move |number| {
        when.lock().expect("no panic").push(Instant::now());
        issued(number, LIFETIME.as_secs_f64())
    })
    .await;
    let when = Arc::clone(&issued_at);
    let registry = registry(move |token| {
        let number: usize = token.strip_prefix("secret-").and_then(|number| number.parse().ok()).expect("a token");
        when.lock().expect("no panic")[number - 1].elapsed() < LIFETIME
    })
    .await;
    let client = client(&registry, &tokens);
    let until = Instant::now() + Duration::from_secs(2);
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let client = client.clone();
        tasks.spawn(async move {
            let mut calls = 0_usize;
            while Instant::now() < until {
                client.versions(&format!("s-{number}")).await.expect("a token that is valid");
                calls += 1;
            }
            calls
        });
    }
    let calls: usize = tasks.join_all().await.into_iter().sum();
    // Each is replaced after 420 to 480 ms: four or five, and one more on a machine that stands still for a moment.
    let fetched = tokens.count();
    assert!((4..=8).contains(&fetched), "{fetched} tokens for {calls} calls");
    assert!(
        registry.count() <= calls + 2,
        "{} requests for {calls} calls: refused ones are repeated",
        registry.count()
    );
}

#[tokio::test]
async fn a_token_that_has_ended_is_not_sent() {
    let (tokens, registry) = (issuing(0.0).await, registry(|_| true).await);
    let client = client(&registry, &tokens);
    client.versions("s").await.expect("a token");
    client.versions("s").await.expect("a new token");
    assert_eq!(
        (tokens.count(), shown(&registry)),
        (2, vec!["Bearer secret-1".to_owned(), "Bearer secret-2".to_owned()])
    );
}

#[tokio::test]
async fn a_token_that_the_registry_refuses_is_fetched_anew_once() {
    // Revoked, or ended by the registry's clock: `expires_in` says that it is good for an hour.
    let (tokens, strict) = (issuing(3600.0).await, registry(|token| token != "secret-1").await);
    let client_of = |registry| client(registry, &tokens);
    let client = client_of(&strict);
    let mut calls = JoinSet::new();
    for number in 0..50 {
        let client = client.clone();
        calls.spawn(async move { client.versions(&format!("s-{number}")).await.map(drop) });
    }
    while let Some(called) = calls.join_next().await {
        called.expect("no panic").expect("the second token is good");
    }
    assert_eq!(tokens.count(), 2, "all that were refused share the second token");

    // A registry that takes no token at all: the answer is its 401, after one repetition.
    let (before, closed) = (tokens.count(), registry(|_| false).await);
    let refused = client_of(&closed).versions("s").await.expect_err("401");
    assert!(matches!(refused, RegistryError::Http { status: 401, .. }), "{refused:?}");
    assert_eq!((tokens.count() - before, closed.count()), (2, 2));
}

fn oauth_error(status: u16, error: &str, description: &str) -> Reply {
    (status, Vec::new(), format!(r#"{{"error":"{error}","error_description":"{description}"}}"#))
}

#[tokio::test]
async fn every_sick_token_endpoint_has_its_remedy() {
    let registry = registry(|_| true).await;
    let check = async |credentials: ClientCredentials, is_retriable: bool, words: &[&str]| {
        let client = builder(&registry, credentials).deadline(Duration::from_secs(20)).build().expect("valid settings");
        let failed = client.versions("s").await.expect_err("there is no token");
        let text = chain(&failed);
        for words in [&["no access token"], words].concat() {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(failed.is_retriable(), is_retriable, "{text}");
        assert!(!format!("{text} {failed:?}").contains("hunter2"), "{failed:?}");
    };
    let check_reply = async |reply: Reply, requests: usize, is_retriable: bool, words: &[&str]| {
        let server = scripted(move |_| reply.clone()).await;
        check(credentials(&server), is_retriable, words).await;
        assert_eq!(server.count(), requests, "{words:?}");
    };
    let invalid_client = oauth_error(401, "invalid_client", "Client authentication failed");
    let secret = "check the client's id and secret";
    check_reply(invalid_client, 1, false, &["401: invalid_client: Client authentication failed", secret]).await;
    let grant = "allow the grant `client_credentials` for this client";
    check_reply(oauth_error(400, "unauthorized_client", "no"), 1, false, &["unauthorized_client: no", grant]).await;
    let limited = (429, vec![("retry-after", "0".to_owned())], String::new());
    check_reply(limited, 4, true, &["429: Too Many Requests", "overloaded", "4 tries in "]).await;
    check_reply((500, vec![], "<h1>Oops</h1>".to_owned()), 4, true, &["500: <h1>Oops</h1>", "check its log"]).await;
    let too_long = (429, vec![("retry-after", "3600".to_owned())], String::new());
    check_reply(too_long, 1, true, &["overloaded"]).await;
    let html = (200, vec![], "<html>sign in with hunter2</html>".to_owned());
    check_reply(html, 1, false, &["did not answer with a token: it is not JSON", "does the address lead to"]).await;
    check_reply(json(r#"{"token":"hunter2"}"#), 1, false, &["it has no `access_token`"]).await;
    check_reply(json(r#"{"access_token":"hunter2 hunter2"}"#), 1, false, &["that was fetched cannot be sent"]).await;
    let moved = (302, vec![("location", "https://login.example".to_owned())], String::new());
    check_reply(moved, 1, false, &["it redirects to https://login.example", "use the address it leads to"]).await;
    let dead = ClientCredentials::new(dead_url().await, "billing", "hunter2");
    check(dead, true, &["no answer from the token endpoint", "4 tries in"]).await;
}

#[tokio::test]
async fn a_failing_token_endpoint_is_asked_again() {
    let failing = |number| if number < 3 { (503, vec![], String::new()) } else { issued(number, 3600.0) };
    let (tokens, registry) = (scripted(failing).await, registry(|_| true).await);
    client(&registry, &tokens).versions("s").await.expect("the third token request succeeds");
    assert_eq!((tokens.count(), shown(&registry)), (3, vec!["Bearer secret-3".to_owned()]));
}

#[tokio::test]
async fn a_slow_token_endpoint_ends_a_call_at_its_deadline() {
    let tokens = Scripted::start_closed(|_, _| issued(1, 3600.0)).await;
    let registry = registry(|_| true).await;
    let client = builder(&registry, credentials(&tokens)).deadline(Duration::from_millis(200)).build();
    let client = client.expect("valid settings");
    let began = Instant::now();
    let late = client.versions("s").await.expect_err("no token arrives");
    assert!(
        matches!(&late, RegistryError::Token { source, .. } if matches!(**source, TokenError::TimedOut)),
        "{late:?}"
    );
    assert!(late.is_retriable() && began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    tokens.open();
    client.versions("s").await.expect("the next call fetches on its own");
}

#[tokio::test]
async fn an_old_token_is_used_while_the_endpoint_is_away() {
    let failing = |number| if number == 1 { issued(1, 2.0) } else { oauth_error(400, "invalid_request", "") };
    let (tokens, registry) = (scripted(failing).await, registry(|_| true).await);
    let client = client(&registry, &tokens);
    let began = Instant::now();
    let mut calls = 0;
    while began.elapsed() < Duration::from_millis(1800) {
        client.versions("s").await.expect("the first token is still valid");
        calls += 1;
    }
    // Due after 1.4 to 1.6 seconds, and tried again after a quarter of the rest each time.
    assert!((2..=8).contains(&tokens.count()), "{} token requests for {calls} calls", tokens.count());
    assert_eq!(shown(&registry), ["Bearer secret-1"]);
}

#[tokio::test]
async fn tokens_come_from_a_function_of_the_user() {
    let (registry, calls) = (registry(|token| token == "secret").await, Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    let source = TokenSource::new(move || {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            if number == 0 {
                Err(std::io::Error::other("the vault is sealed"))
            } else {
                Ok(AccessToken::new(" secret\n"))
            }
        }
    });
    let client_of = |source: &TokenSource| {
        let builder = SchemaRegistry::builder().url(&registry.url).login(Login::tokens(source.clone()));
        builder.build().expect("valid settings")
    };
    let failed = client_of(&source).versions("s").await.expect_err("the first call fails");
    assert!(
        chain(&failed).ends_with("the function that fetches tokens failed: the vault is sealed"),
        "{}",
        chain(&failed)
    );
    assert!(failed.is_retriable());
    for _ in 0..3 {
        // Clients that have the same source share its token.
        client_of(&source).versions("s").await.expect("the second call succeeds");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn an_unusable_token_endpoint_is_refused_when_the_client_is_built() {
    let credentials = ClientCredentials::new("idp.example.com", "billing", "hunter2");
    let builder = SchemaRegistry::builder().url("http://r").login(Login::client_credentials(credentials));
    let refused = builder.build().expect_err("no scheme");
    assert!(
        chain(&refused).contains("`idp.example.com` is not the address of a token endpoint"),
        "{}",
        chain(&refused)
    );
    let certificate = ClientCredentials::new("https://idp", "billing", "hunter2").extra_root_certificates("nonsense");
    let refused = certificate.token_source().expect_err("no certificate");
    assert!(chain(&refused).contains("extra root certificate cannot be read"), "{}", chain(&refused));
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Lines;

    fn make_writer(&'w self) -> Lines {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_printed_however_much_is_logged() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).with_ansi(false);
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let (tokens, strict) = (issuing(3600.0).await, registry(|token| token != "secret-1").await);
    let client = builder(&strict, credentials(&tokens).secret_in_form()).build().expect("valid settings");
    client.versions("s").await.expect("the second token is good");
    let basic = builder(&strict, ClientCredentials::new(&tokens.url, "billing", "hunter2")).build();
    let failed = basic.expect("valid settings").versions("s").await.expect_err("a wrong secret");
    tracing::error!(?client, ?failed, error = %chain(&failed), "what a service may log");
    drop(guard);
    let text = String::from_utf8(lines.0.lock().expect("no panic").clone()).expect("text");
    for expected in ["fetched an access token", "refuses the access token", "what a service may log"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(text.contains("TRACE"), "the HTTP client's own lines are there: {text}");
    for secret in ["hunter2", "secret-1", "secret-2", "YmlsbGluZzpodW50ZXIy"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
