//! Names that mean nothing, and what they may have meant.

use std::collections::HashMap;

use crate::collect::Collector;
use crate::diagnostic::{Code, SourceId, Span};
use crate::logical::LogicalType;
use crate::name::Fullname;
use crate::parse::DefinitionDraft;
use crate::suggest::closest;

/// How many unknown names are compared with all known ones; each comparison takes time in proportion to their number.
const MOST_COMPARISONS: usize = 50;

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

pub(super) struct Unknown<'d> {
    definitions: &'d [DefinitionDraft],
    unread: &'d [&'d str],
    /// Made when it is needed: definitions by their name without a namespace.
    by_short_name: Option<HashMap<&'d str, Vec<&'d Fullname>>>,
    comparisons_left: usize,
}

impl<'d> Unknown<'d> {
    pub(super) fn new(definitions: &'d [DefinitionDraft], unread: &'d [&'d str]) -> Unknown<'d> {
        Unknown { definitions, unread, by_short_name: None, comparisons_left: MOST_COMPARISONS }
    }

    pub(super) fn report(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        place: (SourceId, Span),
        collector: &mut Collector,
    ) {
        let short = name.rsplit_once('.').map_or(name, |(_, short)| short);
        // A source that could not be read may define it: one mistake must not give a second error in another file.
        let closing = format!("{short}\"");
        if self.unread.iter().any(|text| text.contains(&closing)) {
            return;
        }
        let label = match (namespace, name.contains('.')) {
            (Some(namespace), false) => format!("neither `{namespace}.{name}` nor `{name}` is defined"),
            _ => "not defined in any source".to_owned(),
        };
        let help = self.help(name, short);
        collector.error(Code::UnknownType, place, format!("unknown type `{name}`"), label).help = help;
    }

    fn help(&mut self, name: &str, short: &str) -> Option<String> {
        if let Some(help) = foreign(name) {
            return Some(help);
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

/// Help for names that other type systems have, and for Avro's own words in the wrong place.
fn foreign(name: &str) -> Option<String> {
    let instead = match name {
        "integer" | "Integer" | "int32" | "i32" | "short" | "byte" => "int",
        "int64" | "i64" | "Long" | "bigint" => "long",
        "bool" | "Boolean" => "boolean",
        "String" | "str" | "text" | "varchar" => "string",
        "f32" | "float32" => "float",
        "f64" | "float64" | "number" => "double",
        "binary" | "blob" => "bytes",
        "array" => return Some("an array is written {\"type\": \"array\", \"items\": ...}".to_owned()),
        "map" => return Some("a map is written {\"type\": \"map\", \"values\": ...}".to_owned()),
        "union" => return Some("a union is written as an array of its branches: [\"null\", \"string\"]".to_owned()),
        "record" | "error" => {
            return Some(format!("a {name} is written {{\"type\": \"{name}\", \"name\": ..., \"fields\": [...]}}"));
        }
        "enum" => return Some("an enum is written {\"type\": \"enum\", \"name\": ..., \"symbols\": [...]}".to_owned()),
        "fixed" => return Some("a fixed is written {\"type\": \"fixed\", \"name\": ..., \"size\": ...}".to_owned()),
        logical if LogicalType::NAMES.contains(&logical) => {
            let underlying = underlying(logical);
            return Some(format!(
                "`{name}` is a logical type: write {{\"type\": \"{underlying}\", \"logicalType\": \"{name}\"}}"
            ));
        }
        _ => return None,
    };
    Some(format!("did you mean `{instead}`?"))
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
