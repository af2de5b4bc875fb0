//! The builder for build scripts.

mod evolution;
mod modules;
mod options;
mod releases;
mod versions;

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use avro_codegen::{Generator, InvalidOption, Options, UnusedOption, render, with_header};
use avro_model::{Diagnostics, Leniency, SchemaSet};

use crate::disk::{self, Inputs};
use crate::error::{Error, InvalidOptions};
use crate::lock::{Lock, LockError};
use crate::registry::{self, RegistryMode};
use crate::report::Report;
use crate::write;
pub use evolution::OnIncompatible;
use evolution::WantedVersion;
use modules::FileModule;
pub use modules::ModuleSchemas;
use releases::ReleaseFindings;

/// Generates the Rust types of every `.avsc`, `.avpr` and `.avdl` file in the folder `dir` and in its subfolders, and
/// of what these import, for `build.rs`:
///
/// ```no_run
/// // build.rs
/// fn main() {
///     avro_build::compile("schemas");
/// }
/// ```
///
/// The result is `avro_schemas.rs` in `OUT_DIR`, which `avro_typed::include_schemas!()` includes. It is written only
/// when it changed, and cargo runs the build script again only when a file is added, changed or removed.
///
/// When a schema is wrong, every error is printed as rustc prints its own, and the process exits with status 1, which
/// stops the build. Warnings become cargo's. [`Config`] has the options.
pub fn compile(dir: impl AsRef<Path>) {
    Config::new().schemas(dir.as_ref()).compile_or_exit();
}

/// What to generate, from where to where, and how: [`Options`] tells what can be chosen, and how patterns are written.
///
/// ```no_run
/// // build.rs
/// use avro_build::{Config, Logical, Strings};
///
/// fn main() {
///     Config::new()
///         .schemas("schemas")
///         .strings("com.acme.*", Strings::ArcStr)
///         .logical("@timestamp-millis", Logical::Chrono)
///         .derive("com.acme.Order", "PartialOrd")
///         .compile_or_exit();
/// }
/// ```
///
/// [`compile`](Config::compile) is for those who have more to do with the result:
///
/// ```no_run
/// # fn main() -> Result<(), avro_build::Error> {
/// let report = avro_build::Config::new()
///     .schemas("schemas")
///     .schemas("../shared-schemas")
///     .out_dir("generated")
///     .file_name("messages.rs")
///     .compile()?;
/// println!("{} schema files", report.files.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    inputs: Inputs,
    leniency: Leniency,
    out_dir: Option<PathBuf>,
    file_name: String,
    options: Options,
    /// What is wrong with options that were given.
    invalid_options: Vec<InvalidOption>,
    color: bool,
    /// Where it is, if the build script tells.
    lock: Option<PathBuf>,
    on_incompatible: OnIncompatible,
    /// Types and their subjects.
    subjects: Vec<(String, String)>,
    versions: Vec<WantedVersion>,
    modules: Vec<FileModule>,
    registry: RegistryMode,
}

impl Config {
    /// No folders yet, and the defaults of everything else.
    #[must_use]
    pub fn new() -> Config {
        Config {
            inputs: Inputs::default(),
            leniency: Leniency::NONE,
            out_dir: None,
            file_name: "avro_schemas.rs".to_owned(),
            options: Options::new(),
            invalid_options: Vec::new(),
            color: std::io::stderr().is_terminal(),
            lock: None,
            on_incompatible: OnIncompatible::default(),
            subjects: Vec::new(),
            versions: Vec::new(),
            modules: Vec::new(),
            registry: RegistryMode::default(),
        }
    }

    /// Adds a folder whose `.avsc`, `.avpr` and `.avdl` files are read, with those of its subfolders. The schemas of
    /// all folders may refer to each other. In a build script, a relative path starts at the package's `Cargo.toml`.
    #[must_use]
    pub fn schemas(mut self, dir: impl Into<PathBuf>) -> Config {
        self.inputs.folders.push(dir.into());
        self
    }

    /// Adds one file, whatever its extension: what is not an `.avpr` or `.avdl` file has to be the JSON of a schema.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Config {
        self.inputs.files.push(path.into());
        self
    }

    /// Leaves a file or a folder out of the folders of [`schemas`](Config::schemas). A file is read all the same when
    /// another imports it.
    #[must_use]
    pub fn exclude(mut self, path: impl Into<PathBuf>) -> Config {
        self.inputs.excluded.push(path.into());
        self
    }

    /// Adds a folder in which an import of an `.avdl` file is looked for when it is not there, seen from that file.
    /// Only what is imported is read from it.
    #[must_use]
    pub fn imports(mut self, dir: impl Into<PathBuf>) -> Config {
        self.inputs.import_folders.push(dir.into());
        self
    }

    /// Takes defaults that are not values of their types, such as `""` for an int, with a warning instead of an error:
    /// for schemas that came from a registry which does not check them. Such a default is kept in the schema's text,
    /// and the field counts as one without a default.
    ///
    /// apache-avro refuses such schemas: with the feature `apache-avro-022` of avro-typed, asking a type for its
    /// `apache_avro::Schema` panics.
    #[must_use]
    pub fn allow_invalid_defaults(mut self) -> Config {
        self.leniency.defaults = true;
        self
    }

    /// Takes names, namespaces, aliases and symbols that the specification does not allow, such as `1ns` or `order-id`,
    /// with a warning instead of an error: for schemas by tools that do not check them. Their Rust names are legal
    /// ones, with `_` in the place of other characters, and the schema's text stays as it is. Only control characters,
    /// line breaks, quotes and backslashes stay errors, since no program can have them where names are.
    ///
    /// apache-avro refuses such schemas: with the feature `apache-avro-022` of avro-typed, asking a type for its
    /// `apache_avro::Schema` panics.
    #[must_use]
    pub fn allow_invalid_names(mut self) -> Config {
        self.leniency.names = true;
        self
    }

    /// The folder to write to, which is created when it is not there; `OUT_DIR` by default, which cargo sets for build
    /// scripts.
    #[must_use]
    pub fn out_dir(mut self, dir: impl Into<PathBuf>) -> Config {
        self.out_dir = Some(dir.into());
        self
    }

    /// The name of the file to write; `avro_schemas.rs` by default, which is the one that `include_schemas!()` looks
    /// for.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Config {
        self.file_name = name.into();
        self
    }

    /// Whether diagnostics have colors; by default when standard error is a terminal, which it is not under cargo.
    #[must_use]
    pub fn color(mut self, color: bool) -> Config {
        self.color = color;
        self
    }

    /// Reads and links the schemas, and generates nothing: for tools that ask what there is.
    ///
    /// # Errors
    ///
    /// When a file or a folder cannot be read, and when a schema is wrong: then with every error of every file.
    pub fn load(&self) -> Result<SchemaSet, Error> {
        disk::read(&self.inputs_outside_of_modules())?.parse(self.leniency).map_err(Error::Schemas)
    }

    /// Reads the schemas and writes the file, without printing anything.
    ///
    /// # Errors
    ///
    /// When an option is wrong: then with every option that is. When a file or a folder cannot be read or written. When
    /// a schema is wrong or not supported yet: then with every error of every file. When a schema may not follow what
    /// is released, when the lock is wrong, and when a registry was to be asked and does not answer, or refuses.
    /// Nothing is written in these cases.
    pub fn compile(&self) -> Result<Report, Error> {
        self.compile_in(&|name| env::var_os(name))
    }

    /// Does all of [`compile`](Config::compile) but the writing: [`Report::changed`] tells whether the file would be
    /// written, since it does not match the schemas.
    ///
    /// # Errors
    ///
    /// As [`compile`](Config::compile).
    pub fn compare(&self) -> Result<Report, Error> {
        self.generate_to(&|name| env::var_os(name), |path, text| Ok(!write::holds(path, text)))
    }

    /// The same as [`compile`](Config::compile), with the environment variables that `variable` returns.
    pub(crate) fn compile_in(&self, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Report, Error> {
        self.generate_to(variable, write::write_if_changed)
    }

    /// `put` takes the file and its text, and tells whether the file is another one than before.
    fn generate_to(
        &self,
        variable: &dyn Fn(&str) -> Option<OsString>,
        put: impl FnOnce(&Path, &str) -> Result<bool, Error>,
    ) -> Result<Report, Error> {
        if !self.invalid_options.is_empty() {
            return Err(Error::Options(InvalidOptions { list: self.invalid_options.clone() }));
        }
        let out_dir = match &self.out_dir {
            Some(dir) => dir.clone(),
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or(Error::NoOutDir)?,
        };
        let registry = registry::Setup::new(self.registry, variable)?;
        let loaded = disk::read(&self.inputs_outside_of_modules())?;
        let mut files = loaded.files().to_vec();
        let set = loaded.parse(self.leniency).map_err(Error::Schemas)?;
        let lock_folder = self.lock_folder();
        let lock = lock_folder.as_deref().map(Lock::read).transpose()?;
        let modules = self.load_modules(&set)?;
        let apart: Vec<&SchemaSet> = modules.iter().map(|module| &module.set).collect();
        let ReleaseFindings { releases, warnings: of_lock, unused_options: of_subjects } =
            self.releases(&set, &apart, lock.as_ref(), &registry)?;
        let generator = Generator::new(&set, &self.options).releases(releases);
        let mut generated = generator.generate().map_err(Error::Schemas)?;
        if let Some(Diagnostics { sources, list, .. }) = of_lock {
            // The sources of the set are first in both.
            generated.warnings.sources = sources;
            generated.warnings.list.extend(list);
        }
        let modules = self.generate_modules(modules, &mut generated)?;
        let versions = self.generate_versions(lock.as_ref(), &mut generated)?;
        for file in modules.files {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        let output = out_dir.join(&self.file_name);
        let changed = put(&output, &with_header(generated.code + &modules.code + &versions))?;
        let missing = self.inputs.excluded.iter().filter(|path| !path.exists()).map(|path| {
            let call = format!("exclude({:?})", path.display());
            UnusedOption::new(call, "there is no such file or folder".to_owned(), None)
        });
        let unused_options = missing.chain(generated.unused_options).chain(of_subjects).collect();
        Ok(Report {
            folders: self.inputs.folders.iter().cloned().chain(modules.folders).collect(),
            files,
            output,
            lock: lock_folder,
            registry: registry.mode,
            changed,
            warnings: generated.warnings,
            unused_options,
        })
    }

    /// Does the same as [`compile`](Config::compile) and speaks to cargo and to people about it: see [`compile()`].
    pub fn compile_or_exit(&self) {
        match self.compile() {
            Ok(report) => {
                for line in report.cargo_lines() {
                    println!("{line}");
                }
            }
            Err(error) => {
                eprintln!("{}", self.describe(&error));
                std::process::exit(1);
            }
        }
    }

    fn describe(&self, error: &Error) -> String {
        if let Error::Schemas(diagnostics)
        | Error::Incompatible(diagnostics)
        | Error::Lock(LockError::Invalid(diagnostics)) = error
        {
            return format!("{}\n\nerror: {error}", render(diagnostics, self.color));
        }
        let mut text = format!("error: {error}");
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            text.push_str(&format!("\n  caused by: {error}"));
            cause = error.source();
        }
        text
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}
