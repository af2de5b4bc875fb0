//! `schema = "…"`: a type that must match a file.

use std::collections::BTreeMap;

use avro_derive::Avro;
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::Uuid;
use avro_typed::{AvroType, from_slice, to_vec};

use super::shop::{self, orders};
use crate::included::messages::shop as generated;

/// The order of the file; what is in it may be derived with or without the file, or generated.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", rename_all = "camelCase")]
struct Order {
    id: i64,
    customer: shop::Customer,
    lines: Vec<generated::Line>,
    level: Level,
    note: Option<Box<str>>,
    /// Milliseconds, as they are.
    created_at: i64,
    total: Decimal,
    deposits: Option<Vec<Decimal>>,
    #[avro(skip)]
    reads: usize,
    digest: Digest,
    tags: Tags,
    payload: Vec<u8>,
    weight: f32,
    height: f64,
    payment: shop::Payment,
    refund: Option<Box<shop::Payment>>,
    day: avro_typed::jiff::civil::Date,
    key: Uuid,
    #[avro(rename = "type")]
    kind: (),
}

/// A macro sees a name here.
type Tags = BTreeMap<String, Vec<String>>;

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.Level", rename_all = "SCREAMING_SNAKE_CASE")]
enum Level {
    Low,
    VeryNormal,
    High,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.Md5")]
struct Digest([u8; 16]);

/// A file that refers to another one of its folder.
#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/lab/measurement.avsc")]
struct Measurement {
    value: f64,
    unit: Unit,
    note: Option<String>,
}

#[derive(Avro, Clone, Debug, PartialEq)]
#[avro(schema = "tests/schemas/unit.avsc", rename_all = "UPPERCASE")]
enum Unit {
    Celsius,
    Kelvin,
}

#[test]
fn the_schema_is_that_of_the_file() {
    assert_eq!(Order::schema(), generated::Order::schema());
    assert_eq!(Order::FULLNAME, "shop.Order");
    assert_eq!(Level::schema(), generated::Level::schema());
    assert_eq!(Digest::schema(), generated::Md5::schema());
    assert_eq!(Measurement::schema(), crate::included::messages::lab::Measurement::schema());
}

#[test]
fn bytes_are_those_of_the_file() {
    for expected in orders() {
        let bytes = to_vec(&expected).unwrap();
        let order: Order = from_slice(&bytes).unwrap();
        assert_eq!(to_vec(&order).unwrap(), bytes);
        assert_eq!(Timestamp::from_millisecond(order.created_at).unwrap(), expected.created_at);
    }
}

/// The same name as in the file, and other fields: a macro does not see them.
#[derive(Avro)]
#[avro(schema = "tests/schemas/lab/measurement.avsc")]
struct Wrong {
    value: f64,
    unit: WrongUnit,
    note: Option<String>,
}

#[derive(Avro)]
#[avro(rename = "lab.Unit")]
enum WrongUnit {
    Kelvin,
    Celsius,
}

#[test]
fn types_inside_are_compared_when_the_schema_is_asked_for() {
    let panic = std::panic::catch_unwind(Wrong::schema).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("`lab.Unit` is defined twice, and differently: the symbols differ"), "{message}");
    let wrong = Wrong { value: 1.0, unit: WrongUnit::Celsius, note: None };
    assert_eq!(to_vec(&wrong).unwrap()[8..], [2, 0]);
    assert_eq!(to_vec(&WrongUnit::Kelvin).unwrap(), [0]);
}
