//! What attributes make of a schema, and what is wrong with one only when it is made.

use std::panic::catch_unwind;

use avro_derive::Avro;
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{DateTime, Time};
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::Uuid;
use avro_typed::{AvroType, DecodeErrorKind, Duration, avro, from_slice, to_vec};

use crate::included::messages::Bundle;
use crate::included::messages::lab::{Measurement, Unit};

#[derive(Avro)]
struct Numbers {
    a: i8,
    #[avro(as = avro::Int)]
    b: u8,
    c: i16,
    d: u16,
    e: u32,
    f: Option<bool>,
}

/// The times.
///
///  Two paragraphs, and "quotes".
#[derive(Avro)]
#[avro(namespace = "a.b", doc = "Times of all kinds.")]
struct Times {
    #[avro(logical = "time-micros")]
    time: Time,
    #[avro(logical = "timestamp-nanos")]
    moments: Vec<Option<Timestamp>>,
    /** Local, */
    /// by the clock.
    #[avro(logical = "local-timestamp-millis", default = "0")]
    local: Option<DateTime>,
    #[avro(
        fixed = "Period",
        default = r#""\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000""#
    )]
    period: Duration,
    #[avro(logical = "uuid", fixed = "other.Key")]
    key: Uuid,
    #[avro(as = avro::Nullable<avro::Decimal<avro::Bytes, 4, 1>, 1>)]
    price: Option<Decimal>,
    #[avro(fixed = "Half")]
    halves: [u8; 2],
}

#[derive(Avro)]
#[avro(rename_all = "lowercase")]
enum Colour {
    #[avro(default)]
    Red,
    Green,
}

#[derive(Avro)]
struct Nothing;

#[derive(Avro)]
#[avro(transparent)]
struct Name(#[avro(as = avro::Str)] Box<str>);

#[derive(Avro)]
struct Named {
    name: Name,
    other: Option<Name>,
}

#[test]
fn attributes_say_what_the_schema_says() {
    check::<Numbers>(
        r#"{"type":"record","name":"Numbers","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"},{"name":"c","type":"int"},{"name":"d","type":"int"},{"name":"e","type":"long"},{"name":"f","type":["null","boolean"]}]}"#,
    );
    check::<Times>(
        r#"{"type":"record","name":"Times","namespace":"a.b","doc":"Times of all kinds.","fields":[{"name":"time","type":{"type":"long","logicalType":"time-micros"}},{"name":"moments","type":{"type":"array","items":["null",{"type":"long","logicalType":"timestamp-nanos"}]}},{"name":"local","type":[{"type":"long","logicalType":"local-timestamp-millis"},"null"],"doc":"Local,\nby the clock.","default":0},{"name":"period","type":{"type":"fixed","name":"Period","size":12,"logicalType":"duration"},"default":"\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000"},{"name":"key","type":{"type":"fixed","name":"Key","namespace":"other","size":16,"logicalType":"uuid"}},{"name":"price","type":[{"type":"bytes","logicalType":"decimal","precision":4,"scale":1},"null"]},{"name":"halves","type":{"type":"fixed","name":"Half","size":2}}]}"#,
    );
    check::<Colour>(r#"{"type":"enum","name":"Colour","symbols":["red","green"],"default":"red"}"#);
    check::<Nothing>(r#"{"type":"record","name":"Nothing","fields":[]}"#);
    check::<Name>(r#""string""#);
    check::<Named>(
        r#"{"type":"record","name":"Named","fields":[{"name":"name","type":"string"},{"name":"other","type":["null","string"]}]}"#,
    );
    fn check<T: AvroType>(expected: &str) {
        assert_eq!(T::schema().json, expected);
    }
}

#[derive(Avro, Debug, PartialEq)]
struct Narrow {
    #[avro(as = avro::Int)]
    byte: u8,
    large: u32,
}

#[test]
fn narrow_numbers_are_checked_when_they_are_read() {
    let narrow = Narrow { byte: 255, large: u32::MAX };
    let bytes = to_vec(&narrow).unwrap();
    assert_eq!(from_slice::<Narrow>(&bytes).unwrap(), narrow);
    for (datum, path, value) in [(&[1, 0], "Narrow.byte: ", -1), (&[2, 1], "Narrow.large: ", -1)] {
        let error = from_slice::<Narrow>(datum).unwrap_err();
        assert!(error.to_string().starts_with(path), "{error}");
        assert!(matches!(error.kind(), DecodeErrorKind::NumberOutOfRange { value: found, .. } if *found == value));
    }
}

// Generated types in a derived one; the generated map has no name.
#[derive(Avro, Debug, PartialEq)]
#[avro(namespace = "lab")]
struct Series {
    first: Measurement,
    others: Vec<Option<Measurement>>,
    unit: Unit,
    bundle: Bundle,
}

#[test]
fn generated_types_can_be_fields() {
    assert_eq!(
        Series::schema().json,
        r#"{"type":"record","name":"Series","namespace":"lab","fields":[{"name":"first","type":{"type":"record","name":"Measurement","doc":"One value that an instrument showed.","fields":[{"name":"value","type":"double"},{"name":"unit","type":{"type":"enum","name":"Unit","symbols":["CELSIUS","KELVIN"]}},{"name":"note","type":["null","string"],"default":null}]}},{"name":"others","type":{"type":"array","items":["null","Measurement"]}},{"name":"unit","type":"Unit"},{"name":"bundle","type":{"type":"map","values":{"type":"array","items":["null",{"type":"record","name":"Card","namespace":"shop","fields":[{"name":"number","type":"string"}]},"long","string"]}}}]}"#
    );
    let measurement = Measurement { value: 1.5, unit: Unit::Celsius, note: None };
    let others = vec![None, Some(measurement.clone())];
    let series = Series { first: measurement, others, unit: Unit::Kelvin, bundle: Bundle(Default::default()) };
    assert_eq!(from_slice::<Series>(&to_vec(&series).unwrap()).unwrap(), series);
}

mod one {
    #[derive(avro_derive::Avro)]
    pub(super) struct Item {
        pub(super) id: i64,
    }
}

mod two {
    #[derive(avro_derive::Avro)]
    pub(super) struct Item {
        pub(super) id: i32,
    }
}

// Two Rust types of one Avro name that differ.
#[derive(Avro)]
struct Clash {
    one: one::Item,
    two: two::Item,
}

// A default that only the type's definition shows to be none.
#[derive(Avro)]
struct Defaulted {
    #[avro(default = r#"{"number": 3}"#)]
    item: one::Item,
}

#[test]
fn what_no_macro_can_see_is_said_when_the_schema_is_made() {
    check::<Clash>(&[
        "schema::Clash has no valid Avro schema",
        "two::Item: `Item` is defined twice, and differently: field `id` has another type",
        "one::Item: first definition",
    ]);
    check::<Defaulted>(&["schema::Defaulted: ", "default", "`id`"]);
    fn check<T: AvroType>(expected: &[&str]) {
        let panic = catch_unwind(T::schema).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        for part in expected {
            assert!(message.contains(part), "no {part} in {message}");
        }
    }
    let clash = Clash { one: one::Item { id: 1 }, two: two::Item { id: 2 } };
    assert_eq!(to_vec(&clash).unwrap().len(), 2, "only the schema is wrong");
}

// Several Rust types may stand for one Avro type.
#[derive(Avro)]
struct Both<'a> {
    owned: Named,
    borrowed: borrowed::Named<'a>,
}

mod borrowed {
    #[derive(avro_derive::Avro)]
    pub(super) struct Named<'a> {
        pub(super) name: &'a str,
        pub(super) other: Option<&'a str>,
    }
}

#[test]
fn an_owned_and_a_borrowed_type_may_share_a_name() {
    assert!(Both::schema().json.ends_with(r#"{"name":"borrowed","type":"Named"}]}"#));
    let named = Named { name: Name("a".into()), other: None };
    let both = Both { owned: named, borrowed: borrowed::Named { name: "b", other: Some("c") } };
    let bytes = to_vec(&both).unwrap();
    let read: Both<'_> = from_slice(&bytes).unwrap();
    assert_eq!((&*read.owned.name.0, read.borrowed.name, read.borrowed.other), ("a", "b", Some("c")));
}
