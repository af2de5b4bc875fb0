//! Every dependency has one line in the root manifest, with the reason why it is there; the crates point to that line.

use super::finding::Finding;
use super::manifest::{Dependency, Manifest, Section};

pub(crate) fn check(manifest: &Manifest) -> Vec<Finding> {
    let problem = |dependency: &Dependency| match dependency.section {
        Section::Workspace if is_explained(dependency) => None,
        Section::Workspace => Some(("has no reason beside it", "end its line with `# why it is there`")),
        _ if is_inherited(dependency) || is_unpublished(dependency) => None,
        _ => Some((
            "is not declared for the whole workspace",
            "declare it in the root Cargo.toml under [workspace.dependencies] and write `NAME.workspace = true` here",
        )),
    };
    let findings = manifest.dependencies.iter().filter_map(|dependency| {
        let (problem, remedy) = problem(dependency)?;
        Some(Finding {
            path: manifest.path.clone(),
            line: dependency.line,
            problem: format!("the dependency `{}` {problem}", dependency.name),
            remedy,
        })
    });
    findings.collect()
}

/// The crates of this workspace are explained in ARCHITECTURE.md.
fn is_explained(dependency: &Dependency) -> bool {
    is_explained_by_comment(dependency) || dependency.value.contains("path = ")
}

fn is_explained_by_comment(dependency: &Dependency) -> bool {
    dependency.comment.as_ref().is_some_and(|comment| !comment.is_empty())
}

fn is_inherited(dependency: &Dependency) -> bool {
    dependency.value.contains("workspace = true")
}

/// A crate that tests itself with another feature, or with a crate that uses it, names a folder: an inherited line has
/// a version, with which neither of them could be published first.
fn is_unpublished(dependency: &Dependency) -> bool {
    let is_itself = dependency.value.contains("path = \".\"");
    let is_folder = dependency.value.contains("path = ") && !dependency.value.contains("version = ");
    dependency.section == Section::Development && is_folder && (is_itself || is_explained_by_comment(dependency))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, lines: &[usize]) {
        let found: Vec<usize> =
            check(&Manifest::parse("Cargo.toml", text)).iter().map(|finding| finding.line).collect();
        assert_eq!(found, lines, "{text}");
    }

    #[test]
    fn shared_dependencies_say_why() {
        check_text("[workspace.dependencies]\na = \"1\" # Reads what b writes.\n", &[]);
        check_text("[workspace.dependencies]\na = \"1\"\nb = \"1\" #\n", &[2, 3]);
        check_text("[workspace.dependencies]\nours = { path = \"ours\", version = \"0.1.0\" }\n", &[]);
    }

    #[test]
    fn crates_point_to_the_shared_line() {
        check_text("[dependencies]\na.workspace = true\nb = { workspace = true, features = [\"c\"] }\n", &[]);
        check_text("[dependencies]\na = \"1\" # Reads.\n[dev-dependencies]\nb = { version = \"1\" }\n", &[2, 4]);
        check_text("[dev-dependencies]\nours = { path = \".\", features = [\"server\"] }\n", &[]);
        check_text("[dev-dependencies]\nabove = { path = \"../above\" } # it uses this crate\n", &[]);
        check_text("[dev-dependencies]\nabove = { path = \"../above\" }\n", &[2]);
        check_text("[dependencies]\nother = { path = \"../other\" }\n", &[2]);
    }
}
