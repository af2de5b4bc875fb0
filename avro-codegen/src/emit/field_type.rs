//! The two sides of a field's type: what Rust holds, and how Avro encodes it.

use super::Scope;
use crate::model::{DecimalStorage, FieldType, TimestampUnit};

/// The Rust type, with absolute paths.
pub(super) fn rust_type(scope: Scope<'_>, ty: &FieldType) -> String {
    match ty {
        FieldType::Null => "()".to_owned(),
        FieldType::Boolean => "bool".to_owned(),
        FieldType::Int => "i32".to_owned(),
        FieldType::Long => "i64".to_owned(),
        FieldType::Float => "f32".to_owned(),
        FieldType::Double => "f64".to_owned(),
        FieldType::Bytes => "::std::vec::Vec<u8>".to_owned(),
        FieldType::String => "::std::string::String".to_owned(),
        FieldType::Array(items) => format!("::std::vec::Vec<{}>", rust_type(scope, items)),
        FieldType::Map(values) => {
            format!("::std::collections::HashMap<::std::string::String, {}>", rust_type(scope, values))
        }
        FieldType::Nullable { value, .. } => format!("::core::option::Option<{}>", rust_type(scope, value)),
        FieldType::Decimal { storage: DecimalStorage::Fixed { item, .. }, .. } => scope.path_in_signature(*item),
        FieldType::Decimal { storage: DecimalStorage::Bytes, .. } => decimal(scope),
        FieldType::Timestamp(_) => format!("{}::jiff::Timestamp", scope.runtime),
        FieldType::Named { item, boxed: false } => scope.path_in_signature(*item),
        FieldType::Named { item, boxed: true } => format!("::std::boxed::Box<{}>", scope.path_in_signature(*item)),
    }
}

/// The Rust type of decimals.
pub(super) fn decimal(scope: Scope<'_>) -> String {
    format!("{}::rust_decimal::Decimal", scope.runtime)
}

/// The Avro type, where `avro` is the runtime's module of that name: named types stand for themselves.
pub(super) fn avro_type(scope: Scope<'_>, ty: &FieldType) -> String {
    match ty {
        FieldType::Null => "avro::Null".to_owned(),
        FieldType::Boolean => "avro::Boolean".to_owned(),
        FieldType::Int => "avro::Int".to_owned(),
        FieldType::Long => "avro::Long".to_owned(),
        FieldType::Float => "avro::Float".to_owned(),
        FieldType::Double => "avro::Double".to_owned(),
        FieldType::Bytes => "avro::Bytes".to_owned(),
        FieldType::String => "avro::Str".to_owned(),
        FieldType::Array(items) => format!("avro::Array<{}>", avro_type(scope, items)),
        FieldType::Map(values) => format!("avro::Map<{}>", avro_type(scope, values)),
        FieldType::Nullable { null_branch, value } => {
            format!("avro::Nullable<{}, {null_branch}>", avro_type(scope, value))
        }
        FieldType::Decimal { storage: DecimalStorage::Bytes, precision, scale } => {
            format!("avro::Decimal<avro::Bytes, {precision}, {scale}>")
        }
        FieldType::Decimal { storage: DecimalStorage::Fixed { size, .. }, precision, scale } => {
            format!("avro::Decimal<avro::Fixed<{size}>, {precision}, {scale}>")
        }
        FieldType::Timestamp(TimestampUnit::Millis) => "avro::TimestampMillis".to_owned(),
        FieldType::Timestamp(TimestampUnit::Micros) => "avro::TimestampMicros".to_owned(),
        FieldType::Named { item, .. } => scope.path(*item),
    }
}
