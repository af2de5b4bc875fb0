//! No secret is in the log, in `Debug` or in an error.

use std::fmt::Debug;
use std::time::Duration;

use kafka_typed::KafkaTyped;
use tracing_subscriber::filter::LevelFilter;

use crate::cluster::{chain, embedded, soon};
use crate::messages::Alert;
use crate::own_process;

/// As it is, and as it is sent: base64 of `ann:` and the secret.
const SECRETS: [(&str, &str); 6] = [
    ("hunter-broker", "YW5uOmh1bnRlci1icm9rZXI"),
    ("hunter-url", "YW5uOmh1bnRlci11cmw"),
    ("hunter-user", "YW5uOmh1bnRlci11c2Vy"),
    ("hunter-token", "aHVudGVyLXRva2Vu"),
    ("hunter-client", "YW5uOmh1bnRlci1jbGllbnQ"),
    ("hunter-cache", "aHVudGVyLWNhY2hl"),
];

/// Every way to give a secret by variables, and what else each needs.
fn cases() -> Vec<Vec<(&'static str, String)>> {
    let registry = embedded().schema_registry_url();
    let address = registry.strip_prefix("http://").unwrap();
    let text = |text: &str| text.to_owned();
    vec![
        vec![
            ("KAFKA_USERNAME", text("ann")),
            ("KAFKA_PASSWORD", text("hunter-broker")),
            ("KAFKA_SECURITY_PROTOCOL", text("SASL_PLAINTEXT")),
            ("KAFKA_SASL_MECHANISM", text("PLAIN")),
            ("SCHEMA_REGISTRY_URL", text(registry)),
        ],
        vec![("SCHEMA_REGISTRY_URL", format!("http://ann:hunter-url@{address}"))],
        vec![
            ("SCHEMA_REGISTRY_URL", text(registry)),
            ("SCHEMA_REGISTRY_USER", text("ann")),
            ("SCHEMA_REGISTRY_PASSWORD", text("hunter-user")),
        ],
        vec![("SCHEMA_REGISTRY_URL", text(registry)), ("SCHEMA_REGISTRY_TOKEN", text("hunter-token"))],
        vec![
            ("SCHEMA_REGISTRY_URL", text(registry)),
            ("SCHEMA_REGISTRY_BEARER_AUTH_CREDENTIALS_SOURCE", text("OAUTHBEARER")),
            ("SCHEMA_REGISTRY_BEARER_AUTH_ISSUER_ENDPOINT_URL", text("http://127.0.0.1:1/token")),
            ("SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_ID", text("ann")),
            ("SCHEMA_REGISTRY_BEARER_AUTH_CLIENT_SECRET", text("hunter-client")),
        ],
        vec![
            ("SCHEMA_REGISTRY_URL", text(registry)),
            ("SCHEMA_REGISTRY_CACHE_URL", text("redis://:hunter-cache@127.0.0.1:1")),
        ],
    ]
}

/// Uses everything that has the secrets, and prints whatever a program could.
async fn use_them(variables: Vec<(&'static str, String)>) {
    let shared = [
        ("KAFKA_BOOTSTRAP_SERVERS", embedded().bootstrap_servers()),
        ("KAFKA_DEBUG", "all"),
        ("KAFKA_MESSAGE_TIMEOUT_MS", "2000"),
    ];
    let shared = shared.map(|(name, value)| (name, value.to_owned()));
    let all: Vec<_> = variables.into_iter().chain(shared).map(|(name, value)| (name.to_owned(), value)).collect();
    print(&KafkaTyped::builder().variables(all.clone()).unwrap());
    let kafka = KafkaTyped::from_variables(all).unwrap();
    print(&(&kafka, kafka.connection(), kafka.registry()));
    print(&soon(kafka.registry().subjects()).await);
    let building = kafka.producer::<Alert>("secrets");
    print(&building);
    match soon(building.build()).await {
        Ok(producer) => {
            print(&producer);
            print(&soon(producer.send(&Alert::numbered(1))).await);
            print(&soon(producer.close_within(Duration::from_secs(1))).await);
        }
        Err(error) => eprintln!("{error:?} {}", chain(&error)),
    }
    match soon(kafka.consumer::<Alert>("secrets").group("secrets").build()).await {
        Ok(consumer) => {
            print(&consumer);
            print(&soon(consumer.close_within(Duration::from_secs(1))).await);
        }
        Err(error) => eprintln!("{error:?} {}", chain(&error)),
    }
}

fn print(value: &impl Debug) {
    eprintln!("{value:?} {value:#?}");
}

#[test]
fn no_secret_is_in_the_log_or_in_debug() {
    let Some(printed) = own_process::run("secrets::no_secret_is_in_the_log_or_in_debug") else {
        let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr);
        subscriber.with_ansi(false).init();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for variables in cases() {
                use_them(variables).await;
            }
        });
        return;
    };
    for expected in ["TRACE", "sasl_plaintext", "security.protocol", "KafkaTyped", "secrets-value"] {
        assert!(printed.contains(expected), "the log has less than it should: no {expected} in\n{printed}");
    }
    for (secret, encoded) in SECRETS {
        let line = printed.lines().find(|line| line.contains(secret) || line.contains(encoded));
        assert_eq!(line, None, "{secret}");
    }
}
