//! At least once, however many messages are processed at a time.

use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use kafka_typed::{ConsumeError, TypedConsumer, TypedMessage};

use crate::cluster::{kafka, send_raw, soon, topic, values};
use crate::messages::Alert;

async fn send(topic: &str, count: i32) {
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in 0..count {
        let _delivery = producer.send(&Alert::numbered(number)).partition(0).enqueue().await.unwrap();
    }
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();
}

async fn consumer(topic: &str) -> TypedConsumer<Alert> {
    kafka().consumer::<Alert>(topic).group(topic).build().await.unwrap()
}

/// The numbers that the next consumer of the group gets.
async fn comes_again(topic: &str, count: usize) -> Vec<i32> {
    let mut consumer = consumer(topic).await;
    values(&mut consumer, count).await.iter().map(|alert| alert.level).collect()
}

/// Finishes the messages of these numbers, and is stuck with all others.
async fn finish_only(done: &[i32], finished: &Mutex<Vec<i32>>, message: Result<TypedMessage<Alert>, ConsumeError>) {
    let message = message.unwrap();
    let level = message.value.level;
    if !done.contains(&level) {
        return std::future::pending().await;
    }
    message.done();
    finished.lock().unwrap().push(level);
}

/// Drives the stream until so many messages are finished, and drops it with all that is in flight.
async fn crash_after<S: Stream<Item = ()>>(stream: S, count: usize, finished: &Mutex<Vec<i32>>) {
    let mut stream = pin!(stream);
    let mut stream = stream.as_mut();
    soon(async {
        while finished.lock().unwrap().len() < count {
            // Handlers that are stuck never answer, so that the number of finished ones is looked at now and then.
            let _ = tokio::time::timeout(Duration::from_millis(20), stream.next()).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_in_flight_only_the_finished_one_is_done() {
    let topic = topic("buffer-unordered", 1);
    send(topic, 12).await;
    let finished = Mutex::default();
    let mut first = consumer(topic).await;
    let handled = first.stream().map(|message| finish_only(&[0], &finished, message)).buffer_unordered(10);
    crash_after(handled, 1, &finished).await;
    drop(first);
    assert_eq!(comes_again(topic, 11).await, Vec::from_iter(1..12));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_finished_after_an_open_message_comes_again() {
    let topic = topic("out-of-order", 1);
    send(topic, 10).await;
    let finished = Mutex::default();
    let mut first = consumer(topic).await;
    let handled = first.stream().map(|message| finish_only(&[0, 1, 3, 5, 6], &finished, message)).buffer_unordered(10);
    crash_after(handled, 5, &finished).await;
    // Not even `close` counts anything that was not reported as done.
    soon(first.close()).await.unwrap();
    assert_eq!(comes_again(topic, 8).await, Vec::from_iter(2..10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_and_concurrent_handlers_lose_nothing() {
    let topic = topic("chunks", 1);
    send(topic, 10).await;
    let mut first = consumer(topic).await;
    {
        let mut chunks = pin!(first.stream().chunks(5));
        let chunk = soon(chunks.next()).await.unwrap();
        // The third of the first five fails, and so do all of the second five.
        for message in &chunk[..2] {
            message.as_ref().unwrap().done();
        }
        soon(chunks.next()).await.unwrap();
    }
    drop(first);
    let mut second = consumer(topic).await;
    let seen = Mutex::new(Vec::new());
    let finished = Mutex::new(Vec::new());
    let handled = second.stream().take(8).for_each_concurrent(4, async |message| {
        let message = message.unwrap();
        seen.lock().unwrap().push(message.value.level);
        // They finish in another order than they came.
        for _ in message.value.level..10 {
            tokio::task::yield_now().await;
        }
        message.done();
        finished.lock().unwrap().push(message.value.level);
    });
    soon(handled).await;
    let seen: Vec<i32> = seen.into_inner().unwrap();
    assert_eq!(seen, Vec::from_iter(2..10));
    assert_eq!(finished.into_inner().unwrap().len(), 8);
    soon(second.close()).await.unwrap();
    send(topic, 1).await;
    assert_eq!(comes_again(topic, 1).await, [0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_may_go_one_way_and_acknowledgements_another() {
    let topic = topic("apart", 1);
    send(topic, 1).await;
    send_raw(topic, &[Some(b"bad")]).await;
    send(topic, 1).await;
    let mut first = consumer(topic).await;
    let messages: Vec<_> = soon(first.stream().take(3).collect()).await;
    let acknowledgements: Vec<_> = messages
        .into_iter()
        .map(|message| match message {
            Ok(message) => {
                drop(message.value);
                message.acknowledgement
            }
            Err(ConsumeError::Message(bad)) => bad.acknowledgement,
            Err(error) => panic!("{error}"),
        })
        .collect();
    // From another thread, and in any order.
    std::thread::spawn(move || acknowledgements.iter().rev().for_each(|acknowledgement| acknowledgement.done()))
        .join()
        .unwrap();
    soon(first.close()).await.unwrap();
    send(topic, 3).await;
    assert_eq!(comes_again(topic, 3).await, [0, 1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_a_stream_and_next_may_take_turns() {
    let topic = topic("turns", 1);
    send(topic, 4).await;
    let mut first = consumer(topic).await;
    assert_eq!(values(&mut first, 1).await, [Alert::numbered(0)]);
    // Asking the stream reports that the one before is done.
    let one = soon(pin!(first.stream()).next()).await.unwrap().unwrap();
    assert_eq!(values(&mut first, 1).await, [Alert::numbered(2)]);
    assert_eq!(values(&mut first, 1).await, [Alert::numbered(3)]);
    drop(one);
    soon(first.close()).await.unwrap();
    assert_eq!(comes_again(topic, 3).await, [1, 2, 3]);
}
