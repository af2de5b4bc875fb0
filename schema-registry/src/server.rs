//! A registry in this process, for development and tests.
//!
//! It speaks the Confluent Schema Registry's HTTP API on loopback, so that other processes and other clients can use it
//! too: subjects and versions, references, contexts, GUIDs, normalization, compatibility with the messages that
//! Confluent's has, levels and modes (IMPORT among them), aliases, groups and metadata, soft and hard deletes. It
//! answers as Confluent Platform 7.9 does, with what 8 adds to answers: GUIDs, and the whole schema after a
//! registration.
//!
//! # What differs on purpose
//!
//! - Everything is gone with the server, unless it has a [folder](ServerBuilder::data). It has no authentication.
//! - It understands Avro only. JSON Schema and Protobuf schemas are stored as they came and served with their type;
//!   their texts are not parsed, printed in another form, normalized or compared. Where the level asks for a
//!   comparison of them they are refused (42203); under `NONE` they register. An Avro schema cannot refer to them.
//! - Rules are stored, returned and part of what identifies a schema, but nothing executes them. `schemaTagsToAdd` and
//!   `schemaTagsToRemove` of a schema are refused (42201); the settings of version 8 `validateRules`,
//!   `validateNewSchemas`, `validateNames` and `compatibilityPolicy` are refused (42210). `…/tags`, `/exporters` and
//!   `/dek-registry` do not exist (404).
//! - A scope whose settings have no level gets that of the scope around it, or BACKWARD; the answer to `GET /config`,
//!   and with `defaultToGlobal` to `GET /config/{subject}`, always has one.
//! - An alias without a context means a subject in the context of the alias.
//! - While importing, id 0 means the next id, and a schema cannot be omitted. When a version is overwritten, its old id
//!   goes with it if no other version has it. A soft-deleted version to which something refers survives the
//!   registration of the same schema.
//! - A reference is known in whichever context it is: what another context refers to cannot be deleted either.
//! - An incompatible schema has the error code 409, as in 7.9, where 8 has 40901: older clients know only the first.
//! - The texts of errors differ, except in compatibility checks.

mod address;
mod builder;
mod change;
mod check;
mod config;
mod config_and_mode;
mod data_error;
mod delete;
mod journal;
mod keep;
mod kept;
mod look_up;
#[cfg(test)]
mod properties;
mod read;
mod record;
mod refusal;
mod register;
mod request;
mod routes;
mod schema_type;
mod store;
mod subject;
#[cfg(test)]
mod tests;
mod version;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

pub use self::builder::ServerBuilder;
pub use self::data_error::DataError;
pub use self::journal::IncompleteRecord;
use self::kept::Kept;

/// A running registry. It stops when this is dropped.
///
/// It has a thread and a tokio runtime of its own, so that it outlives the runtime that started it: a `static` can be
/// shared by all tests of a program.
///
/// ```
/// use schema_registry::server::Server;
/// use schema_registry::{SchemaRegistry, SchemaText};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start().await?;
/// let registry = SchemaRegistry::new(&server.url())?;
/// let id = registry.register("greeting-value", &SchemaText::from(r#""string""#)).await?;
/// assert_eq!(registry.schema_by_id(id).await?.text(), r#""string""#);
/// # Ok(())
/// # }
/// ```
#[must_use = "the registry stops when this is dropped"]
pub struct Server {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
    incomplete: Option<IncompleteRecord>,
    /// Dropping it is what tells the server to stop.
    stop: oneshot::Sender<()>,
    /// Its other end is dropped when the server's thread has ended.
    ended: oneshot::Receiver<()>,
}

/// How long requests under way may go on after the server was told to stop. Every request takes milliseconds, so what
/// is still there then is a client that has stopped in the middle of one.
const GRACE: Duration = Duration::from_secs(1);

impl Server {
    /// Starts an empty registry on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port or no thread is available.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts an empty registry at `address`; port 0 means a free one. It has no authentication: an
    /// address that other machines reach is open to all of them.
    ///
    /// # Errors
    /// When the address or a thread is not available.
    pub async fn start_on(address: SocketAddr) -> io::Result<Self> {
        Self::builder().address(address).start().await
    }

    /// A registry with settings: its address, and a folder for what it is to remember.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    fn serve_on(address: SocketAddr, kept: Kept, incomplete: Option<IncompleteRecord>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // After what may fail: the caller's runtime does not let another one be dropped within it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let requests = Arc::new(AtomicU64::new(0));
        let router = routes::router(kept, Arc::clone(&requests));
        let (stop, stopped) = oneshot::channel();
        let (ends, ended) = oneshot::channel::<()>();
        thread::Builder::new().name("schema-registry".to_owned()).spawn(move || {
            if let Err(error) = serve(&runtime, listener, router, stopped) {
                tracing::error!(%address, %error, "the embedded schema registry failed");
            }
            // Connections that are still open end with the runtime.
            drop(runtime);
            drop(ends);
        })?;
        tracing::debug!(%address, "the embedded schema registry is running");
        Ok(Self { address, requests, incomplete, stop, ended })
    }

    /// The address for clients: `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests have arrived so far, for tests of caches.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What of the [folder](ServerBuilder::data) was dropped at the start; `None` when everything in it was complete.
    pub fn incomplete_record(&self) -> Option<&IncompleteRecord> {
        self.incomplete.as_ref()
    }

    /// Stops, and waits until the requests under way are answered and the port is free. A client that has stopped in
    /// the middle of a request delays it by a second at most.
    pub async fn shutdown(self) {
        let Self { stop, ended, .. } = self;
        drop(stop);
        // It is only ever dropped, which arrives as an error.
        let _ = ended.await;
    }
}

/// Serves until the other end of `stopped` is dropped, and a little longer for requests under way.
fn serve(
    runtime: &Runtime,
    listener: std::net::TcpListener,
    router: Router,
    stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let (stopping, told_to_stop) = oneshot::channel::<()>();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async {
            // Both are only ever dropped, which arrives as an error.
            let _ = stopped.await;
            drop(stopping);
        });
        let serving = tokio::spawn(serving.into_future());
        let _ = told_to_stop.await;
        match tokio::time::timeout(GRACE, serving).await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(io::Error::other(panic)),
            Err(_) => Ok(()),
        }
    })
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
