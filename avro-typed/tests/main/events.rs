//! Events: one of them, and any.

use avro_typed::bigdecimal::BigDecimal;
use avro_typed::bigdecimal::num_bigint::{BigInt, Sign};
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{Date, DateTime, Time, date, datetime, time};
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::{Uuid, uuid};
use avro_typed::{Duration, Sole};
use proptest::collection::{hash_map, vec};
use proptest::option;
use proptest::prelude::*;

use crate::generated::com::example::event::{Click, Event, Kind, Mark, StringOrIntOrClick};
use crate::generated::{BytesOrString, IntOrLong};
use crate::samples::{big_decimal, decimal};

/// An event that has a value in every field, and every branch somewhere.
pub(crate) fn event() -> Event {
    let click = StringOrIntOrClick::Click(Click { x: 3, y: -4 });
    Event {
        payload: click.clone(),
        before: Some(StringOrIntOrClick::String("before".to_owned())),
        between: Some(StringOrIntOrClick::Int(7)),
        history: vec![
            None,
            Some(click),
            Some(StringOrIntOrClick::Int(-1)),
            Some(StringOrIntOrClick::String(String::new())),
        ],
        number: IntOrLong::Long(5),
        raw: BytesOrString::String("text".to_owned()),
        only: Sole("one".to_owned()),
        maybe: Some(2.5),
        parts: vec![vec![0, 255], Vec::new()],
        keys: [("b".to_owned(), vec![128, 2])].into(),
        mark: Some(Mark([1, 2, 3, 255])),
        marks: vec![Mark([0; 4]), Mark([255; 4])],
        kind: Kind::Robot,
        id: uuid!("067e6162-3b6f-4ae2-a171-2470b63dff00"),
        session: uuid!("ffffffff-ffff-4fff-bfff-ffffffffffff"),
        price: decimal("-1234.50"),
        fee: decimal("0.0001"),
        total: Some(big_decimal("-1234567890123456789012345678901234.567890")),
        tax: big_decimal("9999999999999999999999999999.9999999999"),
        exact: big_decimal("12345678901234567890.123456789"),
        lasted: Duration { months: 14, days: 3, millis: u32::MAX },
        day: date(1969, 12, 31),
        time_millis: time(23, 59, 59, 999_000_000),
        time_micros: time(0, 0, 0, 1_000),
        at_millis: Timestamp::constant(1_760_000_000, 123_000_000),
        at_micros: Timestamp::constant(-1, -1_000),
        at_nanos: Timestamp::constant(1, 1),
        local_millis: datetime(2024, 2, 29, 12, 0, 0, 1_000_000),
        local_micros: datetime(9999, 12, 31, 23, 59, 59, 999_999_000),
        local_nanos: datetime(1970, 1, 1, 0, 0, 0, 1),
    }
}

fn clicks() -> impl Strategy<Value = Click> {
    any::<(i32, i32)>().prop_map(|(x, y)| Click { x, y })
}

pub(crate) fn unions() -> impl Strategy<Value = StringOrIntOrClick> {
    prop_oneof![
        any::<String>().prop_map(StringOrIntOrClick::String),
        any::<i32>().prop_map(StringOrIntOrClick::Int),
        clicks().prop_map(StringOrIntOrClick::Click),
    ]
}

fn numbers() -> impl Strategy<Value = IntOrLong> {
    prop_oneof![any::<i32>().prop_map(IntOrLong::Int), any::<i64>().prop_map(IntOrLong::Long)]
}

fn raws() -> impl Strategy<Value = BytesOrString> {
    prop_oneof![any::<Vec<u8>>().prop_map(BytesOrString::Bytes), any::<String>().prop_map(BytesOrString::String)]
}

fn marks() -> impl Strategy<Value = Mark> {
    any::<[u8; 4]>().prop_map(Mark)
}

pub(crate) fn uuids() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

pub(crate) fn durations() -> impl Strategy<Value = Duration> {
    any::<[u32; 3]>().prop_map(|[months, days, millis]| Duration { months, days, millis })
}

/// Integers of up to so many decimal digits, of all sizes.
fn integers(digits: u32) -> impl Strategy<Value = BigInt> {
    (any::<bool>(), vec(any::<u32>(), 0..60), 0..=digits).prop_map(|(negative, words, digits)| {
        let magnitude = BigInt::from_slice(if negative { Sign::Minus } else { Sign::Plus }, &words);
        magnitude % BigInt::from(10).pow(digits)
    })
}

pub(crate) fn big_decimals(digits: u32, scale: impl Strategy<Value = i64>) -> impl Strategy<Value = BigDecimal> {
    (integers(digits), scale).prop_map(|(integer, scale)| BigDecimal::new(integer, scale))
}

fn decimals(digits: u32, scale: u32) -> impl Strategy<Value = Decimal> {
    let limit = 10_i128.pow(digits);
    (1 - limit..limit).prop_map(move |unscaled| Decimal::from_i128_with_scale(unscaled, scale))
}

fn dates() -> impl Strategy<Value = Date> {
    (1_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

/// Times whose fraction is a whole number of units of so many nanoseconds.
fn times(unit: i32) -> impl Strategy<Value = Time> {
    (0_i8..24, 0_i8..60, 0_i8..60, 0..1_000_000_000 / unit)
        .prop_map(move |(hour, minute, second, fraction)| time(hour, minute, second, fraction * unit))
}

fn timestamps(unit: i32, seconds: std::ops::Range<i64>) -> impl Strategy<Value = Timestamp> {
    (seconds, 0..1_000_000_000 / unit)
        .prop_map(move |(second, fraction)| Timestamp::new(second, fraction * unit).expect("a time in range"))
}

fn local_times(unit: i32, years: std::ops::Range<i16>) -> impl Strategy<Value = DateTime> {
    (years, 1_i8..=12, 1_i8..=28, times(unit))
        .prop_map(|(year, month, day, time)| date(year, month, day).to_datetime(time))
}

const ALL_SECONDS: std::ops::Range<i64> = -377_705_023_201..253_402_207_200;

/// What a `long` of nanoseconds reaches.
const NANOS_SECONDS: std::ops::Range<i64> = -9_223_372_036..9_223_372_036;

prop_compose! {
    /// The map has at most one entry, since others write entries in another order.
    pub(crate) fn events()(
        (payload, before, between) in (unions(), option::of(unions()), option::of(unions())),
        (history, number, raw, only) in (vec(option::of(unions()), 0..4), numbers(), raws(), any::<String>()),
        maybe in option::of(any::<f64>().prop_filter("not a number equals nothing", |number| !number.is_nan())),
        (parts, keys) in (vec(any::<Vec<u8>>(), 0..4), hash_map(any::<String>(), any::<Vec<u8>>(), 0..=1)),
        (mark, marks) in (option::of(marks()), vec(marks(), 0..4)),
        kind in prop_oneof![Just(Kind::Human), Just(Kind::Robot)],
        (id, session, lasted) in (uuids(), uuids(), durations()),
        (price, fee) in (decimals(12, 2), decimals(18, 4)),
        (total, tax, exact) in (
            option::of(big_decimals(40, Just(6))), big_decimals(38, Just(10)), big_decimals(200, -300_i64..300),
        ),
        (day, time_millis, time_micros) in (dates(), times(1_000_000), times(1_000)),
        (at_millis, at_micros, at_nanos) in (
            timestamps(1_000_000, ALL_SECONDS), timestamps(1_000, ALL_SECONDS), timestamps(1, NANOS_SECONDS),
        ),
        (local_millis, local_micros, local_nanos) in (
            local_times(1_000_000, 1..9999), local_times(1_000, 1..9999), local_times(1, 1700..2200),
        ),
    ) -> Event {
        Event {
            payload, before, between, history, number, raw, only: Sole(only), maybe, parts, keys, mark, marks, kind,
            id, session, price, fee, total, tax, exact, lasted, day, time_millis, time_micros, at_millis, at_micros,
            at_nanos, local_millis, local_micros, local_nanos,
        }
    }
}
