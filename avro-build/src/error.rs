//! What can go wrong between a folder of schemas and the generated file.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::Utf8Error;

use avro_codegen::InvalidOption;
use avro_model::Diagnostics;

use crate::lock::LockError;
use crate::registry::RegistryLookUpError;

/// Why nothing was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A folder of schemas cannot be listed.
    #[error("cannot read the schema folder `{}`; create it, or name another in build.rs (a relative path starts at the package's Cargo.toml)", path.display())]
    ReadFolder {
        /// The folder.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },
    /// A schema file cannot be read.
    #[error("cannot read the schema file `{}`", path.display())]
    ReadFile {
        /// The file.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },
    /// A schema file is not UTF-8.
    #[error("the schema file `{}` is not UTF-8; save it as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Where the first byte that is not UTF-8 is.
        source: Utf8Error,
    },
    /// Schemas are wrong, or use what is not supported.
    #[error("{} in the schemas", count(errors(.0), "error"))]
    Schemas(#[source] Diagnostics),
    /// Schemas may not follow what is released, as the lock has it: with each difference.
    #[error(
        "{} between the schemas and what is released; to break it on purpose, set `compatibility` to NONE in the newest lock file \
         of the subject, or call `.on_incompatible(OnIncompatible::Warn)` in build.rs",
        count(errors(.0), "difference")
    )]
    Incompatible(#[source] Diagnostics),
    /// The lock cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Ids could not be had from a registry.
    #[error(transparent)]
    Registry(#[from] RegistryLookUpError),
    /// The module that versions are to be generated into has the name of something else.
    #[error(
        "the module of `{call}` cannot be called `{module}`: the schemas have a type or a namespace of that name; choose another"
    )]
    ModuleTaken {
        /// The call of `Config`.
        call: String,
        /// The name.
        module: String,
    },
    /// No folder to write to.
    #[error(
        "the environment variable OUT_DIR is not set; run this from build.rs, or name a folder with `Config::out_dir`"
    )]
    NoOutDir,
    /// Options are invalid.
    #[error("{} of the generator in build.rs", count(.0.list.len(), "invalid option"))]
    Options(#[source] InvalidOptions),
    /// The generated file cannot be written.
    #[error("cannot write the generated file `{}`", path.display())]
    WriteFile {
        /// The file.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },
}

/// Every option of a [`Config`](crate::Config) that is invalid, in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOptions {
    /// What is wrong with each.
    pub list: Vec<InvalidOption>,
}

impl fmt::Display for InvalidOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.list.iter().map(InvalidOption::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for InvalidOptions {}

fn errors(diagnostics: &Diagnostics) -> usize {
    diagnostics.list.iter().filter(|diagnostic| diagnostic.severity == avro_model::Severity::Error).count()
}

fn count(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
