//! A cargo workspace written by machine: generated modules in a few crates, each with a driver that runs data through
//! its types.
//!
//! The resources of the compiler are bounded for each crate, at no cost to the others: one that is not built is taken
//! apart into crates of one module each, so that it is known which module it is.
//!
//! It is in the folder that cargo builds this workspace in, and is kept there: a second run compiles only what
//! changed. Dependencies have the versions of this workspace's `Cargo.lock`.

mod build;
mod driver;
mod manifests;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cargo;

pub(crate) use build::{Findings, Lint};
#[cfg(test)]
pub(crate) use driver::Value;
pub(crate) use driver::{Answer, Input, Most, Request};

/// How much generated code goes into one crate. Crates are compiled side by side, and each takes some time and memory
/// for itself.
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
    /// In a crate of its own, since the one that it was in was not built. It keeps its place there, as one that was
    /// dropped.
    Alone,
    /// It keeps its place, so that the other units stay in their crates.
    Dropped,
}

/// A crate of the project.
#[derive(Debug, PartialEq)]
struct Crate {
    name: String,
    /// The units in it.
    units: Vec<usize>,
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

    /// Gives the units of crates that were not built crates of their own; those that had one already are returned.
    fn take_apart(&mut self, built: &BTreeSet<String>) -> Vec<usize> {
        let mut broken = Vec::new();
        for Crate { units, .. } in self.crates().into_iter().filter(|part| !built.contains(&part.name)) {
            for unit in &units {
                match self.units.get_mut(*unit) {
                    Some((_, state)) if units.len() > 1 => *state = State::Alone,
                    _ => broken.push(*unit),
                }
            }
        }
        broken
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
        let names: Vec<&str> = crates.iter().map(|part| part.name.as_str()).collect();
        self.write_file("Cargo.toml", &manifests::workspace(self.name, &names))?;
        let lock = self.workspace_root.join("Cargo.lock");
        let lock_text =
            std::fs::read_to_string(&lock).map_err(|source| Error::Path { action: "read", path: lock, source })?;
        self.write_file("Cargo.lock", &lock_text)?;
        self.write_file("checks/Cargo.toml", &manifests::checks(self.name, self.workspace_root))?;
        self.write_file("checks/src/lib.rs", include_str!("../templates/checks.rs"))?;
        self.write_file("checks/src/hostile.rs", include_str!("../templates/hostile.rs"))?;
        crates.iter().try_for_each(|part| self.write_crate(part))
    }

    fn write_crate(&self, Crate { name, units }: &Crate) -> Result<(), Error> {
        self.write_file(&format!("{name}/Cargo.toml"), &manifests::part(name, self.name, self.workspace_root))?;
        let mut modules = String::from("//! Generated types.\n\n");
        let mut checks =
            String::from("\n/// Each type that data is run through.\npub static CHECKS: &[&[checks::Checks]] = &[\n");
        for (unit, _) in units.iter().filter_map(|unit| self.units.get(*unit)) {
            self.write_file(&format!("{name}/src/{}.rs", unit.name), &unit_code(unit))?;
            self.write_file(&format!("{name}/src/{}/types.rs", unit.name), &unit.code)?;
            // Writing to a String does not fail.
            let _ = writeln!(modules, "pub mod {};", unit.name);
            let _ = writeln!(checks, "    {}::CHECKS,", unit.name);
        }
        self.write_file(&format!("{name}/src/lib.rs"), &format!("{modules}{checks}];\n"))?;
        self.write_file(&format!("{name}/src/main.rs"), &driver_code(name))
    }

    /// Which units are in which crate.
    fn crates(&self) -> Vec<Crate> {
        let mut crates: Vec<Crate> = Vec::new();
        let mut alone = Vec::new();
        let mut room = 0;
        for (number, (unit, state)) in self.units.iter().enumerate() {
            if crates.is_empty() || unit.code.len() > room {
                crates.push(Crate { name: format!("{}_{:02}", self.name, crates.len()), units: Vec::new() });
                room = CODE_PER_CRATE;
            }
            room = room.saturating_sub(unit.code.len());
            match (state, crates.last_mut()) {
                (State::Used, Some(last)) => last.units.push(number),
                (State::Alone, _) => {
                    alone.push(Crate { name: format!("{}_alone_{number}", self.name), units: vec![number] });
                }
                _ => {}
            }
        }
        crates.append(&mut alone);
        crates.retain(|part| !part.units.is_empty());
        crates
    }

    /// The name of a unit's module.
    pub(crate) fn unit_name(&self, unit: usize) -> &str {
        debug_assert!(unit < self.units.len(), "the project has no unit {unit}");
        self.units.get(unit).map_or("", |(unit, _)| &unit.name)
    }

    /// The number of a type as the driver of its crate counts them: through all units of the crate.
    fn type_number(&self, part: &Crate, unit: usize, root: usize) -> usize {
        let earlier = part.units.iter().take_while(|other| **other != unit);
        earlier.filter_map(|other| self.units.get(*other)).map(|(unit, _)| unit.roots.len()).sum::<usize>() + root
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
    let mut code = String::from(
        "//! The types of some schemas.\n\n/// What was generated.\npub mod types;\n\n/// Those that data is run through.\n",
    );
    // A static, so that the functions are compiled here: those of a constant would be where it is used, all in one
    // crate.
    code.push_str("pub static CHECKS: &[checks::Checks] = &[\n");
    for RootType { path, resolves } in &unit.roots {
        // An absolute path leads to a type of another crate.
        let place = if path.starts_with("::") { "" } else { "types::" };
        let constructor = if *resolves { "resolved" } else { "own" };
        let _ = writeln!(code, "    checks::Checks::{constructor}::<{place}{path}>(),");
    }
    code.push_str("];\n");
    code
}

fn driver_code(name: &str) -> String {
    let main = format!("fn main() -> std::process::ExitCode {{\n    checks::run({name}::CHECKS)\n}}\n");
    format!("//! Runs data through the types of `{name}`.\n\n{main}")
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
            let found: Vec<usize> = project(sizes).crates().iter().map(|part| part.units.len()).collect();
            assert_eq!(found, expected, "{sizes:?}");
        };
        check(&[], &[]);
        check(&[1, 2, 3], &[3]);
        check(&[CODE_PER_CRATE, 1, 1], &[1, 2]);
        check(&[1, 2 * CODE_PER_CRATE, 1], &[1, 1, 1]);
    }

    #[test]
    fn a_dropped_unit_moves_no_other_to_another_crate() {
        let mut project = project(&[CODE_PER_CRATE / 2, CODE_PER_CRATE / 4, CODE_PER_CRATE / 2]);
        let part = |name: &str, units: &[usize]| Crate { name: name.to_owned(), units: units.to_vec() };
        assert_eq!(project.crates(), [part("sample_00", &[0, 1]), part("sample_01", &[2])]);
        assert_eq!(project.type_number(&project.crates()[0], 1, 1), 3);
        project.drop(0);
        assert_eq!(project.crates(), [part("sample_00", &[1]), part("sample_01", &[2])]);
        assert_eq!(project.type_number(&project.crates()[0], 1, 1), 1);
        project.drop(1);
        assert_eq!(project.crates(), [part("sample_01", &[2])]);
    }

    #[test]
    fn a_crate_that_is_not_built_is_taken_apart_once() {
        let mut project = project(&[1, 1, CODE_PER_CRATE]);
        let part = |name: &str, units: &[usize]| Crate { name: name.to_owned(), units: units.to_vec() };
        let built = ["sample_01"].map(String::from).into();
        assert!(project.take_apart(&built).is_empty());
        assert_eq!(
            project.crates(),
            [part("sample_01", &[2]), part("sample_alone_0", &[0]), part("sample_alone_1", &[1])]
        );
        assert_eq!(project.type_number(&project.crates()[2], 1, 1), 1);
        let built = ["sample_01", "sample_alone_0"].map(String::from).into();
        assert_eq!(project.take_apart(&built), [1], "it is the one");
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
