//! The apache-avro crate as an oracle: random values of the four message types encode to its bytes, and decode from its
//! bytes.

use std::collections::HashMap;

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;
use avro_typed::{AvroType, DecodeOwned, Encode};
use messages::com::example::customer::{Address, Customer, Tier};
use messages::com::example::iot::SensorReading;
use messages::com::example::logs::{Level, LogEvent};
use messages::{SensorAlert, SeverityLevel};
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;

/// Checks one value against the oracle. A map is written in the order of its iteration, which the specification leaves
/// open, so the bytes are compared where no map has two entries; with more, only the length is the same, and each side
/// must decode what the other wrote.
fn check<T>(value: &T, oracle_value: Value, bytes_are_determined: bool) -> Result<(), TestCaseError>
where
    T: AvroType + Encode + DecodeOwned + PartialEq + std::fmt::Debug,
{
    let schema = apache_avro::Schema::parse_str(T::schema().json)
        .map_err(|error| TestCaseError::fail(format!("the oracle rejects our schema: {error}")))?;
    let ours = avro_typed::to_vec(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let theirs = GenericDatumWriter::builder(&schema)
        .build()
        .and_then(|writer| writer.write_value_to_vec(oracle_value.clone()))
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    if bytes_are_determined {
        prop_assert_eq!(&ours, &theirs);
    }
    prop_assert_eq!(ours.len(), theirs.len());

    let from_theirs: T = avro_typed::from_slice(&theirs).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&from_theirs, value);
    let from_ours = GenericDatumReader::builder(&schema)
        .build()
        .and_then(|reader| reader.read_value(&mut ours.as_slice()))
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(from_ours, oracle_value);
    Ok(())
}

proptest! {
    #[test]
    fn sensor_alerts_are_as_the_oracle_writes_them(alert in sensor_alert()) {
        let oracle = record([
            ("sensorId", string(&alert.sensor_id)),
            ("alertType", string(&alert.alert_type)),
            ("timestamp", Value::Long(alert.timestamp)),
            ("severity", symbol(alert.severity as u32, alert.severity.as_str())),
            ("message", string(&alert.message)),
        ]);
        check(&alert, oracle, true)?;
    }

    #[test]
    fn customers_are_as_the_oracle_writes_them(customer in customer()) {
        let address = &customer.address;
        let oracle = record([
            ("id", Value::Long(customer.id)),
            ("name", string(&customer.name)),
            ("email", string(&customer.email)),
            ("language", string(&customer.language)),
            ("phone", optional(customer.phone.as_deref().map(string))),
            ("address", record([
                ("street", string(&address.street)),
                ("city", string(&address.city)),
                ("postalCode", string(&address.postal_code)),
                ("country", string(&address.country)),
            ])),
            ("tags", Value::Array(customer.tags.iter().map(|tag| string(tag)).collect())),
            ("attributes", map(&customer.attributes)),
            ("tier", symbol(customer.tier as u32, customer.tier.as_str())),
            ("createdAt", Value::TimestampMillis(customer.created_at.as_millisecond())),
            ("balance", Value::Decimal(shortest_bytes(customer.balance.mantissa()).into())),
        ]);
        check(&customer, oracle, customer.attributes.len() < 2)?;
    }

    #[test]
    fn sensor_readings_are_as_the_oracle_writes_them(reading in sensor_reading()) {
        let oracle = record([
            ("sensorId", string(&reading.sensor_id)),
            ("temperature", Value::Double(reading.temperature)),
            ("humidity", Value::Double(reading.humidity)),
            ("battery", optional(reading.battery.map(Value::Double))),
            ("measuredAt", Value::TimestampMillis(reading.measured_at.as_millisecond())),
        ]);
        check(&reading, oracle, true)?;
    }

    #[test]
    fn log_events_are_as_the_oracle_writes_them(event in log_event()) {
        let oracle = record([
            ("timestamp", Value::TimestampMillis(event.timestamp.as_millisecond())),
            ("level", symbol(event.level as u32, event.level.as_str())),
            ("service", string(&event.service)),
            ("message", string(&event.message)),
            ("labels", map(&event.labels)),
            ("traceId", optional(event.trace_id.as_deref().map(string))),
        ]);
        check(&event, oracle, event.labels.len() < 2)?;
    }
}

pub(crate) fn sensor_alert() -> impl Strategy<Value = SensorAlert> {
    let severity = prop::sample::select(vec![SeverityLevel::Info, SeverityLevel::Warning, SeverityLevel::Critical]);
    (any::<String>(), any::<String>(), any::<i64>(), severity, any::<String>()).prop_map(
        |(sensor_id, alert_type, timestamp, severity, message)| SensorAlert {
            sensor_id,
            alert_type,
            timestamp,
            severity,
            message,
        },
    )
}

pub(crate) fn customer() -> impl Strategy<Value = Customer> {
    let tier = prop::sample::select(vec![Tier::Standard, Tier::Silver, Tier::Gold]);
    let address = (any::<String>(), any::<String>(), any::<String>(), any::<String>())
        .prop_map(|(street, city, postal_code, country)| Address { street, city, postal_code, country });
    let person = (any::<i64>(), any::<String>(), any::<String>(), any::<String>(), any::<Option<String>>(), address);
    let account =
        (vec(any::<String>(), 0..5), hash_map(any::<String>(), any::<String>(), 0..4), tier, timestamp(), balance());
    (person, account).prop_map(
        |((id, name, email, language, phone, address), (tags, attributes, tier, created_at, balance))| Customer {
            id,
            name,
            email,
            language,
            phone,
            address,
            tags,
            attributes,
            tier,
            created_at,
            balance,
        },
    )
}

pub(crate) fn sensor_reading() -> impl Strategy<Value = SensorReading> {
    // Every number but NaN, which does not equal itself.
    let number =
        || prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO | prop::num::f64::INFINITE;
    (any::<String>(), number(), number(), prop::option::of(number()), timestamp()).prop_map(
        |(sensor_id, temperature, humidity, battery, measured_at)| SensorReading {
            sensor_id,
            temperature,
            humidity,
            battery,
            measured_at,
        },
    )
}

pub(crate) fn log_event() -> impl Strategy<Value = LogEvent> {
    let level =
        prop::sample::select(vec![Level::Unknown, Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error]);
    let labels = hash_map(any::<String>(), any::<String>(), 0..4);
    (timestamp(), level, any::<String>(), any::<String>(), labels, any::<Option<String>>()).prop_map(
        |(timestamp, level, service, message, labels, trace_id)| LogEvent {
            timestamp,
            level,
            service,
            message,
            labels,
            trace_id,
        },
    )
}

/// Any moment that the Rust type can hold, in whole milliseconds.
fn timestamp() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond())
        .prop_filter_map("out of the range of a timestamp", |millis| Timestamp::from_millisecond(millis).ok())
}

/// Any decimal of at most twelve digits, two of them behind the point.
fn balance() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999_i64..=999_999_999_999).prop_map(|unscaled| Decimal::new(unscaled, 2))
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn symbol(index: u32, symbol: &str) -> Value {
    Value::Enum(index, symbol.to_owned())
}

fn optional(value: Option<Value>) -> Value {
    match value {
        None => Value::Union(0, Box::new(Value::Null)),
        Some(value) => Value::Union(1, Box::new(value)),
    }
}

fn map(entries: &HashMap<String, String>) -> Value {
    Value::Map(entries.iter().map(|(key, value)| (key.clone(), string(value))).collect())
}

/// The unscaled value in two's complement, big-endian, in as few bytes as keep its sign: worked out the long way, as a
/// second opinion.
fn shortest_bytes(unscaled: i128) -> Vec<u8> {
    let bytes = unscaled.to_be_bytes();
    let keeps_value = |start: usize| {
        i128::from_be_bytes(std::array::from_fn(|index| {
            if index < start { if bytes[start] & 0x80 == 0 { 0 } else { 0xff } } else { bytes[index] }
        })) == unscaled
    };
    let start = (0..bytes.len()).rev().find(|start| keeps_value(*start)).unwrap_or(0);
    bytes[start..].to_vec()
}
