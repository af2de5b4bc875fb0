//! One Avro datum in the forms that test data has: hexadecimal, bytes in one normal form, and Avro's JSON.

pub(crate) mod avro_json;
pub(crate) mod hexadecimal;
mod logical_value;
pub(crate) mod normal_form;
pub(crate) mod resolved;
pub(crate) mod round_trip;
