//! Names that mean nothing, and what they may have meant.

use std::collections::HashMap;

use crate::code::Code;
use crate::collect::Collector;
use crate::language::Language;
use crate::logical::LogicalType;
use crate::name::Fullname;
use crate::parse::{DefinitionDraft, Outline};
use crate::source::{Source, SourceId, Span};
use crate::suggest::closest;

/// How many unknown names are compared with all known ones; each comparison takes time in proportion to their number.
const MOST_COMPARISONS: usize = 50;

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

pub(super) struct Unknown<'d> {
    definitions: &'d [DefinitionDraft],
    sources: &'d [Source],
    /// Those that could not be read.
    unread: &'d [SourceId],
    outlines: &'d [Outline],
    /// Made when it is needed: definitions by their name without a namespace.
    by_short_name: Option<HashMap<&'d str, Vec<&'d Fullname>>>,
    comparisons_left: usize,
}

impl<'d> Unknown<'d> {
    pub(super) fn new(
        definitions: &'d [DefinitionDraft],
        sources: &'d [Source],
        unread: &'d [SourceId],
        outlines: &'d [Outline],
    ) -> Unknown<'d> {
        Unknown { definitions, sources, unread, outlines, by_short_name: None, comparisons_left: MOST_COMPARISONS }
    }

    pub(super) fn report(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        place: (SourceId, Span),
        collector: &mut Collector,
    ) {
        let short = name.rsplit_once('.').map_or(name, |(_, short)| short);
        // A source that could not be read may define it, and a file that is not there: one mistake must not give a
        // second error in another place.
        if self.may_be_unread(short) || self.outlines.get(place.0.0).is_some_and(|outline| outline.lacks_imports) {
            return;
        }
        let label = match (namespace, name.contains('.')) {
            (Some(namespace), false) => format!("neither `{namespace}.{name}` nor `{name}` is defined"),
            _ => "not defined in any source".to_owned(),
        };
        let language = Language::of_source(place.0, self.sources);
        let help = self.help(name, short, language);
        collector.error(Code::UNKNOWN_TYPE, place, format!("unknown type `{name}`"), label).help = help;
    }

    /// Whether a source that could not be read has a word that ends like `short`.
    fn may_be_unread(&self, short: &str) -> bool {
        // In the answer of a registry, the schema is a string with escaped quotes.
        let closings = [format!("{short}\""), format!("{short}\\\"")];
        self.unread.iter().filter_map(|source| self.sources.get(source.0)).any(|source| {
            match Language::of(&source.path) {
                Language::Idl => source.text.contains(short),
                _ => closings.iter().any(|closing| source.text.contains(closing.as_str())),
            }
        })
    }

    fn help(&mut self, name: &str, short: &str, language: Language) -> Option<String> {
        let foreign = match language {
            Language::Idl => foreign_in_idl(name),
            Language::Schema | Language::Protocol => foreign(name),
        };
        if foreign.is_some() {
            return foreign;
        }
        let definitions = self.definitions;
        let by_short_name = self.by_short_name.get_or_insert_with(|| {
            let mut by_short_name: HashMap<&str, Vec<&Fullname>> = HashMap::new();
            for draft in definitions {
                let fullname = &draft.definition.name;
                let same = by_short_name.entry(fullname.name()).or_default();
                if !same.contains(&fullname) {
                    same.push(fullname);
                }
            }
            by_short_name
        });
        if let Some(fullname) = by_short_name.get(short).and_then(|same| same.first()) {
            return Some(format!("did you mean `{fullname}`?"));
        }
        self.comparisons_left = self.comparisons_left.checked_sub(1)?;
        let known = definitions.iter().map(|draft| draft.definition.name.name()).filter(|name| !name.is_empty());
        let near = closest(short, PRIMITIVES.into_iter().chain(known))?;
        let same = by_short_name.get(near).and_then(|same| same.first());
        Some(format!("did you mean `{}`?", same.map_or(near, |fullname| fullname.as_str())))
    }
}

/// The type that a name of another type system may mean.
fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "integer" | "Integer" | "int32" | "i32" | "short" | "byte" => "int",
        "int64" | "i64" | "Long" | "bigint" => "long",
        "bool" | "Boolean" => "boolean",
        "String" | "str" | "text" | "varchar" => "string",
        "f32" | "float32" => "float",
        "f64" | "float64" | "number" => "double",
        "binary" | "blob" => "bytes",
        _ => return None,
    })
}

/// Help for names that other type systems have, and for Avro's own words in the wrong place.
fn foreign(name: &str) -> Option<String> {
    if let Some(instead) = instead(name) {
        return Some(format!("did you mean `{instead}`?"));
    }
    Some(match name {
        "array" => "an array is written {\"type\": \"array\", \"items\": ...}".to_owned(),
        "map" => "a map is written {\"type\": \"map\", \"values\": ...}".to_owned(),
        "union" => "a union is written as an array of its branches: [\"null\", \"string\"]".to_owned(),
        "record" | "error" => {
            let article = if name == "error" { "an" } else { "a" };
            format!("{article} {name} is written {{\"type\": \"{name}\", \"name\": ..., \"fields\": [...]}}")
        }
        "enum" => "an enum is written {\"type\": \"enum\", \"name\": ..., \"symbols\": [...]}".to_owned(),
        "fixed" => "a fixed is written {\"type\": \"fixed\", \"name\": ..., \"size\": ...}".to_owned(),
        logical if LogicalType::NAMES.contains(&logical) => {
            let underlying = underlying(logical);
            format!("`{name}` is a logical type: write {{\"type\": \"{underlying}\", \"logicalType\": \"{name}\"}}")
        }
        _ => return None,
    })
}

/// The same in the IDL, whose words differ.
fn foreign_in_idl(name: &str) -> Option<String> {
    if let Some(instead) = instead(name) {
        return Some(format!("did you mean `{instead}`?"));
    }
    let logical = name.replace(['_', '.'], "-");
    Some(match name {
        "array" => "an array is written array<string>".to_owned(),
        "map" => "a map is written map<string>".to_owned(),
        "union" => "a union is written union { null, string }".to_owned(),
        "decimal" => "a decimal is written with its precision and its scale: decimal(9, 2)".to_owned(),
        "void" => "`void` is what a message without an answer gives; the type without a value is `null`".to_owned(),
        "record" | "error" | "enum" | "fixed" => {
            format!("a named type has a declaration of its own, outside of all others: {name} Name ...")
        }
        "time-millis"
        | "timestamp-millis"
        | "local-timestamp-millis"
        | "time_millis"
        | "timestamp_millis"
        | "local_timestamp_millis" => {
            format!("did you mean `{}`?", logical.replace("-millis", "_ms").replace('-', "_"))
        }
        "duration" => {
            "`duration` is a logical type of a declared fixed: @logicalType(\"duration\") fixed Name(12);".to_owned()
        }
        _ if LogicalType::NAMES.contains(&logical.as_str()) => {
            format!("`{logical}` is a logical type: write @logicalType(\"{logical}\") {}", underlying(&logical))
        }
        "time_us" | "timestamp_us" | "local_timestamp_us" => {
            let logical = logical.replace("-us", "-micros");
            format!("write @logicalType(\"{logical}\") long")
        }
        _ => return None,
    })
}

fn underlying(logical: &str) -> &'static str {
    match logical {
        "decimal" | "big-decimal" => "bytes",
        "uuid" => "string",
        "date" | "time-millis" => "int",
        "duration" => "fixed",
        _ => "long",
    }
}
