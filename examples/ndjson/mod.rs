//! Reads a file with one JSON value a line (NDJSON).

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use avro_typed::serde::de::DeserializeOwned;

/// Every value of the file with the number of its line, counted from one. A line that is not a `T` is an error of its own; those behind it
/// are read all the same.
pub(crate) fn read<T: DeserializeOwned>(
    path: &Path,
) -> io::Result<impl Iterator<Item = (usize, Result<T, serde_json::Error>)>> {
    let file =
        File::open(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    let lines = BufReader::new(file).lines().enumerate();
    Ok(lines.filter(|(_, line)| !matches!(line, Ok(text) if text.trim().is_empty())).map(|(index, line)| {
        let value = line.map_err(serde_json::Error::io).and_then(|text| serde_json::from_str(&text));
        (index + 1, value)
    }))
}
