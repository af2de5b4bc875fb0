//! Several definitions of one fullname: fine where they say the same, since schemas are often copied into the files that
//! use them; an error that shows both places where they do not.

use crate::collect::Collector;
use crate::diagnostic::Code;
use crate::parse::DefinitionDraft;
use crate::schema::{Definition, DefinitionKind, Field};

/// Compares each definition with the first of its name, by index in `first`. Types in them are linked already.
pub(super) fn check(definitions: &[DefinitionDraft], first: &[usize], collector: &mut Collector) {
    for (index, (draft, first_index)) in definitions.iter().zip(first).enumerate() {
        let Some(first) = definitions.get(*first_index).filter(|_| *first_index != index) else { continue };
        if !draft.is_sound || !first.is_sound {
            continue;
        }
        let Some(difference) = difference(&first.definition, &draft.definition) else { continue };
        let name = &draft.definition.name;
        let here = (draft.definition.origin.source, draft.name_span);
        let there = (first.definition.origin.source, first.name_span);
        if difference == Difference::Documentation {
            let message = format!("`{name}` is defined twice, with different documentation");
            collector
                .warning(Code::DuplicateName, here, message, "this documentation is not used")
                .also(there, "this one is used")
                .help("keep one definition and refer to it by name");
            continue;
        }
        let Difference::Other(what) = difference else { continue };
        let message = format!("`{name}` is defined twice, and differently: {what}");
        collector
            .error(Code::DuplicateName, here, message, "second definition")
            .also(there, "first definition")
            .help("rename one of the two, or make them the same");
    }
}

#[derive(PartialEq, Eq)]
enum Difference {
    /// Nothing but documentation, which no data depends on.
    Documentation,
    /// Something that changes the type; what, in a few words.
    Other(String),
}

fn difference(first: &Definition, second: &Definition) -> Option<Difference> {
    let other = match (&first.kind, &second.kind) {
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
            (first.default != second.default).then(|| "the defaults differ".to_owned())
        }
        (DefinitionKind::Fixed { size: first }, DefinitionKind::Fixed { size: second }) => {
            (first != second).then(|| format!("size {first} there and {second} here"))
        }
        (first, second) => Some(format!("{} there and {} here", kind_name(first), kind_name(second))),
    };
    if let Some(what) = other {
        return Some(Difference::Other(what));
    }
    if first.aliases != second.aliases {
        return Some(Difference::Other("the aliases differ".to_owned()));
    }
    if first.properties != second.properties {
        return Some(Difference::Other("the custom properties differ".to_owned()));
    }
    (documentation(first) != documentation(second)).then_some(Difference::Documentation)
}

fn fields_difference(first: &[Field], second: &[Field]) -> Option<String> {
    for (one, other) in first.iter().zip(second) {
        let name = &other.name;
        if one.name != *name {
            return Some(format!("field `{}` there and `{name}` here", one.name));
        }
        let (ty, default) = (one.ty != other.ty, one.default != other.default);
        let rest = one.aliases != other.aliases || one.order != other.order || one.properties != other.properties;
        let what = match (ty, default, rest) {
            (true, _, _) => "has another type",
            (_, true, _) => "has another default",
            (_, _, true) => "has other attributes",
            (false, false, false) => continue,
        };
        return Some(format!("field `{name}` {what}"));
    }
    (first.len() != second.len()).then(|| format!("number of fields {} there and {} here", first.len(), second.len()))
}

fn documentation(definition: &Definition) -> Vec<Option<&str>> {
    let fields: &[Field] = match &definition.kind {
        DefinitionKind::Record(record) => &record.fields,
        DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => &[],
    };
    let fields = fields.iter().map(|field| field.doc.as_deref());
    std::iter::once(definition.doc.as_deref()).chain(fields).collect()
}

fn kind_name(kind: &DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Record(_) => "a record",
        DefinitionKind::Enum(_) => "an enum",
        DefinitionKind::Fixed { .. } => "a fixed",
    }
}
