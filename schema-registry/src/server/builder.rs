//! The settings of an embedded registry.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::Server;
use super::data_error::DataError;
use super::journal::Journal;
use super::kept::Kept;

/// How a [`Server`] starts.
///
/// ```
/// use schema_registry::SchemaRegistry;
/// use schema_registry::server::Server;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("registry-{}", std::process::id()));
/// let server = Server::builder().data(&folder).start().await?;
/// let id = SchemaRegistry::new(&server.url())?.register("greeting-value", &r#""string""#.into()).await?;
/// server.shutdown().await;
///
/// let server = Server::builder().data(&folder).start().await?;
/// let registry = SchemaRegistry::new(&server.url())?;
/// assert_eq!(registry.schema_by_id(id).await?.text(), r#""string""#);
/// # server.shutdown().await;
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "it does nothing until it is started"]
pub struct ServerBuilder {
    address: SocketAddr,
    data: Option<PathBuf>,
    fsync: bool,
}

impl Default for ServerBuilder {
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), data: None, fsync: false }
    }
}

impl ServerBuilder {
    /// Where it listens; port 0 means a free one. By default a free port of the loopback interface. It has no
    /// authentication: an address that other machines reach is open to all of them.
    pub fn address(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// The folder in which it keeps what it knows, which is created if necessary: subjects, ids, levels, modes and what
    /// else is set. By default it forgets everything.
    ///
    /// A change is appended to a file before it is answered, so that it survives the end of the process, however that
    /// comes. The file is rewritten when it has become long for what is in it.
    pub fn data(self, folder: impl Into<PathBuf>) -> Self {
        Self { data: Some(folder.into()), ..self }
    }

    /// Whether a change is on the disk before it is answered, so that it survives a power failure too. By default the
    /// operating system writes it when it likes, which is faster by milliseconds for each change.
    pub fn fsync(self, fsync: bool) -> Self {
        Self { fsync, ..self }
    }

    /// Starts the registry.
    ///
    /// # Errors
    /// When the address or a thread is not available. With a [`DataError`] inside when the folder cannot be used: it is
    /// in use by another registry, or what is in it is damaged.
    pub async fn start(self) -> io::Result<Server> {
        let (kept, incomplete) = match &self.data {
            None => (Kept::default(), None),
            Some(folder) => {
                let (mut journal, store) = Journal::open(folder, self.fsync).map_err(DataError::into_io)?;
                let incomplete = journal.incomplete.take();
                (Kept::new(store, journal), incomplete)
            }
        };
        Server::serve_on(self.address, kept, incomplete)
    }
}
