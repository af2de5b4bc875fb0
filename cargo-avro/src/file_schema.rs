//! The one schema that a file is about.

use std::path::{Path, PathBuf};

use avro_build::lock::type_name_of;
use avro_build::{Config, load_files};
use avro_model::{Code, DefinitionId, Kind, Leniency, Schema, SchemaSet, SourceId, Type};

use crate::failure::Failure;
use crate::types;

/// The schema of a file; of one with several types that of `type_name`. It may be one that data was written with,
/// whatever is wrong with it.
pub(crate) fn schema_of_file(path: &Path, type_name: Option<&str>) -> Result<Schema, Failure> {
    let (set, name) = load(path, type_name)?;
    types::schema(&set, &name)
}

/// The file with what it needs, and the name of the type that it is about.
pub(crate) fn load(path: &Path, type_name: Option<&str>) -> Result<(SchemaSet, String), Failure> {
    let set = with_others_of_folder(path)?;
    let name = match type_name {
        Some(name) => name.to_owned(),
        None => main_type(&set, path)?,
    };
    Ok((set, name))
}

/// A file, with the others of its folder if it needs them.
fn with_others_of_folder(path: &Path) -> Result<SchemaSet, Failure> {
    match load_files(&[path.to_owned()], &[], Leniency::ALL) {
        Err(avro_build::Error::Schemas(diagnostics))
            if diagnostics.list.iter().any(|diagnostic| diagnostic.code == Code::UNKNOWN_TYPE) =>
        {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let config = Config::new().file(path).schemas(folder);
            Ok(config.allow_invalid_defaults().allow_invalid_names().load()?)
        }
        other => Ok(other?),
    }
}

fn main_type(set: &SchemaSet, path: &Path) -> Result<String, Failure> {
    let identity = |path: &Path| path.canonicalize().unwrap_or_else(|_| PathBuf::from(path));
    let source = set.sources().iter().position(|source| identity(Path::new(&source.path)) == identity(path));
    let Some(source) = source.map(SourceId) else {
        return Err(Failure::internal(format!("`{}` is not among the files that were read", path.display())));
    };
    if let Some(root) = set.roots().iter().find(|root| root.source == source) {
        return Ok(type_name_of(set, root));
    }
    let types = set.types_of(source);
    // Of several types, the one that no other uses is what the file is about.
    let unused: Vec<DefinitionId> = types.iter().copied().filter(|id| !is_used(set, types, *id)).collect();
    match unused.as_slice() {
        [only] => Ok(set.definition(*only).name.to_string()),
        _ => Err(Failure::usage(
            format!("{} has several types", path.display()),
            "take one out with `cargo avro convert --to avsc --out FOLDER`, and name its file",
        )),
    }
}

/// Whether another of the types uses `id`.
fn is_used(set: &SchemaSet, types: &[DefinitionId], id: DefinitionId) -> bool {
    let name = &set.definition(id).name;
    let others = types.iter().filter(|other| **other != id);
    let mut schemas = others.map(|other| set.schema_of(&Type::plain(Kind::Named(*other))));
    schemas.any(|schema| schema.definitions().iter().any(|definition| definition.name == *name))
}
