//! A protocol as JSON.

use super::{Printer, Work};
use crate::json::write_string;
use crate::protocol::{Message, Protocol};
use crate::schema::{DefinitionId, Kind, Type};
use crate::set::SchemaSet;
use crate::source::SourceId;

impl Protocol {
    /// The protocol as compact JSON, as Java's `Protocol.toString` prints it: with the types and messages of what it
    /// imports. A type is where it is first needed, and `types` has those that nothing before needed. `set` is the
    /// set of this protocol.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source};
    ///
    /// let text = r#"@namespace("acme") protocol Greeting { record Name { string name; } string greet(Name name); }"#;
    /// let set = SchemaSet::parse(vec![Source::new("greeting.avdl", text)])?;
    /// assert_eq!(
    ///     set.protocols()[0].to_json(&set),
    ///     concat!(
    ///         r#"{"protocol":"Greeting","namespace":"acme","types":[{"type":"record","name":"Name","fields":["#,
    ///         r#"{"name":"name","type":"string"}]}],"messages":{"greet":{"request":[{"name":"name","type":"Name"}],"#,
    ///         r#""response":"string"}}}"#,
    ///     )
    /// );
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn to_json(&self, set: &SchemaSet) -> String {
        let mut printer = Printer::new(set.definitions());
        printer.protocol(self);
        printer.out
    }
}

impl SchemaSet {
    /// A source as JSON: its root type where it has one, the protocol that it is, or an array of its named
    /// types with those of its imports. `None` when there is no such source.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source, SourceId};
    ///
    /// let text = "schema map<Money>; fixed Money(8);";
    /// let set = SchemaSet::parse(vec![Source::new("prices.avdl", text)])?;
    /// let json = r#"{"type":"map","values":{"type":"fixed","name":"Money","size":8}}"#;
    /// assert_eq!(set.json_of(SourceId(0)).as_deref(), Some(json));
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn json_of(&self, source: SourceId) -> Option<String> {
        self.sources().get(source.0)?;
        if let Some(root) = self.roots().iter().find(|root| root.source == source) {
            return Some(self.schema_of(&root.ty).to_json());
        }
        if let Some(protocol) = self.protocols().iter().find(|protocol| protocol.source == source) {
            return Some(protocol.to_json(self));
        }
        let named = |id: &DefinitionId| self.schema_of(&Type::plain(Kind::Named(*id))).to_json();
        let schemas: Vec<String> = self.types_of(source).iter().map(named).collect();
        Some(format!("[{}]", schemas.join(",")))
    }
}

impl<'s> Printer<'s> {
    fn protocol(&mut self, protocol: &'s Protocol) {
        let namespace = protocol.name.namespace();
        self.out.push_str("{\"protocol\":");
        write_string(&mut self.out, protocol.name.name());
        if let Some(namespace) = namespace {
            self.out.push_str(",\"namespace\":");
            write_string(&mut self.out, namespace);
        }
        self.doc(protocol.doc.as_deref());
        self.properties(&protocol.properties);
        self.out.push_str(",\"types\":[");
        let mut is_first = true;
        for id in &protocol.types {
            let is_printed = self.printed.get(id.index()).copied();
            debug_assert!(is_printed.is_some(), "a protocol has definitions of its set");
            if is_printed.unwrap_or(true) {
                continue;
            }
            self.comma(&mut is_first);
            self.print(Work::Named(*id, namespace));
        }
        self.out.push_str("],\"messages\":{");
        let mut is_first = true;
        for message in &protocol.messages {
            self.comma(&mut is_first);
            write_string(&mut self.out, &message.name);
            self.out.push(':');
            self.message(message, namespace);
        }
        self.out.push_str("}}");
    }

    fn message(&mut self, message: &'s Message, namespace: Option<&'s str>) {
        self.out.push('{');
        let before = self.out.len();
        self.doc(message.doc.as_deref());
        self.properties(&message.properties);
        // Both put a comma before each member.
        if self.out.len() > before {
            self.out.remove(before);
            self.out.push(',');
        }
        self.out.push_str("\"request\":[");
        let mut is_first = true;
        for parameter in &message.request {
            self.comma(&mut is_first);
            self.print(Work::Field(parameter, namespace));
        }
        self.out.push_str("],\"response\":");
        self.print(Work::Type(&message.response, namespace));
        if message.one_way {
            self.out.push_str(",\"one-way\":true");
        }
        if !message.errors.is_empty() {
            self.out.push_str(",\"errors\":[");
            let mut is_first = true;
            for error in &message.errors {
                self.comma(&mut is_first);
                self.print(Work::Named(*error, namespace));
            }
            self.out.push(']');
        }
        self.out.push('}');
    }

    fn comma(&mut self, is_first: &mut bool) {
        if !std::mem::replace(is_first, false) {
            self.out.push(',');
        }
    }
}
