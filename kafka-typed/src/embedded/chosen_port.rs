//! A port of the caller's choice in front of the broker, since librdkafka's mock cluster takes any free one.
//!
//! Clients only begin there: the broker's answers name its own address, with which they go on.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Forwards every connection to the broker until it is dropped.
pub(super) struct ChosenPort {
    address: SocketAddr,
    is_open: Arc<AtomicBool>,
}

impl ChosenPort {
    /// Opens the port on the loopback interface; 0 is any free one.
    pub(super) fn open(port: u16, broker: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let is_open = Arc::new(AtomicBool::new(true));
        let still_open = Arc::clone(&is_open);
        thread::Builder::new().name("kafka-typed-port".to_owned()).spawn(move || {
            for client in listener.incoming() {
                if !still_open.load(Ordering::Relaxed) {
                    return;
                }
                if let Err(error) = client.and_then(|client| forward(client, broker)) {
                    tracing::warn!(%address, %error, "failed: a connection to the embedded broker was not forwarded");
                }
            }
        })?;
        Ok(Self { address, is_open })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for ChosenPort {
    fn drop(&mut self) {
        self.is_open.store(false, Ordering::Relaxed);
        // Wakes the thread that waits for a connection. Nobody needs it when the port is gone already.
        let _ = TcpStream::connect(self.address);
    }
}

fn forward(client: TcpStream, broker: SocketAddr) -> io::Result<()> {
    let broker = TcpStream::connect(broker)?;
    copy(client.try_clone()?, broker.try_clone()?)?;
    copy(broker, client)
}

/// Hands everything on in one direction until either end closes, which closes the other direction, too.
fn copy(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    thread::Builder::new().name("kafka-typed-port".to_owned()).spawn(move || {
        // An error means that one end is gone, as the end of the stream does.
        let _ = io::copy(&mut from, &mut to);
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    })?;
    Ok(())
}
