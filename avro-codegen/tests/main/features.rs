//! Values of the golden types have the bytes that the specification says, and come back the same by every way.

use std::collections::HashMap;
use std::fmt::Debug;

use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{date, time};
use avro_typed::{AvroType, DecodeBorrowed, DecodeOwned, Duration, Encode, Sole};

use crate::golden::generated::{
    collisions, decimals, defaults_of_logical_types, defaults_of_unions, duration, enums, nullable, required, roots,
    times, unions, uuids,
};
use crate::round_trip;

/// The bytes of `value`, after it has come back by every way.
#[track_caller]
fn check<T>(value: &T, expected: &[u8])
where
    T: Encode
        + DecodeOwned
        + DecodeBorrowed
        + AvroType
        + Debug
        + PartialEq
        + serde::Serialize
        + serde::de::DeserializeOwned,
{
    round_trip::check(value);
    assert_eq!(avro_typed::to_vec(value).unwrap(), expected, "{value:?}");
}

#[test]
fn each_branch_of_a_union_has_its_index() {
    use unions::golden::left::LeftAOrRightA;
    use unions::golden::{BooleanOrIntOrLongOrFloatOrOther as Many, E, F, Unions, left, right};
    use unions::{
        BytesOrString, DateOrTimestampMillisOrUuid, FloatOrDouble, IntOrLong, IntOrLongOrStringMap, LongOrString,
    };

    let first = Unions {
        numbers: IntOrLong::Int(1),
        numbers_again: None,
        floats: FloatOrDouble::Float(0.0),
        texts: BytesOrString::Bytes(vec![255]),
        same_shape: LeftAOrRightA::LeftA(left::A { x: 1 }),
        one: Sole("a".to_owned()),
        many: None,
        nested: Vec::new(),
        nothing: Vec::new(),
        logical: DateOrTimestampMillisOrUuid::Date(date(1970, 1, 2)),
    };
    let same = |floats: &[u8]| [&[0, 2, 0][..], floats].concat();
    check(
        &first,
        &[&same(&[0, 0, 0, 0, 0])[..], &[0, 2, 255], &[0, 2], &[0, 2, b'a'], &[0], &[0], &[0], &[0, 2]].concat(),
    );

    let second = Unions {
        numbers: IntOrLong::Long(1),
        numbers_again: Some(IntOrLong::Long(1)),
        floats: FloatOrDouble::Double(0.0),
        texts: BytesOrString::String("b".to_owned()),
        same_shape: LeftAOrRightA::RightA(right::A { x: 1 }),
        many: Some(Many::Boolean(true)),
        nested: vec![
            IntOrLongOrStringMap::Int(1),
            IntOrLongOrStringMap::Map(HashMap::from([("k".to_owned(), LongOrString::String("v".to_owned()))])),
        ],
        logical: DateOrTimestampMillisOrUuid::TimestampMillis(Timestamp::from_millisecond(1).unwrap()),
        ..first.clone()
    };
    let nested = [4, 0, 2, 2, 2, 2, b'k', 2, 2, b'v', 0, 0];
    let floats = [2, 0, 0, 0, 0, 0, 0, 0, 0];
    check(
        &second,
        &[&[2, 2, 4, 2][..], &floats, &[2, 2, b'b'], &[2, 2], &[0, 2, b'a'], &[2, 1], &nested, &[0], &[2, 2]].concat(),
    );

    for (index, many) in (1_u8..).zip([
        Many::Boolean(false),
        Many::Int(0),
        Many::Long(0),
        Many::Float(0.0),
        Many::Double(0.0),
        Many::Bytes(Vec::new()),
        Many::String(String::new()),
        Many::Array(Vec::new()),
        Many::Map(HashMap::new()),
        Many::E(E::A),
        Many::F(F([0])),
    ]) {
        let value = Unions { many: Some(many), ..first.clone() };
        round_trip::check(&value);
        // numbers, numbers_again, floats, texts, same_shape and one stand before it.
        assert_eq!(avro_typed::to_vec(&value).unwrap()[16], 2 * index, "{value:?}");
    }
}

#[test]
fn a_value_becomes_its_branch() {
    use unions::{BytesOrString, IntOrLong};
    assert_eq!(IntOrLong::from(1_i64), IntOrLong::Long(1));
    assert_eq!(BytesOrString::from("x".to_owned()), BytesOrString::String("x".to_owned()));
}

#[test]
fn null_is_a_branch_wherever_it_stands() {
    use nullable::IntOrString;
    use nullable::golden::Nullable;
    let nothing = Nullable {
        first: None,
        last: None,
        middle: None,
        first_of_three: None,
        last_of_three: None,
        array: None,
        only: Sole(()),
    };
    check(&nothing, &[0, 2, 2, 0, 4, 0, 0]);
    let int = || Some(IntOrString::Int(1));
    let text = || Some(IntOrString::String("a".to_owned()));
    let ints = Nullable { middle: int(), first_of_three: int(), last_of_three: int(), ..nothing.clone() };
    check(&ints, &[0, 2, 0, 2, 2, 2, 0, 2, 0, 0]);
    let texts = Nullable { middle: text(), first_of_three: text(), last_of_three: text(), ..nothing };
    check(&texts, &[0, 2, 4, 2, b'a', 4, 2, b'a', 2, 2, b'a', 0, 0]);
}

#[test]
fn every_kind_of_root() {
    check(&roots::DailyPrices(vec![0.0]), &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    check(&roots::RootMap(HashMap::from([("a".to_owned(), None)])), &[2, 2, b'a', 0, 0]);
    check(&roots::RootUnion::String("a".to_owned()), &[0, 2, b'a']);
    check(&roots::RootUnion::Click(roots::golden::Click { x: 1 }), &[2, 2]);
    check(&roots::RootNullableUnion(None), &[0]);
    check(&roots::RootNullableUnion(Some(roots::IntOrString::String("a".to_owned()))), &[4, 2, b'a']);
    check(&roots::RootNullable(Some("a".to_owned())), &[2, 2, b'a']);
    check(&roots::RootPrimitive(-1), &[1]);
    check(&roots::RootLogical(Timestamp::from_microsecond(1).unwrap()), &[2]);
    check(&roots::RootNull(()), &[]);
    check(&roots::RootOneBranch(Sole("a".to_owned())), &[0, 2, b'a']);
    let chain = roots::golden::Chain { next: Some(Box::new(roots::golden::Chain { next: None })) };
    check(&roots::RootRecursive(Some(chain)), &[2, 2, 0]);
    check(&roots::golden::Level::VeryHigh, &[2]);
    check(&roots::golden::Hash([7; 16]), &[7; 16]);
}

#[test]
fn a_type_without_values_refuses_all_data() {
    assert!(avro_typed::from_slice::<roots::Nothing>(&[0]).is_err());
    assert!(avro_typed::from_slice::<enums::golden::Nothing>(&[0]).is_err());
    assert!(serde_json::from_str::<roots::Nothing>("{\"string\": \"a\"}").is_err());
    assert!(serde_json::from_str::<enums::golden::Nothing>("\"A\"").is_err());
    let value =
        enums::golden::Enums { suit: enums::golden::Suit::Clubs, only: enums::golden::Only::One, nothing: None };
    check(&value, &[6, 0, 0]);
}

#[test]
fn dates_and_times() {
    let moment = Timestamp::new(1, 0).unwrap();
    let local = date(1970, 1, 1).at(0, 0, 1, 0);
    let value = times::golden::Times {
        date: date(1969, 12, 31),
        time_millis: time(0, 0, 0, 1_000_000),
        time_micros: time(0, 0, 0, 1_000),
        timestamp_millis: moment,
        timestamp_micros: moment,
        timestamp_nanos: Timestamp::new(0, 1).unwrap(),
        local_timestamp_millis: local,
        local_timestamp_micros: local,
        local_timestamp_nanos: date(1970, 1, 1).at(0, 0, 0, 1),
        maybe: Some(date(1970, 1, 1)),
        many: vec![moment],
    };
    let (second_in_millis, second_in_micros) = ([0xd0, 0x0f], [0x80, 0x89, 0x7a]);
    let expected = [
        &[1, 2, 2][..],
        &second_in_millis,
        &second_in_micros,
        &[2],
        &second_in_millis,
        &second_in_micros,
        &[2],
        &[2, 0],
        &[2],
        &second_in_millis,
        &[0],
    ];
    check(&value, &expected.concat());
}

#[test]
fn numbers_and_identifiers() {
    let value = decimals::golden::Decimals {
        small: "-1.23".parse().unwrap(),
        whole: "300".parse().unwrap(),
        large: "0.0000000001".parse().unwrap(),
        fixed: "0.0001".parse().unwrap(),
        large_fixed: "-1".parse().unwrap(),
        any: "1.5".parse().unwrap(),
        again: Some(vec!["-0.0001".parse().unwrap()]),
    };
    let expected = [
        &[2, 0x85][..],
        &[4, 0x01, 0x2c],
        &[2, 1],
        &[0, 0, 0, 0, 0, 0, 0, 1],
        &[255; 20],
        &[6, 2, 15, 2], // three bytes: the unscaled value 15 in one byte, and the scale 1
        &[0, 2],
        &[255; 8],
        &[0],
    ];
    check(&value, &expected.concat());

    let id = "a4818e1c-8e59-11eb-8dcd-0242ac130003";
    let id_bytes = 0xa481_8e1c_8e59_11eb_8dcd_0242_ac13_0003_u128.to_be_bytes();
    let parsed = id.parse().unwrap();
    let value = uuids::golden::Uuids { text: parsed, bytes: parsed, maybe: None, many: vec![parsed] };
    check(&value, &[&[72][..], id.as_bytes(), &id_bytes, &[0, 2], &id_bytes, &[0]].concat());
    check(&uuids::golden::Id(parsed), &id_bytes);

    let period = Duration { months: 1, days: 2, millis: 3 };
    let value = duration::golden::Durations { period, maybe: None };
    check(&value, &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0]);
}

#[test]
fn a_default_of_a_union_is_of_the_first_branch_that_takes_it() {
    use defaults_of_unions::golden::{Point, Switch, SwitchOrString, UnionDefaults};
    use defaults_of_unions::{BytesOrString, IntOrString};
    let value = UnionDefaults::default();
    assert_eq!(value.number, IntOrString::Int(7));
    assert_eq!(value.text, Some(IntOrString::String("seven".to_owned())));
    assert_eq!(value.nothing, None);
    assert_eq!(value.one, Sole("only".to_owned()));
    assert_eq!(value.bytes, BytesOrString::Bytes(vec![0xff]));
    assert_eq!(value.symbol, SwitchOrString::Switch(Switch::Off));
    assert_eq!(value.list, Some(vec![IntOrString::Int(1), IntOrString::Int(2)]));
    assert_eq!(value.record, Some(Point { x: 1 }));
    round_trip::check(&value);
}

#[test]
fn defaults_of_logical_types_have_their_rust_types() {
    let value = defaults_of_logical_types::golden::LogicalDefaults::default();
    assert_eq!(value.amount.to_string(), "-1.23");
    assert_eq!(value.huge.to_string(), "0.01");
    assert_eq!(value.money.to_string(), "1.00");
    assert_eq!(value.any.to_string(), "0.15");
    assert_eq!(value.id.to_string(), "a4818e1c-8e59-11eb-8dcd-0242ac130003");
    assert_eq!(value.day, date(1969, 12, 31));
    assert_eq!(value.noon, time(12, 0, 0, 0));
    assert_eq!(value.late, time(23, 59, 59, 999_999_000));
    assert_eq!(value.at_nanos.as_nanosecond(), i128::from(i64::MAX));
    assert_eq!(value.local, date(1970, 1, 1).at(0, 0, 0, 0));
    assert_eq!(value.period, Duration { months: 1, days: 2, millis: 3 });
    round_trip::check(&value);
}

#[test]
fn required_fields_are_enough() {
    use required::golden::{Reading, ReadingRequired};
    let at = Timestamp::UNIX_EPOCH;
    let value = Reading { note: Some("noted".to_owned()), ..ReadingRequired { id: 1, at }.with_defaults() };
    assert_eq!(value, Reading { id: 1, note: Some("noted".to_owned()), at, r#type: "plain".to_owned() });
}

/// Names that are spelled like the Rust identifier keep it; the others are numbered.
#[test]
fn names_that_collide_keep_their_avro_names() {
    use collisions::golden::{FieldsRequired, Symbols};
    let value = FieldsRequired {
        order_id: 2,
        order_id_2: 4,
        order_id_3: 1,
        order_id_4: 3,
        __: 5,
        ___: 6,
        _1: 7,
        self_: 9,
        self_2: 8,
    };
    let value = value.with_defaults();
    check(&value, &[2, 4, 6, 8, 10, 12, 14, 16, 18, 2, 4]);
    let json = serde_json::to_value(&value).unwrap();
    for (name, number) in
        [("orderId", 1), ("order_id", 2), ("OrderID", 3), ("order_id_2", 4), ("self", 8), ("self_", 9)]
    {
        assert_eq!(json[name], number, "{name}");
    }
    let symbols =
        [(Symbols::NotFound, "NotFound"), (Symbols::NotFound2, "NOT_FOUND2"), (Symbols::NotFound3, "NOT_FOUND")];
    for (symbol, name) in symbols {
        assert_eq!(symbol.as_str(), name);
        round_trip::check(&symbol);
    }
}
