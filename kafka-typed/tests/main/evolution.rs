//! Readers and writers of different versions of a schema.

use std::fmt::Debug;

use kafka_typed::SchemaRegistry;
use kafka_typed::avro_typed::{AvroType, DecodeOwned, Encode};
use kafka_typed::schema_registry::CompatibilityLevel;
use kafka_typed::schema_registry::server::Server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::cluster::{embedded, kafka, send_raw, soon, topic, values};
use crate::log::Log;
use crate::messages::{Alert, OwnedAlert, ReorderedAlert, SourcedAlert};

async fn send<T: Encode + AvroType + Sync>(topic: &str, value: T) {
    kafka().registry().set_compatibility_level(&format!("{topic}-value"), CompatibilityLevel::None).await.unwrap();
    let producer = kafka().producer::<T>(topic).build().await.unwrap();
    soon(producer.send(&value).partition(0)).await.unwrap();
}

async fn check<T: DecodeOwned + AvroType + Debug + PartialEq>(topic: &str, expected: &[T]) {
    let mut consumer = kafka().consumer::<T>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, expected.len()).await, expected);
}

#[tokio::test]
async fn versions_on_one_topic_are_read_as_the_readers_own() {
    let topic = topic("versions", 1);
    let Alert { sensor_id, level, message } = Alert::numbered(4);
    let sourced = |source: &str| SourcedAlert {
        sensor_id: sensor_id.clone(),
        level,
        message: message.clone(),
        source: source.to_owned(),
    };
    let reordered = || ReorderedAlert { message: message.clone(), sensor_id: sensor_id.clone(), level };
    send(topic, Alert::numbered(4)).await;
    send(topic, sourced("gateway-2")).await;
    send(topic, reordered()).await;
    send(topic, Alert::numbered(4)).await;

    // A field that the reader lacks is ignored, and order does not matter.
    check::<Alert>(topic, &[Alert::numbered(4), Alert::numbered(4), Alert::numbered(4), Alert::numbered(4)]).await;
    check::<ReorderedAlert>(topic, &[reordered(), reordered(), reordered(), reordered()]).await;
    // A field that the writer lacks takes its default.
    check(topic, &[sourced("unknown"), sourced("gateway-2"), sourced("unknown"), sourced("unknown")]).await;
}

#[tokio::test]
async fn a_reader_that_needs_what_was_not_written_says_so_for_each_message() {
    let topic = topic("needs-owner", 1);
    send(topic, Alert::numbered(1)).await;
    send(topic, OwnedAlert { sensor_id: "s".to_owned(), owner: "o".to_owned() }).await;
    let mut consumer = kafka().consumer::<OwnedAlert>(topic).build().await.unwrap();
    let error = crate::cluster::next(&mut consumer).await.unwrap_err();
    let text = crate::cluster::chain(&error);
    assert!(text.contains("cannot be read as test.Alert") && text.contains("owner"), "{text}");
    assert_eq!(values(&mut consumer, 1).await, [OwnedAlert { sensor_id: "s".to_owned(), owner: "o".to_owned() }]);
}

#[tokio::test]
async fn each_writer_is_asked_for_once() {
    let topic = topic("writers-in-turn", 1);
    let server = Server::start().await.unwrap();
    let registry = SchemaRegistry::new(&server.url()).unwrap();
    let kafka = embedded().builder().registry(registry.clone()).build().unwrap();
    registry.set_global_compatibility_level(CompatibilityLevel::None).await.unwrap();
    let plain = kafka.producer::<Alert>(topic).build().await.unwrap();
    let reordered = kafka.producer::<ReorderedAlert>(topic).build().await.unwrap();
    for number in 0..20 {
        let Alert { sensor_id, level, message } = Alert::numbered(number);
        let turned = ReorderedAlert { message, sensor_id, level };
        soon(plain.send(&Alert::numbered(number)).partition(0)).await.unwrap();
        soon(reordered.send(&turned).partition(0)).await.unwrap();
    }
    // A handle of its own, which remembers nothing yet.
    let registry = SchemaRegistry::new(&server.url()).unwrap();
    let kafka = embedded().builder().registry(registry).build().unwrap();
    let before = server.requests();
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    let expected: Vec<_> = (0..20).flat_map(|number| [Alert::numbered(number), Alert::numbered(number)]).collect();
    assert_eq!(values(&mut consumer, 40).await, expected);
    assert_eq!(server.requests() - before, 2, "one for each writer");
}

/// A registry that takes what nobody checked: the default is not a value of its type, and neither namespace nor alias
/// is a name.
const UNCHECKED: &str = r#"{"type": "record", "name": "Alert", "namespace": "1ns", "aliases": ["an alert"], "fields": [
    {"name": "sensorId", "type": "string", "default": 1}, {"name": "level", "type": "int", "default": ""},
    {"name": "extra-field", "type": {"type": "map", "values": "int"}, "default": []},
    {"name": "message", "type": "string"}]}"#;

#[tokio::test]
async fn a_writer_whose_schema_nobody_checked_is_read() {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = format!(r#"{{"schema": "{}"}}"#, UNCHECKED.replace('\n', " ").replace('"', "\\\""));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json";
            let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let topic = topic("unchecked", 1);
    let payload: &[u8] = b"\0\0\0\0\x07\x02s\x0e\x00\x02m";
    send_raw(topic, &[Some(payload), Some(payload)]).await;
    let registry = SchemaRegistry::builder().url(url).build().unwrap();
    let kafka = embedded().builder().registry(registry).build().unwrap();
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    let log = Log::default();
    let _guard = log.listen();
    let expected = || Alert { sensor_id: "s".to_owned(), level: 7, message: "m".to_owned() };
    assert_eq!(values(&mut consumer, 2).await, [expected(), expected()]);
    let text = log.text();
    let logged: Vec<&str> = text.lines().filter(|line| line.contains("cannot be used, kept as text")).collect();
    assert!(matches!(logged.as_slice(), [once] if once.contains("WARN") && once.contains("`1ns`")), "{text}");
}
