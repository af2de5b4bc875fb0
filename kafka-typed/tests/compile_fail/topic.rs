//! What is sent to a topic, and received from it, is of the types that its definition names.

use avro_derive::{Avro, TopicValue};
use kafka_typed::{KafkaTyped, Topic, TypedMessage};

#[derive(Avro)]
struct SensorAlert {
    sensor_id: String,
}

#[derive(Avro)]
struct Customer {
    id: i64,
}

#[derive(TopicValue)]
enum Event {
    Alert(SensorAlert),
}

const ALERTS: Topic<SensorAlert, String> = Topic::new("sensor-alert");
const BY_NUMBER: Topic<SensorAlert, i32> = Topic::new("alert-by-number");
const EVENTS: Topic<Event> = Topic::new("events");
const MEASUREMENTS: Topic<f64> = Topic::new("measurements");
const BY_MEASUREMENT: Topic<SensorAlert, f64> = Topic::new("alert-by-measurement");

async fn send(kafka: KafkaTyped, alert: SensorAlert, customer: Customer) {
    let alerts = kafka.producer(&ALERTS).build().await.unwrap();
    alerts.send(&customer).await.unwrap();
    alerts.send(&alert).key(17).await.unwrap();
    alerts.send(&alert).key(&customer).await.unwrap();

    let by_number = kafka.producer(&BY_NUMBER).build().await.unwrap();
    by_number.send(&alert).key("sensor-17").await.unwrap();
    by_number.send(&alert).key(17_i64).await.unwrap();

    let events = kafka.producer(&EVENTS).build().await.unwrap();
    events.send(&alert).await.unwrap();
    events.send(&Event::from(customer)).await.unwrap();
}

async fn receive(kafka: KafkaTyped) {
    let mut alerts = kafka.consumer(&ALERTS).build().await.unwrap();
    let _: TypedMessage<Customer, String> = alerts.next().await.unwrap().unwrap();
}

fn define(kafka: KafkaTyped) {
    let _ = kafka.producer(&MEASUREMENTS);
    let _ = kafka.consumer(&BY_MEASUREMENT);
    let _ = kafka.producer::<SensorAlert>(17);
}

fn main() {}
