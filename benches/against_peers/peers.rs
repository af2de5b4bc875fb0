//! The same messages as types for serde and for bincode, as users of the other crates write them.
//!
//! Their names and their fields' names are those of the schemas, so that they need no attributes that cost time.

use std::collections::HashMap;
use std::hint::black_box;

use benches::bench as generated;
use bincode::config::{Configuration, standard};
use bincode::{BorrowDecode, Decode, Encode};
use serde::{Deserialize, Serialize};

/// How bincode writes: numbers as varints, as Avro does.
pub(crate) const BINCODE: Configuration = standard();

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SensorAlert {
    pub(crate) sensor_id: String,
    pub(crate) alert_type: String,
    pub(crate) timestamp: i64,
    pub(crate) severity: Severity,
    pub(crate) message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Severity {
    Info,
    Warning,
    Critical,
}

impl SensorAlert {
    pub(crate) fn from_generated(alert: &generated::SensorAlert) -> Self {
        SensorAlert {
            sensor_id: alert.sensor_id.clone(),
            alert_type: alert.alert_type.clone(),
            timestamp: alert.timestamp,
            severity: match alert.severity {
                generated::Severity::Info => Severity::Info,
                generated::Severity::Warning => Severity::Warning,
                generated::Severity::Critical => Severity::Critical,
            },
            message: alert.message.clone(),
        }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) address: Address,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: i64,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) tier: Tier,
    #[serde(with = "serde_bytes")]
    pub(crate) balance: Vec<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) city: String,
    pub(crate) zip: String,
    pub(crate) country: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Tier {
    Bronze,
    Silver,
    Gold,
    Legacy,
}

impl Customer {
    pub(crate) fn from_generated(customer: &generated::Customer) -> Self {
        Customer {
            id: customer.id,
            name: customer.name.clone(),
            email: customer.email.clone(),
            phone: customer.phone.clone(),
            address: Address {
                street: customer.address.street.clone(),
                city: customer.address.city.clone(),
                zip: customer.address.zip.clone(),
                country: customer.address.country.clone(),
            },
            tags: customer.tags.clone(),
            created_at: customer.created_at,
            // A clone iterates in the order of its original, and so encodes to the same bytes.
            attributes: customer.attributes.clone(),
            tier: match customer.tier {
                generated::Tier::Bronze => Tier::Bronze,
                generated::Tier::Silver => Tier::Silver,
                generated::Tier::Gold => Tier::Gold,
                generated::Tier::Legacy => Tier::Legacy,
            },
            balance: customer.balance.clone(),
        }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Telemetry {
    pub(crate) measured_at: i64,
    pub(crate) sequence: i32,
    pub(crate) latitude: f64,
    pub(crate) speed: f32,
    pub(crate) is_moving: bool,
    pub(crate) odometer: i64,
    pub(crate) satellites: i32,
    pub(crate) longitude: f64,
    pub(crate) altitude_offset: i64,
    pub(crate) steering_angle: i32,
    pub(crate) battery_voltage: f64,
    pub(crate) battery_charge: f32,
    pub(crate) is_charging: bool,
    pub(crate) energy_used: i64,
    pub(crate) motor_speed: i32,
    pub(crate) motor_temperature: f64,
    pub(crate) faults: i64,
    pub(crate) gear: i32,
    pub(crate) tire_pressure: f64,
    pub(crate) brake_pressure: f32,
    pub(crate) has_driver: bool,
    pub(crate) door_cycles: i64,
    pub(crate) cabin_fan: i32,
    pub(crate) cabin_temperature: f64,
    pub(crate) bytes_sent: i64,
    pub(crate) signal_strength: i32,
    pub(crate) outside_temperature: f64,
    pub(crate) received_at: i64,
    pub(crate) firmware: i32,
    pub(crate) humidity: f64,
}

impl Telemetry {
    pub(crate) fn from_generated(telemetry: &generated::Telemetry) -> Self {
        Telemetry {
            measured_at: telemetry.measured_at,
            sequence: telemetry.sequence,
            latitude: telemetry.latitude,
            speed: telemetry.speed,
            is_moving: telemetry.is_moving,
            odometer: telemetry.odometer,
            satellites: telemetry.satellites,
            longitude: telemetry.longitude,
            altitude_offset: telemetry.altitude_offset,
            steering_angle: telemetry.steering_angle,
            battery_voltage: telemetry.battery_voltage,
            battery_charge: telemetry.battery_charge,
            is_charging: telemetry.is_charging,
            energy_used: telemetry.energy_used,
            motor_speed: telemetry.motor_speed,
            motor_temperature: telemetry.motor_temperature,
            faults: telemetry.faults,
            gear: telemetry.gear,
            tire_pressure: telemetry.tire_pressure,
            brake_pressure: telemetry.brake_pressure,
            has_driver: telemetry.has_driver,
            door_cycles: telemetry.door_cycles,
            cabin_fan: telemetry.cabin_fan,
            cabin_temperature: telemetry.cabin_temperature,
            bytes_sent: telemetry.bytes_sent,
            signal_strength: telemetry.signal_strength,
            outside_temperature: telemetry.outside_temperature,
            received_at: telemetry.received_at,
            firmware: telemetry.firmware,
            humidity: telemetry.humidity,
        }
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
pub(crate) struct Longs {
    pub(crate) values: Vec<i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
pub(crate) struct Doubles {
    pub(crate) values: Vec<f64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
pub(crate) struct Readings {
    pub(crate) values: Vec<Reading>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reading {
    pub(crate) id: i64,
    pub(crate) value: f64,
    pub(crate) is_valid: bool,
    pub(crate) sensor: String,
}

impl Readings {
    pub(crate) fn from_generated(readings: &generated::Readings) -> Self {
        let reading = |reading: &generated::Reading| Reading {
            id: reading.id,
            value: reading.value,
            is_valid: reading.is_valid,
            sensor: reading.sensor.clone(),
        };
        Readings { values: readings.values.iter().map(reading).collect() }
    }
}

/// The same, borrowed as far as serde allows.
#[derive(Deserialize, BorrowDecode)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedSensorAlert<'a> {
    sensor_id: &'a str,
    alert_type: &'a str,
    timestamp: i64,
    severity: Severity,
    message: &'a str,
}

#[derive(Deserialize, BorrowDecode)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedCustomer<'a> {
    id: i64,
    name: &'a str,
    email: &'a str,
    phone: Option<&'a str>,
    #[serde(borrow)]
    address: BorrowedAddress<'a>,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    created_at: i64,
    #[serde(borrow)]
    attributes: HashMap<&'a str, &'a str>,
    tier: Tier,
    #[serde(with = "serde_bytes")]
    balance: &'a [u8],
}

#[derive(Deserialize, BorrowDecode)]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedAddress<'a> {
    street: &'a str,
    city: &'a str,
    zip: &'a str,
    country: &'a str,
}

#[derive(Deserialize, BorrowDecode)]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedReadings<'a> {
    #[serde(borrow)]
    values: Vec<BorrowedReading<'a>>,
}

#[derive(Deserialize, BorrowDecode)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedReading<'a> {
    id: i64,
    value: f64,
    is_valid: bool,
    sensor: &'a str,
}

/// How the other crates decode a message to a type that borrows from it.
#[derive(Clone, Copy)]
pub(crate) struct Borrowing {
    pub(crate) serde_avro_fast: fn(&[u8], &serde_avro_fast::Schema),
    /// From what bincode wrote.
    pub(crate) bincode: fn(&[u8]),
}

macro_rules! borrowing {
    ($type:ident) => {
        Borrowing {
            serde_avro_fast: |bytes, schema| {
                let read = serde_avro_fast::from_datum_slice::<$type<'_>>(bytes, schema);
                black_box(read.expect("it was decoded before"));
            },
            bincode: |bytes| {
                let read = bincode::borrow_decode_from_slice::<$type<'_>, _>(bytes, BINCODE);
                black_box(read.expect("it was decoded before"));
            },
        }
    };
}

pub(crate) const BORROWING_ALERT: Borrowing = borrowing!(BorrowedSensorAlert);
pub(crate) const BORROWING_CUSTOMER: Borrowing = borrowing!(BorrowedCustomer);
pub(crate) const BORROWING_READINGS: Borrowing = borrowing!(BorrowedReadings);
