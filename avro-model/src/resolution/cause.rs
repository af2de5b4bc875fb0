//! What a difference is about, and its sentences.

use super::place::Place;
use crate::schema::{DefinitionKind, Schema};

/// What a difference is about. Names are fullnames; a place is one in the reader's schema, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// `unusable_default` is whether the reader's field has a default which is not a value of its type.
    MissingField {
        record: String,
        field: String,
        unusable_default: bool,
    },
    UselessDefault {
        record: String,
        field: String,
        reason: String,
    },
    MissingSymbols {
        name: String,
        symbols: Vec<String>,
    },
    OtherName {
        written: String,
        read: String,
    },
    OtherSize {
        name: String,
        written: usize,
        read: usize,
    },
    /// `in_union` is whether the writer writes other types there, too.
    OtherType {
        place: String,
        written: String,
        read: String,
        in_union: bool,
    },
    OtherLogicalType {
        reason: String,
    },
    /// `others` are the records of the union, where the writer's type is one of another name.
    MissingBranch {
        place: String,
        written: String,
        others: Vec<String>,
    },
    /// Nobody knows: the comparison was given up.
    TooIntricate,
    /// It is in a pair of records of which no more is known.
    Unknown,
}

impl Cause {
    /// A sentence about it, without a full stop and without the place.
    pub(super) fn message(&self) -> String {
        match self {
            Cause::MissingField { record, field, unusable_default } => {
                let default =
                    if *unusable_default { "a default that is not a value of its type" } else { "no default" };
                format!("the writer's record {record} has no field `{field}`, and the reader's field has {default}")
            }
            Cause::UselessDefault { record, field, reason } => {
                format!("the default of field `{field}` of {record} is unusable: {reason}")
            }
            Cause::MissingSymbols { name, symbols } => {
                format!("the reader's enum {name} has no default and lacks {}", symbols.join(", "))
            }
            Cause::OtherName { written, read } => format!(
                "the writer's type is named {written}, the reader's {read} (an alias in the reader's schema makes them match)"
            ),
            Cause::OtherSize { name, written, read } => {
                format!("the writer's fixed {name} has {written} bytes, the reader's {read}")
            }
            Cause::OtherType { written, read, .. } => {
                format!("the writer's type is {written}, which cannot be read as {read}")
            }
            Cause::OtherLogicalType { reason } => reason.clone(),
            Cause::MissingBranch { written, others, .. } if others.is_empty() => {
                format!("the writer's type is {written}, and no branch of the reader's union reads it")
            }
            Cause::MissingBranch { written, others, .. } => format!(
                "the writer's type is {written}, and the records of the reader's union are named {} (an alias in the reader's \
                 schema makes them match)",
                others.join(", ")
            ),
            Cause::TooIntricate => "the schemas are too large and too complex to be compared: split them".to_owned(),
            Cause::Unknown => "the reader's type cannot read the writer's".to_owned(),
        }
    }
}

/// A place for people: `Customer.tags[]` is an item of the field `tags`, `Customer.attributes{}` a value of a map.
pub(super) fn place(schema: &Schema, place: &Place) -> String {
    let definition = place.definition.map(|id| schema.definition(id));
    let mut text = definition.map_or("", |definition| definition.name.name()).to_owned();
    let mut steps = place.path.split('/').skip(1);
    while let Some(step) = steps.next() {
        match step {
            "items" => text.push_str("[]"),
            "values" => text.push_str("{}"),
            "fields" => {
                let Some(DefinitionKind::Record(record)) = definition.map(|definition| &definition.kind) else {
                    continue;
                };
                let field = steps.next().and_then(|index| record.fields.get(index.parse::<usize>().ok()?));
                if let Some(field) = field {
                    text.push('.');
                    text.push_str(&field.name);
                }
            }
            // The type of a field is where the field is, and a branch is told by its type.
            _ => {}
        }
    }
    if text.is_empty() { "the schema".to_owned() } else { format!("`{text}`") }
}

/// Whether a place is a branch of a union.
pub(super) fn is_branch(place: &Place) -> bool {
    let mut steps = place.path.rsplit('/');
    let is_number = steps.next().is_some_and(|last| last.parse::<u32>().is_ok());
    is_number && steps.next() != Some("fields")
}
