//! What a lock calls the types of a set.

use std::collections::HashMap;

use avro_codegen::TypeId;
use avro_model::{DefinitionId, Kind, Leniency, Root, Schema, SchemaSet, SourceId};

use super::LockedVersion;

/// What a lock file calls the type of `root`, one of the roots of `set`: its fullname; for a schema without a name the
/// name of the file, without the extension.
#[must_use]
pub fn type_name_of(set: &SchemaSet, root: &Root) -> String {
    match root.ty.kind {
        Kind::Named(id) => set.definition(id).name.to_string(),
        _ => stem(set, root.source).to_owned(),
    }
}

/// The name of the file of a source, without the extension.
fn stem(set: &SchemaSet, source: SourceId) -> &str {
    let source = set.sources().get(source.0);
    debug_assert!(source.is_some(), "a source of another set");
    let path = source.map_or("", |source| source.path.as_str());
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// What a lock calls a type.
pub(crate) fn name_of(id: TypeId, set: &SchemaSet) -> String {
    match id {
        TypeId::Definition(id) => set.definition(id).name.to_string(),
        TypeId::Root(source) => stem(set, source).to_owned(),
    }
}

/// The types of a set, by what a lock calls them.
pub(crate) struct Types<'set> {
    by_fullname: HashMap<&'set str, DefinitionId>,
    by_alias: HashMap<&'set str, DefinitionId>,
    by_file: HashMap<&'set str, SourceId>,
}

impl<'set> Types<'set> {
    pub(crate) fn new(set: &'set SchemaSet) -> Types<'set> {
        let mut types = Types { by_fullname: HashMap::new(), by_alias: HashMap::new(), by_file: HashMap::new() };
        for (id, definition) in set.ids().zip(set.definitions()) {
            types.by_fullname.insert(definition.name.as_str(), id);
            for alias in &definition.aliases {
                types.by_alias.entry(alias.as_str()).or_insert(id);
            }
        }
        for root in set.roots().iter().filter(|root| !matches!(root.ty.kind, Kind::Named(_))) {
            types.by_file.entry(stem(set, root.source)).or_insert(root.source);
        }
        types
    }

    /// The type of that fullname, or of the file of that name.
    pub(crate) fn find(&self, name: &str) -> Option<TypeId> {
        let definition = self.by_fullname.get(name).map(|id| TypeId::Definition(*id));
        definition.or_else(|| self.by_file.get(name).map(|source| TypeId::Root(*source)))
    }

    /// The type that a version was of.
    pub(super) fn find_released(&self, version: &LockedVersion) -> Option<TypeId> {
        let name = version.type_name.as_str();
        let by_alias = || self.by_alias.get(name).map(|id| TypeId::Definition(*id));
        match (self.by_fullname.get(name), self.by_file.get(name)) {
            // A type of the null namespace may be called like a file.
            (Some(_), Some(source)) if !is_named(&version.schema) => Some(TypeId::Root(*source)),
            (Some(id), _) => Some(TypeId::Definition(*id)),
            (None, Some(source)) => by_alias().or(Some(TypeId::Root(*source))),
            (None, None) => by_alias(),
        }
    }

    /// What could have been meant by a name that is not there.
    pub(crate) fn closest(&self, name: &str) -> Option<&str> {
        avro_model::closest(name, self.by_fullname.keys().chain(self.by_file.keys()).copied())
    }
}

/// Whether the schema has a name of its own. One that is wrong counts as such; linking reports what is wrong with it.
fn is_named(schema: &str) -> bool {
    Schema::parse_leniently(schema, Leniency::ALL).map_or(true, |schema| schema.fullname().is_some())
}
