//! How values look in formats for people, JSON here, and in others, CBOR here. What a format that knows the schema
//! makes of them is in `apache`.

use std::collections::BTreeMap;
use std::sync::Arc;

use avro_typed::__private::{As, DeserializeAs, Plain, SerializeAs, Value};
use avro_typed::avro::{self, Array, Bytes, Fixed, Map, Nullable, NullableUnion, Str};
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::rust_decimal::Decimal;
use avro_typed::serde::{Serialize, de::DeserializeOwned};
use avro_typed::uuid::{Uuid, uuid};
use avro_typed::{Duration, Sole};
use ciborium::Value as Cbor;
use proptest::prelude::*;
use serde_json::json;

use crate::events::{event, events};
use crate::generated::com::example::event::{Click, Event, Kind, Mark, StringOrIntOrClick};
use crate::samples::{big_decimal, decimal};

fn to_cbor<T: Serialize>(value: &T) -> Cbor {
    Cbor::serialized(value).expect("a value as CBOR")
}

/// Both forms, and back.
#[track_caller]
fn check<A: ?Sized, T>(value: T, json: serde_json::Value, cbor: Cbor)
where
    T: SerializeAs<A> + for<'de> DeserializeAs<'de, A> + PartialEq + std::fmt::Debug,
{
    assert_eq!(serde_json::to_value(As::<A, T>::new(&value)).expect("a value as JSON"), json);
    assert_eq!(serde_json::from_value::<Value<A, T>>(json).expect("a value from JSON").0, value);
    assert_eq!(to_cbor(&As::<A, T>::new(&value)), cbor);
    assert_eq!(cbor.deserialized::<Value<A, T>>().expect("a value from CBOR").0, value);
}

fn bytes(bytes: &[u8]) -> Cbor {
    Cbor::Bytes(bytes.to_vec())
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.to_owned())
}

/// One entry of a map, as which CBOR has a variant.
fn variant(name: &str, value: Cbor) -> Cbor {
    Cbor::Map(vec![(text(name), value)])
}

#[test]
fn bytes_are_bytes() {
    check::<Bytes, Vec<u8>>(vec![0, 255], json!([0, 255]), bytes(&[0, 255]));
    check::<Bytes, Arc<[u8]>>([0, 255].into(), json!([0, 255]), bytes(&[0, 255]));
    check::<Bytes, Box<[u8]>>([0, 255].into(), json!([0, 255]), bytes(&[0, 255]));
    check::<Fixed<2>, [u8; 2]>([0, 255], json!([0, 255]), bytes(&[0, 255]));
    check::<Array<Bytes>, _>(vec![vec![1_u8]], json!([[1]]), Cbor::Array(vec![bytes(&[1])]));
    check::<Array<Fixed<1>>, _>(vec![[1_u8]], json!([[1]]), Cbor::Array(vec![bytes(&[1])]));
    check::<Map<Bytes>, _>(
        BTreeMap::from([("a".to_owned(), vec![1_u8])]),
        json!({"a": [1]}),
        variant("a", bytes(&[1])),
    );
    check::<Nullable<Bytes, 1>, _>(Some(vec![1_u8]), json!([1]), bytes(&[1]));
    check::<Nullable<Bytes, 1>, _>(None::<Vec<u8>>, json!(null), Cbor::Null);
    #[cfg(feature = "bytes")]
    check::<Bytes, bytes::Bytes>(vec![0, 255].into(), json!([0, 255]), bytes(&[0, 255]));
    let mark = Mark([1, 2, 3, 4]);
    check::<Mark, _>(mark, json!([1, 2, 3, 4]), bytes(&[1, 2, 3, 4]));
    check::<Nullable<Mark, 0>, _>(Some(mark), json!([1, 2, 3, 4]), bytes(&[1, 2, 3, 4]));
}

#[test]
fn values_that_look_as_usual() {
    check::<avro::Null, _>((), json!(null), Cbor::Null);
    check::<avro::Boolean, _>(true, json!(true), Cbor::Bool(true));
    check::<avro::Int, _>(-1_i32, json!(-1), (-1).into());
    check::<avro::Int, _>(7_u8, json!(7), 7.into());
    check::<avro::Long, _>(-1_i64, json!(-1), (-1).into());
    check::<avro::Double, _>(0.5, json!(0.5), 0.5.into());
    check::<Str, _>("a".to_owned(), json!("a"), text("a"));
    check::<Str, Box<str>>("a".into(), json!("a"), text("a"));
    check::<Str, Arc<str>>("a".into(), json!("a"), text("a"));
    check::<Kind, _>(Kind::Robot, json!("ROBOT"), text("ROBOT"));
    check::<Array<Kind>, _>(vec![Arc::new(Kind::Robot)], json!(["ROBOT"]), Cbor::Array(vec![text("ROBOT")]));
    check::<Map<avro::Long>, _>(
        BTreeMap::from([(Arc::<str>::from("a"), Box::new(1_i64))]),
        json!({"a": 1}),
        variant("a", 1.into()),
    );
    // A user's own type, for which a `Vec<u8>` is a sequence.
    check::<Array<Plain>, _>(vec![vec![1_u8]], json!([[1]]), Cbor::Array(vec![Cbor::Array(vec![1.into()])]));
}

#[test]
fn logical_types_are_for_people_or_for_the_schema() {
    const ID: Uuid = uuid!("067e6162-3b6f-4ae2-a171-2470b63dff00");
    check::<avro::Uuid<Str>, _>(ID, json!(ID.to_string()), text(&ID.to_string()));
    check::<avro::Uuid<Fixed<16>>, _>(ID, json!(ID.to_string()), bytes(ID.as_bytes()));
    check::<avro::Decimal<Bytes, 9, 2>, Decimal>(decimal("-1.28"), json!("-1.28"), bytes(&[0x80]));
    check::<avro::Decimal<Fixed<2>, 4, 2>, Decimal>(decimal("-1.28"), json!("-1.28"), bytes(&[0xff, 0x80]));
    check::<avro::Decimal<Bytes, 40, 2>, BigDecimal>(big_decimal("-1.28"), json!("-1.28"), bytes(&[0x80]));
    check::<avro::Decimal<Fixed<2>, 4, 2>, BigDecimal>(big_decimal("-1.28"), json!("-1.28"), bytes(&[0xff, 0x80]));
    check::<avro::BigDecimal, _>(big_decimal("-1.28"), json!("-1.28"), bytes(&[2, 0x80, 4]));
    let lasted = Duration { months: 1, days: 2, millis: 3 };
    check::<avro::Duration, _>(
        lasted,
        json!({"months": 1, "days": 2, "millis": 3}),
        bytes(&[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]),
    );
    let event = event();
    check::<avro::Date, _>(event.day, json!("1969-12-31"), (-1).into());
    check::<avro::TimeMillis, _>(event.time_millis, json!("23:59:59.999"), 86_399_999.into());
    check::<avro::TimeMicros, _>(event.time_micros, json!("00:00:00.000001"), 1.into());
    check::<avro::TimestampMillis, _>(event.at_millis, json!("2025-10-09T08:53:20.123Z"), 1_760_000_000_123_i64.into());
    check::<avro::TimestampMicros, _>(event.at_micros, json!("1969-12-31T23:59:58.999999Z"), (-1_000_001).into());
    check::<avro::TimestampNanos, _>(event.at_nanos, json!("1970-01-01T00:00:01.000000001Z"), 1_000_000_001.into());
    check::<avro::LocalTimestampNanos, _>(event.local_nanos, json!("1970-01-01T00:00:00.000000001"), 1.into());
    check::<Array<avro::Date>, _>(vec![event.day], json!(["1969-12-31"]), Cbor::Array(vec![(-1).into()]));
}

#[test]
fn unions_have_the_name_of_the_branch() {
    type Union = StringOrIntOrClick;
    let click = || Union::Click(Click { x: 1, y: 2 });
    let json_click = json!({"com.example.event.Click": {"x": 1, "y": 2}});
    let cbor_click = variant("com.example.event.Click", Cbor::Map(vec![(text("x"), 1.into()), (text("y"), 2.into())]));
    check::<Union, _>(Union::String("a".to_owned()), json!({"string": "a"}), variant("string", text("a")));
    check::<Union, _>(click(), json_click.clone(), cbor_click.clone());
    check::<Union, _>(Box::new(click()), json_click.clone(), cbor_click.clone());
    check::<NullableUnion<Union, 1>, _>(Some(click()), json_click.clone(), cbor_click.clone());
    check::<NullableUnion<Union, 1>, _>(Some(Arc::new(click())), json_click, cbor_click);
    check::<NullableUnion<Union, 1>, _>(None::<Union>, json!(null), text("null"));
    check::<NullableUnion<Union, 3>, _>(Some(Union::Int(1)), json!({"int": 1}), variant("int", 1.into()));
    check::<avro::Sole<Str>, _>(Sole("a".to_owned()), json!("a"), variant("value", text("a")));
    check::<avro::Sole<Bytes>, _>(Sole(vec![1_u8]), json!([1]), variant("value", bytes(&[1])));
}

/// JSON that is not a value of the type, for this reason.
#[track_caller]
fn check_wrong<A: ?Sized, T: for<'de> DeserializeAs<'de, A> + std::fmt::Debug>(json: &str, expected: &str) {
    let message = serde_json::from_str::<Value<A, T>>(json).expect_err(expected).to_string();
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn json_that_is_wrong() {
    type Union = StringOrIntOrClick;
    check_wrong::<Union, Union>(
        r#"{"bytes": [1]}"#,
        "unknown variant `bytes`, expected one of `string`, `int`, `com.example.event.Click`",
    );
    check_wrong::<Union, Union>(r#"{"int": "a"}"#, "invalid type: string \"a\", expected i32");
    check_wrong::<Union, Union>("null", "expected value at line 1 column 1");
    check_wrong::<NullableUnion<Union, 0>, Option<Union>>(r#"{"null": null}"#, "unknown variant `null`");
    check_wrong::<Bytes, Vec<u8>>("[256]", "invalid value: integer `256`, expected u8");
    check_wrong::<Fixed<2>, [u8; 2]>("[1]", "invalid length 1, expected 2 bytes");
    check_wrong::<avro::Uuid<Str>, Uuid>(r#""1-1-1-1-1""#, r#""1-1-1-1-1" is not a UUID"#);
    check_wrong::<avro::Date, avro_typed::jiff::civil::Date>("3", "invalid type: integer `3`");
    check_wrong::<Array<avro::Int>, Vec<i32>>("3", "invalid type: integer `3`, expected an array");
    check_wrong::<Map<avro::Int>, BTreeMap<String, i32>>("3", "invalid type: integer `3`, expected a map");
    check_wrong::<Event, Event>(r#"{"parts": [], "parts": []}"#, "duplicate field `parts`");
    check_wrong::<Event, Event>(r#"{"parts": []}"#, "missing field `payload`");
    check_wrong::<avro::Duration, Duration>(r#"{"months": 1, "days": 2}"#, "missing field `millis`");
}

/// Text may not cost more than its length, whatever is done with the number.
#[test]
fn huge_numbers_in_text() {
    for text in
        [r#""1e999999999""#, r#""1e-999999999""#, r#""1e10001""#, r#""1e-10001""#, r#""1e99999999999999999999""#]
    {
        let read = serde_json::from_str::<Value<avro::BigDecimal, BigDecimal>>(text);
        assert!(read.is_err(), "{text}");
        let read = serde_json::from_str::<Value<avro::Decimal<Bytes, 40, 2>, BigDecimal>>(text);
        assert!(read.is_err(), "{text}");
    }
    let long = format!("\"{}\"", "9".repeat(1 << 20));
    check_wrong::<avro::BigDecimal, BigDecimal>(
        &long,
        "invalid length 1048576, expected a decimal number of at most 10240 characters",
    );
    let read = |json: &str| serde_json::from_str::<Value<avro::BigDecimal, BigDecimal>>(json).map(|value| value.0).ok();
    assert_eq!(read("15"), Some(big_decimal("15")));
    assert_eq!(read("-15"), Some(big_decimal("-15")));
    assert_eq!(read("0.5"), Some(big_decimal("0.5")));
    assert_eq!(read(r#""1e10000""#), Some(big_decimal("1e10000")));
}

/// What does not fit the schema is an error in the form for the schema.
#[test]
fn values_that_do_not_fit() {
    type Money = avro::Decimal<Bytes, 4, 2>;
    let message = |value: Decimal| Cbor::serialized(&As::<Money, _>::new(&value)).map_err(|error| error.to_string());
    let expected = "1.001 does not fit decimal(4, 2) without rounding; round it first";
    assert!(message(decimal("1.001")).is_err_and(|message| message.contains(expected)));
    assert!(bytes(&[0x27, 0x10]).deserialized::<Value<Money, Decimal>>().is_err());
    assert!(Cbor::from(i64::MAX).deserialized::<Value<avro::TimestampMillis, avro_typed::jiff::Timestamp>>().is_err());
}

fn through_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let json = serde_json::to_string(value).expect("a value as JSON");
    serde_json::from_str(&json).expect("a value from JSON")
}

#[test]
fn an_event_both_ways() {
    assert_eq!(through_json(&event()), event());
    assert_eq!(to_cbor(&event()).deserialized::<Event>().expect("an event"), event());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn events_both_ways(mut event in events()) {
        prop_assert_eq!(to_cbor(&event).deserialized::<Event>()?, event.clone());
        // JSON has no infinities, and the parser is not built for the last bit of a double.
        event.maybe = event.maybe.map(|number| f64::from(number.to_bits().leading_zeros()));
        prop_assert_eq!(through_json(&event), event);
    }
}

/// Unions of so many branches that the lists of their names with `null` are made in different ways. No branch has a
/// value.
mod large_unions {
    use std::cmp::Ordering;

    use apache_avro::from_value;
    use apache_avro::types::Value as Generic;
    use avro_typed::__private::{DeserializeUnion, Value};
    use avro_typed::avro::NullableUnion;
    use avro_typed::serde::de::VariantAccess;

    #[derive(Debug, PartialEq)]
    struct Many<const BRANCHES: usize>(usize);

    const DIGITS: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-*/!?";

    const NAMES: [&str; DIGITS.len()] = {
        let mut names = [""; DIGITS.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = DIGITS.split_at(index).1.split_at(1).0;
            index += 1;
        }
        names
    };

    impl<'de, const BRANCHES: usize> DeserializeUnion<'de> for Many<BRANCHES> {
        const NAME: &'static str = "Many";
        const BRANCH_NAMES: &'static [&'static str] = NAMES.split_at(BRANCHES).0;

        fn deserialize_branch<V: VariantAccess<'de>>(branch: usize, access: V) -> Result<Self, V::Error> {
            access.newtype_variant::<()>().map(|()| Many(branch))
        }
    }

    fn check<const BRANCHES: usize, const NULL_BRANCH: usize>() {
        for index in 0..=BRANCHES {
            let value = Generic::Union(u32::try_from(index).expect("a small index"), Box::new(Generic::Null));
            let expected = match index.cmp(&NULL_BRANCH) {
                Ordering::Less => Some(Many(index)),
                Ordering::Equal => None,
                Ordering::Greater => Some(Many(index - 1)),
            };
            let read: Value<NullableUnion<Many<BRANCHES>, NULL_BRANCH>, Option<Many<BRANCHES>>> =
                from_value(&value).expect("a branch");
            assert_eq!(read.0, expected, "branch {index} of {BRANCHES} with null at {NULL_BRANCH}");
        }
    }

    #[test]
    fn every_branch_is_found() {
        check::<0, 0>();
        check::<2, 1>();
        check::<7, 3>();
        check::<8, 0>();
        check::<8, 8>();
        check::<63, 30>();
        check::<64, 64>();
        check::<68, 67>();
    }
}
