//! Framing.

use proptest::prelude::*;
use schema_registry::{
    FrameError, Guid, RecordPart, SchemaId, SchemaIdHeader, SubjectNameStrategy, WireFormat, WireId, id_in_headers,
    is_id_header,
};

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

/// What the headers of a record name its key's schema, or its value's; or a part of the error's text.
fn in_headers(part: RecordPart, headers: &[(&str, Option<&[u8]>)]) -> Result<Option<WireId>, String> {
    id_in_headers(part, headers.iter().copied()).map_err(|error| error.to_string())
}

#[test]
fn ids_in_headers_are_read() {
    let guid = [&[1][..], &[7; 16]].concat();
    let of_guid = WireId::from(Guid::from_bytes([7; 16]));
    let id = |number: u32| WireId::from(SchemaId::new(number));
    let check = |headers: &[(&str, Option<&[u8]>)], of_key: Option<WireId>, of_value: Option<WireId>| {
        assert_eq!(in_headers(RecordPart::Key, headers), Ok(of_key), "{headers:?}");
        assert_eq!(in_headers(RecordPart::Value, headers), Ok(of_value), "{headers:?}");
    };
    check(&[], None, None);
    check(&[("trace", Some(b"1")), ("", Some(b"1")), ("__value_schema_ids", Some(&guid))], None, None);
    check(&[("apicurio.value.encoding", Some(b"BINARY")), ("content-type", Some(b"application/json"))], None, None);
    check(&[("__value_schema_id", Some(&guid))], None, Some(of_guid));
    check(&[("__key_schema_id", Some(&guid))], Some(of_guid), None);
    check(
        &[("__value_schema_id", Some(&[0, 0, 0, 1, 2])), ("__key_schema_id", Some(&guid))],
        Some(of_guid),
        Some(id(258)),
    );
    check(&[("apicurio.value.contentId", Some(&[0, 0, 0, 0, 0, 0, 1, 2]))], None, Some(id(258)));
    check(&[("apicurio.key.contentId", Some(&[0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]))], Some(id(LARGEST_ID)), None);
    let global = ("apicurio.value.globalId", Some(&[0, 0, 0, 1, 0, 0, 0, 2][..]));
    check(&[global], None, Some(WireId::GlobalId((1 << 32) + 2)));
    check(&[global, ("apicurio.value.contentId", Some(&[0, 0, 0, 0, 0, 0, 1, 2]))], None, Some(id(258)));
    let written = SchemaIdHeader::new(RecordPart::Value, WireId::GlobalId((1 << 32) + 2));
    assert_eq!((written.name(), Some(written.value())), global);
    // The last of a name counts, and Confluent's whatever the order.
    check(&[("__value_schema_id", Some(&[0, 0, 0, 0, 9])), ("__value_schema_id", Some(&guid))], None, Some(of_guid));
    let content = ("apicurio.value.contentId", Some(&[0, 0, 0, 0, 0, 0, 0, 5][..]));
    check(&[("__value_schema_id", Some(&guid)), content], None, Some(of_guid));
    check(&[content, ("__value_schema_id", Some(&guid))], None, Some(of_guid));
    // A null value does not count, as for Confluent's deserializers.
    check(&[("__value_schema_id", None)], None, None);
    check(&[("__value_schema_id", Some(&guid)), ("__value_schema_id", None)], None, Some(of_guid));
}

#[test]
fn headers_that_are_not_a_schema_id_are_errors() {
    let check = |headers: &[(&str, Option<&[u8]>)], expected: &str| {
        let error = in_headers(RecordPart::Value, headers).expect_err(expected);
        assert!(error.contains(expected), "{error}");
    };
    let confluent = "__value_schema_id";
    for value in [&[][..], &[0], &[0, 0, 0, 0, 0], &[0, 0x80, 0, 0, 0], &[0, 0, 0, 0, 7, 0], &[2, 0, 0, 0, 7]] {
        check(
            &[(confluent, Some(value))],
            &format!("`{confluent}` has {} bytes that are not a schema id", value.len()),
        );
    }
    check(&[(confluent, Some(&[1; 16]))], "has 16 bytes that are not a schema id");
    // The indexes of Protobuf's messages follow.
    check(
        &[(confluent, Some(&[1; 18]))],
        "has 18 bytes that are not a schema id: it was not written by a serializer for Avro",
    );
    check(&[("apicurio.value.contentId", Some(&[0, 0, 0, 7]))], "has 4 bytes that are not a schema id");
    check(&[("apicurio.value.contentId", Some(&[0, 0, 0, 1, 0, 0, 0, 7]))], "has 8 bytes that are not a schema id");
    check(&[("apicurio.value.globalId", Some(&[0; 8]))], "has 8 bytes that are not a schema id");
    check(&[("apicurio.value.globalId", Some(&[1; 4]))], "has 4 bytes that are not a schema id");
    check(&[("apicurio.value.contentHash", Some(b"f00"))], "`apicurio.registry.find-latest`");
    check(
        &[("apicurio.value.artifactId", Some(b"a"))],
        "header `apicurio.value.artifactId`, which cannot be looked up",
    );
    check(
        &[("Content-Type", Some(b"avro/binary+0f3c"))],
        "header `content-type`, which cannot be looked up by Confluent's API: Azure's ids",
    );
}

#[test]
fn a_record_is_split_by_its_headers_first() {
    // A datum that looks like a frame.
    let bytes = [0, 0, 0, 0, 9, 0x2a];
    let header = SchemaIdHeader::new(RecordPart::Value, Guid::from_bytes([7; 16]).into());
    let headers = [(header.name(), Some(header.value()))];
    for format in [WireFormat::Confluent, WireFormat::Header, WireFormat::BareId] {
        let by_header = format.split_record(RecordPart::Value, headers, &bytes);
        assert_eq!(by_header, Ok((Guid::from_bytes([7; 16]).into(), &bytes[..])));
        let by_prefix = format.split_record(RecordPart::Key, headers, &bytes);
        match format {
            WireFormat::BareId => assert_eq!(by_prefix, Ok((SchemaId::new(0).into(), &[9, 0x2a][..]))),
            _ => assert_eq!(by_prefix, Ok((SchemaId::new(9).into(), &[0x2a][..]))),
        }
    }
    assert_eq!(WireFormat::Header.prefix(SchemaId::new(9)).len(), WireFormat::Header.prefix_len());
    let error = WireFormat::Header.split(b"{}").expect_err("neither a header nor a frame");
    assert_eq!(error, WireFormat::Confluent.split(b"{}").expect_err("no frame"));
}

proptest! {
    #[test]
    fn headers_are_read_as_they_are_written(number in 1..=LARGEST_ID, guid: [u8; 16], is_key: bool) {
        let part = if is_key { RecordPart::Key } else { RecordPart::Value };
        for id in [WireId::from(SchemaId::new(number)), Guid::from_bytes(guid).into()] {
            let header = SchemaIdHeader::new(part, id);
            prop_assert!(is_id_header(part, header.name(), Some(header.value())));
            prop_assert_eq!(id_in_headers(part, [(header.name(), Some(header.value()))]), Ok(Some(id)));
        }
    }

    #[test]
    fn no_header_panics(name in "(__|apicurio[.])?(key|value)?[._a-zA-Z]{0,10}", value: Option<Vec<u8>>) {
        for part in [RecordPart::Key, RecordPart::Value] {
            let _ = id_in_headers(part, [(name.as_str(), value.as_deref())]);
        }
    }
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
