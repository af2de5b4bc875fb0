//! Finds Avro names that give one Rust identifier although they differ.

use std::collections::HashMap;

use avro_model::{Code, Definition, Diagnostic, Label, Severity, Step};

use crate::model::{Item, Model, Module, Shape};

/// Every collision of types in a module, of fields in a record and of symbols in an enum.
pub(crate) fn check(model: &Model<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    check_module(model, &model.root, &mut errors);
    for item in &model.items {
        check_parts(model, item, &mut errors);
    }
    errors
}

fn check_module(model: &Model<'_>, module: &Module, errors: &mut Vec<Diagnostic>) {
    let mut first_by_name: HashMap<&str, &Definition> = HashMap::new();
    for &index in &module.items {
        let Item { name, definition, .. } = &model.items[index];
        let Some(first) = first_by_name.insert(name, definition) else { continue };
        errors.push(collision(
            format!("the types `{}` and `{}` are both `{name}` in Rust", first.name, definition.name),
            model.set.label(definition, &[Step::Key("name")], "the second one"),
            model.set.label(first, &[Step::Key("name")], "the first one"),
            "rename one of them in the schema, or move it to another namespace",
        ));
    }
    for submodule in &module.modules {
        if let Some(ty) = first_by_name.get(submodule.name.as_str()) {
            let namespace = &submodule.namespace;
            let inside = first_item(submodule).map(|item| model.items[item].definition).unwrap_or(ty);
            errors.push(collision(
                format!("the type `{}` and the namespace `{namespace}` are both `{}` in Rust", ty.name, submodule.name),
                model.set.label(ty, &[Step::Key("name")], "the type"),
                model.set.label(inside, &[Step::Key("name")], "a type of the namespace"),
                "rename the type in the schema",
            ));
        }
        check_module(model, submodule, errors);
    }
}

fn first_item(module: &Module) -> Option<usize> {
    module.items.first().copied().or_else(|| module.modules.iter().find_map(first_item))
}

fn check_parts(model: &Model<'_>, item: &Item<'_>, errors: &mut Vec<Diagnostic>) {
    match &item.shape {
        Shape::Record { fields } => {
            let parts =
                fields.iter().map(|field| Part { index: field.index, avro_name: &field.field.name, name: &field.name });
            let help = "rename one of them in the schema, and keep its old name as an alias";
            check_names(model, item.definition, ("fields", help), parts, errors);
        }
        Shape::Enumeration { variants, .. } => {
            let parts = variants.iter().enumerate();
            let parts = parts.map(|(index, variant)| Part { index, avro_name: variant.symbol, name: &variant.name });
            check_names(model, item.definition, ("symbols", "rename one of them in the schema"), parts, errors);
        }
        Shape::Fixed { .. } | Shape::Alias { .. } => {}
    }
}

struct Part<'a> {
    index: usize,
    avro_name: &'a str,
    name: &'a str,
}

fn check_names<'a>(
    model: &Model<'_>,
    definition: &Definition,
    (attribute, help): (&str, &str),
    parts: impl Iterator<Item = Part<'a>>,
    errors: &mut Vec<Diagnostic>,
) {
    let mut first_by_name: HashMap<&str, Part<'_>> = HashMap::new();
    let label = |part: &Part<'_>, text| {
        // The last step leads nowhere for symbols, and to the name for fields.
        model.set.label(definition, &[Step::Key(attribute), Step::Index(part.index), Step::Key("name")], text)
    };
    for part in parts {
        let Some(first) = first_by_name.get(part.name) else {
            first_by_name.insert(part.name, part);
            continue;
        };
        let (earlier, later, name) = (first.avro_name, part.avro_name, part.name);
        errors.push(collision(
            format!("the {attribute} `{earlier}` and `{later}` of `{}` are both `{name}` in Rust", definition.name),
            label(&part, "the second one"),
            label(first, "the first one"),
            help,
        ));
    }
}

fn collision(message: String, primary: Label, first: Label, help: &str) -> Diagnostic {
    Diagnostic {
        code: Code::NameCollision,
        severity: Severity::Error,
        message,
        primary,
        secondary: vec![first],
        help: Some(help.to_owned()),
    }
}
