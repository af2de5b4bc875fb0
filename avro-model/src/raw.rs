//! The JSON text of a schema as a tree in which every value and every key knows its place.
//!
//! The grammar is that of RFC 8259, with what Java's Avro also takes: a byte order mark, and `//` and `/* */` comments.

mod read;

use std::borrow::Cow;

use crate::diagnostic::Span;
use crate::json::Json;

pub(crate) use read::read;

/// A JSON value and its place in the text.
#[derive(Debug)]
pub(crate) struct Node<'t> {
    pub(crate) value: Value<'t>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum Value<'t> {
    Null,
    Bool(bool),
    /// The source text of the number.
    Number(&'t str),
    String(Cow<'t, str>),
    Array(Vec<Node<'t>>),
    Object(Object<'t>),
}

/// The members of an object in the order of the text; keys are unique unless an error was reported.
#[derive(Debug)]
pub(crate) struct Object<'t> {
    pub(crate) members: Vec<Member<'t>>,
}

#[derive(Debug)]
pub(crate) struct Member<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) key_span: Span,
    pub(crate) node: Node<'t>,
}

impl Node<'_> {
    /// The value without its places.
    pub(crate) fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(text) => Json::Number((*text).to_owned()),
            Value::String(text) => Json::String(text.as_ref().to_owned()),
            Value::Array(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Object(object) => {
                let members = object.members.iter();
                Json::Object(members.map(|member| (member.key.as_ref().to_owned(), member.node.to_json())).collect())
            }
        }
    }

    /// What kind of value this is, in words for a message.
    pub(crate) fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

impl<'t> Object<'t> {
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'t>> {
        self.members.iter().find(|member| member.key == key).map(|member| &member.node)
    }
}
