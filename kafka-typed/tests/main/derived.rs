//! Derived types are sent and received as generated ones are.

use avro_derive::Avro;

use crate::cluster::{kafka, soon, topic, values};

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "derived")]
struct Reading {
    sensor: i64,
    value: Option<f64>,
    units: Page<Unit>,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "derived")]
struct Page<T> {
    items: Vec<T>,
}

#[derive(Avro, Clone, Copy, Debug, PartialEq)]
#[avro(namespace = "derived")]
enum Unit {
    Celsius,
    Kelvin,
}

#[tokio::test]
async fn derived_types_arrive() {
    let topic = topic("derived", 1);
    let sent = Reading { sensor: 17, value: Some(21.5), units: Page { items: vec![Unit::Kelvin, Unit::Celsius] } };
    let producer = kafka().producer::<Reading>(topic).build().await.unwrap();
    soon(producer.send(&sent)).await.unwrap();
    let mut consumer = kafka().consumer::<Reading>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [sent]);
}
