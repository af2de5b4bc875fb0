//! Broken messages among good ones: each is either delivered as what it is, or a dead letter.

mod broken;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use avro_typed::{AvroType, to_vec};
use kafka_typed::connection::ProducerRecord;
use kafka_typed::{FailurePolicy, HandlerError, SchemaId, TypedMessage};
use messages::SensorAlert;
use messages::com::example::customer::Customer;
use tokio::sync::{mpsc, oneshot};

use self::broken::Breakage;
use super::random::Random;
use super::{report, size};
use crate::alerts::{alert, partition};
use crate::end_to_end::fresh;
use crate::servers;

const PARTITIONS: u64 = 8;
/// One of so many messages is broken.
const BROKEN: u64 = 100;

/// A datum behind the frame header of its schema.
pub(crate) fn framed(id: SchemaId, datum: &[u8]) -> Vec<u8> {
    [&[0], &id.get().to_be_bytes()[..], datum].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_messages_are_dead_letters_and_nothing_else() {
    let messages = size().poison_messages;
    let kafka = servers::connect().await;
    let topic = servers::create_topic(&kafka, "reliability-poison", PARTITIONS).await;
    let dead_letters = servers::create_topic(&kafka, "reliability-poison-dlt", 2).await;
    let alerts = kafka.producer::<SensorAlert>(&topic).build().await.expect("a producer");
    let customers = kafka.producer::<Customer>(&topic).subject(fresh("customer-value")).build().await;
    let ids = [alerts.schema_id(), customers.expect("a producer").schema_id()].map(|id| id.expect("an id"));

    let mut random = Random::new(messages);
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut sent = Vec::new();
    for number in 0..messages {
        let good = payload_of(ids[0], number);
        let payload = match random.below(BROKEN) {
            0 => {
                let breakage = Breakage::any(&mut random);
                *kinds.entry(breakage.name()).or_default() += 1;
                breakage.breaks(good, ids[1], &mut random)
            }
            _ => Some(good),
        };
        let key = number.to_string();
        let record = ProducerRecord::new(payload.as_deref()).key(&key).partition(partition(number, PARTITIONS));
        drop(alerts.raw().enqueue(record).await.expect("room in the queue"));
        sent.push(payload);
    }
    alerts.close().await.expect("everything is delivered");

    let numbered = || (0..messages).zip(&sent);
    let expected: HashMap<u64, Vec<(String, Value)>> =
        numbered().filter_map(|(number, payload)| Some((number, oracle(ids[0], payload.as_deref()?)?))).collect();
    let (delivered, mut all_delivered) = mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<SensorAlert>| {
        let sent = delivered.send((number_in(message.key.as_deref()), message.value));
        async move { sent.map_err(HandlerError::from) }
    };
    let consumer = kafka.consumer::<SensorAlert>(&topic).group(&topic);
    // Nobody registers the ids that are wrong.
    let consumer = consumer.unknown_schema_timeout(Duration::ZERO).build().await.expect("a consumer");
    let (stop, stopped) = oneshot::channel();
    let running = consumer.run(handler).on_bad_message(FailurePolicy::dead_letters_to(&*dead_letters));
    let running = tokio::spawn(running.stop_when(stopped).into_future());
    servers::until_committed(&kafka, &topic, &topic, PARTITIONS, messages).await;
    stop.send(()).expect("it runs");
    let total = running.await.expect("no panic").expect("a summary").total;

    let mut good = HashMap::new();
    while let Ok((number, value)) = all_delivered.try_recv() {
        assert!(good.insert(number, value).is_none(), "message {number} is delivered once");
    }
    let mut bad = HashMap::new();
    for letter in servers::records(&kafka, &dead_letters).await {
        let number = number_in(letter.key.as_deref());
        assert!(bad.insert(number, letter.value).is_none(), "message {number} is a dead letter once");
    }
    let is_changed = |number: u64, payload: &Option<Vec<u8>>| payload.as_ref() != Some(&payload_of(ids[0], number));
    let changed = numbered().filter(|(number, payload)| expected.contains_key(number) && is_changed(*number, payload));
    let mut counts = vec![("sent", messages), ("delivered", good.len() as u64), ("dead letters", bad.len() as u64)];
    counts.extend([("of those delivered, broken into other alerts", changed.count() as u64)]);
    counts.extend(kinds);
    report("poison", &counts);

    assert_eq!((total.processed, total.dead_lettered), (good.len() as u64, bad.len() as u64));
    for (number, payload) in numbered() {
        match expected.get(&number) {
            Some(expected) => {
                let value = good.get(&number).unwrap_or_else(|| panic!("message {number} is good: {payload:?}"));
                assert_eq!(&fields(value), expected, "message {number}: {payload:?}");
                assert!(!bad.contains_key(&number), "message {number} is good: {payload:?}");
            }
            None => {
                assert!(!good.contains_key(&number), "message {number} is bad: {payload:?}");
                assert_eq!(bad.get(&number), Some(payload), "message {number} keeps its bytes");
            }
        }
    }
}

/// An alert as it is sent where nothing breaks it.
fn payload_of(id: SchemaId, number: u64) -> Vec<u8> {
    framed(id, &to_vec(&alert(number, 20)).expect("bytes"))
}

fn number_in(key: Option<&[u8]>) -> u64 {
    std::str::from_utf8(key.expect("a key")).expect("text").parse().expect("a number")
}

/// What the apache-avro crate reads in a payload. `None` where it is not an alert.
fn oracle(id: SchemaId, payload: &[u8]) -> Option<Vec<(String, Value)>> {
    // This reader takes a text whose end is missing for an empty one. What it leaves of more bytes shows that.
    const MORE: [u8; 64] = [0xff; 64];
    let datum = [payload.strip_prefix(&framed(id, &[])[..])?, &MORE].concat();
    let mut datum = datum.as_slice();
    let schema = apache_avro::Schema::parse_str(SensorAlert::schema().json).expect("a schema");
    let reader = GenericDatumReader::builder(&schema).build().expect("a reader");
    match reader.read_value(&mut datum) {
        Ok(Value::Record(fields)) if datum == MORE => Some(fields),
        _ => None,
    }
}

/// An alert as the apache-avro crate shows it.
fn fields(alert: &SensorAlert) -> Vec<(String, Value)> {
    let SensorAlert { sensor_id, alert_type, timestamp, severity, message } = alert;
    let fields = [
        ("sensorId", Value::String(sensor_id.to_string())),
        ("alertType", Value::String(alert_type.to_string())),
        ("timestamp", Value::Long(*timestamp)),
        ("severity", Value::Enum(*severity as u32, severity.as_str().to_owned())),
        ("message", Value::String(message.to_string())),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}
