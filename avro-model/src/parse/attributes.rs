//! Attributes of schema objects: which names mean something, and reading their values.

use super::{Parser, opening};
use crate::code::Code;
use crate::raw::{Member, Node, Object, Value};
use crate::suggest::edit_distance;

/// Attributes of a type that are not custom properties. As in Java, one list serves all kinds.
pub(super) const RESERVED_IN_TYPE: &[&str] =
    &["type", "name", "namespace", "doc", "fields", "symbols", "size", "items", "values", "aliases"];

/// The same for an enum, which also has a default.
pub(super) const RESERVED_IN_ENUM: &[&str] =
    &["type", "name", "namespace", "doc", "fields", "symbols", "size", "items", "values", "aliases", "default"];

/// Attributes of a field that are not custom properties.
pub(super) const RESERVED_IN_FIELD: &[&str] = &["name", "type", "doc", "default", "order", "aliases"];

/// Attributes of a protocol that are not custom properties.
pub(super) const RESERVED_IN_PROTOCOL: &[&str] = &["protocol", "namespace", "doc", "types", "messages", "errors"];

/// Attributes of a message that are not custom properties.
pub(super) const RESERVED_IN_MESSAGE: &[&str] = &["doc", "request", "response", "errors", "one-way"];

/// Every attribute that means something somewhere: none of them is a slip for another.
const KNOWN: &[&str] = &[
    "type",
    "name",
    "namespace",
    "doc",
    "fields",
    "symbols",
    "size",
    "items",
    "values",
    "aliases",
    "default",
    "order",
    "logicalType",
    "precision",
    "scale",
    "protocol",
    "types",
    "messages",
    "request",
    "response",
    "errors",
    "one-way",
];

/// The member of `object` whose key looks like a slip for `attribute`, when that is not there itself.
pub(super) fn near_miss<'o, 'a>(object: &'o Object<'a>, attribute: &str) -> Option<&'o Member<'a>> {
    let allowed = if attribute.len() < 6 { 1 } else { 2 };
    object.members.iter().find(|member| {
        let key = member.key.as_ref();
        !KNOWN.contains(&key) && (key.eq_ignore_ascii_case(attribute) || edit_distance(key, attribute) <= allowed)
    })
}

impl<'a> Parser<'a, '_> {
    /// Reports that `what`, the object of `node`, lacks the attribute `attribute`, which should hold `expected`.
    pub(super) fn missing(
        &mut self,
        object: &Object<'_>,
        node: &Node<'_>,
        what: &str,
        attribute: &str,
        expected: &str,
    ) {
        let place = (self.source, opening(node.span));
        let message = format!("{what} needs the attribute `{attribute}`");
        let label = format!("expected `{attribute}` with {expected} in this object");
        let diagnostic = self.collector.error(Code::MISSING_ATTRIBUTE, place, message, label);
        if let Some(member) = near_miss(object, attribute) {
            diagnostic.also((self.source, member.key_span), format!("did you mean `{attribute}`?"));
            diagnostic.help(format!("rename `{}` to `{attribute}`", member.key));
        }
    }

    /// Reports that `attribute` has a value that is not what was expected.
    pub(super) fn unexpected(&mut self, node: &Node<'_>, attribute: &str, expected: &str) {
        let message = format!("the attribute `{attribute}` must be {expected}, not {}", node.describe());
        let place = (self.source, node.span);
        self.collector.error(Code::INVALID_ATTRIBUTE, place, message, format!("expected {expected}"));
    }

    /// Warns of keys that look like slips for optional attributes: as custom properties they would silently do nothing.
    pub(super) fn warn_of_slips(&mut self, object: &Object<'_>, attributes: &[&str]) {
        for attribute in attributes {
            if object.get(attribute).is_some() {
                continue;
            }
            if let Some(member) = near_miss(object, attribute) {
                let place = (self.source, member.key_span);
                let message = format!("the attribute `{}` has no meaning here", member.key);
                self.collector
                    .warning(Code::SUSPICIOUS_ATTRIBUTE, place, message, "kept as a custom property")
                    .help(format!("did you mean `{attribute}`?"));
            }
        }
    }

    /// The documentation. As in Java, what is not a string is ignored.
    pub(super) fn doc(&mut self, object: &'a Object<'a>) -> Option<String> {
        let node = object.get("doc")?;
        match &node.value {
            Value::String(text) => Some(text.as_ref().to_owned()),
            Value::Null => None,
            _ => {
                let message = format!("the attribute `doc` should be a string, not {}", node.describe());
                let place = (self.source, node.span);
                self.collector.warning(Code::INVALID_ATTRIBUTE, place, message, "ignored");
                None
            }
        }
    }

    /// The strings of an optional array of strings, with their nodes. What is wrong is reported and left out.
    pub(super) fn strings(&mut self, object: &'a Object<'a>, attribute: &str) -> Vec<(&'a str, &'a Node<'a>)> {
        let Some(node) = object.get(attribute) else {
            return Vec::new();
        };
        let Value::Array(items) = &node.value else {
            self.unexpected(node, attribute, "an array of strings");
            return Vec::new();
        };
        let mut strings = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::String(text) => strings.push((text.as_ref(), item)),
                _ => self.unexpected(item, attribute, "an array of strings"),
            }
        }
        strings
    }
}
