//! The derives and the attributes of generated types, their own and those that were asked for.

use super::Scope;
use super::code::Code;
use crate::model::{Item, RecordField};
use crate::options::PatternTarget;

/// What enums and fixed derive, whose values are plain numbers or bytes.
pub(super) const OF_PLAIN_BYTES: &[&str] = &["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];

/// The derives of a type, of which `own` are those that it has anyway, and then its attributes.
pub(super) fn of_type(scope: Scope<'_>, item: &Item<'_>, own: &[&str], out: &mut Code<'_>) {
    let place = PatternTarget::of_type(&item.fullname, item.kind());
    let mut derives: Vec<&str> = own.iter().copied().filter(|name| !scope.choices.skips_derive(place, name)).collect();
    for path in scope.choices.derives(place) {
        let name = std_name(path);
        let is_there = derives.contains(&name) || (name == "Default" && item.facts.has_default);
        if !is_there {
            derives.push(path);
        }
    }
    if !derives.is_empty() {
        out.line(format_args!("#[derive({})]", derives.join(", ")));
    }
    write(scope.choices.type_attributes(place), out);
}

/// Whether the type, which could derive the trait, shall not.
pub(super) fn is_skipped(scope: Scope<'_>, item: &Item<'_>, name: &str) -> bool {
    scope.choices.skips_derive(PatternTarget::of_type(&item.fullname, item.kind()), name)
}

/// The attributes of a field.
pub(super) fn of_field(scope: Scope<'_>, item: &Item<'_>, field: &RecordField<'_>, out: &mut Code<'_>) {
    if scope.choices.has_field_attributes() {
        let path = format!("{}.{}", item.fullname, field.field.name);
        let kind = field.ty.kind(&scope.model.items);
        let place = PatternTarget { path: &path, type_length: item.fullname.len(), kind };
        write(scope.choices.field_attributes(place), out);
    }
}

/// The attributes of a variant, which is a symbol of an enum or a branch of a union.
pub(super) fn of_variant(scope: Scope<'_>, item: &Item<'_>, symbol_or_branch: &str, out: &mut Code<'_>) {
    if scope.choices.has_variant_attributes() {
        let path = format!("{}.{symbol_or_branch}", item.fullname);
        let place = PatternTarget { path: &path, type_length: item.fullname.len(), kind: item.kind() };
        write(scope.choices.variant_attributes(place), out);
    }
}

fn write<'a>(attributes: impl Iterator<Item = &'a str>, out: &mut Code<'_>) {
    attributes.for_each(|attributes| out.line(format_args!("{attributes}")));
}

/// `Eq` for `::core::cmp::Eq`; other paths as they are.
fn std_name(path: &str) -> &str {
    match path.trim_start_matches("::").split_once("::") {
        Some(("std" | "core", rest)) => rest.rsplit("::").next().unwrap_or(rest),
        _ => path,
    }
}
