//! The enums of unions: one for each list of branches that are not null, wherever it is.

use std::collections::HashMap;

use avro_model::{Fullname, Kind, SchemaSet, Type};

use super::{Lowering, item};
use crate::model::{External, FieldType, Item, Origin, Shape, UnionVariant};
use crate::naming::{Wanted, ident, tell_apart};

/// More branches than these are `Other` in the name of an enum.
const MOST_NAMED_BRANCHES: usize = 4;

/// A branch of a union that is not null.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Branch<'set> {
    /// Of a named type.
    name: Option<&'set Fullname>,
    ty: FieldType,
}

/// The unions that were found so far.
pub(super) struct Unions<'set> {
    /// The index of the first item of `found`.
    first_item: usize,
    enums: HashMap<Vec<Branch<'set>>, Enums>,
    /// Those that have items of their own, not being the root of a file, in the order of these items.
    found: Vec<Found<'set>>,
}

/// The enums of one list of branches: one, unless its uses were given different names.
struct Enums {
    /// The item of uses without a name, and of those with this one.
    item: usize,
    fullname: Option<String>,
    /// The items of other names.
    others: Vec<(String, usize)>,
}

/// A union that has an item of its own.
struct Found<'set> {
    branches: Vec<Branch<'set>>,
    /// The fullname that was asked for.
    fullname: Option<String>,
}

impl<'set> Unions<'set> {
    /// The items of unions follow `others`.
    pub(super) fn new(others: usize) -> Unions<'set> {
        Unions { first_item: others, enums: HashMap::new(), found: Vec::new() }
    }

    /// How many have items of their own.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// The item for these branches where `fullname` was asked for, or nothing in particular.
    fn item(&mut self, branches: Vec<Branch<'set>>, fullname: Option<String>) -> usize {
        let next_item = self.first_item + self.found.len();
        let Some(enums) = self.enums.get_mut(&branches) else {
            let enums = Enums { item: next_item, fullname: fullname.clone(), others: Vec::new() };
            self.enums.insert(branches.clone(), enums);
            self.found.push(Found { branches, fullname });
            return next_item;
        };
        let Some(asked_for) = fullname.filter(|asked_for| enums.fullname.as_ref() != Some(asked_for)) else {
            return enums.item;
        };
        if enums.fullname.is_none() {
            if let Some(found) = enums.item.checked_sub(self.first_item).and_then(|index| self.found.get_mut(index)) {
                found.fullname = Some(asked_for.clone());
            }
            enums.fullname = Some(asked_for);
            return enums.item;
        }
        if let Some((_, item)) = enums.others.iter().find(|(fullname, _)| *fullname == asked_for) {
            return *item;
        }
        enums.others.push((asked_for.clone(), next_item));
        self.found.push(Found { branches, fullname: Some(asked_for) });
        next_item
    }

    /// The items of the unions that are not among `others`, which are the items before them. Only the first `used` are
    /// used by types that are generated.
    pub(super) fn into_items(self, set: &'set SchemaSet, others: &[Item<'set>], used: usize) -> Vec<Item<'set>> {
        let naming = Naming { set, others, unions: &self.found };
        let mut fullnames: Vec<String> = self.found.iter().map(|found| naming.fullname(found)).collect();
        naming.tell_apart(&mut fullnames[..used]);
        let items = self.found.iter().zip(fullnames).enumerate();
        let items = items.map(|(index, (found, fullname))| {
            let union = item(Origin::Union { is_named: found.fullname.is_some() }, fullname, shape(&found.branches));
            let external = (index >= used).then(External::default);
            Item { external, ..union }
        });
        items.collect()
    }
}

impl<'set> Lowering<'set, '_> {
    /// The type of a union in another type.
    pub(super) fn union(&mut self, branches: &'set [Type]) -> FieldType {
        let null_branch = branches.iter().position(|branch| branch.kind == Kind::Null);
        let value = match (null_branch, self.branches(branches)) {
            // Null alone.
            (Some(_), values) if values.is_empty() => return FieldType::Sole(Box::new(self.null())),
            (_, values) => match <[Branch<'_>; 1]>::try_from(values) {
                Ok([sole]) => sole.ty,
                Err(values) => {
                    let fullname = self.union_fullname();
                    let item = self.unions.item(values, fullname);
                    self.item(item, "union")
                }
            },
        };
        match null_branch {
            Some(null_branch) => FieldType::Nullable { null_branch, value: Box::new(value) },
            None if branches.len() == 1 => FieldType::Sole(Box::new(value)),
            None => value,
        }
    }

    /// The shape of a union that is the schema of a file, which is to be the item `item`.
    pub(super) fn root_union(&mut self, branches: &'set [Type], item: usize) -> Shape<'set> {
        let has_null = branches.iter().any(|branch| branch.kind == Kind::Null);
        if has_null || branches.len() == 1 {
            return Shape::Newtype { of: self.union(branches) };
        }
        let values = self.branches(branches);
        if let Some(enums) = self.unions.enums.get(&values) {
            let item = enums.item;
            return Shape::Newtype { of: self.item(item, "union") };
        }
        let shape = shape(&values);
        // The file is what names it.
        let fullname = Some(self.walk.path().to_owned());
        self.unions.enums.insert(values, Enums { item, fullname, others: Vec::new() });
        shape
    }

    /// The fullname that was asked for the union at this place: in the namespace of the type where the place is.
    fn union_fullname(&self) -> Option<String> {
        let place = self.place("union");
        let name = self.choices.union_name(place)?;
        Some(match place.path[..place.type_length].rsplit_once('.') {
            Some((namespace, _)) => format!("{namespace}.{name}"),
            None => name.to_owned(),
        })
    }

    /// The branches that are not null.
    fn branches(&mut self, branches: &'set [Type]) -> Vec<Branch<'set>> {
        let values = branches.iter().filter(|branch| branch.kind != Kind::Null);
        let values = values.map(|branch| {
            let name = match branch.kind {
                Kind::Named(id) => Some(&self.set.definition(id).name),
                _ => None,
            };
            // Null takes no step: an optional value is where the field is.
            let is_alone = branches.iter().filter(|branch| branch.kind != Kind::Null).count() == 1;
            let ty = match (is_alone, name.map_or_else(|| branch.kind.name(), |name| Some(name.name()))) {
                (false, Some(step)) => self.at(step, |lowering| lowering.field_type(branch)),
                _ => self.field_type(branch),
            };
            Branch { name, ty }
        });
        values.collect()
    }
}

/// The enum of these branches.
fn shape<'set>(branches: &[Branch<'set>]) -> Shape<'set> {
    let wishes =
        branches.iter().zip(variant_names(branches)).map(|(branch, name)| Wanted::new(short_name(branch), name));
    let variants = branches.iter().zip(tell_apart(wishes.collect(), ""));
    let variants = variants.map(|(branch, name)| {
        let avro_name = branch.name.map_or_else(|| unnamed(&branch.ty).to_owned(), ToString::to_string);
        UnionVariant { name, branch: avro_name, ty: branch.ty.clone() }
    });
    Shape::Union { variants: variants.collect() }
}

/// The variants' names: those of the branches. Named types that are called alike are told apart by as much of their
/// namespaces as it takes.
fn variant_names(branches: &[Branch<'_>]) -> Vec<String> {
    let name_of = |branch: &Branch<'_>, segments: usize| match branch.name {
        Some(fullname) => {
            let namespace: Vec<&str> = fullname.namespace().unwrap_or_default().split('.').collect();
            let used = &namespace[namespace.len().saturating_sub(segments)..];
            used.iter().chain([&fullname.name()]).map(|part| ident::type_name(part)).collect()
        }
        None => ident::variant_name(short_name(branch)),
    };
    let mut names: Vec<String> = branches.iter().map(|branch| name_of(branch, 0)).collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    names.iter().for_each(|name| *count.entry(name).or_default() += 1);
    let alike: Vec<Vec<usize>> = count
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|(alike, _)| {
            (0..names.len()).filter(|index| names[*index] == **alike && branches[*index].name.is_some()).collect()
        })
        .collect();
    for group in alike {
        let longest = group
            .iter()
            .filter_map(|&index| branches[index].name?.namespace())
            .map(|name| name.split('.').count())
            .max();
        for segments in 1..=longest.unwrap_or(0) {
            let longer: Vec<String> = group.iter().map(|&index| name_of(&branches[index], segments)).collect();
            let is_distinct = (1..longer.len()).all(|index| !longer[..index].contains(&longer[index]));
            if is_distinct && group.len() > 1 {
                group.iter().zip(longer).for_each(|(&index, name)| names[index] = name);
                break;
            }
        }
    }
    names
}

/// What a branch is called in Avro, without a namespace; of a logical type, the name of that.
fn short_name<'b>(branch: &'b Branch<'_>) -> &'b str {
    match (branch.name, branch.ty.without_own()) {
        (Some(name), _) => name.name(),
        (None, FieldType::Leaf(leaf)) => leaf.encoding.kind(),
        (None, unnamed_type) => unnamed(unnamed_type),
    }
}

/// The name of a branch without a name of its own, which is the name of its kind.
fn unnamed(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Leaf(leaf) => leaf.encoding.underlying().kind(),
        FieldType::Array(_) => "array",
        FieldType::Map { .. } => "map",
        FieldType::Own { of, .. } => unnamed(of),
        FieldType::Nullable { .. } | FieldType::Sole(_) | FieldType::Item { .. } => "union",
    }
}

/// Names for enums, made of what is in the union.
struct Naming<'n, 'set> {
    set: &'set SchemaSet,
    others: &'n [Item<'set>],
    /// What the items behind the others are.
    unions: &'n [Found<'set>],
}

impl Naming<'_, '_> {
    /// What was asked for, or a name made of the branches in the namespace of the first one that has one.
    fn fullname(&self, Found { branches, fullname }: &Found<'_>) -> String {
        if let Some(fullname) = fullname {
            return fullname.clone();
        }
        let namespace = branches.iter().find_map(|branch| branch.name).and_then(Fullname::namespace);
        let name = self.name(branches);
        match namespace {
            Some(namespace) => format!("{namespace}.{name}"),
            None => name,
        }
    }

    fn name(&self, branches: &[Branch<'_>]) -> String {
        if branches.is_empty() {
            return "EmptyUnion".to_owned();
        }
        let parts =
            branches.iter().zip(variant_names(branches)).map(|(branch, variant)| match branch.ty.without_own() {
                FieldType::Array(_) | FieldType::Map { .. } => self.part(&branch.ty),
                _ => variant,
            });
        let mut parts: Vec<String> = parts.take(MOST_NAMED_BRANCHES).collect();
        if branches.len() > MOST_NAMED_BRANCHES {
            parts.push("Other".to_owned());
        }
        parts.join("Or")
    }

    /// The name of a type inside of the name of a union.
    fn part(&self, ty: &FieldType) -> String {
        match ty {
            FieldType::Leaf(leaf) => ident::variant_name(leaf.encoding.kind()),
            FieldType::Array(items) => self.part(items) + "Array",
            FieldType::Map { values, .. } => self.part(values) + "Map",
            FieldType::Nullable { value: inner, .. } | FieldType::Sole(inner) | FieldType::Own { of: inner, .. } => {
                self.part(inner)
            }
            FieldType::Item { item, .. } => match (self.others.get(*item), item.checked_sub(self.others.len())) {
                (Some(item), _) => ident::type_name(item.avro_name()),
                (None, union) => {
                    let union = union.and_then(|union| self.unions.get(union));
                    debug_assert!(union.is_some(), "an item that is neither a union nor anything else");
                    union.map_or_else(String::new, |union| self.name(&union.branches))
                }
            },
        }
    }

    /// Numbers names that are one, in the order of all that there is to say about the types.
    fn tell_apart(&self, fullnames: &mut [String]) {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, fullname) in fullnames.iter().enumerate() {
            by_name.entry(fullname.clone()).or_default().push(index);
        }
        for mut alike in by_name.into_values().filter(|alike| alike.len() > 1) {
            alike.sort_by_cached_key(|&index| {
                self.unions[index].branches.iter().map(|branch| self.signature(branch)).collect::<Vec<_>>()
            });
            for (number, &index) in (2..).zip(&alike[1..]) {
                fullnames[index].push_str(&format!(
                    "{}{number}",
                    if fullnames[index].ends_with(|last: char| last.is_ascii_digit()) { "_" } else { "" }
                ));
            }
        }
    }

    fn signature(&self, branch: &Branch<'_>) -> String {
        let name = branch.name.map_or("", Fullname::as_str);
        format!("{name} {}", self.type_signature(&branch.ty))
    }

    /// A text that tells types apart and does not depend on the order of files.
    fn type_signature(&self, ty: &FieldType) -> String {
        match ty {
            FieldType::Leaf(leaf) => format!("{} {}", leaf.encoding.marker(), leaf.rust.path("")),
            FieldType::Array(items) => format!("[{}]", self.type_signature(items)),
            FieldType::Map { container, values } => format!("{container:?}{{{}}}", self.type_signature(values)),
            FieldType::Own { ty, of } => format!("{ty} as {}", self.type_signature(of)),
            FieldType::Nullable { null_branch, value } => format!("{null_branch}?{}", self.type_signature(value)),
            FieldType::Sole(value) => format!("={}", self.type_signature(value)),
            FieldType::Item { item, pointer } => match self.set.definitions().get(*item) {
                Some(definition) => format!("{}{pointer:?}", definition.name),
                None => self.part(ty),
            },
        }
    }
}
