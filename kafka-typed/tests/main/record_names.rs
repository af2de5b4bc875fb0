//! Several record types on one topic, and consumers that know some of them.

use avro_derive::Avro;
use kafka_typed::avro_typed::{AvroType, DecodeOwned, Encode};
use kafka_typed::schema_registry::{CompatibilityLevel, SchemaText};
use kafka_typed::{MessageProblem, RecordNames, Registration, SetupError};

use crate::cluster::{chain, kafka, next, soon, topic, values};

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop")]
struct OrderPlaced {
    id: i64,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop")]
struct OrderCancelled {
    id: i64,
    reason: String,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "shop")]
struct OrderShipped {
    id: i64,
}

/// What `OrderPlaced` is called in a later version.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(namespace = "sales", alias = "shop.OrderPlaced")]
struct OrderReceived {
    id: i64,
}

#[derive(Avro, Clone, Debug, PartialEq)]
enum OrderEvent {
    Placed(OrderPlaced),
    Cancelled(OrderCancelled),
}

async fn send<T: Encode + AvroType + Sync>(topic: &str, value: T) {
    kafka().registry().set_compatibility_level(&format!("{topic}-value"), CompatibilityLevel::None).await.unwrap();
    let producer = kafka().producer::<T>(topic).build().await.unwrap();
    soon(producer.send(&value).partition(0)).await.unwrap();
}

async fn check_refused<T: DecodeOwned + AvroType + std::fmt::Debug>(
    consumer: &mut kafka_typed::TypedConsumer<T>,
    names: [&str; 2],
) {
    let error = next(consumer).await.unwrap_err();
    let problem = &error.bad_message().unwrap().problem;
    assert!(matches!(problem, MessageProblem::Unreadable { .. }), "{problem:?}");
    let text = chain(&error);
    assert!(names.iter().all(|name| text.contains(name)) && text.contains("alias"), "{text}");
}

#[tokio::test]
async fn another_record_is_not_given_out_as_this_one() {
    let topic = topic("several-records", 1);
    send(topic, OrderPlaced { id: 1 }).await;
    send(topic, OrderCancelled { id: 2, reason: "late".to_owned() }).await;
    send(topic, OrderShipped { id: 3 }).await;
    send(topic, OrderPlaced { id: 4 }).await;

    let mut consumer = kafka().consumer::<OrderPlaced>(topic).build().await.unwrap();
    assert_eq!(values(&mut consumer, 1).await, [OrderPlaced { id: 1 }]);
    check_refused(&mut consumer, ["shop.OrderCancelled", "shop.OrderPlaced"]).await;
    check_refused(&mut consumer, ["shop.OrderShipped", "shop.OrderPlaced"]).await;
    assert_eq!(values(&mut consumer, 1).await, [OrderPlaced { id: 4 }]);

    let mut events = kafka().consumer::<OrderEvent>(topic).build().await.unwrap();
    let cancelled = OrderEvent::Cancelled(OrderCancelled { id: 2, reason: "late".to_owned() });
    assert_eq!(values(&mut events, 2).await, [OrderEvent::Placed(OrderPlaced { id: 1 }), cancelled]);
    check_refused(&mut events, ["shop.OrderShipped", "shop.OrderPlaced, shop.OrderCancelled"]).await;
    assert_eq!(values(&mut events, 1).await, [OrderEvent::Placed(OrderPlaced { id: 4 })]);

    let mut renamed = kafka().consumer::<OrderReceived>(topic).build().await.unwrap();
    assert_eq!(values(&mut renamed, 1).await, [OrderReceived { id: 1 }]);
    check_refused(&mut renamed, ["shop.OrderCancelled", "sales.OrderReceived"]).await;

    let any = kafka().consumer::<OrderPlaced>(topic).record_names(RecordNames::Ignore);
    let read = values(&mut any.build().await.unwrap(), 4).await;
    assert_eq!(read.iter().map(|order| order.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn messages_are_not_marked_as_another_record() {
    let subject = "marked-as-another";
    let registered = SchemaText::new(OrderShipped::schema().json);
    kafka().registry().register(subject, &registered).await.unwrap();
    let builder = kafka().producer::<OrderPlaced>("unused").subject(subject).registration(Registration::UseLatest);
    let error = builder.build().await.map(|producer| producer.schema_id()).unwrap_err();
    let SetupError::OtherEncoding { differences, .. } = &error else { panic!("{error:?}") };
    assert!(differences[0].contains("shop.OrderShipped") && differences[0].contains("shop.OrderPlaced"), "{error}");

    let registered = SchemaText::new(OrderPlaced::schema().json);
    let subject = "marked-as-before";
    let id = kafka().registry().register(subject, &registered).await.unwrap();
    let builder = kafka().producer::<OrderReceived>("unused").subject(subject).registration(Registration::UseLatest);
    assert_eq!(builder.build().await.unwrap().schema_id(), Some(id), "an alias says that it is the same");
}
