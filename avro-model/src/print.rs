//! A schema or a protocol as JSON, with everything that was in it: the attributes in the order in which Java's
//! `Schema.toString()` has them, a definition at its first use and its name from then on. This text is what registries
//! tell schemas apart by.

pub(crate) mod number;
mod protocol;

use std::collections::HashSet;

use crate::json::{Json, write_json_with, write_string};
use crate::name::Fullname;
use crate::parse::primitive;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Enum, Field, Kind, Order, Properties, Schema, Type};

impl Schema {
    /// The schema as compact JSON, as Java prints it: documentation, aliases, defaults and custom properties are kept,
    /// and what has no effect (`{"type": "string"}`, a namespace that is the enclosing one, the order "ascending") is
    /// not.
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let schema = Schema::parse(r#"{"name": "a.F", "size": 2, "type": "fixed", "unit": "mm"}"#)?;
    /// assert_eq!(schema.to_json(), r#"{"type":"fixed","name":"F","namespace":"a","size":2,"unit":"mm"}"#);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        self.to_json_without(|_| false)
    }

    /// [`to_json`](Schema::to_json) with only the names of some definitions: those that are `elsewhere`, for example
    /// in the subjects that a registry's references lead to.
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let schema = Schema::parse(r#"{"type": "array", "items": {"type": "fixed", "name": "a.F", "size": 2}}"#)?;
    /// let text = schema.to_json_without(|definition| definition.name.as_str() == "a.F");
    /// assert_eq!(text, r#"{"type":"array","items":"a.F"}"#);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn to_json_without(&self, elsewhere: impl Fn(&Definition) -> bool) -> String {
        let mut printer = Printer::new(self.definitions());
        printer.printed = self.definitions().iter().map(elsewhere).collect();
        printer.print(Work::Type(self.root(), None));
        printer.out
    }
}

/// What is still to be printed. A stack of these takes the place of recursion: a chain of records, each with a field of
/// the next, may be as long as the list of definitions.
enum Work<'s> {
    Text(&'static str),
    /// A type, in a namespace.
    Type(&'s Type, Option<&'s str>),
    /// A named type, in a namespace.
    Named(DefinitionId, Option<&'s str>),
    /// A field in a namespace.
    Field(&'s Field, Option<&'s str>),
    /// What follows the type of a field.
    AfterFieldType(&'s Field),
    /// Custom properties, and the closing brace.
    Properties(&'s Properties),
    /// What follows the fields of a record.
    AfterFields(&'s Definition),
}

struct Printer<'s> {
    definitions: &'s [Definition],
    fullnames: HashSet<&'s str>,
    printed: Vec<bool>,
    out: String,
    work: Vec<Work<'s>>,
}

impl<'s> Printer<'s> {
    fn new(definitions: &'s [Definition]) -> Printer<'s> {
        Printer {
            definitions,
            fullnames: definitions.iter().map(|definition| definition.name.as_str()).collect(),
            printed: vec![false; definitions.len()],
            out: String::new(),
            work: Vec::new(),
        }
    }

    /// Prints the whole of `work`.
    fn print(&mut self, work: Work<'s>) {
        self.work.push(work);
        while let Some(work) = self.work.pop() {
            self.step(work);
        }
    }

    fn step(&mut self, work: Work<'s>) {
        match work {
            Work::Text(text) => self.out.push_str(text),
            Work::Type(ty, namespace) => self.ty(ty, namespace),
            Work::Named(id, namespace) => self.named(id, namespace),
            Work::Field(field, namespace) => {
                self.out.push_str("{\"name\":");
                write_string(&mut self.out, &field.name);
                self.out.push_str(",\"type\":");
                self.work.push(Work::AfterFieldType(field));
                self.work.push(Work::Type(&field.ty, namespace));
            }
            Work::AfterFieldType(field) => self.after_field_type(field),
            Work::Properties(properties) => {
                self.properties(properties);
                self.out.push('}');
            }
            Work::AfterFields(definition) => {
                self.out.push(']');
                self.after_kind(definition);
            }
        }
    }

    fn ty(&mut self, ty: &'s Type, namespace: Option<&'s str>) {
        let name = match &ty.kind {
            Kind::Array(items) => return self.container("{\"type\":\"array\",\"items\":", items, ty, namespace),
            Kind::Map(values) => return self.container("{\"type\":\"map\",\"values\":", values, ty, namespace),
            Kind::Union(branches) => {
                self.out.push('[');
                self.work.push(Work::Text("]"));
                for (index, branch) in branches.iter().enumerate().rev() {
                    self.work.push(Work::Type(branch, namespace));
                    if index > 0 {
                        self.work.push(Work::Text(","));
                    }
                }
                return;
            }
            Kind::Named(id) => return self.named(*id, namespace),
            primitive => primitive.name_of_unnamed(),
        };
        if ty.properties.is_empty() {
            write_string(&mut self.out, name);
            return;
        }
        self.out.push_str("{\"type\":");
        write_string(&mut self.out, name);
        self.properties(&ty.properties);
        self.out.push('}');
    }

    fn container(&mut self, opening: &str, inner: &'s Type, ty: &'s Type, namespace: Option<&'s str>) {
        self.out.push_str(opening);
        self.work.push(Work::Properties(&ty.properties));
        self.work.push(Work::Type(inner, namespace));
    }

    fn named(&mut self, id: DefinitionId, namespace: Option<&'s str>) {
        let Some((definition, printed)) = self.definitions.get(id.index()).zip(self.printed.get_mut(id.index())) else {
            return;
        };
        let name = &definition.name;
        if std::mem::replace(printed, true) {
            let reference = self.reference(name, namespace);
            write_string(&mut self.out, &reference);
            return;
        }
        let kind = match &definition.kind {
            DefinitionKind::Record(record) if record.is_error => "error",
            DefinitionKind::Record(_) => "record",
            DefinitionKind::Enum(_) => "enum",
            DefinitionKind::Fixed { .. } => "fixed",
        };
        self.out.push_str("{\"type\":\"");
        self.out.push_str(kind);
        self.out.push_str("\",\"name\":");
        write_string(&mut self.out, name.name());
        if name.namespace() != namespace {
            self.out.push_str(",\"namespace\":");
            write_string(&mut self.out, name.namespace().unwrap_or(""));
        }
        self.doc(definition.doc.as_deref());
        match &definition.kind {
            DefinitionKind::Record(record) => {
                self.out.push_str(",\"fields\":[");
                self.work.push(Work::AfterFields(definition));
                for (index, field) in record.fields.iter().enumerate().rev() {
                    self.work.push(Work::Field(field, name.namespace()));
                    if index > 0 {
                        self.work.push(Work::Text(","));
                    }
                }
            }
            DefinitionKind::Enum(symbols) => {
                self.symbols(symbols);
                self.after_kind(definition);
            }
            DefinitionKind::Fixed { size } => {
                self.out.push_str(&format!(",\"size\":{size}"));
                self.after_kind(definition);
            }
        }
    }

    /// How an earlier definition is referred to from `namespace`.
    fn reference(&self, name: &Fullname, namespace: Option<&str>) -> String {
        match (name.namespace(), namespace) {
            // In its own namespace the short name is enough, except for a name that means something else by itself.
            (Some(own), Some(enclosing)) if own == enclosing && !is_type_name(name.name()) => name.name().to_owned(),
            // Readers look into the enclosing namespace first: where that has the same name, only an empty namespace
            // helps.
            (None, Some(enclosing)) if self.fullnames.contains(format!("{enclosing}.{name}").as_str()) => {
                format!(".{name}")
            }
            _ => name.as_str().to_owned(),
        }
    }

    fn symbols(&mut self, symbols: &Enum) {
        self.out.push_str(",\"symbols\":[");
        for (index, symbol) in symbols.symbols.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write_string(&mut self.out, symbol);
        }
        self.out.push(']');
        if let Some(default) = symbols.default.and_then(|default| symbols.symbols.get(default)) {
            self.out.push_str(",\"default\":");
            write_string(&mut self.out, default);
        } else if let Some(default) = &symbols.unusable_default {
            self.out.push_str(",\"default\":");
            write_json(&mut self.out, default);
        }
    }

    fn after_kind(&mut self, definition: &Definition) {
        self.properties(&definition.properties);
        let namespace = definition.name.namespace();
        let aliases = definition.aliases.iter().map(|alias| match alias.namespace() {
            own if own == namespace => alias.name().to_owned(),
            // Without the dot it would be an alias in the definition's namespace.
            None => format!(".{alias}"),
            Some(_) => alias.as_str().to_owned(),
        });
        let aliases: Vec<String> = aliases.collect();
        self.aliases(&aliases);
        self.out.push('}');
    }

    fn after_field_type(&mut self, field: &Field) {
        self.doc(field.doc.as_deref());
        if let Some(default) = field.written_default() {
            self.out.push_str(",\"default\":");
            match (&field.ty.kind, default) {
                // Java reads a string as a number where the field itself is a float or a double.
                (Kind::Float | Kind::Double, Json::String(text)) => match text.parse::<f64>() {
                    Ok(double) if double.is_finite() => self.out.push_str(&number::java_double(double)),
                    _ => write_json(&mut self.out, default),
                },
                _ => write_json(&mut self.out, default),
            }
        }
        match field.order {
            Order::Ascending => {}
            Order::Descending => self.out.push_str(",\"order\":\"descending\""),
            Order::Ignore => self.out.push_str(",\"order\":\"ignore\""),
        }
        self.aliases(&field.aliases);
        self.properties(&field.properties);
        self.out.push('}');
    }

    fn doc(&mut self, doc: Option<&str>) {
        if let Some(doc) = doc {
            self.out.push_str(",\"doc\":");
            write_string(&mut self.out, doc);
        }
    }

    fn aliases(&mut self, aliases: &[String]) {
        if aliases.is_empty() {
            return;
        }
        self.out.push_str(",\"aliases\":[");
        for (index, alias) in aliases.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write_string(&mut self.out, alias);
        }
        self.out.push(']');
    }

    fn properties(&mut self, properties: &Properties) {
        for (name, value) in properties {
            self.out.push(',');
            write_string(&mut self.out, name);
            self.out.push(':');
            write_json(&mut self.out, value);
        }
    }
}

/// Appends `value` as Java writes it: compact, and numbers by their value.
fn write_json(out: &mut String, value: &Json) {
    write_json_with(out, value, |out, number| out.push_str(&number::java_number(number)));
}

/// Whether `name` is one of the fourteen words that name Avro's own types.
fn is_type_name(name: &str) -> bool {
    primitive(name).is_some() || matches!(name, "record" | "enum" | "array" | "map" | "union" | "fixed")
}
