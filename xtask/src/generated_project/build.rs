//! Runs cargo on a generated workspace, and assigns what it finds to the units.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Error, Project, manifests};
use crate::cargo;

/// What the compiler reports about generated code.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Errors and warnings as rustc prints them, by the number of the unit.
    pub(crate) by_unit: BTreeMap<usize, Vec<Finding>>,
    /// Errors that are in no unit.
    others: Vec<String>,
    /// The programs that were built, by the name of their crate.
    programs: BTreeMap<String, PathBuf>,
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

/// What the compiler may take for one crate.
const MOST_PROCESSOR_SECONDS: u64 = 900;
const MOST_MEMORY_GIB: u64 = 8;

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Which tool looks for what compiles but should be better. Every finding is an error.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lint {
    Clippy,
    Rustdoc,
}

impl Project<'_> {
    /// Writes what has changed, and compiles it, each crate within bounds. A unit on which the compiler fails without
    /// an error of the code, as when it takes too much time or memory, is broken like one with an error.
    ///
    /// # Errors
    ///
    /// When files cannot be written, cargo cannot be run, or it fails for another reason than the code of a unit.
    pub(crate) fn build(&mut self) -> Result<Findings, Error> {
        loop {
            let mut command = cargo::command();
            command.arg("build");
            self.bound_compiler(&mut command)?;
            let (mut findings, is_complete) = self.run_cargo(command, &[])?;
            if is_complete || !findings.broken().is_empty() {
                return Ok(findings);
            }
            let built: BTreeSet<String> = findings.programs.keys().cloned().collect();
            if built.is_empty() && !findings.others.is_empty() {
                return Err(Error::NotBuilt(findings.others.join("\n")));
            }
            let broken = self.take_apart(&built);
            if broken.is_empty() && self.crates().iter().all(|part| built.contains(&part.name)) {
                return Err(Error::NotBuilt(findings.others.join("\n")));
            }
            for unit in broken {
                let rendered = format!(
                    "the compiler ended without an error; a crate may take {MOST_PROCESSOR_SECONDS} s of processor time and \
                     {MOST_MEMORY_GIB} GiB of memory"
                );
                findings.by_unit.entry(unit).or_default().push(Finding { is_error: true, rendered });
            }
            if !findings.broken().is_empty() {
                return Ok(findings);
            }
        }
    }

    /// Has cargo start the compiler within bounds for the crates of this workspace, where there is a shell that can set
    /// them.
    fn bound_compiler(&self, command: &mut Command) -> Result<(), Error> {
        if !cfg!(unix) {
            return Ok(());
        }
        let script = format!(
            "#!/bin/sh\n# A bound that cannot be set is left out.\nulimit -t {MOST_PROCESSOR_SECONDS} 2>/dev/null\n\
             ulimit -v {} 2>/dev/null\nexec \"$@\"\n",
            MOST_MEMORY_GIB << 20
        );
        self.write_file("bounded.sh", &script)?;
        let path = self.folder.join("bounded.sh");
        make_executable(&path).map_err(|source| Error::Path {
            action: "make executable",
            path: path.clone(),
            source,
        })?;
        command.env("RUSTC_WORKSPACE_WRAPPER", path);
        Ok(())
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
                // The drivers and what they call are ours.
                command.args(["clippy", "--no-deps", "--lib", "--exclude", &manifests::checks_name(self.name)]);
                let groups = ["-W", "clippy::pedantic", "-W", "clippy::nursery", "-W", "missing_docs"];
                self.lint_with(command, &[&["--"], &groups[..], &["-D", "warnings"]].concat())
            }
            Lint::Rustdoc => {
                command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
                self.lint_with(command, &[])
            }
        }
    }

    fn lint_with(&self, command: Command, last_arguments: &[&str]) -> Result<Findings, Error> {
        let (findings, is_complete) = self.run_cargo(command, last_arguments)?;
        if is_complete || !findings.broken().is_empty() {
            return Ok(findings);
        }
        Err(Error::NotBuilt(findings.others.join("\n")))
    }

    /// The program of a crate that [`run`](Project::run) runs.
    pub(super) fn driver_program(&self, findings: &Findings, part: &str) -> PathBuf {
        let usual = || self.target_folder.join("debug").join(manifests::driver_name(part));
        findings.programs.get(part).cloned().unwrap_or_else(usual)
    }

    /// What cargo reports, and whether it did all that it should.
    fn run_cargo(&self, mut command: Command, last_arguments: &[&str]) -> Result<(Findings, bool), Error> {
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
        debug_assert!(printed.is_some(), "the standard output of cargo is a pipe");
        for line in printed.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
            let line = line.map_err(Error::Cargo)?;
            // What build scripts and programs print is between the messages.
            if let Ok(message) = serde_json::from_str(&line) {
                self.take_message(&message, &mut findings);
            }
        }
        let status = process.wait().map_err(Error::Cargo)?;
        Ok((findings, status.success()))
    }

    fn take_message(&self, message: &Value, findings: &mut Findings) {
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                let program = message["executable"].as_str().zip(message["target"]["name"].as_str());
                let part = program.and_then(|(path, name)| Some((manifests::part_of_driver(name)?, path)));
                findings.programs.extend(part.map(|(part, path)| (part.to_owned(), PathBuf::from(path))));
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
        let artifact =
            json!({"reason": "compiler-artifact", "target": {"name": "sample_00_driver"}, "executable": "/a/b"});
        project.take_message(&artifact, &mut findings);
        assert_eq!(project.driver_program(&findings, "sample_00"), Path::new("/a/b"));
    }
}
