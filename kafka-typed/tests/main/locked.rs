//! Ids from the lock: no request when a producer is built, and the registry's word afterwards.

use std::sync::OnceLock;

use kafka_typed::avro_typed::{AvroType, Encode, EncodeError, Released, TypeSchema, Writer};
use kafka_typed::schema_registry::server::Server;
use kafka_typed::schema_registry::{Guid, SchemaText};
use kafka_typed::{
    KafkaTyped, MessageProblem, ProducerBuilder, Registration, SchemaId, SchemaRegistry, SetupError, TypedProducer,
    WireFormat, WireId,
};

use crate::cluster::{chain, embedded, next, soon, topic, values};
use crate::messages::Alert;

/// As if `schema-lock/` had had the schema when the type was generated.
struct LockedAlert(Alert);

impl AvroType for LockedAlert {
    const FULLNAME: &'static str = Alert::FULLNAME;

    fn schema() -> &'static TypeSchema {
        static SCHEMA: OnceLock<TypeSchema> = OnceLock::new();
        SCHEMA.get_or_init(|| {
            let guid: &str = Guid::of(Alert::schema().json, []).to_string().leak();
            let released = |subject, version, ids| Released::new(subject, version, guid, ids);
            let released = [
                released("locked-alerts", 2, &[("default", 5)]),
                released("locked-alerts", 3, &[("backup", 7), ("default", 1)]),
                released("never-registered", 1, &[]),
                released(":.team:locked-alerts", 1, &[("default", 9)]),
            ];
            let TypeSchema { json, fingerprint_crc64, fingerprint_sha256, .. } = *Alert::schema();
            TypeSchema::new(json, fingerprint_crc64, fingerprint_sha256, Box::leak(Box::new(released)))
        })
    }
}

impl Encode for LockedAlert {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.0.encode(writer)
    }
}

/// An empty registry for one test, in which ids begin with 1, and a handle that works with it.
async fn registry() -> (Server, KafkaTyped) {
    let server = Server::start().await.unwrap();
    let kafka = handle(&server, "default");
    (server, kafka)
}

fn handle(server: &Server, name: &str) -> KafkaTyped {
    let registry = SchemaRegistry::new(&server.url()).unwrap();
    embedded().builder().registry(registry).registry_name(name).build().unwrap()
}

fn locked(kafka: &KafkaTyped, topic: &str) -> ProducerBuilder<LockedAlert> {
    kafka.producer::<LockedAlert>(topic).subject("locked-alerts").registration(Registration::Locked)
}

async fn send(producer: &TypedProducer<LockedAlert>, number: i32) {
    soon(producer.send(&LockedAlert(Alert::numbered(number))).partition(0)).await.unwrap();
}

/// Makes `text` the schema with the id 1.
async fn register_first(server: &Server, text: &str) {
    let id = SchemaRegistry::new(&server.url()).unwrap().register("first", &SchemaText::from(text)).await.unwrap();
    assert_eq!(id, SchemaId::new(1));
}

#[tokio::test]
async fn a_locked_guid_takes_no_request_either() {
    let topic = topic("locked-guid", 1);
    let (server, kafka) = registry().await;
    register_first(&server, Alert::schema().json).await;
    let before = server.requests();
    let producer = locked(&kafka, topic).wire_format(WireFormat::Header).build().await.unwrap();
    let guid = Guid::of(Alert::schema().json, []);
    assert_eq!(producer.schema().unwrap().wire_id(), WireId::Guid(guid), "that of the newest version");
    send(&producer, 1).await;
    assert_eq!(server.requests(), before, "nobody was asked");
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    let message = next(&mut consumer).await.unwrap();
    assert_eq!((message.value, message.schema_id), (Alert::numbered(1), Some(guid.into())));
}

#[tokio::test]
async fn a_locked_id_takes_no_request() {
    let topic = topic("locked", 1);
    let (server, kafka) = registry().await;
    register_first(&server, Alert::schema().json).await;
    let before = server.requests();
    let producer = locked(&kafka, topic).build().await.unwrap();
    assert_eq!(producer.schema_id(), Some(SchemaId::new(1)), "that of the newest version");
    for number in 0..10 {
        send(&producer, number).await;
    }
    assert_eq!(server.requests(), before, "neither building nor sending asks the registry");

    // Whoever reads asks once, and finds what the lock says.
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    let expected: Vec<_> = (0..10).map(Alert::numbered).collect();
    assert_eq!(values(&mut consumer, 10).await, expected);
    assert_eq!(server.requests(), before + 1);
    producer.verify_schema_ids().await.unwrap();
    assert_eq!(server.requests(), before + 1, "the schema is remembered");
}

#[tokio::test]
async fn ids_of_the_lock_are_fetched_at_the_start() {
    let topic = topic("locked-prefetch", 1);
    let (server, kafka) = registry().await;
    register_first(&server, Alert::schema().json).await;
    send(&locked(&kafka, topic).build().await.unwrap(), 1).await;
    let before = server.requests();
    let missing = kafka.prefetch([LockedAlert::schema()]).await.unwrap_err();
    assert!(missing.is_unknown_schema(), "{missing}");
    assert_eq!(server.requests(), before + 3, "each id of this registry");
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [Alert::numbered(1)]);
    assert_eq!(server.requests(), before + 3, "the one that is there is remembered");
}

#[tokio::test]
async fn a_locked_id_needs_no_registry() {
    let topic = topic("locked-alone", 1);
    let (server, _) = registry().await;
    let kafka = handle(&server, "backup");
    server.shutdown().await;
    let producer = locked(&kafka, topic).build().await.unwrap();
    assert_eq!(producer.schema_id(), Some(SchemaId::new(7)), "that of this registry");
    send(&producer, 1).await;
}

#[tokio::test]
async fn a_locked_id_is_that_of_the_subject_in_its_context() {
    let topic = topic("locked-context", 1);
    let (server, kafka) = registry().await;
    register_first(&server, Alert::schema().json).await;
    let team = kafka.registry().in_context("team".parse().unwrap());
    assert_eq!(team.register("first", &SchemaText::from(r#""string""#)).await.unwrap(), SchemaId::new(1));
    for builder in [
        locked(&kafka, topic).context("team"),
        kafka.producer::<LockedAlert>(topic).subject(":.team:locked-alerts").registration(Registration::Locked),
    ] {
        let producer = builder.build().await.unwrap();
        assert_eq!(
            (producer.schema_id(), producer.schema().unwrap().context().as_str()),
            (Some(SchemaId::new(9)), ".team")
        );
        let error = producer.verify_schema_ids().await.unwrap_err();
        assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_unknown_schema()), "{error:?}");
    }
    // Id 1 is locked in the default context, where it means what the lock says, and in the other one it is nobody's.
    let producer = locked(&kafka, topic).build().await.unwrap();
    producer.verify_schema_ids().await.unwrap();
    send(&producer, 1).await;
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [Alert::numbered(1)]);
    let mut elsewhere = kafka.consumer::<Alert>(topic).context("team").build().await.unwrap();
    let error = next(&mut elsewhere).await.unwrap_err();
    assert!(matches!(error.bad_message().unwrap().problem, MessageProblem::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn another_schema_of_a_locked_id_is_an_error() {
    let topic = topic("locked-mismatch", 1);
    let (server, kafka) = registry().await;
    register_first(&server, r#""string""#).await;
    let producer = locked(&kafka, topic).build().await.unwrap();
    send(&producer, 1).await;

    let error = producer.verify_schema_ids().await.unwrap_err();
    assert!(matches!(error, SetupError::LockMismatch { .. }), "{error:?}");
    let text = chain(&error);
    for part in [
        "messages of topic `locked-mismatch` are marked with an id that means something else",
        "schema 1 of the registry `default` is not the one that the lock has for subject `locked-alerts`",
        &Guid::of(r#""string""#, []).to_string(),
        &Guid::of(Alert::schema().json, []).to_string(),
        "SCHEMA_REGISTRY_NAME",
        "cargo avro lock",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // The first consumer that learns the schema notices it too, and loses no message.
    let mut consumer = kafka.consumer::<Alert>(topic).build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    assert!(error.is_retriable(), "{error}");
    let problem = &error.bad_message().unwrap().problem;
    assert!(matches!(problem, MessageProblem::LockMismatch(_)), "{problem:?}");
    assert!(chain(&error).contains("is not the one that the lock has"), "{}", chain(&error));
    // A handle that took nothing from the lock knows of nothing to compare with.
    let mut consumer = handle(&server, "default").consumer::<Alert>(topic).build().await.unwrap();
    let error = next(&mut consumer).await.unwrap_err();
    assert!(matches!(error.bad_message().unwrap().problem, MessageProblem::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn verifying_says_when_the_registry_does_not_know_the_id() {
    let (_server, kafka) = registry().await;
    let producer = locked(&kafka, "locked-unknown").build().await.unwrap();
    let error = producer.verify_schema_ids().await.unwrap_err();
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_not_found()), "{error:?}");
    assert!(
        error.to_string().contains("schema 1, which messages of topic `locked-unknown` are marked with"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_not_locked_says_what_to_do() {
    let (server, kafka) = registry().await;
    let check = async |builder: ProducerBuilder<LockedAlert>, parts: &[&str]| {
        let error = builder.registration(Registration::Locked).build().await.map(drop).unwrap_err();
        assert!(matches!(error, SetupError::NotLocked { .. }), "{error:?}");
        for part in parts {
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
    };
    let known = "the lock has version 2 of `locked-alerts` in default, version 3 of `locked-alerts` in backup and default, \
                 version 1 of `never-registered` in no registry";
    let remedy = "Run `cargo avro lock` with SCHEMA_REGISTRY_URL and SCHEMA_REGISTRY_NAME=default";
    check(kafka.producer::<LockedAlert>("other"), &["subject `other-value` in the registry `default`", known, remedy])
        .await;
    check(kafka.producer::<LockedAlert>("other").subject("never-registered"), &[known]).await;
    check(locked(&handle(&server, "staging"), "other"), &["in the registry `staging`", "SCHEMA_REGISTRY_NAME=staging"])
        .await;

    let never =
        kafka.producer::<Alert>("other").registration(Registration::Locked).build().await.map(drop).unwrap_err();
    assert!(
        never.to_string().contains("the lock had no version with this schema when the type was generated"),
        "{never}"
    );
    assert_eq!(server.requests(), 0, "the lock is all that was asked");
}

#[tokio::test]
async fn the_registrys_name_comes_from_the_environment() {
    let variables = |name: &str| {
        let variables =
            [("KAFKA_BOOTSTRAP_SERVERS", "k:1"), ("SCHEMA_REGISTRY_URL", "http://r"), ("SCHEMA_REGISTRY_NAME", name)];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let kafka = KafkaTyped::from_variables(variables("staging")).unwrap();
    assert_eq!(kafka.registry_name(), "staging");
    let kafka = KafkaTyped::from_variables(variables("")).unwrap();
    assert_eq!(kafka.registry_name(), "default");
}
