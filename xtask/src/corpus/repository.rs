//! Reads a corpus: folders of repositories with schema files and data, and what is known of them.
//!
//! `DIR/<name>/avsc/**` are schema files, and `DIR/<name>/idl/**` protocols and Avro IDL; `DIR/<name>/vectors.jsonl`
//! has rows `{path, json, hex}`; `DIR/index.jsonl`, where there is one, has rows `{path, needs_files, java,
//! pcf_sha256}`. Paths start at DIR.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use avro_model::Leniency;
use serde_json::Value;

use super::Error;
use crate::datum::hexadecimal;

/// The schema files of one repository, sorted by path.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) name: String,
    pub(super) files: Vec<SchemaFile>,
    /// Its protocols and other files of Avro IDL, each with the folder that has the schemas which stood beside it.
    pub(super) protocols: Vec<(PathBuf, PathBuf)>,
    /// What is wrong with the data, by path.
    pub(super) problems: Vec<(String, String)>,
}

/// A schema file.
#[derive(Debug)]
pub(super) struct SchemaFile {
    /// Where it is, from the corpus.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) known: Known,
    /// Data of the type at its root.
    pub(super) vectors: Vec<Vector>,
}

/// What the index has about a file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Known {
    /// The other files of the repository without which it is not complete; `None` when there is no index.
    pub(super) needs: Option<Vec<String>>,
    /// Whether Java refuses it, as it is set up by default: not everything that begins with "ok" is accepted.
    pub(super) is_rejected: bool,
    /// The options with which Java takes it all the same.
    pub(super) leniency: Leniency,
    /// The SHA-256 of its canonical form, as Java has it.
    pub(super) sha256: Option<String>,
}

/// A datum.
#[derive(Debug)]
pub(super) struct Vector {
    pub(super) json: Value,
    pub(super) datum: Vec<u8>,
}

/// Every repository in `folder`, sorted by name.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Repository>, Error> {
    let index = folder.join("index.jsonl");
    let mut known = HashMap::new();
    if index.is_file() {
        for (row, number) in read_rows(&index)?.iter().zip(1..) {
            let path = row["path"].as_str().ok_or_else(|| Error::NoPath { path: index.clone(), row: number })?;
            known.insert(path.to_owned(), Known::of_row(row));
        }
    }
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    let mut repositories = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.join("avsc").is_dir() {
            repositories.push(Repository::read(folder, &path, &mut known)?);
        }
    }
    repositories.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(repositories)
}

impl Repository {
    fn read(corpus: &Path, folder: &Path, known: &mut HashMap<String, Known>) -> Result<Repository, Error> {
        let name = crate::files::name(folder);
        let mut paths: Vec<PathBuf> = Vec::new();
        crate::files::visit(&folder.join("avsc"), &mut |path| paths.push(path.to_owned()))
            .map_err(|(path, source)| Error::Read { path, source })?;
        let mut repository =
            Repository { name, files: Vec::new(), protocols: protocols(folder)?, problems: Vec::new() };
        for path in paths {
            let bytes = std::fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
            let shown = crate::files::relative(&path, corpus);
            if !is_schema(&path, &bytes) {
                continue;
            }
            let known = known.remove(&shown).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            if matches!(text, Cow::Owned(_)) && !known.is_rejected {
                repository.problems.push((shown, "the file is not UTF-8".to_owned()));
                continue;
            }
            repository.files.push(SchemaFile { path: shown, text: text.into_owned(), known, vectors: Vec::new() });
        }
        let vectors = folder.join("vectors.jsonl");
        if vectors.is_file() {
            for row in read_rows(&vectors)? {
                repository.add_vector(&row);
            }
        }
        Ok(repository)
    }

    fn add_vector(&mut self, row: &Value) {
        let path = row["path"].as_str().unwrap_or_default();
        let datum = row["hex"].as_str().and_then(hexadecimal::bytes);
        // Paths may start at the repository as well.
        let in_repository = format!("{}/{path}", self.name);
        match (self.files.iter_mut().find(|file| file.path == path || file.path == in_repository), datum) {
            (Some(file), Some(datum)) => file.vectors.push(Vector { json: row["json"].clone(), datum }),
            (None, _) => self.problems.push((path.to_owned(), "there is data, but no such schema file".to_owned())),
            (_, None) => self.problems.push((path.to_owned(), "`hex` is not hexadecimal".to_owned())),
        }
    }
}

impl Known {
    /// Whether types are generated for it, if only with options.
    pub(super) fn has_types(&self) -> bool {
        !self.is_rejected || self.leniency != Leniency::NONE
    }

    fn of_row(row: &Value) -> Known {
        let text = |value: &Value| value.as_str().map(String::from);
        Known {
            needs: row["needs_files"].as_array().map(|files| files.iter().filter_map(text).collect()),
            is_rejected: row["java"].as_str().is_some_and(|verdict| verdict != "ok"),
            leniency: leniency(row["java"].as_str().unwrap_or_default()),
            sha256: text(&row["pcf_sha256"]),
        }
    }
}

/// What a verdict such as `ok only without default validation` asks for.
fn leniency(verdict: &str) -> Leniency {
    let without = verdict.strip_prefix("ok only without ").unwrap_or_default();
    Leniency::NONE.with_defaults(without.contains("default")).with_names(without.contains("name"))
}

fn protocols(repository: &Path) -> Result<Vec<(PathBuf, PathBuf)>, Error> {
    let folder = repository.join("idl");
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    crate::files::visit(&folder, &mut |path| {
        let is_protocol = path.extension().is_some_and(|extension| extension == "avdl" || extension == "avpr");
        let beside = path.strip_prefix(&folder).ok().and_then(Path::parent).filter(|_| is_protocol);
        found.extend(beside.map(|beside| (path.to_owned(), repository.join("avsc").join(beside))));
    })
    .map_err(|(path, source)| Error::Read { path, source })?;
    Ok(found)
}

/// Some schema files end in `.avro`; so do files of data.
fn is_schema(path: &Path, bytes: &[u8]) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("avsc") => true,
        Some("avro") => !bytes.starts_with(b"Obj\x01"),
        _ => false,
    }
}

pub(super) fn read_rows(path: &Path) -> Result<Vec<Value>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let rows = lines.map(|(line, number)| {
        serde_json::from_str(line).map_err(|source| Error::Row { path: path.to_owned(), line: number, source })
    });
    rows.collect()
}
