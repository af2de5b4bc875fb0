//! The main job, from a typed value to Kafka and back, against the servers that the environment names, else against
//! embedded ones.

use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use avro_typed::{AvroType, DecodeOwned, Encode};
use kafka_typed::connection::ProducerRecord;
use kafka_typed::{ConsumeError, KafkaTyped, MessageProblem, Registration, TypedConsumer, TypedMessage, WireId};
use messages::com::example::customer::Customer;
use messages::v1::com::example::customer::Customer as CustomerV1;
use messages::{SensorAlert, SeverityLevel};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::oracle;

/// How long any single message may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends values of one type and checks that just these come back, in their order, with their keys.
async fn check_round_trip<T>(name: &str, values: impl Strategy<Value = T>)
where
    T: AvroType + Encode + DecodeOwned + PartialEq + Debug + Send + Sync,
{
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let topic = fresh(name);
    let producer = kafka.producer::<T>(&topic).build().await.expect("a producer");
    assert_eq!(producer.subject(), Some(&*format!("{topic}-value")));

    let mut runner = TestRunner::deterministic();
    let values: Vec<T> = (0..100).map(|_| values.new_tree(&mut runner).expect("a value").current()).collect();
    let mut deliveries = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let outgoing = producer
            .send(value)
            .key(index.to_string())
            .partition(0)
            .header("origin", "test")
            .timestamp(1_760_000_000_000_i64);
        deliveries.push(outgoing.enqueue().await.expect("room in the queue"));
    }
    for delivery in deliveries {
        delivery.await.expect("a delivery");
    }

    let mut consumer = kafka.consumer::<T>(&topic).build().await.expect("a consumer");
    for (index, value) in values.iter().enumerate() {
        let message = next(&mut consumer).await.expect("a message");
        assert_eq!(&message.value, value);
        assert_eq!(message.key_str(), Some(index.to_string().as_str()));
        assert_eq!(message.headers.get("origin"), Some(b"test".as_slice()));
        assert_eq!(message.timestamp.map(|time| time.as_millis()), Some(1_760_000_000_000));
        assert_eq!(message.schema_id, producer.schema_id().map(WireId::from));
    }
}

#[tokio::test]
async fn sensor_alerts_come_back() {
    check_round_trip("sensor-alert", oracle::sensor_alert()).await;
}

#[tokio::test]
async fn customers_come_back() {
    check_round_trip("customer", oracle::customer()).await;
}

#[tokio::test]
async fn sensor_readings_come_back() {
    check_round_trip("sensor-reading", oracle::sensor_reading()).await;
}

#[tokio::test]
async fn log_events_come_back() {
    check_round_trip("log-event", oracle::log_event()).await;
}

#[tokio::test]
async fn subjects_may_be_named_by_hand_as_the_original_services_did() {
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let (topic, subject) = (fresh("customer-data"), fresh("customer-value"));
    let producer = kafka.producer::<Customer>(&topic).subject(&subject).build().await.expect("a producer");

    let latest = kafka.registry().latest(&subject).await.expect("the subject is registered");

    assert_eq!(Some(latest.id()), producer.schema_id());
    assert_eq!(latest.schema().schema().to_json(), Customer::schema().json);
}

#[tokio::test]
async fn versions_of_a_schema_read_each_other() {
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let (topic, subject) = (fresh("customer-data"), fresh("customer-value"));
    let new = sample(oracle::customer());
    let old = as_version_1(&new);
    let old_producer = kafka.producer::<CustomerV1>(&topic).subject(&subject).build().await.expect("old producer");
    old_producer.send(&old).partition(0).await.expect("old sent");
    let new_producer =
        kafka.producer::<Customer>(&topic).subject(&subject).build().await.expect("the new version is compatible");
    new_producer.send(&new).partition(0).await.expect("new sent");
    assert_ne!(old_producer.schema_id(), new_producer.schema_id());

    let mut old_consumer = kafka.consumer::<CustomerV1>(&topic).build().await.expect("old consumer");
    assert_eq!(next(&mut old_consumer).await.expect("old by old").value, old);
    assert_eq!(next(&mut old_consumer).await.expect("new by old").value, old);

    let mut new_consumer = kafka.consumer::<Customer>(&topic).build().await.expect("new consumer");
    let by_default = Customer { language: "en".into(), ..new.clone() };
    assert_eq!(next(&mut new_consumer).await.expect("old by new").value, by_default);
    assert_eq!(next(&mut new_consumer).await.expect("new by new").value, new);
}

/// What is released, and in the lock, can be read with today's types: without a broker, without a registry.
#[test]
fn today_s_types_read_yesterday_s_bytes() {
    let new = sample(oracle::customer());
    let bytes = avro_typed::to_vec(&as_version_1(&new)).expect("it can be written");
    let [released] = CustomerV1::schema().released else { panic!("version 1 is released once") };
    assert_eq!((released.subject, released.version), ("customer-value", 1));
    let schema = |json| avro_typed::model::Schema::parse(json).expect("a valid schema");
    let plan =
        avro_typed::model::resolution::Plan::new(&schema(CustomerV1::schema().json), &schema(Customer::schema().json));
    let read: Customer = avro_typed::from_slice_resolved(&bytes, &plan.expect("a plan")).expect("it can be read");
    assert_eq!(read, Customer { language: "en".into(), ..new });
}

#[tokio::test]
async fn a_bad_message_is_an_error_and_the_stream_goes_on() {
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let topic = fresh("sensor-alert");
    let alerts = kafka.producer::<SensorAlert>(&topic).build().await.expect("a producer");
    let customers =
        kafka.producer::<Customer>(&topic).subject(fresh("customer-value")).build().await.expect("a producer");
    let raw: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", kafka.bootstrap_servers()).create().expect("a raw producer");
    let framed = |id: u32, datum: &[u8]| [&[0], id.to_be_bytes().as_slice(), datum].concat();
    let send_raw = |payload: &[u8]| {
        raw.send(BaseRecord::<(), _>::to(&topic).partition(0).payload(payload)).expect("room in the queue");
        raw.flush(PATIENCE).expect("a delivery");
    };
    let good = alert("good");
    let alert_id = alerts.schema_id().unwrap().get();

    alerts.send(&good).partition(0).await.expect("sent");
    send_raw(b"no frame at all");
    send_raw(&framed(2_000_000_000, b"whatever"));
    send_raw(&framed(alert_id, &avro_typed::to_vec(&good).expect("bytes")[..7]));
    customers.send(&sample(oracle::customer())).partition(0).await.expect("sent");
    alerts.send(&good).partition(0).await.expect("sent");

    // Nobody registers the unknown id while this waits.
    let builder = kafka.consumer::<SensorAlert>(&topic).unknown_schema_timeout(Duration::ZERO);
    let mut consumer = builder.build().await.expect("a consumer");
    assert_eq!(next(&mut consumer).await.expect("the first good one").value, good);
    let kind = |problem: &MessageProblem| match problem {
        MessageProblem::Frame(..) => "frame",
        MessageProblem::Registry(error) if error.is_unknown_schema() => "unknown id",
        MessageProblem::Decode(..) => "datum",
        MessageProblem::Unreadable { .. } => "wrong schema",
        _ => "something else",
    };
    let customer_id = customers.schema_id().unwrap().get();
    let expected = [
        ("frame", None),
        ("unknown id", Some(2_000_000_000)),
        ("datum", Some(alert_id)),
        ("wrong schema", Some(customer_id)),
    ];
    for (offset, (problem, schema_id)) in (1..).zip(expected) {
        let error = next(&mut consumer).await.expect_err(problem);
        let bad = error.bad_message().expect("an error of one message");
        assert_eq!(kind(&bad.problem), problem, "{error}");
        assert_eq!((&*bad.topic, bad.partition, bad.offset), (&*topic, 0, offset), "{error}");
        assert_eq!(bad.schema_id.and_then(WireId::id).map(|id| id.get()), schema_id, "{error}");
        assert!(bad.payload.is_some(), "{error}");
    }
    assert_eq!(next(&mut consumer).await.expect("the last good one").value, good);
}

#[tokio::test]
async fn a_group_goes_on_where_it_committed() {
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let (topic, group) = (fresh("sensor-alert"), fresh("alert-desk"));
    let producer = kafka.producer::<SensorAlert>(&topic).build().await.expect("a producer");
    for text in ["first", "second", "third"] {
        producer.send(&alert(text)).partition(0).await.expect("sent");
    }

    let mut first = kafka.consumer::<SensorAlert>(&topic).group(&group).build().await.expect("joined");
    assert_eq!(next(&mut first).await.expect("first").value.message, "first");
    assert_eq!(next(&mut first).await.expect("second").value.message, "second");
    first.store().expect("the second one is done");
    first.close().await.expect("the offsets are committed");

    let mut second = kafka.consumer::<SensorAlert>(&topic).group(&group).build().await.expect("joined");
    assert_eq!(next(&mut second).await.expect("third").value.message, "third");
}

#[tokio::test]
async fn a_producer_may_insist_that_its_schema_is_registered_already() {
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let topic = fresh("sensor-alert");
    let look_up = || kafka.producer::<SensorAlert>(&topic).registration(Registration::LookUpOnly).build();
    let error = look_up().await.expect_err("nobody has registered it");
    assert!(error.to_string().contains(&format!("{topic}-value")), "{error}");

    let registered = kafka.producer::<SensorAlert>(&topic).build().await.expect("registered");

    let found = look_up().await.expect("now it is there");
    assert_eq!(found.schema_id(), registered.schema_id());
}

async fn next<T>(consumer: &mut TypedConsumer<T>) -> Result<TypedMessage<T>, ConsumeError>
where
    T: AvroType + DecodeOwned + Send,
{
    tokio::time::timeout(PATIENCE, consumer.next())
        .await
        .expect("a message comes in time")
        .expect("the stream has not ended")
}

/// A name that no other test and no earlier run has used.
pub(crate) fn fresh(name: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock past 1970");
    format!("{name}-{}-{}", std::process::id(), now.as_nanos())
}

fn sample<T: Debug>(values: impl Strategy<Value = T>) -> T {
    values.new_tree(&mut TestRunner::deterministic()).expect("a value").current()
}

fn alert(message: &str) -> SensorAlert {
    SensorAlert {
        sensor_id: "cold-store-3".into(),
        alert_type: "TEMPERATURE_HIGH".into(),
        timestamp: 1_760_000_000_000,
        severity: SeverityLevel::Critical,
        message: message.into(),
    }
}

/// The customer as version 1 knows it, which has all but the language.
fn as_version_1(customer: &Customer) -> CustomerV1 {
    let mut json = serde_json::to_value(customer).expect("JSON");
    json.as_object_mut().expect("a record").remove("language");
    serde_json::from_value(json).expect("version 1 has all other fields")
}

/// Messages of producers of Apicurio Registry's that write its `globalId`, against that registry only.
#[tokio::test]
async fn global_ids_of_apicurio_are_found() {
    let kafka = KafkaTyped::from_env_or_embedded().await.expect("servers");
    let topic = fresh("global-id");
    let producer = kafka.producer::<SensorAlert>(&topic).build().await.expect("a producer");
    let id = producer.schema_id().expect("one type");
    if !std::env::var("SCHEMA_REGISTRY_URL").is_ok_and(|url| url.contains("/apis/ccompat/")) {
        let other = kafka.registry().schema_by_global_id(1).await.expect_err("it is another registry");
        return assert!(other.to_string().contains("does not lead to Apicurio Registry"), "{other}");
    }
    // They are counted from 1, one for each version; several can have the same content.
    let mut global_id = 1;
    while kafka.registry().schema_by_global_id(global_id).await.expect("it is one of them").id() != id {
        global_id += 1;
    }
    let alert = alert("by its global id");
    let raw = kafka.connection().raw_producer(&topic).build().expect("a producer");
    let datum = avro_typed::to_vec(&alert).expect("a datum");
    let record = ProducerRecord::new(Some(&datum)).header("apicurio.value.globalId", global_id.to_be_bytes());
    raw.send(record).await.expect("a delivery");
    let mut consumer = kafka.consumer::<SensorAlert>(&topic).build().await.expect("a consumer");
    let message = next(&mut consumer).await.expect("a message");
    assert_eq!((message.value, message.schema_id), (alert, Some(WireId::GlobalId(global_id))));
}
