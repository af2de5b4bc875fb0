//! A producer of one type takes no value of another.

#[allow(dead_code)]
#[path = "../messages.rs"]
mod messages;

use kafka_typed::TypedProducer;
use messages::{Alert, OwnedAlert};

async fn send(alerts: TypedProducer<Alert>, other: OwnedAlert) {
    alerts.send(&other).await.unwrap();
    alerts.send(&"critical").await.unwrap();
}

fn main() {}
