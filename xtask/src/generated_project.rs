//! A cargo workspace written by machine: generated modules in a few crates, and a driver that runs data through their types.
//!
//! It lies in the folder that cargo builds this workspace in, and is kept there: a second run compiles only what changed.
//! Dependencies have the versions of this workspace's `Cargo.lock`.

mod build;
mod driver;
mod manifests;

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::cargo;

pub(crate) use build::{Findings, Lint};
#[cfg(test)]
pub(crate) use driver::Value;
pub(crate) use driver::{Answer, Request};

/// How much generated code goes into one crate. Crates are compiled side by side, and each takes some time for itself.
const CODE_PER_CRATE: usize = 1 << 20;

/// What the generator made of some schemas.
#[derive(Debug)]
pub(crate) struct Unit {
    /// The name of its module; no two units have the same.
    pub(crate) name: String,
    pub(crate) code: String,
    /// The types that data is run through.
    pub(crate) roots: Vec<RootType>,
}

/// A type that data is run through.
#[derive(Debug, Clone)]
pub(crate) struct RootType {
    /// Its path from the place of the code.
    pub(crate) path: String,
    /// Whether data of other schemas than its own can be run through it, which takes longer to compile.
    pub(crate) resolves: bool,
}

/// Why a project could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("cannot {action} {}", path.display())]
    Path { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("cannot run cargo; install Rust with rustup")]
    Cargo(#[source] std::io::Error),
    #[error("cargo failed, and not because of generated code:\n{0}")]
    NotBuilt(String),
    #[error("cannot run the driver {}", path.display())]
    Driver { path: PathBuf, source: std::io::Error },
}

/// A workspace of generated crates.
#[derive(Debug)]
pub(crate) struct Project<'p> {
    workspace_root: &'p Path,
    /// The first part of the names of its crates.
    name: &'static str,
    folder: PathBuf,
    target_folder: PathBuf,
    units: Vec<(Unit, State)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Used,
    /// It keeps its place, so that the other units stay in their crates.
    Dropped,
}

impl<'p> Project<'p> {
    pub(crate) fn new(workspace_root: &'p Path, name: &'static str) -> Project<'p> {
        let generated = cargo::target_folder(workspace_root).join("generated");
        Project {
            workspace_root,
            name,
            folder: generated.join(name),
            target_folder: generated.join("target"),
            units: Vec::new(),
        }
    }

    /// Adds a unit and returns its number.
    pub(crate) fn add(&mut self, unit: Unit) -> usize {
        self.units.push((unit, State::Used));
        self.units.len() - 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Takes a unit out of the project. Numbers of others do not change.
    pub(crate) fn drop(&mut self, unit: usize) {
        if let Some((_, state)) = self.units.get_mut(unit) {
            *state = State::Dropped;
        }
    }

    /// Writes what has changed since it was last written.
    fn write(&self) -> Result<(), Error> {
        let crates = self.crates();
        let names: Vec<String> = (0..crates.len()).map(|number| self.crate_name(number)).collect();
        self.write_file("Cargo.toml", &manifests::workspace(self.name, &names))?;
        let lock = self.workspace_root.join("Cargo.lock");
        let lock_text =
            std::fs::read_to_string(&lock).map_err(|source| Error::Path { action: "read", path: lock, source })?;
        self.write_file("Cargo.lock", &lock_text)?;
        self.write_file("checks/Cargo.toml", &manifests::checks(self.name, self.workspace_root))?;
        self.write_file("checks/src/lib.rs", include_str!("../templates/checks.rs"))?;
        for (name, range) in names.iter().zip(crates) {
            self.write_crate(name, range)?;
        }
        self.write_file("driver/Cargo.toml", &manifests::driver(self.name, &names))?;
        self.write_file("driver/src/main.rs", &driver_code(&names, self.name))
    }

    fn write_crate(&self, name: &str, units: Range<usize>) -> Result<(), Error> {
        self.write_file(&format!("{name}/Cargo.toml"), &manifests::part(name, self.name, self.workspace_root))?;
        let mut modules = String::from("//! Generated types.\n\n");
        let mut checks =
            String::from("\n/// Each type that data is run through.\npub const CHECKS: &[&[checks::Checks]] = &[\n");
        for number in units {
            let Some((unit, State::Used)) = self.units.get(number) else { continue };
            self.write_file(&format!("{name}/src/{}.rs", unit.name), &unit_code(unit))?;
            self.write_file(&format!("{name}/src/{}/types.rs", unit.name), &unit.code)?;
            // Writing to a String does not fail.
            let _ = writeln!(modules, "pub mod {};", unit.name);
            let _ = writeln!(checks, "    {}::CHECKS,", unit.name);
        }
        self.write_file(&format!("{name}/src/lib.rs"), &format!("{modules}{checks}];\n"))
    }

    /// Which units stand in which crate.
    fn crates(&self) -> Vec<Range<usize>> {
        let mut crates: Vec<Range<usize>> = Vec::new();
        let mut room = 0;
        for (number, (unit, _)) in self.units.iter().enumerate() {
            match crates.last_mut().filter(|_| unit.code.len() <= room) {
                Some(last) => last.end = number + 1,
                None => {
                    crates.push(number..number + 1);
                    room = CODE_PER_CRATE;
                }
            }
            room = room.saturating_sub(unit.code.len());
        }
        crates
    }

    /// The name of a unit's module.
    pub(crate) fn unit_name(&self, unit: usize) -> &str {
        self.units.get(unit).map_or("", |(unit, _)| &unit.name)
    }

    fn crate_name(&self, number: usize) -> String {
        format!("{}_{number:02}", self.name)
    }

    /// The number of a type as the driver counts them: through all units in use.
    fn type_number(&self, unit: usize, root: usize) -> usize {
        let earlier = self.units.iter().take(unit).filter(|(_, state)| *state == State::Used);
        earlier.map(|(unit, _)| unit.roots.len()).sum::<usize>() + root
    }

    /// The unit whose module has this name.
    fn unit_named(&self, name: &str) -> Option<usize> {
        self.units.iter().position(|(unit, _)| unit.name == name)
    }

    fn write_file(&self, path: &str, text: &str) -> Result<(), Error> {
        let path = self.folder.join(path);
        if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        let written = match path.parent() {
            Some(folder) => std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text)),
            None => std::fs::write(&path, text),
        };
        written.map_err(|source| Error::Path { action: "write", path, source })
    }
}

/// The module around generated code, which stays as it is in a file of its own.
fn unit_code(unit: &Unit) -> String {
    let mut code =
        String::from("//! The types of some schemas.\n\npub mod types;\n\n/// Those that data is run through.\n");
    code.push_str("pub const CHECKS: &[checks::Checks] = &[\n");
    for RootType { path, resolves } in &unit.roots {
        // An absolute path leads to a type of another crate.
        let place = if path.starts_with("::") { "" } else { "types::" };
        let constructor = if *resolves { "resolved" } else { "own" };
        let _ = writeln!(code, "    checks::Checks::{constructor}::<{place}{path}>(),");
    }
    code.push_str("];\n");
    code
}

fn driver_code(crates: &[String], name: &str) -> String {
    let mut code = format!("//! Runs data through the types of `{name}`.\n\n");
    code.push_str("fn main() -> std::process::ExitCode {\n    let units: Vec<_> = [\n");
    for name in crates {
        let _ = writeln!(code, "        {name}::CHECKS,");
    }
    code.push_str("    ]\n    .concat();\n    checks::run(&units)\n}\n");
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(path: &str, resolves: bool) -> RootType {
        RootType { path: path.to_owned(), resolves }
    }

    fn project(sizes: &[usize]) -> Project<'static> {
        let mut project = Project::new(Path::new("/workspace"), "sample");
        for (number, size) in sizes.iter().enumerate() {
            let roots = vec![root("A", false), root("b::C", true)];
            project.add(Unit { name: format!("u{number}"), code: " ".repeat(*size), roots });
        }
        project
    }

    #[test]
    fn crates_are_filled_in_order() {
        let check = |sizes: &[usize], expected: &[usize]| {
            let ends: Vec<usize> = project(sizes).crates().iter().map(|range| range.end).collect();
            assert_eq!(ends, expected, "{sizes:?}");
        };
        check(&[], &[]);
        check(&[1, 2, 3], &[3]);
        check(&[CODE_PER_CRATE, 1, 1], &[1, 3]);
        check(&[1, 2 * CODE_PER_CRATE, 1], &[1, 2, 3]);
    }

    #[test]
    fn a_dropped_unit_moves_no_other_to_another_crate() {
        let mut project = project(&[CODE_PER_CRATE / 2, CODE_PER_CRATE / 2, 1]);
        let crates = project.crates();
        assert_eq!(project.type_number(2, 1), 5);
        project.drop(0);
        assert_eq!(project.crates(), crates);
        assert_eq!(project.type_number(2, 1), 3);
    }

    #[test]
    fn generated_code_stands_alone_in_its_file() {
        let roots = vec![root("a::A", false), root("::b::B", true)];
        let unit = Unit { name: "u0".into(), code: "pub struct A;".into(), roots };
        let expected =
            "= &[\n    checks::Checks::own::<types::a::A>(),\n    checks::Checks::resolved::<::b::B>(),\n];\n";
        assert!(unit_code(&unit).ends_with(expected));
    }
}
