//! Defaults as JSON, checked as far as a macro can: always that they are JSON, and where the type is one that everybody
//! knows by its name, that they are values of it. What is left is checked when the schema is made.

use avro_model::{DefinitionKind, Json, Schema};
use syn::{LitStr, Type};

use crate::ast::{Body, Container};
use crate::attr::FlagOrText;
use crate::errors::Errors;
use crate::look::{Look, known_kind, look};
use crate::wire::Wire;

/// Checks the defaults of all fields.
pub(crate) fn check(container: &Container, errors: &Errors) {
    let Body::Record(fields) = &container.body else { return };
    for field in fields {
        if let Some(FlagOrText::Text(json)) = &field.default {
            let known_type = known_type(&field.ty, &field.wire, field.null_branch());
            check_one(&field.name.text, json, known_type, errors);
        }
    }
}

fn check_one(name: &str, json: &LitStr, known_type: Option<String>, errors: &Errors) {
    let text = json.value();
    // The text must be one JSON value, and not the end of this one and the start of others.
    let carrier = format!(r#"{{"type": "fixed", "name": "F", "size": 1, "value": {text}}}"#);
    let is_one_value = match Schema::parse(&carrier) {
        Ok(schema) => schema.definitions().first().is_some_and(|definition| {
            matches!(definition.kind, DefinitionKind::Fixed { size: 1 })
                && definition.doc.is_none()
                && matches!(definition.properties.as_slice(), [(name, _)] if name == "value")
        }),
        Err(_) => false,
    };
    if !is_one_value {
        let quoted = Json::String(text.clone()).to_string();
        let message = format!(
            "the default `{text}` is not one JSON value; a text has quotes inside of those of Rust: r#\"{quoted}\"#"
        );
        errors.add(json, message);
        return;
    }
    let Some(known_type) = known_type else { return };
    let record = format!(
        r#"{{"type": "record", "name": "R", "fields": [{{"name": "{name}", "type": {known_type}, "default": {text}}}]}}"#
    );
    if let Err(error) = Schema::parse(&record) {
        for diagnostic in error.diagnostics() {
            let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            errors.add(json, format!("{}{help}", diagnostic.message));
        }
    }
}

/// The Avro type as JSON, where names tell it.
fn known_type(ty: &Type, wire: &Wire, null_branch: usize) -> Option<String> {
    if !matches!(wire, Wire::Own) {
        return None;
    }
    match look(ty) {
        Look::Option(inner) => {
            let inner = known_type(inner, wire, 0)?;
            Some(if null_branch == 0 { format!(r#"["null", {inner}]"#) } else { format!(r#"[{inner}, "null"]"#) })
        }
        Look::List(inner) => Some(format!(r#"{{"type": "array", "items": {}}}"#, known_type(inner, wire, 0)?)),
        Look::Map(inner) => Some(format!(r#"{{"type": "map", "values": {}}}"#, known_type(inner, wire, 0)?)),
        Look::Pointer(inner) => known_type(inner, wire, null_branch),
        Look::Leaf => known_kind(ty).map(|kind| format!("\"{kind}\"")),
    }
}
