//! White space in JSON: a schema in a lock file is laid out for people, and compact everywhere else. Only white space
//! and comments are touched: numbers and strings stay as they were written, since the registry knows a schema by its
//! text.

/// What is on one line is no longer than this.
const LINE_WIDTH: usize = 100;

/// The text of a JSON value without white space and comments.
///
/// A lock has as much text as its schemas ever had, and build scripts are not optimised: std, which is, finds the
/// quotes.
pub(super) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while !rest.is_empty() {
        let (between, from_quote) = rest.split_at(rest.find('"').unwrap_or(rest.len()));
        if let Some(comment) = between.find('/') {
            push_without_white_space(&between[..comment], &mut out);
            rest = after_comment(&rest[comment..]);
            continue;
        }
        push_without_white_space(between, &mut out);
        let (string, after) = from_quote.split_at(string_length(from_quote));
        out.push_str(string);
        rest = after;
    }
    out
}

fn push_without_white_space(text: &str, out: &mut String) {
    text.split([' ', '\t', '\n', '\r', '\u{feff}']).for_each(|part| out.push_str(part));
}

/// What follows the comment that `text` starts with.
fn after_comment(text: &str) -> &str {
    let length = match text.starts_with("/*") {
        true => text.find("*/").map(|end| end + "*/".len()),
        false => text.find(['\n', '\r']),
    };
    &text[length.unwrap_or(text.len())..]
}

/// How many bytes the string takes that `text` starts with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut end = 1;
    while let Some(quote) = text.get(end..).and_then(|rest| rest.find('"')) {
        let content = &text[1..end + quote];
        end += quote + 1;
        let escapes = content.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if escapes % 2 == 0 {
            return end;
        }
    }
    text.len()
}

/// A compact JSON value laid out: small things on one line, as a field with its type, and the others one item a line.
/// All lines but the first start with `depth` steps of indentation.
pub(super) fn pretty(compact: &str, depth: usize) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    Layout { rest: compact, out: &mut out }.value(depth);
    out
}

struct Layout<'t, 'o> {
    rest: &'t str,
    out: &'o mut String,
}

impl Layout<'_, '_> {
    /// The depth of a schema is bounded by what the reader of JSON takes.
    fn value(&mut self, depth: usize) {
        let length = value_length(self.rest);
        let (value, rest) = self.rest.split_at(length);
        let fits = value.len() + 2 * depth <= LINE_WIDTH;
        match value.as_bytes().first() {
            Some(b'{') if length > 2 && !(fits && is_small(value)) => self.items(true, depth),
            Some(b'[') if length > 2 && !(fits && is_small(value)) => self.items(false, depth),
            _ => {
                on_one_line(value, self.out);
                self.rest = rest;
            }
        }
    }

    /// An object or an array that is not empty, from the opening bracket to the closing one.
    fn items(&mut self, is_object: bool, depth: usize) {
        self.rest = self.rest.get(1..).unwrap_or_default();
        self.out.push(if is_object { '{' } else { '[' });
        loop {
            self.line(depth + 1);
            if is_object {
                let key = string_length(self.rest);
                self.out.push_str(&self.rest[..key]);
                self.out.push_str(": ");
                self.rest = self.rest.get(key + 1..).unwrap_or_default();
            }
            self.value(depth + 1);
            let next = self.rest.chars().next();
            self.rest = self.rest.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
            if next != Some(',') {
                break;
            }
            self.out.push(',');
        }
        self.line(depth);
        self.out.push(if is_object { '}' } else { ']' });
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }
}

/// How many bytes the value takes that the compact `text` starts with.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at += string_length(&text[at..]);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return if depth == 1 { at + 1 } else { at },
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Whether a compact value is easily read on one line: no list of objects, such as fields, and not too much inside each
/// other.
fn is_small(value: &str) -> bool {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = value.as_bytes().get(at) {
        match byte {
            b'"' => {
                at += string_length(&value[at..]);
                continue;
            }
            b'[' if value[at..].starts_with("[{") => return false,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 3 {
            return false;
        }
        at += 1;
    }
    true
}

fn on_one_line(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' { string_length(rest) } else { first.len_utf8() };
        out.push_str(&rest[..length]);
        if matches!(first, ',' | ':') {
            out.push(' ');
        }
        rest = &rest[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_and_comments_go() {
        let text = "\u{feff}{ \"a b\\\" c\" : 1.50 , // one\n \"x\":[ ] /* two */ }";
        assert_eq!(compact(text), r#"{"a b\" c":1.50,"x":[]}"#);
    }

    #[test]
    fn small_things_stand_on_one_line() {
        let text = r#"{"type":"record","name":"A","fields":[{"name":"x","type":["null","string"],"default":null},{"name":"y","type":{"type":"array","items":"B"}}],"empty":{}}"#;
        assert_eq!(
            pretty(text, 0),
            r#"{
  "type": "record",
  "name": "A",
  "fields": [
    {"name": "x", "type": ["null", "string"], "default": null},
    {"name": "y", "type": {"type": "array", "items": "B"}}
  ],
  "empty": {}
}"#
        );
        assert_eq!(
            pretty(r#"["null",{"type":"fixed","name":"F","size":2}]"#, 3),
            r#"["null", {"type": "fixed", "name": "F", "size": 2}]"#
        );
        assert_eq!(
            pretty(r#"[{"type":"fixed","name":"F","size":2}]"#, 1),
            "[\n    {\"type\": \"fixed\", \"name\": \"F\", \"size\": 2}\n  ]"
        );
        assert_eq!(pretty("\"long\"", 0), "\"long\"");
    }
}
