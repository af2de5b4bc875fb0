//! Types that say less than they could, or promise what they cannot keep.

use super::naming::fields;
use super::words::words;
use super::{Finding, Level, LintRule, LintSettings};
use crate::code::Code;
use crate::locate::Step;
use crate::logical::LogicalType;
use crate::schema::{Definition, Field, Kind, Type};

pub(super) const INEXACT_MONEY: LintRule = LintRule {
    code: Code::new("inexact-money"),
    level: Level::Warn,
    summary: "an amount of money as a float or a double",
    reason: "Binary fractions cannot hold a tenth: sums are off by a cent sooner or later, and two sides that round \
             differently disagree. A decimal, or a whole number of cents, is exact.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "totalPrice", "type": "double"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "totalPrice", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}]}"#,
    find: inexact_money,
};

const MONEY: [&str; 11] =
    ["amount", "balance", "charge", "cost", "discount", "fee", "price", "refund", "revenue", "salary", "turnover"];

fn inexact_money(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let is_money = |field: &Field| {
        let is_inexact = matches!(value_type(&field.ty).kind, Kind::Float | Kind::Double);
        is_inexact && words(&field.name).iter().any(|word| MONEY.contains(&word.as_str()))
    };
    about_fields(definition, is_money, |field| {
        let kind = value_type(&field.ty).kind.name().unwrap_or_default();
        let message = format!("`{}` of {} looks like money, and a {kind} is not exact", field.name, definition.name);
        let help = "use the logical type `decimal`, or a `long` of the smallest unit, such as cents";
        (message, format!("a {kind}"), help)
    })
}

pub(super) const UNTYPED_TIME: LintRule = LintRule {
    code: Code::new("untyped-time"),
    level: Level::Warn,
    summary: "a moment or a date as plain text or number",
    reason: "A plain number does not say whether it counts seconds or milliseconds, and a text not in which format or \
             time zone it is. A logical type says so, and becomes the right type in every language.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "createdAt", "type": "long"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "createdAt", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"#,
    find: untyped_time,
};

/// Participles before `at` or `on`, with which names of moments end.
fn is_moment(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [.., before, "at" | "on"] => before.ends_with("ed") || matches!(*before, "sent" | "paid" | "begun" | "written"),
        [.., "timestamp" | "datetime" | "date" | "birthday"] => true,
        _ => false,
    }
}

fn untyped_time(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let is_untyped = |field: &Field| {
        let ty = value_type(&field.ty);
        let is_plain = matches!(ty.kind, Kind::Int | Kind::Long | Kind::Float | Kind::Double | Kind::String);
        is_plain && ty.logical.is_none() && is_moment(&field.name)
    };
    about_fields(definition, is_untyped, |field| {
        let kind = value_type(&field.ty).kind.name().unwrap_or_default();
        let message = format!("`{}` of {} looks like a time, but is a plain {kind}", field.name, definition.name);
        let help =
            "use a `long` with the logical type `timestamp-millis` or `timestamp-micros`, or an `int` with `date`";
        (message, format!("a plain {kind}"), help)
    })
}

pub(super) const UNTYPED_UUID: LintRule = LintRule {
    code: Code::new("untyped-uuid"),
    level: Level::Warn,
    summary: "a UUID as a plain string",
    reason: "The logical type `uuid` makes every language check the text and use its own type for it; the bytes stay \
             the same, so that it can be added to a released schema.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "orderUuid", "type": "string"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "orderUuid", "type": {"type": "string", "logicalType": "uuid"}}]}"#,
    find: untyped_uuid,
};

fn untyped_uuid(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let is_untyped = |field: &Field| {
        let ty = value_type(&field.ty);
        let is_named = words(&field.name).iter().any(|word| word == "uuid" || word == "guid");
        ty.kind == Kind::String && ty.logical.is_none() && is_named
    };
    about_fields(definition, is_untyped, |field| {
        let message = format!("`{}` of {} looks like a UUID, but is a plain string", field.name, definition.name);
        (message, "a plain string".to_owned(), "use {\"type\": \"string\", \"logicalType\": \"uuid\"}")
    })
}

pub(super) const DECIMAL_WITHOUT_SCALE: LintRule = LintRule {
    code: Code::new("decimal-without-scale"),
    level: Level::Warn,
    summary: "a decimal that does not say its scale",
    reason: "Without a scale a decimal has no digits behind the point, which is seldom what was meant, and cannot be \
             changed later: another scale is another type.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12}}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}]}"#,
    find: decimal_without_scale,
};

fn decimal_without_scale(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let has_scale = |properties: &[(String, crate::json::Json)]| properties.iter().any(|(name, _)| name == "scale");
    let help = "write `scale`, which may be 0";
    if matches!(definition.logical, Some(LogicalType::Decimal { .. })) && !has_scale(&definition.properties) {
        let message = format!("the decimal {} does not say its scale", definition.name);
        return vec![Finding::of_type(message, "no digits behind the point", help)];
    }
    let is_without = |field: &Field| {
        let ty = value_type(&field.ty);
        matches!(ty.logical, Some(LogicalType::Decimal { .. })) && !has_scale(&ty.properties)
    };
    about_fields(definition, is_without, |field| {
        let message = format!("the decimal `{}` of {} does not say its scale", field.name, definition.name);
        (message, "no digits behind the point".to_owned(), help)
    })
}

pub(super) const SMALL_ID: LintRule = LintRule {
    code: Code::new("small-id"),
    level: Level::Off,
    summary: "an id that is an int",
    reason: "Counters of events pass two thousand million. An `int` can become a `long` later, but only after all \
             consumers have been changed.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "orderId", "type": "int"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "orderId", "type": "long"}]}"#,
    find: small_id,
};

fn small_id(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let is_small = |field: &Field| {
        value_type(&field.ty).kind == Kind::Int && words(&field.name).last().is_some_and(|word| word == "id")
    };
    about_fields(definition, is_small, |field| {
        let message = format!("the id `{}` of {} is an int, which ends at 2,147,483,647", field.name, definition.name);
        (message, "an int".to_owned(), "use a `long`")
    })
}

pub(super) const WIDE_UNION: LintRule = LintRule {
    code: Code::new("wide-union"),
    level: Level::Warn,
    summary: "a union of very many branches",
    reason: "Everybody who reads such a field has to treat each branch, and registries compare every branch with every \
             other. Several types of messages on one topic are better kept as schemas of their own. The setting `max` \
             says how many branches are allowed.",
    wrong: r#"{"type": "record", "name": "com.acme.Value", "fields": [{"name": "value", "type": ["null", "boolean", "int", "long", "float", "double", "bytes", "string", {"type": "array", "items": "int"}, {"type": "map", "values": "int"}, {"type": "fixed", "name": "Hash", "size": 16}], "default": null}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Value", "fields": [{"name": "value", "type": ["null", "long", "double", "string"], "default": null}]}"#,
    find: wide_union,
};

fn wide_union(definition: &Definition, settings: &LintSettings) -> Vec<Finding> {
    let most = settings.most_branches;
    let branches = |field: &Field| match &field.ty.kind {
        Kind::Union(branches) => branches.len(),
        _ => 0,
    };
    about_fields(
        definition,
        |field| branches(field) > most,
        |field| {
            let count = branches(field);
            let message = format!("`{}` of {} has {count} branches, more than {most}", field.name, definition.name);
            (message, format!("{count} branches"), "use fewer, or a record for what they have in common")
        },
    )
}

/// One finding for each field that is meant, at its type.
fn about_fields<H: Into<String>>(
    definition: &Definition,
    is_meant: impl Fn(&Field) -> bool,
    about: impl Fn(&Field) -> (String, String, H),
) -> Vec<Finding> {
    let meant = fields(definition).iter().enumerate().filter(|(_, field)| is_meant(field));
    let found = meant.map(|(position, field)| {
        let (message, label, help) = about(field);
        let path = vec![Step::Key("fields"), Step::Index(position), Step::Key("type")];
        Finding { message, path, label, help: help.into() }
    });
    found.collect()
}

/// The type of a field's values, without the null of a union of two.
fn value_type(ty: &Type) -> &Type {
    match &ty.kind {
        Kind::Union(branches) => match branches.as_slice() {
            [null, value] | [value, null] if null.kind == Kind::Null => value,
            _ => ty,
        },
        _ => ty,
    }
}
