//! `cargo xtask golden`: the golden files of avro-codegen, compared, renewed and linted.

#[path = "../../avro-codegen/tests/golden/cases.rs"]
mod cases;
#[path = "../../avro-build/tests/evolution/generate.rs"]
mod evolution;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cases::{GeneratedCode, GoldenError, GoldenFile, golden, left_over};

use crate::generated_project::{self, Lint, Project, Unit};

/// A request to `cargo xtask golden`.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    /// Compare the files with what is generated now.
    Check,
    /// Write what is generated now.
    Bless,
    /// Compare them, and let clippy and rustdoc look at them as they look at a user's crate.
    Lint,
}

/// Why the golden files cannot be made or checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error("cannot make the golden files")]
    Golden(#[from] GoldenError),
    #[error(transparent)]
    Evolution(#[from] evolution::Error),
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("cannot lint the golden files")]
    Project(#[from] generated_project::Error),
}

/// Does what is requested; fails when a golden file is stale or has findings.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    match try_run(workspace_root, request) {
        Ok(problems) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            println!("golden: {} problems", problems.len());
            if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => crate::failure::print("golden", &error),
    }
}

fn try_run(workspace_root: &Path, request: &Request) -> Result<Vec<String>, Error> {
    let folder = workspace_root.join("avro-codegen/tests/golden");
    let mut golden = golden(&folder)?;
    let left_over = left_over(&folder, &golden)?;
    let evolution = workspace_root.join("avro-build/tests/evolution");
    let text = evolution::generate(&evolution)?;
    golden.code.push(GeneratedCode { name: "evolution".to_owned(), text: text.clone() });
    golden.files.push(GoldenFile { path: evolution.join("generated.rs"), text });
    let stale: Vec<&GoldenFile> = golden.files.iter().filter(|file| !is_current(file)).collect();
    if *request == Request::Bless {
        for file in stale {
            let write = |source| Error::Write { path: file.path.clone(), source };
            std::fs::write(&file.path, &file.text).map_err(write)?;
            println!("wrote {}", file.path.display());
        }
        for path in left_over {
            std::fs::remove_file(&path).map_err(|source| Error::Write { path: path.clone(), source })?;
            println!("removed {}", path.display());
        }
        return Ok(Vec::new());
    }
    let mut problems: Vec<String> = stale
        .iter()
        .map(|file| &file.path)
        .chain(&left_over)
        .map(|path| format!("{} is stale: run `cargo xtask golden --bless` and look at the difference", path.display()))
        .collect();
    if *request == Request::Lint {
        problems.extend(lint(workspace_root, golden.code)?);
    }
    Ok(problems)
}

fn is_current(file: &GoldenFile) -> bool {
    std::fs::read(&file.path).is_ok_and(|text| text == file.text.as_bytes())
}

/// What clippy and rustdoc report about the code that needs nothing around it, in a crate with the lints that every
/// crate has.
fn lint(workspace_root: &Path, code: Vec<GeneratedCode>) -> Result<Vec<String>, Error> {
    let mut project = Project::new(workspace_root, "golden");
    for GeneratedCode { name, text } in code {
        project.add(Unit { name: format!("of_{name}"), code: text, roots: Vec::new() });
    }
    let mut problems = Vec::new();
    for lint in [Lint::Clippy, Lint::Rustdoc] {
        let findings = project.lint(lint)?;
        problems.extend(findings.by_unit.into_values().flatten().map(|finding| finding.rendered));
    }
    Ok(problems)
}
