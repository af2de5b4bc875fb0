//! What nobody explains.

use super::naming::fields;
use super::{Finding, Level, LintRule, LintSettings};
use crate::code::Code;
use crate::schema::Definition;

pub(super) const MISSING_DOC: LintRule = LintRule {
    code: Code::new("missing-doc"),
    level: Level::Off,
    summary: "a type or a field without documentation",
    reason: "The schema is what other teams see of a topic. Its documentation is in the registry, in generated code and \
             in what `cargo avro docs` writes.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "doc": "What a customer buys.", "fields": [{"name": "total", "type": "long"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "doc": "What a customer buys.", "fields": [{"name": "total", "type": "long", "doc": "In cents, with taxes."}]}"#,
    find: missing_doc,
};

fn missing_doc(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let is_missing = |doc: &Option<String>| doc.as_deref().is_none_or(|doc| doc.trim().is_empty());
    let mut found = Vec::new();
    if is_missing(&definition.doc) {
        let message = format!("nobody says what {} is", definition.name);
        found.push(Finding::of_type(message, "it has no `doc`", "say in `doc` what it stands for"));
    }
    for (position, field) in fields(definition).iter().enumerate() {
        if is_missing(&field.doc) {
            let message = format!("nobody says what `{}` of {} is", field.name, definition.name);
            let help = "say in `doc` what it stands for: its unit, and what null or zero mean";
            found.push(Finding::of_field(position, message, "it has no `doc`", help));
        }
    }
    found
}
