//! JSON trees to types and protocols, one source at a time. Names are not looked up yet: every use of a named type is
//! kept as a [`Reference`], which [`link`](crate::link) replaces by the definition that it means.

mod attributes;
mod definition;
mod logical;
mod protocol;
mod record;
mod types;

use std::ops::Range;

use crate::collect::Collector;
use crate::document::{Body, Document, Named};
use crate::import::PlacedImport;
use crate::protocol::Protocol;
use crate::raw::{Node, Object};
use crate::schema::{Definition, DefinitionId, Kind, Properties, Type};
use crate::source::{SourceId, Span};

/// What the sources declare, before linking. A [`DefinitionId`] in it is an index into `references`.
#[derive(Default)]
pub(crate) struct Draft<'a> {
    pub(crate) roots: Vec<(SourceId, Type)>,
    pub(crate) definitions: Vec<DefinitionDraft>,
    pub(crate) references: Vec<Reference<'a>>,
    pub(crate) unions: Vec<UnionDraft>,
    pub(crate) defaults: Vec<DefaultDraft<'a>>,
    /// Without what they import, and without the list of their types.
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) thrown: Vec<Thrown>,
    /// What each source declares.
    pub(crate) outlines: Vec<Outline>,
}

/// What a source declares, in the order of its text as far as imports divide it.
#[derive(Default)]
pub(crate) struct Outline {
    pub(crate) items: Vec<Item>,
    /// An index into the draft's protocols, if it is one.
    pub(crate) protocol: Option<usize>,
    /// Whether some of its imports are not there.
    pub(crate) lacks_imports: bool,
}

pub(crate) enum Item {
    /// Indexes into the draft's definitions.
    Definitions(Range<usize>),
    /// An index into the messages of the source's protocol.
    Message(usize),
    Import(SourceId),
}

pub(crate) struct DefinitionDraft {
    pub(crate) definition: Definition,
    /// Where its name is.
    pub(crate) name_span: Span,
    /// Whether nothing was wrong with its own attributes. What is not sound is not compared and takes any default, so
    /// that one mistake gives one error.
    pub(crate) is_sound: bool,
}

/// A use of a named type.
pub(crate) enum Reference<'a> {
    /// The definition is where it is used; an index into the draft's definitions.
    Inline(usize),
    /// A name, as it is written, and the namespace around it.
    Name { name: &'a str, namespace: Option<&'a str>, source: SourceId, span: Span },
}

/// A union with more than one named branch, whose names must differ: references and where they are.
pub(crate) struct UnionDraft {
    pub(crate) source: SourceId,
    pub(crate) named_branches: Vec<(DefinitionId, Span)>,
}

/// The default of a field, to be checked when the field's type is known.
pub(crate) struct DefaultDraft<'a> {
    pub(crate) source: SourceId,
    pub(crate) owner: Owner,
    /// The index of the field among those of its owner.
    pub(crate) field: usize,
    pub(crate) node: &'a Node<'a>,
}

/// What has fields: an index into the draft's definitions, or a message, whose parameters are fields.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Definition(usize),
    Message { protocol: usize, message: usize },
}

/// An error that a message may give, which must be declared as one: a reference and where it is.
pub(crate) struct Thrown {
    pub(crate) source: SourceId,
    pub(crate) error: DefinitionId,
    pub(crate) span: Span,
}

/// Adds what `document`, the whole of a source, declares to `draft`. `targets` has the source that each of its imports
/// means.
pub(crate) fn parse_source<'a>(
    document: &'a Document<'a>,
    targets: &[Option<SourceId>],
    source: SourceId,
    draft: &mut Draft<'a>,
    collector: &mut Collector,
) {
    let mut parser = Parser { source, draft, collector };
    let (mut outline, root) = match &document.body {
        Body::Schema(node) => {
            let (root, definitions) = parser.defining(|parser| parser.schema(node, None));
            (Outline { items: vec![Item::Definitions(definitions)], ..Outline::default() }, Some(root))
        }
        Body::Protocol(node) => (parser.protocol(node, &document.imports, targets), None),
        Body::Named(named) => parser.named_types(named, &document.imports, targets),
    };
    outline.lacks_imports = targets.iter().any(Option::is_none);
    draft.outlines.push(outline);
    draft.roots.extend(root.map(|root| (source, root)));
}

/// Puts imports between types and messages. How types and messages mix does not matter: they go into different lists.
fn outline(
    types: Vec<Range<usize>>,
    messages: Vec<usize>,
    imports: &[PlacedImport],
    targets: &[Option<SourceId>],
) -> Vec<Item> {
    let mut items = Vec::with_capacity(types.len() + messages.len() + imports.len());
    let (mut types, mut messages) =
        (types.into_iter().enumerate().peekable(), messages.into_iter().enumerate().peekable());
    for (placed, target) in imports.iter().zip(targets) {
        while let Some((_, range)) = types.next_if(|(index, _)| *index < placed.types_before) {
            items.push(Item::Definitions(range));
        }
        while let Some((_, message)) = messages.next_if(|(index, _)| *index < placed.messages_before) {
            items.push(Item::Message(message));
        }
        items.extend(target.map(Item::Import));
    }
    items.extend(types.map(|(_, range)| Item::Definitions(range)));
    items.extend(messages.map(|(_, message)| Item::Message(message)));
    items
}

/// The eight primitive types by name.
pub(crate) fn primitive(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "int" => Kind::Int,
        "long" => Kind::Long,
        "float" => Kind::Float,
        "double" => Kind::Double,
        "bytes" => Kind::Bytes,
        "string" => Kind::String,
        _ => return None,
    })
}

/// Parses one source. What is wrong is reported and becomes [`Type::broken`].
struct Parser<'a, 'd> {
    source: SourceId,
    draft: &'d mut Draft<'a>,
    collector: &'d mut Collector,
}

impl<'a> Parser<'a, '_> {
    /// What `parse` gives, and which definitions it adds to the draft.
    fn defining<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> (T, Range<usize>) {
        let before = self.draft.definitions.len();
        let parsed = parse(self);
        (parsed, before..self.draft.definitions.len())
    }

    /// The schema syntax of the IDL.
    fn named_types(
        &mut self,
        named: &'a Named<'a>,
        imports: &[PlacedImport],
        targets: &[Option<SourceId>],
    ) -> (Outline, Option<Type>) {
        let namespace = named.namespace.as_ref().and_then(|namespace| self.namespace_name(namespace));
        let root = named.main.as_ref().map(|main| self.schema(main, namespace));
        let types = named.types.iter().map(|node| self.defining(|parser| parser.schema(node, namespace)).1).collect();
        (Outline { items: outline(types, Vec::new(), imports, targets), ..Outline::default() }, root)
    }

    fn refer(&mut self, reference: Reference<'a>) -> Type {
        let Some(id) = DefinitionId::from_index(self.draft.references.len()) else {
            return Type::broken();
        };
        self.draft.references.push(reference);
        Type::plain(Kind::Named(id))
    }

    /// Makes room for a definition before its parts are parsed, so that definitions are in the order of their places.
    fn begin(&mut self, draft: DefinitionDraft) -> (usize, Type) {
        let index = self.draft.definitions.len();
        self.draft.definitions.push(draft);
        (index, self.refer(Reference::Inline(index)))
    }
}

/// Every attribute of `object` but the reserved ones.
fn properties(object: &Object<'_>, reserved: &[&str]) -> Properties {
    let members = object.members.iter().filter(|member| !reserved.contains(&member.key.as_ref()));
    members.map(|member| (member.key.as_ref().to_owned(), member.node.to_json())).collect()
}

/// All of a short value, and of a long one the brace or bracket that opens it.
fn compact(span: Span) -> Span {
    if span.end.saturating_sub(span.start) > 60 { opening(span) } else { span }
}

/// The brace or bracket that opens a value: to underline all of a long object would point at nothing.
fn opening(span: Span) -> Span {
    Span { start: span.start, end: span.end.min(span.start + 1) }
}
