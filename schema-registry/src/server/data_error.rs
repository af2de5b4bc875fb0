//! Why the folder of an embedded registry cannot be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a registry does not start with the folder that it is to keep its content in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// Another process has the folder open.
    #[error("the folder `{}` is in use by another registry: stop it, or give another folder", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The journal was changed by something else than a registry, or is of a newer version.
    #[error(
        "the journal `{}` is damaged at byte {position}: {reason}. Nothing was changed: restore the file from a backup, or \
         move it away to start with an empty registry", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in the file the record begins that cannot be read.
        position: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system refused something.
    #[error("cannot {what} `{}`: check the path, its permissions, and the space on the disk", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why it was refused.
        source: io::Error,
    },
}

impl DataError {
    pub(super) fn into_io(self) -> io::Error {
        let kind = match &self {
            Self::InUse { .. } => io::ErrorKind::ResourceBusy,
            Self::Damaged { .. } => io::ErrorKind::InvalidData,
            Self::Io { source, .. } => source.kind(),
        };
        io::Error::new(kind, self)
    }
}
