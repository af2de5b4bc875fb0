//! Reads a file with one JSON value per line (NDJSON).

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use avro_typed::serde::de::DeserializeOwned;

/// Every value of the file, and how many lines are not a `T`: each of these is reported with its number, and reading
/// continues.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<(Vec<T>, usize)> {
    let at_path = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let (mut values, mut invalid) = (Vec::new(), 0);
    for (line, number) in BufReader::new(File::open(path).map_err(at_path)?).lines().zip(1..) {
        match serde_json::from_str(&line.map_err(at_path)?) {
            Ok(value) => values.push(value),
            Err(error) => {
                eprintln!("{}, line {number}: {error}", path.display());
                invalid += 1;
            }
        }
    }
    Ok((values, invalid))
}
