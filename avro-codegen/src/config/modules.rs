//! Files whose types go into a module of their own, since they define what other files define differently.

use std::path::PathBuf;

use avro_model::{Code, Diagnostics, SchemaSet, SourceId};

use super::Config;
use crate::error::Error;
use crate::generate::{Generated, ModuleOfSources, code};
use crate::lock::shifted;
use crate::options::check_module_name;
use crate::released::Releases;
use crate::source::{self, Inputs};

/// Files that are to be generated apart from the others.
#[derive(Clone, Debug)]
pub(super) struct FileModule {
    module: String,
    /// A file or a folder.
    pub(super) path: PathBuf,
}

impl FileModule {
    fn call(&self) -> String {
        format!("module({:?}, {:?})", self.module, self.path.display())
    }
}

/// What was generated for all modules, and what was read for it.
#[derive(Default)]
pub(super) struct FileModules {
    pub(super) text: String,
    pub(super) folders: Vec<PathBuf>,
    pub(super) files: Vec<PathBuf>,
}

/// The schemas of a module of [`Config::module`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ModuleSchemas {
    /// The name of the module.
    pub module: String,
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
    /// Namespaces are modules in it, as they are outside of it; the types of the files stand at its top, too, as
    /// `v1::Order`, unless something else there is called so. A type that these files use and do not define is taken
    /// from the other files, and generated in the module as well. The types of a module are not compared with what is
    /// released.
    ///
    /// ```no_run
    /// // build.rs
    /// fn main() {
    ///     avro_codegen::Config::new().schemas("schemas").module("v1", "schemas/order-v1.avsc").compile_or_exit();
    /// }
    /// ```
    #[must_use]
    pub fn module(mut self, module: impl Into<String>, path: impl Into<PathBuf>) -> Config {
        let wanted = FileModule { module: module.into(), path: path.into() };
        match check_module_name(wanted.call(), &wanted.module) {
            Ok(()) => self.modules.push(wanted),
            Err(invalid) => self.invalid_options.push(invalid),
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
    /// there is. `outside` is what [`load`](Config::load) gives.
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

    fn load_module(&self, module: &str, outside: &SchemaSet) -> Result<ModuleSchemas, Error> {
        let paths = self.modules.iter().filter(|other| other.module == module).map(|other| other.path.clone());
        let paths: Vec<PathBuf> = paths.collect();
        let shown: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        let (folders, files) = paths.into_iter().partition(|path| path.is_dir());
        let mut inputs = Inputs { folders, files, ..self.inputs.clone() };
        let own_files = source::read(&inputs)?.files().len();
        loop {
            let loaded = source::read(&inputs)?;
            let files = loaded.files().to_vec();
            match loaded.parse(self.leniency) {
                Ok(set) => {
                    let (module, doc) = (module.to_owned(), format!("The types of {}.", shown.join(", ")));
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
            if generated.names_at_the_top.contains(&name) {
                let first = self.modules.iter().find(|module| module.module == name);
                let call = first.map(FileModule::call).unwrap_or_default();
                return Err(Error::ModuleTaken { call, module: name });
            }
            let roots = (0..own_files).map(SourceId).collect();
            let module = ModuleOfSources { name: &name, doc, roots };
            let of_module = code(&set, &self.options, &Releases::new(), Some(&module)).map_err(Error::Schemas)?;
            modules.text.push('\n');
            modules.text.push_str(&of_module.text);
            modules.folders.extend(folders);
            modules.files.extend(files);
            generated.keep_unused_in(&of_module);
            generated.names_at_the_top.push(name);
            let offset = generated.warnings.sources.len();
            generated.warnings.sources.extend(of_module.warnings.sources);
            generated.warnings.list.extend(of_module.warnings.list.into_iter().map(|found| shifted(found, offset)));
        }
        Ok(modules)
    }
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
