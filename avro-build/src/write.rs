//! Writes the generated file, when it changed.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::Error;

/// Writes `text` to `path` unless that is what the file holds already, and returns whether it wrote.
///
/// An unchanged file keeps its modification time, so that cargo does not rebuild what includes it. A changed one is
/// replaced in one step: a build that is interrupted leaves the old file or the new one, never half of one.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<bool, Error> {
    if holds(path, text) {
        return Ok(false);
    }
    replace(path, text).map_err(|source| Error::WriteFile { path: path.to_owned(), source })?;
    Ok(true)
}

/// Whether the file has this text.
pub(crate) fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|old| old == text.as_bytes())
}

/// Writes `text` to `path` in one step, and creates the folders above it.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.unfinished", std::process::id()));
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, path).inspect_err(|_| {
        // The error of the renaming is the one to report; what is left behind is only litter.
        let _ = fs::remove_file(&unfinished);
    })
}
