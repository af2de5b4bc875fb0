//! Types in the words of messages.

use crate::schema::{Definition, DefinitionKind, Kind, Schema, Type};

/// A type in a few words, with what it contains: `array of [null, com.example.Address]`.
pub(super) fn outline(schema: &Schema, ty: &Type) -> String {
    let plain = match &ty.kind {
        Kind::Array(items) => format!("array of {}", outline(schema, items)),
        Kind::Map(values) => format!("map of {}", outline(schema, values)),
        Kind::Union(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| outline(schema, branch)).collect();
            format!("[{}]", branches.join(", "))
        }
        _ => name(schema, ty).to_owned(),
    };
    match &ty.logical {
        Some(logical) => format!("{plain} ({logical})"),
        None => plain,
    }
}

/// A type within a sentence: `an array of int`, `record com.example.Order`.
pub(super) fn phrase(schema: &Schema, ty: &Type) -> String {
    match &ty.kind {
        Kind::Array(items) => format!("an array of {}", phrase(schema, items)),
        Kind::Map(values) => format!("a map of {}", phrase(schema, values)),
        Kind::Union(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| phrase(schema, branch)).collect();
            format!("a union of {}", branches.join(", "))
        }
        Kind::Named(id) => definition_phrase(schema.definition(*id)),
        _ => name(schema, ty).to_owned(),
    }
}

/// A definition within a sentence: `fixed com.example.Hash of 16 bytes`.
pub(super) fn definition_phrase(definition: &Definition) -> String {
    match &definition.kind {
        DefinitionKind::Record(_) => format!("record {}", definition.name),
        DefinitionKind::Enum(_) => format!("enum {}", definition.name),
        DefinitionKind::Fixed { size } => format!("fixed {} of {size} bytes", definition.name),
    }
}

/// What tells a type from the other branches of its union: the fullname of a named type, else the name of its kind.
pub(super) fn name<'s>(schema: &'s Schema, ty: &Type) -> &'s str {
    match &ty.kind {
        Kind::Named(id) => schema.definition(*id).name.as_str(),
        unnamed => unnamed.name_of_unnamed(),
    }
}
