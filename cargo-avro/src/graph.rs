//! Who references whom, among the types of schema files.

mod dot;
mod layout;
mod mermaid;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use avro_model::{DefinitionKind, Kind, SchemaSet};

use crate::answer::counted;
use crate::types;

pub(crate) use dot::dot;
pub(crate) use mermaid::mermaid;
pub(crate) use svg::svg;

/// Types, and which of them use which others.
pub(crate) struct Graph {
    /// Types, sorted by name, before protocols.
    pub(crate) nodes: Vec<Node>,
    /// Sorted by their ends, with each pair once.
    pub(crate) edges: Vec<Edge>,
}

#[derive(Clone)]
pub(crate) struct Node {
    /// Its fullname; of a schema without a name, that of its file.
    pub(crate) name: String,
    /// `record of 3`, or what else it is.
    pub(crate) what: String,
    /// Where a click in the picture leads.
    pub(crate) link: Option<String>,
    /// Whether it is a protocol, whose messages use types as fields do.
    pub(crate) is_protocol: bool,
}

#[derive(Clone)]
pub(crate) struct Edge {
    /// The index of the type that uses the other one.
    pub(crate) user: usize,
    pub(crate) used: usize,
    /// The fields or messages that do; nothing for a schema without a name, which has no fields.
    pub(crate) fields: Vec<String>,
}

impl Graph {
    pub(crate) fn of(set: &SchemaSet) -> Graph {
        let mut found = types::all(set);
        found.sort_by(|one, other| one.name.cmp(&other.name));
        let index_of_definition: BTreeMap<_, usize> = found
            .iter()
            .enumerate()
            .filter_map(|(index, found)| match found.ty.kind {
                Kind::Named(id) => Some((id, index)),
                _ => None,
            })
            .collect();
        let nodes = found.iter().map(|found| {
            let what = what(set, &found.ty.kind);
            Node { name: found.name.clone(), what, link: None, is_protocol: false }
        });
        let mut edges: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for (user, found) in found.iter().enumerate().filter(|(_, found)| !matches!(found.ty.kind, Kind::Named(_))) {
            for used in found.ty.named_types().iter().filter_map(|id| index_of_definition.get(id)) {
                edges.entry((user, *used)).or_default();
            }
        }
        for reference in set.references() {
            let ends = index_of_definition.get(&reference.user).zip(index_of_definition.get(&reference.used));
            if let Some((user, used)) = ends {
                edges.insert((*user, *used), reference.fields);
            }
        }
        let edges = edges.into_iter().map(|((user, used), fields)| Edge { user, used, fields });
        Graph { nodes: nodes.collect(), edges: edges.collect() }
    }

    /// The same with the protocols that have messages, after the types.
    pub(crate) fn with_protocols(mut self, set: &SchemaSet) -> Graph {
        let names = self.nodes.iter().enumerate().map(|(index, node)| (node.name.clone(), index));
        let indexes: BTreeMap<String, usize> = names.collect();
        for protocol in set.protocols().iter().filter(|protocol| !protocol.messages.is_empty()) {
            let mut edges: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            for message in &protocol.messages {
                let types = message.request.iter().map(|parameter| &parameter.ty).chain([&message.response]);
                let used: BTreeSet<_> = types.flat_map(|ty| ty.named_types()).chain(message.errors.clone()).collect();
                for index in used.iter().filter_map(|id| indexes.get(set.definition(*id).name.as_str())) {
                    edges.entry(*index).or_default().push(message.name.clone());
                }
            }
            let user = self.nodes.len();
            let what = format!("protocol of {}", counted(protocol.messages.len(), "message"));
            self.nodes.push(Node { name: protocol.name.to_string(), what, link: None, is_protocol: true });
            self.edges.extend(edges.into_iter().map(|(used, fields)| Edge { user, used, fields }));
        }
        self
    }

    /// The type of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// A type with those that use it and those that it uses, each over at most `distance` steps.
    pub(crate) fn neighborhood(&self, center: usize, distance: usize) -> Graph {
        let mut kept = vec![false; self.nodes.len()];
        self.reach(center, distance, &mut kept, |edge| (edge.user, edge.used));
        self.reach(center, distance, &mut kept, |edge| (edge.used, edge.user));
        self.only(&kept)
    }

    /// At most `limit` types: those that have the most to do with others.
    pub(crate) fn limited(&self, limit: usize) -> Graph {
        let mut degrees = vec![0_usize; self.nodes.len()];
        for edge in self.edges.iter().filter(|edge| edge.user != edge.used) {
            degrees[edge.user] += 1;
            degrees[edge.used] += 1;
        }
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        // Stable: of equals, those that come first by name stay.
        order.sort_by_key(|index| std::cmp::Reverse(degrees[*index]));
        let mut kept = vec![false; self.nodes.len()];
        order.into_iter().take(limit).for_each(|index| kept[index] = true);
        self.only(&kept)
    }

    /// Marks what can be reached, in the direction that `ends` gives edges.
    fn reach(&self, start: usize, distance: usize, kept: &mut [bool], ends: impl Fn(&Edge) -> (usize, usize)) {
        let mut seen = vec![false; self.nodes.len()];
        let mut targets = vec![Vec::new(); self.nodes.len()];
        for edge in &self.edges {
            let (from, to) = ends(edge);
            targets[from].push(to);
        }
        let mut border = vec![start];
        seen[start] = true;
        for step in 0..=distance {
            let mut next = Vec::new();
            for node in border {
                kept[node] = true;
                for &target in targets[node].iter().filter(|_| step < distance) {
                    if !std::mem::replace(&mut seen[target], true) {
                        next.push(target);
                    }
                }
            }
            if next.is_empty() {
                return;
            }
            border = next;
        }
    }

    fn only(&self, kept: &[bool]) -> Graph {
        let mut new_index = vec![None; self.nodes.len()];
        let mut nodes = Vec::new();
        for (index, node) in self.nodes.iter().enumerate().filter(|(index, _)| kept[*index]) {
            new_index[index] = Some(nodes.len());
            nodes.push(node.clone());
        }
        let edges = self.edges.iter().filter_map(|edge| {
            let (user, used) = new_index[edge.user].zip(new_index[edge.used])?;
            Some(Edge { user, used, fields: edge.fields.clone() })
        });
        Graph { edges: edges.collect(), nodes }
    }
}

/// What a type is, in a few words: `record of 3`.
pub(crate) fn what(set: &SchemaSet, kind: &Kind) -> String {
    let Kind::Named(id) = kind else { return types::kind_name(kind).to_owned() };
    match &set.definition(*id).kind {
        DefinitionKind::Record(record) if record.is_error => format!("error of {}", record.fields.len()),
        DefinitionKind::Record(record) => format!("record of {}", record.fields.len()),
        DefinitionKind::Enum(symbols) => format!("enum of {}", symbols.symbols.len()),
        DefinitionKind::Fixed { size } => format!("fixed of {size}"),
    }
}
