//! Keeps all customers in memory: reads a compacted topic to its end when it starts, and follows it from then on.
//!
//! Such a topic keeps the last message of each key, here an Avro type, so that a service that starts gets every
//! customer and not every change. A customer that goes away is a message without a value, a tombstone.

#[path = "input/ndjson.rs"]
mod ndjson;

use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use kafka_typed::{KafkaTyped, Topic, TypedMessage, TypedProducer};
use messages::com::example::customer::{Customer, CustomerKey};
use tokio::time::timeout;

/// On a broker of your own, create it with `cleanup.policy=compact`.
const CUSTOMERS: Topic<Option<Customer>, CustomerKey> =
    Topic::new("customer-changes").subject("customer-value").key_subject("customer-key");

/// How long to wait for the next message.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Parser)]
struct Arguments {
    /// File with one change per line, as JSON: the key, and the customer or null.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/customer_changes.ndjson"))]
    input: PathBuf,
}

/// A key, and the customer that it has from now on.
type Change = (CustomerKey, Option<Customer>);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let (changes, invalid) = ndjson::read::<Change>(&Arguments::parse().input)?;
    let (earlier, later) = changes.split_at(changes.len() / 2);
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    let producer = kafka.producer(&CUSTOMERS).build().await?;
    send(&producer, earlier).await?;

    let mut cache = HashMap::new();
    let mut consumer = kafka.consumer(&CUSTOMERS).from_beginning().build().await?;
    while let Some(message) = consumer.next_until_end().await {
        apply(&mut cache, message?);
    }
    println!("ready with {} customers", cache.len());

    let follow = async {
        let mut followed = 0;
        while followed < later.len()
            && let Ok(Some(message)) = timeout(PATIENCE, consumer.next()).await
        {
            apply(&mut cache, message?);
            followed += 1;
        }
        Ok::<usize, Box<dyn Error>>(followed)
    };
    let (sent, followed) = tokio::join!(send(&producer, later), follow);
    sent?;

    let (at_start, after, customers) = (earlier.len(), followed?, cache.len());
    println!(
        "customer_cache: {at_start} changes at start and {after} after it, {customers} customers, failed {invalid}"
    );
    Ok(())
}

/// Takes a change into the cache.
fn apply(cache: &mut HashMap<CustomerKey, Customer>, message: TypedMessage<Option<Customer>, CustomerKey>) {
    // A compacted topic refuses messages without a key.
    let Some(key) = message.key else { return };
    match message.value {
        Some(customer) => {
            cache.insert(key, customer);
        }
        None => {
            if let Some(customer) = cache.remove(&key) {
                println!("{:>6}  {} is not a customer any more", key.id, customer.name);
            }
        }
    }
}

/// Sends changes, and waits until the broker has them.
async fn send(
    producer: &TypedProducer<Option<Customer>, CustomerKey>,
    changes: &[Change],
) -> Result<(), Box<dyn Error>> {
    let mut deliveries = Vec::new();
    for (key, customer) in changes {
        deliveries.push(producer.send(customer).key(key).enqueue().await?);
    }
    for delivery in deliveries {
        delivery.await?;
    }
    Ok(())
}
