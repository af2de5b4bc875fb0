//! What is said in the log.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use kafka_typed::{KafkaTyped, SchemaId, SchemaRegistry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::cluster::{embedded, kafka, next, send_raw, soon, topic};
use crate::messages::Alert;

#[tokio::test]
async fn dropping_a_producer_with_messages_on_their_way_is_logged() {
    let log = Log::default();
    let unreachable =
        KafkaTyped::builder().bootstrap_servers("127.0.0.1:1").schema_registry(embedded().schema_registry_url());
    let producer = unreachable.build().unwrap().producer::<Alert>("dropped").build().await.unwrap();
    let clone = producer.clone();
    for number in 0..5 {
        let _delivery = producer.send(&Alert::numbered(number)).enqueue().await.unwrap();
    }
    let _guard =
        tracing::subscriber::set_default(tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish());
    drop(clone);
    assert_eq!(log.text(), "");
    drop(producer);
    let text = log.text();
    assert!(text.contains("ERROR") && text.contains("dropped with messages on their way"), "{text}");
    assert!(text.contains("topic=\"dropped\"") && text.contains("in_flight=5"), "{text}");
}

#[tokio::test]
async fn dropping_a_producer_after_flush_is_not_worth_a_word() {
    let log = Log::default();
    let producer = kafka().producer::<Alert>(topic("flushed", 1)).build().await.unwrap();
    let _delivery = producer.send(&Alert::numbered(1)).enqueue().await.unwrap();
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();
    let _guard =
        tracing::subscriber::set_default(tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish());
    drop(producer);
    assert_eq!(log.text(), "");
}

#[tokio::test]
async fn what_is_received_and_what_fails_is_logged() {
    let topic = topic("logged", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    send_raw(topic, &[Some(b"bad")]).await;
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let log = Log::default();
    let _guard = log.listen();
    next(&mut consumer).await.unwrap();
    next(&mut consumer).await.unwrap_err();
    let text = log.text();
    let line = |words: &[&str]| text.lines().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(line(&["DEBUG", "received", "topic=\"logged\"", "partition=0", "offset=0", "schema="]), "{text}");
    assert!(line(&["WARN", "failed: the message at offset 1 of partition 0", "magic byte"]), "{text}");
}

#[tokio::test]
async fn trouble_of_the_registry_is_logged_when_it_begins_and_ends() {
    let ways = [
        (503, "{}"),
        (503, "{}"),
        (200, r#"{"schema": "syntax = 'proto3';", "schemaType": "PROTOBUF"}"#),
        (200, r#"{"schema": "syntax = 'proto3';", "schemaType": "PROTOBUF"}"#),
    ];
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for (status, body) in ways {
            let (mut stream, _) = listener.accept().await.unwrap();
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let client = SchemaRegistry::builder().url(url).retries(0).negative_ttl(Duration::ZERO).build().unwrap();
    let log = Log::default();
    let _guard = log.listen();
    for _ in ways {
        soon(client.schema_by_id(SchemaId::new(1))).await.unwrap_err();
    }
    let text = log.text();
    let count =
        |level: &str, words: &str| text.lines().filter(|line| line.contains(level) && line.contains(words)).count();
    assert_eq!(count("WARN", "the schema registry fails: fetching schema 1"), 1, "{text}");
    assert_eq!(count("INFO", "the schema registry answers again"), 1, "{text}");
    assert_eq!(count("WARN", "unusable: fetching schema 1: the registry has a schema of type PROTOBUF"), 1, "{text}");
}

#[tokio::test]
async fn messages_of_a_stream_that_nobody_finishes_are_logged_once() {
    let topic = topic("nobody-finishes", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in 0..4 {
        soon(producer.send(&Alert::numbered(number))).await.unwrap();
    }
    let mut consumer = kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap();
    let messages: Vec<_> = soon(consumer.stream().take(4).map(Result::unwrap).collect()).await;
    let log = Log::default();
    let _guard = log.listen();
    for message in messages {
        if message.offset == 0 {
            message.done();
        }
        // A copy is not missed.
        drop(message.clone());
    }
    let text = log.text();
    assert_eq!(text.matches("was dropped without `done`").count(), 1, "{text}");
    assert!(text.contains("WARN") && text.contains("partition=0 offset=1"), "{text}");
}

/// What was logged on this thread.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens to this thread until the answer is dropped.
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::DEBUG).with_writer(self.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> tracing_subscriber::fmt::MakeWriter<'w> for Log {
    type Writer = Log;

    fn make_writer(&'w self) -> Log {
        self.clone()
    }
}
