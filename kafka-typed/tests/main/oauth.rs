//! Logins to the brokers by OAUTHBEARER, and to the registry as the brokers have it.

use std::time::Duration;

use kafka_typed::connection::{BrokerToken, Connection, ConnectionBuilder};
use kafka_typed::schema_registry::{AccessToken, TokenSource};
use kafka_typed::{ConnectionError, KafkaTyped};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::cluster::soon;

/// Whether librdkafka was built with OpenSSL, which OAUTHBEARER takes.
const HAS_SSL: bool = cfg!(any(feature = "ssl", feature = "ssl-vendored"));

async fn token() -> Result<BrokerToken, std::io::Error> {
    Ok(BrokerToken::new("hunter2", Duration::from_secs(60)))
}

fn builder(settings: &[(&str, &str)]) -> ConnectionBuilder {
    let builder = Connection::builder().bootstrap_servers("localhost:1");
    settings.iter().fold(builder, |builder, (name, value)| builder.setting(*name, *value))
}

fn check(built: Result<Connection, ConnectionError>, expected: &str) {
    let error = built.map(drop).expect_err(expected);
    assert!(error.to_string().contains(expected), "{error}, expected {expected}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn tokens_for_brokers_go_with_oauthbearer_alone() {
    let built = builder(&[("security.protocol", "SASL_PLAINTEXT")]).broker_tokens(token).build();
    match HAS_SSL {
        true => drop(built.unwrap()),
        false => check(built, "OAUTHBEARER is not in this build (turn on the feature `ssl`"),
    }
    let plain = builder(&[("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN")]);
    check(plain.broker_tokens(token).build(), "`sasl.mechanism` cannot be used: tokens for the brokers are given");
    check(
        builder(&[]).broker_tokens(token).build(),
        "`security.protocol` cannot be used: tokens for the brokers are given",
    );
    let nobody = builder(&[("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "OAUTHBEARER")]);
    check(nobody.build(), "`sasl.mechanism` cannot be used: OAUTHBEARER takes tokens");
}

#[test]
fn settings_name_a_token_endpoint() {
    let method = ("sasl.oauthbearer.method", "oidc");
    let url = ("sasl.oauthbearer.token.endpoint.url", "https://idp.example.com/token");
    let client = [("sasl.oauthbearer.client.id", "billing"), ("sasl.oauthbearer.client.secret", "hunter2")];
    let oidc = |settings: &[(&str, &str)]| builder(settings).oidc().and_then(ConnectionBuilder::build);
    check(oidc(&[method, client[0], client[1]]), "`sasl.oauthbearer.token.endpoint.url` cannot be used: it is not set");
    check(oidc(&[method, url, client[0]]), "`sasl.oauthbearer.client.secret` cannot be used: it is not set");
    check(oidc(&[("sasl.oauthbearer.method", "jwt")]), "it is neither `default` nor `oidc`");
    let address = ("sasl.oauthbearer.token.endpoint.url", "idp");
    check(oidc(&[method, address, client[0], client[1]]), "`idp` is not the address of a token endpoint");
    let extensions = ("sasl.oauthbearer.extensions", "logical-cluster=lkc-1");
    check(oidc(&[method, url, client[0], client[1], extensions]), "write NAME=VALUE, with letters only in the name");
    check(oidc(&[method, url, client[0], client[1]]), "`security.protocol` cannot be used");
    check(builder(&[method, url, client[0], client[1]]).build(), "takes a call of `.oidc()` after it");
    oidc(&[]).expect("settings without a token endpoint stay as they are");
}

#[test]
fn variables_name_a_token_endpoint() {
    let variables = |protocol: &str| {
        [
            ("KAFKA_BOOTSTRAP_SERVERS", "localhost:1"),
            ("KAFKA_SECURITY_PROTOCOL", protocol),
            ("KAFKA_SASL_OAUTHBEARER_METHOD", "oidc"),
            ("KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL", "https://idp.example.com/token"),
            ("KAFKA_SASL_OAUTHBEARER_CLIENT_ID", "billing"),
            ("KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET", "hunter2\n"),
            ("KAFKA_SASL_OAUTHBEARER_EXTENSIONS", "logicalCluster=lkc-1,identityPoolId=pool-1"),
            ("SCHEMA_REGISTRY_URL", "http://localhost:1"),
            ("SCHEMA_REGISTRY_BEARER_AUTH_CREDENTIALS_SOURCE", "SASL_OAUTHBEARER_INHERIT"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let error = KafkaTyped::from_variables(variables("PLAINTEXT")).unwrap_err();
    assert!(error.to_string().contains("`security.protocol` cannot be used"), "{error}");
    match (KafkaTyped::from_variables(variables("SASL_PLAINTEXT")), HAS_SSL) {
        (Ok(kafka), true) => assert!(!format!("{kafka:?}").contains("hunter2"), "{kafka:?}"),
        (Err(error), false) => assert!(error.to_string().contains("OAUTHBEARER is not in this build"), "{error}"),
        (other, _) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_registry_takes_over_the_brokers_user() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            stream.read_buf(&mut request).await.unwrap();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]").await.unwrap();
        String::from_utf8(request).unwrap().to_ascii_lowercase()
    });
    let builder = || KafkaTyped::builder().bootstrap_servers("localhost:1").schema_registry(&url).sasl_inherit();
    let error = builder().build().unwrap_err();
    assert!(error.to_string().contains("`sasl.username` cannot be used: the registry is to take it"), "{error}");
    let kafka = builder().setting("sasl.username", "ann").setting("sasl.password", "secret").build().unwrap();
    assert_eq!(soon(kafka.registry().subjects()).await.unwrap(), Vec::<String>::new());
    let request = soon(served).await.unwrap();
    assert!(request.contains(&"authorization: Basic YW5uOnNlY3JldA==".to_ascii_lowercase()), "{request}");
}

/// A broker that speaks as much of the protocol as a login takes: it answers ApiVersions and SaslHandshake, and returns
/// what it is shown as the token.
async fn shown_to_a_broker(listener: TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    loop {
        let size = stream.read_u32().await.unwrap();
        let mut frame = vec![0; size.try_into().unwrap()];
        stream.read_exact(&mut frame).await.unwrap();
        let answer: &[u8] = match frame[..2] {
            // No error, and two kinds of requests: ApiVersions up to version 3 and SaslHandshake version 0, after which
            // the token is sent as it is. Then no throttling.
            [0, 18] => &[0, 0, 3, 0, 18, 0, 0, 0, 3, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            // No error, and one mechanism.
            [0, 17] => b"\0\0\0\0\0\x01\0\x0bOAUTHBEARER",
            _ => return String::from_utf8_lossy(&frame).into_owned(),
        };
        // Behind the request's number.
        let answer = [&frame[4..8], answer].concat();
        stream.write_u32(answer.len().try_into().unwrap()).await.unwrap();
        stream.write_all(&answer).await.unwrap();
    }
}

#[tokio::test]
async fn one_source_logs_in_to_brokers_with_sasl_extensions() {
    if !HAS_SSL {
        // What is said then is in `tokens_for_brokers_go_with_oauthbearer_alone`.
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let source = TokenSource::new(|| async {
        Ok::<_, std::io::Error>(AccessToken::new("secret-1").valid_for(Duration::from_secs(60)))
    });
    let kafka = KafkaTyped::builder()
        .bootstrap_servers(address)
        .schema_registry("http://localhost:1")
        .setting("security.protocol", "SASL_PLAINTEXT")
        .setting("sasl.oauthbearer.extensions", "logicalCluster=lkc-1,identityPoolId=pool-1")
        .oauth(source.clone())
        .build()
        .unwrap();
    let producer = kafka.connection().raw_producer("orders").build().unwrap();
    let shown = soon(shown_to_a_broker(listener)).await;
    for part in ["auth=Bearer secret-1\u{1}", "logicalCluster=lkc-1", "identityPoolId=pool-1"] {
        assert!(shown.contains(part), "{part}: {shown:?}");
    }
    assert_eq!(source.token().await.unwrap().secret(), "secret-1");
    drop(producer);
}
