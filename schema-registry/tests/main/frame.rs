//! Framing.

use proptest::prelude::*;
use schema_registry::{FrameError, RecordPart, SchemaId, SubjectNameStrategy, WireFormat, require_prefix};

fn any_format() -> impl Strategy<Value = WireFormat> {
    prop_oneof![Just(WireFormat::Confluent), Just(WireFormat::BareId)]
}

const LARGEST_ID: u32 = i32::MAX as u32;

proptest! {
    #[test]
    fn what_is_framed_is_taken_apart_again(format in any_format(), id in 1..=LARGEST_ID, datum: Vec<u8>) {
        let prefix = format.prefix(SchemaId::new(id));
        prop_assert_eq!(prefix.len(), format.prefix_len());
        let payload = [&*prefix, &datum].concat();
        prop_assert_eq!(format.split(&payload), Ok((SchemaId::new(id), &datum[..])));
    }

    #[test]
    fn whatever_is_split_is_framed_the_same_again(format in any_format(), payload: Vec<u8>) {
        match format.split(&payload) {
            Ok((id, datum)) => prop_assert_eq!([&*format.prefix(id), datum].concat(), payload),
            Err(FrameError::TooShort { length, .. }) => {
                prop_assert_eq!(length, payload.len());
                prop_assert!(length < format.prefix_len());
            }
            Err(FrameError::WrongMagicByte { found }) => {
                prop_assert_eq!(format, WireFormat::Confluent);
                prop_assert_eq!(payload.first(), Some(&found));
                prop_assert_ne!(found, 0);
            }
            Err(FrameError::IdTooLarge { id, .. }) => prop_assert!(id > LARGEST_ID),
            Err(FrameError::EightByteId { .. }) => {
                prop_assert_eq!(format, WireFormat::Confluent);
                prop_assert!(payload.starts_with(&[0; 5]) && payload.len() >= 9);
            }
            Err(other) => prop_assert!(false, "unexpected {other:?}"),
        }
    }
}

#[test]
fn frames_have_these_bytes() {
    let id = SchemaId::new(0x0102_0304);
    assert_eq!(&*WireFormat::Confluent.prefix(id), [0, 1, 2, 3, 4]);
    assert_eq!(&*WireFormat::BareId.prefix(id), [1, 2, 3, 4]);
}

#[test]
fn ids_end_where_those_of_registries_do() {
    assert_eq!(WireFormat::Confluent.split(&[0, 0x7f, 0xff, 0xff, 0xff]), Ok((SchemaId::new(LARGEST_ID), &[][..])));
    let too_large = WireFormat::Confluent.split(&[0, 0x80, 0, 0, 0, 1]);
    assert_eq!(too_large, Err(FrameError::IdTooLarge { format: WireFormat::Confluent, id: LARGEST_ID + 1 }));
}

#[test]
fn frame_errors_say_what_to_do() {
    let check = |format: WireFormat, payload: &[u8], expected: &str| {
        let error = format.split(payload).expect_err("a bad frame").to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(WireFormat::Confluent, b"", "0 bytes, but a schema id in the Confluent wire format takes 5");
    check(WireFormat::Confluent, &[0, 0, 0, 7], "4 bytes, but a schema id in the Confluent wire format takes 5");
    check(WireFormat::BareId, &[0, 0, 7], "3 bytes, but a schema id in the BareId wire format takes 4");
    check(WireFormat::Confluent, b"{}", "0x7b and not with the magic byte 0x00");
    check(
        WireFormat::Confluent,
        &[0, 0x80, 0, 0, 0],
        "has 2147483648 where the Confluent wire format has its schema id",
    );
    check(WireFormat::BareId, b"\xff\xff\xff\xff", "has 4294967295 where the BareId wire format has its schema id");
    let eight = "the id 258 in eight bytes, as Apicurio's serializers write it";
    check(WireFormat::Confluent, &[0, 0, 0, 0, 0, 0, 0, 1, 2, 0x2a], eight);
    check(WireFormat::Confluent, &[0, 0, 0, 0, 0, 0, 0, 1, 2], eight);
}

#[test]
fn headers_that_hold_a_schema_id_are_known() {
    let check = |name: &str, value: Option<&[u8]>, of_key: Option<&str>, of_value: Option<&str>| {
        let headers = || [("trace", Some(&b"1"[..])), (name, value)];
        for (part, expected) in [(RecordPart::Key, of_key), (RecordPart::Value, of_value)] {
            let found = require_prefix(part, headers()).map_err(|error| error.to_string());
            match (found, expected) {
                (Ok(()), None) => {}
                (Err(error), Some(header)) => {
                    assert!(error.contains(&format!("in the record header `{header}`")), "{error}")
                }
                (found, expected) => panic!("{name}: {found:?}, not {expected:?}"),
            }
        }
    };
    let id = Some(&[1; 17][..]);
    for name in ["schema_id", "globalId", "contentId", "contentHash", "artifactId"] {
        let names = |part: &str| match name {
            "schema_id" => format!("__{part}_schema_id"),
            name => format!("apicurio.{part}.{name}"),
        };
        let (key, value) = (names("key"), names("value"));
        check(&key, id, Some(&key), None);
        check(&value, None, None, Some(&value));
    }
    check("Content-Type", Some(b"avro/binary+0f3c"), None, Some("content-type"));
    check("content-type", Some(b"application/json"), None, None);
    check("__value_schema_ids", id, None, None);
    check("apicurio.value.encoding", id, None, None);
}

#[test]
fn subjects_are_named_by_strategy() {
    let check = |strategy: &SubjectNameStrategy, part, fullname, expected: Result<&str, &str>| {
        let found = strategy.subject("orders", part, fullname).map_err(|error| error.to_string());
        match (&found, expected) {
            (Ok(subject), Ok(expected)) => assert_eq!(subject, expected),
            (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
            _ => panic!("{strategy:?} gave {found:?}, not {expected:?}"),
        }
    };
    let order = Some("com.acme.Order");
    let value = RecordPart::Value;
    check(&SubjectNameStrategy::TopicName, RecordPart::Key, None, Ok("orders-key"));
    check(&SubjectNameStrategy::default(), value, order, Ok("orders-value"));
    check(&SubjectNameStrategy::RecordName, value, order, Ok("com.acme.Order"));
    check(&SubjectNameStrategy::TopicRecordName, value, order, Ok("orders-com.acme.Order"));
    check(&SubjectNameStrategy::RecordName, RecordPart::Key, None, Err("key schema of topic `orders` has no name"));
    check(&SubjectNameStrategy::TopicRecordName, value, None, Err("has no name"));
    check(&SubjectNameStrategy::Named("mine".into()), value, order, Ok("mine"));
    check(&SubjectNameStrategy::Named(String::new()), value, order, Err("is empty"));
}
