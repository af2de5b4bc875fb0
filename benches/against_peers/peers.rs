//! The same messages as types for serde, as users of the other crates write them.
//!
//! Their names and their fields' names are those of the schemas, so that they need no attributes that cost time.

use std::collections::HashMap;
use std::hint::black_box;

use benches::bench as generated;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SensorAlert {
    sensor_id: String,
    alert_type: String,
    timestamp: i64,
    severity: Severity,
    message: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Severity {
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

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    id: i64,
    name: String,
    email: String,
    phone: Option<String>,
    address: Address,
    tags: Vec<String>,
    created_at: i64,
    attributes: HashMap<String, String>,
    tier: Tier,
    #[serde(with = "serde_bytes")]
    balance: Vec<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Address {
    street: String,
    city: String,
    zip: String,
    country: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Tier {
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

/// The same, borrowed as far as serde allows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedSensorAlert<'a> {
    sensor_id: &'a str,
    alert_type: &'a str,
    timestamp: i64,
    severity: Severity,
    message: &'a str,
}

#[derive(Deserialize)]
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

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only decoded")]
struct BorrowedAddress<'a> {
    street: &'a str,
    city: &'a str,
    zip: &'a str,
    country: &'a str,
}

pub(crate) fn read_borrowed_alert(bytes: &[u8], schema: &serde_avro_fast::Schema) {
    let read = serde_avro_fast::from_datum_slice::<BorrowedSensorAlert<'_>>(bytes, schema);
    black_box(read.expect("it was decoded before"));
}

pub(crate) fn read_borrowed_customer(bytes: &[u8], schema: &serde_avro_fast::Schema) {
    let read = serde_avro_fast::from_datum_slice::<BorrowedCustomer<'_>>(bytes, schema);
    black_box(read.expect("it was decoded before"));
}
