//! The bodies of records of many fields: in groups, each a function of its own.
//!
//! In one straight line, every `?` has a way out past all fields before it, and compilers need time and memory for the
//! square of the number of fields. So a wide record is read in groups, whose values are a tuple until all are there,
//! and the code that reads a value is called, once for each type, instead of repeated for each field.

use super::code::Code;
use super::record::AvroField;
use super::{Scope, default, field_type};
use crate::model::RecordField;

/// A record of more fields is wide. Below, the straight line compiles fast, and its code is faster.
const MOST_FIELDS_IN_A_LINE: usize = 32;

/// More fields in a group compile slower, and fewer make more groups.
const FIELDS_IN_A_GROUP: usize = 16;

/// Whether the record is read and written in groups.
pub(super) fn is_wide<F>(fields: &[F]) -> bool {
    fields.len() > MOST_FIELDS_IN_A_LINE
}

/// The body of `Encode::encode`.
pub(super) fn encode(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    for (index, AvroField { name, avro_name, avro_type, .. }) in fields.iter().enumerate() {
        let tail = if index + 1 < fields.len() { "?;" } else { "" };
        out.call(
            format_args!("__private::write_field::<{avro_type}, _>"),
            &["writer", avro_name, &format!("&self.{name}")],
            tail,
        );
    }
}

/// The body of `Decode::decode`.
pub(super) fn decode(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    for (number, group) in groups(fields) {
        values(number, "__private::read_group(reader, |reader|", out, |out| {
            for AvroField { avro_name, avro_type, rust_type, .. } in group {
                let head = format_args!("__private::read_field::<{avro_type}, {rust_type}>");
                out.call(head, &["reader", avro_name], "?,");
            }
        });
    }
    record(fields, out);
}

/// The body of `Decode::decode_by_plan`.
pub(super) fn decode_by_plan(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    empty_slots(fields, out);
    out.block(format_args!("for field in step.field_steps()?"), |out| {
        let head = format_args!("match field.index().map(|index| index / {FIELDS_IN_A_GROUP})");
        out.block_with_end(head, "}?;", |out| {
            for (number, group) in groups(fields) {
                let head = format_args!("Some({number}) => __private::read_group(reader, |reader| match field.index()");
                out.block_with_end(head, "}),", |out| {
                    for (slot, AvroField { index, avro_name, avro_type, .. }) in group.iter().enumerate() {
                        let head = format_args!("Some({index}) => __private::read_field_step::<{avro_type}, _>");
                        let slot = format!("&mut group_{number}.{slot}");
                        out.call(head, &["field", "reader", avro_name, &slot], ",");
                    }
                    out.lines(&["_ => field.skip(reader),"]);
                });
            }
            out.lines(&["_ => field.skip(reader),"]);
        });
    });
    for (number, group) in groups(fields) {
        values(number, "__private::read_group(reader, |_|", out, |out| {
            for (slot, AvroField { avro_name, .. }) in group.iter().enumerate() {
                let missing = format_args!("return Err(step.missing({avro_name}))");
                out.line(format_args!("match group_{number}.{slot} {{ Some(value) => value, None => {missing} }},"));
            }
        });
    }
    record(fields, out);
}

/// The body of `RecordFields::from_fields`.
pub(super) fn from_fields(
    scope: Scope<'_>,
    fields: &[RecordField<'_>],
    avro_fields: &[AvroField<'_>],
    out: &mut Code<'_>,
) {
    empty_slots(avro_fields, out);
    out.block(format_args!("while let Some(field) = fields.next()?"), |out| {
        out.block_with_end(format_args!("match field / {FIELDS_IN_A_GROUP}"), "}?;", |out| {
            for (number, group) in groups(fields) {
                out.block_with_end(format_args!("{number} => fields.group(|fields| match field"), "}),", |out| {
                    for (slot, field) in group.iter().enumerate() {
                        let (index, slot) = (field.index, format!("group_{number}.{slot}"));
                        if scope.has_own_serde(&field.ty) {
                            out.line(format_args!("{index} => fields.value(&mut {slot}),"));
                        } else {
                            let marker = field_type::serde_type(scope, &field.ty);
                            out.line(format_args!("{index} => fields.value_as::<{marker}, _>(&mut {slot}),"));
                        }
                    }
                    out.lines(&["_ => fields.ignore(),"]);
                });
            }
            out.lines(&["_ => fields.ignore(),"]);
        });
    });
    for ((number, group), avro_group) in groups(fields).zip(avro_fields.chunks(FIELDS_IN_A_GROUP)) {
        values(number, "fields.group(|fields|", out, |out| {
            for (slot, (field, AvroField { avro_name, .. })) in group.iter().zip(avro_group).enumerate() {
                let slot = format!("group_{number}.{slot}");
                match &field.default {
                    Some(_) => {
                        let function = default::function_name(field);
                        out.line(format_args!("fields.or_default({slot}, Self::{function}),"));
                    }
                    None => out.line(format_args!("fields.required({slot}, {avro_name})?,")),
                }
            }
        });
    }
    record(avro_fields, out);
}

/// The fields of `Serialize::serialize`, each a line of `lines`.
pub(super) fn serialize(
    fields: &[AvroField<'_>],
    out: &mut Code<'_>,
    mut line: impl FnMut(usize, &AvroField<'_>, &mut Code<'_>),
) {
    for (_, group) in groups(fields) {
        out.block_with_end(format_args!("__private::serialize_group(&mut record, |record|"), "})?;", |out| {
            for field in group {
                line(field.index, field, out);
            }
            out.lines(&["::core::result::Result::Ok(())"]);
        });
    }
}

/// The body of `Decode::decode_into`.
pub(super) fn decode_into(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    for (index, AvroField { name, avro_name, avro_type, .. }) in fields.iter().enumerate() {
        let head = format_args!("__private::read_field_into::<{avro_type}, _>");
        let tail = if index + 1 < fields.len() { "?;" } else { "" };
        out.call(head, &["reader", avro_name, &format!("&mut self.{name}")], tail);
    }
}

fn groups<F>(fields: &[F]) -> impl Iterator<Item = (usize, &[F])> {
    fields.chunks(FIELDS_IN_A_GROUP).enumerate()
}

/// A tuple of empty slots for each group. Their types are written, since compilers take long to find many at once.
fn empty_slots(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    for (number, group) in groups(fields) {
        out.line(format_args!("let mut group_{number} = ("));
        for AvroField { rust_type, .. } in group {
            out.line(format_args!("    None::<{rust_type}>,"));
        }
        out.lines(&[");"]);
    }
}

/// `let group_N = call { Ok((values)) })?;`
fn values(number: usize, call: &str, out: &mut Code<'_>, values: impl FnOnce(&mut Code<'_>)) {
    out.block_with_end(format_args!("let group_{number} = {call}"), "})?;", |out| {
        out.lines(&["::core::result::Result::Ok(("]);
        out.indented(values);
        out.lines(&["))"]);
    });
}

/// The record from the values of its groups.
fn record(fields: &[AvroField<'_>], out: &mut Code<'_>) {
    out.block_with_end(format_args!("::core::result::Result::Ok(Self"), "})", |out| {
        for (number, group) in groups(fields) {
            for (place, AvroField { name, .. }) in group.iter().enumerate() {
                out.line(format_args!("{name}: group_{number}.{place},"));
            }
        }
    });
}
