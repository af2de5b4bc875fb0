//! What the search box looks through: a script, since pages of a folder may load scripts, but no data.

use avro_model::DefinitionKind;
use serde_json::{Value, json};

use super::catalog::{Catalog, TypeEntry, anchor};
use super::prose::summary;

/// One line for each page: what it is about, its name, its address, what it is for, and the names on it. Those are
/// fields, or symbols; one whose anchor is not its name is a pair of both.
pub(super) fn script(catalog: &Catalog<'_>) -> String {
    let mut lines = Vec::new();
    for entry in &catalog.types {
        let kind = entry.what.split(' ').next().unwrap_or_default();
        let doc = summary(catalog.doc(entry));
        lines.push(json!([kind, entry.name, entry.address(""), doc, names(catalog, entry)]));
    }
    for subject in &catalog.subjects {
        lines.push(json!(["subject", subject.name, subject.address(""), subject.type_name, []]));
    }
    for topic in &catalog.topics {
        lines.push(json!(["topic", topic.name, topic.address(""), "", []]));
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    format!("window.schemaSearchIndex = [\n{}\n];\n", lines.join(",\n"))
}

fn names(catalog: &Catalog<'_>, entry: &TypeEntry) -> Value {
    let named = |name: &String| match anchor(name) {
        anchor if anchor == *name => json!(name),
        anchor => json!([name, anchor]),
    };
    match catalog.definition(entry).map(|definition| &definition.kind) {
        Some(DefinitionKind::Record(record)) => record.fields.iter().map(|field| named(&field.name)).collect(),
        Some(DefinitionKind::Enum(symbols)) => symbols.symbols.iter().map(named).collect(),
        _ => json!([]),
    }
}
