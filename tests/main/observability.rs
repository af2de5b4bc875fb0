//! A scrape of the example's metrics, as Prometheus does it, and its endpoints for liveness and readiness.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::project::cargo;
use crate::running::Running;

/// How long the example has until it has processed something.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answer to a GET request: its status line, and its body.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).expect("the example listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers in text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
}

/// The sum of a metric over all labels that have this text.
fn sum(scrape: &str, name: &str, label: &str) -> f64 {
    let lines = scrape.lines().filter(|line| line.split(['{', ' ']).next() == Some(name) && line.contains(label));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

#[test]
fn the_example_is_scraped_and_tells_how_it_is() {
    let mut command = cargo();
    command.args(["run", "--quiet", "--example", "observability", "--", "--port", "0"]);
    let mut service = Running::start(command.current_dir(env!("CARGO_MANIFEST_DIR")));
    let mut printed = BufReader::new(service.stdout()).lines();
    let first = printed.next().expect("it prints its address").expect("text");
    let address = first.strip_prefix("http://").expect("an address").to_owned();

    let until = Instant::now() + PATIENCE;
    let wanted = [
        ("kafka_producer_messages_total", "result=\"delivered\""),
        ("kafka_producer_bytes_total", "topic=\"observed-alert\""),
        ("kafka_producer_encode_duration_seconds_count", "topic=\"observed-alert\""),
        ("kafka_consumer_messages_total", "partition=\"0\""),
        ("kafka_consumer_bytes_total", "topic=\"observed-alert\""),
        ("kafka_consumer_done_total", "topic=\"observed-alert\""),
        ("kafka_consumer_rebalances_total", "kind=\"assigned\""),
        ("kafka_consumer_decode_duration_seconds_count", "topic=\"observed-alert\""),
        ("kafka_handler_messages_total", "result=\"processed\""),
        ("kafka_handler_messages_total", "result=\"dead_lettered\""),
        ("kafka_handler_failures_total", "topic=\"observed-alert\""),
        ("kafka_handler_duration_seconds_count", "topic=\"observed-alert\""),
        ("schema_registry_requests_total", "result=\"success\""),
    ];
    loop {
        let (status, scrape) = get(&address, "/metrics");
        assert_eq!(status, "HTTP/1.1 200 OK");
        let missing: Vec<_> = wanted.iter().filter(|(name, label)| sum(&scrape, name, label) < 1.0).collect();
        if missing.is_empty() {
            for gauge in ["lag_messages", "waiting_messages", "in_flight_messages", "paused"] {
                assert!(scrape.contains(&format!("\nkafka_consumer_{gauge}{{")), "no {gauge} in\n{scrape}");
            }
            break;
        }
        assert!(Instant::now() < until, "{missing:?} are missing in\n{scrape}");
        // Polls: the clients hand out what they have counted once a second.
        std::thread::sleep(Duration::from_millis(100));
    }
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(get(&address, path).0, "HTTP/1.1 200 OK", "{path}");
    }

    service.interrupt();
    let last = printed.map_while(Result::ok).last().expect("it ends with a summary");
    assert!(last.starts_with("observability: ") && last.contains("sent to dead letter topics"), "{last}");
    assert!(service.ends_well());
}
