//! Reading a record that was written by another schema.

use super::Scope;
use super::record::{self, AvroField};
use crate::code::Code;
use crate::model::Item;

const LOCALS_IN_LINE: usize = 8;

/// `Decode::decode_changed` of a record: the steps of the plan in the writer's order, then the fields together.
///
/// Locals are numbered, since a field may be called `reader` or `step`.
pub(super) fn record(scope: Scope<'_>, item: &Item<'_>, fields: &[AvroField<'_>], out: &mut Code) {
    let runtime = scope.runtime;
    let arguments = [format!("reader: &mut {runtime}::Reader<'a>"), format!("resolving: {runtime}::Resolving<'a>")];
    let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
    out.function("fn decode_changed", &[&arguments[0], &arguments[1]], returns, |out| {
        use_option(fields.len(), out);
        record::use_markers(scope, fields, out);
        record::nested(item, "reader", out, |out| {
            empty_locals(fields.len(), out);
            out.block(format_args!("for step in resolving.record_steps()?"), |out| steps(fields, out));
            out.block_with_end(format_args!("::core::result::Result::Ok(Self"), "})", |out| {
                for AvroField { name, index, avro_name, .. } in fields {
                    out.line(format_args!("{name}: resolving.required(field_{index}, {avro_name})?,"));
                }
            });
        });
    });
}

fn steps(fields: &[AvroField<'_>], out: &mut Code) {
    if fields.is_empty() {
        out.lines(&["step.skip(reader)?;"]);
        return;
    }
    out.block(format_args!("match step.field()"), |out| {
        for AvroField { index, avro_name, avro_type, .. } in fields {
            let head = format_args!("Some({index}) => field_{index} = Some(step.read::<{avro_type}, _>");
            out.call(head, &["reader", avro_name], "?),");
        }
        out.lines(&["_ => step.skip(reader)?,"]);
    });
}

/// The short names that [`empty_locals`] and patterns use.
pub(super) fn use_option(field_count: usize, out: &mut Code) {
    if field_count > 0 {
        out.lines(&["use ::core::option::Option::{None, Some};"]);
    }
}

/// A variable for each field, until all are there; several in a line, since there are many.
pub(super) fn empty_locals(field_count: usize, out: &mut Code) {
    for first in (0..field_count).step_by(LOCALS_IN_LINE) {
        let last = field_count.min(first + LOCALS_IN_LINE) - 1;
        let (mut names, mut values) = (String::new(), String::new());
        for index in first..last {
            names.push_str(&format!("mut field_{index}, "));
            values.push_str("None, ");
        }
        match first == last {
            true => out.line(format_args!("let mut field_{last} = None;")),
            false => out.line(format_args!("let ({names}mut field_{last}) = ({values}None);")),
        }
    }
}
