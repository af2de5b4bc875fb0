//! Contexts of the registry: every one counts its ids from 1.

use kafka_typed::avro_typed::AvroType;
use kafka_typed::schema_registry::server::Server;
use kafka_typed::schema_registry::{Context, SchemaText};
use kafka_typed::{KafkaTyped, KafkaTypedBuilder, Registration, SchemaId, SetupError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::cluster::{chain, embedded, next, soon, topic, values};
use crate::messages::{Alert, ReorderedAlert};

const ONE: SchemaId = SchemaId::new(1);

fn builder(server: &Server) -> KafkaTypedBuilder {
    KafkaTyped::builder().bootstrap_servers(embedded().bootstrap_servers()).schema_registry(server.url())
}

/// A registry that means another order of fields by id 1 in its default context than in the context `.team`.
async fn registry() -> (Server, KafkaTyped) {
    let server = Server::start().await.unwrap();
    let kafka = builder(&server).build().unwrap();
    let register = async |subject, json: &str| kafka.registry().register(subject, &SchemaText::from(json)).await;
    assert_eq!(register("unrelated", ReorderedAlert::schema().json).await.unwrap(), ONE);
    assert_eq!(register(":.team:alerts-value", Alert::schema().json).await.unwrap(), ONE);
    // What was remembered until now was learned by registering.
    kafka.registry().clear_caches();
    (server, kafka)
}

#[tokio::test]
async fn a_consumer_reads_with_the_schemas_of_its_context() {
    let topic = topic("alerts", 1);
    let (server, kafka) = registry().await;
    let producer = kafka.producer::<Alert>(topic).subject(":.team:alerts-value").build().await.unwrap();
    assert_eq!((producer.schema_id(), producer.schema().unwrap().context().as_str()), (Some(ONE), ".team"));
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    // Whichever context is learned first, the other one's id keeps its meaning.
    kafka.registry().schema_by_id(ONE).await.unwrap();
    let mut consumer = kafka.consumer::<Alert>(topic).context("team").build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [Alert::numbered(1)]);

    // The setting of the handle does for both.
    let team = builder(&server).context(".team").build().unwrap();
    let producer = team.producer::<Alert>(topic).build().await.unwrap();
    assert_eq!((producer.schema_id(), producer.subject()), (Some(ONE), Some("alerts-value")));
    soon(producer.send(&Alert::numbered(2))).await.unwrap();
    let mut consumer = team.consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, 2).await, [Alert::numbered(1), Alert::numbered(2)]);
    assert_eq!(kafka.registry().subjects().await.unwrap(), [":.team:alerts-value", "unrelated"]);

    // So does that of the address.
    let address = format!("{}/contexts/team", server.url());
    let of_address = KafkaTyped::builder().bootstrap_servers(embedded().bootstrap_servers()).schema_registry(address);
    let mut consumer = of_address.build().unwrap().consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(next(&mut consumer).await.unwrap().value, Alert::numbered(1));
}

#[tokio::test]
async fn a_schema_of_another_context_is_not_the_producers() {
    let (_server, kafka) = registry().await;
    let build = async |builder: kafka_typed::ProducerBuilder<Alert>| builder.build().await;
    let team = |registration| kafka.producer::<Alert>("alerts").context("team").registration(registration);
    let default = |registration| kafka.producer::<Alert>("unrelated").subject("unrelated").registration(registration);
    for registration in [Registration::UseLatest, Registration::LookUpOnly, Registration::FixedId(ONE)] {
        let producer = build(team(registration.clone())).await.unwrap();
        assert_eq!(
            (producer.schema_id(), producer.schema().unwrap().context().as_str()),
            (Some(ONE), ".team"),
            "{registration:?}"
        );
        producer.verify_schema_ids().await.unwrap();
        let error = build(default(registration.clone())).await.map(drop).unwrap_err();
        let told = matches!(error, SetupError::OtherEncoding { .. } | SetupError::Registry { .. });
        assert!(told, "{registration:?}: {}", chain(&error));
    }
}

/// A registry that answers everything with this JSON, and its address.
async fn answering(json: String) -> String {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let length = json.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{json}");
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_subject_that_only_another_context_has_names_it() {
    let schema = Alert::schema().json;
    let url =
        answering(format!(r#"{{"subject": ":.team:alerts-value", "version": 1, "id": 1, "schema": {schema:?}}}"#))
            .await;
    let kafka = KafkaTyped::builder().bootstrap_servers(embedded().bootstrap_servers()).schema_registry(url);
    let producer = kafka.build().unwrap().producer::<Alert>("alerts").registration(Registration::UseLatest);
    let error = producer.build().await.map(drop).unwrap_err();
    assert!(matches!(&error, SetupError::OtherContext { found, .. } if found.as_str() == ".team"), "{error:?}");
    assert!(error.to_string().contains("call `.context(\".team\")`"), "{error}");
}

#[tokio::test]
async fn contexts_that_cannot_be_are_refused_when_building() {
    let (server, kafka) = registry().await;
    let errors = [
        builder(&server).context("a:b").build().map(drop).unwrap_err(),
        kafka.producer::<Alert>("alerts").context("").build().await.map(drop).unwrap_err(),
        kafka.consumer::<Alert>("alerts").group("g").context("a/b").build().await.map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, SetupError::Context { .. }), "{error:?}");
        assert!(chain(&error).contains("cannot be the name of a context"), "{}", chain(&error));
    }
    let variables =
        [("KAFKA_BOOTSTRAP_SERVERS", "k:1"), ("SCHEMA_REGISTRY_URL", "http://r"), ("SCHEMA_REGISTRY_CONTEXT", "team")];
    let kafka = KafkaTyped::from_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
    assert_eq!(*kafka.registry().context(), "team".parse::<Context>().unwrap());
}
