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
        let stem = path_of(set, root.source).ok().and_then(|path| Path::new(path).file_stem());
        debug_assert!(stem.is_some(), "every schema comes from a file with a name");
        let name = stem.map_or_else(|| kind_name(&root.ty.kind).to_owned(), |stem| stem.to_string_lossy().into_owned());
        FoundType { name, ty: root.ty.clone(), source: root.source }
    });
    named.chain(unnamed).collect()
}

/// The path of a file of the set.
pub(crate) fn path_of(set: &SchemaSet, source: SourceId) -> Result<&str, Failure> {
    let source = set.sources().get(source.0);
    source.map(|source| source.path.as_str()).ok_or_else(|| Failure::internal("a type comes from no file"))
}

/// The name of a type without a name of its own.
pub(crate) fn kind_name(kind: &Kind) -> &'static str {
    debug_assert!(kind.name().is_some(), "a named type is shown by its name");
    kind.name().unwrap_or("named type")
}

/// The type of this name.
pub(crate) fn find(set: &SchemaSet, name: &str) -> Option<FoundType> {
    all(set).into_iter().find(|found| found.name == name)
}

/// The type of this name, which has to be there.
pub(crate) fn required(set: &SchemaSet, name: &str) -> Result<Type, Failure> {
    find(set, name).map(|found| found.ty).ok_or_else(|| unknown(set, name))
}

/// The schema of the type of this name.
pub(crate) fn schema(set: &SchemaSet, name: &str) -> Result<Schema, Failure> {
    required(set, name).map(|ty| set.schema_of(&ty))
}

/// The failure that there is no such type, with the likely one.
pub(crate) fn unknown(set: &SchemaSet, name: &str) -> Failure {
    let types = all(set);
    // The last part is what people remember.
    let same_end = types.iter().map(|found| found.name.as_str()).find(|known| known.rsplit('.').next() == Some(name));
    let near = same_end.or_else(|| closest(name, types.iter().map(|found| found.name.as_str())));
    let remedy = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let remedy = format!("{remedy}`cargo avro list` shows all types");
    Failure::refused(format!("no schema defines `{name}`"), remedy)
}
