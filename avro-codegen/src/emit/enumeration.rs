//! Enums: the variants are the symbols.

use super::code::Code;
use super::{Scope, attributes, constants, doc, implementation, lints, serde, view};
use crate::literal;
use crate::model::{Item, Variant};

/// The Rust enum of an Avro enum and everything that is implemented for it.
pub(super) fn emit(
    scope: Scope<'_>,
    item: &Item<'_>,
    variants: &[Variant<'_>],
    default: Option<usize>,
    out: &mut Code<'_>,
) {
    structure(scope, item, variants, default, out);
    inherent(scope, item, variants, out);
    display(scope, item, out);
    constants::emit(scope, item, out);
    encode(scope, item, variants, out);
    decode(scope, item, variants, out);
    serde_impls(scope, item, variants, out);
    view::itself(scope, item, out);
}

fn structure(scope: Scope<'_>, item: &Item<'_>, variants: &[Variant<'_>], default: Option<usize>, out: &mut Code<'_>) {
    doc::of_item(item, out);
    lints::allow(scope, out);
    let derive_default: &[&str] = if default.is_some() { &["Default"] } else { &[] };
    attributes::of_type(scope, item, &[attributes::OF_PLAIN_BYTES, derive_default].concat(), out);
    out.block(format_args!("pub enum {}", item.name), |out| {
        for (index, variant) in variants.iter().enumerate() {
            doc::of_symbol(variant.symbol, out);
            attributes::of_variant(scope, item, variant.symbol, out);
            if default == Some(index) {
                out.lines(&["#[default]"]);
            }
            out.line(format_args!("{},", variant.name));
        }
    });
}

fn inherent(scope: Scope<'_>, item: &Item<'_>, variants: &[Variant<'_>], out: &mut Code<'_>) {
    implementation(scope, format_args!("impl {}", item.name), out, |out| {
        out.lines(&["/// The Avro symbols, in the order of the schema."]);
        out.strings("pub const SYMBOLS", variants.iter().map(|variant| variant.symbol));
        out.blank();
        out.lines(&["/// The Avro symbol of this value.", "#[inline]", "#[must_use]"]);
        out.block(format_args!("pub const fn as_str(self) -> &'static str"), |out| {
            out.block(format_args!("match self"), |out| {
                for variant in variants {
                    out.line(format_args!("Self::{} => \"{}\",", variant.name, variant.symbol));
                }
            });
        });
        out.blank();
        out.lines(&["/// The index is one of a symbol: that is for the caller to check.", "#[inline]"]);
        let Some((last, others)) = variants.split_last() else {
            return out.block(format_args!("fn __avro_from_index(_: usize) -> Self"), |out| {
                out.lines(&["::core::unreachable!(\"an enum without symbols has no value\")"]);
            });
        };
        let argument = if others.is_empty() { "_" } else { "index" };
        out.block(format_args!("const fn __avro_from_index({argument}: usize) -> Self"), |out| {
            if others.is_empty() {
                out.line(format_args!("Self::{}", last.name));
                return;
            }
            out.block(format_args!("match index"), |out| {
                for (index, variant) in others.iter().enumerate() {
                    out.line(format_args!("{index} => Self::{},", variant.name));
                }
                out.line(format_args!("_ => Self::{},", last.name));
            });
        });
    });
}

fn display(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    implementation(scope, format_args!("impl ::core::fmt::Display for {}", item.name), out, |out| {
        out.lines(&["#[inline]"]);
        let head = "fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result";
        out.block(format_args!("{head}"), |out| out.lines(&["formatter.pad(self.as_str())"]));
    });
}

fn encode(scope: Scope<'_>, item: &Item<'_>, variants: &[Variant<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl {runtime}::Encode for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        out.blank();
        out.lines(&["#[inline]"]);
        let (name, body) = match variants {
            [] => ("_writer", "match *self {}"),
            _ => ("writer", "writer.enum_index(*self as usize)"),
        };
        let writer = format!("{name}: &mut {runtime}::Writer<'_>");
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.function("fn encode", &["&self", &writer], returns, |out| out.lines(&[body]));
    });
}

fn decode(scope: Scope<'_>, item: &Item<'_>, variants: &[Variant<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    let fullname = format!("\"{}\"", item.fullname);
    let count = variants.len().to_string();
    implementation(scope, format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        out.line(format_args!("const MIN_SIZE: usize = {};", literal::number(item.facts.min_size)));
        let reader = format!("reader: &mut {runtime}::Reader<'a>");
        let step = format!("step: {runtime}::PlanStep<'a>");
        let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
        out.blank();
        out.lines(&["#[inline]"]);
        out.function("fn decode", &[&reader], returns, |out| {
            out.call(format_args!("reader.enum_index"), &[&count, &fullname], ".map(Self::__avro_from_index)");
        });
        out.blank();
        out.lines(&["#[inline]"]);
        out.function("fn decode_by_plan", &[&reader, &step], returns, |out| {
            out.call(format_args!("step.enum_index"), &["reader", &count, &fullname], ".map(Self::__avro_from_index)");
        });
    });
}

fn serde_impls(scope: Scope<'_>, item: &Item<'_>, variants: &[Variant<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    let avro_name = format!("\"{}\"", item.avro_name());
    serde::serialize(scope, item, out, |out| {
        if variants.is_empty() {
            return out.lines(&["let _ = serializer;", "match *self {}"]);
        }
        let head = format_args!("{runtime}::__private::serialize_symbol");
        out.call(head, &["serializer", &avro_name, "*self as usize", "self.as_str()"], "");
    });
    serde::deserialize(scope, item, out, |out| {
        let head = format_args!("{runtime}::__private::deserialize_symbol");
        out.call(head, &["deserializer", &avro_name, "Self::SYMBOLS"], "");
        out.lines(&["    .map(Self::__avro_from_index)"]);
    });
}
