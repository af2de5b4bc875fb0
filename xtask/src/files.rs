//! Walks through folders, and shows paths.

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

/// The path from `folder`, which it is below, with `/`.
pub(crate) fn relative(path: &Path, folder: &Path) -> String {
    let relative = path.strip_prefix(folder);
    debug_assert!(relative.is_ok(), "{} is not below {}", path.display(), folder.display());
    relative.unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The last part of the path of something that was found in a folder.
pub(crate) fn name(path: &Path) -> String {
    let name = path.file_name();
    debug_assert!(name.is_some(), "{} has no name", path.display());
    name.unwrap_or_default().to_string_lossy().into_owned()
}
