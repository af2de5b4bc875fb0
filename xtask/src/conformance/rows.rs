//! Finds the files of rows and reads them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Error;

/// The subject of the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Parsing Canonical Forms and fingerprints.
    Canonical,
    /// Which texts are schemas.
    Parse,
    /// Which schemas can read what others wrote.
    Compatibility,
    /// Which schemas may follow others in a registry.
    Levels,
    /// Encoded data.
    Binary,
    /// Data that is read with another schema.
    Resolution,
}

impl Kind {
    /// What the names of its files begin with.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Canonical => "canonical",
            Kind::Parse => "parse",
            Kind::Compatibility => "compat",
            Kind::Levels => "compat_levels",
            Kind::Binary => "binary",
            Kind::Resolution => "resolution",
        }
    }
}

/// A name that is the beginning of another comes after it.
const KINDS: [Kind; 6] =
    [Kind::Canonical, Kind::Parse, Kind::Levels, Kind::Compatibility, Kind::Binary, Kind::Resolution];

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The row's own id; otherwise its place, such as `binary.jsonl:7`.
    pub(super) id: String,
    /// Whether implementations or the source of the row do not agree.
    pub(super) is_disputed: bool,
    value: Value,
}

/// A line that is not a row.
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

    /// An attribute; `None` when there is none of that name, which null is not.
    pub(super) fn find(&self, attribute: &str) -> Option<&Value> {
        self.value.get(attribute)
    }

    /// The text of an attribute that is a schema. A text in which JSON is written is taken as that.
    pub(super) fn schema(&self, attribute: &str) -> Result<String, String> {
        schema_text(self.find(attribute).ok_or_else(|| format!("the row has no `{attribute}`"))?)
    }

    /// An attribute that must be there, as text.
    pub(super) fn text(&self, attribute: &str) -> Result<&str, String> {
        self.get(attribute).as_str().ok_or_else(|| format!("the row has no text `{attribute}`"))
    }

    fn parse(line: &str, place: &str) -> Result<Row, String> {
        let value: Value = serde_json::from_str(line).map_err(|error| format!("the line is not JSON: {error}"))?;
        if !value.is_object() {
            return Err("the line is not a JSON object".to_owned());
        }
        let id = value["id"].as_str().unwrap_or(place).to_owned();
        Ok(Row { id, is_disputed: value["disputed"] == true, value })
    }
}

/// A schema as text. No name begins as JSON does, so a string that does so is a schema that was written into it.
pub(super) fn schema_text(schema: &Value) -> Result<String, String> {
    match schema {
        Value::String(text) if text.trim_start().starts_with(['{', '[', '"']) => Ok(text.clone()),
        Value::String(_) | Value::Object(_) | Value::Array(_) => Ok(schema.to_string()),
        other => Err(format!("{other} is not a schema")),
    }
}

/// Every file of rows below `folder`, with its kind, sorted by kind and path.
pub(super) fn find(folder: &Path) -> Result<Vec<(Kind, PathBuf)>, Error> {
    let mut files = Vec::new();
    crate::files::visit(folder, &mut |path| {
        let name = crate::files::name(path);
        let kind = KINDS.iter().find(|kind| name.ends_with(".jsonl") && name.starts_with(kind.name()));
        files.extend(kind.map(|kind| (*kind, path.to_owned())));
    })
    .map_err(|(path, source)| Error::Read { path, source })?;
    files.sort();
    Ok(files)
}

/// The rows of a file, and its lines that are not rows.
pub(super) fn read(path: &Path) -> Result<Vec<Result<Row, Problem>>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let name = crate::files::name(path);
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let rows = lines.map(|(line, number)| {
        let place = format!("{name}:{number}");
        Row::parse(line, &place).map_err(|text| Problem { place, text })
    });
    Ok(rows.collect())
}
