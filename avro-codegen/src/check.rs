//! Finds what Rust cannot express although Avro can: what is nested too deeply for a compiler, what would be too much
//! text for it, and names with characters that cannot be in the text of a program, which only a lenient reader lets
//! through.

mod volume;

use avro_model::{
    Code, Definition, DefinitionKind, Diagnostic, Fullname, Kind, Label, Root, SchemaSet, Span, Step, Type,
};

/// Rust compilers give up at 128 generic types inside each other, and parsers of Rust run out of stack before.
const MOST_NESTED_TYPES: usize = 32;

/// Modules inside each other are walked recursively, here, in the printer and in the compiler.
const MOST_NESTED_NAMESPACES: usize = 32;

/// Every type and every namespace that is nested too deeply, every name that cannot be written, and whether all is too
/// much.
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
        errors.extend(unwritable_names(set, definition));
        let DefinitionKind::Record(record) = &definition.kind else { continue };
        for (index, field) in record.fields.iter().enumerate() {
            if nesting(&field.ty) > MOST_NESTED_TYPES {
                let path = [Step::Key("fields"), Step::Index(index), Step::Key("type")];
                let what = format!("the type of the field `{}` of `{name}`", field.name);
                errors.push(types_too_deep(what, set.label(definition, &path, "")));
            }
        }
    }
    errors.extend(volume::largest_of_too_many(set).map(|id| {
        let definition = set.definition(id);
        let message = format!(
            "the types would carry more than {} MiB of schemas, since each has that of all that it refers to",
            volume::MOST_MEBIBYTES
        );
        let label = set.label(definition, &[Step::Key("name")], "the schema of this type is the longest");
        too_deep(message, label, "make shorter chains of records, or leave out files that are not needed")
    }));
    errors
}

/// Generated code has Avro's names in literals and in documentation. No honest name has these characters, and one that
/// has them could end either.
fn unwritable_names(set: &SchemaSet, definition: &Definition) -> Vec<Diagnostic> {
    let mut names: Vec<(&str, Vec<Step<'_>>)> = vec![(definition.name.as_str(), vec![Step::Key("name")])];
    let indexed = |key, index| vec![Step::Key(key), Step::Index(index)];
    let aliases = definition.aliases.iter().map(Fullname::as_str).enumerate();
    names.extend(aliases.map(|(index, alias)| (alias, indexed("aliases", index))));
    match &definition.kind {
        DefinitionKind::Record(record) => {
            for (index, field) in record.fields.iter().enumerate() {
                let inside = |key| [indexed("fields", index), vec![Step::Key(key)]].concat();
                names.push((&field.name, inside("name")));
                names.extend(field.aliases.iter().map(|alias| (alias.as_str(), inside("aliases"))));
            }
        }
        DefinitionKind::Enum(symbols) => {
            let symbols = symbols.symbols.iter().enumerate();
            names.extend(symbols.map(|(index, symbol)| (symbol.as_str(), indexed("symbols", index))));
        }
        DefinitionKind::Fixed { .. } => {}
    }
    let unwritable = names.into_iter().filter(|(name, _)| name.contains(is_unwritable));
    unwritable.map(|(name, path)| unwritable_name(name, set.label(definition, &path, "cannot be generated"))).collect()
}

/// What ends a line or a literal, and what turns the direction of text around, which rustc refuses in comments.
fn is_unwritable(character: char) -> bool {
    character.is_control()
        || matches!(character, '"' | '\\' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn unwritable_name(name: &str, primary: Label) -> Diagnostic {
    let message = format!("the name {name:?} has a character that cannot be in Rust code");
    Diagnostic::error(Code::INVALID_NAME, message, primary).with_help("rename it, or leave this file out")
}

/// How many unnamed types are nested.
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
        Label::new(place.source, place.span, text),
        "make a record of what is inside",
    )
}

fn whole_source(root: &Root) -> Label {
    Label::new(root.source, Span { start: 0, end: 1 }, String::new())
}

fn too_deep(message: String, primary: Label, help: &str) -> Diagnostic {
    Diagnostic::error(Code::TOO_DEEP, message, primary).with_help(help)
}
