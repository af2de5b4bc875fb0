//! Modules for namespaces, and the names of everything in them.

use std::collections::{BTreeMap, HashSet};

use super::{Rank, Wanted, ident, tell_apart};
use crate::model::{Item, Model, Module, Origin, Shape};

/// Puts every type into the module of its namespace, and names types and modules.
pub(crate) fn place_and_name(model: &mut Model<'_>, has_views: bool) {
    let (root, names) = names(&model.items, has_views, |item| item.external.is_none());
    model.root = root;
    for (item, named) in model.items.iter_mut().zip(names) {
        if let Some(named) = named {
            (item.name, item.module) = (named.name, named.module);
            (item.required_name, item.view_name) = (named.required_name, named.view_name);
        }
    }
    // Where others were generated, these here were not among them, so that the names are told apart without these.
    let (_, names) =
        self::names(&model.items, has_views, |item| item.external.as_ref().is_some_and(|it| it.names_below > 0));
    for (item, named) in model.items.iter_mut().zip(names) {
        let (Some(external), Some(named)) = (&mut item.external, named) else { continue };
        let path: Vec<String> = named.module.into_iter().chain([named.name]).collect();
        for name in &path[path.len().saturating_sub(external.names_below)..] {
            external.path.push_str("::");
            external.path.push_str(name);
        }
    }
}

/// The modules of the items for which `is_meant` holds, and the names of these items.
fn names(items: &[Item<'_>], has_views: bool, is_meant: impl Fn(&Item<'_>) -> bool) -> (Module, Vec<Option<Named>>) {
    let mut root = Namespace::default();
    for (index, item) in items.iter().enumerate().filter(|(_, item)| is_meant(item)) {
        let mut namespace = &mut root;
        if let Some((path, _)) = item.fullname.rsplit_once('.') {
            for segment in path.split('.').filter(|segment| !segment.is_empty()) {
                namespace = namespace.inner.entry(segment).or_default();
            }
        }
        namespace.items.push(index);
    }
    let mut names = Names { of_items: vec![None; items.len()], has_views };
    let root = names.module(items, root, Module::default(), &[]);
    (root, names.of_items)
}

#[derive(Default)]
struct Namespace<'n> {
    items: Vec<usize>,
    inner: BTreeMap<&'n str, Namespace<'n>>,
}

#[derive(Clone)]
struct Named {
    name: String,
    required_name: Option<String>,
    view_name: Option<String>,
    module: Vec<String>,
}

struct Names {
    of_items: Vec<Option<Named>>,
    has_views: bool,
}

impl Names {
    /// `module` with what `namespace` has; `path` leads to it.
    fn module(&mut self, items: &[Item<'_>], namespace: Namespace<'_>, module: Module, path: &[String]) -> Module {
        let type_names = self.types(items, &namespace.items, path);
        let wishes = namespace.inner.keys().map(|segment| Wanted::new(segment, ident::module_name(segment)));
        let mut module_names = tell_apart(wishes.collect(), "_");
        for index in 0..module_names.len() {
            let mut name = module_names[index].clone();
            while type_names.contains(&name) || (name != module_names[index] && module_names.contains(&name)) {
                name = name.trim_start_matches("r#").to_owned() + "_";
            }
            module_names[index] = name;
        }
        let mut modules = Vec::with_capacity(module_names.len());
        for ((segment, inner), name) in namespace.inner.into_iter().zip(module_names) {
            let path: Vec<String> = path.iter().chain([&name]).cloned().collect();
            let namespace = match module.namespace.as_str() {
                "" => segment.to_owned(),
                outer => format!("{outer}.{segment}"),
            };
            modules.push(self.module(items, inner, Module { name, namespace, ..Module::default() }, &path));
        }
        let mut listed = namespace.items;
        // Definitions are in the order of the schemas; what has no place there follows by name.
        listed.sort_by_key(|&item| match items[item].origin {
            Origin::Definition { .. } => (item, None),
            Origin::Root(_) | Origin::Union { .. } => {
                (usize::MAX, self.of_items[item].as_ref().map(|named| named.name.clone()))
            }
        });
        Module { items: listed, modules, ..module }
    }

    /// Names the types of one module, and gives all names that it has then.
    fn types(&mut self, items: &[Item<'_>], members: &[usize], path: &[String]) -> HashSet<String> {
        let mut by_name = members.to_vec();
        by_name.sort_by(|one, other| items[*one].fullname.cmp(&items[*other].fullname));
        let wishes = by_name.iter().map(|&item| wish(&items[item]));
        let with_required: Vec<usize> = by_name.iter().copied().filter(|&item| has_required(&items[item])).collect();
        let has_view = |item: &Item<'_>| self.has_views && item.facts.has_view;
        let with_view: Vec<usize> = by_name.iter().copied().filter(|&item| has_view(&items[item])).collect();
        let made_up = |item: usize, ending: &str, rank| Wanted {
            name: ident::type_name(items[item].avro_name()).trim_end_matches('_').to_owned() + ending,
            rank,
        };
        let required = with_required.iter().map(|&item| made_up(item, "Required", Rank::Required));
        let views = with_view.iter().map(|&item| made_up(item, "Ref", Rank::View));
        let names = tell_apart(wishes.chain(required).chain(views).collect(), "");
        let all_names = names.iter().cloned().collect();
        let (names, others) = names.split_at(by_name.len());
        let (required_names, view_names) = others.split_at(with_required.len());
        for (&item, name) in by_name.iter().zip(names) {
            let named = Named { name: name.clone(), required_name: None, view_name: None, module: path.to_vec() };
            self.of_items[item] = Some(named);
        }
        for (&item, name) in with_view.iter().zip(view_names) {
            if let Some(named) = &mut self.of_items[item] {
                named.view_name = Some(name.clone());
            }
        }
        for (&item, name) in with_required.iter().zip(required_names) {
            if let Some(named) = &mut self.of_items[item] {
                named.required_name = Some(name.clone());
            }
        }
        all_names
    }
}

fn wish(item: &Item<'_>) -> Wanted {
    match item.origin {
        Origin::Definition { .. } => Wanted::new(item.avro_name(), ident::type_name(item.avro_name())),
        Origin::Root(_) => Wanted { name: item.avro_name().to_owned(), rank: Rank::File },
        Origin::Union { is_named: true } => Wanted { name: item.avro_name().to_owned(), rank: Rank::Spelled },
        Origin::Union { is_named: false } => Wanted { name: item.avro_name().to_owned(), rank: Rank::Union },
    }
}

/// Whether some of its fields have a default and some do not.
fn has_required(item: &Item<'_>) -> bool {
    let Shape::Record { fields } = &item.shape else { return false };
    fields.iter().any(|field| field.default.is_some()) && fields.iter().any(|field| field.default.is_none())
}
