//! One form of values that the programs of all languages print and read: `tests/languages/README.md` describes it.
//!
//! It is made from Rust's types, without the codec that is tested.

use std::collections::HashMap;

use avro_typed::Duration;
use avro_typed::bigdecimal::BigDecimal;
use avro_typed::jiff::Timestamp;
use avro_typed::jiff::civil::{Date, DateTime, Time};
use avro_typed::rust_decimal::Decimal;
use avro_typed::uuid::Uuid;
use serde_json::{Value as Json, json};

/// What has the common form.
pub(super) trait Normal {
    fn normal(&self) -> Json;
}

/// What is a branch of unions.
pub(super) trait Branch {
    /// The common form, as the only entry of an object under the name that Avro gives to the branch.
    fn tagged(&self) -> Json;
}

/// Implements [`Normal`] by an expression of the value.
macro_rules! normal {
    ($($type:ty: |$value:ident| $form:expr;)*) => {
        $(impl Normal for $type {
            fn normal(&self) -> Json {
                let $value = self;
                $form
            }
        })*
    };
}

normal! {
    (): |_nothing| Json::Null;
    bool: |value| json!(value);
    i32: |value| json!(value);
    i64: |value| json!(value.to_string());
    f32: |value| json!(format!("{:08x}", value.to_bits()));
    f64: |value| json!(format!("{:016x}", value.to_bits()));
    String: |value| json!(value);
    Vec<u8>: |value| json!(hex(value));
    Decimal: |value| json!(value.to_string());
    BigDecimal: |value| json!(value.to_plain_string());
    Uuid: |value| json!(value.to_string());
    Date: |value| json!(value.to_string());
    Time: |value| json!(format!("{:02}:{:02}:{:02}.{:09}", value.hour(), value.minute(), value.second(), value.subsec_nanosecond()));
    Timestamp: |value| json!(format!("{value:.9}"));
    DateTime: |value| json!(format!("{value:.9}"));
    Duration: |value| json!({ "months": value.months, "days": value.days, "millis": value.millis });
}

impl<T: Branch> Normal for Option<T> {
    fn normal(&self) -> Json {
        self.as_ref().map_or(Json::Null, Branch::tagged)
    }
}

impl<T: Normal> Normal for HashMap<String, T> {
    fn normal(&self) -> Json {
        self.iter().map(|(key, value)| (key.clone(), value.normal())).collect()
    }
}

/// Arrays whose items are not bytes, which `Vec<u8>` stands for.
macro_rules! array {
    ($($item:ty),*) => {
        $(impl Normal for Vec<$item> {
            fn normal(&self) -> Json {
                self.iter().map(Normal::normal).collect()
            }
        })*
    };
}
pub(super) use array;

array!(i64, String, Vec<String>, Date);

/// Names types as branches of unions.
macro_rules! branch {
    ($($type:ty: $name:expr;)*) => {
        $(impl Branch for $type {
            fn tagged(&self) -> Json {
                json!({ $name: self.normal() })
            }
        })*
    };
}
pub(super) use branch;

branch! {
    bool: "boolean";
    i32: "int";
    i64: "long";
    f32: "float";
    f64: "double";
    String: "string";
    Vec<u8>: "bytes";
    Vec<String>: "array";
    HashMap<String, i64>: "map";
    Timestamp: "long";
}

/// A record by its fields, of which none may be forgotten.
macro_rules! record {
    ($($type:ident { $($field:ident: $name:literal),* $(,)? })*) => {
        $(impl Normal for $type {
            fn normal(&self) -> Json {
                let Self { $($field),* } = self;
                json!({ $($name: $field.normal()),* })
            }
        }

        impl Branch for $type {
            fn tagged(&self) -> Json {
                json!({ <$type as AvroType>::FULLNAME: self.normal() })
            }
        })*
    };
}
pub(super) use record;

/// A union by its branches, of which none may be forgotten.
macro_rules! union {
    ($($type:ident { $($variant:ident),* $(,)? })*) => {
        $(impl Normal for $type {
            fn normal(&self) -> Json {
                match self {
                    $(Self::$variant(value) => value.tagged(),)*
                }
            }
        }

        impl Branch for $type {
            fn tagged(&self) -> Json {
                self.normal()
            }
        })*
    };
}
pub(super) use union;

/// Enums by their symbols.
macro_rules! symbols {
    ($($type:ident),*) => {
        $(impl Normal for $type {
            fn normal(&self) -> Json {
                json!(self.as_str())
            }
        })*
    };
}
pub(super) use symbols;

/// Two digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The inverse of [`hex`]; `None` for anything else.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[test]
fn forms_are_as_the_page_for_other_languages_has_them() {
    let check = |value: &dyn Normal, expected: Json| assert_eq!(value.normal(), expected);
    check(&(), Json::Null);
    check(&i64::MIN, json!("-9223372036854775808"));
    check(&-0.0_f32, json!("80000000"));
    check(&f64::NAN, json!("7ff8000000000000"));
    check(&vec![0_u8, 255], json!("00ff"));
    check(&Decimal::new(-5, 2), json!("-0.05"));
    check(&BigDecimal::new((-5).into(), 18), json!("-0.000000000000000005"));
    check(&Timestamp::UNIX_EPOCH, json!("1970-01-01T00:00:00.000000000Z"));
    check(&DateTime::constant(1, 2, 3, 4, 5, 6, 7), json!("0001-02-03T04:05:06.000000007"));
    check(&Time::constant(23, 59, 59, 999_000_000), json!("23:59:59.999000000"));
    check(&Some(7_i64), json!({ "long": "7" }));
    check(&None::<String>, Json::Null);
    assert_eq!(unhex("00ff"), Some(vec![0, 255]));
}
