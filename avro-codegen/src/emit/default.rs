//! Defaults as expressions.

use super::{Scope, field_type, literal};
use crate::code::Code;
use crate::defaults::DefaultValue;
use crate::model::{Item, RecordField, Shape};

/// A private function for the default of each field that has one; what reads a value with fields missing calls them.
pub(super) fn functions(scope: Scope<'_>, fields: &[RecordField<'_>], out: &mut Code) {
    for field in fields {
        let Some(value) = &field.default else { continue };
        out.blank();
        // A default of 3.14 is what the schema says, and not a bad value of pi.
        if holds_float(value) {
            out.lines(&["#[allow(clippy::approx_constant)]"]);
        }
        if matches!(value, DefaultValue::Null) {
            out.line(format_args!("fn {}() {{}}", function_name(field)));
            continue;
        }
        let ty = field_type::rust_type(scope, &field.ty);
        out.block(format_args!("fn {}() -> {ty}", function_name(field)), |out| {
            out.line(format_args!("{}", expression(scope, value)));
        });
    }
}

/// The name of the function for the default of `field`.
pub(super) fn function_name(field: &RecordField<'_>) -> String {
    format!("default_{}", field.name.trim_start_matches("r#"))
}

/// `impl Default` for a record of which every field has a default. For one without fields it is derived.
pub(super) fn implementation(item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code) {
    if !item.facts.has_default || fields.is_empty() {
        return;
    }
    out.blank();
    out.block(format_args!("impl ::core::default::Default for {}", item.name), |out| {
        out.block(format_args!("fn default() -> Self"), |out| {
            out.block(format_args!("Self"), |out| {
                for field in fields {
                    out.line(format_args!("{}: Self::{}(),", field.name, function_name(field)));
                }
            });
        });
    });
}

fn expression(scope: Scope<'_>, value: &DefaultValue) -> String {
    match value {
        DefaultValue::Null => "()".to_owned(),
        DefaultValue::Boolean(value) => value.to_string(),
        DefaultValue::Int(value) => value.to_string(),
        DefaultValue::Long(value) => value.to_string(),
        DefaultValue::Float(value) if value.is_finite() => format!("{value:?}"),
        DefaultValue::Float(value) => not_finite("f32", f64::from(*value)),
        DefaultValue::Double(value) if value.is_finite() => format!("{value:?}"),
        DefaultValue::Double(value) => not_finite("f64", *value),
        DefaultValue::Bytes(bytes) if bytes.is_empty() => "::std::vec::Vec::new()".to_owned(),
        DefaultValue::Bytes(bytes) => format!("{}.to_vec()", literal::bytes(bytes)),
        DefaultValue::String(text) => string(text),
        DefaultValue::Array(items) if items.is_empty() => "::std::vec::Vec::new()".to_owned(),
        DefaultValue::Array(items) => format!("::std::vec![{}]", expressions(scope, items)),
        DefaultValue::Map(entries) if entries.is_empty() => "::std::collections::HashMap::new()".to_owned(),
        DefaultValue::Map(entries) => {
            let entry =
                |(key, value): &(String, DefaultValue)| format!("({}, {})", string(key), expression(scope, value));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("::std::collections::HashMap::from([{}])", entries.join(", "))
        }
        DefaultValue::Absent => "::core::option::Option::None".to_owned(),
        DefaultValue::Present(value) => format!("::core::option::Option::Some({})", expression(scope, value)),
        DefaultValue::Decimal(unscaled, decimal_scale) => {
            format!("{}::from_i128_with_scale({unscaled}, {decimal_scale})", field_type::decimal(scope))
        }
        DefaultValue::Timestamp(second, nanosecond) => {
            format!("{}::jiff::Timestamp::constant({second}, {nanosecond})", scope.runtime)
        }
        DefaultValue::Symbol(item, index) => {
            let variant = match &scope.model.items[*item].shape {
                Shape::Enumeration { variants, .. } => variants.get(*index).map_or("", |variant| &variant.name),
                _ => "",
            };
            format!("{}::{variant}", scope.path(*item))
        }
        DefaultValue::Fixed(item, bytes) => format!("{}(*{})", scope.path(*item), literal::bytes(bytes)),
        DefaultValue::Record(item, values) => {
            let fields = match &scope.model.items[*item].shape {
                Shape::Record { fields } => fields.as_slice(),
                _ => &[],
            };
            let values = fields.iter().zip(values);
            let values: Vec<String> =
                values.map(|(field, value)| format!("{}: {}", field.name, expression(scope, value))).collect();
            format!("{} {{ {} }}", scope.path(*item), values.join(", "))
        }
        DefaultValue::Boxed(value) => format!("::std::boxed::Box::new({})", expression(scope, value)),
    }
}

fn expressions(scope: Scope<'_>, values: &[DefaultValue]) -> String {
    let values: Vec<String> = values.iter().map(|value| expression(scope, value)).collect();
    values.join(", ")
}

fn string(text: &str) -> String {
    if text.is_empty() {
        return "::std::string::String::new()".to_owned();
    }
    format!("::std::string::String::from({})", literal::text(text))
}

fn not_finite(ty: &str, value: f64) -> String {
    let name = match (value.is_nan(), value > 0.0) {
        (true, _) => "NAN",
        (false, true) => "INFINITY",
        (false, false) => "NEG_INFINITY",
    };
    format!("{ty}::{name}")
}

fn holds_float(value: &DefaultValue) -> bool {
    match value {
        DefaultValue::Float(_) | DefaultValue::Double(_) => true,
        DefaultValue::Array(items) | DefaultValue::Record(_, items) => items.iter().any(holds_float),
        DefaultValue::Map(entries) => entries.iter().any(|(_, value)| holds_float(value)),
        DefaultValue::Present(value) | DefaultValue::Boxed(value) => holds_float(value),
        _ => false,
    }
}
