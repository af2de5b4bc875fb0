//! Named types: records, errors, enums and fixeds, as the JSON objects of their definitions.

use super::annotation::On;
use super::join;
use super::reader::{Reader, Reported};
use super::token::Token;
use super::types::{TypeUse, complete_decimal, is_type_word};
use crate::code::Code;
use crate::raw::{Member, Members, Node};
use crate::source::Span;
use crate::suggest::closest;

/// What comes before the keyword of a declaration.
pub(super) struct Opening<'t> {
    /// Where the declaration starts: with its documentation, its first annotation, or its first word.
    pub(super) start: Span,
    pub(super) doc: Option<Node<'t>>,
    pub(super) annotations: Members<'t>,
}

/// The kinds of named types, by keyword.
pub(super) const KEYWORDS: [&str; 4] = ["record", "error", "enum", "fixed"];

impl<'t> Reader<'t, '_> {
    /// Documentation and annotations.
    pub(super) fn opening(&mut self) -> Result<Opening<'t>, Reported> {
        let doc = self.take_doc().map(|(text, span)| Node::string(text, span));
        let start = doc.as_ref().map_or(self.token.span, |doc| doc.span);
        Ok(Opening { start, doc, annotations: self.annotations()? })
    }

    /// A text that is one declaration.
    pub(super) fn lone_declaration(&mut self) -> Result<Node<'t>, Reported> {
        self.advance()?;
        let opening = self.opening()?;
        self.declaration(opening)
    }

    /// On the keyword of a named type.
    pub(super) fn declaration(&mut self, opening: Opening<'t>) -> Result<Node<'t>, Reported> {
        match self.token.keyword() {
            Some("record" | "error") => self.record(opening),
            Some("enum") => self.enumeration(opening),
            Some("fixed") => self.fixed(opening),
            other => {
                let near = other.and_then(|word| closest(word, KEYWORDS.into_iter().chain(["import", "protocol"])));
                let help = match near {
                    Some(near) => Some(format!("did you mean `{near}`?")),
                    None => other.map(|_| "write the messages and imports of a protocol between its braces".to_owned()),
                };
                Err(self.expected("`record`, `error`, `enum` or `fixed`", help.as_deref()))
            }
        }
    }

    fn record(&mut self, opening: Opening<'t>) -> Result<Node<'t>, Reported> {
        let keyword = self.advance()?;
        let name = self.type_name("a record")?;
        if self.is_at_mark('(') {
            let help = format!("write `{}` in backticks in the type of a message", keyword.into_text());
            return Err(self.expected("`{` after the name of a record", Some(&help)));
        }
        let brace = self.mark('{', "after the name of a record")?;
        let mut fields = Vec::new();
        let closing = loop {
            if let Some(closing) = self.take_mark('}')? {
                break closing;
            }
            self.fields(&mut fields)?;
        };
        self.no_semicolon("a record")?;
        let fields = Member::implied("fields", Node::array(fields, join(brace, closing)));
        Ok(self.definition(opening, On::Named, &keyword, name, vec![fields], closing))
    }

    /// The fields of one type: `int x = 0, y = 0;`
    fn fields(&mut self, fields: &mut Vec<Node<'t>>) -> Result<(), Reported> {
        let doc = self.take_doc();
        let start = self.token.span;
        let ty = self.full_type("the type of a field, or `}`")?;
        loop {
            fields.push(self.variable(start, &ty, doc.as_ref(), "a field")?);
            if self.ends(';', "a field")?.is_some() {
                return Ok(());
            }
        }
    }

    /// What follows the type of a field or of a parameter; the whole of it as a field of a record. Its own
    /// documentation wins over that of the type.
    pub(super) fn variable(
        &mut self,
        start: Span,
        ty: &TypeUse<'t>,
        doc: Option<&(String, Span)>,
        what: &str,
    ) -> Result<Node<'t>, Reported> {
        self.count_copy(ty.size(), start)?;
        let own_doc = self.take_doc();
        let annotations = self.annotations()?;
        let name = self.word(&format!("the name of {what}"))?;
        let mut end = name.span;
        let default = match self.take_mark('=')? {
            Some(_) => Some(self.json(&format!("the default of {what}"))?),
            None => None,
        };
        let ty = ty.with_default(default.as_ref());
        let name_span = name.span;
        let mut members =
            vec![Member::implied("name", Node::string(name.into_text(), name_span)), Member::implied("type", ty)];
        if let Some((text, span)) = own_doc.as_ref().or(doc) {
            members.push(Member::implied("doc", Node::string(text.clone(), *span)));
        }
        if let Some(default) = default {
            end = default.span;
            members.push(Member::implied("default", default));
        }
        members.extend(self.allowed(annotations, On::Field));
        Ok(Node::object(members, join(start, end)))
    }

    /// A type is copied for each of its variables. Without a bound, a text of a megabyte could ask for a terabyte.
    fn count_copy(&mut self, size: usize, place: Span) -> Result<(), Reported> {
        match self.copies_left.checked_sub(size) {
            Some(left) => {
                self.copies_left = left;
                Ok(())
            }
            None => {
                let message = "too many fields of large types";
                let help = "declare a record for the type, and refer to it by name";
                Err(self.syntax_error(place, message, "this type is used too often", Some(help)))
            }
        }
    }

    fn enumeration(&mut self, opening: Opening<'t>) -> Result<Node<'t>, Reported> {
        let keyword = self.advance()?;
        let name = self.type_name("an enum")?;
        let brace = self.mark('{', "after the name of an enum")?;
        let mut symbols = Vec::new();
        let closing = match self.take_mark('}')? {
            Some(closing) => closing,
            None => loop {
                symbols.push(self.symbol()?);
                if let Some(closing) = self.ends('}', "a symbol")? {
                    break closing;
                }
            },
        };
        let mut members = vec![Member::implied("symbols", Node::array(symbols, join(brace, closing)))];
        let mut end = closing;
        if self.take_mark('=')?.is_some() {
            let default = self.word("the default symbol after `=`")?;
            let span = default.span;
            members.push(Member::implied("default", Node::string(default.into_text(), span)));
            end = self.mark(';', "after the default symbol of an enum")?;
        } else {
            self.no_semicolon("an enum without a default")?;
        }
        Ok(self.definition(opening, On::Enum, &keyword, name, members, end))
    }

    /// The grammar lets a symbol be documented and annotated. Schemas have no place for either: comments go unnoticed,
    /// while an annotation is missed by somebody.
    fn symbol(&mut self) -> Result<Node<'t>, Reported> {
        self.take_doc();
        let annotations = self.annotations()?;
        let symbol = self.word("a symbol")?;
        self.warn_of_lost(annotations, "symbols have");
        let span = symbol.span;
        Ok(Node::string(symbol.into_text(), span))
    }

    fn fixed(&mut self, opening: Opening<'t>) -> Result<Node<'t>, Reported> {
        let keyword = self.advance()?;
        let name = self.type_name("a fixed")?;
        self.mark('(', "after the name of a fixed")?;
        let size = self.digits("the size of a fixed in bytes")?;
        self.mark(')', "after the size of a fixed")?;
        let end = self.mark(';', "after a fixed")?;
        Ok(self.definition(opening, On::Named, &keyword, name, vec![Member::implied("size", size)], end))
    }

    fn type_name(&mut self, what: &str) -> Result<Node<'t>, Reported> {
        let word = self.word(&format!("the name of {what}"))?;
        let span = word.span;
        let name = word.into_text();
        if is_type_word(name.rsplit_once('.').map_or(&*name, |(_, last)| last)) {
            let message = format!("`{name}` is the name of a type of the language");
            self.collector
                .error(Code::INVALID_NAME, (self.source, span), message, "must be another name")
                .help("choose another name");
        }
        Ok(Node::string(name, span))
    }

    /// Puts a definition together.
    fn definition(
        &mut self,
        opening: Opening<'t>,
        on: On,
        keyword: &Token<'t>,
        name: Node<'t>,
        own: Vec<Member<'t>>,
        end: Span,
    ) -> Node<'t> {
        let kind = match keyword.keyword() {
            Some("error") => "error",
            Some("enum") => "enum",
            Some("fixed") => "fixed",
            _ => "record",
        };
        let mut members =
            vec![Member::implied("type", Node::string(kind, keyword.span)), Member::implied("name", name)];
        members.extend(opening.doc.map(|doc| Member::implied("doc", doc)));
        members.extend(own);
        let mut annotations = self.allowed(opening.annotations, on);
        if kind == "fixed" {
            complete_decimal(&mut annotations);
        }
        members.extend(annotations);
        Node::object(members, join(opening.start, end))
    }

    /// Other languages end a declaration with braces with a semicolon; this one does not.
    fn no_semicolon(&mut self, what: &str) -> Result<(), Reported> {
        if !self.is_at_mark(';') {
            return Ok(());
        }
        let message = format!("no `;` follows {what}");
        Err(self.syntax_error(self.token.span, message, "superfluous", Some("remove the `;`")))
    }
}
