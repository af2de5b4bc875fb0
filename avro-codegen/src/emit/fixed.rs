//! Fixed: a struct around its bytes, or another name for the type of its logical type.

use super::{Scope, constants, doc, field_type, serde};
use crate::code::Code;
use crate::model::{FieldType, Item};

/// The struct of a fixed and everything that is implemented for it.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, size: usize, out: &mut Code) {
    let runtime = scope.runtime;
    let avro_name = item.definition.name.name();
    doc::of_definition(item.definition, out);
    out.lines(&["#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]"]);
    out.line(format_args!("pub struct {}(", item.name));
    out.line(format_args!("    /// The bytes."));
    out.line(format_args!("    pub [u8; {size}],"));
    out.line(format_args!(");"));
    constants::emit(scope, item, out);
    out.blank();
    out.block(format_args!("impl {runtime}::Encode for {}", item.name), |out| {
        out.line(format_args!("const NAME: &'static str = \"{avro_name}\";"));
        out.blank();
        out.lines(&["#[inline]"]);
        let writer = format!("writer: &mut {runtime}::Writer<'_>");
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.function("fn encode", &["&self", &writer], returns, |out| out.lines(&["writer.fixed(&self.0)"]));
    });
    out.blank();
    out.block(format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), |out| {
        out.line(format_args!("const NAME: &'static str = \"{avro_name}\";"));
        out.line(format_args!("const MIN_SIZE: usize = {size};"));
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
}

/// A fixed whose values are of another Rust type.
pub(super) fn emit_alias(scope: Scope<'_>, item: &Item<'_>, of: &FieldType, out: &mut Code) {
    let ty = match of {
        FieldType::Decimal { .. } => field_type::decimal(scope),
        other => field_type::rust_type(scope, other),
    };
    doc::of_definition(item.definition, out);
    out.line(format_args!("pub type {} = {ty};", item.name));
}
