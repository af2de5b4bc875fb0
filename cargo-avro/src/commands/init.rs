//! `cargo avro init`: adds what a project needs, and changes nothing that it has.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use crate::answer::{Answer, Paint};
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder of the package.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Depend on the crates in this folder, which has `kafka-typed`, `avro-typed` and `avro-build` in it
    /// [default: the checkout that this command was built from if it exists, otherwise the package registry].
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
}

/// The crates that a project needs, each with the section of its manifest.
const CRATES: [(&str, &str); 3] =
    [("dependencies", "kafka-typed"), ("dependencies", "avro-typed"), ("build-dependencies", "avro-build")];

const BUILD_SCRIPT: &str = "fn main() {\n    avro_build::compile(\"schemas\");\n}\n";

const EXAMPLE: &str = r#"{
  "type": "record",
  "name": "Greeting",
  "namespace": "com.example",
  "doc": "An example: change it, or put your own schemas beside it.",
  "fields": [
    {"name": "from", "type": "string"},
    {"name": "text", "type": ["null", "string"], "default": null}
  ]
}
"#;

/// Where the crates come from.
enum CratesFrom {
    PackageRegistry,
    /// The folder that the command line names, as it is written there.
    Folder(PathBuf),
    /// The workspace that this command was built from.
    Checkout(PathBuf),
}

impl CratesFrom {
    fn new(folder: Option<&Path>) -> CratesFrom {
        match folder {
            Some(folder) => CratesFrom::Folder(folder.to_path_buf()),
            None => match Path::new(env!("CARGO_MANIFEST_DIR")).parent().filter(|root| is_checkout(root)) {
                Some(root) => CratesFrom::Checkout(root.to_path_buf()),
                None => CratesFrom::PackageRegistry,
            },
        }
    }

    fn requirement(&self, name: &str) -> Value {
        match self {
            CratesFrom::PackageRegistry => {
                // Without the patch, as cargo itself writes it.
                Value::from(concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR")))
            }
            CratesFrom::Folder(folder) | CratesFrom::Checkout(folder) => {
                let mut table = InlineTable::new();
                table.insert("path", Value::from(folder.join(name).to_string_lossy().into_owned()));
                Value::InlineTable(table)
            }
        }
    }
}

/// Whether this folder is a workspace with the crates. It is not where cargo unpacks what it installs from a package
/// registry.
fn is_checkout(folder: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(folder.join("Cargo.toml")) else { return false };
    let Ok(manifest) = text.parse::<DocumentMut>() else { return false };
    let members = manifest.get("workspace").and_then(|workspace| workspace.get("members")).and_then(Item::as_array);
    let is_member = |name: &str| members.is_some_and(|members| members.iter().any(|it| it.as_str() == Some(name)));
    CRATES.iter().all(|(_, name)| is_member(name) && folder.join(name).is_dir())
}

/// What was done about one thing, or why nothing was.
struct Step {
    path: String,
    did: &'static str,
    /// What was added, or what is left to do by hand.
    note: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|error| {
        Failure::refused(
            format!("cannot read `{}`: {error}", manifest.display()),
            "go to the folder of a package, or make one with `cargo new`",
        )
    })?;
    let mut document: DocumentMut = text.parse().map_err(|error| {
        Failure::refused(format!("`{}` is not a valid manifest: {error}", manifest.display()), "correct it first")
    })?;
    if document.get("package").is_none() {
        return Err(Failure::refused(
            format!("`{}` is the manifest of a workspace, not of a package", manifest.display()),
            "name the folder of the package that sends and receives messages: cargo avro init FOLDER",
        ));
    }
    // Nothing is written before every dependency can be added.
    let crates = CratesFrom::new(arguments.path.as_deref());
    let added = add_dependencies(&mut document, &crates)?;
    let mut steps = vec![write_manifest(&manifest, &document, &added, &crates)?];
    steps.push(build_script(folder)?);
    steps.push(example(folder)?);
    steps.push(include(folder));
    report(&steps, answer);
    Ok(Exit::Fine)
}

/// Adds what is missing, and returns the names.
fn add_dependencies(document: &mut DocumentMut, crates: &CratesFrom) -> Result<Vec<&'static str>, Failure> {
    let mut added = Vec::new();
    for (section, name) in CRATES {
        let table = document.entry(section).or_insert(Item::Table(Table::new()));
        let Some(table) = table.as_table_like_mut() else {
            return Err(Failure::refused(format!("`{section}` of Cargo.toml is not a table"), "correct it first"));
        };
        if table.contains_key(name) {
            continue;
        }
        table.insert(name, Item::Value(crates.requirement(name)));
        added.push(name);
    }
    Ok(added)
}

fn write_manifest(
    manifest: &Path,
    document: &DocumentMut,
    added: &[&str],
    crates: &CratesFrom,
) -> Result<Step, Failure> {
    let path = manifest.display().to_string();
    if added.is_empty() {
        return Ok(Step { path, did: "has the dependencies already", note: None });
    }
    std::fs::write(manifest, document.to_string()).map_err(|error| Failure::file("write", manifest, &error))?;
    let added = added.join(", ");
    let note = match crates {
        CratesFrom::Checkout(root) => format!("{added}, as paths to the checkout {}", root.display()),
        CratesFrom::PackageRegistry | CratesFrom::Folder(_) => added,
    };
    Ok(Step { path, did: "has new dependencies", note: Some(note) })
}

fn build_script(folder: &Path) -> Result<Step, Failure> {
    let file = folder.join("build.rs");
    let path = file.display().to_string();
    match std::fs::read_to_string(&file) {
        Ok(text) if text.contains("avro_build") => Ok(Step { path, did: "generates types already", note: None }),
        Ok(_) => Ok(Step {
            path,
            did: "is unchanged",
            note: Some("add to its main function: avro_build::compile(\"schemas\");".to_owned()),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(&file, BUILD_SCRIPT).map_err(|error| Failure::file("write", &file, &error))?;
            Ok(Step { path, did: "is written", note: None })
        }
        Err(error) => Err(Failure::file("read", &file, &error)),
    }
}

fn example(folder: &Path) -> Result<Step, Failure> {
    let schemas = folder.join("schemas");
    if schemas.exists() {
        return Ok(Step { path: schemas.display().to_string(), did: "exists already", note: None });
    }
    let file = schemas.join("greeting.avsc");
    std::fs::create_dir_all(&schemas).map_err(|error| Failure::file("create the folder", &schemas, &error))?;
    std::fs::write(&file, EXAMPLE).map_err(|error| Failure::file("write", &file, &error))?;
    Ok(Step { path: file.display().to_string(), did: "is written", note: None })
}

/// Source code is changed by its author alone.
fn include(folder: &Path) -> Step {
    let roots = [folder.join("src").join("lib.rs"), folder.join("src").join("main.rs")];
    let root = roots.iter().find(|root| root.exists()).unwrap_or(&roots[0]);
    let path = root.display().to_string();
    let has_it =
        roots.iter().any(|root| std::fs::read_to_string(root).is_ok_and(|text| text.contains("include_schemas!")));
    match has_it {
        true => Step { path, did: "includes the types already", note: None },
        false => Step {
            path,
            did: "is unchanged",
            note: Some("add this line to include the types: avro_typed::include_schemas!();".to_owned()),
        },
    }
}

fn report(steps: &[Step], answer: &Answer) {
    if answer.as_json {
        let step = |step: &Step| json!({ "path": step.path, "did": step.did, "note": step.note });
        return answer.json(&steps.iter().map(step).collect());
    }
    for Step { path, did, note } in steps {
        let path = path.strip_prefix("./").unwrap_or(path);
        let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        answer.parts(&[(Some(Paint::Strong), path), (None, &format!(" {did}{note}"))]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_workspace_with_the_crates_is_a_checkout() {
        let check = |manifest: Option<&str>, folders: &[&str], expected: bool| {
            let root = tempfile::tempdir().expect("a temporary folder");
            folders.iter().for_each(|name| std::fs::create_dir(root.path().join(name)).expect("a folder"));
            if let Some(text) = manifest {
                std::fs::write(root.path().join("Cargo.toml"), text).expect("a file");
            }
            assert_eq!(is_checkout(root.path()), expected, "{manifest:?} with {folders:?}");
        };
        let names = CRATES.map(|(_, name)| name);
        let workspace = format!("[workspace]\nmembers = {names:?}\n");
        check(Some(&workspace), &names, true);
        check(Some(&workspace), &names[1..], false);
        check(Some("[workspace]\nmembers = [\"kafka-typed\"]\n"), &names, false);
        check(Some("[package]\nname = \"other\"\n"), &names, false);
        check(Some("[workspace"), &names, false);
        check(None, &names, false);
    }

    #[test]
    fn crates_of_the_package_registry_have_a_version() {
        let mut document = DocumentMut::new();
        add_dependencies(&mut document, &CratesFrom::PackageRegistry).expect("an empty manifest can be changed");
        let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
        for (section, name) in CRATES {
            assert_eq!(document[section][name].as_str(), Some(version), "{name}");
        }
    }
}
