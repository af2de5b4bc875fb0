//! Gives every librdkafka client of a connection its OAUTHBEARER tokens.
//!
//! A task of the runtime fetches them, once for all clients, and hands them over before the last one ends. librdkafka
//! offers a callback for that, which is asked by the thread that polls and has to have the token when it returns. Here
//! that thread waits for nobody: the callback is not used, and clients are told on the task's own account.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::ConnectionError;
use super::broker_token::{BrokerToken, BrokerTokens};

/// How long fetching a token may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60);
/// Brokers that refuse every token have a new one fetched this often.
const LEAST_PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(10);
/// The pause after the first failure, which doubles with every further one.
const FIRST_PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// Tokens that end at once are not fetched more often than this.
const LEAST_PAUSE: Duration = Duration::from_millis(500);
/// How often it is looked for clients while there are none. A new one says so itself.
const IDLE: Duration = Duration::from_secs(3600);

/// A librdkafka client that logs in by OAUTHBEARER.
pub(crate) trait TokenClient: Send + Sync {
    /// Takes a token that is valid for `lifetime` from now on. An error has librdkafka's words.
    fn set_token(&self, token: &BrokerToken, lifetime: Duration) -> Result<(), String>;

    /// Hears why there is no token.
    fn no_token(&self, reason: &str);
}

pub(crate) struct TokenFeed {
    source: Arc<dyn BrokerTokens>,
    state: Mutex<State>,
    changed: Arc<Notify>,
}

struct State {
    clients: Vec<Weak<dyn TokenClient>>,
    token: Option<Held>,
    /// When a token is fetched next.
    due: Instant,
    is_refused: bool,
    failures: u32,
    task: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Held {
    token: Arc<BrokerToken>,
    since: Instant,
}

impl Held {
    fn remaining(&self) -> Duration {
        self.token.lifetime.saturating_sub(self.since.elapsed())
    }
}

impl TokenFeed {
    pub(crate) fn new(source: Arc<dyn BrokerTokens>) -> Arc<Self> {
        let (clients, due) = (Vec::new(), Instant::now());
        let state = State { clients, token: None, due, is_refused: false, failures: 0, task: None };
        Arc::new(Self { source, state: Mutex::new(state), changed: Arc::default() })
    }

    /// Gives a client tokens from now on, the first one at once if there is one.
    pub(crate) fn add(self: &Arc<Self>, client: Weak<dyn TokenClient>) -> Result<(), ConnectionError> {
        let token = {
            let mut state = self.state();
            // The runtime of earlier clients may have ended, and the task with it.
            if state.task.as_ref().is_none_or(JoinHandle::is_finished) {
                let runtime = Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
                let (feed, changed) = (Arc::downgrade(self), Arc::clone(&self.changed));
                state.task = Some(runtime.spawn(keep_fresh(feed, changed)));
            }
            state.clients.retain(|client| client.strong_count() > 0);
            state.clients.push(Weak::clone(&client));
            state.token.clone().filter(|token| !token.remaining().is_zero())
        };
        if let Some(held) = token {
            give(&[client], &held);
        }
        self.changed.notify_one();
        Ok(())
    }

    /// Brokers have refused a login, so that the token may be revoked.
    pub(crate) fn refused(&self) {
        let mut state = self.state();
        let Some(held) = &state.token else { return };
        // Then the error is the one that was told to librdkafka.
        if state.failures > 0 {
            return;
        }
        let soonest = held.since + LEAST_PAUSE_AFTER_REFUSAL;
        state.due = state.due.min(soonest);
        state.is_refused = true;
        drop(state);
        self.changed.notify_one();
    }

    /// Fetches a token if it is time, and returns how long it is until the next.
    async fn look_at_the_time(&self) -> Duration {
        let refused = {
            let mut state = self.state();
            state.clients.retain(|client| client.strong_count() > 0);
            if state.clients.is_empty() {
                return IDLE;
            }
            let pause = state.due.saturating_duration_since(Instant::now());
            if !pause.is_zero() {
                return pause;
            }
            let is_refused = std::mem::take(&mut state.is_refused);
            state.token.clone().filter(|_| is_refused)
        };
        if let Some(held) = refused {
            self.source.refuse(&held.token);
        }
        // The lifetime counts from before the request.
        let since = Instant::now();
        match tokio::time::timeout(FETCH_TIMEOUT, self.source.fetch()).await {
            Ok(Ok(token)) => self.fetched(Held { token: Arc::new(token), since }),
            Ok(Err(error)) => self.failed(&chain(&*error)),
            Err(elapsed) => self.failed(&elapsed.to_string()),
        }
    }

    fn fetched(&self, held: Held) -> Duration {
        let pause = (held.token.lifetime.mul_f64(0.8)).saturating_sub(held.since.elapsed()).max(LEAST_PAUSE);
        let clients = {
            let mut state = self.state();
            if std::mem::take(&mut state.failures) > 0 {
                tracing::info!("there are tokens for the brokers again");
            }
            let now = Instant::now();
            state.due = now.checked_add(pause).unwrap_or(now + IDLE);
            state.token = Some(held.clone());
            state.clients.clone()
        };
        give(&clients, &held);
        pause
    }

    fn failed(&self, reason: &str) -> Duration {
        let mut state = self.state();
        let doubled = FIRST_PAUSE_AFTER_FAILURE.saturating_mul(2_u32.saturating_pow(state.failures));
        let pause = doubled.min(LONGEST_PAUSE_AFTER_FAILURE);
        state.due = Instant::now() + pause;
        state.failures = state.failures.saturating_add(1);
        let is_first = state.failures == 1;
        let has_token = state.token.as_ref().is_some_and(|held| !held.remaining().is_zero());
        let clients = state.clients.clone();
        drop(state);
        match is_first {
            true => tracing::warn!("no token for the brokers: {reason}"),
            false => tracing::debug!("no token for the brokers: {reason}"),
        }
        // The last one still does, and a failure would be an error for everybody who receives.
        if !has_token {
            live(&clients).for_each(|client| client.no_token(reason));
        }
        pause
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TokenFeed {
    fn drop(&mut self) {
        if let Some(task) = self.state().task.take() {
            task.abort();
        }
    }
}

async fn keep_fresh(feed: Weak<TokenFeed>, changed: Arc<Notify>) {
    loop {
        let pause = {
            let Some(feed) = feed.upgrade() else { return };
            feed.look_at_the_time().await
        };
        // Either way it is looked at the time next.
        let _ = tokio::time::timeout(pause, changed.notified()).await;
    }
}

fn live(clients: &[Weak<dyn TokenClient>]) -> impl Iterator<Item = Arc<dyn TokenClient>> {
    clients.iter().filter_map(Weak::upgrade)
}

fn give(clients: &[Weak<dyn TokenClient>], held: &Held) {
    for client in live(clients) {
        if let Err(reason) = client.set_token(&held.token, held.remaining()) {
            tracing::warn!("librdkafka does not take the token for the brokers: {reason}");
            client.no_token(&reason);
        }
    }
}

/// An error with its causes, which librdkafka takes as one text.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::BoxFuture;
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    use super::*;
    use crate::connection::broker_token::FetchedToken;

    /// A client that reports what it is told.
    struct Client(UnboundedSender<Result<String, String>>);

    impl TokenClient for Client {
        fn set_token(&self, token: &BrokerToken, lifetime: Duration) -> Result<(), String> {
            assert!(lifetime <= token.lifetime && !lifetime.is_zero(), "{lifetime:?}");
            let _ = self.0.send(Ok(token.token.clone()));
            if token.token.contains(' ') { Err("Invalid value".to_owned()) } else { Ok(()) }
        }

        fn no_token(&self, reason: &str) {
            let _ = self.0.send(Err(reason.to_owned()));
        }
    }

    fn client() -> (Arc<dyn TokenClient>, UnboundedReceiver<Result<String, String>>) {
        let (sender, receiver) = unbounded_channel();
        (Arc::new(Client(sender)), receiver)
    }

    /// Answers by the number of the request, counted from 1.
    struct Source<F> {
        answer: F,
        asked: AtomicUsize,
        refused: Mutex<Vec<String>>,
    }

    impl<F: Fn(usize) -> Result<BrokerToken, &'static str> + Send + Sync> BrokerTokens for Source<F> {
        fn fetch(&self) -> BoxFuture<'static, FetchedToken> {
            let answer = (self.answer)(self.asked.fetch_add(1, Ordering::Relaxed) + 1);
            Box::pin(async move { answer.map_err(Into::into) })
        }

        fn refuse(&self, token: &BrokerToken) {
            self.refused.lock().unwrap().push(token.token.clone());
        }
    }

    fn source<F>(answer: F) -> (Arc<Source<F>>, Arc<TokenFeed>)
    where
        F: Fn(usize) -> Result<BrokerToken, &'static str> + Send + Sync + 'static,
    {
        let source = Arc::new(Source { answer, asked: AtomicUsize::new(0), refused: Mutex::default() });
        let feed = TokenFeed::new(Arc::clone(&source) as Arc<dyn BrokerTokens>);
        (source, feed)
    }

    fn numbered(lifetime: Duration) -> impl Fn(usize) -> Result<BrokerToken, &'static str> {
        move |number| Ok(BrokerToken::new(format!("t{number}"), lifetime))
    }

    async fn next(told: &mut UnboundedReceiver<Result<String, String>>) -> Result<String, String> {
        tokio::time::timeout(Duration::from_secs(30), told.recv()).await.expect("in time").expect("the client lives")
    }

    #[tokio::test]
    async fn all_clients_share_a_token_and_get_the_next_before_it_ends() {
        let (source, feed) = source(numbered(Duration::from_secs(1)));
        let ((first, mut first_told), (second, mut second_told)) = (client(), client());
        feed.add(Arc::downgrade(&first)).unwrap();
        assert_eq!(next(&mut first_told).await, Ok("t1".to_owned()));
        feed.add(Arc::downgrade(&second)).unwrap();
        assert_eq!(second_told.try_recv(), Ok(Ok("t1".to_owned())), "at once");
        let pause = feed.look_at_the_time().await;
        assert!(pause <= Duration::from_millis(800), "{pause:?}");
        assert_eq!(next(&mut first_told).await, Ok("t2".to_owned()));
        assert_eq!(next(&mut second_told).await, Ok("t2".to_owned()));
        assert_eq!(source.asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_failure_is_told_unless_the_last_token_is_still_valid() {
        let answer = |number| match number {
            1 => Err("no vault"),
            2 => Ok(BrokerToken::new("t", Duration::from_millis(700))),
            3 => Err("a failure that nobody hears of"),
            _ => Ok(BrokerToken::new("later", Duration::from_secs(60))),
        };
        let (source, feed) = source(answer);
        let (client, mut told) = client();
        feed.add(Arc::downgrade(&client)).unwrap();
        assert_eq!(next(&mut told).await, Err("no vault".to_owned()));
        assert_eq!(next(&mut told).await, Ok("t".to_owned()));
        assert_eq!(next(&mut told).await, Ok("later".to_owned()));
        assert_eq!(source.asked.load(Ordering::Relaxed), 4);
    }

    #[tokio::test]
    async fn a_token_that_librdkafka_does_not_take_is_told_with_its_words() {
        let (_, feed) = source(|_| Ok(BrokerToken::new("a b", Duration::from_secs(60))));
        let (client, mut told) = client();
        feed.add(Arc::downgrade(&client)).unwrap();
        assert_eq!(next(&mut told).await, Ok("a b".to_owned()));
        assert_eq!(next(&mut told).await, Err("Invalid value".to_owned()));
    }

    #[tokio::test]
    async fn a_token_that_brokers_refuse_is_replaced_but_not_at_every_refusal() {
        let (source, feed) = source(numbered(Duration::from_secs(3600)));
        let (client, mut told) = client();
        feed.add(Arc::downgrade(&client)).unwrap();
        assert_eq!(next(&mut told).await, Ok("t1".to_owned()));
        for _ in 0..100 {
            feed.refused();
        }
        let pause = feed.look_at_the_time().await;
        assert!(pause > Duration::from_secs(5) && pause <= LEAST_PAUSE_AFTER_REFUSAL, "{pause:?}");
        // Some seconds later.
        feed.state().due = Instant::now();
        feed.changed.notify_one();
        assert_eq!(next(&mut told).await, Ok("t2".to_owned()));
        assert_eq!(*source.refused.lock().unwrap(), ["t1"]);
    }

    #[tokio::test]
    async fn nothing_is_fetched_for_nobody_and_the_task_ends_with_the_feed() {
        let (source, feed) = source(numbered(Duration::from_secs(1)));
        let (client, mut told) = client();
        feed.add(Arc::downgrade(&client)).unwrap();
        assert_eq!(next(&mut told).await, Ok("t1".to_owned()));
        drop(client);
        assert_eq!(feed.look_at_the_time().await, IDLE);
        let task = feed.state().task.as_ref().unwrap().abort_handle();
        drop(feed);
        let ended = async {
            while !task.is_finished() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), ended).await.unwrap();
        assert_eq!(source.asked.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_client_needs_a_runtime_and_a_later_one_takes_over() {
        let (source, feed) = source(numbered(Duration::from_secs(3600)));
        let (client, mut told) = client();
        assert!(matches!(feed.add(Arc::downgrade(&client)), Err(ConnectionError::NoRuntime)));
        for expected in ["t1", "t1", "t1"] {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let token = runtime.block_on(async {
                feed.add(Arc::downgrade(&client)).unwrap();
                next(&mut told).await
            });
            assert_eq!(token, Ok(expected.to_owned()));
        }
        assert_eq!(source.asked.load(Ordering::Relaxed), 1);
    }
}
