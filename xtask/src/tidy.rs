//! `cargo xtask tidy`: the rules of this repository that no other tool knows.
//!
//! Every check is a function from text to findings. Reading files and running cargo happens here alone.

mod comment_length;
mod dependency_lines;
mod english;
mod file_length;
mod finding;
mod floor_table;
mod floors;
mod forbidden_code;
mod foreign_types;
mod import_table;
mod imports;
mod manifest;
mod module_names;
mod module_paths;
mod rust_text;
mod sleeping_tests;
mod source_file;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cargo;
use finding::Finding;
use manifest::Manifest;

/// Prints every finding; fails when there is one, or when something cannot be read.
pub(crate) fn run(workspace_root: &Path) -> ExitCode {
    let (mut findings, files) = match check_all(workspace_root) {
        Ok(outcome) => outcome,
        Err(error) => return crate::failure::print("tidy", &error),
    };
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} findings in {files} source files", findings.len());
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Why the checks cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot run `cargo metadata`; start this as `cargo xtask tidy`")]
    Cargo(#[source] std::io::Error),
    #[error("`cargo metadata` failed:\n{0}")]
    Metadata(String),
    #[error("`cargo metadata` printed what is not JSON")]
    Json(#[source] serde_json::Error),
}

/// All findings, and how many source files were checked.
fn check_all(workspace_root: &Path) -> Result<(Vec<Finding>, usize), Error> {
    let sources = source_file::read_all(workspace_root)?;
    let mut findings = Vec::new();
    for source in &sources {
        findings.extend(comment_length::check(source));
        findings.extend(english::check(source));
        findings.extend(file_length::check(source));
        findings.extend(forbidden_code::check(source));
        findings.extend(module_names::check(source));
        findings.extend(sleeping_tests::check(source));
    }
    for (path, text) in source_file::read_pages(workspace_root)? {
        findings.extend(english::check_page(&path, &text));
    }

    let packages = imports::packages(&metadata(workspace_root)?, &workspace_root.display().to_string());
    let mut manifests = Vec::new();
    for package in &packages {
        manifests.push(Manifest::parse(&package.manifest, &read(&workspace_root.join(&package.manifest))?));
    }
    findings.extend(manifests.iter().flat_map(dependency_lines::check));
    let architecture = read(&workspace_root.join(import_table::PATH))?;
    let (table, unreadable) = import_table::parse(&architecture);
    findings.extend(unreadable);
    findings.extend(imports::check(&table, &packages, &manifests));
    let (floors, unreadable) = floor_table::parse(&architecture);
    findings.extend(unreadable);
    findings.extend(floors::check(&floors, &sources));
    match foreign_types::parse(&architecture) {
        Ok(allowed) => findings.extend(foreign_types::check(&allowed, &packages, &sources)),
        Err(finding) => findings.push(finding),
    }
    Ok((findings, sources.len()))
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

/// What cargo knows about the packages of this workspace; of other packages only their names are needed, so none is
/// resolved.
fn metadata(workspace_root: &Path) -> Result<serde_json::Value, Error> {
    let output = cargo::command()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(workspace_root)
        .output()
        .map_err(Error::Cargo)?;
    if !output.status.success() {
        return Err(Error::Metadata(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(Error::Json)
}
