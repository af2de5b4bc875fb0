//! The whole of a text: a protocol, or named types.

use super::annotation::On;
use super::declaration::{KEYWORDS, Opening};
use super::join;
use super::reader::{Reader, Reported};
use super::token::TokenKind;
use crate::document::{Body, Named};
use crate::import::{Import, ImportKind, PlacedImport};
use crate::raw::{Member, Members, Node, Value};

impl<'t> Reader<'t, '_> {
    pub(super) fn file(&mut self) -> Result<Body<'t>, Reported> {
        self.advance()?;
        let mut named = Named::default();
        if self.take_word("namespace")?.is_some() {
            let namespace = self.word("a namespace")?;
            let span = namespace.span;
            named.namespace = Some(Node::string(namespace.into_text(), span));
            self.mark(';', "after the namespace")?;
        }
        if self.take_word("schema")?.is_some() {
            named.main = Some(self.full_type("the type of the main schema")?.into_node());
            self.mark(';', "after the main schema")?;
        }
        while !self.is_at_end() {
            if self.take_word("import")?.is_some() {
                self.import(named.types.len(), 0)?;
                continue;
            }
            self.check_order()?;
            let opening = self.opening()?;
            if !self.is_at_word("protocol") {
                named.types.push(self.declaration(opening)?);
                continue;
            }
            if named.namespace.is_some() || named.main.is_some() || !named.types.is_empty() || !self.imports.is_empty()
            {
                let message = "a text with a protocol has nothing outside of it";
                let help = "move types and imports between the braces of the protocol, and write its namespace as \
                            @namespace(\"...\") before it";
                return Err(self.syntax_error(self.token.span, message, "something comes before it", Some(help)));
            }
            let protocol = self.protocol(opening)?;
            if !self.is_at_end() {
                let help = "a text has one protocol, and nothing outside of it";
                return Err(self.expected("the end of the text after the protocol", Some(help)));
            }
            return Ok(Body::Protocol(protocol));
        }
        Ok(Body::Named(named))
    }

    /// The namespace comes first, then the main schema.
    fn check_order(&mut self) -> Result<(), Reported> {
        for word in ["namespace", "schema"] {
            if self.is_at_word(word) {
                let message = format!("`{word}` is too late");
                let help =
                    "the order is: namespace, main schema, then imports and named types; each of the first two once";
                return Err(self.syntax_error(self.token.span, message, "expected before everything else", Some(help)));
            }
        }
        Ok(())
    }

    /// On `protocol`.
    fn protocol(&mut self, opening: Opening<'t>) -> Result<Node<'t>, Reported> {
        self.advance()?;
        let name = self.word("the name of a protocol")?;
        let name_span = name.span;
        let brace = self.mark('{', "after the name of a protocol")?;
        let mut types = Vec::new();
        let mut messages = Members::default();
        let mut message_count = 0;
        let closing = loop {
            if let Some(closing) = self.take_mark('}')? {
                break closing;
            }
            if self.take_word("import")?.is_some() {
                self.import(types.len(), message_count)?;
                continue;
            }
            let opening = self.opening()?;
            if self.token.keyword().is_some_and(|word| KEYWORDS.contains(&word)) {
                types.push(self.declaration(opening)?);
            } else {
                self.message(opening, &mut messages)?;
                message_count += 1;
            }
        };
        let body = join(brace, closing);
        let mut members = vec![Member::implied("protocol", Node::string(name.into_text(), name_span))];
        members.extend(opening.doc.map(|doc| Member::implied("doc", doc)));
        members.push(Member::implied("types", Node::array(types, body)));
        members.push(Member::implied("messages", Node { value: Value::Object(messages.into_object()), span: body }));
        members.extend(self.allowed(opening.annotations, On::Protocol));
        Ok(Node::object(members, join(opening.start, closing)))
    }

    /// After `import`.
    fn import(&mut self, types_before: usize, messages_before: usize) -> Result<(), Reported> {
        let kind = match self.token.keyword() {
            Some("idl") => ImportKind::Idl,
            Some("protocol") => ImportKind::Protocol,
            Some("schema") => ImportKind::Schema,
            _ => {
                let help = "an import names the language of the file: import idl \"common.avdl\";";
                return Err(self.expected("`idl`, `protocol` or `schema` after `import`", Some(help)));
            }
        };
        self.advance()?;
        if !matches!(self.token.kind, TokenKind::String(_)) {
            return Err(self.expected("the file to import, in double quotes", None));
        }
        let path = self.advance()?;
        let span = path.span;
        self.mark(';', "after an import")?;
        let import = Import { kind, path: path.into_text().into_owned(), span };
        self.imports.push(PlacedImport { import, types_before, messages_before });
        Ok(())
    }
}
