//! One librdkafka producer and its polling thread, shared by the producers of a connection that have the same settings.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, Producer, PurgeConfig};

use super::ConnectionError;
use super::broker_token::BrokerToken;
use super::in_flight_budget::InFlightBudget;
use super::keep_alive::KeepAlive;
use super::measurement::Pace;
use super::native;
use super::producer_events::ProducerEvents;
use super::settings::Role;
use super::token_feed::{TokenClient, TokenFeed};

pub(crate) type Client = BaseProducer<ProducerEvents>;

/// Every setting that a client is made with, and a number for one that is not shared.
type ClientSettings = Arc<(BTreeMap<String, String>, Option<u64>)>;

/// The clients of one connection that have users, by their settings.
#[derive(Default)]
pub(crate) struct ProducerClients {
    in_use: Mutex<HashMap<ClientSettings, InUse>>,
    /// How many clients were started that are not shared.
    unshared: AtomicU64,
}

struct InUse {
    client: Arc<Client>,
    users: usize,
}

/// One producer's use of a client, which ends with its last user.
pub(crate) struct ClientUse {
    client: Arc<Client>,
    clients: Arc<ProducerClients>,
    settings: ClientSettings,
    has_left: AtomicBool,
}

impl ProducerClients {
    /// The client with these settings, which is started for its first user, or one that has no other users.
    pub(crate) fn join(
        self: &Arc<Self>,
        settings: BTreeMap<String, String>,
        is_shared: bool,
        config: &ClientConfig,
        (keep_alive, tokens): (&KeepAlive, Option<&Arc<TokenFeed>>),
    ) -> Result<ClientUse, ConnectionError> {
        let number = (!is_shared).then(|| self.unshared.fetch_add(1, Ordering::Relaxed));
        let settings = (settings, number);
        let mut in_use = self.in_use();
        let (settings, client) = match in_use.get_key_value(&settings) {
            Some((settings, found)) => (Arc::clone(settings), Arc::clone(&found.client)),
            None => (Arc::new(settings), start(config, keep_alive.clone(), tokens)?),
        };
        let new = || InUse { client: Arc::clone(&client), users: 0 };
        in_use.entry(Arc::clone(&settings)).or_insert_with(new).users += 1;
        drop(in_use);
        Ok(ClientUse { client, clients: Arc::clone(self), settings, has_left: AtomicBool::new(false) })
    }

    /// Returns whether that was the last user. Whoever joins from now on gets another client then.
    fn leave(&self, settings: &ClientSettings) -> bool {
        let mut in_use = self.in_use();
        let Some(found) = in_use.get_mut(settings) else {
            debug_assert!(false, "a client with users is in the list");
            return false;
        };
        found.users -= 1;
        let is_last = found.users == 0;
        if is_last {
            in_use.remove(settings);
        }
        is_last
    }

    fn in_use(&self) -> MutexGuard<'_, HashMap<ClientSettings, InUse>> {
        // Nothing that runs under the lock can panic halfway through a change.
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientUse {
    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Leaves the client to its other users. Returns whether there were none, so that what is on its way may be given
    /// up.
    pub(crate) fn leave(&self) -> bool {
        !self.has_left.swap(true, Ordering::Relaxed) && self.clients.leave(&self.settings)
    }
}

impl Drop for ClientUse {
    fn drop(&mut self) {
        self.leave();
    }
}

fn start(
    config: &ClientConfig,
    keep_alive: KeepAlive,
    tokens: Option<&Arc<TokenFeed>>,
) -> Result<Arc<Client>, ConnectionError> {
    let client: Client = config
        .create_with_context(ProducerEvents::new(tokens.cloned()))
        .map_err(|error| ConnectionError::Client { role: Role::Producer.name(), reason: error.to_string() })?;
    let client = Arc::new(client);
    if let Some(tokens) = tokens {
        let client: Weak<Client> = Arc::downgrade(&client);
        tokens.add(client)?;
    }
    serve_reports(Arc::clone(&client), keep_alive).map_err(|source| ConnectionError::System {
        what: "no thread for the delivery reports of producers",
        source,
    })?;
    Ok(client)
}

impl TokenClient for Client {
    fn set_token(&self, token: &BrokerToken, lifetime: Duration) -> Result<(), String> {
        native::set_token(self.client(), token, lifetime)
    }

    fn no_token(&self, reason: &str) {
        native::no_token(self.client(), reason);
    }
}

/// Serves delivery reports on a thread of its own until it holds the last handle of the client.
///
/// The thread is not waited for: it may take 100 ms to notice, and giving up messages and ending the client longer,
/// which would block the executor that the last producer is dropped on. It holds `keep_alive` a little longer, so that
/// the client never outlives its broker.
fn serve_reports(client: Arc<Client>, keep_alive: KeepAlive) -> std::io::Result<()> {
    const LOOK_AROUND: Duration = Duration::from_millis(100);
    /// How often it is asked whether brokers that were away are back: nothing reports it when nothing is sent.
    const ASK_EVERY: Duration = Duration::from_secs(1);
    std::thread::Builder::new().name("kafka-typed-send".to_owned()).spawn(move || {
        let events = client.context();
        let (mut asked_at, mut pace) = (Instant::now(), Pace::new());
        while Arc::strong_count(&client) > 1 {
            client.poll(LOOK_AROUND);
            events.sum_up();
            if pace.is_due(Instant::now()) {
                events.measure();
            }
            if events.brokers_are_away() && asked_at.elapsed() >= ASK_EVERY {
                if native::is_a_broker_up(&client, LOOK_AROUND) {
                    events.brokers_answer();
                }
                asked_at = Instant::now();
            }
        }
        // A client that ends gives up what is on its way. A tuple drops its members in order.
        drop((client, keep_alive));
    })?;
    Ok(())
}

/// Waits until the messages of one producer have their delivery reports, and returns whether they do. What other
/// producers of the client have put aside for `linger.ms` is sent at once, too, but not waited for. Blocks.
pub(crate) fn flush(client: &Client, budget: &InFlightBudget, timeout: Duration) -> bool {
    // librdkafka waits for all messages of its client, so that it is asked for a moment at a time.
    const SLICE: Duration = Duration::from_millis(10);
    let start = Instant::now();
    loop {
        if budget.in_flight() == 0 {
            return true;
        }
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return false;
        }
        // Running out of time is the only answer there is besides success.
        let _ = native::flush(client, left.min(SLICE));
        // librdkafka counts a message no longer a moment before its report has been served.
        std::thread::yield_now();
    }
}

/// Gives up everything that is on its way, and serves the delivery reports of that. For the last user of a client.
/// Blocks.
pub(crate) fn give_up(client: &Client, budget: &InFlightBudget) {
    const PURGE_TIMEOUT: Duration = Duration::from_secs(1);
    client.purge(PurgeConfig::default().queue().inflight());
    flush(client, budget, PURGE_TIMEOUT);
}
