//! The serde impls, written out: no derive macro runs in the build of those who use generated types.

use super::{Scope, default, resolved};
use crate::code::Code;
use crate::model::{Item, RecordField};

/// A record is a struct with the Avro names; a missing field takes its default.
pub(super) fn record(scope: Scope<'_>, item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code) {
    let runtime = scope.runtime;
    let avro_name = item.definition.name.name();
    serialize(scope, item, out, |out| {
        out.line(format_args!("use {runtime}::serde::ser::SerializeStruct as _;"));
        let mutable = if fields.is_empty() { "" } else { "mut " };
        let head = format_args!("let {mutable}record = serializer.serialize_struct");
        out.call(head, &[&format!("\"{avro_name}\""), &fields.len().to_string()], "?;");
        for field in fields {
            let arguments = [format!("\"{}\"", field.field.name), format!("&self.{}", field.name)];
            out.call(format_args!("record.serialize_field"), &[&arguments[0], &arguments[1]], "?;");
        }
        out.lines(&["record.end()"]);
    });
    deserialize(scope, item, out, |out| {
        let head = format_args!("{runtime}::__private::deserialize_record");
        out.call(head, &["deserializer", &format!("\"{avro_name}\""), "Self::FIELDS"], "");
    });
    out.blank();
    out.block(format_args!("impl<'de> {runtime}::__private::RecordFields<'de> for {}", item.name), |out| {
        let argument = format!("fields: &mut {runtime}::__private::Fields<M>");
        let head = format!("fn from_fields<M: {runtime}::serde::de::MapAccess<'de>>");
        out.function(&head, &[&argument], format_args!("::core::result::Result<Self, M::Error>"), |out| {
            from_fields(fields, out);
        });
    });
}

fn from_fields(fields: &[RecordField<'_>], out: &mut Code) {
    resolved::use_option(fields.len(), out);
    resolved::empty_locals(fields.len(), out);
    if fields.is_empty() {
        out.block(format_args!("while fields.next()?.is_some()"), |out| out.lines(&["fields.ignore()?;"]));
    } else {
        out.block(format_args!("while let Some(field) = fields.next()?"), |out| {
            out.block(format_args!("match field"), |out| {
                for index in 0..fields.len() {
                    out.line(format_args!("{index} => fields.value(&mut field_{index})?,"));
                }
                out.lines(&["_ => fields.ignore()?,"]);
            });
        });
    }
    out.block_with_end(format_args!("::core::result::Result::Ok(Self"), "})", |out| {
        for RecordField { field, name, default, index, .. } in fields {
            match default {
                Some(_) => {
                    let function = default::function_name(&fields[*index]);
                    out.line(format_args!("{name}: field_{index}.unwrap_or_else(Self::{function}),"));
                }
                None => out.line(format_args!("{name}: fields.required(field_{index}, \"{}\")?,", field.name)),
            }
        }
    });
}

/// `impl Serialize` around `body`, which has `serializer`.
pub(super) fn serialize(scope: Scope<'_>, item: &Item<'_>, out: &mut Code, body: impl FnOnce(&mut Code)) {
    let runtime = scope.runtime;
    out.blank();
    out.block(format_args!("impl {runtime}::serde::Serialize for {}", item.name), |out| {
        let head = format!("fn serialize<S: {runtime}::serde::Serializer>");
        out.function(&head, &["&self", "serializer: S"], format_args!("::core::result::Result<S::Ok, S::Error>"), body);
    });
}

/// `impl Deserialize` around `body`, which has `deserializer`.
pub(super) fn deserialize(scope: Scope<'_>, item: &Item<'_>, out: &mut Code, body: impl FnOnce(&mut Code)) {
    let runtime = scope.runtime;
    out.blank();
    out.block(format_args!("impl<'de> {runtime}::serde::Deserialize<'de> for {}", item.name), |out| {
        let head = format!("fn deserialize<D: {runtime}::serde::Deserializer<'de>>");
        out.function(&head, &["deserializer: D"], format_args!("::core::result::Result<Self, D::Error>"), body);
    });
}
