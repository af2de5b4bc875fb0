//! `cargo xtask corpus DIR`: schemas and data of public repositories, through the generator, the compiler and the
//! codec.

mod deviations;
mod evolution;
mod generate;
mod grouping;
mod names;
mod report;
mod repository;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::generated_project;

/// A request to `cargo xtask corpus`.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) folder: PathBuf,
    /// Lint the generated code instead of running data through it.
    pub(crate) lints: bool,
}

/// Runs every repository in the folder; fails when a schema or a datum does. Status 2 when there is no repository.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    let outcome = if request.folder.is_dir() { run::run(workspace_root, request) } else { Ok(None) };
    match outcome {
        Ok(None) => {
            eprintln!(
                "corpus: no repository in {} has a folder `avsc`; see `cargo xtask help`",
                request.folder.display()
            );
            ExitCode::from(2)
        }
        Ok(Some(report)) => {
            report.lines().iter().for_each(|line| println!("{line}"));
            if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => crate::failure::print("corpus", &error),
    }
}

/// What keeps a corpus from being run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}:{line} is not JSON", path.display())]
    Row { path: PathBuf, line: usize, source: serde_json::Error },
    #[error("row {row} of {} has no text `path`", path.display())]
    NoPath { path: PathBuf, row: usize },
    #[error("cannot compile and run the generated types")]
    Project(#[from] generated_project::Error),
}

#[cfg(test)]
mod tests;
