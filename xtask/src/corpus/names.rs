//! Which named types a schema file defines, and which it takes from elsewhere.
//!
//! This reads JSON by itself, so that what belongs together does not depend on the code that is tested.

use serde_json::Value;

/// The names in a file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Names {
    /// The fullname of each definition, and the definition.
    pub(super) defined: Vec<(String, Value)>,
    /// Names that are referred to: each as the fullnames that it may stand for, the likeliest first.
    pub(super) referred: Vec<Vec<String>>,
}

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

/// The names of `text`; `None` when it is not JSON, even without comments.
pub(super) fn names(text: &str) -> Option<Names> {
    let value = serde_json::from_str(&without_comments(text.trim_start_matches('\u{feff}'))).ok()?;
    let mut names = Names::default();
    collect(&value, "", &mut names);
    Some(names)
}

fn collect(schema: &Value, namespace: &str, names: &mut Names) {
    match schema {
        Value::String(name) if !PRIMITIVES.contains(&name.as_str()) => {
            let mut meanings = vec![fullname(name, namespace)];
            if !name.contains('.') && !namespace.is_empty() {
                meanings.push(name.clone());
            }
            names.referred.push(meanings);
        }
        Value::Array(branches) => branches.iter().for_each(|branch| collect(branch, namespace, names)),
        Value::Object(attributes) => match attributes.get("type") {
            Some(Value::String(kind)) => match kind.as_str() {
                "record" | "error" | "enum" | "fixed" => collect_definition(schema, namespace, names),
                "array" => collect(&schema["items"], namespace, names),
                "map" => collect(&schema["values"], namespace, names),
                _ => collect(&schema["type"], namespace, names),
            },
            Some(inner) => collect(inner, namespace, names),
            None => {}
        },
        _ => {}
    }
}

fn collect_definition(definition: &Value, namespace: &str, names: &mut Names) {
    let name = definition["name"].as_str().unwrap_or_default();
    let fullname = fullname(name, definition["namespace"].as_str().unwrap_or(namespace));
    let inner = fullname.rsplit_once('.').map_or("", |(namespace, _)| namespace);
    let inner = inner.to_owned();
    names.defined.push((fullname, definition.clone()));
    for field in definition["fields"].as_array().into_iter().flatten() {
        collect(&field["type"], &inner, names);
    }
}

fn fullname(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
}

/// Java takes comments in JSON, so files have them.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '/']) {
        let (before, found) = rest.split_at(start);
        out.push_str(before);
        let length = if let Some(comment) = found.strip_prefix("//") {
            2 + comment.find('\n').unwrap_or(comment.len())
        } else if let Some(comment) = found.strip_prefix("/*") {
            comment.find("*/").map_or(found.len(), |end| end + 4)
        } else {
            let length = string_length(found);
            out.push_str(&found[..length]);
            length
        };
        rest = &found[length..];
    }
    out.push_str(rest);
    out
}

/// How many bytes of `text` are a JSON string; 1 when it begins with anything else.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    match end {
        Some((end, _)) if text.starts_with('"') => end + 1,
        None if text.starts_with('"') => text.len(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, defined: &[&str], referred: &[&[&str]]) {
        let names = names(text).expect("it is JSON");
        let found: Vec<&str> = names.defined.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, defined, "{text}");
        assert_eq!(names.referred, referred, "{text}");
    }

    #[test]
    fn definitions_and_references_in_namespaces() {
        check("\"int\"", &[], &[]);
        check("[\"null\", \"a.B\"]", &[], &[&["a.B"]]);
        check(
            r#"{"type": "record", "name": "R", "namespace": "n", "fields": [
                {"name": "a", "type": {"type": "array", "items": "A"}},
                {"name": "b", "type": {"type": "fixed", "name": "m.F", "size": 1}},
                {"name": "c", "type": {"type": "map", "values": ["null", "o.C"]}},
                {"name": "d", "type": {"type": "error", "name": "D", "namespace": "", "fields": [{"name": "e", "type": "E"}]}}]}"#,
            &["n.R", "m.F", "D"],
            &[&["n.A", "A"], &["o.C"], &["E"]],
        );
        check(r#"{"type": "int", "logicalType": "date"}"#, &[], &[]);
        check(r#"{"type": {"type": "Nested"}}"#, &[], &[&["Nested"]]);
    }

    #[test]
    fn comments_are_no_obstacle() {
        check(
            "\u{feff}// a \"line\"\n{\"type\": /* in \" between */ \"enum\", \"name\": \"a//b\\\"/*\"}",
            &["a//b\"/*"],
            &[],
        );
        check("\"A\" // the end", &[], &[&["A"]]);
        for broken in ["", "{", "/* \"A\"", "\"A", "/"] {
            assert_eq!(names(broken), None, "{broken}");
        }
    }
}
