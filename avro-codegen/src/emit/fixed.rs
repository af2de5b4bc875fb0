//! Fixed: a struct around its bytes.

use super::code::Code;
use super::{Scope, attributes, constants, doc, implementation, lints, serde, view};
use crate::literal;
use crate::model::Item;

/// The struct of a fixed and everything that is implemented for it.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, size: usize, out: &mut Code<'_>) {
    let runtime = scope.runtime;
    let avro_name = item.avro_name();
    doc::of_item(item, out);
    lints::allow(scope, out);
    attributes::of_type(scope, item, attributes::OF_PLAIN_BYTES, out);
    out.line(format_args!("pub struct {}(", item.name));
    out.line(format_args!("    /// The bytes."));
    out.line(format_args!("    pub [u8; {}],", literal::number(size)));
    out.line(format_args!(");"));
    constants::emit(scope, item, out);
    implementation(scope, format_args!("impl {runtime}::Encode for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{avro_name}\";"));
        out.blank();
        out.lines(&["#[inline]"]);
        let writer = format!("writer: &mut {runtime}::Writer<'_>");
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.function("fn encode", &["&self", &writer], returns, |out| out.lines(&["writer.fixed(&self.0)"]));
    });
    implementation(scope, format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{avro_name}\";"));
        out.line(format_args!("const MIN_SIZE: usize = {};", literal::number(size)));
        out.blank();
        out.lines(&["#[inline]"]);
        let reader = format!("reader: &mut {runtime}::Reader<'a>");
        let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
        out.function("fn decode", &[&reader], returns, |out| out.lines(&["reader.fixed().map(Self)"]));
    });
    serde::serialize(scope, item, out, |out| out.lines(&["serializer.serialize_bytes(&self.0)"]));
    serde::deserialize(scope, item, out, |out| {
        out.line(format_args!("{runtime}::__private::deserialize_fixed(deserializer).map(Self)"));
    });
    view::itself(scope, item, out);
}
