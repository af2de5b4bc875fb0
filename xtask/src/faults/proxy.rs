//! A proxy on a loopback port, between clients and one server, which breaks connections as it is told. A thread for
//! each direction of a connection: there are few.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::toxic::{self, HttpAnswer, Toxic};
use crate::servers::error::Error;

/// How much is read at a time.
const CHUNK: usize = 32 * 1024;
/// A request of HTTP that is longer than this is answered all the same.
const LONGEST_REQUEST: usize = 1024 * 1024;

/// Listens until this process ends.
pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

struct State {
    inner: Mutex<Inner>,
    /// Whoever waits because of a toxic looks again.
    changed: Condvar,
}

struct Inner {
    /// The port of the server, once it is known.
    target: Option<u16>,
    toxic: Toxic,
    /// Both ends of each connection.
    connections: HashMap<u64, [TcpStream; 2]>,
    accepted: u64,
}

impl Proxy {
    /// Chooses a free port, and closes every connection until there is a server.
    pub(crate) fn listen() -> Result<Proxy, Error> {
        let failed =
            |source| Error::Path { action: "listen on a free port of", path: PathBuf::from("127.0.0.1"), source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let inner = Inner { target: None, toxic: Toxic::Healthy, connections: HashMap::new(), accepted: 0 };
        let state = Arc::new(State { inner: Mutex::new(inner), changed: Condvar::new() });
        let accepting = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                accepting.accept(client);
            }
        });
        Ok(Proxy { port, state })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on, connections lead to this port.
    pub(crate) fn lead_to(&self, port: u16) {
        self.state.lock().target = Some(port);
    }

    /// From now on, connections are treated so. Those that are there are closed where nothing is to get through.
    pub(crate) fn set(&self, toxic: Toxic) {
        let mut inner = self.state.lock();
        inner.toxic = toxic;
        if matches!(toxic, Toxic::Cut | Toxic::Answer(_)) {
            for stream in inner.connections.drain().flat_map(|(_, ends)| ends) {
                close(&stream);
            }
        }
        drop(inner);
        self.state.changed.notify_all();
    }
}

/// One that is closed already needs nothing more.
fn close(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects a client, or does what the toxic wants instead. One that cannot be connected is closed.
    fn accept(self: &Arc<Self>, client: TcpStream) {
        let (toxic, target) = {
            let inner = self.lock();
            (inner.toxic, inner.target)
        };
        match toxic {
            Toxic::Cut => close(&client),
            Toxic::Answer(answer) => {
                std::thread::spawn(move || answer_requests(client, answer));
            }
            Toxic::Healthy | Toxic::Slow { .. } | Toxic::HalfOpen => {
                let server = target.and_then(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
                // Where one end fails, the other is closed by being dropped.
                let _ = server.map(|server| self.connect(client, server));
            }
        }
    }

    fn connect(self: &Arc<Self>, client: TcpStream, server: TcpStream) -> std::io::Result<()> {
        // The delays of this proxy are its toxics alone.
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let ends = [client.try_clone()?, server.try_clone()?];
        let (client_again, server_again) = (client.try_clone()?, server.try_clone()?);
        let id = {
            let mut inner = self.lock();
            inner.accepted += 1;
            let id = inner.accepted;
            inner.connections.insert(id, ends);
            id
        };
        let swallows = Arc::new(AtomicBool::new(false));
        for (from, to, is_of_client) in [(client, server, true), (server_again, client_again, false)] {
            let (state, swallows) = (Arc::clone(self), Arc::clone(&swallows));
            std::thread::spawn(move || {
                state.pump(from, to, &swallows);
                // The client of a connection that is half open does not learn that its server is gone.
                if is_of_client || !swallows.load(Ordering::Relaxed) {
                    state.end(id);
                }
            });
        }
        Ok(())
    }

    /// Sends on what comes, until one end is closed.
    fn pump(&self, mut from: TcpStream, mut to: TcpStream, swallows: &AtomicBool) {
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = match from.read(&mut chunk) {
                Ok(0) | Err(_) => return,
                Ok(length) => length,
            };
            self.wait(length);
            if self.lock().toxic == Toxic::HalfOpen {
                swallows.store(true, Ordering::Relaxed);
            }
            if !swallows.load(Ordering::Relaxed) && to.write_all(&chunk[..length]).is_err() {
                return;
            }
        }
    }

    /// Waits as long as so many bytes take, unless the toxic changes meanwhile.
    fn wait(&self, bytes: usize) {
        let inner = self.lock();
        let toxic = inner.toxic;
        let Toxic::Slow { latency, bytes_per_second } = toxic else { return };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let pause = latency + Duration::from_secs(1).mul_f64(f64::from(bytes) / f64::from(bytes_per_second));
        drop(self.changed.wait_timeout_while(inner, pause, |inner| inner.toxic == toxic));
    }

    /// Closes both ends.
    fn end(&self, id: u64) {
        if let Some(ends) = self.lock().connections.remove(&id) {
            ends.iter().for_each(close);
        }
    }
}

/// Reads a request, answers it and closes the connection.
fn answer_requests(mut client: TcpStream, answer: HttpAnswer) {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    while !toxic::is_whole_request(&request) && request.len() < LONGEST_REQUEST {
        match client.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(length) => request.extend_from_slice(&chunk[..length]),
        }
    }
    // A client that does not wait for its answer does not get one.
    let _ = client.write_all(answer.text().as_bytes());
    close(&client);
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::time::Instant;

    use super::*;

    /// A server that sends back what it reads, and a proxy in front of it.
    fn echo() -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let proxy = Proxy::listen().expect("a port");
        proxy.lead_to(listener.local_addr().expect("its address").port());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut answers = stream.try_clone().expect("a second handle");
                std::thread::spawn(move || std::io::copy(&mut &stream, &mut answers));
            }
        });
        proxy
    }

    fn connect(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        stream
    }

    fn exchange(stream: &mut TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(text)?;
        let mut answer = vec![0; text.len()];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn what_is_healthy_gets_through() {
        let proxy = echo();
        assert_eq!(exchange(&mut connect(&proxy), b"hello").expect("an answer"), b"hello");
    }

    #[test]
    fn a_cut_closes_what_is_there_and_what_comes_until_it_ends() {
        let proxy = echo();
        let mut before = connect(&proxy);
        exchange(&mut before, b"hello").expect("an answer");
        proxy.set(Toxic::Cut);
        assert!(exchange(&mut before, b"hello").is_err());
        assert!(exchange(&mut connect(&proxy), b"hello").is_err());
        proxy.set(Toxic::Healthy);
        exchange(&mut connect(&proxy), b"hello").expect("an answer");
    }

    #[test]
    fn what_is_slow_takes_its_time_until_that_ends() {
        let proxy = echo();
        proxy.set(Toxic::Slow { latency: Duration::from_millis(50), bytes_per_second: 100 });
        let mut stream = connect(&proxy);
        let started = Instant::now();
        exchange(&mut stream, b"hello").expect("an answer");
        assert!(started.elapsed() >= Duration::from_millis(200), "twice 50 ms, and 5 bytes at 100 a second each way");
        proxy.set(Toxic::Slow { latency: Duration::from_secs(3600), bytes_per_second: 1 });
        stream.write_all(b"hello").expect("it is read");
        proxy.set(Toxic::Healthy);
        stream.read_exact(&mut [0; 5]).expect("nothing waits for a toxic of the past");
    }

    #[test]
    fn what_was_half_open_stays_so_and_others_do_not() {
        let proxy = echo();
        let mut before = connect(&proxy);
        exchange(&mut before, b"hello").expect("an answer");
        proxy.set(Toxic::HalfOpen);
        before.write_all(b"lost").expect("it is swallowed");
        before.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
        let is_timeout = |error: std::io::Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(before.read(&mut [0; 5]).is_err_and(is_timeout), "nobody closes it");
        proxy.set(Toxic::Healthy);
        before.write_all(b"lost").expect("it is swallowed");
        assert!(before.read(&mut [0; 5]).is_err_and(is_timeout), "nobody closes it");
        exchange(&mut connect(&proxy), b"hello").expect("an answer");
    }

    #[test]
    fn requests_are_answered_in_the_place_of_the_server() {
        let proxy = echo();
        proxy.set(Toxic::Answer(HttpAnswer::TooManyRequests));
        let mut stream = connect(&proxy);
        stream.write_all(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}").expect("it is read");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n"), "{answer}");
    }
}
