//! Sources, and places in their text.

use std::ops::Range;

/// A schema file, or any other text that holds schemas. The extension of its path tells its language: `.avpr` is the
/// JSON of a protocol, `.avdl` is Avro IDL, and everything else the JSON of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// What diagnostics call it, usually its path.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

impl Source {
    /// The source that is called `path` and holds `text`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Source {
        Source { path: path.into(), text: text.into() }
    }
}

/// Which of the sources handed in: an index into that list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub usize);

/// A piece of a source's text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The line and the column of the byte at `offset` of `text`, both counted from 1, the column in characters.
/// An offset past the end is taken as the end, one inside a character as that character. Lines end as editors have it:
/// with `\n`, `\r\n` or a lone `\r`. A byte order mark is not a column.
///
/// ```
/// assert_eq!(avro_model::position("{\n  \"é\": 1\n}", 9), (2, 7));
/// ```
#[must_use]
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    Cursor::new(text).position(offset)
}

/// The part of a text between offsets that a walk over it gave, which are on the boundaries of characters.
pub(crate) fn part(text: &str, range: Range<usize>) -> &str {
    let part = text.get(range);
    debug_assert!(part.is_some(), "a walk over a text stays on the boundaries of its characters");
    part.unwrap_or("")
}

/// Finds lines and columns of offsets. Those in the order of the text take one walk over it in all, which counts when a
/// large text has many mistakes.
pub(crate) struct Cursor<'t> {
    text: &'t str,
    /// On the boundary of a character.
    offset: usize,
    line: usize,
    column: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Cursor<'t> {
        let offset = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Cursor { text, offset, line: 1, column: 1 }
    }

    pub(crate) fn position(&mut self, offset: usize) -> (usize, usize) {
        if offset < self.offset {
            *self = Cursor::new(self.text);
        }
        let mut rest = part(self.text, self.offset..self.text.len()).chars();
        while let Some(character) = rest.next().filter(|character| self.offset + character.len_utf8() <= offset) {
            self.offset += character.len_utf8();
            let ends_line = character == '\n' || (character == '\r' && !rest.as_str().starts_with('\n'));
            (self.line, self.column) = if ends_line { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        (self.line, self.column)
    }
}
