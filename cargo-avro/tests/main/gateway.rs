//! What is between a command and a registry: it sees every request, and can keep one from arriving.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

/// What becomes of a request.
pub(crate) enum Fate {
    Arrives,
    /// The registry is said to be away.
    Fails,
}

pub(crate) struct Gateway {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Leads to the registry at `url`, if `decide` lets it: it gets the request, such as `GET /subjects?deleted=true`,
    /// and the number of those with its method before.
    pub(crate) fn start(url: &str, decide: impl Fn(&str, usize) -> Fate + Send + Sync + 'static) -> Gateway {
        let registry = address_of(url);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (seen, is_over) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(AtomicBool::new(false)));
        let (all, ends) = (Arc::clone(&seen), Arc::clone(&is_over));
        let decide = Arc::new(decide);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let (all, decide) = (Arc::clone(&all), Arc::clone(&decide));
                // Who hangs up gets no answer.
                let Ok(stream) = stream else { continue };
                std::thread::spawn(move || serve(&stream, &registry, &all, &*decide));
            }
        });
        Gateway { address, seen, is_over, thread: Some(thread) }
    }

    /// One that only watches.
    pub(crate) fn watch(url: &str) -> Gateway {
        Gateway::start(url, |_, _| Fate::Arrives)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().expect("no test panics while it holds this"))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve(
    stream: &TcpStream,
    registry: &SocketAddr,
    seen: &Mutex<Vec<String>>,
    decide: &(dyn Fn(&str, usize) -> Fate + Sync),
) {
    let mut reader = BufReader::new(stream);
    let Some((request, body)) = read(&mut reader) else { return };
    let method = request.split(' ').next().unwrap_or_default().to_owned();
    let before = {
        let mut seen = seen.lock().expect("no test panics while it holds this");
        let before = seen.iter().filter(|one| one.starts_with(&method)).count();
        seen.push(request.clone());
        before
    };
    let answer = match decide(&request, before) {
        Fate::Arrives => send(registry, &request, &body),
        Fate::Fails => (503, r#"{"error_code": 50003, "message": "away"}"#.to_owned()),
    };
    let mut out = stream;
    let _ = write!(
        out,
        "HTTP/1.1 {} -\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{}",
        answer.0,
        answer.1.len(),
        answer.1
    );
}

/// Method with path, and the body.
fn read(reader: &mut impl BufRead) -> Option<(String, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let request = line.rsplit_once(" HTTP/")?.0.to_owned();
    let body = read_body(reader)?;
    Some((request, body))
}

/// What comes after the first line.
fn read_body(reader: &mut impl BufRead) -> Option<String> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(given) = line.strip_prefix("content-length:") {
            length = given.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

fn address_of(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().expect("an address with a port")
}

fn send(registry: &SocketAddr, request: &str, body: &str) -> (u16, String) {
    let stream = TcpStream::connect(registry).expect("the registry runs");
    let mut out = &stream;
    let length = body.len();
    write!(out, "{request} HTTP/1.1\r\nhost: registry\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .expect("the registry reads");
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("the registry answers");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, read_body(&mut reader).expect("a whole answer"))
}

/// Asks a registry, as in `ask(url, "PUT /mode", "{…}")`.
#[track_caller]
pub(crate) fn ask(url: &str, request: &str, body: &str) -> Value {
    let (status, answer) = send(&address_of(url), request, body);
    assert!((200..300).contains(&status), "{request} {body}: {status} {answer}");
    serde_json::from_str(&answer).expect("registries answer with JSON")
}
