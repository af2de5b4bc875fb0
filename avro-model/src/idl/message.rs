//! Messages of a protocol.

use super::annotation::On;
use super::declaration::Opening;
use super::join;
use super::reader::{Reader, Reported};
use crate::code::Code;
use crate::raw::{Member, Members, Node, Value};
use crate::source::Span;

impl<'t> Reader<'t, '_> {
    /// On the type of the response: `string greet(string name) throws Curse;`
    pub(super) fn message(&mut self, opening: Opening<'t>, messages: &mut Members<'t>) -> Result<(), Reported> {
        let response = match self.take_word("void")? {
            Some(span) => Node::string("null", span),
            None => self.plain_type(Members::default(), "a type, a message or an import, or `}`")?.into_node(),
        };
        let name = self.word("the name of a message")?;
        let name_span = name.span;
        let mut members: Vec<Member<'t>> = opening.doc.map(|doc| Member::implied("doc", doc)).into_iter().collect();
        members.push(Member::implied("request", self.parameters()?));
        members.push(Member::implied("response", response));
        if let Some(span) = self.take_word("oneway")? {
            members.push(Member::implied("one-way", Node { value: Value::Bool(true), span }));
        } else if let Some(throws) = self.take_word("throws")? {
            members.push(Member::implied("errors", self.errors(throws)?));
        }
        let end = self.mark(';', "after a message")?;
        members.extend(self.allowed(opening.annotations, On::Message));
        let node = Node::object(members, join(opening.start, end));
        let name = name.into_text();
        if let Err(first) = messages.add(Member { key: name.clone(), key_span: name_span, node }) {
            let message = format!("the message `{name}` appears twice in this protocol");
            self.collector
                .error(Code::DUPLICATE_MESSAGE, (self.source, name_span), message, "second time")
                .also((self.source, first), "first time")
                .help("remove or rename one of the two");
        }
        Ok(())
    }

    fn parameters(&mut self) -> Result<Node<'t>, Reported> {
        let opening = self.mark('(', "after the name of a message")?;
        let mut parameters = Vec::new();
        if let Some(closing) = self.take_mark(')')? {
            return Ok(Node::array(parameters, join(opening, closing)));
        }
        loop {
            let doc = self.take_doc();
            let start = self.token.span;
            let ty = self.full_type("the type of a parameter")?;
            parameters.push(self.variable(start, &ty, doc.as_ref(), "a parameter")?);
            if let Some(closing) = self.ends(')', "a parameter")? {
                return Ok(Node::array(parameters, join(opening, closing)));
            }
        }
    }

    /// After `throws`.
    fn errors(&mut self, throws: Span) -> Result<Node<'t>, Reported> {
        let mut errors = Vec::new();
        let mut end;
        loop {
            let error = self.word("the name of an error")?;
            end = error.span;
            errors.push(Node::string(error.into_text(), end));
            if self.take_mark(',')?.is_none() {
                return Ok(Node::array(errors, join(throws, end)));
            }
        }
    }
}
