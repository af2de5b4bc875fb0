//! JSON values with their places.

use std::borrow::Cow;

use crate::json::Json;
use crate::source::Span;

/// A JSON value and its place in the text.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t> {
    pub(crate) value: Value<'t>,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Value<'t> {
    Null,
    Bool(bool),
    /// The text of the number: a valid number of JSON's grammar.
    Number(Cow<'t, str>),
    String(Cow<'t, str>),
    Array(Vec<Node<'t>>),
    Object(Object<'t>),
}

/// The members of an object in the order of the text; keys are unique: of several, the last counts.
#[derive(Clone, Debug)]
pub(crate) struct Object<'t> {
    pub(crate) members: Vec<Member<'t>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Member<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) key_span: Span,
    pub(crate) node: Node<'t>,
}

impl<'t> Node<'t> {
    pub(crate) fn string(text: impl Into<Cow<'t, str>>, span: Span) -> Node<'t> {
        Node { value: Value::String(text.into()), span }
    }

    pub(crate) fn number(text: impl Into<Cow<'t, str>>, span: Span) -> Node<'t> {
        Node { value: Value::Number(text.into()), span }
    }

    pub(crate) fn array(items: Vec<Node<'t>>, span: Span) -> Node<'t> {
        Node { value: Value::Array(items), span }
    }

    pub(crate) fn object(members: Vec<Member<'t>>, span: Span) -> Node<'t> {
        Node { value: Value::Object(Object { members }), span }
    }

    /// The value without its places.
    pub(crate) fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(text) => Json::Number(text.as_ref().to_owned()),
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

impl<'t> Member<'t> {
    /// A member whose key has no text of its own: the place of the value is as good.
    pub(crate) fn implied(key: &'static str, node: Node<'t>) -> Member<'t> {
        Member { key: Cow::Borrowed(key), key_span: node.span, node }
    }
}
