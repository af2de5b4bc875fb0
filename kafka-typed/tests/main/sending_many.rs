//! Streams and batches of messages, and what becomes of each.

use futures_util::stream;
use kafka_typed::{DeliveryError, SendError, SendReport, Topic};

use crate::cluster::{kafka, records, soon, topic, values};
use crate::messages::Alert;

const LARGE: usize = 3000;

fn too_large() -> Alert {
    Alert { message: "x".repeat(LARGE), ..Alert::numbered(0) }
}

#[tokio::test]
async fn a_stream_is_sent_in_order_with_a_small_queue() {
    const ALERTS: Topic<Alert, String> = Topic::new("sent-stream");
    topic(ALERTS.name(), 1);
    let builder = kafka().producer(&ALERTS).setting("queue.buffering.max.messages", "7").setting("linger.ms", "0");
    let producer = builder.build().await.unwrap();
    let alerts: Vec<_> = (0..400).map(Alert::numbered).collect();
    let check = |report: SendReport| assert_eq!(report.into_result().unwrap(), 100);
    // Owned values and values by reference, with keys and without.
    check(soon(producer.send_all(stream::iter(alerts[..100].to_vec()))).await);
    check(soon(producer.send_all(stream::iter(&alerts[100..200]))).await);
    check(soon(producer.send_all(stream::iter(alerts[200..300].iter().map(|alert| ("a key", alert.clone()))))).await);
    let built = alerts[300..].iter().map(|alert| producer.send(alert).key(&alert.sensor_id).header("n", "1"));
    check(soon(producer.send_all(stream::iter(built))).await);

    let mut consumer = kafka().consumer::<Alert>(ALERTS.name()).build().await.unwrap();
    assert_eq!(values(&mut consumer, 400).await, alerts);
    let found = records(ALERTS.name(), 0).await;
    let keys: Vec<_> = [0, 100, 200, 300].iter().map(|index| found[*index].key.as_deref()).collect();
    assert_eq!(keys, [None, None, Some(&b"a key"[..]), Some(&b"sensor-300"[..])]);
    assert_eq!(found[399].headers.get("n"), Some(&b"1"[..]));
}

/// A task of a runtime with several threads may hold what is being sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_of_a_stream_is_counted_and_listed() {
    let builder = kafka().producer::<Alert>(topic("sent-stream-failing", 1)).max_message_size(LARGE);
    let producer = builder.build().await.unwrap();
    let sender = producer.clone();
    let report = tokio::spawn(async move {
        let alerts = (0..3000).map(|number| if number % 2 == 0 { Alert::numbered(number) } else { too_large() });
        sender.send_all(stream::iter(alerts)).await
    });
    let report = soon(report).await.unwrap();
    assert_eq!((report.delivered, report.failed, report.failures.len()), (1500, 1500, 1000));
    let positions: Vec<_> = report.failures.iter().map(|failure| failure.position).collect();
    assert_eq!(positions, (0..1000).map(|number| 2 * number + 1).collect::<Vec<_>>());
    assert!(report.failures[0].error.is_too_large());
    assert!(report.into_result().unwrap_err().is_too_large());

    // A producer that can send nothing more takes nothing more from the stream.
    soon(producer.close()).await.unwrap();
    let mut taken = 0;
    let endless = std::iter::repeat_with(|| {
        taken += 1;
        Alert::numbered(taken)
    });
    let report = soon(producer.send_all(stream::iter(endless))).await;
    assert_eq!((report.delivered, report.failed, taken), (0, 1, 1));
}

#[tokio::test]
async fn a_batch_has_a_result_for_each_message() {
    let topic = topic("sent-batch", 1);
    let producer = kafka().producer::<Alert>(topic).max_message_size(LARGE).build().await.unwrap();
    let batch = [Alert::numbered(0), too_large(), Alert::numbered(1)];
    let outcomes = soon(producer.send_batch(&batch)).await;
    let offsets: Vec<_> =
        outcomes.iter().map(|outcome| outcome.as_ref().map(|delivery| delivery.offset).ok()).collect();
    assert_eq!(offsets, [Some(0), None, Some(1)]);
    let Err(SendError::Delivery(DeliveryError::TooLarge { .. })) = outcomes[1] else { panic!("{outcomes:?}") };

    let pairs = [("a", Alert::numbered(2)), ("b", Alert::numbered(3))];
    soon(producer.send_batch(&pairs)).await;
    soon(producer.send_batch(batch.iter().map(|alert| producer.send(alert).key("c").header("n", "1")))).await;
    let found = records(topic, 0).await;
    let keys: Vec<_> = found.iter().map(|record| record.key.as_deref().map(String::from_utf8_lossy)).collect();
    assert_eq!(keys, [None, None, Some("a".into()), Some("b".into()), Some("c".into()), Some("c".into())]);
    assert!(found[4].headers.get("n").is_some() && soon(producer.send_batch(&[] as &[Alert])).await.is_empty());
}
