//! How a schema evolves: two versions on one topic, a change that would break consumers, and one that does not.
//!
//! Version 1 of `Customer` is in `schema-lock/`, and the build makes types of it (`messages::v1`).
//! `schemas/customer.avsc` is version 2, which adds `language` with a default.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use avro_build::lock::Lock;
use avro_typed::jiff::Timestamp;
use avro_typed::{AvroType, DecodeOwned};
use kafka_typed::schema_registry::{CheckAgainst, SchemaText};
use kafka_typed::{KafkaTyped, TypedConsumer};
use messages::com::example::customer as v2;
use messages::v1::com::example::customer as v1;
use tokio::time::timeout;

const TOPIC: &str = "customer-evolution";
const SUBJECT: &str = "customer-value";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    // Diagnostics have paths relative to this folder.
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR"))?;
    let kafka = KafkaTyped::from_env_or_embedded().await?;

    println!("1. Consumers of both versions, and a producer of each, on one topic\n");
    let read = both_versions_on_one_topic(&kafka).await?;

    println!("\n2. A change that would break consumers: examples/evolution/refused/customer.avsc\n");
    let refused = propose(&kafka, "refused").await?;

    println!("\n3. A compatible change: examples/evolution/accepted/customer.avsc\n");
    let accepted = propose(&kafka, "accepted").await?;

    println!(
        "\nevolution: read {read} of 4 messages, {refused} differences refused, {accepted} in the accepted change"
    );
    Ok(())
}

/// How many messages the two consumers read, of the two that each of the two producers' topic holds.
async fn both_versions_on_one_topic(kafka: &KafkaTyped) -> Result<usize, Box<dyn Error>> {
    let mut old_consumer = kafka.consumer::<v1::Customer>(TOPIC).from_end().build().await?;
    let mut new_consumer = kafka.consumer::<v2::Customer>(TOPIC).from_end().build().await?;
    let old_producer = kafka.producer::<v1::Customer>(TOPIC).subject(SUBJECT).build().await?;
    let new_producer = kafka.producer::<v2::Customer>(TOPIC).subject(SUBJECT).build().await?;

    let required = v1::CustomerRequired {
        id: 1,
        name: "Ada".into(),
        email: "ada@example.com".into(),
        address: v1::Address {
            street: "Rua Augusta 1".into(),
            city: "Lisboa".into(),
            postal_code: "1100-048".into(),
            country: "PT".into(),
        },
        created_at: Timestamp::UNIX_EPOCH,
    };
    old_producer.send(&required.with_defaults()).key("1").await?;
    let required = v2::CustomerRequired {
        id: 2,
        name: "Grace".into(),
        email: "grace@example.com".into(),
        address: v2::Address {
            street: "Avenida Paulista 2".into(),
            city: "São Paulo".into(),
            postal_code: "01310-100".into(),
            country: "BR".into(),
        },
        created_at: Timestamp::UNIX_EPOCH,
    };
    let grace = v2::Customer { language: "pt".into(), ..required.with_defaults() };
    new_producer.send(&grace).key("1").await?;

    let mut read = 0;
    for _ in 0..2 {
        let v1::Customer { name, .. } = next(&mut old_consumer).await?;
        println!("   version 1 reads {name}; it has no language");
        read += 1;
    }
    for _ in 0..2 {
        let v2::Customer { name, language, .. } = next(&mut new_consumer).await?;
        println!("   version 2 reads {name}, language {language}");
        read += 1;
    }
    Ok(read)
}

async fn next<T: AvroType + DecodeOwned + Send>(consumer: &mut TypedConsumer<T>) -> Result<T, Box<dyn Error>> {
    let message = timeout(Duration::from_secs(30), consumer.next()).await?.ok_or("the topic ended")??;
    Ok(message.value)
}

/// Checks a change as the build does, against the lock, and asks the registry for its result. Returns the number of
/// differences that the build finds.
async fn propose(kafka: &KafkaTyped, folder: &str) -> Result<usize, Box<dyn Error>> {
    let set = avro_build::Config::new()
        .schemas("schemas")
        .exclude("schemas/customer.avsc")
        .schemas(Path::new("examples/evolution").join(folder))
        .load()?;
    let check = Lock::read(Path::new("schema-lock"))?.check(&set, &[], &[])?;
    match check.diagnostics.list.len() {
        0 => println!("   The build: compatible"),
        _ => println!("{}\n", avro_build::render(&check.diagnostics, false)),
    }

    let root = set.roots().iter().find(|root| set.sources()[root.source.0].path.ends_with("customer.avsc"));
    let schema = set.schema_of(&root.ok_or("the folder has a customer.avsc")?.ty);
    let text = SchemaText::from(schema.to_json());
    let verdict = kafka.registry().check_compatibility(SUBJECT, CheckAgainst::Latest, &text).await?;
    println!("   The registry: {}", if verdict.is_compatible { "compatible" } else { "incompatible" });
    Ok(check.diagnostics.list.len())
}
