//! JSON values in the IDL: defaults, and what annotations hold. Strings and numbers are written as in Java.

use super::join;
use super::number::{self, Number};
use super::reader::{Reader, Reported};
use super::token::TokenKind;
use crate::raw::{Member, Members, Node, Value};
use crate::source::Span;

impl<'t> Reader<'t, '_> {
    /// `what` is what the value is, in words: "the default of a field".
    pub(super) fn json(&mut self, what: &str) -> Result<Node<'t>, Reported> {
        let span = self.token.span;
        match &self.token.kind {
            TokenKind::String(_) => {
                let token = self.advance()?;
                Ok(Node::string(token.into_text(), span))
            }
            TokenKind::Number(text) => {
                let text = *text;
                let node = self.number(text, span)?;
                self.advance()?;
                Ok(node)
            }
            TokenKind::Mark('{') => self.nested(Reader::json_object),
            TokenKind::Mark('[') => self.nested(Reader::json_array),
            TokenKind::Word { .. } => self.json_word(what),
            TokenKind::Mark(_) | TokenKind::End => Err(self.expected(&format!("a JSON value as {what}"), None)),
        }
    }

    pub(super) fn number(&mut self, text: &'t str, span: Span) -> Result<Node<'t>, Reported> {
        match number::read(text) {
            Ok(Number::Json(text)) => Ok(Node::number(text, span)),
            Ok(Number::Word(word)) => Ok(Node::string(word, span)),
            Err(problem) => Err(self.syntax_error(span, format!("`{text}` cannot be read as a number"), problem, None)),
        }
    }

    fn json_word(&mut self, what: &str) -> Result<Node<'t>, Reported> {
        let span = self.token.span;
        let value = match self.token.keyword() {
            Some("null") => Value::Null,
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            Some("NaN") => Value::String("NaN".into()),
            Some("Infinity") => Value::String("Infinity".into()),
            other => {
                let help = other.map(|word| format!("write a symbol or a string in double quotes: \"{word}\""));
                return Err(self.expected(&format!("a JSON value as {what}"), help.as_deref()));
            }
        };
        self.advance()?;
        Ok(Node { value, span })
    }

    /// On `[`.
    fn json_array(&mut self) -> Result<Node<'t>, Reported> {
        let opening = self.advance()?.span;
        let mut items = Vec::new();
        if let Some(closing) = self.take_mark(']')? {
            return Ok(Node::array(items, join(opening, closing)));
        }
        loop {
            items.push(self.json("an item of an array")?);
            if let Some(closing) = self.ends(']', "an item of an array")? {
                return Ok(Node::array(items, join(opening, closing)));
            }
        }
    }

    /// On `{`.
    fn json_object(&mut self) -> Result<Node<'t>, Reported> {
        let opening = self.advance()?.span;
        let mut members = Members::default();
        if let Some(closing) = self.take_mark('}')? {
            return Ok(Node::object(members.into_list(), join(opening, closing)));
        }
        loop {
            self.json_member(&mut members)?;
            if let Some(closing) = self.ends('}', "a member of an object")? {
                return Ok(Node::object(members.into_list(), join(opening, closing)));
            }
        }
    }

    fn json_member(&mut self, members: &mut Members<'t>) -> Result<(), Reported> {
        if !matches!(self.token.kind, TokenKind::String(_)) {
            return Err(self.expected("a key in double quotes", None));
        }
        let token = self.advance()?;
        let key_span = token.span;
        let key = token.into_text();
        self.mark(':', "after the key")?;
        let node = self.json("the value of a key")?;
        members.set_and_warn(Member { key, key_span, node }, self.source, self.collector);
        Ok(())
    }
}
