//! `cargo xtask instructions`: how many instructions the codec takes for a message, compared with what was recorded.
//!
//! Times depend on the machine and on what else it does; these counts do not, so that a slower codec is noticed
//! anywhere.

mod counting;
mod record;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use record::Record;

/// A request to `cargo xtask instructions`.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    /// Compare the counts with the recorded ones.
    Check,
    /// Record them.
    Record,
}

/// Why instructions cannot be counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error("cannot run `{program}`; {remedy}")]
    Program { program: &'static str, remedy: &'static str, source: std::io::Error },
    #[error("`{command}` failed:\n{output}")]
    Failed { command: String, output: String },
    #[error("`{command}` did not print {what}")]
    NotPrinted { command: String, what: &'static str },
    #[error("cannot {action} {}", path.display())]
    Path { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{} is not a record of instructions; `cargo xtask instructions --record` writes a new one", path.display())]
    NotARecord { path: PathBuf, source: serde_json::Error },
}

/// Counts, and compares or records. Fails when a count is not the recorded one.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    match try_run(workspace_root, request) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => crate::failure::print("instructions", &error),
    }
}

fn try_run(workspace_root: &Path, request: &Request) -> Result<bool, Error> {
    let path = workspace_root.join("benches/instructions.json");
    // Before anything takes time.
    let recorded = match request {
        Request::Check => Some(Record::read(&path)?),
        Request::Record => None,
    };
    let counted = counting::count(workspace_root)?;
    let Some(recorded) = recorded else {
        counted.write(&path)?;
        println!("instructions: {} counts recorded in benches/instructions.json", counted.counts().len());
        return Ok(true);
    };
    let comparison = recorded.compare(&counted);
    comparison.lines.iter().for_each(|line| println!("{line}"));
    Ok(comparison.is_good)
}
