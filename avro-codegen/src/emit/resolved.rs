//! Reading a record that was written by another schema.

use super::code::Code;
use super::record::{self, AvroField};
use super::{Scope, wide};
use crate::model::Item;

/// `Decode::decode_by_plan` of a record: the steps of the plan in the writer's order, then the fields together.
///
/// Locals are numbered, since a field may be called `reader` or `step`.
pub(super) fn record(scope: Scope<'_>, item: &Item<'_>, fields: &[AvroField<'_>], nested: &str, out: &mut Code<'_>) {
    let runtime = scope.runtime;
    let arguments = [format!("reader: &mut {runtime}::Reader<'a>"), format!("step: {runtime}::PlanStep<'a>")];
    let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
    record::inline(out);
    out.function("fn decode_by_plan", &[&arguments[0], &arguments[1]], returns, |out| {
        let is_wide = wide::is_wide(fields);
        use_short_names(fields, !fields.is_empty() && !is_wide, out);
        record::use_markers(scope, fields, out);
        record::nested(item, ("reader", nested), out, |out| {
            if is_wide {
                return wide::decode_by_plan(fields, out);
            }
            empty_locals(fields, out);
            out.block(format_args!("for field in step.field_steps()?"), |out| steps(fields, out));
            out.block_with_end(format_args!("::core::result::Result::Ok(Self"), "})", |out| {
                for AvroField { name, local, avro_name, .. } in fields {
                    let missing = format_args!("return Err(step.missing({avro_name}))");
                    out.line(format_args!("{name}: match {local} {{ Some(value) => value, None => {missing} }},"));
                }
            });
        });
    });
}

/// One `?` for all fields, and not one for each: compilers spend most of their time on these.
fn steps(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    if fields.is_empty() {
        out.lines(&["field.skip(reader)?;"]);
        return;
    }
    out.block_with_end(format_args!("match field.index()"), "}?;", |out| {
        for AvroField { index, local, avro_name, avro_type, .. } in fields {
            let head = format_args!("Some({index}) => field.read_into::<{avro_type}, _>");
            out.call(head, &["reader", avro_name, &format!("&mut {local}")], ",");
        }
        out.lines(&["_ => field.skip(reader),"]);
    });
}

/// The short names that [`empty_locals`], patterns and, where something can be missing, errors use.
pub(super) fn use_short_names(fields: &[AvroField<'_>], has_errors: bool, out: &mut Code<'_>) {
    if wide::is_wide(fields) {
        out.lines(&["use ::core::option::Option::{None, Some};"]);
    } else if !fields.is_empty() {
        out.lines(&["use ::core::option::Option::{self, None, Some};"]);
    }
    if has_errors {
        out.lines(&["use ::core::result::Result::Err;"]);
    }
}

/// A variable for each field, until all are there. Their types are written, since compilers take long to find many at
/// once.
pub(super) fn empty_locals(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    for AvroField { local, rust_type, .. } in fields {
        out.line(format_args!("let mut {local}: Option<{rust_type}> = None;"));
    }
}
