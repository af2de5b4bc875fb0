//! What topics can hold besides values of one Avro type with keys of bytes, byte by byte.

use avro_derive::TopicValue;
use futures_util::future::join_all;
use kafka_typed::avro_typed;
use kafka_typed::avro_typed::model::Schema;
use kafka_typed::avro_typed::topic::OtherRecord;
use kafka_typed::connection::ConsumerRecord;
use kafka_typed::{Registration, SchemaId, SendError, SetupError, Topic, TypedProducer};

use crate::cluster::{kafka, records, soon, topic};
use crate::messages::{Alert, Tree};

/// The key of the only record of a topic, as bytes.
async fn sent_key(topic: &str) -> Option<Vec<u8>> {
    let mut records = records(topic, 0).await;
    assert_eq!(records.len(), 1, "{topic}");
    records.remove(0).key
}

/// The bytes that Java's serializers write, as Kafka's sources have them.
#[tokio::test]
async fn keys_are_the_bytes_of_javas_serializers() {
    macro_rules! check {
        ($name:literal, $key:ty, $given:expr, $expected:expr) => {{
            const TOPIC: Topic<Alert, $key> = Topic::new(concat!("key-", $name));
            topic(TOPIC.name(), 1);
            let producer = kafka().producer(&TOPIC).build().await.unwrap();
            soon(producer.send(&Alert::numbered(1)).key($given)).await.unwrap();
            assert_eq!(sent_key(TOPIC.name()).await.as_deref(), Some(&$expected[..]), $name);
        }};
    }
    let uuid: uuid::Uuid = "67E55044-10B1-426F-9247-BB680E5FE0C8".parse().unwrap();
    check!("text", String, "grün", [b'g', b'r', 0xc3, 0xbc, b'n']);
    check!("owned-text", String, "a".to_owned(), [b'a']);
    check!("empty-text", String, "", []);
    check!("int", i32, -2, [0xff, 0xff, 0xff, 0xfe]);
    check!("int-by-reference", i32, &258, [0, 0, 1, 2]);
    check!("long", i64, 258, [0, 0, 0, 0, 0, 0, 1, 2]);
    check!("negative-long", i64, i64::MIN, [0x80, 0, 0, 0, 0, 0, 0, 0]);
    check!("uuid", uuid::Uuid, uuid, b"67e55044-10b1-426f-9247-bb680e5fe0c8");
    check!("bytes", Vec<u8>, [0xff, 0x00], [0xff, 0x00]);
    check!("bytes-of-text", Vec<u8>, &"sensor", b"sensor");
    check!("received-bytes", Vec<u8>, &vec![7], [7]);
}

#[tokio::test]
async fn an_avro_key_has_a_schema_of_its_own() {
    const TREES: Topic<Alert, Tree> = Topic::new("avro-keys").subject("avro-keys-of-alerts");
    topic(TREES.name(), 1);
    let producer = kafka().producer(&TREES).build().await.unwrap();
    let key = Tree::of_depth(2);
    soon(producer.send(&Alert::numbered(1)).key(&key)).await.unwrap();
    soon(producer.send(&Alert::numbered(1)).key(key)).await.unwrap();
    let schema = producer.key_schema().unwrap();
    assert_eq!((schema.subject(), schema.fullname()), ("avro-keys-key", "test.Tree"));
    assert_eq!(producer.subject(), Some("avro-keys-of-alerts"));
    assert_ne!(Some(schema.id()), producer.schema_id());
    soon(producer.verify_schema_ids()).await.unwrap();
    // The level, the branch, and the tree below.
    let expected = framed(schema.id(), &[4, 2, 2, 0]);
    for record in records(TREES.name(), 0).await {
        assert_eq!(record.key.as_deref(), Some(&*expected));
        assert_eq!(record.payload.unwrap()[1..5], producer.schema_id().unwrap().get().to_be_bytes());
    }

    const RENAMED: Topic<Alert, Tree> = Topic::new("avro-keys").key_subject("trees");
    let producer = kafka().producer(&RENAMED).build().await.unwrap();
    assert_eq!(producer.key_schema().unwrap().subject(), "trees");
    // One id fits the values alone.
    let id = Registration::FixedId(producer.schema_id().unwrap());
    let error = kafka().producer(&RENAMED).registration(id.clone()).build().await.unwrap_err();
    assert!(matches!(error, SetupError::OtherEncoding { fullname: "test.Tree", .. }), "{error:?}");
    let builder = kafka().producer(&RENAMED).registration(id).key_registration(Registration::LookUpOnly);
    assert_eq!(builder.build().await.unwrap().key_schema().unwrap().id(), schema.id());
}

fn framed(id: SchemaId, datum: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(id.get().to_be_bytes());
    bytes.extend(datum);
    bytes
}

#[tokio::test]
async fn a_key_is_optional_and_values_may_be_sent_without_one() {
    let producer: TypedProducer<Alert, i64> =
        kafka().producer::<Topic<Alert, i64>>(topic("optional-keys", 1)).build().await.unwrap();
    for key in [Some(5), None] {
        let alert = Alert::numbered(1);
        let mut message = producer.send(&alert).null_header("nothing");
        if let Some(key) = key {
            message = message.key(key);
        }
        soon(message).await.unwrap();
    }
    let found: Vec<_> = records("optional-keys", 0).await;
    let keys: Vec<_> = found.iter().map(|record| record.key.clone()).collect();
    assert_eq!(keys, [Some(5_i64.to_be_bytes().to_vec()), None]);

    // What was received is sent on with its headers, by reference or as a whole.
    for record in found {
        let again = Alert::numbered(2);
        soon(producer.send(&again).headers(&record.headers).headers(record.headers)).await.unwrap();
    }
    let last = records("optional-keys", 0).await.pop().unwrap();
    assert_eq!(last.headers.iter().collect::<Vec<_>>(), [("nothing", None), ("nothing", None)]);
}

#[tokio::test]
async fn many_sends_are_awaited_together() {
    let producer = kafka().producer::<Alert>(topic("sent-together", 1)).build().await.unwrap();
    let alerts: Vec<_> = (0..300).map(Alert::numbered).collect();
    let deliveries = soon(join_all(alerts.iter().map(|alert| producer.send(alert).partition(0)))).await;
    let mut offsets: Vec<_> = deliveries.into_iter().map(|delivery| delivery.unwrap().offset).collect();
    offsets.sort_unstable();
    assert_eq!(offsets, Vec::from_iter(0..300));

    // The same when there is room for a few only, and from another thread.
    let builder = kafka().producer::<Alert>("sent-together").setting("queue.buffering.max.messages", "3");
    let producer = builder.setting("linger.ms", "0").build().await.unwrap();
    let sending = tokio::spawn(async move {
        let deliveries = join_all(alerts.iter().map(|alert| producer.send(alert))).await;
        deliveries.into_iter().filter(Result::is_ok).count()
    });
    assert_eq!(soon(sending).await.unwrap(), 300);
}

#[tokio::test]
async fn a_tombstone_is_a_null_payload() {
    const CUSTOMERS: Topic<Option<Alert>, String> = Topic::new("with-tombstones");
    topic(CUSTOMERS.name(), 1);
    let producer = kafka().producer(&CUSTOMERS).build().await.unwrap();
    soon(producer.send(&Some(Alert::numbered(1))).key("a")).await.unwrap();
    soon(producer.send(&None).key("a")).await.unwrap();
    soon(producer.send_tombstone("b").header("why", "gone")).await.unwrap();
    let records = records(CUSTOMERS.name(), 0).await;
    let payloads: Vec<_> = records.iter().map(|record| record.payload.is_some()).collect();
    assert_eq!(payloads, [true, false, false]);
    assert_eq!(records[2].headers.get("why"), Some(&b"gone"[..]));
    assert_eq!(producer.subject(), Some("with-tombstones-value"));
}

#[tokio::test]
async fn raw_values_have_no_schema() {
    let producer = kafka().producer::<Vec<u8>>(topic("raw-values", 1)).build().await.unwrap();
    assert_eq!((producer.schemas().len(), producer.schema_id(), producer.subject()), (0, None, None));
    soon(producer.send(&b"as it is".to_vec())).await.unwrap();
    soon(producer.send(&Vec::new())).await.unwrap();
    let payloads: Vec<_> = records("raw-values", 0).await.into_iter().map(|record| record.payload.unwrap()).collect();
    assert_eq!(payloads, [b"as it is".to_vec(), Vec::new()]);
}

#[derive(TopicValue)]
enum Event {
    Alert(Alert),
    Tree(Tree),
    #[avro(other)]
    #[expect(dead_code, reason = "it cannot be sent, and nobody receives it here")]
    Other(OtherRecord),
}

#[tokio::test]
async fn values_of_several_types_are_marked_with_the_schema_of_their_own() {
    const EVENTS: Topic<Event> = Topic::new("several-types");
    topic(EVENTS.name(), 1);
    let producer = kafka().producer(&EVENTS).build().await.unwrap();
    let subjects: Vec<_> = producer.schemas().iter().map(|schema| schema.subject()).collect();
    assert_eq!(subjects, ["several-types-test.Alert", "several-types-test.Tree"]);
    assert_eq!((producer.schema_id(), producer.subject()), (None, None), "there are two");
    soon(producer.send(&Event::Alert(Alert::numbered(1)))).await.unwrap();
    soon(producer.send(&Event::Tree(Tree::of_depth(1)))).await.unwrap();
    let datum = avro_typed::to_vec(&Alert::numbered(1)).unwrap();
    let [alert, tree] = [&producer.schemas()[0], &producer.schemas()[1]].map(|schema| schema.id());
    let payloads = |records: Vec<ConsumerRecord>| records.into_iter().filter_map(|record| record.payload);
    let found: Vec<_> = payloads(records(EVENTS.name(), 0).await).collect();
    assert_eq!(found, [framed(alert, &datum), framed(tree, &[2, 0])]);

    let unknown =
        OtherRecord::new(Schema::parse(r#"{"type": "fixed", "name": "F", "size": 1}"#).unwrap().into(), vec![1]);
    let error = soon(producer.send(&Event::Other(unknown))).await.unwrap_err();
    assert!(matches!(error, SendError::OtherRecord { .. }), "{error:?}");
    assert!(error.to_string().contains("`several-types` is a record of none of the topic's types"), "{error}");
    assert_eq!(producer.counts().delivered, 2);

    const BY_RECORD: Topic<Event> = Topic::new("several-types").subject_by_record();
    let producer = kafka().producer(&BY_RECORD).build().await.unwrap();
    let subjects: Vec<_> = producer.schemas().iter().map(|schema| schema.subject()).collect();
    assert_eq!(subjects, ["test.Alert", "test.Tree"]);
}
