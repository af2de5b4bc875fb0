//! The fields of a record that have no default, as a struct: so the compiler names what is missing, and the rest is
//! filled in.

use super::code::Code;
use super::{Scope, attributes, default, field_type, lints};
use crate::model::{Item, RecordField};

/// More fields are not shown in the example of the documentation.
const MOST_SHOWN_FIELDS: usize = 3;

/// The struct, for a record with fields of both kinds.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    let Some(name) = &item.required_name else { return };
    let required = || fields.iter().filter(|field| field.default.is_none());
    out.blank();
    out.line(format_args!("/// The fields of [`{}`] that have no default.", item.name));
    lints::allow(scope, out);
    let derived = item.facts.derives().iter().copied().filter(|name| matches!(*name, "Clone" | "Debug"));
    let derives: Vec<&str> = derived.filter(|name| !attributes::is_skipped(scope, item, name)).collect();
    if !derives.is_empty() {
        out.line(format_args!("#[derive({})]", derives.join(", ")));
    }
    out.block(format_args!("pub struct {name}"), |out| {
        for field in required() {
            out.line(format_args!("/// Field `{}`.", field.field.name));
            out.line(format_args!("pub {}: {},", field.name, field_type::rust_type(scope, &field.ty)));
        }
    });
    out.blank();
    lints::allow(scope, out);
    out.block(format_args!("impl {name}"), |out| {
        out.line(format_args!("/// These fields, and the schema's defaults for all others."));
        out.lines(&["#[inline]", "#[must_use]"]);
        out.block(format_args!("pub fn with_defaults(self) -> {}", item.name), |out| {
            out.block(format_args!("{}", item.name), |out| {
                for field in fields {
                    match &field.default {
                        Some(_) => {
                            let function = default::function_name(field);
                            out.line(format_args!("{}: {}::{function}(),", field.name, item.name));
                        }
                        None => out.line(format_args!("{0}: self.{0},", field.name)),
                    }
                }
            });
        });
    });
}

/// How to use the struct, in the documentation of the record.
pub(super) fn mention(item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    let Some(name) = &item.required_name else { return };
    let names = |with_default: bool| {
        let fields = fields.iter().filter(|field| field.default.is_some() == with_default);
        let mut names: Vec<&str> = fields.map(|field| field.name.as_str()).take(MOST_SHOWN_FIELDS + 1).collect();
        if names.len() > MOST_SHOWN_FIELDS {
            names[MOST_SHOWN_FIELDS] = "…";
        }
        names
    };
    let with_default = names(true);
    let (Some(first), required) = (with_default.first(), names(false).join(", ")) else { return };
    out.lines(&["///", "/// Fields that are left out take their defaults:", "///", "/// ```text"]);
    out.line(format_args!("/// {} {{ {first}, ..{name} {{ {required} }}.with_defaults() }}", item.name));
    out.lines(&["/// ```"]);
}
