//! Walks through folders.

use std::io;
use std::path::{Path, PathBuf};

/// Calls `visit` with every file below `folder`, in the order of their paths.
///
/// # Errors
///
/// The first folder that cannot be read.
pub(crate) fn visit(folder: &Path, visit_file: &mut impl FnMut(&Path)) -> Result<(), (PathBuf, io::Error)> {
    let failed = |source| (folder.to_owned(), source);
    let entries: io::Result<Vec<PathBuf>> =
        std::fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut entries = entries.map_err(failed)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            visit(&entry, visit_file)?;
        } else {
            visit_file(&entry);
        }
    }
    Ok(())
}
