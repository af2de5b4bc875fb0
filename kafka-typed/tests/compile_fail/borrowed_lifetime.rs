//! A view does not outlive the batch that lends it, nor goes where it would.

use kafka_typed::TypedConsumer;
use kafka_typed::avro_typed::topic::{DecodeValue, ViewValue};

async fn keep_after_the_batch(mut consumer: TypedConsumer<Vec<u8>, String>) {
    let mut longest = "";
    while let Some(batch) = consumer.next_borrowed_batch(100).await {
        let batch = batch.unwrap();
        for message in &batch {
            let key: &str = message.unwrap().key.unwrap();
            if key.len() > longest.len() {
                longest = key;
            }
        }
        batch.done();
    }
}

async fn drop_under_a_view(mut consumer: TypedConsumer<Vec<u8>, String>) {
    let batch = consumer.next_borrowed_batch(100).await.unwrap().unwrap();
    let first: &[u8] = batch.iter().next().unwrap().unwrap().value;
    drop(batch);
    println!("{first:?}");
}

async fn give_to_a_task(mut consumer: TypedConsumer<Vec<u8>, String>) {
    let batch = consumer.next_borrowed_batch(100).await.unwrap().unwrap();
    for message in &batch {
        tokio::spawn(async move { println!("{:?}", message.unwrap().value) });
    }
}

async fn whatever_the_value<V>(mut consumer: TypedConsumer<V, ()>) -> V::View<'static>
where
    V: DecodeValue + ViewValue + 'static,
{
    let batch = consumer.next_borrowed_batch(1).await.unwrap().unwrap();
    batch.iter().next().unwrap().unwrap().value
}

fn main() {}
