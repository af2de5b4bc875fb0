//! Rustdoc from a schema's `doc` attributes.
//!
//! A `doc` is prose of people who do not think of rustdoc: it must neither give warnings nor run as a test.

use avro_model::{DefinitionKind, Field, Kind, SchemaSet, Type};

use super::code::Code;
use crate::model::{Item, UnionVariant};

/// Longer defaults are left to the schema.
const LONGEST_SHOWN_DEFAULT: usize = 60;

/// Rustdoc shows the first paragraph in the list of a module's types, where a longer one is too much.
const LONGEST_FIRST_PARAGRAPH: usize = 200;

/// For a type that stands for one of Avro's.
pub(super) fn of_item(item: &Item<'_>, out: &mut Code<'_>) {
    let Some(definition) = item.definition() else {
        return out.lines(&["/// The schema of a file, which has no name of its own."]);
    };
    let kind = match &definition.kind {
        DefinitionKind::Record(_) => "record",
        DefinitionKind::Enum(_) => "enum",
        DefinitionKind::Fixed { .. } => "fixed",
    };
    let mut lines = prose(definition.doc.as_deref());
    let name = format!("Avro {kind} `{}`.", definition.name);
    let first_paragraph = lines.iter().take_while(|line| !line.is_empty()).map(|line| line.len() + 1).sum::<usize>();
    if first_paragraph > LONGEST_FIRST_PARAGRAPH {
        lines.splice(0..0, [name, String::new()]);
    } else {
        push_paragraph(&mut lines, name);
    }
    write(&lines, out);
}

/// For the enum of a union.
pub(super) fn of_union(variants: &[UnionVariant], out: &mut Code<'_>) {
    let branches: Vec<String> = variants.iter().map(|variant| format!("`{}`", variant.branch)).collect();
    match branches.split_last() {
        Some((last, others)) => out.line(format_args!("/// Avro union of {} and {last}.", others.join(", "))),
        None => out.lines(&["/// Avro union of nothing: there is no value."]),
    }
}

/// For a branch of a union.
pub(super) fn of_branch(branch: &str, out: &mut Code<'_>) {
    out.line(format_args!("/// Branch `{branch}`."));
}

/// For a field of a record.
pub(super) fn of_field(field: &Field, set: &SchemaSet, out: &mut Code<'_>) {
    let mut lines = prose(field.doc.as_deref());
    if lines.is_empty() {
        lines.push(format!("Field `{}`, Avro type `{}`.", field.name, describe(&field.ty, set)));
    }
    if let Some(default) = &field.default {
        let default = default.to_string();
        if default.len() <= LONGEST_SHOWN_DEFAULT && is_plain(&default) {
            push_paragraph(&mut lines, format!("Default: `{default}`."));
        }
    }
    write(&lines, out);
}

/// For a symbol of an enum; Avro has no `doc` for these.
pub(super) fn of_symbol(symbol: &str, out: &mut Code<'_>) {
    out.line(format_args!("/// Symbol `{symbol}`."));
}

/// For the module of a namespace.
pub(super) fn of_module(namespace: &str, out: &mut Code<'_>) {
    out.line(format_args!("/// Avro namespace `{namespace}`."));
}

fn write(lines: &[String], out: &mut Code<'_>) {
    for line in lines {
        if line.is_empty() {
            out.line(format_args!("///"));
        } else {
            out.line(format_args!("/// {line}"));
        }
    }
}

fn push_paragraph(lines: &mut Vec<String>, paragraph: String) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(paragraph);
}

/// Whether `text` can stand between back quotes.
fn is_plain(text: &str) -> bool {
    !text.contains(|character: char| character == '`' || is_unwanted(character))
}

/// The type in a few words.
fn describe(ty: &Type, set: &SchemaSet) -> String {
    let name = match &ty.kind {
        Kind::Array(items) => format!("array of {}", describe(items, set)),
        Kind::Map(values) => format!("map of {}", describe(values, set)),
        Kind::Union(branches) => {
            let branches: Vec<String> = branches.iter().map(|branch| describe(branch, set)).collect();
            format!("[{}]", branches.join(", "))
        }
        Kind::Named(id) => set.definition(*id).name.to_string(),
        primitive => {
            debug_assert!(primitive.name().is_some(), "a primitive type without a name");
            primitive.name().unwrap_or_default().to_owned()
        }
    };
    match ty.logical {
        Some(logical) => format!("{name} ({logical})"),
        None => name,
    }
}

/// The lines of a `doc`, so that Markdown takes them as paragraphs of plain words and `code`.
fn prose(doc: Option<&str>) -> Vec<String> {
    let text = doc.unwrap_or("");
    // Most docs are one plain sentence, and build scripts are not optimised.
    if text.starts_with(|first: char| first.is_ascii_alphanumeric()) && is_plain_sentence(text) {
        return vec![escape_start(text.trim_end())];
    }
    let text = text.replace("\r\n", "\n");
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        // Spaces in front would make a code block, which rustdoc would take as a test.
        let line = escape_start(&escape(line.trim()));
        let repeats_blank_line = line.is_empty() && lines.last().is_none_or(String::is_empty);
        if !repeats_blank_line {
            lines.push(line);
        }
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Whether there is nothing in `text` that Markdown knows.
fn is_plain_sentence(text: &str) -> bool {
    for byte in text.as_bytes() {
        if !matches!(byte, b' ' | b',' | b'.' | b'(' | b')' | b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z') {
            return false;
        }
    }
    true
}

/// What would start a list, a heading, a quotation, a table or a rule at the start of a line is escaped.
fn escape_start(line: &str) -> String {
    if line.starts_with(['-', '*', '+', '#', '|', '=', '~', ':']) {
        return format!("\\{line}");
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    if digits > 0 && rest.starts_with(['.', ')']) {
        return format!("{number}\\{rest}");
    }
    line.to_owned()
}

/// HTML, links and lone back quotes are escaped, addresses become links, and `code` stays.
fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some(code) = leading_code(rest) {
            escaped.extend(code.chars().filter(|character| !is_unwanted(*character)));
            rest = &rest[code.len()..];
            continue;
        }
        let address = leading_address(rest);
        if !address.is_empty() {
            escaped.push('<');
            escaped.push_str(address);
            escaped.push('>');
            rest = &rest[address.len()..];
            continue;
        }
        if matches!(character, '<' | '>' | '[' | ']' | '`' | '\\' | '&') {
            escaped.push('\\');
        }
        match character {
            '\t' => escaped.push(' '),
            character if is_unwanted(character) => {}
            character => escaped.push(character),
        }
        rest = &rest[character.len_utf8()..];
    }
    escaped
}

/// Characters that rustc denies in comments, or that nobody sees.
fn is_unwanted(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text between two single back quotes at the start of `text`, with them.
fn leading_code(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('`')?;
    let length = inner.find('`')?;
    let after = &inner[length + 1..];
    (length > 0 && !after.starts_with('`')).then(|| &text[..length + 2])
}

/// The web address at the start of `text`, without the punctuation that ends a sentence; empty when there is none.
fn leading_address(text: &str) -> &str {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return "";
    }
    let is_end = |character: char| {
        character.is_whitespace()
            || is_unwanted(character)
            || matches!(character, '<' | '>' | '"' | '`' | ')' | ']' | '\\')
    };
    let end = text.find(is_end).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_harmless_markdown() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("  \n ", &[]),
            ("Plain.", &["Plain."]),
            ("Two\nlines", &["Two", "lines"]),
            ("One\n\n\n\nTwo\n", &["One", "", "Two"]),
            ("a\rb\r\nc", &["a", "b", "c"]),
            ("    fn looks_like_code() {}", &["fn looks_like_code() {}"]),
            ("A Vec<T> or [link]", &["A Vec\\<T\\> or \\[link\\]"]),
            ("Code `Vec<T>` stays", &["Code `Vec<T>` stays"]),
            ("A lone ` quote", &["A lone \\` quote"]),
            ("```rust", &["\\`\\`\\`rust"]),
            ("- item\nlazy", &["\\- item", "lazy"]),
            ("1. item", &["1\\. item"]),
            ("# heading", &["\\# heading"]),
            ("> quotation", &["\\> quotation"]),
            ("---", &["\\---"]),
            ("See https://example.com/a?b=c.", &["See <https://example.com/a?b=c>."]),
            ("(http://example.com)", &["(<http://example.com>)"]),
            ("back\\slash", &["back\\\\slash"]),
            ("left\u{202e}right\u{0}", &["leftright"]),
        ];
        for (doc, expected) in cases {
            assert_eq!(prose(Some(doc)), *expected, "for {doc:?}");
        }
    }

    #[test]
    fn odd_defaults_are_left_out() {
        assert!(is_plain("\"US\""));
        assert!(!is_plain("\"a`b\""));
    }
}
