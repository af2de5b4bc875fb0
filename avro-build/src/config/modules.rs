//! Files whose types go into a module of their own, since they define what other files define differently.

use std::path::{Path, PathBuf};

use avro_codegen::{Generated, Generator, InvalidOption, ModuleName, ModuleOfSources};
use avro_model::{Code, Diagnostics, SchemaSet, SourceId};

use super::Config;
use crate::disk::{self, Inputs};
use crate::error::Error;
use crate::lock::shifted;

/// Files that are to be generated apart from the others.
#[derive(Clone, Debug)]
pub(super) struct FileModule {
    module: ModuleName,
    /// A file or a folder.
    pub(super) path: PathBuf,
}

fn call(module: &str, path: &Path) -> String {
    format!("module({module:?}, {:?})", path.display())
}

/// What was generated for all modules, and what was read for it.
#[derive(Default)]
pub(super) struct FileModules {
    pub(super) code: String,
    pub(super) folders: Vec<PathBuf>,
    pub(super) files: Vec<PathBuf>,
}

/// The schemas of a module of [`Config::module`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ModuleSchemas {
    /// The name of the module.
    pub module: ModuleName,
    /// Its files, then those that they need.
    pub set: SchemaSet,
    /// How many of the sources are files of the module.
    pub own_files: usize,
    /// The folders that were searched, and every file that was read.
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    doc: String,
}

impl Config {
    /// Generates the types of a file, or of the files of a folder, in `pub mod <module>`, apart from those of all other
    /// files. It is for files that define a type which others define differently, such as an older version of a schema
    /// beside the newer one. Several files and folders may share a module.
    ///
    /// Namespaces are modules in it, as they are outside of it; the types of the files are at its top, too, as
    /// `v1::Order`, unless something else there has that name. A type that these files use and do not define is taken
    /// from the other files, and generated in the module as well. The types of a module are not compared with what is
    /// released.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() {
    ///     avro_build::Config::new().schemas("schemas").module("v1", "schemas/order-v1.avsc").compile_or_exit();
    /// }
    /// ```
    #[must_use]
    pub fn module(mut self, module: impl Into<String>, path: impl Into<PathBuf>) -> Config {
        let (module, path) = (module.into(), path.into());
        let call = call(&module, &path);
        match ModuleName::try_from(module) {
            Ok(module) => self.modules.push(FileModule { module, path }),
            Err(error) => self.invalid_options.push(InvalidOption::new(call, error.into())),
        }
        self
    }

    /// What to read for the types outside of modules.
    pub(super) fn inputs_outside_of_modules(&self) -> Inputs {
        let mut inputs = self.inputs.clone();
        inputs.excluded.extend(self.modules.iter().map(|module| module.path.clone()));
        inputs
    }

    /// Reads and links the schemas of each [`module`](Config::module), and generates nothing: for tools that ask what
    /// there is. `outside` is what [`load`](Config::load) returns.
    ///
    /// # Errors
    ///
    /// When a file or a folder cannot be read, and when a schema is wrong: then with every error of the module.
    pub fn load_modules(&self, outside: &SchemaSet) -> Result<Vec<ModuleSchemas>, Error> {
        let mut modules: Vec<ModuleSchemas> = Vec::new();
        for FileModule { module, .. } in &self.modules {
            if !modules.iter().any(|done| done.module == *module) {
                modules.push(self.load_module(module, outside)?);
            }
        }
        Ok(modules)
    }

    fn load_module(&self, module: &ModuleName, outside: &SchemaSet) -> Result<ModuleSchemas, Error> {
        let paths = self.modules.iter().filter(|other| other.module == *module).map(|other| other.path.clone());
        let paths: Vec<PathBuf> = paths.collect();
        let shown: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        let (folders, files) = paths.into_iter().partition(|path| path.is_dir());
        let mut inputs = Inputs { folders, files, ..self.inputs.clone() };
        let own_files = disk::read(&inputs)?.files().len();
        loop {
            let loaded = disk::read(&inputs)?;
            let files = loaded.files().to_vec();
            match loaded.parse(self.leniency) {
                Ok(set) => {
                    let (module, doc) = (module.clone(), format!("The types of {}.", shown.join(", ")));
                    return Ok(ModuleSchemas { module, set, own_files, folders: inputs.folders, files, doc });
                }
                // Files that are only needed follow the module's own.
                Err(wrong) => {
                    let needed = needed(&wrong, outside).filter(|path| !inputs.files.contains(path));
                    let needed: Vec<PathBuf> = needed.collect();
                    if needed.is_empty() {
                        return Err(Error::Schemas(wrong));
                    }
                    inputs.files.extend(needed);
                }
            }
        }
    }

    /// The modules beside `generated`. An option that is about something in one of them is not unused.
    pub(super) fn generate_modules(
        &self,
        schemas: Vec<ModuleSchemas>,
        generated: &mut Generated,
    ) -> Result<FileModules, Error> {
        let mut modules = FileModules::default();
        for ModuleSchemas { module: name, set, own_files, folders, files, doc } in schemas {
            if generated.names_at_the_top.iter().any(|taken| taken == name.as_str()) {
                let first = self.modules.iter().find(|module| module.module == name);
                debug_assert!(first.is_some(), "a module that nobody asked for");
                let path = first.map_or(Path::new(""), |first| &first.path);
                return Err(Error::ModuleTaken { call: call(name.as_str(), path), module: name.as_str().to_owned() });
            }
            let roots = (0..own_files).map(SourceId).collect();
            let module = ModuleOfSources::new(name.clone(), doc, roots);
            let of_module = Generator::new(&set, &self.options).module(module).generate().map_err(Error::Schemas)?;
            modules.code.push('\n');
            modules.code.push_str(&of_module.code);
            modules.folders.extend(folders);
            modules.files.extend(files);
            keep_unused_in(&of_module, generated);
            generated.names_at_the_top.push(name.as_str().to_owned());
            let offset = generated.warnings.sources.len();
            generated.warnings.sources.extend(of_module.warnings.sources);
            generated.warnings.list.extend(of_module.warnings.list.into_iter().map(|found| shifted(found, offset)));
        }
        Ok(modules)
    }
}

/// Beside a module, only those options are unused that are unused there, too.
pub(super) fn keep_unused_in(module: &Generated, generated: &mut Generated) {
    generated.unused_options.retain(|unused| module.unused_options.iter().any(|other| other.call == unused.call));
}

/// The files of `outside` that define the types which are unknown.
fn needed<'s>(wrong: &'s Diagnostics, outside: &'s SchemaSet) -> impl Iterator<Item = PathBuf> + 's {
    let unknown = wrong.list.iter().filter(|found| found.code == Code::UNKNOWN_TYPE);
    let names = unknown.filter_map(|found| {
        let span = found.primary.span;
        let text = wrong.sources.get(found.primary.source.0)?.text.get(span.start..span.end)?;
        Some(text.trim_matches(['"', '`']))
    });
    names.filter_map(|name| {
        let definitions = || outside.definitions().iter();
        let exactly = definitions().find(|definition| definition.name.as_str() == name);
        let definition = exactly.or_else(|| definitions().find(|definition| definition.name.name() == name))?;
        outside.sources().get(definition.origin.source.0).map(|source| PathBuf::from(&source.path))
    })
}
