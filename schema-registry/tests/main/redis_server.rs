//! A real Redis on loopback: without persistence, with bounded memory, stopped by its process id.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use schema_registry::RedisCache;

pub(crate) struct RedisServer {
    child: Child,
    port: u16,
    arguments: Vec<String>,
}

impl RedisServer {
    pub(crate) fn start() -> Self {
        Self::start_with(|port| vec!["--port".to_owned(), port.to_string()])
    }

    pub(crate) fn start_with_password(password: &str) -> Self {
        let password = password.to_owned();
        Self::start_with(|port| {
            vec!["--port".to_owned(), port.to_string(), "--requirepass".to_owned(), password.clone()]
        })
    }

    /// Speaks TLS only, with this certificate and key in one PEM text.
    pub(crate) fn start_with_tls(pem: &str) -> Self {
        Self::start_with(|port| {
            let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("redis-{port}.pem"));
            std::fs::write(&file, pem).expect("the target directory can be written");
            let file = file.to_str().expect("a path of text").to_owned();
            let port = port.to_string();
            let arguments = ["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no", "--tls-cert-file", &file];
            let key = ["--tls-key-file", &file, "--tls-ca-cert-file", &file];
            arguments.iter().chain(&key).map(ToString::to_string).collect()
        })
    }

    fn start_with(arguments: impl Fn(u16) -> Vec<String>) -> Self {
        // Another process may take the port between its choice and its use.
        for _ in 0..10 {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
            let port = listener.local_addr().expect("a bound socket has an address").port();
            drop(listener);
            let arguments = arguments(port);
            if let Some(child) = spawn(port, &arguments) {
                return Self { child, port, arguments };
            }
        }
        panic!("redis-server does not start; run it by hand to see why");
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A connection of its own, as a process would have.
    pub(crate) fn cache(&self) -> RedisCache {
        RedisCache::new(&self.url()).expect("a valid address")
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Empty, and on the same port as before.
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(self.port, &self.arguments).expect("its port is still free");
    }

    /// It keeps its connections and answers nothing, until it goes on.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.expect("kill is part of every Unix").success());
    }

    /// Sends a command and returns what it answers.
    pub(crate) async fn run<T: redis::FromRedisValue>(&self, command: &mut redis::Cmd) -> T {
        let client = redis::Client::open(self.url()).expect("a valid address");
        let mut connection = client.get_multiplexed_async_connection().await.expect("it runs");
        command.query_async(&mut connection).await.expect("a valid command")
    }

    /// All keys, in order.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.run(redis::cmd("KEYS").arg("*")).await;
        keys.sort();
        keys
    }

    /// The only key that has this part.
    pub(crate) async fn key(&self, part: &str) -> String {
        let keys = self.keys().await;
        let mut found = keys.iter().filter(|key| key.contains(part));
        let key = found.next().unwrap_or_else(|| panic!("{part} is in none of {keys:?}"));
        assert_eq!(found.next(), None, "{part} is in several keys");
        key.clone()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have ended already, as a test wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `None` when it ends at once, as it does on a port that is taken.
fn spawn(port: u16, arguments: &[String]) -> Option<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.args(["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("redis-server is missing, which these tests need; install it: apt-get install redis-server")
        }
        Err(error) => panic!("redis-server cannot be started: {error}"),
    };
    let is_plain = !arguments.iter().any(|argument| argument == "--tls-port");
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if child.try_wait().expect("a child can be asked").is_some() {
            return None;
        }
        if is_ready(port, is_plain) {
            return Some(child);
        }
        assert!(Instant::now() < deadline, "redis-server does not listen on port {port}");
        // Polls: Redis does not report on a channel of ours that it listens.
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_ready(port: u16, is_plain: bool) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut answer = [0];
    // With a password the answer is an error, which an awake Redis gives, too.
    !is_plain || (stream.write_all(b"PING\r\n").is_ok() && stream.read_exact(&mut answer).is_ok())
}
