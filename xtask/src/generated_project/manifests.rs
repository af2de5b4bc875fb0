//! The `Cargo.toml` files of a generated workspace.

use std::path::Path;

const PACKAGE: &str = "version = \"0.0.0\"\nedition = \"2024\"\npublish = false\n";
/// Every crate knows the crate with the checks by this name; its package's name distinguishes projects that share a
/// build folder.
const CHECKS: &str = "checks";

/// Debug information and incremental compilation cost more time than they save: this is not debugged.
pub(super) fn workspace(project: &str, parts: &[&str]) -> String {
    let parts: String = parts.iter().map(|part| format!("\"{part}\", ")).collect();
    format!(
        "# The types of `{project}`, written by `cargo xtask`.\n\
         [workspace]\nresolver = \"3\"\nmembers = [{parts}\"checks\"]\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n"
    )
}

/// The package of the crate with the checks.
pub(super) fn checks_name(project: &str) -> String {
    format!("{project}_checks")
}

pub(super) fn checks(project: &str, workspace_root: &Path) -> String {
    format!(
        "[package]\nname = \"{}\"\n{PACKAGE}\n[lib]\nname = \"{CHECKS}\"\n\n\
         [dependencies]\n{}ciborium = \"0.2\"\n",
        checks_name(project),
        runtime(workspace_root)
    )
}

pub(super) fn part(name: &str, project: &str, workspace_root: &Path) -> String {
    let runtime = runtime(workspace_root);
    let driver = driver_name(name);
    format!(
        "[package]\nname = \"{name}\"\n{PACKAGE}\n[[bin]]\nname = \"{driver}\"\npath = \"src/main.rs\"\ndoc = false\n\n\
         [dependencies]\n{runtime}{}",
        checks_dependency(project)
    )
}

/// The program of a crate that runs data through its types.
pub(super) fn driver_name(part: &str) -> String {
    format!("{part}{DRIVER_SUFFIX}")
}

/// The crate that a program is of.
pub(super) fn part_of_driver(program: &str) -> Option<&str> {
    program.strip_suffix(DRIVER_SUFFIX)
}

const DRIVER_SUFFIX: &str = "_driver";

fn runtime(workspace_root: &Path) -> String {
    // Debug gives a quoted and escaped string that is one in TOML as well.
    format!("avro-typed = {{ path = {:?} }}\n", workspace_root.join("avro-typed"))
}

fn checks_dependency(project: &str) -> String {
    format!("{CHECKS} = {{ package = \"{}\", path = \"../checks\" }}\n", checks_name(project))
}
