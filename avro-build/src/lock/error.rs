//! What can go wrong with a lock folder.

use std::io;
use std::path::PathBuf;

use avro_model::{Diagnostics, Severity};

/// Why a lock could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// The folder, or that of a subject in it, cannot be listed.
    #[error("cannot read the lock folder `{}`; create it with `cargo avro lock`", path.display())]
    ReadFolder {
        /// The folder.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read the lock file `{}`", path.display())]
    ReadFile {
        /// The file.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },
    /// Files are not valid, or their schemas are not: with every error of every file.
    #[error("{} of the lock; restore the files from version control, or write them again with `cargo avro lock`", places(.0))]
    Invalid(#[source] Diagnostics),
    /// A version that is not in the lock.
    #[error("the lock `{}` has no version {version} of the subject `{subject}`; {remedy}", folder.display())]
    NoVersion {
        /// The lock folder.
        folder: PathBuf,
        /// The subject.
        subject: String,
        /// The version.
        version: u32,
        /// What to do about it.
        remedy: String,
    },
    /// A file cannot be written.
    #[error("cannot write the lock file `{}`", path.display())]
    WriteFile {
        /// The file.
        path: PathBuf,
        /// What the system reported.
        source: io::Error,
    },
    /// The file of a version belongs to another subject already, whose name differs in what this file system does not
    /// tell apart.
    #[error(
        "the lock file `{}` is of the subject `{other}`: this file system does not tell it from `{subject}`; rename one of the two",
        path.display()
    )]
    Taken {
        /// The file.
        path: PathBuf,
        /// The subject that was to be written.
        subject: String,
        /// The subject that is there.
        other: String,
    },
}

fn places(diagnostics: &Diagnostics) -> String {
    let count = diagnostics.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    format!("{count} error{} in the files", if count == 1 { "" } else { "s" })
}
