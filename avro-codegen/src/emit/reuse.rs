//! Reading a value into an old one, whose memory is used again.

use super::code::Code;
use super::record::{self, AvroField};
use super::{Scope, serde, wide};
use crate::model::Item;

/// `Decode::decode_into` and `Decode::decode_by_plan_into` of a record: its fields one by one, each into its old value.
pub(super) fn record(scope: Scope<'_>, item: &Item<'_>, fields: &[AvroField<'_>], out: &mut Code<'_>) {
    let is_wide = wide::is_wide(fields);
    decode_into(scope, out, |out| {
        record::use_markers(scope, fields, out);
        record::nested(item, ("reader", "nested"), out, |out| {
            if is_wide {
                return wide::decode_into(fields, out);
            }
            for (index, AvroField { name, avro_name, avro_type, .. }) in fields.iter().enumerate() {
                // The last call's result is the function's.
                let tail = if index + 1 < fields.len() { "?;" } else { "" };
                let head = format_args!("reader.field_into::<{avro_type}, _>");
                out.call(head, &[avro_name, &format!("&mut self.{name}")], tail);
            }
        });
    });
    decode_by_plan_into(scope, "decode_by_plan_into", out, |out| {
        out.lines(&["use ::core::option::Option::Some;"]);
        record::use_markers(scope, fields, out);
        record::nested(item, ("reader", "nested"), out, |out| {
            out.block(format_args!("for field in step.field_steps_of({})?", fields.len()), |out| {
                out.block_with_end(format_args!("match field.index()"), "}?;", |out| {
                    for AvroField { name, index, avro_name, avro_type, .. } in fields {
                        let value = format!("&mut self.{name}");
                        if is_wide {
                            let head = format_args!("Some({index}) => __private::update_field_step::<{avro_type}, _>");
                            out.call(head, &["field", "reader", avro_name, &value], ",");
                        } else {
                            let head = format_args!("Some({index}) => field.update::<{avro_type}, _>");
                            out.call(head, &["reader", avro_name, &value], ",");
                        }
                    }
                    out.lines(&["_ => field.skip(reader),"]);
                });
            });
            out.lines(&["::core::result::Result::Ok(())"]);
        });
    });
}

/// The two functions of a union and of a newtype, whose bodies are calls.
pub(super) fn calls(
    scope: Scope<'_>,
    needs_marker: bool,
    call: &str,
    (by_plan, by_plan_call): (&str, &str),
    out: &mut Code<'_>,
) {
    let body = |call: &str, out: &mut Code<'_>| {
        serde::use_avro(scope, needs_marker, out);
        out.lines(&[call]);
    };
    decode_into(scope, out, |out| body(call, out));
    decode_by_plan_into(scope, by_plan, out, |out| body(by_plan_call, out));
}

fn decode_into(scope: Scope<'_>, out: &mut Code<'_>, body: impl FnOnce(&mut Code<'_>)) {
    let runtime = scope.runtime;
    out.blank();
    record::inline(out);
    let reader = format!("reader: &mut {runtime}::Reader<'a>");
    out.function(
        "fn decode_into",
        &["&mut self", &reader],
        format_args!("::core::result::Result<(), {runtime}::DecodeError>"),
        body,
    );
}

fn decode_by_plan_into(scope: Scope<'_>, name: &str, out: &mut Code<'_>, body: impl FnOnce(&mut Code<'_>)) {
    let runtime = scope.runtime;
    out.blank();
    record::inline(out);
    let reader = format!("reader: &mut {runtime}::Reader<'a>");
    let step = format!("step: {runtime}::PlanStep<'a>");
    out.function(
        &format!("fn {name}"),
        &["&mut self", &reader, &step],
        format_args!("::core::result::Result<(), {runtime}::DecodeError>"),
        body,
    );
}
