//! Schemas that share types, each with a text of its own, which is what registries call references.

use std::collections::BTreeSet;

use crate::graph::components;
use crate::name::Fullname;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Kind, Schema, Type};
use crate::set::{SchemaSet, schema_of, uses};

/// One of several schemas that refer to each other. From [`SchemaSet::parts`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaPart {
    /// Which of the roots it is the schema of; `None` for a type that roots share.
    pub root: Option<usize>,
    /// The fullname of its type, if that has one.
    pub name: Option<Fullname>,
    /// Its JSON as [`Schema::to_json`](crate::Schema::to_json) has it. The types of other parts are only named in it.
    pub json: String,
    /// Where the parts whose types it names are in the list. All of them precede it.
    pub references: Vec<usize>,
}

impl SchemaSet {
    /// Splits the schemas of `roots`, types of this set, so that no type is defined twice. A named type has a part of
    /// its own when it is a root, when `is_apart`, or when several other parts use it; all others are defined where
    /// they are used first. Parts come after those that they refer to.
    ///
    /// Types that contain each other stay together, since registries have no references in circles: they are defined in
    /// the part of each root among them, and others refer to the first of these.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source};
    ///
    /// let source = |path: &str, text: &str| Source::new(path, text);
    /// let set = SchemaSet::parse(vec![
    ///     source("money.avsc", r#"{"type": "fixed", "name": "Money", "size": 8}"#),
    ///     source("order.avsc", r#"{"type": "record", "name": "Order", "fields": [{"name": "sum", "type": "Money"}]}"#),
    ///     source("refund.avsc", r#"{"type": "record", "name": "Refund", "fields": [{"name": "sum", "type": "Money"}]}"#),
    /// ])?;
    /// let parts = set.parts(&[&set.roots()[1].ty, &set.roots()[2].ty], |_| false);
    /// let texts: Vec<&str> = parts.iter().map(|part| part.json.as_str()).collect();
    /// assert_eq!(texts[0], r#"{"type":"fixed","name":"Money","size":8}"#);
    /// assert!(texts[1].contains(r#"{"name":"sum","type":"Money"}"#));
    /// assert_eq!((&parts[1].references, &parts[2].references), (&vec![0], &vec![0]));
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn parts(&self, roots: &[&Type], is_apart: impl Fn(&Definition) -> bool) -> Vec<SchemaPart> {
        parts(self.definitions(), roots, is_apart)
    }
}

impl Schema {
    /// The same for one schema: each named type that `is_apart` has a part of its own, and so have the types that
    /// several parts use. The schema itself is the last part. See [`SchemaSet::parts`].
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let schema = Schema::parse(r#"{"type": "array", "items": {"type": "fixed", "name": "a.F", "size": 2}}"#)?;
    /// let parts = schema.parts(|definition| definition.name.as_str() == "a.F");
    /// assert_eq!(parts[0].json, r#"{"type":"fixed","name":"F","namespace":"a","size":2}"#);
    /// assert_eq!(parts[1].json, r#"{"type":"array","items":"a.F"}"#);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn parts(&self, is_apart: impl Fn(&Definition) -> bool) -> Vec<SchemaPart> {
        parts(self.definitions(), &[self.root()], is_apart)
    }
}

fn parts(definitions: &[Definition], roots: &[&Type], is_apart: impl Fn(&Definition) -> bool) -> Vec<SchemaPart> {
    let mut split = Split::new(definitions, roots);
    split.divide(is_apart);
    split.finish()
}

/// Which parts use a component of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Users {
    None,
    One(usize),
    Several,
}

/// A part while it is found.
struct Part {
    /// The roots that are of it, or the one type that it is called by.
    heads: Vec<Head>,
    members: Vec<DefinitionId>,
}

#[derive(Clone, Copy)]
enum Head {
    Root(usize),
    Shared(DefinitionId),
}

struct Split<'s> {
    definitions: &'s [Definition],
    roots: &'s [&'s Type],
    /// The types that each type names.
    edges: Vec<Vec<usize>>,
    component: Vec<usize>,
    /// The types of each component.
    members: Vec<Vec<usize>>,
    users: Vec<Users>,
    /// The part that defines each type; `None` where no root reaches it.
    part_of: Vec<Option<usize>>,
    /// Users before those that they use.
    parts: Vec<Part>,
}

impl<'s> Split<'s> {
    fn new(definitions: &'s [Definition], roots: &'s [&'s Type]) -> Split<'s> {
        let edges: Vec<Vec<usize>> = definitions.iter().map(named_in_definition).collect();
        let component = components(&edges);
        let mut members = vec![Vec::new(); component.iter().max().map_or(0, |last| last + 1)];
        for (index, component) in component.iter().enumerate() {
            members[*component].push(index);
        }
        let users = vec![Users::None; members.len()];
        let part_of = vec![None; edges.len()];
        Split { definitions, roots, edges, component, members, users, part_of, parts: Vec::new() }
    }

    fn divide(&mut self, is_apart: impl Fn(&Definition) -> bool) {
        let mut roots_of = vec![Vec::new(); self.members.len()];
        for (number, root) in self.roots.iter().enumerate() {
            match root.kind {
                Kind::Named(id) => roots_of[self.component[id.index()]].push(number),
                // It has no name by which others could refer to it.
                _ => {
                    let part = self.open(vec![Head::Root(number)]);
                    named_in(root).into_iter().for_each(|used| self.used_by(used, part));
                }
            }
        }
        // Components are numbered so that those that are used come before their users.
        for component in (0..self.members.len()).rev() {
            let members = std::mem::take(&mut self.members[component]);
            let mut apart = members.iter().copied().filter(|index| is_apart(&self.definitions[*index]));
            let apart = apart.next().filter(|_| self.users[component] != Users::None);
            let part = match (self.users[component], apart.or(members.first().copied())) {
                _ if !roots_of[component].is_empty() => {
                    self.open(roots_of[component].iter().copied().map(Head::Root).collect())
                }
                (Users::One(part), _) if apart.is_none() => part,
                (Users::One(_) | Users::Several, Some(head)) => match DefinitionId::from_index(head) {
                    Some(id) => self.open(vec![Head::Shared(id)]),
                    None => continue,
                },
                (Users::None | Users::One(_) | Users::Several, _) => continue,
            };
            for index in &members {
                self.part_of[*index] = Some(part);
                self.parts[part].members.extend(DefinitionId::from_index(*index));
            }
            for index in members {
                for used in std::mem::take(&mut self.edges[index]) {
                    self.used_by(used, part);
                }
            }
        }
    }

    fn open(&mut self, heads: Vec<Head>) -> usize {
        self.parts.push(Part { heads, members: Vec::new() });
        self.parts.len() - 1
    }

    fn used_by(&mut self, used: usize, part: usize) {
        let users = &mut self.users[self.component[used]];
        *users = match *users {
            Users::None => Users::One(part),
            Users::One(other) if other == part => Users::One(part),
            Users::One(_) | Users::Several => Users::Several,
        };
    }

    fn finish(self) -> Vec<SchemaPart> {
        let mut finished = Vec::new();
        // Where others find each part.
        let mut place_of = vec![0; self.parts.len()];
        for (number, part) in self.parts.iter().enumerate().rev() {
            place_of[number] = finished.len();
            for head in &part.heads {
                let ty = match head {
                    Head::Root(root) => self.roots[*root].clone(),
                    Head::Shared(id) => Type::plain(Kind::Named(*id)),
                };
                let schema = schema_of(self.definitions, &ty);
                let own: BTreeSet<&str> =
                    part.members.iter().map(|id| self.definitions[id.index()].name.as_str()).collect();
                let json = schema.to_json_without(|definition| !own.contains(definition.name.as_str()));
                let mut references = BTreeSet::new();
                let members = part.members.iter().map(|id| named_in_definition(&self.definitions[id.index()]));
                for used in members.chain([named_in(&ty)]).flatten() {
                    references.extend(self.part_of[used].filter(|other| *other != number).map(|other| place_of[other]));
                }
                finished.push(SchemaPart {
                    root: match head {
                        Head::Root(root) => Some(*root),
                        Head::Shared(_) => None,
                    },
                    name: schema.fullname().cloned(),
                    json,
                    references: references.into_iter().collect(),
                });
            }
        }
        finished
    }
}

/// The types that a definition names, directly.
fn named_in_definition(definition: &Definition) -> Vec<usize> {
    match &definition.kind {
        DefinitionKind::Record(record) => record.fields.iter().flat_map(|field| named_in(&field.ty)).collect(),
        DefinitionKind::Enum(_) | DefinitionKind::Fixed { .. } => Vec::new(),
    }
}

fn named_in(ty: &Type) -> Vec<usize> {
    let mut found = Vec::new();
    uses(ty, &mut found);
    found.into_iter().map(DefinitionId::index).collect()
}
