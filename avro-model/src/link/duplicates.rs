//! Several definitions of one fullname: fine where they are the same, since schemas are often copied into the files
//! that use them; a warning where no data depends on what differs; an error that shows both places where they are
//! different types.

use crate::code::Code;
use crate::collect::Collector;
use crate::parse::DefinitionDraft;
use crate::schema::{Definition, DefinitionKind, Field, Kind, Order, Type};
use crate::source::Source;

/// Compares each definition with the first of its name, by index in `first`. Types in them are linked already.
pub(super) fn check(definitions: &[DefinitionDraft], first: &[usize], sources: &[Source], collector: &mut Collector) {
    for (index, (draft, first_index)) in definitions.iter().zip(first).enumerate() {
        let Some(first) = definitions.get(*first_index).filter(|_| *first_index != index) else { continue };
        if !draft.is_sound || !first.is_sound {
            continue;
        }
        let name = &draft.definition.name;
        let here = (draft.definition.origin.source, draft.name_span);
        let there = (first.definition.origin.source, first.name_span);
        if let Some(what) = difference(&first.definition, &draft.definition) {
            let message = format!("`{name}` is defined twice, and differently: {what}");
            collector
                .error(Code::DUPLICATE_NAME, here, message, "second definition")
                .also(there, "first definition")
                .help(remedy(sources.get(here.0.0), sources.get(there.0.0)));
            continue;
        }
        let decoration = decoration(&first.definition, &draft.definition);
        if decoration.is_empty() {
            continue;
        }
        let message = format!("`{name}` is defined twice, with different {}", enumerated(&decoration));
        collector
            .warning(Code::DUPLICATE_NAME, here, message, "this definition is not used")
            .also(there, "this one is used")
            .help("keep one definition and refer to it by name");
    }
}

fn remedy(second: Option<&Source>, first: Option<&Source>) -> String {
    const REMEDY: &str = "rename one of the two, or make them the same";
    let is_file =
        |source: &&Source| [".avsc", ".avpr", ".avdl"].iter().any(|extension| source.path.ends_with(extension));
    match second.filter(is_file).filter(|second| first.is_none_or(|first| first.path != second.path)) {
        // The generator's builder has this, for files that were never meant to be read together.
        Some(Source { path, .. }) => {
            format!("{REMEDY}; or generate this file into a module of its own: `.module(\"v1\", {path:?})` in build.rs")
        }
        None => REMEDY.to_owned(),
    }
}

/// What makes two definitions different types, in a few words. No data depends on anything else: see [`decoration`].
fn difference(first: &Definition, second: &Definition) -> Option<String> {
    match (&first.kind, &second.kind) {
        (DefinitionKind::Record(first), DefinitionKind::Record(second)) => {
            if first.is_error != second.is_error {
                Some("one is a record and the other an error".to_owned())
            } else {
                fields_difference(&first.fields, &second.fields)
            }
        }
        (DefinitionKind::Enum(first), DefinitionKind::Enum(second)) if first.symbols != second.symbols => {
            Some("the symbols differ".to_owned())
        }
        (DefinitionKind::Enum(first), DefinitionKind::Enum(second)) => {
            let same = first.default == second.default && first.unusable_default == second.unusable_default;
            (!same).then(|| "the defaults differ".to_owned())
        }
        (DefinitionKind::Fixed { size: one }, DefinitionKind::Fixed { size: other }) if one != other => {
            Some(format!("size {one} there and {other} here"))
        }
        (DefinitionKind::Fixed { .. }, DefinitionKind::Fixed { .. }) => {
            (first.logical != second.logical).then(|| "the logical types differ".to_owned())
        }
        (first, second) => Some(format!("{} there and {} here", kind_name(first), kind_name(second))),
    }
}

fn fields_difference(first: &[Field], second: &[Field]) -> Option<String> {
    for (one, other) in first.iter().zip(second) {
        let name = &other.name;
        if one.name != *name {
            return Some(format!("field `{}` there and `{name}` here", one.name));
        }
        if !is_same_type(&one.ty, &other.ty) {
            return Some(format!("field `{name}` has another type"));
        }
        if one.written_default() != other.written_default() {
            return Some(format!("field `{name}` has another default"));
        }
        if one.order != other.order {
            let (there, here) = (order_name(one.order), order_name(other.order));
            return Some(format!("field `{name}` has the order `{there}` there and `{here}` here"));
        }
    }
    (first.len() != second.len()).then(|| format!("number of fields {} there and {} here", first.len(), second.len()))
}

/// Custom properties aside. Recursive, as deep as one text may nest types.
fn is_same_type(one: &Type, other: &Type) -> bool {
    let is_same_kind = match (&one.kind, &other.kind) {
        (Kind::Array(one), Kind::Array(other)) | (Kind::Map(one), Kind::Map(other)) => is_same_type(one, other),
        (Kind::Union(one), Kind::Union(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same_type(one, other))
        }
        (one, other) => one == other,
    };
    is_same_kind && one.logical == other.logical
}

/// What differs between two definitions of one type, and is of no consequence for data.
fn decoration(first: &Definition, second: &Definition) -> Vec<String> {
    let mut found = Vec::new();
    let (first_fields, second_fields) = (fields(first), fields(second));
    let has_same_docs = first_fields.iter().zip(second_fields).all(|(one, other)| one.doc == other.doc);
    if first.doc != second.doc || !has_same_docs {
        found.push("documentation".to_owned());
    }
    if first.aliases != second.aliases {
        found.push("aliases".to_owned());
    }
    if first.properties != second.properties {
        found.push("custom properties".to_owned());
    }
    for (one, other) in first_fields.iter().zip(second_fields) {
        if one.aliases != other.aliases {
            found.push(format!("aliases of the field `{}`", other.name));
        }
        if one.properties != other.properties || one.ty != other.ty {
            found.push(format!("custom properties of the field `{}`", other.name));
        }
    }
    found
}

/// The first few of a list, as a sentence has them.
fn enumerated(list: &[String]) -> String {
    const SHOWN: usize = 3;
    match list {
        [all @ .., last] if !all.is_empty() && list.len() <= SHOWN => format!("{} and {last}", all.join(", ")),
        _ if list.len() > SHOWN => format!("{} and more", list[..SHOWN].join(", ")),
        _ => list.join(", "),
    }
}

fn fields(definition: &Definition) -> &[Field] {
    match &definition.kind {
        DefinitionKind::Record(record) => &record.fields,
        DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => &[],
    }
}

fn order_name(order: Order) -> &'static str {
    match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
        Order::Ignore => "ignore",
    }
}

fn kind_name(kind: &DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Record(_) => "a record",
        DefinitionKind::Enum(_) => "an enum",
        DefinitionKind::Fixed { .. } => "a fixed",
    }
}
