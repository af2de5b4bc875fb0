//! The types that are written as the generator writes them: their constants, their bytes, their JSON.

use avro_model::Schema;
use avro_typed::{AvroType, from_slice, to_vec};

use crate::generated::com::example::event::{Click, Event, Kind, Mark};
use crate::generated::com::example::shop::{Address, Digest, Level, Order};
use crate::generated::com::example::tree::Node;
use crate::samples::{address, order};

fn check_constants<T: AvroType>() {
    let schema = Schema::parse(T::schema().json).unwrap_or_else(|error| panic!("{}: {error}", T::FULLNAME));
    assert_eq!(schema.fullname().map(ToString::to_string).as_deref(), Some(T::FULLNAME));
    assert_eq!(schema.to_json(), T::schema().json, "SCHEMA of {}", T::FULLNAME);
    let fingerprint = schema.fingerprint_crc64();
    assert_eq!(
        fingerprint,
        T::schema().fingerprint_crc64,
        "FINGERPRINT_CRC64 of {} is {fingerprint:#018x}",
        T::FULLNAME
    );
    assert_eq!(schema.fingerprint_sha256(), T::schema().fingerprint_sha256, "FINGERPRINT_SHA256 of {}", T::FULLNAME);
}

#[test]
fn constants_are_those_of_the_schemas() {
    check_constants::<Order>();
    check_constants::<Address>();
    check_constants::<Level>();
    check_constants::<Digest>();
    check_constants::<Node>();
    check_constants::<Event>();
    check_constants::<Click>();
    check_constants::<Kind>();
    check_constants::<Mark>();
}

#[test]
fn an_order_byte_by_byte() {
    let expected: [&[u8]; 27] = [
        &[0xce, 0x49], // id 4711
        &[8],
        "Zoë".as_bytes(),
        &[5],                         // parcels -3
        &[0, 0, 0, 0, 0, 0, 4, 0x40], // weight 2.5
        &[1],                         // paid
        &[4],                         // level HIGH
        &[30],
        b"1 Rue de Rivoli",
        &[10],
        b"Paris",
        &[4],
        b"FR",
        &[2, 20],
        b"ring twice",
        &[4, 8],
        b"gift",
        &[14],
        b"fragile",
        &[0],
        &[2, 8],
        b"work",
        &[30],
        b"1 Rue de Rivoli",
        b"\x0aParis\x04FR\0",
        &[6, 0x01, 0xe2, 0x3a],                // total 123450 hundredths
        b"\0\xff\xff\xff\xff\xff\xff\xff\xff", // deposit: branch 0, -1 hundredth in eight bytes
    ];
    let mut expected = expected.concat();
    expected.extend_from_slice(&[0xf6, 0x81, 0xe6, 0x82, 0xb9, 0x66]); // createdAt
    expected.extend_from_slice(b"0123456789abcdef");
    expected.extend_from_slice(&[6, 0, 255, 128]);

    let encoded = to_vec(&order()).expect("an order that fits");
    assert_eq!(encoded, expected);
    assert_eq!(from_slice::<Order>(&encoded).expect("what was encoded"), order());
}

#[test]
fn json_has_the_avro_names() {
    let json = serde_json::to_value(order()).expect("an order as JSON");
    let expected = serde_json::json!({
        "id": 4711, "customer": "Zoë", "parcels": -3, "weight": 2.5, "paid": true, "level": "HIGH",
        "address": {"street": "1 Rue de Rivoli", "city": "Paris", "countryCode": "FR"},
        "note": "ring twice", "tags": ["gift", "fragile"],
        "addresses": {"work": {"street": "1 Rue de Rivoli", "city": "Paris", "countryCode": "FR"}},
        "total": "1234.50", "deposit": "-0.01", "createdAt": "2025-10-09T08:53:20.123Z",
        "digest": b"0123456789abcdef", "signature": [0, 255, 128],
    });
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<Order>(json).expect("the same order"), order());
}

#[test]
fn json_fills_in_defaults_and_ignores_the_unknown() {
    let read = |json: &str| serde_json::from_str::<Address>(json);
    let defaulted = Address { country_code: "US".to_owned(), ..address() };
    assert_eq!(
        read(r#"{"planet": [3], "city": "Paris", "street": "1 Rue de Rivoli"}"#).expect("an address"),
        defaulted
    );
    // Formats without names give the fields in order.
    assert_eq!(read(r#"["1 Rue de Rivoli", "Paris", "FR"]"#).expect("an address"), address());

    let node: Node = serde_json::from_str(r#"{"name": "a", "next": {"name": "b"}}"#).expect("a node");
    assert_eq!(node.next.map(|next| next.name).as_deref(), Some("b"));
}

#[test]
fn json_that_is_wrong() {
    let table = [
        (serde_json::from_str::<Address>(r#"{"street": "x"}"#).map(drop), "missing field `city`"),
        (serde_json::from_str::<Address>(r#"{"city": "x", "city": "y"}"#).map(drop), "duplicate field `city`"),
        (serde_json::from_str::<Address>(r#"["x"]"#).map(drop), "invalid length 1, expected all fields of the record"),
        (serde_json::from_str::<Address>("3").map(drop), "invalid type: integer `3`, expected record Address"),
        (
            serde_json::from_str::<Level>(r#""HUGE""#).map(drop),
            "unknown variant `HUGE`, expected one of `LOW`, `NORMAL`, `HIGH`",
        ),
        (serde_json::from_str::<Digest>("[1, 2]").map(drop), "invalid length 2, expected 16 bytes"),
        (
            serde_json::from_str::<Digest>("[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]").map(drop),
            "invalid length 17, expected 16 bytes",
        ),
    ];
    for (result, expected) in table {
        let message = result.expect_err(expected).to_string();
        assert!(message.starts_with(expected), "{message}");
    }
}
