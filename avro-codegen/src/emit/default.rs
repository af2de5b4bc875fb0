//! Defaults as expressions.

use super::code::Code;
use super::{Scope, field_type, implementation};
use crate::leaf::default;
use crate::literal;
use crate::lower::defaults::DefaultValue;
use crate::model::{FieldType, Item, RecordField, Shape};
use crate::options::Maps;

/// A private function for the default of each field that has one; what reads a value with fields missing calls them.
/// Private names begin with `__avro`, so that users can have an impl of their own with any name beside this one.
pub(super) fn functions(scope: Scope<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    for field in fields {
        let Some(value) = &field.default else { continue };
        out.blank();
        let expression = expression(scope, &field.ty, value);
        out.lines(&["#[inline]"]);
        if expression == "()" {
            out.line(format_args!("const fn {}() {{}}", function_name(field)));
            continue;
        }
        let constant = if is_constant(scope, &field.ty, value) { "const " } else { "" };
        let ty = field_type::rust_type(scope, &field.ty);
        out.block(format_args!("{constant}fn {}() -> {ty}", function_name(field)), |out| {
            out.line(format_args!("{expression}"));
        });
    }
}

/// The name of the function for the default of `field`.
pub(super) fn function_name(field: &RecordField<'_>) -> String {
    let name = field.name.trim_start_matches("r#");
    match name.strip_prefix('_') {
        // Two underscores in a row are not snake case; no field is called like a number.
        Some(rest) => format!("__avro_default_{}_{}", field.index, rest.trim_start_matches('_')),
        None => format!("__avro_default_{name}"),
    }
}

/// `impl Default` for a record of which every field has a default. For one without fields it is derived.
pub(super) fn implement(scope: Scope<'_>, item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    if !item.facts.has_default || fields.is_empty() {
        return;
    }
    implementation(scope, format_args!("impl ::core::default::Default for {}", item.name), out, |out| {
        out.lines(&["#[inline]"]);
        out.block(format_args!("fn default() -> Self"), |out| {
            out.block(format_args!("Self"), |out| {
                for field in fields {
                    out.line(format_args!("{}: Self::{}(),", field.name, function_name(field)));
                }
            });
        });
    });
}

/// Whether the expression can be made at compile time: nothing in it allocates or is decoded.
fn is_constant(scope: Scope<'_>, ty: &FieldType, value: &DefaultValue) -> bool {
    match (ty, value) {
        (_, DefaultValue::Encoded(_)) => false,
        (FieldType::Sole(ty), value) => is_constant(scope, ty, value),
        (FieldType::Leaf(leaf), DefaultValue::Leaf(value)) => default::is_constant(leaf, value),
        (FieldType::Array(_), DefaultValue::Array(items)) => items.is_empty(),
        (FieldType::Map { container: Maps::BTreeMap | Maps::Vec, .. }, DefaultValue::Map(entries)) => {
            entries.is_empty()
        }
        (FieldType::Nullable { value: ty, .. }, DefaultValue::Present(value)) => is_constant(scope, ty, value),
        (FieldType::Nullable { .. }, _) => true,
        (FieldType::Item { item, pointer: None }, value) => match (&scope.model.items[*item].shape, value) {
            (Shape::Record { fields }, DefaultValue::Record(values)) => {
                fields.iter().zip(values).all(|(field, value)| is_constant(scope, &field.ty, value))
            }
            (Shape::Union { variants }, DefaultValue::Variant(index, value)) => {
                variants.get(*index).is_some_and(|variant| is_constant(scope, &variant.ty, value))
            }
            (Shape::Newtype { of }, DefaultValue::Newtype(value)) => is_constant(scope, of, value),
            (_, DefaultValue::Symbol(_) | DefaultValue::Fixed(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

fn expression(scope: Scope<'_>, ty: &FieldType, value: &DefaultValue) -> String {
    match (ty, value) {
        (FieldType::Sole(ty), value) => format!("{}::Sole({})", scope.runtime, expression(scope, ty, value)),
        (FieldType::Item { pointer: Some(pointer), item }, DefaultValue::Encoded(_)) => {
            let value = expression(scope, &FieldType::Item { item: *item, pointer: None }, value);
            format!("{}::new({value})", field_type::pointer(*pointer))
        }
        (ty, DefaultValue::Encoded(bytes)) => {
            let (marker, rust_type) = (field_type::avro_type(scope, ty), field_type::rust_type(scope, ty));
            let value = default::decoded(scope.runtime, &marker, &rust_type, bytes);
            if ty.needs_marker() { format!("{{ use {}::avro; {value} }}", scope.runtime) } else { value }
        }
        (FieldType::Leaf(leaf), DefaultValue::Leaf(value)) => default::expression(leaf, value, scope.runtime),
        (FieldType::Array(_), DefaultValue::Array(items)) if items.is_empty() => "::std::vec::Vec::new()".to_owned(),
        (FieldType::Array(ty), DefaultValue::Array(items)) => {
            let items: Vec<String> = items.iter().map(|value| expression(scope, ty, value)).collect();
            format!("::std::vec![{}]", items.join(", "))
        }
        (FieldType::Map { container, .. }, DefaultValue::Map(entries)) if entries.is_empty() => {
            let empty = match container {
                Maps::HashMap => "::std::collections::HashMap::new()",
                Maps::BTreeMap => "::std::collections::BTreeMap::new()",
                Maps::FastHashMap => "::core::default::Default::default()",
                Maps::Vec => "::std::vec::Vec::new()",
            };
            empty.to_owned()
        }
        (FieldType::Map { container, values }, DefaultValue::Map(entries)) => {
            let entry = |(key, value): &(String, DefaultValue)| {
                format!("({}, {})", default::string_expression(key), expression(scope, values, value))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            let entries = entries.join(", ");
            match container {
                Maps::HashMap => format!("::std::collections::HashMap::from([{entries}])"),
                Maps::BTreeMap => format!("::std::collections::BTreeMap::from([{entries}])"),
                Maps::FastHashMap => format!("::core::iter::FromIterator::from_iter([{entries}])"),
                Maps::Vec => format!("::std::vec![{entries}]"),
            }
        }
        (FieldType::Nullable { value: ty, .. }, DefaultValue::Present(value)) => {
            format!("::core::option::Option::Some({})", expression(scope, ty, value))
        }
        (FieldType::Item { item, pointer: None }, value) => item_expression(scope, *item, value),
        (FieldType::Item { item, pointer: Some(pointer) }, value) => {
            format!("{}::new({})", field_type::pointer(*pointer), item_expression(scope, *item, value))
        }
        (_, value) => {
            // A default is made for its type; what else it could be is the absence of a nullable one.
            debug_assert!(matches!(value, DefaultValue::Absent), "a default of another type than its field");
            "::core::option::Option::None".to_owned()
        }
    }
}

fn item_expression(scope: Scope<'_>, item: usize, value: &DefaultValue) -> String {
    let path = scope.path(item);
    match (&scope.model.items[item].shape, value) {
        (Shape::Record { fields }, DefaultValue::Record(values)) => {
            let values = fields.iter().zip(values);
            let values: Vec<String> = values
                .map(|(field, value)| format!("{}: {}", field.name, expression(scope, &field.ty, value)))
                .collect();
            format!("{path} {{ {} }}", values.join(", "))
        }
        (Shape::Enumeration { variants, .. }, DefaultValue::Symbol(index)) => {
            let variant = variants.get(*index);
            debug_assert!(variant.is_some(), "a default that is not a symbol of its enum");
            format!("{path}::{}", variant.map_or("", |variant| &variant.name))
        }
        (Shape::Union { variants }, DefaultValue::Variant(index, value)) => match variants.get(*index) {
            Some(variant) => format!("{path}::{}({})", variant.name, expression(scope, &variant.ty, value)),
            None => {
                debug_assert!(false, "a default of a branch that its union does not have");
                path
            }
        },
        (Shape::Newtype { of }, DefaultValue::Newtype(value)) => format!("{path}({})", expression(scope, of, value)),
        (_, DefaultValue::Fixed(bytes)) => format!("{path}(*{})", literal::bytes(bytes)),
        _ => path,
    }
}
