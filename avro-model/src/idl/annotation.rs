//! Annotations: `@name(value)`, the attributes and the custom properties of what follows.

use super::reader::{Reader, Reported};
use crate::code::Code;
use crate::raw::{Member, Members};

/// What has annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Protocol,
    Message,
    /// A record, an error or a fixed.
    Named,
    Enum,
    /// A field, or a parameter of a message: between its type and its name.
    Field,
    /// A type that has no name of its own.
    Type,
}

impl On {
    /// The attributes that the language has other words for, or that mean nothing here: as in Java, no annotation sets
    /// them.
    fn reserved(self) -> &'static [&'static str] {
        match self {
            On::Protocol => &["protocol", "doc", "types", "messages", "errors"],
            On::Message => &["doc", "request", "response", "errors", "one-way"],
            On::Named => &["type", "name", "doc", "fields", "symbols", "size", "items", "values"],
            On::Enum => &["type", "name", "doc", "fields", "symbols", "size", "items", "values", "default"],
            On::Field => &["name", "type", "doc", "default"],
            On::Type => {
                &["type", "name", "namespace", "doc", "fields", "symbols", "size", "items", "values", "aliases"]
            }
        }
    }
}

impl<'t> Reader<'t, '_> {
    /// The annotations at hand, as members of the object that they annotate. Of several with one name the last counts,
    /// as in Java.
    pub(super) fn annotations(&mut self) -> Result<Members<'t>, Reported> {
        let mut members = Members::default();
        while let Some(at) = self.take_mark('@')? {
            let name = self.word("the name of an annotation after `@`")?;
            let key_span = super::join(at, name.span);
            let key = name.into_text();
            self.mark('(', "after the name of an annotation")?;
            let what = "the value of an annotation";
            let node = self.json(what)?;
            self.mark(')', "after the value of an annotation")?;
            if let Some(first) = members.set(Member { key: key.clone(), key_span, node }) {
                let message = format!("the annotation `@{key}` appears twice");
                self.collector
                    .warning(Code::SUSPICIOUS_ATTRIBUTE, (self.source, key_span), message, "only this one counts")
                    .also((self.source, first), "ignored")
                    .help("remove one of the two");
            }
        }
        Ok(members)
    }

    /// The annotations that are allowed on `on`; the others are reported.
    pub(super) fn allowed(&mut self, annotations: Members<'t>, on: On) -> Vec<Member<'t>> {
        let mut list = annotations.into_list();
        list.retain(|member| {
            let is_allowed = !on.reserved().contains(&member.key.as_ref());
            if !is_allowed {
                self.report_reserved(member, on);
            } else if on == On::Type && member.key == "order" {
                let message = "the annotation `@order` has no meaning on a type";
                let place = (self.source, member.key_span);
                self.collector
                    .warning(Code::SUSPICIOUS_ATTRIBUTE, place, message, "kept as a custom property of the type")
                    .help("move it before the name of the field: `string @order(\"ignore\") name`");
            }
            is_allowed
        });
        list
    }

    fn report_reserved(&mut self, member: &Member<'t>, on: On) {
        let key = &member.key;
        let message = format!("the annotation `@{key}` is not allowed here");
        let label = "an attribute that no annotation sets here";
        let help = match (key.as_ref(), on) {
            ("doc", On::Type | On::Field) => Some("write it as a comment before the field: /** ... */"),
            ("doc", _) => Some("write it as a comment before the declaration: /** ... */"),
            ("aliases", On::Type) => Some("move it before the name of the field: `string @aliases([\"old\"]) name`"),
            ("namespace", On::Type) => Some("it annotates the declaration of a type, not its use"),
            ("default", On::Field) => Some("write the default after the name: `name = value`"),
            ("default", On::Enum) => Some("write the default after the symbols: `} = SYMBOL;`"),
            _ => None,
        };
        self.collector.error(Code::INVALID_ATTRIBUTE, (self.source, member.key_span), message, label).help =
            help.map(str::to_owned);
    }

    /// Reports annotations where a schema has no place for properties.
    pub(super) fn warn_of_lost(&mut self, annotations: Members<'t>, what: &str) {
        for member in annotations.into_list() {
            let message = format!("the annotation `@{}` is lost: {what} no properties", member.key);
            self.collector.warning(Code::SUSPICIOUS_ATTRIBUTE, (self.source, member.key_span), message, "ignored");
        }
    }
}
