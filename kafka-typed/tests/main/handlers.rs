//! Handlers are tested with messages that came from no consumer.

use kafka_typed::connection::ConsumerRecord;
use kafka_typed::{BadMessage, ConsumeError, MessageProblem, SchemaId, Timestamp, TypedMessage, WireFormat};

use crate::messages::Alert;

#[test]
fn a_message_has_what_it_was_given() {
    let message = TypedMessage::new(Alert::numbered(1));
    assert_eq!((&*message.topic, message.partition, message.offset), ("", 0, 0));
    assert_eq!((message.key_str(), message.timestamp, message.headers.len()), (None, None, 0));

    let message = TypedMessage::new(Alert::numbered(1))
        .topic("alerts")
        .partition(3)
        .offset(17)
        .key("sensor-1")
        .header("trace", "a1")
        .header("trace", "a2")
        .timestamp(1_700_000_000_000)
        .schema_id(SchemaId::new(5));
    assert_eq!((&*message.topic, message.partition, message.offset), ("alerts", 3, 17));
    assert_eq!((message.key_str(), message.schema_id), (Some("sensor-1"), Some(SchemaId::new(5).into())));
    assert_eq!(message.timestamp, Some(Timestamp::from(1_700_000_000_000)));
    assert_eq!((message.headers.get("trace"), message.headers.len()), (Some(&b"a2"[..]), 2));
}

#[test]
fn whether_a_handler_reported_a_message_as_done_can_be_asked() {
    let message = TypedMessage::new(1);
    let (copy, acknowledgement) = (message.clone(), message.acknowledgement.clone());
    assert!(!message.acknowledgement.is_done());
    copy.done();
    assert!(message.acknowledgement.is_done() && acknowledgement.is_done());
    assert!(!TypedMessage::new(1).acknowledgement.is_done(), "another one");

    let record = ConsumerRecord::new(None).offset(1);
    record.done();
    assert!(record.acknowledgement.is_done());
}

#[test]
fn a_bad_message_can_be_made_as_well() {
    let problem = || MessageProblem::Frame(WireFormat::Confluent.split(b"no").unwrap_err());
    let bad = BadMessage::new(problem()).topic("alerts").partition(1).offset(4).key("k").payload("no");
    assert_eq!(
        bad.to_string(),
        "the message at offset 4 of partition 1 of topic `alerts` (2 bytes) has no schema id in front of its datum: it was not sent by a \
         producer of this wire format"
    );
    let error = ConsumeError::from(bad);
    assert!(!error.is_retriable() && !error.is_fatal());
    error.done();
    assert!(error.bad_message().unwrap().acknowledgement.is_done());

    let waiting = ConsumeError::from(BadMessage::new(problem()).schema_id(SchemaId::new(1)).retriable());
    assert!(waiting.is_retriable());
    waiting.done();
    assert!(!waiting.bad_message().unwrap().acknowledgement.is_done(), "it comes again");
}
