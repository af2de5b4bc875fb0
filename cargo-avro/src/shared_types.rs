//! Schemas in the order in which they can be registered, with the types that several of them share.

use std::collections::BTreeMap;

use avro_build::lock::{Lock, LockedReference};
use avro_model::{Kind, Schema, SchemaSet, Type};
use clap::Args;

use crate::failure::Failure;
use crate::subjects::{Pair, SubjectArguments};
use crate::types;

#[derive(Args, Clone, Default)]
pub(crate) struct SharedTypeArguments {
    /// Register the types that several schemas use under subjects of their own, named like the types, and let the
    /// schemas refer to them [default: as the newest version of the subject in the lock].
    #[arg(long)]
    references: bool,
    /// A type that gets a subject of its own [default: its name], whoever uses it; may be given several times.
    #[arg(long = "reference", value_name = "TYPE[=SUBJECT]")]
    apart: Vec<String>,
}

/// A schema to register.
pub(crate) struct Planned {
    pub(crate) pair: Pair,
    /// Complete.
    pub(crate) schema: Schema,
    /// In which the types of references are only named.
    pub(crate) text: String,
    /// What the text refers to: places in the list, which are before its own.
    pub(crate) references: Vec<usize>,
}

impl Planned {
    /// The references, once the versions of all of them are known.
    pub(crate) fn references(&self, plan: &[Planned], versions: &[Option<u32>]) -> Option<Vec<LockedReference>> {
        let references = self.references.iter().map(|place| {
            let Pair { type_name, subject } = &plan.get(*place)?.pair;
            Some(LockedReference::new(type_name, subject, (*versions.get(*place)?)?))
        });
        references.collect()
    }
}

impl SharedTypeArguments {
    /// The schemas of `pairs`, after those that they refer to.
    pub(crate) fn plan(
        &self,
        pairs: &[Pair],
        set: &SchemaSet,
        lock: &Lock,
        subjects: &SubjectArguments,
    ) -> Result<Vec<Planned>, Failure> {
        let types = pairs.iter().map(|pair| types::required(set, &pair.type_name)).collect::<Result<Vec<_>, _>>()?;
        let apart = self.apart(set)?;
        let refers = |pair: &Pair| lock.newest(&pair.subject).is_some_and(|newest| !newest.references.is_empty());
        if !self.references && apart.is_empty() && !pairs.iter().any(refers) {
            let alone = pairs.iter().zip(types).map(|(pair, ty)| {
                let schema = set.schema_of(&ty);
                Planned { pair: pair.clone(), text: schema.to_json(), schema, references: Vec::new() }
            });
            return Ok(alone.collect());
        }
        // What is shared does not depend on which of the schemas are registered this time.
        let mut roots = pairs.to_vec();
        let mut root_types = types;
        for pair in subjects.known(lock)? {
            if let Some(found) = types::find(set, &pair.type_name).filter(|_| !roots.contains(&pair)) {
                roots.push(pair);
                root_types.push(found.ty);
            }
        }
        let all = split(set, &roots, &root_types, &apart);
        Ok(only_wanted(all, pairs))
    }

    /// The types that are apart by their names, and their subjects.
    fn apart(&self, set: &SchemaSet) -> Result<BTreeMap<String, String>, Failure> {
        let apart = self.apart.iter().map(|given| {
            let (name, subject) = given.split_once('=').unwrap_or((given, given));
            let ty = types::required(set, name)?;
            if !matches!(ty.kind, Kind::Named(_)) {
                return Err(Failure::usage(
                    format!("--reference {given}: only records, enums and fixed types can be referred to"),
                    "name one of the types that it uses",
                ));
            }
            Ok((name.to_owned(), subject.to_owned()))
        });
        apart.collect()
    }
}

fn split(set: &SchemaSet, roots: &[Pair], root_types: &[Type], apart: &BTreeMap<String, String>) -> Vec<Planned> {
    let root_types: Vec<&Type> = root_types.iter().collect();
    let parts = set.parts(&root_types, |definition| apart.contains_key(definition.name.as_str()));
    let planned = parts.into_iter().map(|part| {
        let root = part.root.and_then(|root| roots.get(root).cloned().zip(root_types.get(root).copied().cloned()));
        let (pair, ty) = root.unwrap_or_else(|| {
            let type_name = part.name.map(|name| name.to_string()).unwrap_or_default();
            let subject = apart.get(&type_name).cloned().unwrap_or_else(|| type_name.clone());
            let found = types::find(set, &type_name);
            debug_assert!(found.is_some(), "what roots share is a named type of the set");
            (Pair { type_name, subject }, found.map_or(Type::plain(Kind::Null), |found| found.ty))
        });
        Planned { pair, schema: set.schema_of(&ty), text: part.json, references: part.references }
    });
    planned.collect()
}

/// The wanted schemas and what they refer to, in the same order.
fn only_wanted(all: Vec<Planned>, pairs: &[Pair]) -> Vec<Planned> {
    let mut is_wanted: Vec<bool> = all.iter().map(|planned| pairs.contains(&planned.pair)).collect();
    for (place, planned) in all.iter().enumerate().rev() {
        if is_wanted.get(place) == Some(&true) {
            planned.references.iter().for_each(|used| is_wanted[*used] = true);
        }
    }
    let mut new_places = Vec::with_capacity(all.len());
    let mut wanted = Vec::new();
    for (mut planned, is_wanted) in all.into_iter().zip(is_wanted) {
        new_places.push(wanted.len());
        if is_wanted {
            planned.references.iter_mut().for_each(|used| *used = new_places[*used]);
            wanted.push(planned);
        }
    }
    wanted
}
