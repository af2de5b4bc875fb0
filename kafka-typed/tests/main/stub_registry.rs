//! A registry that answers what a test wants.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kafka_typed::avro_typed::AvroType;
use kafka_typed::schema_registry::SchemaRegistry;
use kafka_typed::{KafkaTyped, SchemaId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::cluster::embedded;
use crate::messages::Alert;

/// An answer: the status, and the body.
pub(crate) type Answer = (&'static str, String);

type Script = Arc<Mutex<Box<dyn FnMut(u32) -> Answer + Send>>>;

/// Answers questions for schemas by their ids. It runs in the runtime of the test.
pub(crate) struct StubRegistry {
    address: SocketAddr,
    script: Script,
    requests: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
}

pub(crate) const UNKNOWN: &str = r#"{"error_code":40403,"message":"Schema not found"}"#;

/// The schema of [`Alert`].
pub(crate) fn alert() -> Answer {
    // A JSON text in a JSON text, which has neither line breaks nor backslashes.
    ("200 OK", format!(r#"{{"schema":"{}"}}"#, Alert::schema().json.replace('"', r#"\""#)))
}

impl StubRegistry {
    pub(crate) async fn start(answer: impl FnMut(u32) -> Answer + Send + 'static) -> Self {
        let registry = Self::closed(answer).await;
        registry.open();
        registry
    }

    /// Takes requests, and answers none before it is opened.
    pub(crate) async fn closed(answer: impl FnMut(u32) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let script: Script = Arc::new(Mutex::new(Box::new(answer)));
        let requests = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new(Semaphore::new(0));
        let (of_task, counter, gate_of_task) = (Arc::clone(&script), Arc::clone(&requests), Arc::clone(&gate));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&gate_of_task), Arc::clone(&of_task)));
            }
        });
        Self { address, script, requests, gate }
    }

    pub(crate) fn open(&self) {
        // Whoever waits for a permit of a closed gate goes on.
        self.gate.close();
    }

    pub(crate) fn answer(&self, answer: impl FnMut(u32) -> Answer + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(answer);
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// A handle with this registry, which tries nothing twice and remembers no failure by itself.
    pub(crate) fn kafka(&self) -> KafkaTyped {
        let builder = SchemaRegistry::builder().url(format!("http://{}", self.address));
        let registry = builder.retries(0).negative_ttl(Duration::ZERO).build().unwrap();
        embedded().builder().registry(registry).build().unwrap()
    }
}

async fn serve(mut stream: TcpStream, gate: Arc<Semaphore>, script: Script) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split_whitespace().nth(1).unwrap_or_default();
    let id = path.trim_start_matches("/schemas/ids/").split('?').next().and_then(|id| id.parse().ok());
    let (status, body) = id.map_or(("500 Internal Server Error", path.to_owned()), |id| script.lock().unwrap()(id));
    // An error when it is open, and nothing before.
    let _ = gate.acquire().await;
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// A payload of this schema id, which is an alert of this number.
pub(crate) fn payload(id: u32, number: i32) -> Vec<u8> {
    let prefix = kafka_typed::WireFormat::Confluent.prefix(SchemaId::new(id));
    [&*prefix, &kafka_typed::avro_typed::to_vec(&Alert::numbered(number)).unwrap()].concat()
}
