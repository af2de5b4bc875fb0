//! Tokens.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::Span;

#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) span: Span,
    /// Which documentation comments are between this token and the one before.
    pub(super) docs: Range<usize>,
}

#[derive(Clone, Debug)]
pub(super) enum TokenKind<'t> {
    /// An identifier: names with dots or dashes between them. The text is without backticks.
    Word {
        text: Cow<'t, str>,
        /// Whether some of it is in backticks, so that it is not a keyword.
        is_quoted: bool,
    },
    /// A string, unescaped.
    String(Cow<'t, str>),
    /// What starts like a number.
    Number(&'t str),
    /// One of `( ) { } [ ] < > : ; , = @ ?`.
    Mark(char),
    End,
}

impl<'t> Token<'t> {
    /// What is at hand before the first token.
    pub(super) fn none() -> Token<'t> {
        Token { kind: TokenKind::End, span: Span { start: 0, end: 0 }, docs: 0..0 }
    }

    /// The text of a word that may be a keyword.
    pub(super) fn keyword(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word { text, is_quoted: false } => Some(text),
            _ => None,
        }
    }

    pub(super) fn describe(&self) -> String {
        match &self.kind {
            TokenKind::Word { text, .. } => format!("`{text}`"),
            TokenKind::String(_) => "a string".to_owned(),
            TokenKind::Number(text) => format!("`{text}`"),
            TokenKind::Mark(mark) => format!("`{mark}`"),
            TokenKind::End => "the end of the text".to_owned(),
        }
    }

    /// The text of a word.
    pub(super) fn into_text(self) -> Cow<'t, str> {
        match self.kind {
            TokenKind::Word { text, .. } | TokenKind::String(text) => text,
            TokenKind::Number(text) => Cow::Borrowed(text),
            TokenKind::Mark(_) | TokenKind::End => Cow::Borrowed(""),
        }
    }
}
