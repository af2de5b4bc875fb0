//! Enums: the variants are the symbols.

use super::{Scope, constants, doc, serde};
use crate::code::Code;
use crate::model::{Item, Variant};

/// The Rust enum of an Avro enum and everything that is implemented for it.
pub(super) fn emit(
    scope: Scope<'_>,
    item: &Item<'_>,
    variants: &[Variant<'_>],
    default: Option<usize>,
    out: &mut Code,
) {
    structure(item, variants, default, out);
    inherent(item, variants, out);
    display(item, out);
    constants::emit(scope, item, out);
    encode(scope, item, out);
    decode(scope, item, variants, out);
    serde_impls(scope, item, out);
}

fn structure(item: &Item<'_>, variants: &[Variant<'_>], default: Option<usize>, out: &mut Code) {
    doc::of_definition(item.definition, out);
    // Symbols that start or end alike are the schema's choice.
    out.lines(&["#[allow(clippy::enum_variant_names)]"]);
    let derive_default = if default.is_some() { ", Default" } else { "" };
    out.line(format_args!("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash{derive_default})]"));
    out.block(format_args!("pub enum {}", item.name), |out| {
        for (index, variant) in variants.iter().enumerate() {
            doc::of_symbol(variant.symbol, out);
            if default == Some(index) {
                out.lines(&["#[default]"]);
            }
            out.line(format_args!("{},", variant.name));
        }
    });
}

fn inherent(item: &Item<'_>, variants: &[Variant<'_>], out: &mut Code) {
    out.blank();
    out.block(format_args!("impl {}", item.name), |out| {
        out.lines(&[
            "/// The Avro symbols, in the order of the schema.",
            "pub const SYMBOLS: &'static [&'static str] = &[",
        ]);
        for variant in variants {
            out.line(format_args!("    \"{}\",", variant.symbol));
        }
        out.lines(&["];"]);
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
        let Some((last, others)) = variants.split_last() else { return };
        let argument = if others.is_empty() { "_" } else { "index" };
        out.block(format_args!("fn from_index({argument}: usize) -> Self"), |out| {
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

fn display(item: &Item<'_>, out: &mut Code) {
    out.blank();
    out.block(format_args!("impl ::core::fmt::Display for {}", item.name), |out| {
        let head = "fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result";
        out.block(format_args!("{head}"), |out| out.lines(&["formatter.pad(self.as_str())"]));
    });
}

fn encode(scope: Scope<'_>, item: &Item<'_>, out: &mut Code) {
    let runtime = scope.runtime;
    out.blank();
    out.block(format_args!("impl {runtime}::Encode for {}", item.name), |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.definition.name.name()));
        out.blank();
        out.lines(&["#[inline]"]);
        let writer = format!("writer: &mut {runtime}::Writer<'_>");
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.function("fn encode", &["&self", &writer], returns, |out| {
            out.lines(&["writer.enum_index(*self as usize)"]);
        });
    });
}

fn decode(scope: Scope<'_>, item: &Item<'_>, variants: &[Variant<'_>], out: &mut Code) {
    let runtime = scope.runtime;
    let fullname = format!("\"{}\"", item.definition.name);
    let count = variants.len().to_string();
    out.blank();
    out.block(format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.definition.name.name()));
        out.line(format_args!("const MIN_SIZE: usize = {};", item.facts.min_size));
        let reader = format!("reader: &mut {runtime}::Reader<'a>");
        let resolving = format!("resolving: {runtime}::Resolving<'a>");
        let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
        out.blank();
        out.lines(&["#[inline]"]);
        out.function("fn decode", &[&reader], returns, |out| {
            out.call(format_args!("let index = reader.enum_index"), &[&count, &fullname], "?;");
            out.lines(&["::core::result::Result::Ok(Self::from_index(index))"]);
        });
        out.blank();
        out.function("fn decode_changed", &[&reader, &resolving], returns, |out| {
            out.call(format_args!("let index = resolving.enum_index"), &["reader", &count, &fullname], "?;");
            out.lines(&["::core::result::Result::Ok(Self::from_index(index))"]);
        });
    });
}

fn serde_impls(scope: Scope<'_>, item: &Item<'_>, out: &mut Code) {
    let runtime = scope.runtime;
    let avro_name = format!("\"{}\"", item.definition.name.name());
    serde::serialize(scope, item, out, |out| {
        let head = format_args!("{runtime}::__private::serialize_symbol");
        out.call(head, &["serializer", &avro_name, "*self as usize", "self.as_str()"], "");
    });
    serde::deserialize(scope, item, out, |out| {
        let head = format_args!("{runtime}::__private::deserialize_symbol");
        out.call(head, &["deserializer", &avro_name, "Self::SYMBOLS"], "");
        out.lines(&["    .map(Self::from_index)"]);
    });
}
