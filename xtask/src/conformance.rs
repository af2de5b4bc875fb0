//! `cargo xtask conformance DIR`: the rows of public test suites for Avro.
//!
//! DIR holds files of rows, one JSON object per line; the beginning of a file's name is the kind of its rows.
//! Kinds that are not in [`rows::Kind`] are not run, and unknown attributes are ignored. Files of
//! Avro IDL below DIR that are in a folder `input` beside a folder `output` are run, too.

mod canonical;
pub(crate) mod compat;
mod data;
mod idl;
mod levels;
mod parse;
mod rows;
mod tally;

use std::path::Path;
use std::process::ExitCode;

use rows::{Kind, Row};
use tally::Tally;

use crate::generated_project;

/// Runs everything below `folder`; fails when a row does. Status 2 when there is nothing to run.
pub(crate) fn run(workspace_root: &Path, folder: &Path) -> ExitCode {
    let outcome = if folder.is_dir() { run_all(workspace_root, folder) } else { Ok(None) };
    match outcome {
        Ok(None) => {
            eprintln!("conformance: nothing to run in {}; see `cargo xtask help`", folder.display());
            ExitCode::from(2)
        }
        Ok(Some(tally)) => {
            tally.lines().iter().for_each(|line| println!("{line}"));
            if tally.has_failures() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => crate::failure::print("conformance", &error),
    }
}

/// What keeps the rows from being run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error("cannot read {}", path.display())]
    Read { path: std::path::PathBuf, source: std::io::Error },
    #[error("cannot run the generated types")]
    Project(#[from] generated_project::Error),
}

/// `None` when there are no rows.
fn run_all(workspace_root: &Path, folder: &Path) -> Result<Option<Tally>, Error> {
    let files = rows::find(folder)?;
    let idl = idl::find(folder)?;
    if files.is_empty() && idl.is_empty() {
        return Ok(None);
    }
    let mut tally = Tally::default();
    let mut data = Vec::new();
    for (kind, path) in files {
        for row in rows::read(&path)? {
            let row = match row {
                Ok(row) if row.is_disputed => {
                    tally.skip(kind);
                    continue;
                }
                Ok(row) => row,
                Err(problem) => {
                    tally.add(kind, &problem.place, Err(problem.text));
                    continue;
                }
            };
            match kind {
                Kind::Canonical => tally.add(kind, &row.id, canonical::check(&row)),
                Kind::Parse => tally.add(kind, &row.id, parse::check(&row)),
                Kind::Compatibility => tally.add(kind, &row.id, compat::check(&row)),
                Kind::Levels => tally.add(kind, &row.id, levels::check(&row)),
                // Their types are compiled together.
                Kind::Binary | Kind::Resolution => data.push((kind, row)),
            }
        }
    }
    let outcome = data::check_all(workspace_root, &data)?;
    tally.note_underlying(outcome.underlying, outcome.conflicting);
    for ((kind, row), verdict) in data.iter().zip(outcome.verdicts) {
        tally.add(*kind, &row.id, verdict);
    }
    for case in &idl {
        tally.add_idl(&case.id(folder), case.check());
    }
    Ok(Some(tally))
}

/// The outcome of a row: success, or the reason in one line.
type Verdict = Result<(), String>;

#[cfg(test)]
mod tests;
