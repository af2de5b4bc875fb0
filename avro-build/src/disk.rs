//! Schema files on the disk.

use std::fs;
use std::path::{Path, PathBuf};

use avro_codegen::{Entry, Files, Loaded, Loader};
use avro_model::{Leniency, SchemaSet};

use crate::error::Error;

/// What to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// Folders to search, with their subfolders.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) files: Vec<PathBuf>,
    /// Files and folders that are left out of `folders`.
    pub(crate) excluded: Vec<PathBuf>,
    /// Where imports are looked for that are not there, seen from the file with the import.
    pub(crate) import_folders: Vec<PathBuf>,
}

/// The schema files of `inputs`, and what they import.
pub(crate) fn read(inputs: &Inputs) -> Result<Loaded, Error> {
    let mut loader = Loader::new(Disk, &inputs.import_folders);
    inputs.excluded.iter().for_each(|path| loader.exclude(path));
    inputs.folders.iter().try_for_each(|folder| loader.folder(folder))?;
    for file in &inputs.files {
        loader.file(file)?;
    }
    loader.finish()
}

/// Reads and links some files, and what they import, without a folder to search: for tools that look at single files.
///
/// The files come first in [`SchemaSet::sources`], in their order, unless two are the same. An import that is not
/// there, seen from the file with the import, is looked for in `import_folders`. `leniency` selects which mistakes are
/// let through.
///
/// # Errors
///
/// When a file cannot be read, and when a schema is wrong: then with every error of every file.
///
/// ```no_run
/// # fn main() -> Result<(), avro_build::Error> {
/// let files = ["idl/orders.avdl".into()];
/// let set = avro_build::load_files(&files, &["idl/common".into()], avro_model::Leniency::NONE)?;
/// println!("{}", set.protocols()[0].to_json(&set));
/// # Ok(())
/// # }
/// ```
pub fn load_files(files: &[PathBuf], import_folders: &[PathBuf], leniency: Leniency) -> Result<SchemaSet, Error> {
    let mut loader = Loader::new(Disk, import_folders);
    for file in files {
        loader.file(file)?;
    }
    loader.finish()?.parse(leniency).map_err(Error::Schemas)
}

/// The file system.
struct Disk;

impl Files for Disk {
    type Error = Error;

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Error> {
        let failed = |source| Error::ReadFolder { path: folder.to_owned(), source };
        let entries = fs::read_dir(folder).map_err(failed)?.map(|entry| {
            let path = entry.map_err(failed)?.path();
            Ok(Entry { is_folder: path.is_dir(), path })
        });
        entries.collect()
    }

    fn read(&self, file: &Path) -> Result<String, Error> {
        let bytes = fs::read(file).map_err(|source| Error::ReadFile { path: file.to_owned(), source })?;
        String::from_utf8(bytes).map_err(|error| Error::NotUtf8 { path: file.to_owned(), source: error.utf8_error() })
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    }
}
