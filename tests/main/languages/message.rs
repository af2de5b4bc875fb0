//! The messages that are exchanged: samples of all types of `schemas/`, and of one that has every type of Avro.

use std::fmt::Debug;
use std::str::FromStr;

use avro_typed::Duration;
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{Date, DateTime, Time};
use avro_typed::jiff::tz::TimeZone;
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::Uuid;
use avro_typed::{AvroType, DecodeOwned, Encode};
use messages::com::example::customer::{Address, Customer, CustomerKey, Tier};
use messages::com::example::iot::SensorReading;
use messages::com::example::logs::{Level, LogEvent, RequestServed, ServiceDeployed};
use messages::com::example::settlement::{CustomerOrder, SettledAmount};
use messages::{LogRecord, SensorAlert, SeverityLevel};
use proptest::arbitrary::Arbitrary;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use super::normal::{Branch, Normal, array, branch, record, symbols, union};
use crate::oracle;
use every::{
    BooleanOrLongOrDoubleOrStringOrOther as Choice, Checksum, Color, EveryType, IntOrFloatOrColorOrChecksum as Narrow,
    Label, Point, Tree,
};

mod generated {
    avro_derive::include_schemas!("tests/languages/schemas");
}
pub(super) use generated::com::example::languages as every;

/// How many random values of each type there are, beside chosen ones.
const RANDOM: usize = 40;

/// A type whose values are sent.
pub(super) trait Message: Normal + AvroType + Encode + DecodeOwned + Debug + Send + Sync + Sized {
    /// The file of its schema, without the ending.
    const SCHEMA: &'static str;

    fn sample(draw: &mut Draw) -> Self;

    /// Values that random ones would miss.
    fn chosen() -> Vec<Self> {
        Vec::new()
    }

    /// The chosen values, and then random ones, which are the same in each run.
    fn samples() -> Vec<Self> {
        let mut draw = Draw(TestRunner::deterministic());
        let random = std::iter::repeat_with(|| Self::sample(&mut draw)).take(RANDOM);
        Self::chosen().into_iter().chain(random).collect()
    }
}

/// Random values.
pub(super) struct Draw(TestRunner);

impl Draw {
    fn from<T>(&mut self, strategy: impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).expect("a value").current()
    }

    fn any<T: Arbitrary>(&mut self) -> T {
        self.from(proptest::arbitrary::any::<T>())
    }

    /// A moment of the years 1 to 9999, in whole units of so many nanoseconds: what types of all languages can hold.
    fn instant(&mut self, unit: i128) -> Timestamp {
        let (first, last) = (-62_135_596_800_i128 * 1_000_000_000, last_second().as_nanosecond());
        let nanos = self.from(first..=last);
        Timestamp::from_nanosecond(nanos - nanos.rem_euclid(unit)).expect("it is in range")
    }

    /// A moment that fits into a long of nanoseconds.
    fn instant_nanos(&mut self) -> Timestamp {
        Timestamp::from_nanosecond(self.any::<i64>().into()).expect("it is in range")
    }

    fn time(&mut self, unit: i64) -> Time {
        let nanos = self.from(0..86_400_000_000_000_i64);
        Time::midnight() + avro_typed::jiff::SignedDuration::from_nanos(nanos - nanos % unit)
    }

    fn date(&mut self) -> Date {
        local(self.instant(1)).date()
    }

    fn decimal(&mut self, digits: u32, scale: u32) -> Decimal {
        let limit = 10_i128.pow(digits);
        Decimal::from_i128_with_scale(self.from(1 - limit..limit), scale)
    }

    fn texts(&mut self) -> Vec<String> {
        self.from(proptest::collection::vec(proptest::arbitrary::any::<String>(), 0..4))
    }
}

/// The last whole second of the Rust type, which ends a day before the year 9999 does.
fn last_second() -> Timestamp {
    Timestamp::from_second(Timestamp::MAX.as_second()).expect("it is in range")
}

fn local(instant: Timestamp) -> DateTime {
    instant.to_zoned(TimeZone::UTC).datetime()
}

const MILLI: i128 = 1_000_000;
const MICRO: i128 = 1_000;

impl Message for EveryType {
    const SCHEMA: &'static str = "every_type";

    fn chosen() -> Vec<Self> {
        vec![smallest(), largest(), infinite()]
    }

    fn sample(draw: &mut Draw) -> Self {
        let choice = match draw.from(0..10) {
            0 => None,
            1 => Some(Choice::Boolean(draw.any())),
            2 => Some(Choice::Long(draw.any())),
            3 => Some(Choice::Double(draw.any())),
            4 => Some(Choice::String(draw.any())),
            5 => Some(Choice::Bytes(draw.any())),
            6 => Some(Choice::Array(draw.texts())),
            7 => Some(Choice::Map(draw.any())),
            8 => Some(Choice::Point(Point { x: draw.any(), y: draw.any() })),
            _ => Some(Choice::Label(Label { text: draw.any() })),
        };
        let narrow = match draw.from(0..4) {
            0 => Narrow::Int(draw.any()),
            1 => Narrow::Float(draw.any()),
            2 => Narrow::Color(Color::Blue),
            _ => Narrow::Checksum(Checksum(draw.any())),
        };
        let leaf = |value| Tree { value, next: None, children: Vec::new() };
        Self {
            nothing: (),
            truth: draw.any(),
            small: draw.any(),
            large: draw.any(),
            single: draw.any(),
            double: draw.any(),
            text: draw.any(),
            raw: draw.any(),
            color: draw.from(proptest::sample::select(vec![Color::Red, Color::Green, Color::Blue])),
            checksum: Checksum(draw.any()),
            numbers: draw.any(),
            table: vec![draw.texts(), Vec::new(), draw.texts()],
            counts: draw.any(),
            point: Point { x: draw.any(), y: draw.any() },
            maybe: draw.any(),
            maybe_last: draw.any(),
            choice,
            narrow,
            tree: Tree { value: draw.any(), next: Some(Box::new(leaf(1))), children: vec![leaf(2), leaf(draw.any())] },
            money: draw.decimal(12, 2),
            money_fixed: draw.decimal(28, 10),
            wide: BigDecimal::new(draw.any::<i128>().checked_rem(10_i128.pow(38)).expect("not by zero").into(), 18),
            id: Uuid::from_u128(draw.any()),
            id_fixed: Uuid::from_u128(draw.any()),
            date: draw.date(),
            time_millis: draw.time(1_000_000),
            time_micros: draw.time(1_000),
            instant_millis: draw.instant(MILLI),
            instant_micros: draw.instant(MICRO),
            instant_nanos: draw.instant_nanos(),
            local_millis: local(draw.instant(MILLI)),
            local_micros: local(draw.instant(MICRO)),
            local_nanos: local(draw.instant_nanos()),
            length: Duration { months: draw.any(), days: draw.any(), millis: draw.any() },
            maybe_instant: draw.any::<bool>().then(|| draw.instant(MILLI)),
            amounts: [(draw.any(), draw.decimal(6, 3)), ("ü".to_owned(), draw.decimal(6, 3))].into(),
            days: vec![draw.date(), draw.date()],
        }
    }
}

/// The least that each type can hold, and what is empty.
fn smallest() -> EveryType {
    let first = Date::constant(1, 1, 1);
    let first_instant = first.to_zoned(TimeZone::UTC).expect("a moment").timestamp();
    let first_nanos = Timestamp::from_nanosecond(i64::MIN.into()).expect("a moment");
    EveryType {
        nothing: (),
        truth: false,
        small: i32::MIN,
        large: i64::MIN,
        single: f32::MIN,
        double: f64::MIN,
        text: String::new(),
        raw: Vec::new(),
        color: Color::Red,
        checksum: Checksum([0; 4]),
        numbers: Vec::new(),
        table: Vec::new(),
        counts: [].into(),
        point: Point { x: -0.0, y: f64::from_bits(1) },
        maybe: None,
        maybe_last: None,
        choice: None,
        narrow: Narrow::Int(i32::MIN),
        tree: Tree { value: i32::MIN, next: None, children: Vec::new() },
        money: Decimal::new(-999_999_999_999, 2),
        money_fixed: Decimal::from_i128_with_scale(1 - 10_i128.pow(28), 10),
        wide: decimal("-99999999999999999999.999999999999999999"),
        id: Uuid::nil(),
        id_fixed: Uuid::nil(),
        date: first,
        time_millis: Time::midnight(),
        time_micros: Time::midnight(),
        instant_millis: first_instant,
        instant_micros: first_instant,
        instant_nanos: first_nanos,
        local_millis: first.into(),
        local_micros: first.into(),
        local_nanos: local(first_nanos),
        length: Duration { months: 0, days: 0, millis: 0 },
        maybe_instant: Some(Timestamp::from_millisecond(-1).expect("a moment")),
        amounts: [].into(),
        days: Vec::new(),
    }
}

/// The most that each type can hold.
fn largest() -> EveryType {
    let last = DateTime::constant(9999, 12, 31, 23, 59, 59, 999_999_000);
    let last_nanos = Timestamp::from_nanosecond(i64::MAX.into()).expect("a moment");
    let last_milli = DateTime::constant(9999, 12, 31, 23, 59, 59, 999_000_000);
    let deep = (0..30).fold(Tree { value: 0, next: None, children: Vec::new() }, |tree, value| Tree {
        value,
        next: Some(Box::new(tree)),
        children: Vec::new(),
    });
    EveryType {
        nothing: (),
        truth: true,
        small: i32::MAX,
        large: i64::MAX,
        single: f32::MAX,
        double: f64::MAX,
        text: "Größe 數 🌡\0\u{feff}\"\\\u{10ffff}".repeat(200),
        raw: (0..=255).collect(),
        color: Color::Blue,
        checksum: Checksum([0xff; 4]),
        numbers: vec![i64::MAX, i64::MIN, 0, -1, (1 << 53) + 1],
        table: vec![Vec::new(), vec![String::new()], vec!["ä".to_owned(), "b".to_owned()]],
        counts: [("größte".to_owned(), i32::MAX)].into(),
        point: Point { x: f64::MIN_POSITIVE, y: f64::EPSILON },
        maybe: Some(String::new()),
        maybe_last: Some(i64::MAX),
        choice: Some(Choice::Long(i64::MAX)),
        narrow: Narrow::Float(f32::MAX),
        tree: deep,
        money: Decimal::new(999_999_999_999, 2),
        money_fixed: Decimal::from_i128_with_scale(10_i128.pow(28) - 1, 10),
        wide: decimal("99999999999999999999.999999999999999999"),
        id: Uuid::max(),
        id_fixed: Uuid::max(),
        date: last.date(),
        time_millis: last_milli.time(),
        time_micros: last.time(),
        instant_millis: last_second(),
        instant_micros: last_second(),
        instant_nanos: last_nanos,
        local_millis: last_milli,
        local_micros: last,
        local_nanos: local(last_nanos),
        length: Duration { months: u32::MAX, days: u32::MAX, millis: u32::MAX },
        maybe_instant: Some(Timestamp::UNIX_EPOCH),
        amounts: [("€".to_owned(), Decimal::new(999_999, 3))].into(),
        days: vec![Date::constant(1970, 1, 1), Date::constant(1969, 12, 31), Date::constant(2000, 2, 29)],
    }
}

/// Numbers that are not finite, and decimals around zero.
fn infinite() -> EveryType {
    EveryType {
        single: f32::NEG_INFINITY,
        double: f64::NAN,
        point: Point { x: f64::INFINITY, y: f64::NEG_INFINITY },
        choice: Some(Choice::Double(f64::NAN)),
        narrow: Narrow::Float(f32::NAN),
        money: Decimal::new(0, 2),
        money_fixed: Decimal::new(-1, 10),
        wide: decimal("0.000000000000000001"),
        ..largest()
    }
}

fn decimal(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).expect("a number")
}

record! {
    EveryType {
        nothing: "nothing", truth: "truth", small: "small", large: "large", single: "single", double: "double",
        text: "text", raw: "raw", color: "color", checksum: "checksum", numbers: "numbers", table: "table",
        counts: "counts", point: "point", maybe: "maybe", maybe_last: "maybeLast", choice: "choice", narrow: "narrow",
        tree: "tree", money: "money", money_fixed: "moneyFixed", wide: "wide", id: "id", id_fixed: "idFixed",
        date: "date", time_millis: "timeMillis", time_micros: "timeMicros", instant_millis: "instantMillis",
        instant_micros: "instantMicros", instant_nanos: "instantNanos", local_millis: "localMillis",
        local_micros: "localMicros", local_nanos: "localNanos", length: "length", maybe_instant: "maybeInstant",
        amounts: "amounts", days: "days",
    }
    Point { x: "x", y: "y" }
    Label { text: "text" }
    Tree { value: "value", next: "next", children: "children" }

    Address { street: "street", city: "city", postal_code: "postalCode", country: "country" }
    Customer {
        id: "id", name: "name", email: "email", language: "language", phone: "phone", address: "address", tags: "tags",
        attributes: "attributes", tier: "tier", created_at: "createdAt", balance: "balance",
    }
    CustomerKey { id: "id" }
    CustomerOrder { order_id: "orderId", customer: "customer", cents: "cents" }
    LogEvent {
        timestamp: "timestamp", level: "level", service: "service", message: "message", labels: "labels",
        trace_id: "traceId",
    }
    RequestServed {
        timestamp: "timestamp", service: "service", method: "method", path: "path", status: "status",
        duration_micros: "durationMicros", trace_id: "traceId",
    }
    SensorAlert {
        sensor_id: "sensorId", alert_type: "alertType", timestamp: "timestamp", severity: "severity",
        message: "message",
    }
    SensorReading {
        sensor_id: "sensorId", temperature: "temperature", humidity: "humidity", battery: "battery",
        measured_at: "measuredAt",
    }
    ServiceDeployed { timestamp: "timestamp", service: "service", version: "version", replicas: "replicas" }
    SettledAmount { order_id: "orderId", cents: "cents", fee_cents: "feeCents" }
}

symbols!(Color, Tier, Level, SeverityLevel);

array!(Tree);

union! {
    Choice { Boolean, Long, Double, String, Bytes, Array, Map, Point, Label }
    Narrow { Int, Float, Color, Checksum }
    LogRecord { LogEvent, RequestServed, ServiceDeployed }
}

impl Normal for Checksum {
    fn normal(&self) -> Json {
        self.0.to_vec().normal()
    }
}

impl Branch for Box<Tree> {
    fn tagged(&self) -> Json {
        (**self).tagged()
    }
}

branch! {
    Color: "com.example.languages.Color";
    Checksum: "com.example.languages.Checksum";
}

/// Messages by an expression that makes a random one.
macro_rules! messages {
    ($($type:ident, $schema:literal: |$draw:ident| $sample:expr;)*) => {
        $(impl Message for $type {
            const SCHEMA: &'static str = $schema;

            fn sample($draw: &mut Draw) -> Self {
                $sample
            }
        })*
    };
}

messages! {
    Address, "address": |draw| Self {
        street: draw.any(), city: draw.any(), postal_code: draw.any(), country: draw.any(),
    };
    Customer, "customer": |draw| Self { created_at: draw.instant(MILLI), ..draw.from(oracle::customer()) };
    CustomerKey, "customer_key": |draw| Self { id: draw.any() };
    CustomerOrder, "customer_order": |draw| Self {
        order_id: draw.any(), customer: CustomerKey::sample(draw), cents: draw.any(),
    };
    LogEvent, "log_event": |draw| Self { timestamp: draw.instant(MILLI), ..draw.from(oracle::log_event()) };
    LogRecord, "log_record": |draw| match draw.from(0..3) {
        0 => LogEvent::sample(draw).into(),
        1 => RequestServed::sample(draw).into(),
        _ => ServiceDeployed::sample(draw).into(),
    };
    RequestServed, "request_served": |draw| Self {
        timestamp: draw.instant(MILLI), service: draw.any(), method: draw.any(), path: draw.any(), status: draw.any(),
        duration_micros: draw.any(), trace_id: draw.any(),
    };
    SensorAlert, "sensor_alert": |draw| draw.from(oracle::sensor_alert());
    SensorReading, "sensor_reading": |draw| Self {
        measured_at: draw.instant(MILLI), ..draw.from(oracle::sensor_reading())
    };
    ServiceDeployed, "service_deployed": |draw| Self {
        timestamp: draw.instant(MILLI), service: draw.any(), version: draw.any(), replicas: draw.any(),
    };
    SettledAmount, "settled_amount": |draw| Self { order_id: draw.any(), cents: draw.any(), fee_cents: draw.any() };
}
