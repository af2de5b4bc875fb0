//! The lock folder, read.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use avro_model::{Diagnostic, Diagnostics, Source, SourceId, Span};

use super::parse::{parse, problem};
use super::{Lock, LockError, LockFile, LockedVersion, place};

impl Lock {
    /// Reads a lock folder. What is not in the folder of a subject, or is not a `.json` file, is ignored; a folder
    /// without any versions is a lock of nothing.
    ///
    /// # Errors
    ///
    /// When the folder or a file cannot be read; otherwise with everything that is wrong in any of the files. Whether
    /// their schemas are schemas is seen when they are needed.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), avro_build::lock::LockError> {
    /// let lock = avro_build::lock::Lock::read("schema-lock".as_ref())?;
    /// for version in lock.history("customer-value") {
    ///     println!("{} {} {:?}", version.version, version.guid, version.ids.get("default"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn read(dir: &Path) -> Result<Lock, LockError> {
        let mut read: Vec<(LockedVersion, LockFile)> = Vec::new();
        let mut wrong = Diagnostics::new(Vec::new(), Vec::new());
        for path in files(dir)? {
            let file = |text: String| Source::new(path.to_string_lossy().into_owned(), text);
            let bytes = fs::read(&path).map_err(|source| LockError::ReadFile { path: path.clone(), source })?;
            let source = match String::from_utf8(bytes) {
                Ok(text) => file(text),
                Err(error) => {
                    let message = "the file is not UTF-8".to_owned();
                    let label = format!("byte {} begins no character", error.utf8_error().valid_up_to());
                    add(&mut wrong, file(String::new()), vec![problem(Span { start: 0, end: 0 }, message, label)]);
                    continue;
                }
            };
            match parse(source.clone()) {
                Ok((version, file)) => match misplaced(dir, &path, &version) {
                    None => read.push((version, file)),
                    Some(misplaced) => add(&mut wrong, source, vec![misplaced]),
                },
                Err(list) => add(&mut wrong, source, list),
            }
        }
        if !wrong.list.is_empty() {
            return Err(LockError::Invalid(wrong));
        }
        read.sort_by(|(one, _), (other, _)| (&one.subject, one.version).cmp(&(&other.subject, other.version)));
        let (versions, files) = read.into_iter().unzip();
        Ok(Lock { folder: dir.to_owned(), versions, files })
    }
}

/// The files of versions, sorted, so that every file system gives the same.
fn files(dir: &Path) -> Result<Vec<PathBuf>, LockError> {
    let mut files = Vec::new();
    for subject in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        files.extend(entries(&subject)?.into_iter().filter(|path| is_version(path)));
    }
    files.sort();
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LockError> {
    let failed = |source| LockError::ReadFolder { path: folder.to_owned(), source };
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect();
    entries.map_err(failed)
}

fn is_version(path: &Path) -> bool {
    path.extension() == Some(OsStr::new(place::EXTENSION)) && path.is_file()
}

/// A file that is where another belongs: two files could be of one version otherwise.
fn misplaced(dir: &Path, path: &Path, version: &LockedVersion) -> Option<Diagnostic> {
    let expected = place::path_of(dir, version);
    let is_in_place = expected.file_name() == path.file_name()
        && expected.parent().and_then(Path::file_name) == path.parent().and_then(Path::file_name);
    if is_in_place {
        return None;
    }
    let message = format!("this is version {} of `{}`, in the file of another", version.version, version.subject);
    let mut diagnostic = problem(Span { start: 0, end: 1 }, message, String::new());
    diagnostic.help = Some(format!("move it to `{}`", expected.display()));
    Some(diagnostic)
}

/// Adds a source, and what is wrong with it.
fn add(wrong: &mut Diagnostics, source: Source, list: Vec<Diagnostic>) {
    let offset = wrong.sources.len();
    wrong.sources.push(source);
    wrong.list.extend(list.into_iter().map(|diagnostic| shifted(diagnostic, offset)));
}

/// The same diagnostic, for sources that are `offset` places further back.
pub(crate) fn shifted(mut diagnostic: Diagnostic, offset: usize) -> Diagnostic {
    let labels = std::iter::once(&mut diagnostic.primary).chain(&mut diagnostic.secondary);
    for label in labels {
        label.source = SourceId(label.source.0 + offset);
    }
    diagnostic
}
