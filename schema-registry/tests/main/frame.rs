//! Framing.

use proptest::prelude::*;
use schema_registry::{FrameError, RecordPart, SchemaId, SubjectNameStrategy, WireFormat};

fn any_format() -> impl Strategy<Value = WireFormat> {
    prop_oneof![Just(WireFormat::Confluent), Just(WireFormat::BareId)]
}

const LARGEST_ID: u32 = i32::MAX as u32;

proptest! {
    #[test]
    fn what_is_framed_is_taken_apart_again(format in any_format(), id in 0..=LARGEST_ID, datum: Vec<u8>) {
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
