//! Reads JSON text into a tree. Recursion is bounded, and what can be reported without losing the thread (a duplicate
//! key, a bad escape) does not stop the reading; a syntax error does, since all that follows would be guesswork.

use std::borrow::Cow;

use super::{Member, Members, Node, Unicode, Value, report_lone_surrogate, unicode_escape};
use crate::MAX_DEPTH;
use crate::code::Code;
use crate::collect::Collector;
use crate::source::{SourceId, Span, part};

/// Reads the one JSON value of `text`; `None` after a syntax error, which is in `collector` then.
pub(crate) fn read<'t>(text: &'t str, source: SourceId, collector: &mut Collector) -> Option<Node<'t>> {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader { text, at, depth: 0, source, collector };
    reader.document().ok()
}

/// The syntax error is in the collector already.
struct Reported;

struct Reader<'t, 'c> {
    text: &'t str,
    /// The next byte to look at; always on the boundary of a character.
    at: usize,
    depth: usize,
    source: SourceId,
    collector: &'c mut Collector,
}

impl<'t> Reader<'t, '_> {
    fn document(&mut self) -> Result<Node<'t>, Reported> {
        self.white_space()?;
        if self.at == self.text.len() {
            return Err(self.syntax_error(
                self.here(),
                "there is no schema in this text",
                "expected a JSON value",
                Some("the shortest schema is `\"null\"`"),
            ));
        }
        let node = self.value()?;
        self.white_space()?;
        if self.at < self.text.len() {
            let message = "expected the end of the text after the schema";
            let found = format!("unexpected {}", self.found());
            let help =
                "a text holds one JSON value; several schemas go into several files, or into one array (a union)";
            return Err(self.syntax_error(self.here(), message, found, Some(help)));
        }
        Ok(node)
    }

    fn value(&mut self) -> Result<Node<'t>, Reported> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(Cow::Borrowed(self.number()?)),
            Some(byte) if byte.is_ascii_alphabetic() => self.word()?,
            Some(b'\'') => {
                let help = "write strings in double quotes";
                return Err(self.expected("a JSON value", Some(help)));
            }
            _ => return Err(self.expected("a JSON value", None)),
        };
        Ok(Node { value, span: Span { start, end: self.at } })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value<'t>, Reported>) -> Result<Value<'t>, Reported> {
        if self.depth == MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn too_deep(&mut self) -> Reported {
        let message = format!("JSON is nested more than {MAX_DEPTH} levels deep");
        let help = "give inner types definitions of their own, in files of their own, and refer to them by name";
        self.collector.error(Code::TOO_DEEP, (self.source, self.here()), message, "one level too many").help(help);
        Reported
    }

    /// After `{`. What is not on the way down is in functions of its own: this frame is there once for each
    /// level.
    fn object(&mut self) -> Result<Value<'t>, Reported> {
        let mut members = Members::default();
        self.white_space()?;
        if self.take(b'}') {
            return Ok(Value::Object(members.into_object()));
        }
        loop {
            let (key, key_span) = self.key()?;
            let node = self.value()?;
            members.set_and_warn(Member { key, key_span, node }, self.source, self.collector);
            if self.ends(b'}')? {
                return Ok(Value::Object(members.into_object()));
            }
        }
    }

    /// A key and the colon.
    fn key(&mut self) -> Result<(Cow<'t, str>, Span), Reported> {
        if self.peek() != Some(b'"') {
            let help = match self.peek() {
                Some(b'}') => Some("remove the comma before the `}`"),
                Some(b'\'' | b'a'..=b'z' | b'A'..=b'Z' | b'_') => Some("write keys in double quotes"),
                _ => None,
            };
            return Err(self.expected("a key in double quotes", help));
        }
        let start = self.at;
        let key = self.string()?;
        let key_span = Span { start, end: self.at };
        self.white_space()?;
        if !self.take(b':') {
            return Err(self.expected("`:` after the key", None));
        }
        self.white_space()?;
        Ok((key, key_span))
    }

    /// After a member or an item: whether `closing` follows. Otherwise there must be a comma.
    fn ends(&mut self, closing: u8) -> Result<bool, Reported> {
        self.white_space()?;
        if self.take(closing) {
            return Ok(true);
        }
        if !self.take(b',') {
            let what = match closing {
                b'}' => "`,` or `}` after a member of an object",
                _ => "`,` or `]` after an item of an array",
            };
            let starts_another = matches!(self.peek(), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b'a'..=b'z'));
            return Err(self.expected(what, starts_another.then_some("put a comma before it")));
        }
        self.white_space()?;
        Ok(false)
    }

    /// After `[`.
    fn array(&mut self) -> Result<Value<'t>, Reported> {
        let mut items = Vec::new();
        self.white_space()?;
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            if self.peek() == Some(b']') {
                return Err(self.expected("a JSON value", Some("remove the comma before the `]`")));
            }
            items.push(self.value()?);
            if self.ends(b']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// On the opening quote.
    fn string(&mut self) -> Result<Cow<'t, str>, Reported> {
        let opening = self.at;
        self.at += 1;
        let mut unescaped = String::new();
        loop {
            let start = self.at;
            // A plain loop over bytes: build scripts run this without optimisation, and iterators are slow there.
            let bytes = self.text.as_bytes();
            let mut at = start;
            while at < bytes.len() && bytes[at] != b'"' && bytes[at] != b'\\' && bytes[at] >= 0x20 {
                at += 1;
            }
            self.at = at;
            let plain = part(self.text, start..at);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    if unescaped.is_empty() {
                        return Ok(Cow::Borrowed(plain));
                    }
                    unescaped.push_str(plain);
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => {
                    unescaped.push_str(plain);
                    self.escape(&mut unescaped)?;
                }
                Some(b'\n' | b'\r') | None => {
                    let span = Span { start: opening, end: self.at };
                    let message = "a string is not closed on its line";
                    let help = "close it with `\"`, or write a line break in a string as `\\n`";
                    return Err(self.syntax_error(span, message, "this string has no closing `\"`", Some(help)));
                }
                Some(control) => {
                    let message = format!("a control character (U+{control:04X}) is not escaped in a string");
                    let help =
                        if control == b'\t' { "write a tab in a string as `\\t`" } else { "escape it as `\\u00..`" };
                    return Err(self.syntax_error(self.here(), message, "must be escaped", Some(help)));
                }
            }
        }
    }

    /// On a backslash. What is wrong with an escape is reported, and a replacement character takes its place.
    fn escape(&mut self, out: &mut String) -> Result<(), Reported> {
        let start = self.at;
        self.at += 1;
        let simple = match self.peek() {
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start, out),
            _ => {
                let span = Span { start, end: self.here().end };
                let message = format!("JSON has no escape `{}`", part(self.text, start..span.end));
                let help = "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits";
                return Err(self.syntax_error(span, message, "no such escape", Some(help)));
            }
        };
        self.at += 1;
        out.push(simple);
        Ok(())
    }

    fn unicode_escape(&mut self, start: usize, out: &mut String) -> Result<(), Reported> {
        let (unicode, length) = unicode_escape(part(self.text, start..self.text.len()));
        self.at = start + length;
        let span = Span { start, end: self.at };
        match unicode {
            Unicode::Character(character) => out.push(character),
            Unicode::Lone(half) => {
                report_lone_surrogate(half, Code::INVALID_JSON, (self.source, span), self.collector);
                out.push('\u{fffd}');
            }
            Unicode::TooShort => {
                let message = "`\\u` needs four hexadecimal digits";
                return Err(self.syntax_error(span, message, "expected four hexadecimal digits", None));
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<&'t str, Reported> {
        let start = self.at;
        self.take(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        let mut problem = match whole {
            0 => Some("expected a digit after `-`"),
            1 => None,
            _ if leading_zero => Some("a number does not start with a superfluous 0"),
            _ => None,
        };
        if self.take(b'.') && self.digits() == 0 {
            problem = problem.or(Some("expected a digit after `.`"));
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                problem = problem.or(Some("expected a digit in the exponent"));
            }
        }
        if self.peek().is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'_' | b'.' | b'+')) {
            problem = problem.or(Some("expected the end of the number here"));
            while self.peek().is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'_' | b'.')) {
                self.at += 1;
            }
        }
        let span = Span { start, end: self.at };
        let text = part(self.text, start..self.at);
        match problem {
            None => Ok(text),
            Some(problem) => Err(self.syntax_error(span, format!("`{text}` is not a JSON number"), problem, None)),
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    /// `null`, `true` or `false`; anything else is a mistake with a name.
    fn word(&mut self) -> Result<Value<'t>, Reported> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let word = part(rest, 0..length);
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => {
                let span = Span { start: self.at, end: self.at + length };
                let help = match word {
                    "True" | "TRUE" | "False" | "FALSE" | "Null" | "NULL" | "None" => {
                        "JSON has `true`, `false` and `null`, in lowercase letters"
                    }
                    "NaN" | "Infinity" => "JSON has no such number",
                    _ => "write strings in double quotes",
                };
                let message = format!("expected a JSON value, found `{word}`");
                return Err(self.syntax_error(span, message, "expected a JSON value", Some(help)));
            }
        };
        self.at += length;
        Ok(value)
    }

    /// Skips white space and comments.
    fn white_space(&mut self) -> Result<(), Reported> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(b'/') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Reported> {
        let rest = &self.text[self.at..];
        if rest.starts_with("//") {
            self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            return Ok(());
        }
        if !rest.starts_with("/*") {
            return Err(self.expected("a JSON value or a comment", None));
        }
        let Some(end) = rest[2..].find("*/") else {
            let span = Span { start: self.at, end: self.at + 2 };
            return Err(self.syntax_error(span, "a comment is not closed", "starts here", Some("close it with `*/`")));
        };
        self.at += end + 4;
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    /// The character at hand, or the empty end of the text.
    fn here(&self) -> Span {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Span { start: self.at, end: self.at + length }
    }

    fn found(&self) -> String {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the end of the text".to_owned(),
            Some(control) if control.is_control() => format!("a control character (U+{:04X})", u32::from(control)),
            Some(character) => format!("`{character}`"),
        }
    }

    fn expected(&mut self, what: &str, help: Option<&str>) -> Reported {
        let message = format!("expected {what}, found {}", self.found());
        self.syntax_error(self.here(), message, format!("expected {what}"), help)
    }

    fn syntax_error(
        &mut self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<&str>,
    ) -> Reported {
        self.collector.error(Code::INVALID_JSON, (self.source, span), message, label).help = help.map(str::to_owned);
        Reported
    }
}
