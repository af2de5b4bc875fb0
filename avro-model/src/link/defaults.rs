//! Every default is a value of its field's type, and none contains itself.

use std::collections::HashMap;

use super::Kept;
use crate::collect::Collector;
use crate::default::{DefaultError, DefaultErrorKind, PathStep, Segment, Sink, Visit};
use crate::diagnostic::{Code, Source, Span};
use crate::document::Language;
use crate::parse::{DefaultDraft, Owner};
use crate::protocol::Protocol;
use crate::raw::{Node, Value};
use crate::schema::{DefinitionId, DefinitionKind, Field, Kind, Record};
use crate::suggest::closest;

/// A field: its record, and its index there.
type Place = (DefinitionId, usize);

pub(super) fn check(
    drafts: &[DefaultDraft<'_>],
    kept: &Kept,
    protocols: &[Protocol],
    sources: &[Source],
    collector: &mut Collector,
) {
    let mut indexes: HashMap<Place, usize> = HashMap::with_capacity(drafts.len());
    let mut expansions: Vec<Vec<Place>> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let (place, field) = match draft.owner {
            Owner::Definition(definition) => {
                // A further definition of a name is the same as the first, whose defaults are checked, or an error already.
                let id = kept.ids.get(definition).copied().flatten();
                (id.map(|id| (id, draft.field)), id.and_then(|id| record_field(id, draft.field, kept)))
            }
            // No default leads to a parameter.
            Owner::Message { protocol, message } => (None, parameter(protocol, message, draft.field, protocols)),
        };
        indexes.extend(place.map(|place| (place, index)));
        let language = sources.get(draft.source.0).map_or(Language::Schema, |source| Language::of(&source.path));
        expansions.push(field.map_or_else(Vec::new, |field| check_one(draft, field, language, kept, collector)));
    }
    let edges: Vec<Vec<usize>> = expansions
        .iter()
        .map(|places| places.iter().filter_map(|place| indexes.get(place).copied()).collect())
        .collect();
    for index in cycles(&edges) {
        let Some(draft) = drafts.get(index) else { continue };
        let label = "a record in it takes this default again";
        collector
            .error(
                Code::InvalidDefault,
                (draft.source, draft.node.span),
                "a default contains itself without end",
                label,
            )
            .help("give the inner field a value here, or make it optional with default null");
    }
}

fn parameter(protocol: usize, message: usize, field: usize, protocols: &[Protocol]) -> Option<&Field> {
    protocols.get(protocol)?.messages.get(message)?.request.get(field)
}

fn record_field(id: DefinitionId, field: usize, kept: &Kept) -> Option<&Field> {
    match &kept.definitions.get(id.index())?.kind {
        DefinitionKind::Record(record) => record.fields.get(field),
        DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => None,
    }
}

/// Reports what is wrong with a default; gives the defaults that it contains because it leaves fields out.
fn check_one(
    draft: &DefaultDraft<'_>,
    field: &Field,
    language: Language,
    kept: &Kept,
    collector: &mut Collector,
) -> Vec<Place> {
    let Some(json) = &field.default else {
        return Vec::new();
    };
    let mut findings = Findings::default();
    let result = Visit::new(&kept.definitions, &kept.unsound).field_default(&field.ty, json, &mut findings);
    let (name, what) = (&field.name, if matches!(draft.owner, Owner::Message { .. }) { "parameter" } else { "field" });
    if let Err(error) = result {
        let (span, value) = locate(draft.node, &error.path);
        let message = match error.path.is_empty() {
            true => format!("the default of the {what} `{name}` does not fit its type: {}", error.kind),
            false => {
                let path = error.path();
                format!("the default of the {what} `{name}` does not fit its type at `{path}`: {}", error.kind)
            }
        };
        let label = label(&error);
        collector.error(Code::InvalidDefault, (draft.source, span), message, label).help =
            help(&error, field, language, value);
        return Vec::new();
    }
    for (path, key, near) in findings.unknown_keys {
        let (_, value) = locate(draft.node, &path);
        let Value::Object(object) = &value.value else { continue };
        let Some(member) = object.members.iter().find(|member| member.key == key) else { continue };
        let message = format!("the default of the {what} `{name}` has `{key}`, which is no field of the record");
        let place = (draft.source, member.key_span);
        let diagnostic = collector.warning(Code::InvalidDefault, place, message, "ignored");
        diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
    }
    findings.expansions
}

fn label(error: &DefaultError) -> String {
    match &error.kind {
        DefaultErrorKind::WrongKind { expected, .. } => format!("expected {expected}"),
        DefaultErrorKind::OutOfRange { ty, .. } => format!("out of the range of {ty}"),
        DefaultErrorKind::NoByte { .. } => "expected characters from U+0000 to U+00FF".to_owned(),
        DefaultErrorKind::WrongLength { expected, .. } => format!("expected {expected} characters"),
        DefaultErrorKind::NoSymbol { name, .. } => format!("expected a symbol of `{name}`"),
        DefaultErrorKind::NoBranch { branches, .. } => format!("expected a value of one of [{branches}]"),
        DefaultErrorKind::MissingField { field, .. } => format!("expected the field `{field}` in this object"),
        _ => "not a value of the type".to_owned(),
    }
}

fn help(error: &DefaultError, field: &Field, language: Language, value: &Node<'_>) -> Option<String> {
    if let DefaultErrorKind::NoSymbol { near: Some(near), .. } = &error.kind {
        return Some(format!("did you mean `{near}`?"));
    }
    if !matches!(error.kind, DefaultErrorKind::WrongKind { .. } | DefaultErrorKind::NoBranch { .. }) {
        return None;
    }
    match &value.value {
        Value::Null if error.path.is_empty() && matches!(field.ty.kind, Kind::Union(_)) => {
            Some("add \"null\" to the branches of the union".to_owned())
        }
        Value::Null if error.path.is_empty() && language == Language::Idl => {
            Some("write a `?` after the type, or remove the default".to_owned())
        }
        Value::Null if error.path.is_empty() => {
            Some("make the type a union with null: [\"null\", ...], or remove the default".to_owned())
        }
        Value::String(text) if matches!(text.as_ref(), "NaN" | "Infinity" | "-Infinity") => {
            Some("only where a float or a double itself is the type of the field, its default may be this".to_owned())
        }
        Value::String(text) if matches!(text.as_ref(), "null" | "true" | "false") || is_number(text) => {
            Some(format!("write {text} without quotes"))
        }
        Value::String(text) if text == "{}" || text == "[]" => Some(format!("write {text} without quotes")),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '-') && text.parse::<f64>().is_ok()
}

/// The value that `path` leads to, or the last one on the way.
fn locate<'n, 't>(root: &'n Node<'t>, path: &[Segment]) -> (Span, &'n Node<'t>) {
    let mut node = root;
    for segment in path {
        let next = match (segment, &node.value) {
            (Segment::Key(key), Value::Object(object)) => object.get(key),
            (Segment::Index(index), Value::Array(items)) => items.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        node = next;
    }
    (node.span, node)
}

/// What a walk over a valid default shows.
#[derive(Default)]
struct Findings {
    expansions: Vec<Place>,
    /// Where the object is, the key, and the field that it may have meant.
    unknown_keys: Vec<(Vec<Segment>, String, Option<String>)>,
}

impl<'a> Sink<'a> for Findings {
    fn expands(&mut self, record: DefinitionId, field: usize) -> Result<bool, DefaultErrorKind> {
        self.expansions.push((record, field));
        Ok(false)
    }

    fn unknown_key(&mut self, path: &[PathStep<'a>], key: &'a str, record: &'a Record) {
        let near = closest(key, record.fields.iter().map(|field| field.name.as_str()));
        let path = path.iter().map(|step| step.to_segment()).collect();
        self.unknown_keys.push((path, key.to_owned(), near.map(str::to_owned)));
    }
}

/// One node of each cycle of a graph: the one where a walk in the order of the nodes closes it. The walk keeps its own
/// stack, since a chain may be as long as the schema.
fn cycles(edges: &[Vec<usize>]) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.pop() {
            if next == 0 {
                if states[node] != State::New {
                    continue;
                }
                states[node] = State::Open;
            }
            let Some(&target) = edges[node].get(next) else {
                states[node] = State::Done;
                continue;
            };
            stack.push((node, next + 1));
            match states[target] {
                State::New => stack.push((target, 0)),
                State::Open => found.push(target),
                State::Done => {}
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn cycles_are_found_once() {
        for (edges, expected) in [
            (vec![vec![]], vec![]),
            (vec![vec![0]], vec![0]),
            (vec![vec![1, 1], vec![2], vec![]], vec![]),
            (vec![vec![1], vec![2], vec![1]], vec![1]),
            (vec![vec![1], vec![0], vec![2]], vec![0, 2]),
        ] {
            assert_eq!(cycles(&edges), expected, "{edges:?}");
        }
    }
}
