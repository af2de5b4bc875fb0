//! Newtypes: what Avro gives a name, or a file, and Rust a type of its own already.

use super::code::Code;
use super::{Scope, attributes, constants, doc, field_type, implementation, lints, reuse, serde, view};
use crate::literal;
use crate::model::{FieldType, Item};

/// The struct around a value and everything that is implemented for it, which is what the value has.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, of: &FieldType, out: &mut Code<'_>) {
    let runtime = scope.runtime;
    let avro_type = field_type::avro_type(scope, of);
    doc::of_item(item, out);
    lints::allow(scope, out);
    attributes::of_type(scope, item, item.facts.derives(), out);
    out.line(format_args!("pub struct {}(", item.name));
    out.line(format_args!("    /// The value."));
    out.line(format_args!("    pub {},", field_type::rust_type(scope, of)));
    out.line(format_args!(");"));
    constants::emit(scope, item, out);
    implementation(scope, format_args!("impl {runtime}::Encode for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        out.blank();
        let writer = format!("writer: &mut {runtime}::Writer<'_>");
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.lines(&["#[inline]"]);
        out.function("fn encode", &["&self", &writer], returns, |out| {
            serde::use_avro(scope, of.needs_marker(), out);
            out.line(format_args!("{runtime}::Encode::<{avro_type}>::encode(&self.0, writer)"));
        });
    });
    implementation(scope, format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        out.line(format_args!("const MIN_SIZE: usize = {};", literal::number(item.facts.min_size)));
        out.blank();
        let reader = format!("reader: &mut {runtime}::Reader<'a>");
        let step = format!("step: {runtime}::PlanStep<'a>");
        let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
        out.lines(&["#[inline]"]);
        out.function("fn decode", &[&reader], returns, |out| {
            serde::use_avro(scope, of.needs_marker(), out);
            out.line(format_args!("{runtime}::Decode::<{avro_type}>::decode(reader).map(Self)"));
        });
        out.blank();
        // Not `decode_by_plan`: what a union does with another schema begins earlier.
        out.lines(&["#[inline]"]);
        out.function("fn decode_resolved", &[&reader, &step], returns, |out| {
            serde::use_avro(scope, of.needs_marker(), out);
            out.line(format_args!("{runtime}::Decode::<{avro_type}>::decode_resolved(reader, step).map(Self)"));
        });
        if item.facts.has_memory {
            let into = format!("{runtime}::Decode::<{avro_type}>::decode_into(&mut self.0, reader)");
            let by_plan = format!("{runtime}::Decode::<{avro_type}>::decode_resolved_into(&mut self.0, reader, step)");
            let needs_marker = of.needs_marker();
            reuse::calls(scope, needs_marker, &into, ("decode_resolved_into", &by_plan), out);
        }
    });
    serde::newtype(scope, item, of, out);
    view::newtype(scope, item, of, out);
}
