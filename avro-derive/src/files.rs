//! Schema files on the disk. It is here and not in avro-codegen, which is a pure function.

use std::fs;
use std::path::{Path, PathBuf};

use avro_codegen::{Entry, Files};

/// The files of a package, under their paths from its folder. Errors are messages for people.
pub(crate) struct PackageFiles {
    /// Where relative paths start.
    pub(crate) package: PathBuf,
}

impl Files for PackageFiles {
    type Error = String;

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, String> {
        let failed = |error| {
            format!(
                "cannot read the schema folder `{}`: {error}; paths start at the folder of the package's Cargo.toml",
                folder.display()
            )
        };
        let entries = fs::read_dir(folder).map_err(failed)?.map(|entry| {
            let path = entry.map_err(failed)?.path();
            Ok(Entry { is_folder: path.is_dir(), path })
        });
        entries.collect()
    }

    fn read(&self, file: &Path) -> Result<String, String> {
        fs::read_to_string(file).map_err(|error| format!("cannot read the schema file `{}`: {error}", self.name(file)))
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    }

    fn name(&self, file: &Path) -> String {
        file.strip_prefix(&self.package).unwrap_or(file).to_string_lossy().into_owned()
    }
}
