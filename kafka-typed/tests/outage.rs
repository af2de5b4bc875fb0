//! The registry goes away and comes back, or refuses to answer.

use std::net::SocketAddr;
use std::time::Duration;

use kafka_typed::schema_registry::server::Server;
use kafka_typed::{KafkaTyped, MessageProblem, SchemaRegistry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::cluster::{embedded, next, soon, topic, values};
use crate::messages::Alert;

/// A handle with the registry at this address, which gives up at once and remembers no failure.
fn kafka_with(address: SocketAddr) -> KafkaTyped {
    let registry = SchemaRegistry::builder()
        .url(format!("http://{address}"))
        .retries(0)
        .negative_ttl(Duration::ZERO)
        .build()
        .unwrap();
    embedded().builder().registry(registry).build().unwrap()
}

async fn start_again(address: SocketAddr) -> Server {
    // The old server may take a moment to leave its port.
    for _ in 0..200 {
        if let Ok(server) = Server::start_on(address).await {
            return server;
        }
        // Polls: nothing tells when a port becomes free.
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{address} did not become free");
}

#[tokio::test]
async fn no_message_is_skipped_while_the_registry_is_down() {
    let topic = topic("outage", 1);
    let server = Server::start().await.unwrap();
    let address = server.address();
    let producer = kafka_with(address).producer::<Alert>(topic).build().await.unwrap();
    for number in 0..3 {
        soon(producer.send(&Alert::numbered(number)).header("n", number.to_string()).into_future()).await.unwrap();
    }
    drop(server);

    let mut consumer = kafka_with(address).consumer::<Alert>(topic).build().await.unwrap();
    for _ in 0..2 {
        let error = next(&mut consumer).await.unwrap_err();
        assert!(
            error.is_retriable() && error.to_string().contains("ask for the next message to try this one again"),
            "{error}"
        );
        let bad = error.bad_message().unwrap();
        assert_eq!((bad.offset, bad.schema_id), (0, Some(producer.schema_id())));
        assert!(bad.payload.is_some() && bad.headers.get("n") == Some(b"0"), "{bad:?}");
        assert!(matches!(&bad.problem, MessageProblem::Registry(_)), "{bad:?}");
    }
    // Nor when whoever waits gives up: the consumer pauses before it asks again.
    let given_up = tokio::time::timeout(Duration::from_millis(1), consumer.next()).await;
    assert!(given_up.is_err());

    let _server = start_again(address).await;
    let back = kafka_with(address).producer::<Alert>(topic).build().await.unwrap();
    assert_eq!(back.schema_id(), producer.schema_id());
    assert_eq!(values(&mut consumer, 3).await, [0, 1, 2].map(Alert::numbered));
}

/// Answers every request with this status.
async fn refusing_registry(status: &'static str) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

#[tokio::test]
async fn no_message_is_skipped_while_the_registry_refuses_to_answer() {
    let topic = topic("refused", 1);
    let server = Server::start().await.unwrap();
    let producer = kafka_with(server.address()).producer::<Alert>(topic).build().await.unwrap();
    soon(producer.send(&Alert::numbered(0)).into_future()).await.unwrap();

    // 404 without the registry's error code comes from whatever else answers at that address.
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found"] {
        let refusing = refusing_registry(status).await;
        let mut consumer = kafka_with(refusing).consumer::<Alert>(topic).build().await.unwrap();
        for _ in 0..2 {
            let error = next(&mut consumer).await.unwrap_err();
            assert!(error.is_retriable(), "{status}: {error}");
            assert_eq!(error.bad_message().unwrap().offset, 0, "{status}");
        }
    }
}
