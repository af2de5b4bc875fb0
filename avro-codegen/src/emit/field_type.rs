//! The two sides of a field's type: what Rust holds, and how Avro encodes it.

use std::fmt::Write as _;

use super::Scope;
use crate::leaf::{Encoding, Leaf};
use crate::model::FieldType;
use crate::options::{self, Maps, Pointers};

/// The Rust type, with absolute paths.
pub(super) fn rust_type(scope: Scope<'_>, ty: &FieldType) -> String {
    let mut text = String::new();
    write_rust_type(scope, ty, &mut text);
    text
}

fn write_rust_type(scope: Scope<'_>, ty: &FieldType, text: &mut String) {
    match ty {
        FieldType::Leaf(leaf) => text.push_str(&leaf.rust.path(scope.runtime)),
        FieldType::Array(items) => generic(scope, "::std::vec::Vec<", items, text),
        FieldType::Map { container, values } => {
            let (opening, closing) = match container {
                Maps::HashMap | Maps::FastHashMap => ("::std::collections::HashMap<", ""),
                Maps::BTreeMap => ("::std::collections::BTreeMap<", ""),
                Maps::Vec => ("::std::vec::Vec<(", ")"),
            };
            text.push_str(opening);
            text.push_str("::std::string::String, ");
            write_rust_type(scope, values, text);
            if *container == Maps::FastHashMap {
                text.push_str(", ");
                text.push_str(scope.runtime);
                text.push_str("::FastRandomState");
            }
            text.push_str(closing);
            text.push('>');
        }
        FieldType::Nullable { value, .. } => generic(scope, "::core::option::Option<", value, text),
        FieldType::Sole(value) => {
            text.push_str(scope.runtime);
            generic(scope, "::Sole<", value, text);
        }
        FieldType::Item { item, pointer: None } => text.push_str(&scope.path_of_value(*item)),
        FieldType::Item { item, pointer: Some(pointer) } => {
            text.push_str(self::pointer(*pointer));
            text.push('<');
            text.push_str(&scope.path_of_value(*item));
            text.push('>');
        }
        FieldType::Own { ty, of } => {
            let filling = match &**of {
                FieldType::Array(inner) | FieldType::Map { values: inner, .. } => inner,
                leaf_or_item => leaf_or_item,
            };
            text.push_str(&options::fill(ty, || rust_type(scope, filling)));
        }
    }
}

fn generic(scope: Scope<'_>, opening: &str, inner: &FieldType, text: &mut String) {
    text.push_str(opening);
    write_rust_type(scope, inner, text);
    text.push('>');
}

/// The Rust type of a view's part, for data of the lifetime `'a`, with absolute paths.
pub(super) fn view_type(scope: Scope<'_>, ty: &FieldType) -> String {
    let runtime = scope.runtime;
    match ty {
        FieldType::Leaf(Leaf { encoding: Encoding::String, .. }) => "&'a str".to_owned(),
        FieldType::Leaf(Leaf { encoding: Encoding::Bytes, .. }) => "&'a [u8]".to_owned(),
        FieldType::Array(items) => {
            format!("{runtime}::ArrayRef<'a, {}, {}>", view_type(scope, items), absolute_avro_type(scope, items))
        }
        FieldType::Map { values, .. } => {
            format!("{runtime}::MapRef<'a, {}, {}>", view_type(scope, values), absolute_avro_type(scope, values))
        }
        FieldType::Nullable { value, .. } => format!("::core::option::Option<{}>", view_type(scope, value)),
        FieldType::Sole(value) => format!("{runtime}::Sole<{}>", view_type(scope, value)),
        FieldType::Item { item, pointer } if scope.model.items[*item].facts.has_view => {
            let view = scope.path_of_view(*item);
            // In a view, only recursion needs pointers.
            match pointer {
                Some(_) if scope.model.items[*item].facts.is_recursive => format!("::std::boxed::Box<{view}>"),
                _ => view,
            }
        }
        FieldType::Leaf(_) | FieldType::Item { .. } | FieldType::Own { .. } => rust_type(scope, ty),
    }
}

/// The path of a pointer's type, without its argument.
pub(super) fn pointer(pointer: Pointers) -> &'static str {
    match pointer {
        Pointers::Box => "::std::boxed::Box",
        Pointers::Arc => "::std::sync::Arc",
    }
}

/// The Avro type, where `avro` is the runtime's module of that name: generated types stand for themselves.
pub(super) fn avro_type(scope: Scope<'_>, ty: &FieldType) -> String {
    let mut text = String::new();
    write_avro_type(scope, ty, ("", None), &mut text);
    text
}

/// The same with absolute paths.
fn absolute_avro_type(scope: Scope<'_>, ty: &FieldType) -> String {
    let mut text = String::new();
    write_avro_type(scope, ty, (&format!("{}::", scope.runtime), None), &mut text);
    text
}

/// The same for serde, which takes users' own types as they are.
pub(super) fn serde_type(scope: Scope<'_>, ty: &FieldType) -> String {
    let mut text = String::new();
    write_avro_type(scope, ty, ("", Some("::__private::Plain")), &mut text);
    text
}

/// `avro` is what comes before the runtime's module of that name. `own` stands for a user's own type, inside of the
/// runtime; without it, the Avro type that it is encoded as.
fn write_avro_type(scope: Scope<'_>, ty: &FieldType, (avro, own): (&str, Option<&str>), text: &mut String) {
    let mut inside = |opening: &str, inner: &FieldType| {
        text.push_str(avro);
        text.push_str(opening);
        write_avro_type(scope, inner, (avro, own), text);
    };
    match ty {
        FieldType::Leaf(leaf) if avro.is_empty() => return text.push_str(&leaf.encoding.marker()),
        FieldType::Leaf(leaf) => {
            return text.push_str(&leaf.encoding.marker().replace("avro::", &format!("{avro}avro::")));
        }
        FieldType::Item { item, .. } => return text.push_str(&scope.path(*item)),
        FieldType::Own { of, .. } => {
            return match own {
                Some(own) => text.extend([scope.runtime, own]),
                None => write_avro_type(scope, of, (avro, own), text),
            };
        }
        FieldType::Array(items) => inside("avro::Array<", items),
        FieldType::Map { values, .. } => inside("avro::Map<", values),
        FieldType::Sole(value) => inside("avro::Sole<", value),
        FieldType::Nullable { null_branch, value } => {
            inside(if scope.is_union(value) { "avro::NullableUnion<" } else { "avro::Nullable<" }, value);
            // Writing to a String does not fail.
            let _ = write!(text, ", {null_branch}");
        }
    }
    text.push('>');
}
