//! Finds what Rust cannot express although Avro can: only what is nested too deeply for a compiler.

use avro_model::{Code, DefinitionKind, Diagnostic, Kind, Label, Root, SchemaSet, Severity, Span, Step, Type};

/// Rust compilers give up at 128 generic types inside each other, and parsers of Rust run out of stack before.
const MOST_NESTED_TYPES: usize = 32;

/// Modules inside each other are walked recursively, here, in the printer and in the compiler.
const MOST_NESTED_NAMESPACES: usize = 32;

/// Every type and every namespace that is nested too deeply.
pub(crate) fn check(set: &SchemaSet) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for root in set.roots().iter().filter(|root| nesting(&root.ty) > MOST_NESTED_TYPES) {
        errors.push(types_too_deep("the schema of this file".to_owned(), whole_source(root)));
    }
    for definition in set.definitions() {
        let name = &definition.name;
        if name.as_str().split('.').count() > MOST_NESTED_NAMESPACES {
            errors.push(too_deep(
                format!("the namespace of `{}` is too deep for Rust modules", name.name()),
                set.label(definition, &[Step::Key("name")], format!("more than {MOST_NESTED_NAMESPACES} parts")),
                "give it a shorter namespace",
            ));
        }
        let DefinitionKind::Record(record) = &definition.kind else { continue };
        for (index, field) in record.fields.iter().enumerate() {
            if nesting(&field.ty) > MOST_NESTED_TYPES {
                let path = [Step::Key("fields"), Step::Index(index), Step::Key("type")];
                let what = format!("the type of the field `{}` of `{name}`", field.name);
                errors.push(types_too_deep(what, set.label(definition, &path, "")));
            }
        }
    }
    errors
}

/// How many unnamed types stand inside each other.
fn nesting(ty: &Type) -> usize {
    match &ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => 1 + nesting(inner),
        Kind::Union(branches) => 1 + branches.iter().map(nesting).max().unwrap_or(0),
        _ => 0,
    }
}

fn types_too_deep(what: String, place: Label) -> Diagnostic {
    let text = format!("more than {MOST_NESTED_TYPES} arrays, maps and unions inside each other");
    too_deep(
        format!("{what} is nested too deeply for a Rust compiler"),
        Label { text, ..place },
        "make a record of what is inside",
    )
}

fn whole_source(root: &Root) -> Label {
    Label { source: root.source, span: Span { start: 0, end: 1 }, text: String::new() }
}

fn too_deep(message: String, primary: Label, help: &str) -> Diagnostic {
    let help = Some(help.to_owned());
    Diagnostic { code: Code::TooDeep, severity: Severity::Error, message, primary, secondary: Vec::new(), help }
}
