//! Runs cargo on a generated workspace, and tells what it found of which unit.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Error, Project, manifests};
use crate::cargo;

/// What the compiler says of generated code.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Errors and warnings as rustc prints them, by the number of the unit.
    pub(crate) by_unit: BTreeMap<usize, Vec<Finding>>,
    /// Errors that are in no unit.
    others: Vec<String>,
    driver: Option<PathBuf>,
}

impl Findings {
    /// The units that do not compile, each with the first error.
    pub(crate) fn broken(&self) -> Vec<(usize, &str)> {
        let broken = self.by_unit.iter().filter_map(|(unit, findings)| {
            let error = findings.iter().find(|finding| finding.is_error)?;
            Some((*unit, error.rendered.as_str()))
        });
        broken.collect()
    }
}

/// One error or warning.
#[derive(Debug, PartialEq)]
pub(crate) struct Finding {
    pub(crate) is_error: bool,
    pub(crate) rendered: String,
}

/// Which tool looks for what compiles but should be better. Every finding is an error.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lint {
    Clippy,
    Rustdoc,
}

impl Project<'_> {
    /// Writes what has changed, and compiles it.
    ///
    /// # Errors
    ///
    /// When files cannot be written, cargo cannot be run, or it fails for another reason than the code of a unit.
    pub(crate) fn build(&self) -> Result<Findings, Error> {
        let mut command = cargo::command();
        command.arg("build");
        self.run_cargo(command, &[])
    }

    /// Lints all units without compiling them.
    ///
    /// # Errors
    ///
    /// As [`build`](Project::build).
    pub(crate) fn lint(&self, lint: Lint) -> Result<Findings, Error> {
        let mut command = cargo::command();
        match lint {
            Lint::Clippy => {
                command.arg("clippy");
                self.run_cargo(command, &["--", "-D", "warnings"])
            }
            Lint::Rustdoc => {
                command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
                self.run_cargo(command, &[])
            }
        }
    }

    /// The program that [`run`](Project::run) runs.
    pub(super) fn driver_program(&self, findings: &Findings) -> PathBuf {
        let usual = || self.target_folder.join("debug").join(manifests::driver_name(self.name));
        findings.driver.clone().unwrap_or_else(usual)
    }

    fn run_cargo(&self, mut command: Command, last_arguments: &[&str]) -> Result<Findings, Error> {
        self.write()?;
        command
            .args(["--workspace", "--keep-going", "--message-format", "json"])
            .args(last_arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target_folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = command.spawn().map_err(Error::Cargo)?;
        let mut findings = Findings::default();
        let printed = process.stdout.take();
        for line in printed.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()).map_while(Result::ok) {
            if let Ok(message) = serde_json::from_str(&line) {
                self.take_message(&message, &mut findings);
            }
        }
        let status = process.wait().map_err(Error::Cargo)?;
        let has_broken_unit = findings.by_unit.values().flatten().any(|finding| finding.is_error);
        if status.success() || has_broken_unit {
            return Ok(findings);
        }
        Err(Error::NotBuilt(findings.others.join("\n")))
    }

    fn take_message(&self, message: &Value, findings: &mut Findings) {
        match message["reason"].as_str() {
            Some("compiler-artifact") if message["target"]["name"] == manifests::driver_name(self.name).as_str() => {
                findings.driver = message["executable"].as_str().map(PathBuf::from);
            }
            Some("compiler-message") => {
                let message = &message["message"];
                let is_error = message["level"].as_str().is_some_and(|level| level.starts_with("error"));
                let is_warning = message["level"] == "warning";
                let rendered = message["rendered"].as_str().unwrap_or_default().trim_end().to_owned();
                match self.unit_of(message) {
                    Some(unit) if is_error || is_warning => {
                        findings.by_unit.entry(unit).or_default().push(Finding { is_error, rendered });
                    }
                    None if is_error && !rendered.contains("aborting due to") => findings.others.push(rendered),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The unit that one of the message's places is in: the first of those that matter, else of the others.
    fn unit_of(&self, message: &Value) -> Option<usize> {
        let mut spans: Vec<&Value> = message["spans"].as_array()?.iter().collect();
        let children = message["children"].as_array().into_iter().flatten();
        spans.sort_by_key(|span| span["is_primary"] != true);
        spans.extend(children.flat_map(|child| child["spans"].as_array().into_iter().flatten()));
        spans.iter().find_map(|span| {
            // …/src/NAME.rs or …/src/NAME/types.rs
            let mut parts = span["file_name"].as_str()?.split(['/', '\\']).skip_while(|part| *part != "src").skip(1);
            self.unit_named(parts.next()?.trim_end_matches(".rs"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::super::Unit;
    use super::*;

    #[test]
    fn messages_belong_to_the_unit_that_they_are_about() {
        let mut project = Project::new(Path::new("/workspace"), "sample");
        for name in ["one", "two"] {
            project.add(Unit { name: name.into(), code: String::new(), roots: Vec::new() });
        }
        let mut findings = Findings::default();
        let mut take = |level: &str, files: &[(&str, bool)]| {
            let spans: Vec<Value> =
                files.iter().map(|(file, is_primary)| json!({"file_name": file, "is_primary": is_primary})).collect();
            let message = json!({"level": level, "rendered": format!("{level}\n"), "spans": spans, "children": []});
            project.take_message(&json!({"reason": "compiler-message", "message": message}), &mut findings);
        };
        take("error", &[("sample_00/src/one.rs", false), ("sample_00/src/two/types.rs", true)]);
        take("warning", &[("/workspace/avro-typed/src/lib.rs", true), ("sample_00/src/one/types.rs", false)]);
        take("error", &[("driver/src/main.rs", true)]);
        take("note", &[("sample_00/src/one.rs", true)]);
        let found = |is_error, rendered: &str| vec![Finding { is_error, rendered: rendered.into() }];
        assert_eq!(findings.by_unit, BTreeMap::from([(0, found(false, "warning")), (1, found(true, "error"))]));
        assert_eq!(findings.others, ["error"]);
    }
}
