//! A registry in this process, for development and tests.
//!
//! It speaks the Confluent Schema Registry's HTTP API, as of Confluent Platform 8, on loopback, so that other processes and other
//! clients can use it too: subjects and versions, references, contexts, GUIDs, normalization, compatibility with the messages that
//! Confluent's has, levels and modes (IMPORT among them), soft and hard deletes.
//!
//! It keeps everything in memory, for Avro only, and asks nobody for a password. Of data contracts it keeps `metadata`, which is
//! part of a schema's content; `ruleSet` is refused (42201), since nothing here would follow the rules. An incompatible schema is
//! refused with the error code 409, as Confluent Platform 7.9 does, where 8 has 40901: older clients know only the first, and
//! this workspace's own takes both.

mod address;
mod check;
mod delete;
mod look_up;
#[cfg(test)]
mod properties;
mod read;
mod refusal;
mod register;
mod routes;
mod settings;
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

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running registry. It stops when this is dropped.
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
    /// Dropping it is what tells the server to stop.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts an empty registry on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port can be had.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts an empty registry at `address`; port 0 means a free one. It asks nobody for a password: an
    /// address that other machines reach is open to all of them.
    ///
    /// # Errors
    /// When the address cannot be had.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O.
    pub async fn start_on(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(AtomicU64::new(0));
        let router = routes::router(Arc::clone(&requests));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(async {
                // It is only ever dropped, which arrives as an error.
                let _ = stopped.await;
            });
            if let Err(error) = serving.await {
                tracing::error!(%address, %error, "the embedded schema registry failed");
            }
        });
        tracing::debug!(%address, "the embedded schema registry is running");
        Ok(Self { address, requests, stop, task })
    }

    /// What clients are to be given: `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests have arrived so far. Tests see by it that a cache works.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Stops, and waits until the requests under way are answered and the port is free.
    pub async fn shutdown(self) {
        let Self { stop, task, .. } = self;
        drop(stop);
        // The task cannot panic; it can only have ended with its runtime.
        let _ = task.await;
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
