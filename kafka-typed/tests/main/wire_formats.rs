//! Schema ids in headers: written by choice, read always, and never mixed up with those in front of a datum.

use std::time::Duration;

use avro_derive::TopicValue;
use kafka_typed::avro_typed::to_vec;
use kafka_typed::connection::ProducerRecord;
use kafka_typed::schema_registry::{CompatibilityLevel, Guid, RecordPart, SchemaIdHeader, SchemaText};
use kafka_typed::{
    FailurePolicy, HandlerError, Headers, MessageProblem, ProducerSchema, Registration, SchemaId, Topic, TypedConsumer,
    TypedMessage, WireFormat, WireId,
};

use crate::cluster::{chain, kafka, next, records, soon, topic};
use crate::messages::{Alert, ReorderedAlert, SourcedAlert, Tree};
use crate::stub_registry::{StubRegistry, alert};

const VALUE: &str = "__value_schema_id";
const KEY: &str = "__key_schema_id";

/// The value of the header of a GUID.
fn header_of(guid: Guid) -> Vec<u8> {
    [&[1], &guid.as_bytes()[..]].concat()
}

fn guid_of(schema: Option<&ProducerSchema>) -> Guid {
    schema.and_then(|schema| schema.wire_id().guid()).expect("a GUID")
}

#[tokio::test]
async fn headers_hold_the_guids_and_payloads_the_datum_alone() {
    const ALERTS: Topic<Alert, Tree> = Topic::new("headers").wire_format(WireFormat::Header);
    topic(ALERTS.name(), 1);
    let producer = kafka().producer(&ALERTS).build().await.unwrap();
    let (value, key) = (guid_of(producer.schema()), guid_of(producer.key_schema()));
    let known = kafka().registry().schema_by_guid(value).await.unwrap();
    assert_eq!(Some(known.id()), producer.schema_id());

    let (a, tree) = (Alert::numbered(1), Tree::of_depth(2));
    soon(producer.send(&a).key(&tree).header("trace", "1")).await.unwrap();
    soon(producer.send(&a)).await.unwrap();
    for delivery in soon(producer.send_batch([&a, &a])).await {
        delivery.unwrap();
    }
    let found = records(ALERTS.name(), 0).await;
    assert_eq!(found.len(), 4);
    let headers: Vec<_> = found[0].headers.iter().collect();
    let (value, key) = (header_of(value), header_of(key));
    assert_eq!(headers, [("trace", Some(&b"1"[..])), (VALUE, Some(&value)), (KEY, Some(&key))]);
    assert_eq!(found[0].key, Some(to_vec(&tree).unwrap()));
    for record in &found {
        assert_eq!(record.payload, Some(to_vec(&a).unwrap()));
        assert_eq!(record.headers.get(VALUE), Some(&*value));
    }
    assert_eq!(found[1].headers.len(), 1, "there is no key");

    // A consumer needs no setting for them.
    let mut consumer = kafka().consumer::<Topic<Alert, Tree>>(ALERTS.name()).build().await.unwrap();
    let message = soon(consumer.next()).await.unwrap().unwrap();
    assert_eq!(
        (message.value, message.key, message.schema_id),
        (a, Some(tree), producer.schema().map(ProducerSchema::wire_id))
    );
}

#[tokio::test]
async fn a_tombstone_and_bytes_have_no_header() {
    const ALERTS: Topic<Option<Alert>, String> = Topic::new("header-tombstones").wire_format(WireFormat::Header);
    topic(ALERTS.name(), 1);
    let producer = kafka().producer(&ALERTS).build().await.unwrap();
    soon(producer.send_tombstone("a")).await.unwrap();
    soon(producer.send(&Some(Alert::numbered(1))).key("a")).await.unwrap();
    let bytes = kafka().producer::<Vec<u8>>(ALERTS.name()).wire_format(WireFormat::Header).build().await.unwrap();
    soon(bytes.send(&vec![1]).header(VALUE, [7])).await.unwrap();
    let found = records(ALERTS.name(), 0).await;
    let lengths: Vec<_> = found.iter().map(|record| record.headers.len()).collect();
    assert_eq!(lengths, [0, 1, 1]);
    assert_eq!(found[2].headers.get(VALUE), Some(&[7][..]), "whoever sends bytes knows what they are");
    let mut consumer = kafka().consumer(&ALERTS).build().await.unwrap();
    assert_eq!(soon(consumer.next()).await.unwrap().unwrap().value, None);
    assert_eq!(soon(consumer.next()).await.unwrap().unwrap().value, Some(Alert::numbered(1)));
}

/// Ids and GUIDs of three schemas that encode the same fields differently, for values, and of one for keys.
#[tokio::test]
async fn a_topic_that_changes_its_formats_is_read_through() {
    const NAME: &str = "changing-formats";
    topic(NAME, 1);
    let registry = kafka().registry().clone();
    registry.set_compatibility_level("changing-formats-value", CompatibilityLevel::None).await.unwrap();
    let formats = [
        (WireFormat::Confluent, WireFormat::Confluent),
        (WireFormat::Header, WireFormat::Header),
        (WireFormat::Confluent, WireFormat::Header),
        (WireFormat::Header, WireFormat::Confluent),
    ];
    let mut expected = Vec::new();
    // Twice, so that each is met as a new one and as a known one.
    for round in 0..2 {
        for (values, keys) in formats {
            let number = i32::try_from(expected.len()).unwrap();
            macro_rules! send {
                ($type:ty, $value:expr) => {{
                    let builder = kafka().producer::<Topic<$type, Tree>>(NAME);
                    let producer = builder.wire_format(values).key_wire_format(keys).build().await.unwrap();
                    soon(producer.send(&$value).key(Tree::of_depth(number + 1))).await.unwrap();
                    assert_eq!(producer.schema().unwrap().wire_id().guid().is_some(), values == WireFormat::Header);
                    assert_eq!(producer.key_schema().unwrap().wire_id().guid().is_some(), keys == WireFormat::Header);
                    producer.schema().map(ProducerSchema::wire_id)
                }};
            }
            let Alert { sensor_id, level, message } = Alert::numbered(number);
            let again = || (sensor_id.clone(), message.clone());
            let ids: [Option<WireId>; 3] = [
                send!(Alert, Alert::numbered(number)),
                {
                    let (sensor_id, message) = again();
                    send!(ReorderedAlert, ReorderedAlert { sensor_id, level, message })
                },
                {
                    let (sensor_id, message) = again();
                    send!(SourcedAlert, SourcedAlert { sensor_id, level, message, source: "s".to_owned() })
                },
            ];
            expected.extend(ids.map(|id| (number, id)));
            assert!(round < 2 && ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
        }
    }
    let mut consumer: TypedConsumer<Alert, Tree> = kafka().consumer::<Topic<Alert, Tree>>(NAME).build().await.unwrap();
    for (number, id) in expected {
        let message = soon(consumer.next()).await.unwrap().unwrap();
        assert_eq!(message.value, Alert::numbered(number));
        assert_eq!((message.key, message.schema_id), (Some(Tree::of_depth(number + 1)), id));
    }
}

#[tokio::test]
async fn each_guid_has_its_own_schema() {
    let topic = topic("two-guids", 1);
    let registry = kafka().registry().clone();
    registry.set_compatibility_level("two-guids", CompatibilityLevel::None).await.unwrap();
    // Strings of both: what one writes, the other would read as something else without complaint.
    let text = |name: &str| {
        let fields = r#"{"name": "sensorId", "type": "string"}, {"name": "level", "type": "int"}, {"name": "message", "type": "string"}"#;
        let swapped = r#"{"name": "message", "type": "string"}, {"name": "level", "type": "int"}, {"name": "sensorId", "type": "string"}"#;
        let fields = if name == "swapped" { swapped } else { fields };
        SchemaText::new(format!(r#"{{"type": "record", "name": "Alert", "namespace": "test", "fields": [{fields}]}}"#))
    };
    let mut guids = Vec::new();
    for name in ["straight", "swapped"] {
        let id = registry.register("two-guids", &text(name)).await.unwrap();
        guids.push(registry.schema_by_id(id).await.unwrap().registry_guid().expect("the embedded registry has GUIDs"));
    }
    let raw = kafka().connection().raw_producer(topic).build().unwrap();
    let datum = b"\x02a\x0e\x02b";
    for guid in [guids[0], guids[1], guids[0], Guid::of("of nothing", [])] {
        let header = SchemaIdHeader::new(RecordPart::Value, guid.into());
        let record = ProducerRecord::new(Some(datum)).header(header.name(), header.value());
        soon(raw.send(record)).await.unwrap();
    }
    let builder = kafka().consumer::<Alert>(topic).unknown_schema_timeout(Duration::ZERO);
    let mut consumer = builder.build().await.unwrap();
    for (guid, sensor_id, message) in [(guids[0], "a", "b"), (guids[1], "b", "a"), (guids[0], "a", "b")] {
        let expected = Alert { sensor_id: sensor_id.to_owned(), level: 7, message: message.to_owned() };
        let found = next(&mut consumer).await.unwrap();
        assert_eq!((found.value, found.schema_id), (expected, Some(WireId::Guid(guid))));
    }
    let error = next(&mut consumer).await.unwrap_err();
    let text = chain(&error);
    assert!(
        text.contains("does not provide by its GUID") && text.contains("older than Confluent Platform 8"),
        "{text}"
    );
    let bad = error.bad_message().expect("a bad message");
    assert!(matches!(bad.problem, MessageProblem::Registry(_)), "{bad:?}");
    assert_eq!(bad.schema_id, Some(Guid::of("of nothing", []).into()));
}

#[tokio::test]
async fn headers_that_are_sent_on_do_not_name_another_schema() {
    let topic = topic("headers-sent-on", 1);
    let first = kafka().producer::<Alert>(topic).wire_format(WireFormat::Header).build().await.unwrap();
    soon(first.send(&Alert::numbered(1)).header("trace", "1")).await.unwrap();
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let received = next(&mut consumer).await.unwrap();
    assert!(received.headers.get(VALUE).is_some());

    let prefixed = kafka().producer::<SourcedAlert>(topic).build().await.unwrap();
    let headed = kafka().producer::<SourcedAlert>(topic).wire_format(WireFormat::Header).build().await.unwrap();
    let Alert { sensor_id, level, message } = Alert::numbered(1);
    let sourced = SourcedAlert { sensor_id, level, message, source: "s".to_owned() };
    for producer in [&prefixed, &headed] {
        let message = producer.send(&sourced).header("apicurio.value.globalId", [0; 8]).headers(&received.headers);
        soon(message.header(KEY, b"of the key, which is bytes").null_header("nothing")).await.unwrap();
    }
    let found = records(topic, 0).await;
    let names = |headers: &Headers| headers.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&found[1].headers), ["trace", KEY, "nothing"]);
    assert_eq!(names(&found[2].headers), ["trace", KEY, "nothing", VALUE]);
    for producer in [&prefixed, &headed] {
        let again = next(&mut consumer).await.unwrap();
        let id = producer.schema().map(ProducerSchema::wire_id);
        assert_eq!((again.value, again.schema_id), (Alert::numbered(1), id));
    }
}

#[tokio::test]
async fn a_registry_without_guids_has_ids_in_headers() {
    let topic = topic("no-guids", 1);
    let registry = StubRegistry::start(|_| alert()).await;
    let builder = registry.kafka().producer::<Alert>(topic).wire_format(WireFormat::Header);
    let producer = builder.registration(Registration::FixedId(SchemaId::new(258))).build().await.unwrap();
    assert_eq!(producer.schema().unwrap().wire_id(), WireId::Id(SchemaId::new(258)));
    soon(producer.send(&Alert::numbered(1))).await.unwrap();
    assert_eq!(records(topic, 0).await[0].headers.get(VALUE), Some(&[0, 0, 0, 1, 2][..]));
    let mut consumer = registry.kafka().consumer::<Alert>(topic).build().await.unwrap();
    assert_eq!(next(&mut consumer).await.unwrap().value, Alert::numbered(1));
    assert_eq!(registry.requests(), 2, "one of the producer's client and one of the consumer's");
}

#[derive(Debug, PartialEq, TopicValue)]
enum Event {
    Alert(Alert),
    Tree(Tree),
}

#[tokio::test]
async fn values_of_several_types_have_a_header_each() {
    const EVENTS: Topic<Event> = Topic::new("header-events").wire_format(WireFormat::Header);
    topic(EVENTS.name(), 1);
    let producer = kafka().producer(&EVENTS).build().await.unwrap();
    let events = || [Event::Tree(Tree::of_depth(2)), Event::Alert(Alert::numbered(1)), Event::Tree(Tree::of_depth(1))];
    for event in events() {
        soon(producer.send(&event)).await.unwrap();
    }
    let mut consumer = kafka().consumer(&EVENTS).build().await.unwrap();
    for event in events() {
        assert_eq!(soon(consumer.next()).await.unwrap().unwrap().value, event);
    }
}

#[tokio::test]
async fn the_format_of_a_handle_is_the_default_of_its_topics() {
    let topic = topic("format-of-a-handle", 1);
    let builder = crate::cluster::embedded().builder().wire_format(WireFormat::Header);
    let handle = builder.build().unwrap();
    let by_default = handle.producer::<Alert>(topic).build().await.unwrap();
    let own = handle.producer::<Alert>(topic).wire_format(WireFormat::Confluent).build().await.unwrap();
    let wire_id = |schema: Option<&ProducerSchema>| schema.map(ProducerSchema::wire_id);
    assert!(wire_id(by_default.schema()).is_some_and(|id| id.guid().is_some()));
    assert_eq!(wire_id(own.schema()), own.schema_id().map(WireId::from));
}

/// Retry topics and dead letters have the headers of the message, so that whoever reads them later finds its schema.
#[tokio::test]
async fn a_dead_letter_is_read_by_the_header_of_its_message() {
    const ALERTS: Topic<Alert, Tree> =
        Topic::new("header-letters").wire_format(WireFormat::Header).dead_letters("header-letters-dlt");
    for name in [ALERTS.name(), "header-letters-retry-1s", "header-letters-dlt"] {
        topic(name, 1);
    }
    let producer = kafka().producer(&ALERTS).build().await.unwrap();
    soon(producer.send(&Alert::numbered(1)).key(Tree::of_depth(1))).await.unwrap();

    let consumer = kafka().consumer(&ALERTS).group("header-letters").build().await.unwrap();
    let (seen, mut attempts) = tokio::sync::mpsc::unbounded_channel();
    let handler = move |message: TypedMessage<Alert, Tree>| {
        let seen = seen.clone();
        async move {
            let _ = seen.send((message.value, message.key));
            Err::<(), _>(HandlerError::from("it never works"))
        }
    };
    let policy = FailurePolicy::dead_letters().retry_topics([Duration::from_secs(1)]);
    let running = tokio::spawn(async move { consumer.run(handler).on_error(policy).await });
    for _ in 0..2 {
        let attempt = soon(attempts.recv()).await.expect("from the topic, and from its retry topic");
        assert_eq!(attempt, (Alert::numbered(1), Some(Tree::of_depth(1))));
    }
    let builder = kafka().consumer::<Topic<Alert, Tree>>("header-letters-dlt").from_beginning();
    let mut letters = builder.build().await.unwrap();
    let letter = soon(letters.next()).await.unwrap().unwrap();
    assert_eq!((letter.value, letter.key), (Alert::numbered(1), Some(Tree::of_depth(1))));
    assert_eq!(letter.headers.get(VALUE), Some(&*header_of(guid_of(producer.schema()))));
    running.abort();
}
