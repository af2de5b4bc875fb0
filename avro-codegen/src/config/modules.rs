//! Files whose types go into a module of their own, since they define what other files define differently.

use std::path::{Path, PathBuf};

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

/// What was generated for all modules.
pub(super) struct FileModules {
    pub(super) text: String,
    /// What was read for it.
    pub(super) files: Vec<PathBuf>,
    pub(super) folders: Vec<PathBuf>,
}

impl Config {
    /// Generates the types of a file, or of the files of a folder, in `pub mod <module>`, apart from those of all other files. It
    /// is for files that define a type which others define differently, such as an older version of a schema beside the newer one.
    /// Several files and folders may share a module.
    ///
    /// Namespaces are modules in it, as they are outside of it; the types of the files stand at its top, too, as `v1::Order`, unless
    /// something else there is called so. A type that these files use and do not define is taken from the other files, and generated
    /// in the module as well. The types of a module are not compared with what is released.
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

    /// The modules beside `generated`, which is for the schemas of `outside`. An option that is about something in one of them is not
    /// unused.
    pub(super) fn generate_modules(
        &self,
        outside: &SchemaSet,
        generated: &mut Generated,
    ) -> Result<FileModules, Error> {
        let mut modules = FileModules { text: String::new(), files: Vec::new(), folders: Vec::new() };
        let mut done: Vec<&str> = Vec::new();
        for first in &self.modules {
            let name = first.module.as_str();
            if done.contains(&name) {
                continue;
            }
            done.push(name);
            if generated.names_at_the_top.iter().any(|taken| taken == name) {
                return Err(Error::ModuleTaken { call: first.call(), module: name.to_owned() });
            }
            let paths = self.modules.iter().filter(|module| module.module == name).map(|module| module.path.as_path());
            let of_module = self.generate_module_of_files(name, &paths.collect::<Vec<_>>(), outside, &mut modules)?;
            modules.text.push('\n');
            modules.text.push_str(&of_module.text);
            generated.names_at_the_top.push(name.to_owned());
            generated.keep_unused_in(&of_module);
            let offset = generated.warnings.sources.len();
            generated.warnings.sources.extend(of_module.warnings.sources);
            generated.warnings.list.extend(of_module.warnings.list.into_iter().map(|found| shifted(found, offset)));
        }
        Ok(modules)
    }

    fn generate_module_of_files(
        &self,
        name: &str,
        paths: &[&Path],
        outside: &SchemaSet,
        modules: &mut FileModules,
    ) -> Result<Generated, Error> {
        let (folders, files): (Vec<&Path>, Vec<&Path>) = paths.iter().partition(|path| path.is_dir());
        let owned = |paths: &[&Path]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        let mut inputs = Inputs { folders: owned(&folders), files: owned(&files), ..self.inputs.clone() };
        let own = source::read(&inputs)?.files().len();
        // Files that are only needed follow the module's own.
        let set = loop {
            let loaded = source::read(&inputs)?;
            let read = loaded.files().to_vec();
            match loaded.parse(self.leniency) {
                Ok(set) => {
                    modules.files.extend(read);
                    break set;
                }
                Err(wrong) => {
                    let needed = needed(&wrong, outside).filter(|path| !inputs.files.contains(path));
                    let before = inputs.files.len();
                    inputs.files.extend(needed.collect::<Vec<_>>());
                    if inputs.files.len() == before {
                        return Err(Error::Schemas(wrong));
                    }
                }
            }
        };
        modules.folders.extend(inputs.folders);
        let shown: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        let doc = format!("The types of {}.", shown.join(", "));
        let module = ModuleOfSources { name, doc, roots: (0..own).map(SourceId).collect() };
        code(&set, &self.options, &Releases::new(), Some(&module)).map_err(Error::Schemas)
    }
}

/// The files of `outside` that define the types which are unknown.
fn needed<'s>(wrong: &'s Diagnostics, outside: &'s SchemaSet) -> impl Iterator<Item = PathBuf> + 's {
    let unknown = wrong.list.iter().filter(|found| found.code == Code::UnknownType);
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
