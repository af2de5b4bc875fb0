//! The reference codec: code written by hand to find the limit, which lies beside this repository where it may be used.

use std::path::Path;

use super::results::Measurement;
use super::{Error, measuring};
use crate::cargo;

/// Where it is, from the root of the workspace.
const FOLDER: &str = "../shared/bench";

/// A limit: the fastest of some rows of one of its tables.
struct Limit {
    /// How the title of the table begins.
    title: &'static str,
    /// How the names of the rows begin.
    rows: &'static [&'static str],
    workload: &'static str,
    operation: &'static str,
    name: &'static str,
}

const OWNED: &str = "decode to owned values";
const BORROWED: &str = "decode to borrowed values";
const CODEC: &str = "limit: reference codec";
const SAFE: &str = "limit: reference codec, safe writer";
const UNSAFE: &str = "limit: reference codec, unsafe writer";
const INTO: &str = "limit: reference codec, decode_into";

const LIMITS: [Limit; 13] = [
    limit("W1 encode", &["hand (b0)", "hand (b1)"], "W1 SensorAlert", "encode", SAFE),
    limit("W1 encode", &["hand (b2)", "hand (b3)"], "W1 SensorAlert", "encode", UNSAFE),
    limit("W1 decode owned", &["hand (b) owned"], "W1 SensorAlert", OWNED, CODEC),
    limit("W1 decode owned", &["hand (b) decode_into"], "W1 SensorAlert", OWNED, INTO),
    limit("W1 decode borrowed", &["hand (b)"], "W1 SensorAlert", BORROWED, CODEC),
    limit("W2 encode", &["hand (b0)", "hand (b1)"], "W2 Customer", "encode", SAFE),
    limit("W2 encode", &["hand (b2)"], "W2 Customer", "encode", UNSAFE),
    limit("W2 decode owned", &["hand (b) String+HashMap(Sip)"], "W2 Customer", OWNED, CODEC),
    limit("W2 decode borrowed", &["hand (b) zero-alloc view"], "W2 Customer", BORROWED, CODEC),
    limit("W3 encode", &["hand (b0)", "hand (b1)"], "W3 Telemetry", "encode", SAFE),
    limit("W3 encode", &["hand (b2)"], "W3 Telemetry", "encode", UNSAFE),
    limit("W3 decode", &["hand (b)"], "W3 Telemetry", OWNED, CODEC),
    limit("W4R 1000 small records encode", &["hand (b0)", "hand (b1)"], "W4 small records", "encode", SAFE),
];

const fn limit(
    title: &'static str,
    rows: &'static [&'static str],
    workload: &'static str,
    operation: &'static str,
    name: &'static str,
) -> Limit {
    Limit { title, rows, workload, operation, name }
}

/// `None` where it is not there.
pub(super) fn measure(workspace_root: &Path) -> Result<Option<Vec<Measurement>>, Error> {
    let folder = workspace_root.join(FOLDER);
    if !folder.is_dir() {
        return Ok(None);
    }
    let target = cargo::target_folder(workspace_root).join("reference");
    // Its folder is not to be written to, not even a lock file.
    let copy = target.join("source");
    copy_folder(&folder, &copy)?;
    let mut command = cargo::command();
    command.current_dir(&copy).args(["run", "--quiet", "--release", "--bin", "codec"]);
    command.env("CARGO_TARGET_DIR", target.join("build")).env("N", "8192").env("ROUNDS", "31");
    Ok(Some(limits(&measuring::output(&mut command)?)))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |source| Error::Path { action: "copy", path: from.to_owned(), source };
    let mut files = Vec::new();
    crate::files::visit(from, &mut |path| files.push(path.to_owned())).map_err(|(path, source)| Error::Path {
        action: "read",
        path,
        source,
    })?;
    for file in files {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        // A file that is as it was is not compiled again.
        if std::fs::read(&file).ok() != std::fs::read(&target).ok() {
            std::fs::copy(&file, &target).map_err(failed)?;
        }
    }
    Ok(())
}

/// What its tables have: `## TITLE (…` and below it `NAME  NANOSECONDS  MB/S  RATIO  [IQR]`.
fn limits(printed: &str) -> Vec<Measurement> {
    let mut rows = Vec::new();
    let mut title = "";
    for line in printed.lines() {
        if let Some(next) = line.strip_prefix("## ") {
            title = next;
        } else if let Some(row) = row(line) {
            rows.push((title, row));
        }
    }
    let fastest = |limit: &Limit| {
        let of_limit = rows.iter().filter(|(title, (name, _))| {
            title.starts_with(limit.title)
                && limit.rows.iter().any(|start| name.starts_with(start))
                // Neither without a check, nor into other types.
                && !["NO utf8", "CompactString", "1 alloc", "foldhash", "i128"].iter().any(|other| name.contains(other))
                && (limit.name == INTO || !name.contains("decode_into"))
        });
        let nanoseconds = of_limit.map(|(_, (_, nanoseconds))| *nanoseconds).min_by(f64::total_cmp)?;
        Some(Measurement {
            workload: limit.workload.to_owned(),
            operation: limit.operation.to_owned(),
            bytes_per_message: None,
            candidate: limit.name.to_owned(),
            nanoseconds,
            ratio: None,
            target: None,
        })
    };
    LIMITS.iter().filter_map(fastest).collect()
}

fn row(line: &str) -> Option<(&str, f64)> {
    let (numbers, _) = line.rsplit_once('[')?;
    let mut words = numbers.split_whitespace().rev();
    let (_ratio, _speed, nanoseconds) = (words.next()?, words.next()?, words.next()?);
    let name = &line[..line.find(&format!(" {nanoseconds} "))?];
    Some((name.trim(), nanoseconds.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_of_the_rows_that_do_the_same_is_the_limit() {
        let printed = "\
verify ok

## W1 decode borrowed (&str) (n=8192, avg 126.3 B/op, 31 rounds; x = time / time of *)
peer                                               ns/op      MB/s       x  [iqr x]
hand (a) *                                          74.1      1705    1.00  [1.00-1.00]
hand (b) loop, ascii                                31.5      4010    0.43  [0.42-0.43]
hand (b) 1B+SWAR, ascii                             24.2      5221    0.33  [0.32-0.33]
hand (b) 1B+SWAR, NO utf8 check (price)             11.2     11278    0.15  [0.15-0.15]
";
        let limits = limits(printed);
        assert_eq!(limits.len(), 1);
        assert_eq!((limits[0].workload.as_str(), limits[0].nanoseconds), ("W1 SensorAlert", 24.2));
    }
}
