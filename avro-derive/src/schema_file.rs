//! `schema = "path"`: the type that a derived type must match.

use std::fmt;
use std::path::Path;

use avro_codegen::{Loaded, Loader};
use avro_model::{
    Code, Definition, DefinitionId, Diagnostics, Kind, Leniency, Schema, SchemaSet, SourceId, Step, Type, position,
};
use proc_macro2::TokenStream;

use crate::ast::FileChoice;
use crate::errors::Errors;
use crate::files::PackageFiles;
use crate::include_schemas::{package_folder, rebuild_when_changed};

/// The type in its file.
pub(crate) struct SchemaFile {
    pub(crate) set: SchemaSet,
    definition: DefinitionId,
}

impl SchemaFile {
    /// Reads the file. When it refers to types that it does not define, then those of its folder are read as well, or
    /// of the folders above, up to that of the package. The code makes cargo compile again when any of them changes.
    pub(crate) fn load(choice: &FileChoice, errors: &Errors) -> (Option<SchemaFile>, TokenStream) {
        let package = package_folder();
        let path = package.join(choice.path.value());
        let mut attempt = Attempt::new(&path, None);
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != package && folder.starts_with(&package));
        for folder in folders {
            if !attempt.lacks_types() {
                break;
            }
            let next = Attempt::new(&path, Some(folder));
            // What is wrong with other files is not this type's business.
            if next.set.is_ok() {
                attempt = next;
            }
        }
        let Attempt { set, rebuild } = attempt;
        let chosen = match set {
            Ok(set) => choose(set, choice),
            Err(failure) => {
                errors.add(&choice.path, failure);
                return (None, rebuild);
            }
        };
        match chosen {
            Ok(file) => (Some(file), rebuild),
            Err(message) => {
                errors.add(choice.name.as_ref().unwrap_or(&choice.path), message);
                (None, rebuild)
            }
        }
    }

    pub(crate) fn definition(&self) -> &Definition {
        self.set.definition(self.definition)
    }

    /// The schema of the type.
    pub(crate) fn schema(&self) -> Schema {
        self.set.schema_of(&Type::plain(Kind::Named(self.definition)))
    }

    /// `path:line:column` of what `path` leads to in the definition.
    pub(crate) fn place(&self, path: &[Step<'_>]) -> String {
        let label = self.set.label(self.definition(), path, "");
        let Some(source) = self.set.sources().get(label.source.0) else { return String::new() };
        let (line, column) = position(&source.text, label.span.start);
        format!("{}:{line}:{column}", source.path)
    }
}

/// One way to read the file.
struct Attempt {
    set: Result<SchemaSet, Failure>,
    rebuild: TokenStream,
}

/// Why there is no schema.
enum Failure {
    Unread(String),
    Wrong(Diagnostics),
}

impl Attempt {
    /// Reads the file, what it imports, and perhaps everything in a folder.
    fn new(path: &Path, folder: Option<&Path>) -> Attempt {
        let mut rebuild = TokenStream::new();
        let set = load(path, folder).map_err(Failure::Unread).and_then(|loaded| {
            rebuild = rebuild_when_changed(loaded.files());
            loaded.parse(Leniency::NONE).map_err(Failure::Wrong)
        });
        Attempt { set, rebuild }
    }

    fn lacks_types(&self) -> bool {
        let Err(Failure::Wrong(diagnostics)) = &self.set else { return false };
        diagnostics.list.iter().any(|diagnostic| diagnostic.code == Code::UNKNOWN_TYPE)
    }
}

fn load(path: &Path, folder: Option<&Path>) -> Result<Loaded, String> {
    let mut loader = Loader::new(PackageFiles { package: package_folder() }, &[]);
    loader.file(path)?;
    if let Some(folder) = folder {
        loader.folder(folder)?;
    }
    loader.finish()
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unread(message) => formatter.write_str(message),
            Failure::Wrong(diagnostics) => {
                write!(formatter, "the schema is wrong\n\n{}\n", avro_codegen::render(diagnostics, false))
            }
        }
    }
}

/// The named type that is meant.
fn choose(set: SchemaSet, choice: &FileChoice) -> Result<SchemaFile, String> {
    const OWN: SourceId = SourceId(0);
    let own = set.types_of(OWN);
    let chosen = match &choice.name {
        Some(name) => {
            let name = name.value();
            set.ids().find(|id| set.definition(*id).name.as_str() == name)
        }
        None => set.roots().iter().find(|root| root.source == OWN).map_or_else(
            || own.first().copied().filter(|_| own.len() == 1),
            |root| match root.ty.kind {
                Kind::Named(id) => Some(id),
                _ => None,
            },
        ),
    };
    if let Some(definition) = chosen {
        return Ok(SchemaFile { set, definition });
    }
    let names: Vec<String> = own.iter().map(|id| format!("`{}`", set.definition(*id).name)).collect();
    let names = if names.is_empty() { "no named type".to_owned() } else { names.join(", ") };
    Err(match &choice.name {
        Some(name) => format!("the file has no type `{}`; it has {names}", name.value()),
        None => format!("choose a type with `name = \"…\"`, since the file's root has no name; it has {names}"),
    })
}
