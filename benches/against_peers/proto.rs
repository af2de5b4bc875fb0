//! The same messages as Protocol Buffers, with the most compact type for each field.

use std::collections::HashMap;

use prost::Message;

use crate::peers;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct SensorAlert {
    #[prost(string, tag = "1")]
    sensor_id: String,
    #[prost(string, tag = "2")]
    alert_type: String,
    #[prost(int64, tag = "3")]
    timestamp: i64,
    #[prost(int32, tag = "4")]
    severity: i32,
    #[prost(string, tag = "5")]
    message: String,
}

impl From<&peers::SensorAlert> for SensorAlert {
    fn from(alert: &peers::SensorAlert) -> Self {
        SensorAlert {
            sensor_id: alert.sensor_id.clone(),
            alert_type: alert.alert_type.clone(),
            timestamp: alert.timestamp,
            severity: alert.severity as i32,
            message: alert.message.clone(),
        }
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Customer {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, tag = "3")]
    email: String,
    #[prost(string, optional, tag = "4")]
    phone: Option<String>,
    #[prost(message, optional, tag = "5")]
    address: Option<Address>,
    #[prost(string, repeated, tag = "6")]
    tags: Vec<String>,
    #[prost(int64, tag = "7")]
    created_at: i64,
    #[prost(map = "string, string", tag = "8")]
    attributes: HashMap<String, String>,
    #[prost(int32, tag = "9")]
    tier: i32,
    #[prost(bytes = "vec", tag = "10")]
    balance: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Address {
    #[prost(string, tag = "1")]
    street: String,
    #[prost(string, tag = "2")]
    city: String,
    #[prost(string, tag = "3")]
    zip: String,
    #[prost(string, tag = "4")]
    country: String,
}

impl From<&peers::Customer> for Customer {
    fn from(customer: &peers::Customer) -> Self {
        let peers::Address { street, city, zip, country } = &customer.address;
        Customer {
            id: customer.id,
            name: customer.name.clone(),
            email: customer.email.clone(),
            phone: customer.phone.clone(),
            address: Some(Address {
                street: street.clone(),
                city: city.clone(),
                zip: zip.clone(),
                country: country.clone(),
            }),
            tags: customer.tags.clone(),
            created_at: customer.created_at,
            attributes: customer.attributes.clone(),
            tier: customer.tier as i32,
            balance: customer.balance.clone(),
        }
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Telemetry {
    #[prost(sint64, tag = "1")]
    pub(crate) measured_at: i64,
    #[prost(sint32, tag = "2")]
    pub(crate) sequence: i32,
    #[prost(double, tag = "3")]
    pub(crate) latitude: f64,
    #[prost(float, tag = "4")]
    pub(crate) speed: f32,
    #[prost(bool, tag = "5")]
    pub(crate) is_moving: bool,
    #[prost(sint64, tag = "6")]
    pub(crate) odometer: i64,
    #[prost(sint32, tag = "7")]
    pub(crate) satellites: i32,
    #[prost(double, tag = "8")]
    pub(crate) longitude: f64,
    #[prost(sint64, tag = "9")]
    pub(crate) altitude_offset: i64,
    #[prost(sint32, tag = "10")]
    pub(crate) steering_angle: i32,
    #[prost(double, tag = "11")]
    pub(crate) battery_voltage: f64,
    #[prost(float, tag = "12")]
    pub(crate) battery_charge: f32,
    #[prost(bool, tag = "13")]
    pub(crate) is_charging: bool,
    #[prost(sint64, tag = "14")]
    pub(crate) energy_used: i64,
    #[prost(sint32, tag = "15")]
    pub(crate) motor_speed: i32,
    #[prost(double, tag = "16")]
    pub(crate) motor_temperature: f64,
    #[prost(sint64, tag = "17")]
    pub(crate) faults: i64,
    #[prost(sint32, tag = "18")]
    pub(crate) gear: i32,
    #[prost(double, tag = "19")]
    pub(crate) tire_pressure: f64,
    #[prost(float, tag = "20")]
    pub(crate) brake_pressure: f32,
    #[prost(bool, tag = "21")]
    pub(crate) has_driver: bool,
    #[prost(sint64, tag = "22")]
    pub(crate) door_cycles: i64,
    #[prost(sint32, tag = "23")]
    pub(crate) cabin_fan: i32,
    #[prost(double, tag = "24")]
    pub(crate) cabin_temperature: f64,
    #[prost(sint64, tag = "25")]
    pub(crate) bytes_sent: i64,
    #[prost(sint32, tag = "26")]
    pub(crate) signal_strength: i32,
    #[prost(double, tag = "27")]
    pub(crate) outside_temperature: f64,
    #[prost(sint64, tag = "28")]
    pub(crate) received_at: i64,
    #[prost(sint32, tag = "29")]
    pub(crate) firmware: i32,
    #[prost(double, tag = "30")]
    pub(crate) humidity: f64,
}

impl From<&peers::Telemetry> for Telemetry {
    fn from(telemetry: &peers::Telemetry) -> Self {
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

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Longs {
    #[prost(sint64, repeated, tag = "1")]
    values: Vec<i64>,
}

impl From<&peers::Longs> for Longs {
    fn from(longs: &peers::Longs) -> Self {
        Longs { values: longs.values.clone() }
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Doubles {
    #[prost(double, repeated, tag = "1")]
    values: Vec<f64>,
}

impl From<&peers::Doubles> for Doubles {
    fn from(doubles: &peers::Doubles) -> Self {
        Doubles { values: doubles.values.clone() }
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Readings {
    #[prost(message, repeated, tag = "1")]
    values: Vec<Reading>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Reading {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(double, tag = "2")]
    value: f64,
    #[prost(bool, tag = "3")]
    is_valid: bool,
    #[prost(string, tag = "4")]
    sensor: String,
}

impl From<&peers::Readings> for Readings {
    fn from(readings: &peers::Readings) -> Self {
        let reading = |reading: &peers::Reading| Reading {
            id: reading.id,
            value: reading.value,
            is_valid: reading.is_valid,
            sensor: reading.sensor.clone(),
        };
        Readings { values: readings.values.iter().map(reading).collect() }
    }
}
