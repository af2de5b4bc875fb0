//! Every default is a value of its field's type, and none contains itself; or it is set aside as unusable.

use std::collections::HashMap;

use super::Kept;
use crate::code::Code;
use crate::collect::Collector;
use crate::default::{DefaultError, DefaultErrorKind, PathStep, Segment, Sink, Visit};
use crate::diagnostic::Diagnostic;
use crate::language::Language;
use crate::parse::{DefaultDraft, Owner};
use crate::protocol::Protocol;
use crate::raw::{Node, Value};
use crate::schema::{DefinitionId, DefinitionKind, Field, Kind, Record};
use crate::source::{Source, SourceId, Span};
use crate::suggest::closest;

/// A field: its record, and its index there.
type Place = (DefinitionId, usize);

pub(super) fn check(
    drafts: &[DefaultDraft<'_>],
    kept: &mut Kept,
    protocols: &mut [Protocol],
    sources: &[Source],
    collector: &mut Collector,
) {
    let mut indexes: HashMap<Place, usize> = HashMap::with_capacity(drafts.len());
    let mut expansions: Vec<Vec<Place>> = Vec::with_capacity(drafts.len());
    let mut unusable = vec![false; drafts.len()];
    for (index, draft) in drafts.iter().enumerate() {
        let (place, field) = match draft.owner {
            Owner::Definition(definition) => {
                // A further definition of a name is the same as the first, whose defaults are checked, or an error
                // already.
                let id = kept.ids.get(definition).copied().flatten();
                (id.map(|id| (id, draft.field)), id.and_then(|id| record_field(id, draft.field, kept)))
            }
            // No default leads to a parameter.
            Owner::Message { protocol, message } => (None, parameter(protocol, message, draft.field, protocols)),
        };
        indexes.extend(place.map(|place| (place, index)));
        let language = Language::of_source(draft.source, sources);
        let checked = field.map_or(Ok(Vec::new()), |field| check_one(draft, field, language, kept, collector));
        expansions.push(checked.unwrap_or_else(|Unfit| {
            unusable[index] = true;
            Vec::new()
        }));
    }
    let edges: Vec<Vec<usize>> = expansions
        .iter()
        .map(|places| places.iter().filter_map(|place| indexes.get(place).copied()).collect())
        .collect();
    for index in cycles(&edges) {
        let Some(draft) = drafts.get(index) else { continue };
        let labels = ("a record in it takes this default again", SET_ASIDE);
        let message = "a default contains itself without end";
        report(draft.source, draft.node.span, message, labels, collector)
            .help("give the inner field a value here, or make it optional with default null");
        unusable[index] = true;
    }
    if !collector.leniency().defaults {
        return;
    }
    for index in rely_on(&edges, &mut unusable) {
        let Some(draft) = drafts.get(index) else { continue };
        let message = "this default takes the default of an inner field, which cannot be used";
        report(draft.source, draft.node.span, message, (SET_ASIDE, SET_ASIDE), collector)
            .help("give the inner field a value here");
    }
    for (draft, _) in drafts.iter().zip(unusable).filter(|(_, unusable)| *unusable) {
        if let Some(field) = field_mut(draft, kept, protocols) {
            field.unusable_default = field.default.take();
        }
    }
}

/// What becomes of a default that is let through.
const SET_ASIDE: &str = "kept as text: the field counts as one without a default";

/// A default is not a value of its type, which was reported.
struct Unfit;

fn report<'c>(
    source: SourceId,
    span: Span,
    message: impl Into<String>,
    labels: (impl Into<String>, &str),
    collector: &'c mut Collector,
) -> &'c mut Diagnostic {
    let is_excused = collector.leniency().defaults;
    collector.error_unless(is_excused, Code::INVALID_DEFAULT, (source, span), message, labels)
}

/// Marks every default that takes a marked one, however indirectly; gives those that were not marked before.
fn rely_on(edges: &[Vec<usize>], marked: &mut [bool]) -> Vec<usize> {
    let mut takers: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (taker, targets) in edges.iter().enumerate() {
        targets.iter().for_each(|target| takers[*target].push(taker));
    }
    let mut waiting: Vec<usize> = (0..edges.len()).filter(|index| marked[*index]).collect();
    let mut found = Vec::new();
    while let Some(index) = waiting.pop() {
        for taker in &takers[index] {
            if !std::mem::replace(&mut marked[*taker], true) {
                found.push(*taker);
                waiting.push(*taker);
            }
        }
    }
    found
}

fn field_mut<'k>(draft: &DefaultDraft<'_>, kept: &'k mut Kept, protocols: &'k mut [Protocol]) -> Option<&'k mut Field> {
    match draft.owner {
        Owner::Definition(definition) => {
            let id = kept.ids.get(definition).copied().flatten()?;
            match &mut kept.definitions.get_mut(id.index())?.kind {
                DefinitionKind::Record(record) => record.fields.get_mut(draft.field),
                DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => None,
            }
        }
        Owner::Message { protocol, message } => {
            protocols.get_mut(protocol)?.messages.get_mut(message)?.request.get_mut(draft.field)
        }
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

/// Reports what is wrong with a default; of one that fits, gives the defaults that it contains because it leaves fields
/// out.
fn check_one(
    draft: &DefaultDraft<'_>,
    field: &Field,
    language: Language,
    kept: &Kept,
    collector: &mut Collector,
) -> Result<Vec<Place>, Unfit> {
    let Some(json) = &field.default else {
        return Ok(Vec::new());
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
        let labels = (label(&error), SET_ASIDE);
        report(draft.source, span, message, labels, collector).help = help(&error, field, language, value);
        return Err(Unfit);
    }
    for (path, key, near) in findings.unknown_keys {
        let (_, value) = locate(draft.node, &path);
        let Value::Object(object) = &value.value else { continue };
        let Some(member) = object.members.iter().find(|member| member.key == key) else { continue };
        let message = format!("the default of the {what} `{name}` has `{key}`, which is not a field of the record");
        let place = (draft.source, member.key_span);
        let diagnostic = collector.warning(Code::INVALID_DEFAULT, place, message, "ignored");
        diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
    }
    Ok(findings.expansions)
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
