//! String literals: Java's, with its escapes.

use std::borrow::Cow;

use super::reader::{Reader, Reported};
use crate::code::Code;
use crate::raw::{Unicode, report_lone_surrogate, unicode_escape};
use crate::source::{Span, part};

impl<'t> Reader<'t, '_> {
    /// On the opening quote.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, Reported> {
        let opening = self.at;
        self.at += 1;
        let mut unescaped = String::new();
        loop {
            let rest = part(self.text, self.at..self.text.len());
            let length = rest.find(|character: char| matches!(character, '"' | '\\') || character < ' ');
            let (plain, rest) = rest.split_at(length.unwrap_or(rest.len()));
            self.at += plain.len();
            match rest.as_bytes().first() {
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
                    self.escape(rest, &mut unescaped)?;
                }
                Some(b'\n' | b'\r') | None => {
                    let span = Span { start: opening, end: self.at };
                    let message = "a string is not closed on its line";
                    let help = "close it with `\"`, or write a line break in a string as `\\n`";
                    return Err(self.syntax_error(span, message, "this string has no closing `\"`", Some(help)));
                }
                Some(control) => {
                    let span = Span { start: self.at, end: self.at + 1 };
                    let message = format!("a control character (U+{control:04X}) is not escaped in a string");
                    let help = match control {
                        b'\t' => "write a tab in a string as `\\t`",
                        _ => "escape it as `\\u00..`",
                    };
                    return Err(self.syntax_error(span, message, "must be escaped", Some(help)));
                }
            }
        }
    }

    /// On a backslash, where `rest` starts.
    fn escape(&mut self, rest: &str, out: &mut String) -> Result<(), Reported> {
        let start = self.at;
        let simple = match rest.as_bytes().get(1) {
            Some(quoted @ (b'"' | b'\'' | b'\\')) => char::from(*quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'0'..=b'7') => {
                let (character, length) = octal(rest);
                self.at += length;
                out.push(character);
                return Ok(());
            }
            Some(b'u') => return self.unicode(start, rest, out),
            _ => {
                let escaped = rest.chars().nth(1).filter(|escaped| !escaped.is_control());
                let span = Span { start, end: start + 1 + escaped.map_or(0, char::len_utf8) };
                let message = format!("there is no escape `\\{}`", escaped.map(String::from).unwrap_or_default());
                let help = "the escapes are \\\" \\' \\\\ \\b \\f \\n \\r \\t, octal numbers, and \\u with four hexadecimal digits";
                return Err(self.syntax_error(span, message, "no such escape", Some(help)));
            }
        };
        self.at += 2;
        out.push(simple);
        Ok(())
    }

    fn unicode(&mut self, start: usize, rest: &str, out: &mut String) -> Result<(), Reported> {
        let (unicode, length) = unicode_escape(rest);
        self.at += length;
        let span = Span { start, end: self.at };
        match unicode {
            Unicode::Character(character) => out.push(character),
            Unicode::Lone(half) => {
                report_lone_surrogate(half, Code::INVALID_IDL, (self.source, span), self.collector);
                out.push('\u{fffd}');
            }
            Unicode::TooShort => {
                let message = "`\\u` needs four hexadecimal digits";
                return Err(self.syntax_error(span, message, "expected four hexadecimal digits", None));
            }
        }
        Ok(())
    }
}

/// The character of an octal escape, one to three digits up to 377, and the length of the escape.
fn octal(rest: &str) -> (char, usize) {
    let digits = rest.bytes().skip(1).take_while(|byte| matches!(byte, b'0'..=b'7'));
    let most = if rest.as_bytes().get(1).is_some_and(|first| *first <= b'3') { 3 } else { 2 };
    let mut length = 1;
    let mut value = 0_u8;
    for digit in digits.take(most) {
        value = value * 8 + (digit - b'0');
        length += 1;
    }
    (char::from(value), length)
}
