//! Avro IDL (specification 1.12, "Avro IDL"): a text is read into the same JSON trees that schemas and protocols are,
//! so that everything after reading is one. A value in a tree has the place of what it comes from: `"type": "int"` that
//! of the word `int`.
//!
//! The grammar is that of Java's `Idl.g4`, with these readings where it leaves room: a name may start with `_`; an
//! object may be empty; a comment may end with the text; `/**/` is a comment without documentation.

mod annotation;
mod declaration;
mod doc;
mod file;
mod json;
mod literal;
mod message;
mod number;
mod reader;
mod scan;
mod token;
mod types;

use crate::collect::Collector;
use crate::document::Document;
use crate::import::Import;
use crate::raw::Node;
use crate::source::{SourceId, Span};
use reader::Reader;

/// Reads a text; `None` after a syntax error, which is in `collector` then.
pub(crate) fn read<'t>(text: &'t str, source: SourceId, collector: &mut Collector) -> Option<Document<'t>> {
    let mut reader = Reader::new(text, source, collector);
    let body = reader.file().ok()?;
    reader.warn_of_unused_docs();
    Some(Document { body, imports: reader.imports })
}

/// The imports of a text, as far as it can be read.
pub(crate) fn imports(text: &str) -> Vec<Import> {
    let mut collector = Collector::default();
    let mut reader = Reader::new(text, SourceId(0), &mut collector);
    // What is wrong is reported when the text is read for good.
    reader.file().ok();
    reader.imports.into_iter().map(|placed| placed.import).collect()
}

/// Reads the text of one declaration of a named type.
pub(crate) fn read_declaration(text: &str) -> Option<Node<'_>> {
    let mut collector = Collector::default();
    let mut reader = Reader::new(text, SourceId(0), &mut collector);
    reader.lone_declaration().ok()
}

/// From the start of `first` to the end of `last`.
fn join(first: Span, last: Span) -> Span {
    Span { start: first.start, end: last.end }
}
