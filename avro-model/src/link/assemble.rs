//! What a source declares together with what it imports.

use std::collections::HashMap;

use super::Names;
use crate::parse::{Item, Outline};
use crate::protocol::{Message, Protocol};
use crate::schema::DefinitionId;
use crate::source::SourceId;

/// The named types of each source, and its protocol where it is one: with those of the sources that it imports, at the
/// place of the import. Each imported source counts once, at its first import, however long the way to it is.
pub(super) fn assemble(
    outlines: &[Outline],
    drafts: Vec<Protocol>,
    names: &Names,
) -> (Vec<Vec<DefinitionId>>, Vec<Protocol>) {
    let mut lists = Vec::with_capacity(outlines.len());
    let mut seen = Seen { sources: vec![usize::MAX; outlines.len()], types: HashMap::new() };
    let mut messages: Vec<Vec<Message>> = drafts.iter().map(|_| Vec::new()).collect();
    for (index, outline) in outlines.iter().enumerate() {
        let (types, merged) = walk(index, outlines, &drafts, names, &mut seen);
        lists.push(types);
        if let Some(messages) = outline.protocol.and_then(|protocol| messages.get_mut(protocol)) {
            *messages = merged;
        }
    }
    let mut protocols = drafts;
    for (protocol, messages) in protocols.iter_mut().zip(messages) {
        protocol.messages = messages;
        let list = lists.get(protocol.source.0);
        debug_assert!(list.is_some(), "every source has a list of its types");
        protocol.types = list.cloned().unwrap_or_default();
    }
    (lists, protocols)
}

/// By which walk a source or a type was seen last.
struct Seen {
    sources: Vec<usize>,
    types: HashMap<DefinitionId, usize>,
}

/// A source on the way, and how far its items are walked.
struct Step {
    source: usize,
    next: usize,
    /// Whether this source and all above it are protocols, so that messages pass.
    passes_messages: bool,
}

fn walk(
    start: usize,
    outlines: &[Outline],
    drafts: &[Protocol],
    names: &Names,
    seen: &mut Seen,
) -> (Vec<DefinitionId>, Vec<Message>) {
    let mut types = Vec::new();
    let mut messages: Vec<Message> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    // Imports may lead as far as there are files: a stack takes the place of recursion.
    let mut stack = vec![Step { source: start, next: 0, passes_messages: true }];
    if let Some(source) = seen.sources.get_mut(start) {
        *source = start;
    }
    while let Some(step) = stack.last_mut() {
        let outline = outlines.get(step.source);
        let Some((outline, item)) = outline.and_then(|outline| Some((outline, outline.items.get(step.next)?))) else {
            stack.pop();
            continue;
        };
        step.next += 1;
        let passes_messages = step.passes_messages && outline.protocol.is_some();
        match item {
            Item::Definitions(range) => {
                let ids = range.clone().filter_map(|draft| names.id(draft));
                types.extend(ids.filter(|id| seen.types.insert(*id, start) != Some(start)));
            }
            Item::Message(index) => {
                let draft = outline.protocol.and_then(|protocol| drafts.get(protocol));
                let message = draft.and_then(|protocol| protocol.messages.get(*index));
                let Some(message) = message.filter(|_| passes_messages) else { continue };
                match places.get(message.name.as_str()).and_then(|place| messages.get_mut(*place)) {
                    Some(earlier) => *earlier = message.clone(),
                    None => {
                        places.insert(&message.name, messages.len());
                        messages.push(message.clone());
                    }
                }
            }
            Item::Import(SourceId(target)) => {
                let Some(source) = seen.sources.get_mut(*target) else { continue };
                if std::mem::replace(source, start) != start {
                    stack.push(Step { source: *target, next: 0, passes_messages });
                }
            }
        }
    }
    (types, messages)
}
