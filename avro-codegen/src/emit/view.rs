//! Views: the borrowed forms of types, whose texts, bytes, arrays and maps stay in the datum.

use super::code::Code;
use super::record::{self, AvroField};
use super::union::{self, Branch};
use super::{Scope, attributes, field_type, implementation, lints, serde};
use crate::leaf::{Encoding, RustType};
use crate::literal;
use crate::model::{FieldType, Item, RecordField, Shape, UnionVariant};

/// The view of a record, if there is one. `scope` is not that of an impl of the record: in an impl of the view, `Self`
/// is another type.
pub(super) fn record(scope: Scope<'_>, index: usize, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    let item = &scope.model.items[index];
    let Some(name) = &item.view_name else { return itself(scope, item, out) };
    let of_view = scope.with_own_view(index);
    let avro_fields: Vec<AvroField<'_>> =
        fields.iter().map(|field| AvroField::of_view(of_view, field, fields.len())).collect();
    structure(scope, item, out);
    out.block(format_args!("pub struct {name}<'a>"), |out| {
        for field in fields {
            out.line(format_args!("/// Field `{}`.", field.field.name));
            out.line(format_args!("pub {}: {},", field.name, field_type::view_type(of_view, &field.ty)));
        }
    });
    decode(scope, item, name, out, |out| record::decode_functions(scope, item, &avro_fields, "nested_view", out));
    conversions(scope, item, name, out, |out| {
        out.block(format_args!("Self"), |out| {
            for field in fields {
                let value = owned(scope.with_own(index), &field.ty, &format!("view.{}", field.name));
                out.line(format_args!("{}: {value},", field.name));
            }
        });
    });
}

/// The view of a union.
pub(super) fn union(
    scope: Scope<'_>,
    item: &Item<'_>,
    variants: &[UnionVariant],
    branches: &[Branch<'_>],
    out: &mut Code<'_>,
) {
    let Some(name) = &item.view_name else { return itself(scope, item, out) };
    structure(scope, item, out);
    out.block(format_args!("pub enum {name}<'a>"), |out| {
        for variant in variants {
            out.line(format_args!("/// Branch `{}`.", variant.branch));
            out.line(format_args!("{}({}),", variant.name, field_type::view_type(scope, &variant.ty)));
        }
    });
    union::decode_union(scope, &format!("{name}<'a>"), branches, out, |_| {});
    decode(scope, item, name, out, |out| union::decode_functions(scope, out));
    conversions(scope, item, name, out, |out| {
        out.block(format_args!("match view"), |out| {
            for variant in variants {
                let value = owned(scope, &variant.ty, "value");
                out.line(format_args!("self::{name}::{0}(value) => Self::{0}({value}),", variant.name));
            }
        });
    });
}

/// The view of a newtype.
pub(super) fn newtype(scope: Scope<'_>, item: &Item<'_>, of: &FieldType, out: &mut Code<'_>) {
    let Some(name) = &item.view_name else { return itself(scope, item, out) };
    let runtime = scope.runtime;
    structure(scope, item, out);
    out.line(format_args!("pub struct {name}<'a>("));
    out.line(format_args!("    /// The value."));
    out.line(format_args!("    pub {},", field_type::view_type(scope, of)));
    out.line(format_args!(");"));
    decode(scope, item, name, out, |out| {
        let reader = format!("reader: &mut {runtime}::Reader<'a>");
        let step = format!("step: {runtime}::PlanStep<'a>");
        let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
        let avro_type = field_type::avro_type(scope, of);
        for (function, arguments, values) in [
            ("decode", &[reader.as_str()][..], "reader"),
            ("decode_resolved", &[reader.as_str(), step.as_str()][..], "reader, step"),
        ] {
            out.blank();
            record::inline(out);
            out.function(&format!("fn {function}"), arguments, returns, |out| {
                serde::use_avro(scope, of.needs_marker(), out);
                out.line(format_args!("{runtime}::Decode::<{avro_type}>::{function}({values}).map(Self)"));
            });
        }
    });
    conversions(scope, item, name, out, |out| {
        out.line(format_args!("Self({})", owned(scope, of, "view.0")));
    });
}

/// What has no view is its own.
pub(super) fn itself(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    if !scope.choices.has_views() {
        return;
    }
    implementation(scope, format_args!("impl {}::DecodeBorrowed for {}", scope.runtime, item.name), out, |out| {
        out.lines(&["type View<'a> = Self;", ""]);
        record::inline(out);
        out.block(format_args!("fn from_view(view: Self) -> Self"), |out| out.lines(&["view"]));
    });
}

/// What comes before the type.
fn structure(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    out.blank();
    out.line(format_args!("/// A [`{}`] that borrows from the message which it is in.", item.name));
    lints::allow(scope, out);
    let mut derives = vec!["Clone"];
    if item.facts.is_view_copy {
        derives.push("Copy");
    }
    if !attributes::is_skipped(scope, item, "Debug") {
        derives.push("Debug");
    }
    out.line(format_args!("#[derive({})]", derives.join(", ")));
}

fn decode(scope: Scope<'_>, item: &Item<'_>, name: &str, out: &mut Code<'_>, functions: impl FnOnce(&mut Code<'_>)) {
    let head = format_args!("impl<'a> {}::Decode<'a, {}> for {name}<'a>", scope.runtime, item.name);
    implementation(scope, head, out, |out| {
        if !item.shape.is_union() {
            out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        }
        out.line(format_args!("const MIN_SIZE: usize = {};", literal::number(item.facts.min_size)));
        out.line(format_args!("const OWNED_SIZE: usize = ::core::mem::size_of::<{}>();", item.name));
        functions(out);
    });
}

/// A view as an owned value, and what is done with that: it is compared and serialized as the owned value is.
fn conversions(
    scope: Scope<'_>,
    item: &Item<'_>,
    name: &str,
    out: &mut Code<'_>,
    from_view: impl FnOnce(&mut Code<'_>),
) {
    let (runtime, owned) = (scope.runtime, &item.name);
    implementation(scope, format_args!("impl {runtime}::DecodeBorrowed for {owned}"), out, |out| {
        out.line(format_args!("type View<'a> = {name}<'a>;"));
        out.blank();
        if is_endless(scope, item) {
            // The compiler is right that this does not return; it is never called, either.
            out.line(format_args!("#[allow(unconditional_recursion)]"));
        }
        record::inline(out);
        out.block(format_args!("fn from_view(view: {name}<'_>) -> Self"), from_view);
    });
    out.blank();
    lints::allow(scope, out);
    out.block(format_args!("impl {name}<'_>"), |out| {
        out.lines(&["/// The value as one that borrows nothing.", "#[inline]", "#[must_use]"]);
        out.block(format_args!("pub fn into_owned(self) -> {owned}"), |out| {
            out.line(format_args!("{runtime}::DecodeBorrowed::from_view(self)"));
        });
    });
    let copy = if item.facts.is_view_copy { "(*self)" } else { "::core::clone::Clone::clone(self)" };
    // What is not derived the user may have written. The lifetime keeps compilers from asking for it before it is used.
    let bound = |name: &str, path: &str| match attributes::is_skipped(scope, item, name) {
        true => format!(" where for<'owned> {owned}: {path}"),
        false => String::new(),
    };
    let equal = bound("PartialEq", "::core::cmp::PartialEq");
    implementation(scope, format_args!("impl ::core::cmp::PartialEq<{owned}> for {name}<'_>{equal}"), out, |out| {
        record::inline(out);
        out.block(format_args!("fn eq(&self, other: &{owned}) -> bool"), |out| {
            out.line(format_args!("{copy}.into_owned() == *other"));
        });
    });
    let shown = bound("Debug", "::core::fmt::Debug");
    if !shown.is_empty() {
        implementation(scope, format_args!("impl ::core::fmt::Debug for {name}<'_>{shown}"), out, |out| {
            let head = "fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result";
            out.block(format_args!("{head}"), |out| {
                out.line(format_args!("::core::fmt::Debug::fmt(&{copy}.into_owned(), formatter)"));
            });
        });
    }
    serde::serialize_as(scope, &format!("{name}<'_>"), out, |out| {
        let value = format!("&{copy}.into_owned()");
        out.call(format_args!("{runtime}::serde::Serialize::serialize"), &[&value, "serializer"], "");
    });
}

/// Whether a value of a record has another one in it in any case, so that there is none.
fn is_endless(scope: Scope<'_>, item: &Item<'_>) -> bool {
    let Shape::Record { fields } = &item.shape else { return false };
    fields.iter().any(|field| {
        let mut ty = &field.ty;
        while let FieldType::Sole(inner) = ty {
            ty = inner;
        }
        matches!(ty, FieldType::Item { item: other, .. } if std::ptr::eq(&scope.model.items[*other], item))
    })
}

/// The expression that makes an owned value of `value`, which is a view's.
fn owned(scope: Scope<'_>, ty: &FieldType, value: &str) -> String {
    match conversion(scope, ty) {
        Conversion::None => value.to_owned(),
        Conversion::Function(path) => format!("{path}({value})"),
        Conversion::Expression(expression) => expression(value),
    }
}

/// How a part of a view becomes owned.
enum Conversion<'m> {
    /// It is already.
    None,
    /// By a function.
    Function(String),
    Expression(Box<dyn Fn(&str) -> String + 'm>),
}

fn conversion<'m>(scope: Scope<'m>, ty: &'m FieldType) -> Conversion<'m> {
    let runtime = scope.runtime;
    match ty {
        FieldType::Leaf(leaf) => match (leaf.encoding, &leaf.rust) {
            (_, RustType::SharedBytes) => Conversion::Function(format!("{runtime}::bytes::Bytes::copy_from_slice")),
            (Encoding::String | Encoding::Bytes, _) => Conversion::Function("::core::convert::From::from".to_owned()),
            _ => Conversion::None,
        },
        FieldType::Array(_) => Conversion::Function(format!("{runtime}::__private::owned_array")),
        FieldType::Map { .. } => Conversion::Function(format!("{runtime}::__private::owned_map")),
        FieldType::Nullable { value, .. } => match conversion(scope, value) {
            Conversion::None => Conversion::None,
            Conversion::Function(path) => Conversion::Expression(Box::new(move |value| format!("{value}.map({path})"))),
            Conversion::Expression(inner) => {
                Conversion::Expression(Box::new(move |value| format!("{value}.map(|value| {})", inner("value"))))
            }
        },
        FieldType::Sole(inner) => match conversion(scope, inner) {
            Conversion::None => Conversion::None,
            _ => Conversion::Expression(Box::new(move |value| {
                format!("{runtime}::Sole({})", owned(scope, inner, &format!("{value}.0")))
            })),
        },
        FieldType::Item { item, pointer } => {
            let target = &scope.model.items[*item];
            if !target.facts.has_view {
                return Conversion::None;
            }
            let from_view = format!("<{} as {runtime}::DecodeBorrowed>::from_view", scope.path(*item));
            let Some(pointer) = pointer else { return Conversion::Function(from_view) };
            let pointer = field_type::pointer(*pointer);
            let of = if target.facts.is_recursive { "*" } else { "" };
            Conversion::Expression(Box::new(move |value| format!("{pointer}::new({from_view}({of}{value}))")))
        }
        FieldType::Own { .. } => Conversion::None,
    }
}
