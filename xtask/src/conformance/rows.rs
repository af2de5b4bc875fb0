//! Finds the files of rows and reads them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Error;

/// What the rows of a file say something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Parsing Canonical Forms and fingerprints.
    Canonical,
    /// Which texts are schemas.
    Parse,
    /// Which schemas can read what others wrote.
    Compatibility,
    /// Encoded data.
    Binary,
    /// Data that is read with another schema.
    Resolution,
}

/// How files are called. One name that is the beginning of another comes after it; no kind means that such files are not run yet.
const NAMES: [(&str, Option<Kind>); 6] = [
    ("canonical", Some(Kind::Canonical)),
    ("parse", Some(Kind::Parse)),
    ("compat_levels", None),
    ("compat", Some(Kind::Compatibility)),
    ("binary", Some(Kind::Binary)),
    ("resolution", Some(Kind::Resolution)),
];

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) id: String,
    /// Whether implementations or the source of the row do not agree.
    pub(super) is_disputed: bool,
    value: Value,
}

/// A line that is no row.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    /// `binary.jsonl:7`
    pub(super) place: String,
    pub(super) text: String,
}

impl Row {
    /// An attribute; null when there is none of that name.
    pub(super) fn get(&self, attribute: &str) -> &Value {
        &self.value[attribute]
    }

    /// An attribute that must be there, as text.
    pub(super) fn text(&self, attribute: &str) -> Result<&str, String> {
        self.get(attribute).as_str().ok_or_else(|| format!("the row has no text `{attribute}`"))
    }

    fn parse(line: &str) -> Result<Row, String> {
        let value: Value = serde_json::from_str(line).map_err(|error| format!("the line is no JSON: {error}"))?;
        let id = value["id"].as_str().ok_or("the row has no text `id`")?.to_owned();
        Ok(Row { id, is_disputed: value["disputed"] == true, value })
    }
}

/// Every file of rows below `folder`, with its kind, sorted by kind and path.
pub(super) fn find(folder: &Path) -> Result<Vec<(Kind, PathBuf)>, Error> {
    let mut files = Vec::new();
    crate::files::visit(folder, &mut |path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let kind = NAMES.iter().find(|(start, _)| name.ends_with(".jsonl") && name.starts_with(start));
        files.extend(kind.and_then(|(_, kind)| kind.map(|kind| (kind, path.to_owned()))));
    })
    .map_err(|(path, source)| Error::Read { path, source })?;
    files.sort();
    Ok(files)
}

/// The rows of a file, and its lines that are none.
pub(super) fn read(path: &Path) -> Result<Vec<Result<Row, Problem>>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let rows = lines
        .map(|(line, number)| Row::parse(line).map_err(|text| Problem { place: format!("{name}:{number}"), text }));
    Ok(rows.collect())
}
