//! Values without views cannot be lent.

use avro_derive::{Avro, TopicValue};
use kafka_typed::TypedConsumer;

#[derive(Avro)]
struct SensorAlert {
    sensor_id: String,
}

#[derive(TopicValue)]
enum Event {
    Alert(SensorAlert),
}

async fn lend(
    mut alerts: TypedConsumer<SensorAlert, String>,
    mut events: TypedConsumer<Event, String>,
    mut by_alert: TypedConsumer<Vec<u8>, SensorAlert>,
) {
    alerts.next_borrowed_batch(1).await;
    events.next_borrowed_batch(1).await;
    by_alert.next_borrowed_batch(1).await;
}

fn main() {}
