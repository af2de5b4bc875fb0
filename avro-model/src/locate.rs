//! Places inside a definition, for whoever has something to report about a schema after it was read.

use crate::collect::Collector;
use crate::diagnostic::Label;
use crate::idl;
use crate::language::Language;
use crate::raw::{self, Node, Value};
use crate::resolution::Place;
use crate::schema::{Definition, Schema};
use crate::set::SchemaSet;
use crate::source::Span;
use crate::source::{Source, SourceId};

/// A step from a JSON value to one inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'k> {
    /// To the value of a key of an object.
    Key(&'k str),
    /// To an item of an array.
    Index(usize),
}

impl SchemaSet {
    /// A label on the JSON value that `path` leads to from the object of `definition`. A path that leads nowhere stops
    /// at the last value that is there. For a type of the IDL, paths are those of the JSON that it stands for, and lead
    /// to what the IDL has in its place.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source, Step};
    ///
    /// let text = r#"{"type": "enum", "name": "Suit", "symbols": ["SPADES", "HEARTS"]}"#;
    /// let set = SchemaSet::parse(vec![Source::new("suit.avsc", text)])?;
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
        Label::new(origin.source, span, text)
    }

    /// A label on a place that a comparison found in `schema`, which came from [`schema_of`](SchemaSet::schema_of) this
    /// set, for the root of the source `root`. A path that leads nowhere stops at the last value that is there.
    ///
    /// ```
    /// use avro_model::compatibility::check_readable;
    /// use avro_model::{Schema, SchemaSet, Source, SourceId};
    ///
    /// let text = r#"{"type": "record", "name": "Reading", "fields": [{"name": "value", "type": "int"}]}"#;
    /// let set = SchemaSet::parse(vec![Source::new("reading.avsc", text)])?;
    /// let new = set.schema_of(&set.roots()[0].ty);
    /// let old = Schema::parse(&text.replace("int", "long")).expect("a valid schema");
    /// let mismatch = &check_readable(&new, &old)[0];
    /// let label = set.label_at(&new, SourceId(0), &mismatch.reader, "was long");
    /// assert_eq!(&text[label.span.start..label.span.end], "\"int\"");
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn label_at(&self, schema: &Schema, root: SourceId, place: &Place, text: impl Into<String>) -> Label {
        let mut steps = Vec::new();
        for step in place.path.split('/').skip(1) {
            steps.push(step.parse().map_or(Step::Key(step), Step::Index));
        }
        let definition = place.definition.and_then(|id| schema.definitions().get(id.index()));
        if let Some(definition) = definition {
            return self.label(definition, &steps, text);
        }
        let source = self.sources.get(root.0);
        Label::new(root, source.map_or(Span { start: 0, end: 0 }, |source| in_root(source, root, &steps)), text)
    }
}

/// The place in a source whose root has no name. The IDL has no tree for that: there it is the whole of it.
fn in_root(source: &Source, id: SourceId, path: &[Step<'_>]) -> Span {
    let tree = match Language::of(&source.path) {
        Language::Idl => None,
        Language::Schema | Language::Protocol => raw::read(&source.text, id, &mut Collector::default()),
    };
    tree.map_or(Span { start: 0, end: source.text.len() }, |node| walk(&node, path))
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
