//! A server that answers what a test tells it to, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of visible characters"))
    }
}

/// What a test makes of the request with this number, counted from 0.
type Script = dyn Fn(usize, &Asked) -> Reply + Send + Sync;
pub(crate) type Reply = (u16, Vec<(&'static str, String)>, String);

pub(crate) struct Scripted {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _stop: oneshot::Sender<()>,
}

struct Shared {
    script: Box<Script>,
    asked: Mutex<Vec<Asked>>,
    /// How many answers may be given; every answer takes a permit and, unless the gate is open, keeps it.
    gate: Semaphore,
    in_flight: Mutex<InFlight>,
}

#[derive(Default, Clone, Copy)]
struct InFlight {
    now: usize,
    most: usize,
}

impl Scripted {
    pub(crate) async fn start(script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        let scripted = Self::start_closed(script).await;
        scripted.open();
        scripted
    }

    /// Answers nothing until [`open`](Self::open) is called.
    pub(crate) async fn start_closed(script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let shared = Arc::new(Shared {
            script: Box::new(script),
            asked: Mutex::default(),
            gate: Semaphore::new(0),
            in_flight: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            serving.await.expect("axum serves until it is told to stop");
        });
        Self { url, shared, _stop: stop }
    }

    pub(crate) fn open(&self) {
        self.shared.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().expect("no test panics while it holds this").clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.asked().len()
    }

    /// The most requests that were under way at the same time.
    pub(crate) fn most_in_flight(&self) -> usize {
        self.shared.in_flight.lock().expect("no test panics while it holds this").most
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("the client sends its whole body");
    let asked = Asked {
        method: parts.method,
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("the client sends text"),
    };
    let index = {
        let mut all = shared.asked.lock().expect("no test panics while it holds this");
        all.push(asked.clone());
        all.len() - 1
    };
    {
        let mut in_flight = shared.in_flight.lock().expect("no test panics while it holds this");
        in_flight.now += 1;
        in_flight.most = in_flight.most.max(in_flight.now);
    }
    shared.gate.acquire().await.expect("the gate is never torn down").forget();
    shared.in_flight.lock().expect("no test panics while it holds this").now -= 1;
    let (status, headers, body) = (shared.script)(index, &asked);
    let status = StatusCode::from_u16(status).expect("a test names a valid status");
    let mut response = (status, body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().expect("a test names a valid header"));
    }
    response
}

/// A success with this JSON.
pub(crate) fn json(body: &str) -> Reply {
    (200, Vec::new(), body.to_owned())
}

/// A registry's error.
pub(crate) fn error(status: u16, error_code: i32, message: &str) -> Reply {
    (status, Vec::new(), format!(r#"{{"error_code":{error_code},"message":"{message}"}}"#))
}

/// An address where nobody listens.
pub(crate) async fn dead_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    format!("http://{}", listener.local_addr().expect("a bound socket has an address"))
}
