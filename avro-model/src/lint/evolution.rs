//! What will be in the way when a schema changes.

use super::{Finding, Level, LintRule, LintSettings};
use crate::code::Code;
use crate::locate::Step;
use crate::schema::{Definition, DefinitionKind, Field, Kind};

pub(super) const ENUM_WITHOUT_DEFAULT: LintRule = LintRule {
    code: Code::new("enum-without-default"),
    level: Level::Warn,
    summary: "an enum to which no symbol can be added",
    reason: "A consumer that knows an older version of an enum cannot read a symbol that was added later, unless its \
             version has a default, which it takes instead.",
    wrong: r#"{"type": "enum", "name": "com.acme.Suit", "symbols": ["SPADES", "HEARTS"]}"#,
    right: r#"{"type": "enum", "name": "com.acme.Suit", "symbols": ["UNKNOWN", "SPADES", "HEARTS"], "default": "UNKNOWN"}"#,
    find: enum_without_default,
};

fn enum_without_default(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let DefinitionKind::Enum(symbols) = &definition.kind else { return Vec::new() };
    if symbols.default.is_some() {
        return Vec::new();
    }
    vec![Finding {
        message: format!("no symbol can be added to {} without breaking consumers", definition.name),
        path: vec![Step::Key("symbols")],
        label: "consumers that know these symbols read no others".to_owned(),
        help: "give the enum a `default`: the symbol that consumers take for one that they do not know".to_owned(),
    }]
}

pub(super) const NULLABLE_WITHOUT_DEFAULT: LintRule = LintRule {
    code: Code::new("nullable-without-default"),
    level: Level::Warn,
    summary: "a field that may be null and has no default",
    reason: "A reader needs a field that has no default, so that it can neither be added nor be removed without \
             breaking somebody. Where null is allowed, it is the natural default.",
    wrong: r#"{"type": "record", "name": "com.acme.Customer", "fields": [{"name": "email", "type": ["null", "string"]}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Customer", "fields": [{"name": "email", "type": ["null", "string"], "default": null}]}"#,
    find: nullable_without_default,
};

fn nullable_without_default(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let nullable = nullable_fields(definition).filter(|(_, field, _)| field.default.is_none());
    let found = nullable.map(|(position, field, null)| {
        let help = match null {
            0 => "give it the default `null`",
            _ => "put null first and give it the default `null`: many tools know defaults of the first branch only",
        };
        let message = format!("`{}` may be null, but {} cannot be read without it", field.name, definition.name);
        Finding::of_field(position, message, "it has no default", help)
    });
    found.collect()
}

pub(super) const NULL_NOT_FIRST: LintRule = LintRule {
    code: Code::new("null-not-first"),
    level: Level::Warn,
    summary: "a field with a default whose null is not the first branch",
    reason: "Before Avro 1.12 a default had to be a value of the first branch, and many tools still read it so. A \
             field that may be null is absent more often than it has one certain value.",
    wrong: r#"{"type": "record", "name": "com.acme.Customer", "fields": [{"name": "email", "type": ["string", "null"], "default": ""}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Customer", "fields": [{"name": "email", "type": ["null", "string"], "default": null}]}"#,
    find: null_not_first,
};

fn null_not_first(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let late = nullable_fields(definition).filter(|(_, field, null)| *null > 0 && field.default.is_some());
    let found = late.map(|(position, field, _)| {
        let message = format!("`{}` may be null, and null is not its first branch", field.name);
        Finding::of_field(position, message, "null comes later", "put null first and make it the default")
    });
    found.collect()
}

/// The fields that may be null, each with its position and that of null in its union.
fn nullable_fields(definition: &Definition) -> impl Iterator<Item = (usize, &Field, usize)> {
    let fields = match &definition.kind {
        DefinitionKind::Record(record) => record.fields.as_slice(),
        DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => &[],
    };
    fields.iter().enumerate().filter_map(|(position, field)| {
        let Kind::Union(branches) = &field.ty.kind else { return None };
        let null = branches.iter().position(|branch| branch.kind == Kind::Null)?;
        Some((position, field, null))
    })
}
