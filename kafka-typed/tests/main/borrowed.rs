//! Messages that are lent are those that are received as their own.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kafka_typed::avro_typed::topic::{DecodeKey, DecodeValue, ViewKey, ViewValue};
use kafka_typed::avro_typed::{AvroType, to_vec};
use kafka_typed::schema_registry::{CompatibilityLevel, SchemaText};
use kafka_typed::{
    BorrowedBatch, BorrowedHandler, BorrowedMessage, ConsumeError, ConsumerBuilder, FailurePolicy, HandlerError, Order,
    Retry, SchemaId, Topic, TypedConsumer, WireFormat,
};
use proptest::prelude::*;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::allocation::allocations;
use crate::cluster::{chain, embedded, kafka, records, send_raw, soon, topic};
use crate::messages::{Alert, AlertRef, ReorderedAlert, SourcedAlert, Tree};
use crate::stub_registry::{StubRegistry, alert, payload};

/// What a message is compared by: its offset, and its key and value, or what is wrong with it.
type Seen<V, K> = (i64, Result<(Option<K>, V), String>);

async fn batch<V: DecodeValue + ViewValue, K: DecodeKey + ViewKey>(
    consumer: &mut TypedConsumer<V, K>,
    max: usize,
) -> BorrowedBatch<V, K> {
    soon(consumer.next_borrowed_batch(max)).await.expect("the consumer goes on").expect("Kafka and the registry answer")
}

fn offset(error: &ConsumeError) -> i64 {
    error.bad_message().unwrap_or_else(|| panic!("{error:?}")).offset
}

/// Compares the first `count` messages of a topic with one partition, each as a value of its own and as a view.
async fn check<V, K>(topic: &'static str, count: usize, name: &str) -> Vec<Seen<V, K>>
where
    V: DecodeValue + ViewValue + Debug + PartialEq,
    K: DecodeKey + ViewKey + Debug + PartialEq,
{
    let builder =
        || -> ConsumerBuilder<V, K> { kafka().consumer::<Topic<V, K>>(topic).unknown_schema_timeout(Duration::ZERO) };
    let mut consumer = builder().build().await.unwrap();
    let mut owned = Vec::new();
    while owned.len() < count {
        owned.push(match soon(consumer.next()).await.expect("the consumer goes on") {
            Ok(message) => (message.offset, Ok((message.key, message.value))),
            Err(error) => (offset(&error), Err(chain(&error))),
        });
    }
    let mut consumer = builder().build().await.unwrap();
    let mut lent = VecDeque::new();
    while lent.len() < count {
        let batch = batch(&mut consumer, 7).await;
        // The first iteration leaves nothing behind.
        assert_eq!(batch.iter().filter(Result::is_err).count(), (&batch).into_iter().filter(Result::is_err).count());
        assert_eq!(batch.iter().len(), batch.len());
        lent.extend(batch.iter().map(|message| match message {
            Ok(message) => {
                let key = message.key.map(K::from_key_view);
                (message.offset, Ok((key, V::from_value_view(message.value))))
            }
            Err(error) => (offset(&error), Err(chain(&error))),
        }));
        batch.done();
    }
    assert_eq!(lent, owned, "{name}");
    owned
}

/// What is sent.
#[derive(Clone, Debug)]
enum Sent {
    Alert(String, i32, String),
    Reordered(String, i32, String),
    Sourced(String, i32, String),
    /// An alert of which bytes are missing, or too many are there.
    Damaged(String, usize),
    Unknown(u32),
    Anything(Vec<u8>),
    Tombstone,
}

fn sent() -> impl Strategy<Value = (Sent, Option<Vec<u8>>)> {
    let fields = || ("\\PC{0,12}", any::<i32>(), "\\PC{0,40}");
    let value = prop_oneof![
        4 => fields().prop_map(|(id, level, message)| Sent::Alert(id, level, message)),
        2 => fields().prop_map(|(id, level, message)| Sent::Reordered(id, level, message)),
        2 => fields().prop_map(|(id, level, message)| Sent::Sourced(id, level, message)),
        1 => ("\\PC{0,12}", any::<usize>()).prop_map(|(id, cut)| Sent::Damaged(id, cut)),
        1 => (900_000..900_003_u32).prop_map(Sent::Unknown),
        1 => proptest::collection::vec(any::<u8>(), 0..12).prop_map(Sent::Anything),
        1 => Just(Sent::Tombstone),
    ];
    let key = prop_oneof![
        1 => Just(None),
        3 => "[a-z]{0,8}".prop_map(|key| Some(key.into_bytes())),
        1 => proptest::collection::vec(any::<u8>(), 0..5).prop_map(Some),
    ];
    (value, key)
}

/// The ids of the schemas of alerts, of those in another order, and of those with a source.
async fn ids() -> [SchemaId; 3] {
    let registry = kafka().registry().clone();
    registry.set_compatibility_level("borrowed-writers", CompatibilityLevel::None).await.unwrap();
    let mut ids = Vec::new();
    for schema in [Alert::schema(), ReorderedAlert::schema(), SourcedAlert::schema()] {
        ids.push(registry.register("borrowed-writers", &SchemaText::new(schema.json)).await.unwrap());
    }
    ids.try_into().unwrap()
}

fn payload_of(sent: &Sent, [plain, reordered, sourced]: [SchemaId; 3]) -> Option<Vec<u8>> {
    let framed = |id, datum: &[u8]| Some([&*WireFormat::Confluent.prefix(id), datum].concat());
    match sent.clone() {
        Sent::Alert(sensor_id, level, message) => framed(plain, &to_vec(&Alert { sensor_id, level, message }).unwrap()),
        Sent::Reordered(sensor_id, level, message) => {
            framed(reordered, &to_vec(&ReorderedAlert { message, sensor_id, level }).unwrap())
        }
        Sent::Sourced(sensor_id, level, message) => {
            let source = sensor_id.clone();
            framed(sourced, &to_vec(&SourcedAlert { sensor_id, level, message, source }).unwrap())
        }
        Sent::Damaged(sensor_id, cut) => {
            let mut datum = to_vec(&Alert { sensor_id, level: 1, message: "m".to_owned() }).unwrap();
            match cut % (datum.len() + 1) {
                0 => datum.push(0),
                kept => datum.truncate(kept - 1),
            }
            framed(plain, &datum)
        }
        Sent::Unknown(id) => framed(SchemaId::new(id), b"\x02s\x02\x02m"),
        Sent::Anything(payload) => Some(payload),
        Sent::Tombstone => None,
    }
}

type KeyAndPayload = (Option<Vec<u8>>, Option<Vec<u8>>);

async fn send_all(topic: &str, messages: &[KeyAndPayload]) {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", embedded().bootstrap_servers()).set("linger.ms", "0");
    let producer: BaseProducer = config.create().unwrap();
    for (payload, key) in messages {
        let mut record = BaseRecord::<[u8], [u8]>::to(topic).partition(0);
        (record.payload, record.key) = (payload.as_deref(), key.as_deref());
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    tokio::task::spawn_blocking(move || producer.flush(Duration::from_secs(30)).unwrap()).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn views_are_what_owned_messages_are(messages in proptest::collection::vec(sent(), 1..80)) {
        static TOPICS: AtomicU32 = AtomicU32::new(0);
        let name: &'static str = format!("borrowed-{}", TOPICS.fetch_add(1, Ordering::Relaxed)).leak();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let topic: &'static str = topic(name, 1);
            let ids = ids().await;
            let messages: Vec<_> = messages.iter().map(|(sent, key)| (payload_of(sent, ids), key.clone())).collect();
            send_all(topic, &messages).await;
            check::<Alert, String>(topic, messages.len(), "text as keys").await;
            check::<Alert, Vec<u8>>(topic, messages.len(), "bytes as keys").await;
            check::<Alert, i32>(topic, messages.len(), "numbers as keys").await;
            check::<Option<SourcedAlert>, String>(topic, messages.len(), "tombstones and defaults").await;
            check::<Option<Vec<u8>>, ()>(topic, messages.len(), "bytes").await;
        });
    }
}

#[tokio::test]
async fn every_form_of_values_and_keys_has_a_view() {
    const TREES: Topic<Option<Alert>, Tree> = Topic::new("borrowed-avro-keys");
    topic(TREES.name(), 1);
    let producer = kafka().producer(&TREES).build().await.unwrap();
    let expected = [(Some(Tree::of_depth(3)), Some(Alert::numbered(1))), (Some(Tree::of_depth(1)), None), (None, None)];
    for (key, value) in &expected {
        let message = producer.send(value);
        soon(match key {
            Some(key) => message.key(key),
            None => message,
        })
        .await
        .unwrap();
    }
    let seen = check::<Option<Alert>, Tree>(TREES.name(), 3, "Avro keys").await;
    assert_eq!(seen.into_iter().map(|(_, seen)| seen.unwrap()).collect::<Vec<_>>(), expected);

    let topic = topic("borrowed-headers", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    let alert = Alert::numbered(2);
    soon(producer.send(&alert).key("k").header("trace", "a1").timestamp(1_700_000_000_000)).await.unwrap();
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let batch = batch(&mut consumer, 10).await;
    assert_eq!((batch.topic(), batch.partition(), batch.len(), batch.is_empty()), (topic, 0, 1, false));
    let message = batch.iter().next().unwrap().unwrap();
    assert_eq!((message.topic, message.partition, message.offset), (topic, 0, 0));
    assert_eq!((message.key, message.headers.get("trace")), (Some(&b"k"[..]), Some(&b"a1"[..])));
    assert_eq!(message.timestamp.map(|time| time.as_millis()), Some(1_700_000_000_000));
    assert_eq!(message.schema_id, producer.schema_id().map(Into::into));
    assert_eq!((message.value.sensor_id, message.value.level), ("sensor-2", 2));
    batch.done();
}

#[tokio::test]
async fn a_message_that_is_lent_allocates_nothing() {
    let topic = topic("borrowed-allocations", 1);
    let producer = kafka().producer::<Topic<Alert, String>>(topic).build().await.unwrap();
    let alerts: Vec<_> = (0..300).map(Alert::numbered).collect();
    for alert in &alerts {
        drop(producer.send(alert).key(&alert.sensor_id).enqueue().await.unwrap());
    }
    soon(producer.flush(Duration::from_secs(30))).await.unwrap();

    let mut consumer = kafka().consumer::<Topic<Alert, String>>(topic).build().await.unwrap();
    let (mut seen, mut in_batches) = (0, 0);
    while seen < alerts.len() {
        let batch = batch(&mut consumer, 100).await;
        let before = allocations();
        let mut levels = 0;
        for message in &batch {
            let message = message.unwrap();
            assert_eq!(message.key, Some(message.value.sensor_id));
            levels += i64::from(message.value.level);
        }
        // One in 64 messages has its time taken, and its metric has a label.
        let timed = batch.len().div_ceil(64);
        assert!(allocations() - before <= timed, "{} for {} messages", allocations() - before, batch.len());
        let first = i64::try_from(seen).unwrap();
        let expected = (first..).take(batch.len()).sum::<i64>();
        assert_eq!(levels, expected);
        seen += batch.len();
        batch.done();

        // What is there is lent with as many allocations as one message takes.
        let before = allocations();
        let next = futures_util::FutureExt::now_or_never(consumer.next_borrowed_batch(100));
        if let Some(Some(Ok(batch))) = next {
            let most = 4;
            assert!(allocations() - before <= most, "{} for {} messages", allocations() - before, batch.len());
            seen += batch.len();
            in_batches += batch.len();
            batch.done();
        }
    }
    assert!(in_batches > 0, "some were there before they were asked for");
}

/// The values of the alerts that a new member of the group gets.
async fn levels_for_a_new_member(topic: &'static str, group: &str, count: usize) -> Vec<i32> {
    let mut consumer = kafka().consumer::<Alert>(topic).group(group).build().await.unwrap();
    let mut levels = Vec::new();
    while levels.len() < count {
        let batch = batch(&mut consumer, count - levels.len()).await;
        levels.extend(batch.iter().map(|message| message.unwrap().value.level));
    }
    consumer.close().await.unwrap();
    levels
}

#[tokio::test]
async fn what_is_not_done_comes_again() {
    let topic: &'static str = topic("borrowed-done", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    for number in 0..6 {
        soon(producer.send(&Alert::numbered(number))).await.unwrap();
    }
    // One more that is bad, and counts as the others do.
    send_raw(topic, &[Some(b"bad")]).await;
    soon(producer.send(&Alert::numbered(7))).await.unwrap();

    let mut consumer = kafka().consumer::<Alert>(topic).group("borrowed-done").build().await.unwrap();
    let mut taken = 0;
    while taken < 3 {
        let batch = batch(&mut consumer, 3 - taken).await;
        taken += batch.len();
        batch.done();
    }
    // One after the other, of which one is missing.
    let one = batch(&mut consumer, 1).await;
    one.iter().for_each(|message| message.unwrap().done());
    let dropped = batch(&mut consumer, 1).await;
    drop(dropped);
    batch(&mut consumer, 1).await.done();
    consumer.close().await.unwrap();
    assert_eq!(levels_for_a_new_member(topic, "borrowed-done", 2).await, [4, 5]);

    let mut consumer = kafka().consumer::<Alert>(topic).group("borrowed-done").build().await.unwrap();
    let mut taken = 0;
    while taken < 3 {
        let batch = batch(&mut consumer, 3 - taken).await;
        // A bad one may be reported by its error.
        for message in &batch {
            match message {
                Ok(message) => message.done(),
                Err(error) => error.done(),
            }
        }
        taken += batch.len();
    }
    consumer.close().await.unwrap();
    assert_eq!(levels_for_a_new_member(topic, "borrowed-done", 1).await, [7]);
}

#[tokio::test]
async fn a_batch_ends_before_a_message_that_waits_for_its_schema() {
    let topic = topic("borrowed-waits", 1);
    let payloads: Vec<_> = [(1, 0), (1, 1), (2, 2), (1, 3)].map(|(id, number)| payload(id, number)).into();
    send_raw(topic, &payloads.iter().map(|payload| Some(&**payload)).collect::<Vec<_>>()).await;
    let outage = || ("503 Service Unavailable", String::new());
    let registry = StubRegistry::start(move |id| if id == 1 { alert() } else { outage() }).await;
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    let mut levels = Vec::new();
    let error = loop {
        match soon(consumer.next_borrowed_batch(10)).await.unwrap() {
            Ok(batch) => {
                levels.extend(batch.iter().map(|message| message.unwrap().value.level));
                batch.done();
            }
            Err(error) => break error,
        }
    };
    assert!(error.is_retriable(), "{error:?}");
    assert_eq!((&*levels, offset(&error)), (&[0, 1][..], 2));

    registry.answer(|_| alert());
    while levels.len() < 4 {
        let batch = batch(&mut consumer, 10).await;
        levels.extend(batch.iter().map(|message| message.unwrap().value.level));
        batch.done();
    }
    assert_eq!(levels, [0, 1, 2, 3]);
}

/// Counts attempts, and fails where an alert asks for it.
#[derive(Clone, Default)]
struct Picky(Arc<Mutex<Vec<(String, i32)>>>);

impl BorrowedHandler<Alert, String> for Picky {
    async fn handle(&self, message: BorrowedMessage<'_, AlertRef<'_>, &str>) -> Result<(), HandlerError> {
        tokio::task::yield_now().await;
        let attempts = {
            let mut seen = self.0.lock().unwrap();
            seen.push((message.key.unwrap_or_default().to_owned(), message.value.level));
            seen.iter().filter(|(_, level)| *level == message.value.level).count()
        };
        match (message.value.level, attempts) {
            (1, 1 | 2) => Err("not yet".into()),
            (2, _) => Err(HandlerError::permanent("never")),
            _ => Ok(()),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_of_lent_messages_has_the_policies_of_others() {
    for (order, name) in
        [(Order::Partition, "borrowed-run"), (Order::Key, "borrowed-run-keys"), (Order::None, "borrowed-run-free")]
    {
        let dead: &'static str = format!("{name}-dead").leak();
        let (topic, dead): (&'static str, _) = (topic(name, 1), topic(dead, 1));
        let producer = kafka().producer::<Topic<Alert, String>>(topic).build().await.unwrap();
        for number in 0..4 {
            soon(producer.send(&Alert::numbered(number)).key("k").partition(0)).await.unwrap();
        }
        send_raw(topic, &[Some(b"bad")]).await;
        soon(producer.send(&Alert::numbered(5)).key("k").partition(0)).await.unwrap();

        let picky = Picky::default();
        let consumer = kafka().consumer::<Topic<Alert, String>>(topic).group(name).build().await.unwrap();
        let control = consumer.control();
        let retry = Retry::new(5).backoff(Duration::from_millis(1), Duration::from_millis(2));
        let all_done = async move { soon(control.wait_until_caught_up()).await.unwrap() };
        let run = consumer
            .run_borrowed(picky.clone())
            .order(order)
            .on_error(FailurePolicy::dead_letters_to(dead).retry(retry))
            .on_bad_message(FailurePolicy::dead_letters_to(dead));
        let total = soon(run.stop_when(all_done).into_future()).await.unwrap().total;
        assert_eq!((total.processed, total.dead_lettered, total.retried), (4, 2, 2), "{name}: {total}");

        let mut levels: Vec<_> = picky.0.lock().unwrap().iter().map(|(_, level)| *level).collect();
        levels.sort_unstable();
        assert_eq!(levels, [0, 1, 1, 1, 2, 3, 5], "{name}");
        let mut payloads: Vec<_> = records(dead, 0).await.into_iter().filter_map(|record| record.payload).collect();
        payloads.sort_by_key(Vec::len);
        // They are as they came.
        assert_eq!(payloads[0], b"bad", "{name}");
        assert_eq!(payloads[1][5..], to_vec(&Alert::numbered(2)).unwrap(), "{name}");
    }
}
