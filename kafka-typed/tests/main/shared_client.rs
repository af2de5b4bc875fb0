//! Producers of one handle, which share a librdkafka client and yet wait, count and end each for itself.

use std::process::Command;
use std::task::Poll;
use std::time::Duration;

use futures_util::poll;
use kafka_typed::{KafkaTyped, TypedProducer};
use rdkafka::mocking::MockCluster;
use rdkafka::types::RDKafkaRespErr;

use crate::cluster::{embedded, kafka, soon, topic, values};
use crate::messages::Alert;

async fn producer(kafka: &KafkaTyped, topic: &str) -> TypedProducer<Alert> {
    kafka.producer::<Alert>(topic).subject("shared-client-value").build().await.unwrap()
}

/// The threads of this process that belong to producers and to librdkafka: the kernel keeps 15 letters of a name.
#[cfg(target_os = "linux")]
fn threads() -> (usize, usize) {
    let names: Vec<String> = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok())
        .collect();
    let count = |prefix: &str| names.iter().filter(|name| name.starts_with(prefix)).count();
    (count("kafka-typed-sen"), count("rdk:"))
}

/// In a process of its own, since other tests of this one have clients, too.
#[cfg(target_os = "linux")]
#[test]
fn a_thousand_producers_have_one_client_and_its_threads() {
    const ALONE: &str = "KAFKA_TYPED_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "shared_client::a_thousand_producers_have_one_client_and_its_threads";
        let mut alone = Command::new(std::env::current_exe().unwrap());
        let ran = alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        let text = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&ran.stderr));
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let kafka = kafka();
        let first = producer(&kafka, "shared-0").await;
        soon(first.send(&Alert::numbered(0))).await.unwrap();
        let (clients, librdkafka) = threads();
        assert_eq!(clients, 1);
        let mut producers = vec![first];
        for number in 1..1_000 {
            producers.push(producer(&kafka, &format!("shared-{number}")).await);
        }
        for producer in producers.iter().step_by(100) {
            soon(producer.send(&Alert::numbered(1))).await.unwrap();
        }
        assert_eq!(threads(), (1, librdkafka));
        // Limits of the queue are each producer's own, and other settings need another client.
        let setting = async |name: &str, value: &str| {
            let builder = kafka.producer::<Alert>("shared-settings").subject("shared-client-value");
            let producer = builder.setting(name, value).build().await.unwrap();
            // A thread that has served a report has its name by now.
            soon(producer.send(&Alert::numbered(1))).await.unwrap();
            producer
        };
        producers.push(setting("queue.buffering.max.messages", "7").await);
        producers.push(setting("linger.ms", "5").await);
        assert_eq!(threads().0, 1);
        producers.push(setting("linger.ms", "7").await);
        producers.push(setting("linger.ms", "7").await);
        assert_eq!(threads().0, 2);
        drop(kafka);
        drop(producers);
        soon(async {
            while threads().0 > 0 {
                // Polls: nothing tells when a thread has ended.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    });
}

#[tokio::test]
async fn one_that_waits_for_room_does_not_hold_up_another() {
    let builder = embedded().builder().producer_setting("linger.ms", "300000");
    let kafka = builder.producer_setting("message.timeout.ms", "600000").build().unwrap();
    let full = kafka.producer::<Alert>(topic("shared-full", 1)).setting("queue.buffering.max.messages", "1");
    let full = full.build().await.unwrap();
    let other = producer(&kafka, topic("shared-other", 1)).await;
    let alert = Alert::numbered(1);
    let first = full.send(&alert).enqueue().await.unwrap();
    let mut waiting = Box::pin(full.send(&alert).enqueue());
    assert!(poll!(&mut waiting).is_pending());
    for number in 0..20 {
        let _delivery = soon(other.send(&Alert::numbered(number)).enqueue()).await.unwrap();
    }
    assert!(poll!(&mut waiting).is_pending());
    assert_eq!((full.counts().in_flight, other.counts().in_flight), (1, 20));
    soon(other.flush(Duration::from_secs(60))).await.unwrap();
    assert_eq!((other.counts().in_flight, other.counts().delivered), (0, 20));
    // Flushing one sends what the others have put aside, too.
    soon(first).await.unwrap();
    let second = soon(waiting).await.unwrap();
    soon(full.close()).await.unwrap();
    soon(second).await.unwrap();
    let mut consumer = kafka.consumer::<Alert>("shared-other").build().await.unwrap();
    let levels: Vec<_> = values(&mut consumer, 20).await.iter().map(|alert| alert.level).collect();
    assert_eq!(levels, Vec::from_iter(0..20), "the order is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_cannot_deliver_is_not_waited_for_by_another() {
    let mock = MockCluster::new(1).unwrap();
    let error = |topic: &str, code| mock.topic_error(topic, code).unwrap();
    for topic in ["missing", "missing-too"] {
        error(topic, RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    }
    let kafka = KafkaTyped::builder()
        .bootstrap_servers(mock.bootstrap_servers())
        .schema_registry(embedded().schema_registry_url())
        // Topics that do not exist are waited for.
        .producer_setting("topic.metadata.propagation.max.ms", "600000")
        .build()
        .unwrap();
    let [stuck, closed, other] =
        [producer(&kafka, "missing").await, producer(&kafka, "missing-too").await, producer(&kafka, "fine").await];
    let mut stuck_delivery = stuck.send(&Alert::numbered(1)).enqueue().await.unwrap();
    let mut closed_delivery = closed.send(&Alert::numbered(2)).enqueue().await.unwrap();
    let _delivery = other.send(&Alert::numbered(3)).enqueue().await.unwrap();
    soon(other.flush(Duration::from_secs(600))).await.unwrap();
    assert_eq!((other.counts().in_flight, other.counts().delivered), (0, 1));
    assert_eq!((stuck.counts().in_flight, stuck.counts().delivered), (1, 0));
    assert_eq!(soon(stuck.flush(Duration::from_millis(20))).await.unwrap_err().in_flight, 1);

    // Neither dropping nor closing one for lack of time ends the client of the others, nor what they have on their way.
    drop(stuck);
    assert_eq!(soon(closed.close_within(Duration::from_millis(20))).await.unwrap_err().given_up, 1);
    let delivery = other.send(&Alert::numbered(4)).enqueue().await.unwrap();
    soon(delivery).await.unwrap();
    assert!(matches!(poll!(&mut stuck_delivery), Poll::Pending));
    assert!(matches!(poll!(&mut closed_delivery), Poll::Pending));
    for topic in ["missing", "missing-too"] {
        error(topic, RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    soon(stuck_delivery).await.unwrap();
    soon(closed_delivery).await.unwrap();
    assert_eq!(soon(other.close()).await.unwrap().delivered, 2);
}
