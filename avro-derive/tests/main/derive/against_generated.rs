//! The schema and the bytes of derived types are those of generated ones.

use std::collections::HashMap;

use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::{AvroType, Decode, DecodeOwned, Encode, from_slice, from_slice_resolved, to_vec};

use super::shop::{self, OldCustomer, OldLevel, OldLine, OldOrder, Payment, Refund, orders, tree};
use crate::included::messages::shop as generated;

#[test]
fn schemas_are_those_of_the_files() {
    check_schema::<shop::Order, generated::Order>();
    check_schema::<shop::Node, generated::tree::Node>();
    check_schema::<shop::Level, generated::Level>();
    check_schema::<shop::Md5, generated::Md5>();
    check_schema::<shop::Bundle, crate::included::messages::Bundle>();
}

fn check_schema<Derived: AvroType, Generated: AvroType>() {
    let (derived, generated) = (Derived::schema(), Generated::schema());
    assert_eq!(Derived::FULLNAME, Generated::FULLNAME);
    assert_eq!(derived.json, generated.json);
    assert_eq!(derived.fingerprint_crc64, generated.fingerprint_crc64);
    assert_eq!(derived.fingerprint_sha256, generated.fingerprint_sha256);
}

#[test]
fn bytes_are_those_of_generated_types() {
    for order in orders() {
        check_bytes::<shop::Order, generated::Order>(&to_vec(&order).unwrap());
        assert_eq!(from_slice::<shop::Order>(&to_vec(&order).unwrap()).unwrap(), order);
    }
    check_bytes::<shop::Node, generated::tree::Node>(&to_vec(&tree()).unwrap());
    assert_eq!(from_slice::<shop::Node>(&to_vec(&tree()).unwrap()).unwrap(), tree());
    check_bytes::<shop::Bundle, crate::included::messages::Bundle>(&to_vec(&bundle()).unwrap());
    assert_eq!(from_slice::<shop::Bundle>(&to_vec(&bundle()).unwrap()).unwrap(), bundle());
}

fn bundle() -> shop::Bundle {
    let payments = vec![None, Some(Payment::Account(i64::MAX)), Some(Payment::Cheque("x".into()))];
    shop::Bundle(HashMap::from([("a".to_owned(), payments)]))
}

/// Both types read the datum and everything that is near it, and write it again, with the same outcome.
fn check_bytes<Derived, Generated>(datum: &[u8])
where
    Derived: Encode + DecodeOwned,
    Generated: Encode + DecodeOwned,
{
    check_datum::<Derived, Generated>(datum).unwrap();
    for end in 0..datum.len() {
        check_datum::<Derived, Generated>(&datum[..end]).unwrap_err();
    }
    let mut damaged = datum.to_vec();
    for index in 0..datum.len() {
        for byte in [0, 1, 2, 3, 0x0f, 0x7f, 0x80, 0xff] {
            damaged[index] = byte;
            let _ = check_datum::<Derived, Generated>(&damaged);
        }
        damaged[index] = datum[index];
    }
}

fn check_datum<Derived, Generated>(datum: &[u8]) -> Result<(), String>
where
    Derived: Encode + DecodeOwned,
    Generated: Encode + DecodeOwned,
{
    fn again<T: Encode + for<'a> Decode<'a>>(datum: &[u8]) -> Result<Vec<u8>, String> {
        from_slice::<T>(datum).map(|value| to_vec(&value).unwrap()).map_err(|error| error.to_string())
    }
    let (derived, generated) = (again::<Derived>(datum), again::<Generated>(datum));
    // A macro does not see how small the smallest branch of a union is, so that too many items are found out later.
    let is_count = generated.as_ref().is_err_and(|error| error.contains("items of at least"));
    assert!(derived == generated || is_count && derived.is_err(), "{derived:?} and {generated:?} for {datum:?}");
    derived.map(|_| ())
}

#[test]
fn what_another_version_wrote_is_read_as_by_generated_types() {
    let order = |level, refund, count| OldOrder {
        payment: "cheque".to_owned(),
        weight: 3,
        removed: vec![shop::Card { number: "1".to_owned() }],
        number: 17,
        note: Some("note".to_owned()),
        level,
        customer: OldCustomer { name: b"Ada".to_vec() },
        created_at: 1_700_000_000_123,
        total: vec![0x7f],
        lines: vec![OldLine { article: "pen".to_owned(), count }],
        digest: shop::Md5([7; 16]),
        refund,
        day: 3,
        key: "00000000-0000-0000-0000-00000000002a".to_owned(),
        r#type: (),
    };
    let written = [
        order(OldLevel::High, Refund::Text("back".to_owned()), Some(2)),
        order(OldLevel::Whenever, Refund::None, Some(0)),
        order(OldLevel::High, Refund::Number(-1), Some(1)),
        // The reader's count takes no null.
        order(OldLevel::High, Refund::None, None),
    ];
    let results: Vec<_> = written.iter().map(check_resolved).collect();
    for result in &results[..3] {
        let order = from_slice::<shop::Order>(result.as_ref().unwrap()).unwrap();
        assert_eq!((order.id, order.weight, order.height, order.reads), (17, 3.0, 1500.0, 0));
        assert_eq!((order.customer.name.as_str(), order.customer.age), ("Ada", Some(18)));
        assert_eq!((order.payment, order.payload), (Payment::Cheque("cheque".into()), vec![0xff]));
    }
    let levels = results[..2].iter().map(|result| from_slice::<shop::Order>(result.as_ref().unwrap()).unwrap().level);
    assert_eq!(levels.collect::<Vec<_>>(), [shop::Level::Urgent, shop::Level::VeryNormal]);
    let error = results[3].as_ref().unwrap_err();
    assert!(error.starts_with("Order.lines[0].count: "), "{error}");
}

/// The bytes of the value that both types read, or the error that both return.
fn check_resolved(written: &OldOrder) -> Result<Vec<u8>, String> {
    fn read<T: AvroType + Encode + for<'a> Decode<'a>>(written: &OldOrder) -> Result<Vec<u8>, String> {
        let writer = Schema::parse(OldOrder::schema().json).unwrap();
        let plan = Plan::new(&writer, &Schema::parse(T::schema().json).unwrap()).unwrap();
        let value = from_slice_resolved::<T>(&to_vec(written).unwrap(), &plan);
        value.map(|value| to_vec(&value).unwrap()).map_err(|error| error.to_string())
    }
    let derived = read::<shop::Order>(written);
    assert_eq!(derived, read::<generated::Order>(written));
    derived
}
