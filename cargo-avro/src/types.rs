//! The types of schema files, by the names that people use for them.

use std::path::Path;

use avro_model::{Kind, Schema, SchemaSet, SourceId, Type, closest};

use crate::failure::Failure;

/// A type of schema files.
pub(crate) struct FoundType {
    /// Its fullname; of a schema without a name, that of its file, without the extension.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) source: SourceId,
}

/// Every type that has a name, and the schema of every file whose schema has none.
pub(crate) fn all(set: &SchemaSet) -> Vec<FoundType> {
    let named = set.ids().map(|id| {
        let definition = set.definition(id);
        let ty = Type::plain(Kind::Named(id));
        FoundType { name: definition.name.to_string(), ty, source: definition.origin.source }
    });
    let unnamed = set.roots().iter().filter(|root| !matches!(root.ty.kind, Kind::Named(_))).map(|root| {
        let path = set.sources().get(root.source.0).map_or("", |source| source.path.as_str());
        let stem = Path::new(path).file_stem().unwrap_or_default();
        FoundType { name: stem.to_string_lossy().into_owned(), ty: root.ty.clone(), source: root.source }
    });
    named.chain(unnamed).collect()
}

/// The type of this name.
pub(crate) fn find(set: &SchemaSet, name: &str) -> Option<FoundType> {
    all(set).into_iter().find(|found| found.name == name)
}

/// The schema of the type of this name.
pub(crate) fn schema(set: &SchemaSet, name: &str) -> Result<Schema, Failure> {
    find(set, name).map(|found| set.schema_of(&found.ty)).ok_or_else(|| unknown(set, name))
}

/// That there is no such type, and which one may be meant.
pub(crate) fn unknown(set: &SchemaSet, name: &str) -> Failure {
    let types = all(set);
    // The last part is what people remember.
    let same_end = types.iter().map(|found| found.name.as_str()).find(|known| known.rsplit('.').next() == Some(name));
    let near = same_end.or_else(|| closest(name, types.iter().map(|found| found.name.as_str())));
    let remedy = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let remedy = format!("{remedy}`cargo avro list` shows what there is");
    Failure::refused(format!("no schema defines `{name}`"), remedy)
}
