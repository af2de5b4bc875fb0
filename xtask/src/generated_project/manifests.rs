//! The `Cargo.toml` files of a generated workspace.

use std::path::Path;

const PACKAGE: &str = "version = \"0.0.0\"\nedition = \"2024\"\npublish = false\n";
/// Every crate knows the crate with the checks by this name; its package's name tells projects apart that share a build folder.
const CHECKS: &str = "checks";

/// Debug information and incremental compilation cost more time than they save: nobody debugs this.
pub(super) fn workspace(project: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("\"{part}\", ")).collect();
    format!(
        "# The types of `{project}`, written by `cargo xtask`.\n\
         [workspace]\nresolver = \"3\"\nmembers = [{parts}\"checks\", \"driver\"]\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n"
    )
}

pub(super) fn checks(project: &str, workspace_root: &Path) -> String {
    format!(
        "[package]\nname = \"{project}_checks\"\n{PACKAGE}\n[lib]\nname = \"{CHECKS}\"\n\n\
         [dependencies]\n{}ciborium = \"0.2\"\n",
        runtime(workspace_root)
    )
}

pub(super) fn part(name: &str, project: &str, workspace_root: &Path) -> String {
    let runtime = runtime(workspace_root);
    format!("[package]\nname = \"{name}\"\n{PACKAGE}\n[dependencies]\n{runtime}{}", checks_dependency(project))
}

pub(super) fn driver(project: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("{part} = {{ path = \"../{part}\" }}\n")).collect();
    format!(
        "[package]\nname = \"{}\"\n{PACKAGE}\n[dependencies]\n{parts}{}",
        driver_name(project),
        checks_dependency(project)
    )
}

/// The driver's package and its program.
pub(super) fn driver_name(project: &str) -> String {
    format!("{project}_driver")
}

fn runtime(workspace_root: &Path) -> String {
    // Debug gives a quoted and escaped string that is one in TOML as well.
    format!("avro-typed = {{ path = {:?} }}\n", workspace_root.join("avro-typed"))
}

fn checks_dependency(project: &str) -> String {
    format!("{CHECKS} = {{ package = \"{project}_checks\", path = \"../checks\" }}\n")
}
