//! JSON trees to types and protocols, one source at a time. Names are not looked up yet: every use of a named type is
//! kept as a [`Reference`], which [`link`](crate::link) replaces by the definition that it means.

mod attributes;
mod definition;
mod logical;
mod protocol;
mod record;

use std::ops::Range;

use crate::code::Code;
use crate::collect::Collector;
use crate::document::{Body, Document, Named};
use crate::import::PlacedImport;
use crate::protocol::Protocol;
use crate::raw::{Node, Object, Value};
use crate::schema::{Definition, DefinitionId, Kind, Properties, Type};
use crate::source::{SourceId, Span};
use attributes::near_miss;
use logical::Underlying;

/// What the sources say, before linking. A [`DefinitionId`] in it is an index into `references`.
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
    /// Where its name stands.
    pub(crate) name_span: Span,
    /// Whether nothing was wrong with its own attributes. What is not sound is not compared and takes any default, so
    /// that one mistake gives one error.
    pub(crate) is_sound: bool,
}

/// A use of a named type.
pub(crate) enum Reference<'a> {
    /// The definition stands where it is used; an index into the draft's definitions.
    Inline(usize),
    /// A name, as it is written, and the namespace around it.
    Name { name: &'a str, namespace: Option<&'a str>, source: SourceId, span: Span },
}

/// A union with more than one named branch, whose names must differ: references and where they stand.
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

/// An error that a message may give, which must be declared as one: a reference and where it stands.
pub(crate) struct Thrown {
    pub(crate) source: SourceId,
    pub(crate) error: DefinitionId,
    pub(crate) span: Span,
}

/// Adds what `document`, the whole of a source, says to `draft`. `targets` has the source that each of its imports
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

/// Puts imports between types and messages. How types and messages mix says nothing: they go into different lists.
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

    fn schema(&mut self, node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
        match &node.value {
            Value::String(name) => self.named(name, namespace, node.span),
            Value::Object(object) => self.object(object, node, namespace),
            Value::Array(branches) => self.union(branches, namespace),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                let found = node.describe();
                let message = format!("expected a schema, found {found}");
                let label = "expected a type name, an object or an array";
                let diagnostic = self.collector.error(Code::INVALID_SCHEMA, (self.source, node.span), message, label);
                if matches!(node.value, Value::Null) {
                    diagnostic.help("the type of no value is written as a string: \"null\"");
                }
                Type::broken()
            }
        }
    }

    fn named(&mut self, name: &'a str, namespace: Option<&'a str>, span: Span) -> Type {
        if let Some(kind) = primitive(name) {
            return Type::plain(kind);
        }
        self.refer(Reference::Name { name, namespace, source: self.source, span })
    }

    fn refer(&mut self, reference: Reference<'a>) -> Type {
        let Some(id) = DefinitionId::from_index(self.draft.references.len()) else {
            return Type::broken();
        };
        self.draft.references.push(reference);
        Type::plain(Kind::Named(id))
    }

    fn object(&mut self, object: &'a Object<'a>, node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
        let Some(type_node) = object.get("type") else {
            self.missing_type(object, node);
            return Type::broken();
        };
        let Value::String(type_name) = &type_node.value else {
            return self.wrapped(type_node, namespace);
        };
        match type_name.as_ref() {
            "record" => self.record(object, node, namespace, false),
            "error" => self.record(object, node, namespace, true),
            "enum" => self.enumeration(object, node, namespace),
            "fixed" => self.fixed(object, node, namespace),
            "array" => self.container(object, node, namespace, "items", Kind::Array),
            "map" => self.container(object, node, namespace, "values", Kind::Map),
            name => {
                let Some(kind) = primitive(name) else {
                    return self.named_in_object(name, object, namespace, type_node.span);
                };
                let logical = self.logical_type(object, Underlying::Kind(&kind));
                Type { kind, logical, properties: properties(object, attributes::RESERVED_IN_TYPE) }
            }
        }
    }

    /// `{"type": "com.acme.Order"}`: the specification has it ("where typeName is either a primitive or derived type
    /// name"), though Java only takes primitive types there. Further attributes would belong to the definition.
    fn named_in_object(&mut self, name: &'a str, object: &Object<'_>, namespace: Option<&'a str>, span: Span) -> Type {
        if let Some(member) = object.members.iter().find(|member| member.key != "type") {
            let message = format!("the attribute `{}` has no meaning beside the name of a type", member.key);
            let place = (self.source, member.key_span);
            self.collector
                .warning(Code::SUSPICIOUS_ATTRIBUTE, place, message, "ignored")
                .help(format!("write \"{name}\" in place of this object, and put attributes where it is defined"));
        }
        self.named(name, namespace, span)
    }

    /// An object whose `type` is no string.
    fn wrapped(&mut self, type_node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
        let place = (self.source, type_node.span);
        let message = format!("the `type` of a schema must be the name of a type, not {}", type_node.describe());
        let diagnostic = self.collector.error(
            Code::INVALID_SCHEMA,
            place,
            message,
            "expected the name of a type, such as \"record\"",
        );
        if !matches!(type_node.value, Value::Object(_) | Value::Array(_)) {
            return Type::broken();
        }
        diagnostic
            .help("write this schema in place of the object around it; attributes like `logicalType` go inside it");
        self.schema(type_node, namespace)
    }

    fn missing_type(&mut self, object: &Object<'_>, node: &Node<'_>) {
        let implied =
            [("fields", "record"), ("symbols", "enum"), ("size", "fixed"), ("items", "array"), ("values", "map")];
        let implied = implied.iter().find(|(attribute, _)| object.get(attribute).is_some());
        let near = near_miss(object, "type");
        let place = (self.source, opening(node.span));
        let message = "a schema needs the attribute `type`";
        let diagnostic = self.collector.error(Code::MISSING_ATTRIBUTE, place, message, "this object has no `type`");
        if let Some(member) = near {
            diagnostic.also((self.source, member.key_span), "did you mean `type`?");
            diagnostic.help(format!("rename `{}` to `type`", member.key));
        } else if let Some((_, kind)) = implied {
            diagnostic.help(format!("add \"type\": \"{kind}\""));
        }
    }

    fn container(
        &mut self,
        object: &'a Object<'a>,
        node: &'a Node<'a>,
        namespace: Option<&'a str>,
        attribute: &str,
        kind: fn(Box<Type>) -> Kind,
    ) -> Type {
        let inner = match object.get(attribute) {
            Some(inner) => self.schema(inner, namespace),
            None => {
                let what = if attribute == "items" { "an array" } else { "a map" };
                self.missing(object, node, what, attribute, "a schema");
                Type::broken()
            }
        };
        let kind = kind(Box::new(inner));
        self.logical_type(object, Underlying::Kind(&kind));
        Type { kind, logical: None, properties: properties(object, attributes::RESERVED_IN_TYPE) }
    }

    fn union(&mut self, nodes: &'a [Node<'a>], namespace: Option<&'a str>) -> Type {
        let mut branches = Vec::with_capacity(nodes.len());
        let mut unnamed: Vec<(&'static str, Span)> = Vec::new();
        let mut named_branches = Vec::new();
        for node in nodes {
            if matches!(node.value, Value::Array(_)) {
                let message = "a union must not be directly inside a union";
                let place = (self.source, compact(node.span));
                self.collector
                    .error(Code::NESTED_UNION, place, message, "this branch is a union")
                    .help("list the inner branches in the outer union");
            }
            let branch = self.schema(node, namespace);
            if let Kind::Named(reference) = branch.kind {
                named_branches.push((reference, compact(node.span)));
            } else if let Some(name) = unnamed_branch(&branch.kind) {
                if let Some((_, first)) = unnamed.iter().find(|(other, _)| *other == name) {
                    let message = format!("a union must not have two branches of type `{name}`");
                    self.collector
                        .error(
                            Code::DUPLICATE_BRANCH,
                            (self.source, compact(node.span)),
                            message,
                            "second branch of this type",
                        )
                        .also((self.source, *first), "first branch of this type")
                        .help(match name {
                            "null" => "remove one of the two",
                            _ => "a logical type does not make a branch differ; wrap one of the two in a record",
                        });
                } else {
                    unnamed.push((name, compact(node.span)));
                }
            }
            branches.push(branch);
        }
        if named_branches.len() > 1 {
            self.draft.unions.push(UnionDraft { source: self.source, named_branches });
        }
        Type::plain(Kind::Union(branches))
    }

    /// Makes room for a definition before its parts are parsed, so that definitions stand in the order of their places.
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

/// The name of a type that may stand in a union only once; `None` for unions and named types.
fn unnamed_branch(kind: &Kind) -> Option<&'static str> {
    if matches!(kind, Kind::Union(_)) { None } else { kind.name() }
}

/// All of a short value, and of a long one the brace or bracket that opens it.
fn compact(span: Span) -> Span {
    if span.end.saturating_sub(span.start) > 60 { opening(span) } else { span }
}

/// The brace or bracket that opens a value: to underline all of a long object would point at nothing.
fn opening(span: Span) -> Span {
    Span { start: span.start, end: span.end.min(span.start + 1) }
}
