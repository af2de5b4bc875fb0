//! Everything that the site is about, and where its pages are.

use std::collections::{BTreeMap, HashMap, HashSet};

use avro_build::lock::{Lock, LockedVersion, file_stem};
use avro_model::comparison::changes;
use avro_model::{Definition, DefinitionId, Kind, Schema, SchemaSet, SourceId, Type, crc64_avro};

use crate::failure::Failure;
use crate::graph::{self, Graph};
use crate::markup::escaped;
use crate::subjects::Pair;
use crate::types;

/// Types, subjects and topics, each list sorted by name.
pub(crate) struct Catalog<'s> {
    /// What the site is called.
    pub(super) title: String,
    pub(super) set: &'s SchemaSet,
    pub(super) types: Vec<TypeEntry>,
    pub(super) subjects: Vec<SubjectEntry<'s>>,
    pub(super) topics: Vec<TopicEntry>,
    /// Its nodes are the types, in the same order; links start at the folder of the site.
    pub(super) graph: Graph,
    /// The types in each namespace.
    pub(super) namespaces: BTreeMap<String, Vec<usize>>,
    index_of_definition: HashMap<DefinitionId, usize>,
}

/// A type of the schema files.
pub(super) struct TypeEntry {
    /// Its fullname; of a schema without a name, that of its file.
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) source: SourceId,
    /// The name of its page, without the extension.
    pub(super) stem: String,
    /// `record of 3`.
    pub(super) what: String,
    /// The types that use it, and in which fields.
    pub(super) users: Vec<(usize, Vec<String>)>,
    /// The subjects that it is the type of.
    pub(super) subjects: Vec<usize>,
    /// The subjects with a version that defines it, alone or in another type.
    pub(super) released_in: Vec<Presence>,
}

/// That versions of a subject define a type.
pub(super) struct Presence {
    pub(super) subject: usize,
    /// Which versions, oldest first, and which of the definitions of their schemas it is; indexes of both.
    pub(super) releases: Vec<(usize, usize)>,
}

/// A subject of the lock, or one that the command line names.
pub(super) struct SubjectEntry<'s> {
    pub(super) name: String,
    /// The folder of its pages.
    pub(super) stem: String,
    /// The type that the schema files have for it.
    pub(super) type_index: Option<usize>,
    pub(super) type_name: String,
    /// What is released, oldest first.
    pub(super) releases: Vec<Release<'s>>,
    pub(super) topic: Option<usize>,
    /// How many changes there are from the newest version to the schema files; `None` if one of the two is missing.
    pub(super) changes: Option<usize>,
}

/// A version of a subject.
pub(super) struct Release<'s> {
    pub(super) locked: &'s LockedVersion,
    /// Complete.
    pub(super) schema: Schema,
}

/// A topic, by the names of its subjects.
pub(super) struct TopicEntry {
    pub(super) name: String,
    pub(super) stem: String,
    pub(super) keys: Vec<usize>,
    pub(super) values: Vec<usize>,
}

impl<'s> Catalog<'s> {
    /// `pairs` has a type for each known subject.
    pub(crate) fn new(title: &str, set: &'s SchemaSet, lock: &'s Lock, pairs: &[Pair]) -> Result<Self, Failure> {
        let mut graph = Graph::of(set);
        let mut types = type_entries(set, &graph);
        for (node, entry) in graph.nodes.iter_mut().zip(&types) {
            node.link = Some(format!("types/{}.html", in_address(&entry.stem)));
        }
        let mut subjects = subject_entries(lock, pairs, &types)?;
        for (index, subject) in subjects.iter_mut().enumerate() {
            if let Some(entry) = subject.type_index.and_then(|index| types.get_mut(index)) {
                entry.subjects.push(index);
                let now = set.schema_of(&entry.ty);
                subject.changes = subject.newest().map(|newest| changes(&newest.schema, &now).len());
            }
        }
        add_presences(&mut types, &subjects);
        let topics = topic_entries(&mut subjects);
        let mut namespaces: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, entry) in types.iter().enumerate() {
            namespaces.entry(entry.namespace().to_owned()).or_default().push(index);
        }
        let index_of_definition = types.iter().enumerate().filter_map(|(index, entry)| match entry.ty.kind {
            Kind::Named(id) => Some((id, index)),
            _ => None,
        });
        let index_of_definition = index_of_definition.collect();
        Ok(Catalog { title: title.to_owned(), set, types, subjects, topics, graph, namespaces, index_of_definition })
    }

    pub(super) fn type_index(&self, id: DefinitionId) -> Option<usize> {
        self.index_of_definition.get(&id).copied()
    }

    /// A link to a type, with its whole name or with what is after the last dot.
    pub(super) fn type_link(&self, index: usize, root: &str, is_whole: bool) -> String {
        let Some(entry) = self.types.get(index) else { return String::new() };
        let (name, whole) = (if is_whole { &entry.name } else { entry.short_name() }, escaped(&entry.name));
        format!("<a href=\"{}\" title=\"{whole}\">{}</a>", entry.address(root), escaped(name))
    }

    pub(super) fn subject_link(&self, index: usize, root: &str) -> String {
        let Some(subject) = self.subjects.get(index) else { return String::new() };
        format!("<a href=\"{}\">{}</a>", subject.address(root), escaped(&subject.name))
    }

    pub(super) fn topic_link(&self, index: usize, root: &str) -> String {
        let Some(topic) = self.topics.get(index) else { return String::new() };
        format!("<a href=\"{}\">{}</a>", topic.address(root), escaped(&topic.name))
    }

    /// The type of a subject: a link where the schema files have it.
    pub(super) fn type_of_subject(&self, subject: &SubjectEntry<'_>, root: &str) -> String {
        match subject.type_index {
            Some(index) => self.type_link(index, root, true),
            None => format!("{} <span class=\"quiet\">(not in the schema files)</span>", escaped(&subject.type_name)),
        }
    }

    /// The documentation of a type.
    pub(super) fn doc(&self, entry: &TypeEntry) -> &str {
        self.definition(entry).and_then(|definition| definition.doc.as_deref()).unwrap_or_default()
    }

    /// The definition of a type that has a name of its own.
    pub(super) fn definition(&self, entry: &TypeEntry) -> Option<&Definition> {
        match entry.ty.kind {
            Kind::Named(id) => Some(self.set.definition(id)),
            _ => None,
        }
    }

    /// How many types, subjects and topics there are.
    pub(crate) fn counts(&self) -> [(&'static str, usize); 3] {
        [("type", self.types.len()), ("subject", self.subjects.len()), ("topic", self.topics.len())]
    }
}

impl TypeEntry {
    /// The address of its page, from a page that is as deep as `root` leads up.
    pub(super) fn address(&self, root: &str) -> String {
        format!("{root}types/{}.html", in_address(&self.stem))
    }

    /// What is after the last dot.
    pub(super) fn short_name(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(_, name)| name)
    }

    pub(super) fn namespace(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(namespace, _)| namespace)
    }
}

impl SubjectEntry<'_> {
    pub(super) fn address(&self, root: &str) -> String {
        format!("{root}subjects/{}/index.html", in_address(&self.stem))
    }

    pub(super) fn version_address(&self, root: &str, version: u32) -> String {
        format!("{root}subjects/{}/{version}.html", in_address(&self.stem))
    }

    pub(super) fn newest(&self) -> Option<&Release<'_>> {
        self.releases.last()
    }
}

impl TopicEntry {
    pub(super) fn address(&self, root: &str) -> String {
        format!("{root}topics/{}.html", in_address(&self.stem))
    }
}

fn type_entries(set: &SchemaSet, graph: &Graph) -> Vec<TypeEntry> {
    let mut found = types::all(set);
    // As the graph sorts them.
    found.sort_by(|one, other| one.name.cmp(&other.name));
    let stems = stems(found.iter().map(|found| found.name.as_str()));
    let entries = found.into_iter().zip(stems).map(|(found, stem)| TypeEntry {
        what: graph::what(set, &found.ty.kind),
        name: found.name,
        ty: found.ty,
        source: found.source,
        stem,
        users: Vec::new(),
        subjects: Vec::new(),
        released_in: Vec::new(),
    });
    let mut entries: Vec<TypeEntry> = entries.collect();
    for edge in &graph.edges {
        if let Some(entry) = entries.get_mut(edge.used) {
            entry.users.push((edge.user, edge.fields.clone()));
        }
    }
    entries
}

fn subject_entries<'s>(lock: &'s Lock, pairs: &[Pair], types: &[TypeEntry]) -> Result<Vec<SubjectEntry<'s>>, Failure> {
    let type_of_subject: BTreeMap<&str, &str> =
        pairs.iter().map(|pair| (pair.subject.as_str(), pair.type_name.as_str())).collect();
    let stems = stems(type_of_subject.keys().copied());
    let entries = type_of_subject.into_iter().zip(stems).map(|((name, type_name), stem)| {
        let releases = lock.history(name).iter().map(|locked| {
            let schema = lock.schema(name, locked.version)?;
            Ok(Release { locked, schema })
        });
        let releases = releases.collect::<Result<Vec<_>, Failure>>()?;
        let first = types.partition_point(|entry| entry.name.as_str() < type_name);
        let type_index = types.get(first).filter(|entry| entry.name == type_name).map(|_| first);
        let (name, type_name) = (name.to_owned(), type_name.to_owned());
        Ok(SubjectEntry { name, stem, type_index, type_name, releases, topic: None, changes: None })
    });
    entries.collect()
}

/// Tells each type which versions define it.
fn add_presences(types: &mut [TypeEntry], subjects: &[SubjectEntry<'_>]) {
    let index_of_name: HashMap<String, usize> =
        types.iter().enumerate().map(|(index, entry)| (entry.name.clone(), index)).collect();
    for (subject, entry) in subjects.iter().enumerate() {
        for (release, version) in entry.releases.iter().enumerate() {
            for (definition, defined) in version.schema.definitions().iter().enumerate() {
                let Some(index) = index_of_name.get(defined.name.as_str()) else { continue };
                let Some(ty) = types.get_mut(*index) else { continue };
                match ty.released_in.last_mut().filter(|presence| presence.subject == subject) {
                    Some(presence) => presence.releases.push((release, definition)),
                    None => ty.released_in.push(Presence { subject, releases: vec![(release, definition)] }),
                }
            }
        }
    }
}

/// The topics whose subjects are named by the default strategy, `TOPIC-key` and `TOPIC-value`. The strategies that put
/// the name of a type into the subject do not tell one topic from another.
fn topic_entries(subjects: &mut [SubjectEntry<'_>]) -> Vec<TopicEntry> {
    let mut parts: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, subject) in subjects.iter().enumerate() {
        let name = without_context(&subject.name);
        if let Some(topic) = name.strip_suffix("-key").filter(|topic| !topic.is_empty()) {
            parts.entry(topic.to_owned()).or_default().0.push(index);
        } else if let Some(topic) = name.strip_suffix("-value").filter(|topic| !topic.is_empty()) {
            parts.entry(topic.to_owned()).or_default().1.push(index);
        }
    }
    let stems = stems(parts.keys().map(String::as_str));
    let topics = parts.into_iter().zip(stems);
    let topics: Vec<TopicEntry> =
        topics.map(|((name, (keys, values)), stem)| TopicEntry { name, stem, keys, values }).collect();
    for (index, topic) in topics.iter().enumerate() {
        for subject in topic.keys.iter().chain(&topic.values) {
            if let Some(subject) = subjects.get_mut(*subject) {
                subject.topic = Some(index);
            }
        }
    }
    topics
}

/// `:.staging:orders-value` is `orders-value` in a context.
fn without_context(subject: &str) -> &str {
    let inside = subject.strip_prefix(":.").and_then(|rest| rest.split_once(':'));
    inside.map_or(subject, |(_, subject)| subject)
}

/// Names for files, of which no two are the same where upper and lower case are.
fn stems<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let stems = names.map(|name| {
        let plain = file_stem(name);
        let mut stem = plain.clone();
        let mut attempt = 0_usize;
        while !taken.insert(stem.to_ascii_lowercase()) {
            // A hash of the name alone, so that an address does not change with each name that is added.
            let again = if attempt == 0 { String::new() } else { format!("-{attempt}") };
            stem = format!("{plain}~{:016x}{again}", crc64_avro(name.as_bytes()));
            attempt += 1;
        }
        stem
    });
    stems.collect()
}

/// The name of a file as a part of an address. It has letters, digits, `-`, `_`, `.`, `~` and `%`.
fn in_address(stem: &str) -> String {
    stem.replace('%', "%25")
}

/// A name as a part of an anchor: letters, digits and `_` as they are, and the bytes of everything else.
pub(super) fn anchor(name: &str) -> String {
    let mut anchor = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            anchor.push(char::from(byte));
        } else {
            anchor.push_str(&format!("-{byte:02X}"));
        }
    }
    anchor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_differ_where_case_does_not_count() {
        let names = ["Order", "ORDER", "order", "order", "com.example.Order", "50%"];
        let stems = stems(names.into_iter());
        let mut lower: Vec<String> = stems.iter().map(|stem| stem.to_ascii_lowercase()).collect();
        lower.sort();
        lower.dedup();
        assert_eq!(lower.len(), names.len(), "{stems:?}");
        assert_eq!((stems[0].as_str(), stems[5].as_str()), ("Order", "50%25"));
        assert_eq!(in_address(&stems[5]), "50%2525");
    }

    #[test]
    fn anchors_are_of_plain_characters() {
        for (name, expected) in [("total_sum2", "total_sum2"), ("a b\"", "a-20b-22"), ("ö-x", "-C3-B6-2Dx")] {
            assert_eq!(anchor(name), expected);
        }
    }

    #[test]
    fn subjects_lose_their_context() {
        assert_eq!(without_context(":.staging:orders-value"), "orders-value");
        assert_eq!(without_context("orders-value"), "orders-value");
        assert_eq!(without_context(":.broken"), ":.broken");
    }
}
