//! Uses of types: names, objects and unions.

use super::attributes::{RESERVED_IN_TYPE, near_miss};
use super::logical::Underlying;
use super::{Parser, Reference, UnionDraft, compact, opening, primitive, properties};
use crate::code::Code;
use crate::raw::{Node, Object, Value};
use crate::schema::{Kind, Type};
use crate::source::Span;

impl<'a> Parser<'a, '_> {
    pub(super) fn schema(&mut self, node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
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

    pub(super) fn named(&mut self, name: &'a str, namespace: Option<&'a str>, span: Span) -> Type {
        if let Some(kind) = primitive(name) {
            return Type::plain(kind);
        }
        self.refer(Reference::Name { name, namespace, source: self.source, span })
    }

    pub(super) fn object(&mut self, object: &'a Object<'a>, node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
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
                Type { kind, logical, properties: properties(object, RESERVED_IN_TYPE) }
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

    /// An object whose `type` is not a string.
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
        Type { kind, logical: None, properties: properties(object, RESERVED_IN_TYPE) }
    }

    pub(super) fn union(&mut self, nodes: &'a [Node<'a>], namespace: Option<&'a str>) -> Type {
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
}

/// The name of a type that may be in a union only once; `None` for unions and named types.
fn unnamed_branch(kind: &Kind) -> Option<&'static str> {
    if matches!(kind, Kind::Union(_)) { None } else { kind.name() }
}
