//! The state of reading, and what every part of the grammar needs: to look at the token at hand, to take it, and to
//! report that another was expected.

use super::doc;
use super::token::{Token, TokenKind};
use crate::code::Code;
use crate::collect::Collector;
use crate::import::PlacedImport;
use crate::source::{SourceId, Span, part};

/// How deeply types and values may be nested: less than in JSON, since a level takes more of the stack here, and since
/// the JSON of a type is nested more deeply than the type.
const MAX_DEPTH: usize = 200;

/// A syntax error, which is in the collector already. All that follows it would be guesswork, so that it ends the
/// reading.
#[derive(Debug)]
pub(super) struct Reported;

pub(super) struct Reader<'t, 'c> {
    pub(super) text: &'t str,
    /// The first byte after the token at hand; always on the boundary of a character.
    pub(super) at: usize,
    /// The token at hand.
    pub(super) token: Token<'t>,
    /// All documentation comments so far.
    pub(super) docs: Vec<Doc>,
    pub(super) depth: usize,
    /// How many more nodes of types may be copied: `int a, b` has one type in the text and two in the schema.
    pub(super) copies_left: usize,
    pub(super) source: SourceId,
    pub(super) collector: &'c mut Collector,
    pub(super) imports: Vec<PlacedImport>,
}

/// A documentation comment.
pub(super) struct Doc {
    pub(super) span: Span,
    /// Whether it is where one may be.
    pub(super) is_in_place: bool,
}

impl<'t, 'c> Reader<'t, 'c> {
    pub(super) fn new(text: &'t str, source: SourceId, collector: &'c mut Collector) -> Reader<'t, 'c> {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Reader {
            text,
            at,
            token: Token::none(),
            docs: Vec::new(),
            depth: 0,
            copies_left: 1 << 20,
            source,
            collector,
            imports: Vec::new(),
        }
    }

    /// Takes the token at hand, and reads the next.
    pub(super) fn advance(&mut self) -> Result<Token<'t>, Reported> {
        let next = self.next_token()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.token.kind, TokenKind::End)
    }

    /// Whether the token at hand is this word, and not in backticks.
    pub(super) fn is_at_word(&self, word: &str) -> bool {
        self.token.keyword() == Some(word)
    }

    pub(super) fn is_at_mark(&self, mark: char) -> bool {
        matches!(self.token.kind, TokenKind::Mark(found) if found == mark)
    }

    /// Takes the token at hand if it is this word.
    pub(super) fn take_word(&mut self, word: &str) -> Result<Option<Span>, Reported> {
        if self.is_at_word(word) { self.advance().map(|token| Some(token.span)) } else { Ok(None) }
    }

    /// Takes the token at hand if it is this mark.
    pub(super) fn take_mark(&mut self, mark: char) -> Result<Option<Span>, Reported> {
        if self.is_at_mark(mark) { self.advance().map(|token| Some(token.span)) } else { Ok(None) }
    }

    /// Takes this mark, which must be there; `what` is where, in words: "after the name of a record".
    pub(super) fn mark(&mut self, mark: char, what: &str) -> Result<Span, Reported> {
        match self.take_mark(mark)? {
            Some(span) => Ok(span),
            None => Err(self.expected(&format!("`{mark}` {what}"), None)),
        }
    }

    /// Takes an identifier, which must be there: any word.
    pub(super) fn word(&mut self, what: &str) -> Result<Token<'t>, Reported> {
        match self.token.kind {
            TokenKind::Word { .. } => self.advance(),
            _ => Err(self.expected(what, None)),
        }
    }

    /// After an item of a list: whether `closing` follows. Otherwise there must be a comma, and another item.
    pub(super) fn ends(&mut self, closing: char, what: &str) -> Result<Option<Span>, Reported> {
        if let Some(span) = self.take_mark(closing)? {
            return Ok(Some(span));
        }
        if self.take_mark(',')?.is_none() {
            return Err(self.expected(&format!("`,` or `{closing}` after {what}"), None));
        }
        if self.is_at_mark(closing) {
            let help = format!("remove the comma before the `{closing}`");
            return Err(self.expected(&format!("{what} after the comma"), Some(&help)));
        }
        Ok(None)
    }

    /// Runs `read` one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Reported>) -> Result<T, Reported> {
        if self.depth == MAX_DEPTH {
            let message = format!("types or values are nested more than {MAX_DEPTH} levels deep");
            let place = (self.source, self.token.span);
            self.collector
                .error(Code::TOO_DEEP, place, message, "one level too many")
                .help("declare a record for the inner part, and refer to it by name");
            return Err(Reported);
        }
        self.depth += 1;
        let result = read(self)?;
        self.depth -= 1;
        Ok(result)
    }

    /// The documentation of what starts with the token at hand: the last documentation comment before it.
    pub(super) fn take_doc(&mut self) -> Option<(String, Span)> {
        let last = self.token.docs.clone().next_back()?;
        let doc = self.docs.get_mut(last)?;
        doc.is_in_place = true;
        let comment = part(self.text, doc.span.start..doc.span.end);
        Some((doc::text(comment), doc.span))
    }

    pub(super) fn warn_of_unused_docs(&mut self) {
        let mut unused = self.docs.iter().filter(|doc| !doc.is_in_place);
        let Some(first) = unused.next() else { return };
        let opening = Span { start: first.span.start, end: first.span.start + "/**".len() };
        // Once for the whole file: who does this, does it everywhere.
        let (message, label, what) = match unused.count() {
            0 => ("a documentation comment is where nothing is documented".to_owned(), "ignored", "it"),
            more => {
                let message = format!("{} documentation comments are where nothing is documented", more + 1);
                (message, "this and the others are ignored", "each")
            }
        };
        self.collector.warning(Code::MISPLACED_DOC, (self.source, opening), message, label).help(format!(
            "move {what} before the declaration and its annotations, or make it a plain comment: /* ... */"
        ));
    }

    /// Reports that `what` was expected in the place of the token at hand.
    pub(super) fn expected(&mut self, what: &str, help: Option<&str>) -> Reported {
        let message = format!("expected {what}, found {}", self.token.describe());
        self.syntax_error(self.token.span, message, format!("expected {what}"), help)
    }

    pub(super) fn syntax_error(
        &mut self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<&str>,
    ) -> Reported {
        self.collector.error(Code::INVALID_IDL, (self.source, span), message, label).help = help.map(str::to_owned);
        Reported
    }
}
