//! Finds and reads schema files. It stands here and not in avro-codegen since that is a pure function for this crate.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use avro_model::Source;

/// A schema file.
pub(crate) struct Found {
    /// Where it is.
    pub(crate) absolute: PathBuf,
    /// What diagnostics call it: its path from the package's folder.
    pub(crate) name: String,
}

/// A search for schema files.
pub(crate) struct Search {
    /// Where relative paths start.
    package: PathBuf,
    /// A link may lead back to a folder above, and two arguments to the same folder.
    visited: HashSet<PathBuf>,
    /// Every `.avsc` file so far, sorted within each folder that was asked for.
    pub(crate) found: Vec<Found>,
}

impl Search {
    pub(crate) fn new(package: PathBuf) -> Search {
        Search { package, visited: HashSet::new(), found: Vec::new() }
    }

    /// Finds the files in `folder` and in its subfolders. The error is a message for people.
    pub(crate) fn folder(&mut self, folder: &Path) -> Result<(), String> {
        let mut paths = Vec::new();
        self.walk(&self.package.join(folder), &mut paths)?;
        paths.sort();
        for absolute in paths {
            let name = absolute.strip_prefix(&self.package).unwrap_or(&absolute).to_string_lossy().into_owned();
            self.found.push(Found { absolute, name });
        }
        Ok(())
    }

    fn walk(&mut self, folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
        let failed = |error| {
            format!(
                "cannot read the schema folder `{}`: {error}; paths start at the folder of the package's Cargo.toml",
                folder.display()
            )
        };
        if !self.visited.insert(folder.canonicalize().map_err(failed)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                self.walk(&path, paths)?;
            } else if path.extension().is_some_and(|extension| extension == "avsc") {
                paths.push(path);
            }
        }
        Ok(())
    }
}

/// The text of a schema file. The error is a message for people.
pub(crate) fn read(found: &Found) -> Result<Source, String> {
    match fs::read_to_string(&found.absolute) {
        Ok(text) => Ok(Source { path: found.name.clone(), text }),
        Err(error) => Err(format!("cannot read the schema file `{}`: {error}", found.name)),
    }
}
