//! Two versions of a service on one topic: each reads the customers that the other sends.
//!
//! Version 2 of the schema has another field, `language`, with a default. The old consumer ignores it; the new consumer
//! takes the default where an old producer did not write it. The types of version 1 come from `schema-lock/`: see
//! `build.rs`.

#[path = "input/ndjson.rs"]
mod ndjson;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use avro_typed::{AvroType, DecodeOwned, Encode};
use clap::Parser;
use kafka_typed::{KafkaTyped, TypedConsumer, TypedMessage};
use messages::com::example::customer::Customer as CustomerV2;
use messages::v1::com::example::customer::Customer as CustomerV1;
use tokio::time::timeout;

#[derive(Parser)]
struct Arguments {
    /// File with one customer per line, as JSON.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/customers.ndjson"))]
    input: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let old_consumer = kafka.consumer::<CustomerV1>("customer-data").from_end().build().await?;
    let new_consumer = kafka.consumer::<CustomerV2>("customer-data").from_end().build().await?;

    let (old_sent, old_invalid) = send::<CustomerV1>(&kafka, &arguments).await?;
    let (new_sent, new_invalid) = send::<CustomerV2>(&kafka, &arguments).await?;
    let sent = old_sent + new_sent;

    println!("{:<24} {:<10} {:>10}  SCHEMA OF THE WRITER", "CUSTOMER", "TIER", "BALANCE");
    let (old_read, old_failed) = receive(old_consumer, sent, |message| {
        let CustomerV1 { name, tier, balance, .. } = &message.value;
        println!("{name:<24} {tier:<10} {balance:>10}  {}", writer(message));
    })
    .await;
    println!("\n{:<24} {:<10} SCHEMA OF THE WRITER", "CUSTOMER", "LANGUAGE");
    let (new_read, new_failed) = receive(new_consumer, sent, |message| {
        println!("{:<24} {:<10} {}", message.value.name, message.value.language, writer(message));
    })
    .await;
    let failed = old_invalid + new_invalid + old_failed + new_failed;
    println!("customer: produced {sent}, consumed by version 1 {old_read}, by version 2 {new_read}, failed {failed}");
    Ok(())
}

/// Sends the customers of the input as one version of the type, and returns how many were sent and how many lines were
/// invalid.
async fn send<T>(kafka: &KafkaTyped, arguments: &Arguments) -> Result<(usize, usize), Box<dyn Error>>
where
    T: AvroType + Encode + Send + Sync + avro_typed::serde::de::DeserializeOwned,
{
    let producer = kafka.producer::<T>("customer-data").subject("customer-value").build().await?;
    let (customers, invalid) = ndjson::read::<T>(&arguments.input)?;
    let mut deliveries = Vec::new();
    for customer in &customers {
        deliveries.push(producer.send(customer).enqueue().await?);
    }
    let sent = deliveries.len();
    for delivery in deliveries {
        delivery.await?;
    }
    Ok((sent, invalid))
}

/// The schema id that a customer was written with, which only tombstones lack.
fn writer<T>(message: &TypedMessage<T>) -> String {
    message.schema_id.map_or_else(String::new, |id| id.to_string())
}

/// Receives this many customers, or until no more arrive, and returns how many were read and how many could not be.
async fn receive<T>(mut consumer: TypedConsumer<T>, expected: usize, show: impl Fn(&TypedMessage<T>)) -> (usize, usize)
where
    T: AvroType + DecodeOwned + Send,
{
    let (mut read, mut failed) = (0, 0);
    while read + failed < expected
        && let Ok(Some(message)) = timeout(Duration::from_secs(30), consumer.next()).await
    {
        match message {
            Ok(message) => {
                show(&message);
                read += 1;
            }
            Err(error) => {
                eprintln!("{error}");
                failed += 1;
            }
        }
    }
    (read, failed)
}
