//! Versions to files.

use std::path::{Path, PathBuf};

use avro_model::{Diagnostics, Json, Source, Span};

use super::parse::{parse, problem};
use super::{Lock, LockError, LockedVersion, layout, place};
use crate::write;

impl Lock {
    /// Writes a version into the lock folder `dir`, which is created when it is not there, and returns the path of the
    /// file. A file with the same text is not touched. Another one is replaced in one step: whoever reads
    /// meanwhile, or after a crash, finds the old file or the new one.
    ///
    /// # Errors
    ///
    /// When the file cannot be written; when it is of another subject, on file systems that do not tell `Orders` from
    /// `orders`; and when the version could not be read again, since its schema is not JSON, or its subject empty.
    ///
    /// ```
    /// use avro_build::lock::{Lock, LockedVersion};
    /// use avro_model::Guid;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let schema = r#"{"type":"fixed","name":"Hash","namespace":"com.acme","size":16}"#;
    /// let guid = Guid::of(schema, []);
    /// let version = LockedVersion::new("hash-value", 1, "com.acme.Hash", guid, schema).with_id("default", 17);
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path().join("schema-lock");
    /// let path = Lock::write_entry(&folder, &version)?;
    /// assert!(path.ends_with("schema-lock/hash-value/1.json"));
    /// assert_eq!(Lock::read(&folder)?.versions(), [version]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn write_entry(dir: &Path, version: &LockedVersion) -> Result<PathBuf, LockError> {
        let path = place::path_of(dir, version);
        let text = text(&path, version)?;
        let failed = |source| LockError::WriteFile { path: path.clone(), source };
        match std::fs::read_to_string(&path) {
            Ok(old) if old == text => return Ok(path),
            Ok(old) => {
                if let Ok((old, _)) = parse(Source::new(String::new(), old))
                    && old.subject != version.subject
                {
                    return Err(LockError::Taken { path, subject: version.subject.clone(), other: old.subject });
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            // What is not text is replaced.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {}
            Err(error) => return Err(failed(error)),
        }
        write::replace(&path, &text).map_err(failed)?;
        Ok(path)
    }
}

/// The text of a lock file.
pub(super) fn text(path: &Path, version: &LockedVersion) -> Result<String, LockError> {
    let source = |text| Source::new(path.to_string_lossy().into_owned(), text);
    // Compact JSON has no layout that could go wrong: it is read first, and laid out when it is known to be JSON.
    let compact = one_line(version);
    let invalid = |list| LockError::Invalid(Diagnostics::new(vec![source(compact.clone())], list));
    let (read, _) = parse(source(compact.clone())).map_err(invalid)?;
    if read.schema != layout::compact(&version.schema) {
        let whole = Span { start: 0, end: compact.len() };
        return Err(invalid(vec![problem(whole, "the schema is not a JSON value".to_owned(), "in this".to_owned())]));
    }
    let mut text = String::from("{");
    for (index, (key, value)) in members(&read).into_iter().enumerate() {
        text.push_str(if index == 0 { "\n  " } else { ",\n  " });
        text.push_str(&format!("{}: {}", Json::String(key.to_owned()), layout::pretty(&value, 1)));
    }
    text.push_str("\n}\n");
    Ok(text)
}

fn one_line(version: &LockedVersion) -> String {
    let members: Vec<String> =
        members(version).into_iter().map(|(key, value)| format!("{}:{value}", Json::String(key.to_owned()))).collect();
    format!("{{{}}}", members.join(","))
}

/// Keys and compact values, in the order of the file.
fn members(version: &LockedVersion) -> Vec<(&'static str, String)> {
    let text = |text: &str| Json::String(text.to_owned()).to_string();
    let number = |number: u32| Json::Number(number.to_string());
    let ids = version.ids.iter().map(|(name, id)| (name.clone(), number(*id)));
    let references = version.references.iter().map(|reference| {
        Json::Object(vec![
            ("name".to_owned(), Json::String(reference.name.clone())),
            ("subject".to_owned(), Json::String(reference.subject.clone())),
            ("version".to_owned(), number(reference.version)),
        ])
    });
    let mut members = vec![
        ("subject", text(&version.subject)),
        ("version", version.version.to_string()),
        ("type", text(&version.type_name)),
        ("compatibility", text(version.compatibility.as_str())),
        ("guid", text(&version.guid.to_string())),
        ("ids", Json::Object(ids.collect()).to_string()),
    ];
    if !version.references.is_empty() {
        members.push(("references", Json::Array(references.collect()).to_string()));
    }
    members.push(("schema", layout::compact(&version.schema)));
    members
}
