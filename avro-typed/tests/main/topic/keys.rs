//! Keys of every kind to bytes and back.

use std::fmt::Debug;

use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::topic::{DecodeKey, EncodeKey, IntoKey, TopicKey};
use avro_typed::uuid::{Uuid, uuid};
use avro_typed::{AvroType as _, Decoder, Encoder, to_vec};
use proptest::prelude::*;

use crate::generated::com::example::shop::{Address, Level};

/// What Kafka gets when it is sent as a key of type `K`, of a topic whose frames begin with `id`.
fn sent<'k, K: EncodeKey + 'k>(key: impl IntoKey<'k, K>) -> Vec<u8> {
    key.into_key().encode_with(&mut Encoder::new(), b"id").unwrap().to_vec()
}

/// Checks a key that has no schema.
fn check<K: EncodeKey + DecodeKey + PartialEq + Debug>(key: &K, bytes: &[u8]) {
    assert_eq!(key.encode_with(&mut Encoder::new(), b"id").unwrap(), bytes);
    assert_eq!(&K::from_bytes(bytes).unwrap(), key);
    assert!(K::TYPE.is_none());
    assert!(K::decode_with(&Decoder::new(), bytes, None).unwrap().is_none());
}

/// Checks a key that is an Avro type.
fn check_avro<K: EncodeKey + DecodeKey + PartialEq + Debug>(key: &K) {
    let bytes = key.encode_with(&mut Encoder::new(), b"id").unwrap().to_vec();
    let datum = bytes.strip_prefix(b"id").expect("the datum is behind the prefix");
    assert_eq!(K::decode_with(&Decoder::new(), datum, None).unwrap().as_ref(), Some(key));
    let error = K::from_bytes(datum).unwrap_err();
    assert_eq!(error.to_string(), format!("its {} bytes are not an Avro datum", datum.len()));
}

fn address() -> Address {
    Address { street: "Lindenallee 7".into(), city: "Graz".into(), country_code: "AT".into() }
}

/// Kafka's own serializers: `IntegerSerializer`, `LongSerializer`, `UUIDSerializer` and `StringSerializer`.
#[test]
fn bytes_are_those_of_java() {
    check(&1_i32, &[0, 0, 0, 1]);
    check(&-2_i32, &[0xff, 0xff, 0xff, 0xfe]);
    check(&i32::MIN, &[0x80, 0, 0, 0]);
    check(&1_i64, &[0, 0, 0, 0, 0, 0, 0, 1]);
    check(&1_700_000_000_000_i64, &[0, 0, 0x01, 0x8b, 0xcf, 0xe5, 0x68, 0]);
    check(&i64::MAX, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    check(&uuid!("067e6162-3b6f-4ae2-a171-2470b63dff00"), b"067e6162-3b6f-4ae2-a171-2470b63dff00");
    check(&Uuid::nil(), b"00000000-0000-0000-0000-000000000000");
    check(&"Füße 🦶".to_owned(), &[70, 0xc3, 0xbc, 0xc3, 0x9f, 101, 32, 0xf0, 0x9f, 0xa6, 0xb6]);
    check(&String::new(), &[]);
    check(&vec![0_u8, 255], &[0, 255]);
    check(&(), &[]);
}

#[test]
fn whatever_is_a_key_is_taken_as_it_is_or_by_reference() {
    let text = "sensor-17".to_owned();
    for bytes in [
        sent::<String>("sensor-17"),
        sent::<String>(&text),
        sent::<String>(text.clone()),
        sent::<Vec<u8>>("sensor-17"),
        sent::<Vec<u8>>(&text),
        sent::<Vec<u8>>(text.clone()),
        sent::<Vec<u8>>(b"sensor-17"),
        sent::<Vec<u8>>(text.as_bytes()),
        sent::<Vec<u8>>(&text.as_bytes().to_vec()),
        sent::<Vec<u8>>(text.as_bytes().to_vec()),
    ] {
        assert_eq!(bytes, b"sensor-17");
    }
    let id = uuid!("067e6162-3b6f-4ae2-a171-2470b63dff00");
    assert_eq!((sent::<i32>(7), sent::<i32>(&7)), (vec![0, 0, 0, 7], vec![0, 0, 0, 7]));
    assert_eq!((sent::<i64>(7), sent::<i64>(&7_i64)), (7_i64.to_be_bytes().to_vec(), sent::<i64>(7_i64)));
    assert_eq!((sent::<Uuid>(id), sent::<Uuid>(&id)), (id.to_string().into_bytes(), id.to_string().into_bytes()));
    let framed = [b"id".as_slice(), &to_vec(&address()).unwrap()].concat();
    assert_eq!((sent::<Address>(&address()), sent::<Address>(address())), (framed.clone(), framed));
}

#[test]
fn bytes_of_another_kind_are_an_error() {
    check::<i32>(b"", "its 0 bytes are not an i32 of 4 bytes");
    check::<i32>(&[0; 8], "its 8 bytes are not an i32 of 4 bytes");
    check::<i64>(&[0; 4], "its 4 bytes are not an i64 of 8 bytes");
    check::<String>(&[b'a', 0xff], "its 2 bytes are not text in UTF-8");
    check::<Uuid>(b"067e6162-3b6f-4ae2-a171", "its 23 bytes are not a UUID as text");
    check::<Uuid>(uuid!("067e6162-3b6f-4ae2-a171-2470b63dff00").as_bytes(), "its 16 bytes are not a UUID as text");
    fn check<K: DecodeKey + Debug>(bytes: &[u8], message: &str) {
        assert_eq!(K::from_bytes(bytes).unwrap_err().to_string(), message);
    }
}

#[test]
fn keys_of_avro_types_have_a_schema() {
    assert_eq!(<Address as TopicKey>::TYPE.map(|avro_type| avro_type.fullname), Some(Address::FULLNAME));
    check_avro(&address());
    check_avro(&Level::High);
}

#[test]
fn an_older_key_is_read_by_a_plan() {
    let older =
        Schema::parse(&Address::schema().json.replacen(r#""fields":["#, r#""fields":[{"name":"no","type":"int"},"#, 1));
    let plan = Plan::new(&older.unwrap(), &Schema::parse(Address::schema().json).unwrap()).unwrap();
    let datum = [vec![14], to_vec(&address()).unwrap()].concat();
    assert_eq!(Address::decode_with(&Decoder::new(), &datum, Some(&plan)).unwrap(), Some(address()));
    let error = Address::decode_with(&Decoder::new(), &datum[..3], Some(&plan)).unwrap_err();
    assert!(error.to_string().starts_with("Address."), "{error}");
}

proptest! {
    #[test]
    fn every_key_comes_back(
        number in any::<i32>(),
        long in any::<i64>(),
        id in any::<[u8; 16]>().prop_map(Uuid::from_bytes),
        text in any::<String>(),
        bytes in any::<Vec<u8>>(),
    ) {
        check(&number, &number.to_be_bytes());
        check(&long, &long.to_be_bytes());
        check(&id, id.to_string().as_bytes());
        check(&text, text.as_bytes());
        check(&bytes, &bytes);
        check_avro(&Address { street: text.as_str().into(), city: text.as_str().into(), country_code: "AT".into() });
    }

    /// Whatever is read is a key of the topic, and nothing panics.
    #[test]
    fn any_bytes_are_a_key_or_an_error(bytes in any::<Vec<u8>>()) {
        fn check<K: EncodeKey + DecodeKey>(bytes: &[u8]) {
            if let Ok(key) = K::from_bytes(bytes) {
                assert_eq!(key.encode_with(&mut Encoder::new(), b"id").unwrap(), bytes);
            }
            let _ = K::decode_with(&Decoder::new(), bytes, None);
        }
        check::<i32>(&bytes);
        check::<i64>(&bytes);
        check::<String>(&bytes);
        check::<Vec<u8>>(&bytes);
        check::<Address>(&bytes);
        let _ = <Uuid as DecodeKey>::from_bytes(&bytes);
    }
}
