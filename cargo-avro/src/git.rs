//! Schema files as they are in a commit, without checking it out.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use avro_build::{Entry, Files, Loader};
use avro_model::SchemaSet;

use crate::arguments::SchemaArguments;
use crate::failure::Failure;

/// The schemas of `folders` at `reference`, a commit, branch or tag, read as `arguments` have it.
pub(crate) fn schemas_at(
    reference: &str,
    folders: &[PathBuf],
    arguments: &SchemaArguments,
) -> Result<SchemaSet, Failure> {
    let commit = Commit::find(reference)?;
    let mut loader = Loader::new(commit, &[]);
    arguments.apart().for_each(|path| loader.exclude(path));
    for folder in folders {
        loader.folder(folder)?;
    }
    Ok(loader.finish()?.parse(arguments.leniency())?)
}

struct Commit {
    reference: String,
    /// The current folder, seen from the root of the repository.
    prefix: PathBuf,
    /// Every file, seen from the root of the repository.
    files: BTreeSet<PathBuf>,
}

impl Commit {
    fn find(reference: &str) -> Result<Commit, Failure> {
        if reference.starts_with('-') {
            return Err(Failure::usage(format!("`{reference}` is not a commit"), "name a commit, a branch or a tag"));
        }
        let prefix = git(&["rev-parse", "--show-prefix"], "is this folder in a git repository?")?;
        let commit = format!("{reference}^{{commit}}");
        let remedy = "name a commit, a branch or a tag; in continuous integration, fetch it first";
        git(&["rev-parse", "--verify", "--quiet", &commit], remedy)
            .map_err(|_| Failure::refused(format!("git does not know `{reference}`"), remedy))?;
        let files = git(&["ls-tree", "-r", "-z", "--full-tree", "--name-only", reference], remedy)?;
        let files = files.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect();
        Ok(Commit { reference: reference.to_owned(), prefix: PathBuf::from(prefix.trim_end()), files })
    }

    /// A path that starts at the current folder, seen from the root of the repository.
    fn in_repository(&self, path: &Path) -> PathBuf {
        let mut clean = PathBuf::new();
        for component in self.prefix.join(path).components() {
            match component {
                Component::ParentDir => drop(clean.pop()),
                Component::CurDir => {}
                other => clean.push(other),
            }
        }
        clean
    }
}

impl Files for Commit {
    type Error = Failure;

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Failure> {
        let inside = self.in_repository(folder);
        let mut entries: Vec<Entry> = Vec::new();
        for file in &self.files {
            let Ok(rest) = file.strip_prefix(&inside) else { continue };
            let Some(first) = rest.components().next() else { continue };
            let entry = Entry { path: folder.join(first), is_folder: rest.components().count() > 1 };
            // They are sorted, so that files of the same folder follow each other.
            if entries.last() != Some(&entry) {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    fn read(&self, file: &Path) -> Result<String, Failure> {
        let object = format!("{}:{}", self.reference, slashes(&self.in_repository(file)));
        git(&["cat-file", "blob", &object], "is the file text?")
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains(&self.in_repository(path))
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.in_repository(path)
    }

    fn name(&self, file: &Path) -> String {
        format!("{}:{}", self.reference, file.display())
    }
}

/// Git has slashes on every system.
fn slashes(path: &Path) -> String {
    path.components().map(|component| component.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn git(arguments: &[&str], remedy: &str) -> Result<String, Failure> {
    let failed = |reason: String| Failure::refused(format!("git {}: {reason}", arguments.join(" ")), remedy);
    let output = Command::new("git").args(arguments).output().map_err(|error| {
        Failure::refused(format!("git cannot be run: {error}"), "install git, or compare with the lock or a registry")
    })?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("its answer is not UTF-8".to_owned()))
}
