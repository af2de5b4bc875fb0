//! Where the schema id comes from, and under which subject.

use std::sync::OnceLock;

use kafka_typed::avro_typed::{AvroType, Encode, EncodeError, TypeSchema, Writer};
use kafka_typed::schema_registry::CompatibilityLevel;
use kafka_typed::schema_registry::SchemaText;
use kafka_typed::{Registration, SchemaId, SetupError, SubjectNameStrategy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cluster::{chain, embedded, kafka, soon, values};
use crate::messages::{Alert, DocumentedAlert, ReorderedAlert, SourcedAlert};

async fn register<T: AvroType>(subject: &str) -> SchemaId {
    kafka().registry().register(subject, &SchemaText::new(T::schema().json)).await.unwrap()
}

async fn setup_error<T>(subject: &str, registration: Registration) -> SetupError
where
    T: AvroType + kafka_typed::avro_typed::Encode,
{
    let builder = kafka().producer::<T>("registration").subject(subject).registration(registration);
    builder.build().await.map(|producer| producer.schema_id()).expect_err("building fails")
}

#[tokio::test]
async fn subjects_are_named_by_strategy_or_by_hand() {
    let builder = || kafka().producer::<Alert>("naming");
    let check = async |producer: kafka_typed::ProducerBuilder<Alert>, expected: &str| {
        let producer = producer.build().await.unwrap();
        assert_eq!(producer.subject(), Some(expected));
        let versions = kafka().registry().versions(expected).await.unwrap();
        assert_eq!(versions, [1], "{expected}");
    };
    check(builder(), "naming-value").await;
    check(builder().subject("alerts-of-old"), "alerts-of-old").await;
    check(builder().subject_strategy(SubjectNameStrategy::TopicName), "naming-value").await;
    check(builder().subject_strategy(SubjectNameStrategy::RecordName), "test.Alert").await;
    check(builder().subject_strategy(SubjectNameStrategy::TopicRecordName), "naming-test.Alert").await;
    let error = builder().subject("").build().await.unwrap_err();
    assert!(matches!(&error, SetupError::Subject { .. }), "{error:?}");
}

#[tokio::test]
async fn register_gives_equal_schemas_the_id_they_have() {
    let first = kafka().producer::<Alert>("register-1").build().await.unwrap();
    let second = kafka().producer::<Alert>("register-2").build().await.unwrap();
    assert_eq!(first.schema_id(), second.schema_id());
    let other = kafka().producer::<SourcedAlert>("register-1").build().await.unwrap();
    assert_ne!(first.schema_id(), other.schema_id());
    assert_eq!(kafka().registry().versions("register-1-value").await.unwrap(), [1, 2]);
}

#[tokio::test]
async fn register_says_when_the_registry_refuses() {
    register::<Alert>("refused").await;
    kafka().registry().set_compatibility_level("refused", CompatibilityLevel::Full).await.unwrap();
    let error = setup_error::<crate::messages::OwnedAlert>("refused", Registration::Register).await;
    assert!(error.to_string().contains("test.Alert could not be registered under subject `refused`"), "{error}");
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_incompatible()), "{}", chain(&error));
}

#[tokio::test]
async fn look_up_only_never_registers() {
    let error = setup_error::<Alert>("looked-up", Registration::LookUpOnly).await;
    assert!(error.to_string().contains("not found under subject `looked-up`: register it there first"), "{error}");
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_not_found()), "{}", chain(&error));
    let id = register::<Alert>("looked-up").await;
    let builder = kafka().producer::<Alert>("registration").subject("looked-up").registration(Registration::LookUpOnly);
    assert_eq!(builder.build().await.unwrap().schema_id(), Some(id));
    let error = setup_error::<SourcedAlert>("looked-up", Registration::LookUpOnly).await;
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_not_found()), "{}", chain(&error));
    assert_eq!(kafka().registry().versions("looked-up").await.unwrap(), [1]);
}

#[tokio::test]
async fn look_up_only_names_what_takes_a_schema_that_encodes_alike() {
    register::<DocumentedAlert>("looked-up-alike").await;
    let error = setup_error::<Alert>("looked-up-alike", Registration::LookUpOnly).await;
    let text = error.to_string();
    assert!(
        text.contains("its version 1, the latest, encodes alike") && text.contains("Registration::UseLatest"),
        "{text}"
    );
    register::<SourcedAlert>("looked-up-other").await;
    let text = setup_error::<Alert>("looked-up-other", Registration::LookUpOnly).await.to_string();
    assert!(!text.contains("UseLatest"), "{text}");
}

/// A root that has no name in Avro.
struct Either(Alert);

/// The schema of an alert with another text.
fn with_text(json: &'static str) -> TypeSchema {
    let TypeSchema { fingerprint_crc64, fingerprint_sha256, released, .. } = *Alert::schema();
    TypeSchema::new(json, fingerprint_crc64, fingerprint_sha256, released)
}

impl AvroType for Either {
    const FULLNAME: &'static str = "union";

    fn schema() -> &'static TypeSchema {
        static SCHEMA: OnceLock<TypeSchema> = OnceLock::new();
        SCHEMA.get_or_init(|| {
            let json = format!(r#"["null",{}]"#, Alert::schema().json).leak();
            with_text(json)
        })
    }
}

impl Encode for Either {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.long(1)?;
        self.0.encode(writer)
    }
}

#[tokio::test]
async fn what_has_no_name_gives_none_to_a_subject() {
    for strategy in [SubjectNameStrategy::RecordName, SubjectNameStrategy::TopicRecordName] {
        let error =
            kafka().producer::<Either>("nameless").subject_strategy(strategy).build().await.map(drop).unwrap_err();
        assert!(matches!(error, SetupError::Subject { .. }), "{error:?}");
        assert!(chain(&error).contains("use SubjectNameStrategy::TopicName"), "{}", chain(&error));
    }
    let producer = kafka().producer::<Either>("nameless").build().await.unwrap();
    assert_eq!(producer.subject(), Some("nameless-value"));
    soon(producer.send(&Either(Alert::numbered(1)))).await.unwrap();
}

/// A record with two properties, which a registry keeps in the order in which they come.
struct Tagged(Alert);

const TAGS: &str = r#","tag":1,"owner":2}"#;

impl AvroType for Tagged {
    const FULLNAME: &'static str = Alert::FULLNAME;

    fn schema() -> &'static TypeSchema {
        static SCHEMA: OnceLock<TypeSchema> = OnceLock::new();
        SCHEMA.get_or_init(|| with_text(tagged(TAGS).leak()))
    }
}

impl Encode for Tagged {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.0.encode(writer)
    }
}

fn tagged(tags: &str) -> String {
    format!("{}{tags}", Alert::schema().json.strip_suffix('}').unwrap())
}

#[tokio::test]
async fn normalizing_finds_what_differs_in_the_order_of_attributes() {
    let other_order = tagged(r#","owner":2,"tag":1}"#);
    let normalizing = kafka().registry().normalizing(true);
    let id = normalizing.register("normalized", &SchemaText::from(other_order)).await.unwrap();
    let builder = |kafka: kafka_typed::KafkaTyped| {
        kafka.producer::<Tagged>("registration").subject("normalized").registration(Registration::LookUpOnly)
    };
    let error = builder(kafka()).build().await.map(drop).unwrap_err();
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_not_found()), "{}", chain(&error));
    assert_eq!(builder(kafka()).normalize(true).build().await.unwrap().schema_id(), Some(id));
    let kafka = embedded().builder().normalize(true).build().unwrap();
    assert_eq!(builder(kafka).build().await.unwrap().schema_id(), Some(id));
}

#[tokio::test]
async fn use_latest_takes_a_schema_that_encodes_alike() {
    let error = setup_error::<Alert>("latest", Registration::UseLatest).await;
    assert!(error.to_string().contains("the latest version of subject `latest` could not be fetched"), "{error}");

    let own = register::<Alert>("latest").await;
    let documented = register::<DocumentedAlert>("latest").await;
    assert_ne!(own, documented);
    let producer = kafka()
        .producer::<Alert>("use-latest")
        .subject("latest")
        .registration(Registration::UseLatest)
        .build()
        .await
        .unwrap();
    assert_eq!(producer.schema_id(), Some(documented));
    soon(producer.send(&Alert::numbered(5))).await.unwrap();
    let mut consumer = kafka().consumer::<Alert>("use-latest").build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [Alert::numbered(5)]);
}

/// Registers a schema with a property, for which the client has no call.
async fn register_with_major(subject: &str, json: &str, major: &str) {
    let properties = format!(r#"{{"properties":{{"major":"{major}"}}}}"#);
    let schema = json.replace('"', r#"\""#);
    let body = format!(r#"{{"schema":"{schema}","metadata":{properties}}}"#);
    let address = embedded().schema_registry_url().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let length = body.len();
    let head = format!("POST /subjects/{subject}/versions HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    let request = format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn the_latest_is_found_by_its_metadata() {
    register_with_major("by-metadata", DocumentedAlert::schema().json, "1").await;
    register_with_major("by-metadata", SourcedAlert::schema().json, "2").await;
    let major = |major: &str| Registration::UseLatestWithMetadata(vec![("major".to_owned(), major.to_owned())]);
    let builder = kafka().producer::<Alert>("registration").subject("by-metadata").registration(major("1"));
    let first = kafka().registry().version("by-metadata", 1).await.unwrap();
    assert_eq!(builder.build().await.unwrap().schema_id(), Some(first.id()));
    let error = setup_error::<Alert>("by-metadata", major("2")).await;
    assert!(matches!(error, SetupError::OtherEncoding { .. }), "{error:?}");
    let error = setup_error::<Alert>("by-metadata", major("3")).await;
    assert!(error.to_string().contains("no version of subject `by-metadata` with the metadata major=3"), "{error}");
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_not_found()), "{}", chain(&error));
}

#[tokio::test]
async fn use_latest_refuses_a_schema_that_encodes_otherwise() {
    // Both can be resolved, and neither may mark bytes that it did not write.
    register::<SourcedAlert>("longer").await;
    let error = setup_error::<Alert>("longer", Registration::UseLatest).await;
    let SetupError::OtherEncoding { differences, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*differences, ["at Alert: the type has no field `source`"]);
    assert!(error.to_string().contains("version 1 of subject `longer`, the latest"), "{error}");
    assert!(error.to_string().contains("use Registration::Register"), "{error}");

    register::<ReorderedAlert>("reordered").await;
    let error = setup_error::<Alert>("reordered", Registration::UseLatest).await;
    let SetupError::OtherEncoding { differences, .. } = &error else { panic!("{error:?}") };
    assert_eq!(
        *differences,
        [
            "at Alert: the type writes its fields as sensorId, level, message, the registered schema as message, sensorId, level"
        ]
    );
}

#[tokio::test]
async fn a_fixed_id_is_checked_like_the_latest() {
    let id = register::<DocumentedAlert>("fixed").await;
    let builder = kafka().producer::<Alert>("registration").registration(Registration::FixedId(id));
    assert_eq!(builder.build().await.unwrap().schema_id(), Some(id));

    let other = register::<ReorderedAlert>("fixed-other").await;
    let error = setup_error::<Alert>("unused", Registration::FixedId(other)).await;
    assert!(matches!(&error, SetupError::OtherEncoding { id, .. } if *id == other), "{error:?}");

    let error = setup_error::<Alert>("unused", Registration::FixedId(SchemaId::new(999_999))).await;
    assert!(error.to_string().contains("schema 999999, the fixed id for test.Alert, could not be fetched"), "{error}");
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_not_found()), "{}", chain(&error));
}

#[tokio::test]
async fn building_ends_when_the_registry_never_answers() {
    let silent = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let variables = [
        ("KAFKA_BOOTSTRAP_SERVERS", embedded().bootstrap_servers()),
        ("SCHEMA_REGISTRY_URL", url.as_str()),
        ("SCHEMA_REGISTRY_TIMEOUT_MS", "300"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let kafka = kafka_typed::KafkaTyped::from_variables(variables).unwrap();
    // Without a deadline this would take four tries of fifteen seconds, which `soon` does not wait for.
    let error = soon(kafka.producer::<Alert>("silent").build()).await.map(drop).unwrap_err();
    let text = chain(&error);
    assert!(matches!(&error, SetupError::Registry { source, .. } if source.is_retriable()), "{text}");
    assert!(text.contains("could not be registered") && text.contains("after 1 try in 0."), "{text}");
}
