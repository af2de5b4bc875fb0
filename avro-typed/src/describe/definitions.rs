//! The definitions of named types, as derived types give them.

use std::any::type_name;

use avro_model::{Json, Source};

use super::print;
use super::shape::Shape;
use crate::avro_type::AvroType;

/// A named type, as data.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its fullname.
    pub fullname: &'static str,
    /// What it is for.
    pub doc: Option<&'static str>,
    /// Earlier names.
    pub aliases: &'static [&'static str],
    /// What it is.
    pub kind: DefinitionKind,
}

/// The three kinds of named types.
#[derive(Clone, Copy, Debug)]
pub enum DefinitionKind {
    /// A record of these fields.
    Record(&'static [FieldDefinition]),
    /// An enum of these symbols.
    Enum {
        /// The symbols.
        symbols: &'static [&'static str],
        /// The one for symbols that a reader does not know.
        default: Option<&'static str>,
    },
    /// A fixed, or a logical type of one.
    Fixed(&'static Shape),
}

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub struct FieldDefinition {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub doc: Option<&'static str>,
    /// Earlier names.
    pub aliases: &'static [&'static str],
    /// Its default as JSON.
    pub default: Option<&'static str>,
    /// Its type.
    pub shape: &'static Shape,
    /// The fullname of the fixed in its type.
    pub fixed: Option<&'static str>,
}

/// The definitions of the named types that a schema uses.
#[derive(Debug, Default)]
pub struct Definitions {
    found: Vec<Found>,
}

#[derive(Debug)]
struct Found {
    rust_type: &'static str,
    fullname: &'static str,
    /// The schema, or just the definition, referring to those of others.
    text: String,
}

impl Definitions {
    /// Adds the definition of `T`; false when it is there, and with it those of the types that `T` uses.
    ///
    /// Several Rust types may define one Avro type, such as a borrowed and an owned form, as long as they define the
    /// same: the linker sees to that.
    pub fn add<T: ?Sized + AvroType>(&mut self, definition: &Definition) -> bool {
        if self.contains::<T>() {
            return false;
        }
        self.found.push(Found { rust_type: type_name::<T>(), fullname: T::FULLNAME, text: text(definition) });
        true
    }

    /// Adds a self-contained schema that has the definition of `T`; false when it is there.
    pub fn add_text<T: ?Sized + AvroType>(&mut self, json: &str) -> bool {
        if self.contains::<T>() {
            return false;
        }
        let (rust_type, fullname) = (type_name::<T>(), T::FULLNAME);
        self.found.push(Found { rust_type, fullname, text: json.to_owned() });
        true
    }

    /// Adds what the schema of a generated type defines.
    pub fn add_generated<T: ?Sized + AvroType>(&mut self) {
        self.add_text::<T>(T::schema().json);
    }

    /// What parses to these definitions, each source called by its Rust type, which is where a mistake can be mended.
    pub(super) fn into_sources(self) -> impl Iterator<Item = Source> {
        self.found.into_iter().map(|found| Source::new(found.rust_type.to_owned(), found.text))
    }

    /// A type is known by its names, since types that borrow have no `TypeId`. Only types of two versions of one crate
    /// share both, and then the first one counts.
    fn contains<T: ?Sized + AvroType>(&self) -> bool {
        let rust_type = type_name::<T>();
        self.found.iter().any(|found| found.rust_type == rust_type && found.fullname == T::FULLNAME)
    }
}

/// The definition as JSON, in which other named types are only referred to.
fn text(definition: &Definition) -> String {
    let Definition { fullname, doc, aliases, kind } = definition;
    let namespace = fullname.rsplit_once('.').map(|(namespace, _)| namespace);
    let mut out = String::new();
    match kind {
        DefinitionKind::Record(fields) => {
            print::opening(&mut out, "record", fullname);
            documentation(&mut out, *doc);
            out.push_str(",\"fields\":[");
            for (index, field) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                field_text(&mut out, field, namespace);
            }
            out.push(']');
        }
        DefinitionKind::Enum { symbols, default } => {
            print::opening(&mut out, "enum", fullname);
            documentation(&mut out, *doc);
            out.push_str(",\"symbols\":");
            strings(&mut out, symbols);
            if let Some(default) = default {
                out.push_str(",\"default\":");
                print::string(&mut out, default);
            }
        }
        DefinitionKind::Fixed(shape) => {
            print::fixed(&mut out, shape, Some(fullname));
            documentation(&mut out, *doc);
        }
    }
    alias_texts(&mut out, aliases);
    out.push('}');
    out
}

fn field_text(out: &mut String, field: &FieldDefinition, namespace: Option<&str>) {
    out.push_str("{\"name\":");
    print::string(out, field.name);
    out.push_str(",\"type\":");
    print::shape(out, field.shape, namespace, field.fixed);
    documentation(out, field.doc);
    if let Some(default) = field.default {
        out.push_str(",\"default\":");
        out.push_str(default);
    }
    alias_texts(out, field.aliases);
    out.push('}');
}

fn documentation(out: &mut String, doc: Option<&str>) {
    if let Some(doc) = doc {
        out.push_str(",\"doc\":");
        print::string(out, doc);
    }
}

fn alias_texts(out: &mut String, aliases: &[&str]) {
    if !aliases.is_empty() {
        out.push_str(",\"aliases\":");
        strings(out, aliases);
    }
}

fn strings(out: &mut String, texts: &[&str]) {
    let texts = texts.iter().map(|text| Json::String((*text).to_owned()));
    out.push_str(&Json::Array(texts.collect()).to_string());
}
