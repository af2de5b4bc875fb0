//! Protocols and their messages.

use super::attributes::{RESERVED_IN_MESSAGE, RESERVED_IN_PROTOCOL};
use super::{Outline, Owner, Parser, Thrown, compact, opening, outline, properties};
use crate::code::Code;
use crate::import::PlacedImport;
use crate::name::Fullname;
use crate::protocol::{Message, Protocol};
use crate::raw::{Member, Node, Object, Value};
use crate::schema::{Kind, Type};
use crate::source::SourceId;

impl<'a> Parser<'a, '_> {
    pub(super) fn protocol(
        &mut self,
        node: &'a Node<'a>,
        imports: &[PlacedImport],
        targets: &[Option<SourceId>],
    ) -> Outline {
        let Value::Object(object) = &node.value else {
            let message = format!("expected a protocol, found {}", node.describe());
            let label = "expected an object with `protocol`, `types` and `messages`";
            self.collector.error(Code::INVALID_SCHEMA, (self.source, compact(node.span)), message, label);
            return Outline::default();
        };
        self.warn_of_slips(object, &["namespace", "types", "messages"]);
        let Some(name) = self.protocol_name(object, node) else {
            return Outline::default();
        };
        let namespace = self.namespace_of(Some(name), object, None);
        let index = self.draft.protocols.len();
        let doc = self.doc(object);
        self.draft.protocols.push(Protocol {
            source: self.source,
            name: Fullname::new(name, namespace),
            doc,
            properties: properties(object, RESERVED_IN_PROTOCOL),
            types: Vec::new(),
            messages: Vec::new(),
        });
        let types = self.protocol_types(object, namespace);
        let messages = self.messages(object, index, namespace);
        Outline { items: outline(types, messages, imports, targets), protocol: Some(index), lacks_imports: false }
    }

    fn protocol_name(&mut self, object: &'a Object<'a>, node: &Node<'_>) -> Option<&'a str> {
        match object.get("protocol").map(|name| (name, &name.value)) {
            Some((name_node, Value::String(name))) => {
                self.check_fullname(name, name_node.span);
                Some(name.as_ref())
            }
            Some((name_node, _)) => {
                self.unexpected(name_node, "protocol", "a string");
                None
            }
            None if object.get("type").is_some() => {
                let message = "a protocol needs the attribute `protocol`";
                let label = "this looks like a schema";
                self.collector
                    .error(Code::MISSING_ATTRIBUTE, (self.source, opening(node.span)), message, label)
                    .help("a file with a schema has the extension .avsc");
                None
            }
            None => {
                self.missing(object, node, "a protocol", "protocol", "a string");
                None
            }
        }
    }

    /// The definitions of each member of `types`.
    fn protocol_types(&mut self, object: &'a Object<'a>, namespace: Option<&'a str>) -> Vec<std::ops::Range<usize>> {
        let Some(node) = object.get("types") else {
            return Vec::new();
        };
        let Value::Array(nodes) = &node.value else {
            self.unexpected(node, "types", "an array of named types");
            return Vec::new();
        };
        let mut types = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (is_definition, definitions) = match &node.value {
                Value::Object(_) => {
                    let (ty, definitions) = self.defining(|parser| parser.schema(node, namespace));
                    // What is wrong itself is reported already.
                    (!definitions.is_empty() || is_broken(&ty), definitions)
                }
                _ => (false, 0..0),
            };
            if !is_definition {
                let message = "`types` has the definitions of named types, and this is not one";
                let place = (self.source, compact(node.span));
                self.collector
                    .error(Code::INVALID_ATTRIBUTE, place, message, "expected a record, an error, an enum or a fixed")
                    .help("where a type is used, it is written in its place");
            }
            types.push(definitions);
        }
        types
    }

    /// The index of each message.
    fn messages(&mut self, object: &'a Object<'a>, protocol: usize, namespace: Option<&'a str>) -> Vec<usize> {
        let Some(node) = object.get("messages") else {
            return Vec::new();
        };
        let members = match &node.value {
            Value::Object(messages) => &messages.members,
            // As in Java, an empty array is not a message.
            Value::Array(items) if items.is_empty() => return Vec::new(),
            _ => {
                self.unexpected(node, "messages", "an object of messages by their names");
                return Vec::new();
            }
        };
        for (index, member) in members.iter().enumerate() {
            let owner = Owner::Message { protocol, message: index };
            let message = self.message(member, owner, namespace);
            if let Some(protocol) = self.draft.protocols.get_mut(protocol) {
                protocol.messages.push(message);
            }
        }
        (0..members.len()).collect()
    }

    fn message(&mut self, member: &'a Member<'a>, owner: Owner, namespace: Option<&'a str>) -> Message {
        let mut message = Message {
            name: member.key.as_ref().to_owned(),
            doc: None,
            properties: Vec::new(),
            request: Vec::new(),
            response: Type::plain(Kind::Null),
            errors: Vec::new(),
            one_way: false,
        };
        let node = &member.node;
        let Value::Object(object) = &node.value else {
            let text = format!("expected a message, found {}", node.describe());
            let label = "expected an object with `request` and `response`";
            self.collector.error(Code::INVALID_MESSAGE, (self.source, compact(node.span)), text, label);
            return message;
        };
        message.doc = self.doc(object);
        message.properties = properties(object, RESERVED_IN_MESSAGE);
        match object.get("request").map(|request| (request, &request.value)) {
            Some((_, Value::Array(parameters))) => message.request = self.fields(parameters, owner, namespace).0,
            Some((request, _)) => self.unexpected(request, "request", "an array of parameters"),
            None => self.missing(object, node, "a message", "request", "an array of parameters"),
        }
        self.warn_of_slips(object, &["errors", "one-way"]);
        message.one_way = match object.get("one-way").map(|one_way| (one_way, &one_way.value)) {
            Some((_, Value::Bool(one_way))) => *one_way,
            Some((one_way, _)) => {
                self.unexpected(one_way, "one-way", "true or false");
                false
            }
            None => false,
        };
        match object.get("response") {
            Some(response) => message.response = self.schema(response, namespace),
            None if message.one_way => {}
            None => self.missing(object, node, "a message that is not one-way", "response", "a schema"),
        }
        if let Some(errors) = object.get("errors") {
            self.errors(errors, namespace, &mut message);
        }
        if message.one_way {
            self.check_one_way(object, &message);
        }
        message
    }

    fn errors(&mut self, node: &'a Node<'a>, namespace: Option<&'a str>, message: &mut Message) {
        let Value::Array(nodes) = &node.value else {
            return self.unexpected(node, "errors", "an array of errors");
        };
        for node in nodes {
            let ty = self.schema(node, namespace);
            let place = (self.source, compact(node.span));
            match ty.kind {
                Kind::Named(error) => {
                    message.errors.push(error);
                    self.draft.thrown.push(Thrown { source: self.source, error, span: place.1 });
                }
                unnamed => {
                    let text = format!("`{}` is not declared as an error", unnamed.name_of_unnamed());
                    self.collector
                        .error(Code::INVALID_MESSAGE, place, text, "expected the name of a declared error")
                        .help("every message can give a string as an error without declaring it");
                }
            }
        }
    }

    fn check_one_way(&mut self, object: &Object<'_>, message: &Message) {
        let Some(one_way) = object.get("one-way") else { return };
        let mut report = |attribute: &str, text: &str, help: &str| {
            let Some(node) = object.get(attribute) else { return };
            self.collector
                .error(Code::INVALID_MESSAGE, (self.source, compact(node.span)), text, "nobody waits for this")
                .also((self.source, one_way.span), "one-way")
                .help(help);
        };
        if message.response.kind != Kind::Null && !is_broken(&message.response) {
            report("response", "a one-way message has no response", "make the response null (`void` in the IDL)");
        }
        if !message.errors.is_empty() {
            report("errors", "a one-way message gives no errors", "remove the errors");
        }
    }
}

fn is_broken(ty: &Type) -> bool {
    *ty == Type::broken()
}
