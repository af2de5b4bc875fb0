//! How types, fields, symbols and namespaces are called.

use super::words::{camel, is_camel, is_pascal, is_snake, is_upper_snake, pascal, snake};
use super::{FieldStyle, Finding, Level, LintRule, LintSettings};
use crate::code::Code;
use crate::locate::Step;
use crate::schema::{Definition, DefinitionKind, Field};

pub(super) const TYPE_NAME_CASE: LintRule = LintRule {
    code: Code::new("type-name-case"),
    level: Level::Warn,
    summary: "a type whose name is not in PascalCase",
    reason: "Generators make types of these names, and types are written in PascalCase in all languages that read \
             Avro. A generator that changes the case may let two types collide.",
    wrong: r#"{"type": "fixed", "name": "com.acme.order_hash", "size": 16}"#,
    right: r#"{"type": "fixed", "name": "com.acme.OrderHash", "size": 16}"#,
    find: type_name_case,
};

fn type_name_case(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let name = definition.name.name();
    if is_pascal(name) {
        return Vec::new();
    }
    let better = pascal(name);
    let message = format!("the type {} is not written in PascalCase", definition.name);
    let help = format!("call it `{better}`, with `{name}` as an alias if it is released");
    vec![Finding::of_type(message, format!("`{better}` in PascalCase"), help)]
}

pub(super) const FIELD_NAME_CASE: LintRule = LintRule {
    code: Code::new("field-name-case"),
    level: Level::Warn,
    summary: "fields whose names are written in different ways",
    reason: "Names that follow one style are guessed right by those who write queries and mappings by hand. By default \
             every record may have its own style, `camelCase` or `snake_case`; the setting `style` asks for one of them.",
    wrong: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "orderId", "type": "long"}, {"name": "placed_by", "type": "string"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Order", "fields": [{"name": "orderId", "type": "long"}, {"name": "placedBy", "type": "string"}]}"#,
    find: field_name_case,
};

fn field_name_case(definition: &Definition, settings: &LintSettings) -> Vec<Finding> {
    let fields = fields(definition);
    let style = match settings.field_style {
        FieldStyle::Same => {
            // The style of the first field that has one; a single word in lower case fits both.
            let first = fields.iter().find(|field| is_camel(&field.name) != is_snake(&field.name));
            if first.is_some_and(|field| is_snake(&field.name)) { FieldStyle::Snake } else { FieldStyle::Camel }
        }
        style => style,
    };
    let (is_right, name_of_style): (fn(&str) -> bool, _) = match style {
        FieldStyle::Snake => (is_snake, "snake_case"),
        FieldStyle::Camel | FieldStyle::Same => (is_camel, "camelCase"),
    };
    let wrong = fields.iter().enumerate().filter(|(_, field)| !is_right(&field.name));
    let found = wrong.map(|(position, field)| {
        let better = if style == FieldStyle::Snake { snake(&field.name) } else { camel(&field.name) };
        let message = match settings.field_style {
            FieldStyle::Same => format!("`{}` of {} is not in {name_of_style}", field.name, definition.name),
            _ => format!("`{}` of {} is not in {name_of_style}, which is chosen", field.name, definition.name),
        };
        let help = format!("call it `{better}`, with `{}` as an alias if it is released", field.name);
        Finding {
            message,
            path: vec![Step::Key("fields"), Step::Index(position), Step::Key("name")],
            label: format!("`{better}` in {name_of_style}"),
            help,
        }
    });
    found.collect()
}

pub(super) const SYMBOL_CASE: LintRule = LintRule {
    code: Code::new("symbol-case"),
    level: Level::Off,
    summary: "an enum whose symbols are not in UPPER_SNAKE_CASE",
    reason: "Symbols are constants, which most languages write in capitals, and the specification's examples do so. \
             Symbols cannot have aliases, so that a later change breaks consumers.",
    wrong: r#"{"type": "enum", "name": "com.acme.State", "symbols": ["unknown", "inTransit"], "default": "unknown"}"#,
    right: r#"{"type": "enum", "name": "com.acme.State", "symbols": ["UNKNOWN", "IN_TRANSIT"], "default": "UNKNOWN"}"#,
    find: symbol_case,
};

fn symbol_case(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let DefinitionKind::Enum(symbols) = &definition.kind else { return Vec::new() };
    let wrong = symbols.symbols.iter().enumerate().filter(|(_, symbol)| !is_upper_snake(symbol));
    let found = wrong.map(|(position, symbol)| {
        let better = snake(symbol).to_uppercase();
        Finding {
            message: format!("the symbol `{symbol}` of {} is not in capitals", definition.name),
            path: vec![Step::Key("symbols"), Step::Index(position)],
            label: format!("`{better}` in capitals"),
            help: format!("call it `{better}`, unless the enum is released: a symbol cannot have an alias"),
        }
    });
    found.collect()
}

pub(super) const MISSING_NAMESPACE: LintRule = LintRule {
    code: Code::new("missing-namespace"),
    level: Level::Warn,
    summary: "a type without a namespace",
    reason: "Types without a namespace collide as soon as two teams call something the same, and Java puts them into \
             the default package, from which nothing can be imported.",
    wrong: r#"{"type": "fixed", "name": "Hash", "size": 16}"#,
    right: r#"{"type": "fixed", "name": "Hash", "namespace": "com.acme", "size": 16}"#,
    find: missing_namespace,
};

fn missing_namespace(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    if definition.name.namespace().is_some() {
        return Vec::new();
    }
    let message = format!("the type {} has no namespace", definition.name);
    let help = "give it a `namespace`, such as that of its team: `com.acme.orders`";
    vec![Finding::of_type(message, "no namespace", help)]
}

pub(super) const NAMESPACE_CASE: LintRule = LintRule {
    code: Code::new("namespace-case"),
    level: Level::Warn,
    summary: "a namespace that is not in lower case",
    reason: "Namespaces become packages and modules, which are in lower case. A part with a capital looks like a type, \
             and file systems that ignore case mix up two that differ in it alone.",
    wrong: r#"{"type": "fixed", "name": "com.Acme.Hash", "size": 16}"#,
    right: r#"{"type": "fixed", "name": "com.acme.Hash", "size": 16}"#,
    find: namespace_case,
};

fn namespace_case(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let Some(namespace) = definition.name.namespace().filter(|namespace| namespace.contains(char::is_uppercase)) else {
        return Vec::new();
    };
    let message = format!("the namespace of {} is not in lower case", definition.name);
    let help = format!("write `{}`, with the old name as an alias if it is released", namespace.to_lowercase());
    vec![Finding::of_type(message, "in its namespace", help)]
}

/// Words that at least two of Java, C#, Python, Go, JavaScript and Rust reserve, with those of SQL left out.
const KEYWORDS: [&str; 37] = [
    "abstract",
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "else",
    "enum",
    "extends",
    "false",
    "finally",
    "for",
    "goto",
    "if",
    "import",
    "in",
    "interface",
    "is",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "true",
    "while",
];

pub(super) const KEYWORD_NAME: LintRule = LintRule {
    code: Code::new("keyword-name"),
    level: Level::Off,
    summary: "a field that is called like a keyword",
    reason: "Generators have to change such a name, each in its own way, so that the field is called differently in \
             every language.",
    wrong: r#"{"type": "record", "name": "com.acme.Lesson", "fields": [{"name": "class", "type": "string"}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Lesson", "fields": [{"name": "className", "type": "string"}]}"#,
    find: keyword_name,
};

fn keyword_name(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let wrong = fields(definition).iter().enumerate().filter(|(_, field)| KEYWORDS.contains(&field.name.as_str()));
    let found = wrong.map(|(position, field)| {
        let message = format!("`{}` of {} is a keyword of several languages", field.name, definition.name);
        Finding::of_field(position, message, "a keyword", "say more about it in its name")
    });
    found.collect()
}

pub(super) const USELESS_ALIAS: LintRule = LintRule {
    code: Code::new("useless-alias"),
    level: Level::Warn,
    summary: "an alias that is the name itself",
    reason: "It has no effect. Most often the old name was meant, without which a reader does not find what older \
             producers wrote.",
    wrong: r#"{"type": "record", "name": "com.acme.Customer", "fields": [{"name": "email", "type": "string", "aliases": ["email"]}]}"#,
    right: r#"{"type": "record", "name": "com.acme.Customer", "fields": [{"name": "email", "type": "string", "aliases": ["mail"]}]}"#,
    find: useless_alias,
};

fn useless_alias(definition: &Definition, _: &LintSettings) -> Vec<Finding> {
    let help = "write the old name, or leave the alias out";
    let mut found = Vec::new();
    if definition.aliases.contains(&definition.name) {
        let message = format!("{} has its own name as an alias", definition.name);
        found.push(Finding::of_type(message, "the alias is the same", help));
    }
    for (position, field) in fields(definition).iter().enumerate() {
        if field.aliases.contains(&field.name) {
            let message = format!("`{}` of {} has its own name as an alias", field.name, definition.name);
            found.push(Finding::of_field(position, message, "the alias is the same", help));
        }
    }
    found
}

pub(super) fn fields(definition: &Definition) -> &[Field] {
    match &definition.kind {
        DefinitionKind::Record(record) => &record.fields,
        DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => &[],
    }
}
