//! A bad message is an error with its bytes, and the next one comes after it.

use std::time::Duration;

use kafka_typed::avro_typed::{AvroType, Limits};
use kafka_typed::schema_registry::{CompatibilityLevel, FrameError, SchemaText};
use kafka_typed::{BadMessage, ConsumeError, MessageProblem, SchemaId, WireFormat, WireId};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::cluster::{chain, kafka, next, send_raw, soon, topic};
use crate::messages::{Alert, OwnedAlert, Tree};

fn framed(id: SchemaId, datum: &[u8]) -> Vec<u8> {
    [&*WireFormat::Confluent.prefix(id), datum].concat()
}

/// A payload, the schema id in it, and parts of the texts of the error and of its causes.
type Case = (Option<Vec<u8>>, Option<SchemaId>, &'static [&'static str]);

fn bad(error: &ConsumeError) -> &BadMessage {
    error.bad_message().unwrap_or_else(|| panic!("{error:?}"))
}

#[tokio::test]
async fn every_kind_of_bad_message_between_good_ones() {
    let topic = topic("bad-between-good", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    let id = producer.schema_id().unwrap();
    let registry = kafka().registry().clone();
    let other = registry.register("bad-other", &SchemaText::new(OwnedAlert::schema().json)).await.unwrap();
    let text = registry.register("bad-text", &SchemaText::new(r#""string""#)).await.unwrap();
    let unknown = SchemaId::new(123_456);

    let cases: Vec<Case> = vec![
        (None, None, &["is a tombstone", "is not a value of this topic"]),
        (Some(vec![]), None, &["has no schema id in front", "0 bytes"]),
        (Some(vec![0, 0, 1]), None, &["has no schema id in front", "3 bytes"]),
        (Some(b"{\"json\": 1}".to_vec()), None, &["has no schema id in front", "magic byte 0x00"]),
        (Some(vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 2]), None, &["has no schema id in front", "the id 1 in eight bytes"]),
        (Some(framed(unknown, b"\x02s\x0e\x02m")), Some(unknown), &["of schema 123456", "does not provide"]),
        (Some(framed(id, b"")), Some(id), &["does not match its schema", "Alert.sensorId"]),
        (Some(framed(id, b"\x02s\x0e\x20m")), Some(id), &["does not match its schema", "Alert.message"]),
        (Some(framed(id, b"\x02\xff\x0e\x02m")), Some(id), &["does not match its schema", "Alert.sensorId", "UTF-8"]),
        (Some(framed(id, b"\x02s\x0e\x02m more")), Some(id), &["does not match its schema"]),
        (Some(framed(text, b"\x02s")), Some(text), &["cannot be read as test.Alert"]),
        (Some(framed(text, b"\x02t")), Some(text), &["cannot be read as test.Alert"]),
        (Some(framed(other, b"\x02s\x02o")), Some(other), &["cannot be read as test.Alert", "level"]),
    ];

    let mut number = 0;
    for (payload, _, _) in &cases {
        soon(producer.send(&Alert::numbered(number)).partition(0)).await.unwrap();
        send_raw(topic, &[payload.as_deref()]).await;
        number += 1;
    }
    soon(producer.send(&Alert::numbered(number)).partition(0)).await.unwrap();

    let builder = kafka().consumer::<Alert>(topic).unknown_schema_timeout(Duration::ZERO);
    let mut consumer = builder.build().await.unwrap();
    let mut offset = 0;
    for (level, (payload, schema_id, words)) in (0..).zip(&cases) {
        assert_eq!(next(&mut consumer).await.unwrap().value, Alert::numbered(level));
        let error = next(&mut consumer).await.unwrap_err();
        let text = chain(&error);
        let found = bad(&error);
        assert_eq!((&*found.topic, found.partition, found.offset), (topic, 0, offset + 1), "{text}");
        assert_eq!((&found.payload, found.schema_id), (payload, schema_id.map(WireId::from)), "{text}");
        assert_eq!(found.key.as_deref(), Some(&b"raw"[..]), "{text}");
        assert!(text.contains(&format!("offset {} of partition 0 of topic `{topic}`", offset + 1)), "{text}");
        assert!(words.iter().all(|word| text.contains(word)), "{words:?}: {text}");
        assert!(!error.is_retriable() && !error.is_fatal(), "{text}");
        offset += 2;
    }
    assert_eq!(next(&mut consumer).await.unwrap().value, Alert::numbered(number));
}

async fn send_with_headers(topic: &str, payload: &[u8], headers: OwnedHeaders) {
    let raw: BaseProducer =
        rdkafka::ClientConfig::new().set("bootstrap.servers", kafka().bootstrap_servers()).create().unwrap();
    let record = BaseRecord::<[u8], [u8]>::to(topic).payload(payload).headers(headers);
    raw.send(record).map_err(|(error, _)| error).unwrap();
    tokio::task::spawn_blocking(move || raw.flush(Duration::from_secs(30)).unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_message_that_names_its_schema_in_a_header_is_never_taken_apart() {
    let topic = topic("id-in-header", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    // A datum that looks like a frame, which would be read without complaint.
    let looks_framed = framed(producer.schema_id().unwrap(), b"\x02s\x0e\x02m");
    let headers: [(&str, &[u8], &str); 4] = [
        ("__value_schema_id", &[1; 16], "has 16 bytes that are not a schema id"),
        ("apicurio.value.contentId", &[1; 17], "has 17 bytes that are not a schema id"),
        ("apicurio.value.globalId", &[0; 8], "has 8 bytes that are not a schema id"),
        ("apicurio.value.contentHash", &[1; 17], "let it look the schema up in the registry"),
    ];
    for (name, value, _) in headers {
        let headers = OwnedHeaders::new().insert(Header { key: name, value: Some(value) });
        send_with_headers(topic, &looks_framed, headers).await;
    }
    // That of the key does not concern the value.
    let of_key = OwnedHeaders::new().insert(Header { key: "__key_schema_id", value: Some(&[1; 17]) });
    send_with_headers(topic, &looks_framed, of_key).await;

    for wire_format in [WireFormat::Confluent, WireFormat::BareId] {
        let mut consumer = kafka().consumer::<Alert>(topic).wire_format(wire_format).build().await.unwrap();
        for (name, _, words) in headers {
            let error = next(&mut consumer).await.unwrap_err();
            let (text, found) = (chain(&error), bad(&error));
            let problem = &found.problem;
            let is_expected =
                |error| matches!(error, FrameError::InvalidIdHeader { .. } | FrameError::UnresolvableHeader { .. });
            assert!(matches!(problem, MessageProblem::Frame(error) if is_expected(*error)), "{text}");
            assert!(error.to_string().contains(&format!("names its schema in the header `{name}`")), "{error}");
            assert!(text.contains(words), "{text}");
            assert_eq!((&found.payload, found.schema_id), (&Some(looks_framed.clone()), None));
            assert!(!error.is_retriable(), "{error}");
        }
        if wire_format == WireFormat::Confluent {
            assert_eq!(next(&mut consumer).await.unwrap().value.level, 7);
        }
    }
}

#[tokio::test]
async fn a_header_whose_name_is_not_text_harms_nobody() {
    let topic = topic("odd-headers", 1);
    let producer = kafka().producer::<Alert>(topic).build().await.unwrap();
    // rdkafka takes names as text only, but the bytes are what counts.
    let name = String::from_utf8_lossy(b"caf\xc3\xa9").into_owned();
    let headers = OwnedHeaders::new()
        .insert(Header { key: &name, value: None::<&[u8]> })
        .insert(Header { key: "", value: Some(&b""[..]) });
    let payload = framed(producer.schema_id().unwrap(), b"\x02s\x0e\x02m");
    send_with_headers(topic, &payload, headers).await;
    let mut consumer = kafka().consumer::<Alert>(topic).build().await.unwrap();
    let message = next(&mut consumer).await.unwrap();
    assert_eq!(message.headers.iter().collect::<Vec<_>>(), [("café", None), ("", Some(&b""[..]))]);
    assert_eq!((message.key, message.value.level), (None, 7));
}

#[tokio::test]
async fn problems_can_be_told_apart() {
    let topic = topic("told-apart", 1);
    let registry = kafka().registry().clone();
    registry.set_compatibility_level("told-apart", CompatibilityLevel::None).await.unwrap();
    let text = registry.register("told-apart", &SchemaText::new(r#""string""#)).await.unwrap();
    let id = registry.register("told-apart", &SchemaText::new(Alert::schema().json)).await.unwrap();
    let payloads = [framed(text, b"\x02s"), framed(id, b"\x02"), framed(SchemaId::new(777_777), b""), vec![9]];
    let mut all: Vec<Option<&[u8]>> = payloads.iter().map(|payload| Some(&**payload)).collect();
    all.push(None);
    send_raw(topic, &all).await;
    let builder = kafka().consumer::<Alert>(topic).unknown_schema_timeout(Duration::ZERO);
    let mut consumer = builder.build().await.unwrap();
    let mut kinds = Vec::new();
    for _ in 0..all.len() {
        let error = next(&mut consumer).await.unwrap_err();
        kinds.push(match &bad(&error).problem {
            MessageProblem::Unreadable { fullname, source } => {
                format!("unreadable {fullname} {}", source.mismatches().len())
            }
            MessageProblem::Decode(_) => "decode".to_owned(),
            MessageProblem::Registry(error) => format!("registry {}", error.is_not_found()),
            MessageProblem::Frame(_) => "frame".to_owned(),
            MessageProblem::Tombstone => "tombstone".to_owned(),
            problem => format!("{problem:?}"),
        });
    }
    assert_eq!(kinds, ["unreadable test.Alert 1", "decode", "registry true", "frame", "tombstone"]);
}

#[tokio::test]
async fn what_exceeds_a_limit_is_a_bad_message() {
    let topic = topic("limits", 1);
    let producer = kafka().producer::<Tree>(topic).build().await.unwrap();
    for depth in [1, 5] {
        soon(producer.send(&Tree::of_depth(depth))).await.unwrap();
    }
    let limits = Limits::default().max_depth(3);
    let mut limited = kafka().consumer::<Tree>(topic).limits(limits).build().await.unwrap();
    assert_eq!(next(&mut limited).await.unwrap().value, Tree::of_depth(1));
    let error = next(&mut limited).await.unwrap_err();
    assert!(matches!(bad(&error).problem, MessageProblem::Decode(_)), "{error:?}");
    let text = chain(&error);
    assert!(text.contains("exceeds a limit of this consumer") && text.contains("deeper than 3 levels"), "{text}");
    assert!(bad(&error).payload.is_some() && !error.is_retriable(), "{error:?}");

    let mut unlimited = kafka().consumer::<Tree>(topic).build().await.unwrap();
    for depth in [1, 5] {
        assert_eq!(next(&mut unlimited).await.unwrap().value, Tree::of_depth(depth));
    }
}
