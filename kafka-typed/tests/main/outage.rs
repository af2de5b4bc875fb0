//! The registry goes away and comes back, or refuses to answer.

use std::net::SocketAddr;
use std::time::Duration;

use kafka_typed::schema_registry::server::Server;
use kafka_typed::{HandlerError, KafkaTyped, MessageProblem, SchemaRegistry, TypedMessage, WireId};

use crate::cluster::{embedded, next, soon, topic, values};
use crate::log::Log;
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

/// What all partitions wait for is one state.
#[tokio::test]
async fn an_outage_is_one_warning_for_all_partitions() {
    const PARTITIONS: i32 = 4;
    let topic = topic("one-warning", PARTITIONS);
    let server = Server::start().await.unwrap();
    let address = server.address();
    let producer = kafka_with(address).producer::<Alert>(topic).build().await.unwrap();
    for partition in 0..PARTITIONS {
        soon(producer.send(&Alert::numbered(1)).partition(partition)).await.unwrap();
    }
    drop(server);

    let log = Log::default();
    let _guard = log.listen();
    let consumer = kafka_with(address).consumer::<Alert>(topic).build().await.unwrap();
    let control = consumer.control();
    let run = tokio::spawn(consumer.run(|_: TypedMessage<Alert>| async { Ok::<_, HandlerError>(()) }).into_future());
    let waiting = |level: &str| {
        let text = log.text();
        text.lines().filter(|line| line.contains(level) && line.contains("waits for its schema")).count()
    };
    let is_noted_by_all = async {
        while waiting("") < usize::try_from(PARTITIONS).unwrap() {
            // Polls: nothing else tells that a partition waits.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    soon(is_noted_by_all).await;
    assert_eq!(waiting("WARN"), 1, "{}", log.text());
    control.stop();
    soon(run).await.unwrap().unwrap();
}

#[tokio::test]
async fn no_message_is_skipped_while_the_registry_is_down() {
    let topic = topic("outage", 1);
    let server = Server::start().await.unwrap();
    let address = server.address();
    let producer = kafka_with(address).producer::<Alert>(topic).build().await.unwrap();
    for number in 0..3 {
        soon(producer.send(&Alert::numbered(number)).header("n", number.to_string())).await.unwrap();
    }
    drop(server);

    let mut consumer = kafka_with(address).consumer::<Alert>(topic).build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    assert!(error.is_retriable() && error.to_string().contains("waits for its schema"), "{error}");
    let bad = error.bad_message().unwrap();
    assert_eq!((bad.offset, bad.schema_id), (0, producer.schema_id().map(WireId::from)));
    assert!(bad.payload.is_some() && bad.headers.get("n") == Some(b"0"), "{bad:?}");
    assert!(matches!(&bad.problem, MessageProblem::Registry(_)), "{bad:?}");
    // It is said once, and asked again in the background, whatever becomes of whoever waits.
    let given_up = tokio::time::timeout(Duration::from_millis(500), consumer.next()).await;
    assert!(given_up.is_err(), "{given_up:?}");

    let _server = start_again(address).await;
    let back = kafka_with(address).producer::<Alert>(topic).build().await.unwrap();
    assert_eq!(back.schema_id(), producer.schema_id());
    assert_eq!(values(&mut consumer, 3).await, [0, 1, 2].map(Alert::numbered));
}
