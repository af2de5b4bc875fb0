//! From variables and settings to a handle, and the embedded servers' life.

use std::net::TcpStream;
use std::time::Duration;

use kafka_typed::embedded::Embedded;
use kafka_typed::{ConnectionError, KafkaTyped, SchemaRegistry, SetupError};

use crate::cluster::{embedded, kafka, soon, values};
use crate::messages::Alert;

fn pairs(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn real_servers_by_variables_alone() {
    let variables = [
        ("KAFKA_BOOTSTRAP_SERVERS", embedded().bootstrap_servers()),
        ("SCHEMA_REGISTRY_URL", embedded().schema_registry_url()),
        ("KAFKA_ALLOW_AUTO_CREATE_TOPICS", "true"),
        ("KAFKA_HOME", "/opt/kafka"),
        ("HOME", "/root"),
    ];
    for kafka in [
        KafkaTyped::from_variables(pairs(&variables)).unwrap(),
        KafkaTyped::from_variables_or_embedded(pairs(&variables)).await.unwrap(),
    ] {
        assert!(kafka.embedded().is_none());
        assert_eq!(kafka.bootstrap_servers(), embedded().bootstrap_servers());
        let producer = kafka.producer::<Alert>("by-variables").build().await.unwrap();
        soon(producer.send(&Alert::numbered(1))).await.unwrap();
        let mut consumer = kafka.consumer::<Alert>("by-variables").build().await.unwrap();
        assert_eq!(values(&mut consumer, 1).await, [Alert::numbered(1)]);
    }
}

#[tokio::test]
async fn a_client_of_the_registry_may_be_set_up_in_code_beside_variables() {
    let registry = SchemaRegistry::builder().url(embedded().schema_registry_url()).build().unwrap();
    for variables in [
        &[("KAFKA_BOOTSTRAP_SERVERS", embedded().bootstrap_servers())][..],
        &[("KAFKA_BOOTSTRAP_SERVERS", embedded().bootstrap_servers()), ("SCHEMA_REGISTRY_URL", "http://nowhere")],
    ] {
        let builder = KafkaTyped::builder().variables(pairs(variables)).unwrap();
        let kafka = builder.registry(registry.clone()).build().unwrap();
        let producer = kafka.producer::<Alert>("by-variables-and-code").build().await.unwrap();
        soon(producer.send(&Alert::numbered(1))).await.unwrap();
    }
    let error = KafkaTyped::builder().variables(pairs(&[("KAFKA_LINGER_MS", "soon")])).unwrap_err();
    assert!(error.to_string().contains("KAFKA_LINGER_MS"), "{error}");
}

#[tokio::test]
async fn embedded_servers_only_when_neither_is_named() {
    let kafka = KafkaTyped::from_variables_or_embedded(pairs(&[("KAFKA_LINGER_MS", "1"), ("KAFKA_OPTS", "-Dx")]))
        .await
        .unwrap();
    let embedded = kafka.embedded().unwrap();
    assert_eq!(kafka.bootstrap_servers(), embedded.bootstrap_servers());
    let producer = kafka.producer::<Alert>("anything").build().await.unwrap();
    soon(producer.send(&Alert::numbered(1))).await.unwrap();

    let check = async |variables: &[(&str, &str)], words: &str| {
        let error = KafkaTyped::from_variables_or_embedded(pairs(variables)).await.expect_err(words);
        assert!(
            matches!(&error, SetupError::Connection(ConnectionError::MissingVariable { .. }))
                && error.to_string().contains(words),
            "{error}"
        );
    };
    check(&[("KAFKA_BOOTSTRAP_SERVERS", "a:1")], "SCHEMA_REGISTRY_URL is not set, but KAFKA_BOOTSTRAP_SERVERS is")
        .await;
    check(&[("SCHEMA_REGISTRY_URL", "http://a")], "KAFKA_BOOTSTRAP_SERVERS is not set, but SCHEMA_REGISTRY_URL is")
        .await;
    check(&[("SCHEMA_REGISTRY_TOKEN", "t")], "SCHEMA_REGISTRY_URL is not set, but a user or a token").await;
    check(
        &[("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")],
        "KAFKA_BOOTSTRAP_SERVERS is not set, but `security.protocol` is",
    )
    .await;
    check(
        &[("KAFKA_BOOTSTRAP_SERVERS", ""), ("SCHEMA_REGISTRY_URL", "http://a")],
        "KAFKA_BOOTSTRAP_SERVERS is not set",
    )
    .await;
}

#[test]
fn from_variables_names_what_is_missing() {
    let check = |variables: &[(&str, &str)], words: &str| {
        let error = KafkaTyped::from_variables(pairs(variables)).expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
    };
    check(&[], "KAFKA_BOOTSTRAP_SERVERS is not set");
    check(&[("KAFKA_BOOTSTRAP_SERVERS", "a:1")], "SCHEMA_REGISTRY_URL is not set");
    check(
        &[("KAFKA_BOOTSTRAP_SERVERS", "a:1"), ("SCHEMA_REGISTRY_URL", "not a url")],
        "schema registry cannot be set up",
    );
    let (servers, registry) = (("KAFKA_BOOTSTRAP_SERVERS", "a:1"), ("SCHEMA_REGISTRY_URL", "http://a"));
    let variables = [servers, registry, ("SCHEMA_REGISTRY_CACHE_URL", "http://b")];
    let error = KafkaTyped::from_variables(pairs(&variables)).expect_err("not an address of Redis");
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains("the address of the shared cache cannot be used"), "{error}: {cause}");
}

#[test]
fn addresses_are_taken_without_the_line_break_of_a_file() {
    let build = |servers: &str| {
        let built = KafkaTyped::builder().bootstrap_servers(servers).schema_registry("http://a").build();
        built.map_err(|error| error.to_string())
    };
    assert_eq!(build("a:1\n").unwrap().bootstrap_servers(), "a:1");
    assert_eq!(build(" a:1 ,\r\n b:2,").unwrap().bootstrap_servers(), "a:1,b:2");
    for (servers, words) in
        [("a:1\nb:2", "`a:1\\nb:2` is not `host:port`"), (" \n", "names no broker"), (",", "names no broker")]
    {
        let error = build(servers).unwrap_err();
        assert!(error.contains("`bootstrap.servers` cannot be used") && error.contains(words), "{error}");
    }
    let variables = pairs(&[("KAFKA_BOOTSTRAP_SERVERS", "a:1\n"), ("SCHEMA_REGISTRY_URL", "http://a\n")]);
    assert_eq!(KafkaTyped::from_variables(variables).unwrap().bootstrap_servers(), "a:1");
}

#[tokio::test]
async fn wrong_settings_topics_and_places_are_said_when_building() {
    let error = KafkaTyped::builder().schema_registry("http://a").build().unwrap_err().to_string();
    assert!(error.contains("`.bootstrap_servers(..)`"), "{error}");
    let error = KafkaTyped::builder().bootstrap_servers("a:1").build().unwrap_err().to_string();
    assert!(error.contains("`.schema_registry(..)`"), "{error}");
    // (name, value, words)
    for (name, value, words) in [
        ("linger.msec", "5", "`linger.msec` cannot be used: librdkafka has no such setting"),
        ("linger.ms", "soon", "`linger.ms` cannot be used: "),
        ("group.id", "g", "`.group(..)`"),
        ("bootstrap.servers", "a:1", "`.bootstrap_servers(..)`"),
        ("enable.auto.offset.store", "true", "once a message was processed"),
        ("enable.partition.eof", "true", "it is always on"),
        ("client.id", "a\0b", "zero byte"),
        ("linger.mss", "5", "`linger.mss` cannot be used: librdkafka has no such setting, but `linger.ms`"),
    ] {
        let error = kafka().producer::<Alert>("settings").setting(name, value).build().await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        let error = embedded().builder().setting(name, value).build().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    for topic in ["", "a b", "a/b", "..", "a\0", &"x".repeat(250)] {
        let error = kafka().producer::<Alert>(topic).build().await.unwrap_err();
        assert!(matches!(&error, SetupError::Connection(ConnectionError::InvalidTopic { .. })), "{topic:?}: {error:?}");
        let error = kafka().consumer::<Alert>(topic).build().await.unwrap_err();
        assert!(matches!(&error, SetupError::Connection(ConnectionError::InvalidTopic { .. })), "{topic:?}: {error:?}");
        let error = embedded().create_topic(topic, 1).unwrap_err();
        assert!(matches!(&error, ConnectionError::InvalidTopic { .. }), "{topic:?}: {error:?}");
    }
    for pattern in ["^orders-.*", "orders-*", "a|b"] {
        let error = kafka().consumer::<Alert>(pattern).build().await.unwrap_err().to_string();
        assert!(error.contains("patterns are not supported"), "{error}");
    }
    embedded().create_topic("created-twice", 1).unwrap();
    let error = embedded().create_topic("created-twice", 1).unwrap_err().to_string();
    assert!(error.contains("creating topic `created-twice` with 1 partitions"), "{error}");
}

#[test]
fn passwords_are_not_shown() {
    let kafka = KafkaTyped::builder()
        .bootstrap_servers("a:1")
        .schema_registry("http://a")
        .basic_auth("user", "hunter2")
        .setting("sasl.password", "hunter3");
    let mut shown = format!("{kafka:?}");
    let kafka = kafka.build().unwrap();
    shown += &format!("{kafka:?}");
    shown += &format!("{:?}", kafka.producer::<Alert>("t").setting("sasl.password", "hunter4"));
    shown += &format!("{:?}", kafka.consumer::<Alert>("t").setting("sasl.password", "hunter5"));
    assert!(shown.contains("sasl.password") && !shown.contains("hunter"), "{shown}");
}

#[test]
fn outside_of_a_runtime_the_answer_is_an_error() {
    let kafka = KafkaTyped::builder().bootstrap_servers("a:1").schema_registry("http://a").build().unwrap();
    let mut building = std::pin::pin!(kafka.producer::<Alert>("t").build());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(SetupError::Connection(ConnectionError::NoRuntime))) =
        building.as_mut().poll(&mut context)
    else {
        panic!("not an error");
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_servers_stop_with_their_last_user() {
    let own = Embedded::start().await.unwrap();
    let registry = own.schema_registry_url().trim_start_matches("http://").to_owned();
    let addresses = [own.bootstrap_servers().to_owned(), registry];
    let reachable = |address: &String| TcpStream::connect(address).is_ok();
    let kafka = own.kafka().unwrap();
    drop(own);
    let producer = kafka.producer::<Alert>("last-user").build().await.unwrap();
    drop(kafka);
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    assert!(addresses.iter().all(reachable), "a producer keeps them running");
    drop(producer);
    soon(async {
        while addresses.iter().any(reachable) {
            // Polls: nothing tells when the last connection is refused.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}
