//! JSON values without positions, as a schema keeps them: defaults and custom properties.

use std::fmt;

/// A JSON value of a schema: the default of a field, or a custom property.
///
/// Objects keep the order of their source, and numbers their source text, so that printing loses nothing.
///
/// ```
/// use avro_model::Json;
///
/// let value = Json::Array(vec![Json::Number("1.50".into()), Json::String("a\"b".into())]);
/// assert_eq!(value.to_string(), r#"[1.50,"a\"b"]"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its source text: a valid number of the JSON grammar (RFC 8259, section 6).
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, in the order of its source. Keys are unique.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// What kind of value this is, in words for a message: `"a string"`, `"an object"`.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        }
    }

    /// The text of a string; `None` for any other value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of `key` in an object; `None` where there is no such key or where this is not an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// Compact JSON, without white space.
impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_json(&mut text, self);
        formatter.write_str(&text)
    }
}

/// Appends `value` to `out` as compact JSON, numbers as they are in the source.
pub(crate) fn write_json(out: &mut String, value: &Json) {
    write_json_with(out, value, |out, number| out.push_str(number));
}

/// Appends `value` to `out` as compact JSON, with `write_number` for its numbers.
pub(crate) fn write_json_with(out: &mut String, value: &Json, write_number: fn(&mut String, &str)) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(text) => write_number(out, text),
        Json::String(text) => write_string(out, text),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json_with(out, item, write_number);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write_json_with(out, member, write_number);
            }
            out.push('}');
        }
    }
}

/// Appends `text` to `out` as a JSON string: only what JSON demands is escaped, as Java's printer does.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    // Most texts need no escape, and to look at their bytes is quick where code is not optimised.
    let mut is_plain = true;
    for byte in text.as_bytes() {
        is_plain &= *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    }
    if is_plain {
        out.push_str(text);
    } else {
        write_escaped(out, text);
    }
    out.push('"');
}

fn write_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if u32::from(control) < 0x20 => {
                out.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
}
