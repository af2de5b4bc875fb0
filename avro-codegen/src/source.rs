//! Finds the schema files of a folder and reads them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use avro_model::Source;

use crate::error::Error;

/// The schema files below some folders.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Every `.avsc` file, sorted by path within each folder, so that every file system gives the same output.
    pub(crate) files: Vec<PathBuf>,
    /// What was read from each of `files`.
    pub(crate) sources: Vec<Source>,
}

/// Every `.avsc` file in `folders` and in their subfolders, read.
///
/// Links are followed; a folder that is reached twice is read once.
pub(crate) fn read_folders(folders: &[PathBuf]) -> Result<Found, Error> {
    let mut found = Found::default();
    let mut visited = HashSet::new();
    for folder in folders {
        let first_new = found.files.len();
        find_files(folder, &mut visited, &mut found.files)?;
        found.files[first_new..].sort();
    }
    for file in &found.files {
        found.sources.push(read_file(file)?);
    }
    Ok(found)
}

/// The schema file at `path`, under its path as written.
pub(crate) fn read_file(path: &Path) -> Result<Source, Error> {
    let bytes = fs::read(path).map_err(|source| Error::ReadFile { path: path.to_owned(), source })?;
    let text = String::from_utf8(bytes)
        .map_err(|error| Error::NotUtf8 { path: path.to_owned(), source: error.utf8_error() })?;
    Ok(Source { path: path.to_string_lossy().into_owned(), text })
}

fn find_files(folder: &Path, visited: &mut HashSet<PathBuf>, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::ReadFolder { path: folder.to_owned(), source };
    if !visited.insert(folder.canonicalize().map_err(failed)?) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            find_files(&path, visited, files)?;
        } else if path.extension().is_some_and(|extension| extension == "avsc") {
            files.push(path);
        }
    }
    Ok(())
}
