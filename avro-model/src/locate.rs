//! Places inside a definition, for those who find something to say about a schema after it was read.

use crate::collect::Collector;
use crate::diagnostic::{Label, Span};
use crate::document::Language;
use crate::idl;
use crate::raw::{self, Node, Value};
use crate::schema::Definition;
use crate::set::SchemaSet;

/// A step from a JSON value to one inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'k> {
    /// To the value of a key of an object.
    Key(&'k str),
    /// To an item of an array.
    Index(usize),
}

impl SchemaSet {
    /// A label on the JSON value that `path` leads to from the object of `definition`. A path that leads nowhere stops at
    /// the last value that is there. For a type of the IDL, paths are those of the JSON that it stands for, and lead to what
    /// the IDL says in its place.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source, Step};
    ///
    /// let text = r#"{"type": "enum", "name": "Suit", "symbols": ["SPADES", "HEARTS"]}"#;
    /// let set = SchemaSet::parse(vec![Source { path: "suit.avsc".into(), text: text.into() }])?;
    /// let label = set.label(&set.definitions()[0], &[Step::Key("symbols"), Step::Index(1)], "red");
    /// assert_eq!(&text[label.span.start..label.span.end], "\"HEARTS\"");
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn label(&self, definition: &Definition, path: &[Step<'_>], text: impl Into<String>) -> Label {
        let origin = definition.origin;
        // The tree is read again, since a schema that nobody complains about should not have to keep it.
        let declaration = self.source_text(definition);
        let is_idl =
            self.sources.get(origin.source.0).is_some_and(|source| Language::of(&source.path) == Language::Idl);
        let tree = match is_idl {
            true => idl::read_declaration(declaration),
            false => raw::read(declaration, origin.source, &mut Collector::default()),
        };
        let inner = tree.map_or(Span { start: 0, end: origin.span.end - origin.span.start }, |node| walk(&node, path));
        let span = Span { start: origin.span.start + inner.start, end: origin.span.start + inner.end };
        Label { source: origin.source, span, text: text.into() }
    }
}

fn walk(from: &Node<'_>, path: &[Step<'_>]) -> Span {
    let mut node = from;
    for step in path {
        let next = match (&node.value, step) {
            (Value::Object(object), Step::Key(key)) => object.get(key),
            (Value::Array(items), Step::Index(index)) => items.get(*index),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node.span
}
