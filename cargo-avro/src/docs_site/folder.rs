//! The folder of a site: only what is other than before is written, and only what was written is removed.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use indicatif::ProgressBar;

use super::SiteFile;
use crate::failure::Failure;

/// The file with the paths of all files that are written, one per line.
const LIST: &str = ".cargo-avro-docs";
const LIST_HEAD: &str = "# What `cargo avro docs` has written here, and will remove when it is gone.\n";

pub(crate) struct Folder {
    path: PathBuf,
    /// What was written by the run before.
    old: BTreeSet<String>,
}

/// What a run did.
pub(crate) struct Written {
    pub(crate) written: usize,
    pub(crate) removed: usize,
}

impl Folder {
    /// The folder at `path`, which need not exist.
    pub(crate) fn read(path: &Path) -> Result<Folder, Failure> {
        let list = path.join(LIST);
        let old = match fs::read_to_string(&list) {
            Ok(text) => text.lines().filter(|line| is_inside(line)).map(str::to_owned).collect(),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => BTreeSet::new(),
            Err(error) => return Err(Failure::file("read", &list, &error)),
        };
        Ok(Folder { path: path.to_owned(), old })
    }

    /// Refuses a folder that has files and was not made by a run before.
    pub(crate) fn refuse_others(&self) -> Result<(), Failure> {
        if !self.old.is_empty() {
            return Ok(());
        }
        match fs::read_dir(&self.path).map(|mut entries| entries.next().is_none()) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::refused(
                format!("`{}` has files that `cargo avro docs` did not write", self.path.display()),
                "name another folder with --out, or write into this one with --force: files of the same names are \
                 replaced, and nothing else is touched",
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Failure::file("read", &self.path, &error)),
        }
    }

    /// The paths of files that are missing, other than they should be, or should not be there.
    pub(crate) fn stale(&self, files: &[SiteFile<'_>], bar: &ProgressBar) -> Vec<String> {
        let mut stale: Vec<String> = self.gone(files).filter(|path| self.path.join(path).exists()).cloned().collect();
        for file in files {
            if !holds(&self.path.join(&file.path), &file.text()) {
                stale.push(file.path.clone());
            }
            bar.inc(1);
        }
        let new = files.iter().map(|file| file.path.as_str()).collect();
        if !holds(&self.path.join(LIST), &list(&new)) {
            stale.push(LIST.to_owned());
        }
        stale.sort();
        stale
    }

    /// Writes `files`, and removes those of the run before that are not among them.
    pub(crate) fn write(&self, files: &[SiteFile<'_>], bar: &ProgressBar) -> Result<Written, Failure> {
        let new: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        // Before anything else: a run that is interrupted leaves nothing that a later one does not know.
        let both: BTreeSet<&str> = new.iter().copied().chain(self.old.iter().map(String::as_str)).collect();
        self.write_list(&both)?;
        let mut removed = 0;
        // Before the others are written, since on some systems `Order.html` and `order.html` are one file.
        for path in self.gone(files) {
            removed += usize::from(self.remove(path)?);
        }
        let mut written = 0;
        for file in files {
            let (path, text) = (self.path.join(&file.path), file.text());
            if !holds(&path, &text) {
                create_folder_of(&path)?;
                fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))?;
                written += 1;
            }
            bar.inc(1);
        }
        self.write_list(&new)?;
        Ok(Written { written, removed })
    }

    /// What was written before and is not among `files`.
    fn gone<'s>(&'s self, files: &[SiteFile<'_>]) -> impl Iterator<Item = &'s String> + use<'s> {
        let new: HashSet<String> = files.iter().map(|file| file.path.clone()).collect();
        self.old.iter().filter(move |path| !new.contains(*path))
    }

    /// Removes a file and the folders that are empty without it; whether it was there.
    fn remove(&self, path: &str) -> Result<bool, Failure> {
        let file = self.path.join(path);
        match fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(false),
            Err(error) => return Err(Failure::file("remove", &file, &error)),
        }
        let folders = file.ancestors().skip(1).take_while(|folder| *folder != self.path);
        for folder in folders {
            // One that is not empty stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(true)
    }

    fn write_list(&self, paths: &BTreeSet<&str>) -> Result<(), Failure> {
        let (path, text) = (self.path.join(LIST), list(paths));
        if holds(&path, &text) {
            return Ok(());
        }
        create_folder_of(&path)?;
        fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))
    }
}

/// The text of the list.
fn list(paths: &BTreeSet<&str>) -> String {
    let lines: String = paths.iter().map(|path| format!("{path}\n")).collect();
    format!("{LIST_HEAD}{lines}")
}

fn create_folder_of(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))
}

fn holds(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|old| old == text.as_bytes())
}

/// Whether a line of the list is the path of a file below the folder: the list may have come with a checkout.
fn is_inside(line: &str) -> bool {
    let is_plain = !line.is_empty() && !line.starts_with('#') && !line.contains(['\\', ':']);
    is_plain && Path::new(line).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn nothing_outside_is_removed() {
        for line in ["index.html", "types/com.example.Order.html", "types/com%3F.html"] {
            assert!(is_inside(line), "{line}");
        }
        for line in ["", "# a remark", "../other", "types/../../other", "/etc/passwd", "C:\\file", "a\\..\\..\\b", "."]
        {
            assert!(!is_inside(line), "{line}");
        }
    }
}
