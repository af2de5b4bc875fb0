//! Characters to tokens.

use std::borrow::Cow;

use unicode_ident::is_xid_continue;

use super::reader::{Doc, Reader, Reported};
use super::token::{Token, TokenKind};
use crate::name::starts_name;
use crate::source::{Span, part};

/// Accepted as the end of a text, as old systems had it; what follows is ignored.
const SUBSTITUTE: char = '\u{1a}';

impl<'t> Reader<'t, '_> {
    pub(super) fn next_token(&mut self) -> Result<Token<'t>, Reported> {
        let first_doc = self.docs.len();
        self.white_space()?;
        let start = self.at;
        let kind = match self.peek() {
            None | Some(SUBSTITUTE) => TokenKind::End,
            Some('"') => TokenKind::String(self.string()?),
            Some('-' | '+' | '.' | '0'..='9') => TokenKind::Number(self.number_text()),
            Some('`') => self.identifier()?,
            Some(first) if starts_name(first) => self.identifier()?,
            Some(mark @ ('(' | ')' | '{' | '}' | '[' | ']' | '<' | '>' | ':' | ';' | ',' | '=' | '@' | '?')) => {
                self.at += mark.len_utf8();
                TokenKind::Mark(mark)
            }
            Some(other) => return Err(self.no_token(other)),
        };
        Ok(Token { kind, span: Span { start, end: self.at }, docs: first_doc..self.docs.len() })
    }

    fn no_token(&mut self, character: char) -> Reported {
        let span = Span { start: self.at, end: self.at + character.len_utf8() };
        let shown = match character {
            control if control.is_control() => format!("a control character (U+{:04X})", u32::from(control)),
            other => format!("`{other}`"),
        };
        let help = match character {
            '\'' => Some("write strings in double quotes"),
            '#' => Some("comments are written `// ...` or `/* ... */`"),
            _ => None,
        };
        self.syntax_error(span, format!("{shown} means nothing here"), "not part of the language", help)
    }

    /// Skips white space and comments; documentation comments are kept.
    fn white_space(&mut self) -> Result<(), Reported> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r' | 0xC) => self.at += 1,
                Some(b'/') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Reported> {
        let start = self.at;
        let rest = part(self.text, start..self.text.len());
        if rest.starts_with("//") {
            self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            return Ok(());
        }
        if !rest.starts_with("/*") {
            return Err(self.no_token('/'));
        }
        let is_doc = rest.starts_with("/**") && !rest.starts_with("/**/");
        let opening = if is_doc { "/**".len() } else { "/*".len() };
        let Some(length) = rest.get(opening..).and_then(|rest| rest.find("*/")) else {
            let span = Span { start, end: start + opening };
            return Err(self.syntax_error(span, "a comment is not closed", "starts here", Some("close it with `*/`")));
        };
        self.at = start + opening + length + "*/".len();
        if is_doc {
            self.docs.push(Doc { span: Span { start, end: self.at }, is_in_place: false });
        }
        Ok(())
    }

    /// Names, each perhaps in backticks, with dots or dashes between them.
    fn identifier(&mut self) -> Result<TokenKind<'t>, Reported> {
        let start = self.at;
        let mut is_quoted = false;
        loop {
            if self.peek() == Some('`') {
                is_quoted = true;
                self.quoted_name()?;
            } else {
                self.name();
            }
            let mut rest = part(self.text, self.at..self.text.len()).chars();
            let separator = rest.next().filter(|separator| matches!(separator, '.' | '-'));
            if separator.is_none() || !rest.next().is_some_and(|next| next == '`' || starts_name(next)) {
                break;
            }
            self.at += 1;
        }
        let text = part(self.text, start..self.at);
        let text = if is_quoted { Cow::Owned(text.replace('`', "")) } else { Cow::Borrowed(text) };
        Ok(TokenKind::Word { text, is_quoted })
    }

    fn quoted_name(&mut self) -> Result<(), Reported> {
        let start = self.at;
        self.at += 1;
        let has_name = self.peek().is_some_and(starts_name);
        self.name();
        if has_name && self.peek() == Some('`') {
            self.at += 1;
            return Ok(());
        }
        let span = Span { start, end: self.at };
        let message = "a backtick must be followed by one name and another backtick";
        let help = "write dots and dashes between the backticks: `my`-`record`";
        Err(self.syntax_error(span, message, "expected a name in backticks", Some(help)))
    }

    /// As much of a name as there is.
    fn name(&mut self) {
        let rest = part(self.text, self.at..self.text.len());
        self.at += rest.find(|character| !is_xid_continue(character)).unwrap_or(rest.len());
    }

    /// Everything that looks like a part of a number; whether it is one is settled where a number may be.
    fn number_text(&mut self) -> &'t str {
        let rest = part(self.text, self.at..self.text.len());
        let bytes = rest.as_bytes();
        let mut length = 1;
        while let Some(byte) = bytes.get(length) {
            let after_exponent =
                bytes.get(length - 1).is_some_and(|before| matches!(before, b'e' | b'E' | b'p' | b'P'));
            let is_part = match byte {
                b'+' | b'-' => after_exponent,
                b'.' | b'_' => true,
                other => other.is_ascii_alphanumeric(),
            };
            if !is_part {
                break;
            }
            length += 1;
        }
        self.at += length;
        part(rest, 0..length)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }
}
