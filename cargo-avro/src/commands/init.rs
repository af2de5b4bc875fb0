//! `cargo avro init`: what a project needs, without touching what it has.

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
    /// Where the crates are, instead of the package registry: a folder with `kafka-typed`, `avro-typed` and
    /// `avro-codegen` in it.
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
}

const BUILD_SCRIPT: &str = "fn main() {\n    avro_codegen::compile(\"schemas\");\n}\n";

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

/// What was done about one thing, or why nothing was.
struct Step {
    path: String,
    did: &'static str,
    /// What is left to do by hand.
    remedy: Option<String>,
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
        Failure::refused(format!("`{}` is no valid manifest: {error}", manifest.display()), "correct it first")
    })?;
    if document.get("package").is_none() {
        return Err(Failure::refused(
            format!("`{}` is the manifest of a workspace, not of a package", manifest.display()),
            "name the folder of the package that sends and receives messages: cargo avro init FOLDER",
        ));
    }
    // Nothing is written before everything is known to work.
    let dependencies = add_dependencies(&mut document, arguments.path.as_deref())?;
    let mut steps = vec![write_manifest(&manifest, &text, &document, &dependencies)?];
    steps.push(build_script(folder)?);
    steps.push(example(folder)?);
    steps.push(include(folder));
    report(&steps, answer);
    Ok(Exit::Fine)
}

/// Adds what is missing, and gives the names.
fn add_dependencies(document: &mut DocumentMut, path: Option<&Path>) -> Result<Vec<&'static str>, Failure> {
    let wanted =
        [("dependencies", "kafka-typed"), ("dependencies", "avro-typed"), ("build-dependencies", "avro-codegen")];
    let mut added = Vec::new();
    for (section, name) in wanted {
        let table = document.entry(section).or_insert(Item::Table(Table::new()));
        let Some(table) = table.as_table_like_mut() else {
            return Err(Failure::refused(format!("`{section}` of Cargo.toml is no table"), "correct it first"));
        };
        if table.contains_key(name) {
            continue;
        }
        table.insert(name, Item::Value(requirement(name, path)));
        added.push(name);
    }
    Ok(added)
}

fn requirement(name: &str, path: Option<&Path>) -> Value {
    let Some(path) = path else {
        // Patches may differ, as cargo itself writes it.
        let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
        return Value::from(version);
    };
    let mut table = InlineTable::new();
    table.insert("path", Value::from(path.join(name).to_string_lossy().into_owned()));
    Value::InlineTable(table)
}

fn write_manifest(manifest: &Path, old: &str, document: &DocumentMut, added: &[&str]) -> Result<Step, Failure> {
    let path = manifest.display().to_string();
    if added.is_empty() {
        return Ok(Step { path, did: "has the dependencies already", remedy: None });
    }
    let new = document.to_string();
    if new != old {
        std::fs::write(manifest, new).map_err(|error| Failure::file("write", manifest, &error))?;
    }
    Ok(Step { path, did: "got dependencies", remedy: Some(format!("added {}", added.join(", "))) })
}

fn build_script(folder: &Path) -> Result<Step, Failure> {
    let file = folder.join("build.rs");
    let path = file.display().to_string();
    match std::fs::read_to_string(&file) {
        Ok(text) if text.contains("avro_codegen") => Ok(Step { path, did: "generates types already", remedy: None }),
        Ok(_) => Ok(Step {
            path,
            did: "is left as it is",
            remedy: Some("add to its main function: avro_codegen::compile(\"schemas\");".to_owned()),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(&file, BUILD_SCRIPT).map_err(|error| Failure::file("write", &file, &error))?;
            Ok(Step { path, did: "is written", remedy: None })
        }
        Err(error) => Err(Failure::file("read", &file, &error)),
    }
}

fn example(folder: &Path) -> Result<Step, Failure> {
    let schemas = folder.join("schemas");
    if schemas.exists() {
        return Ok(Step { path: schemas.display().to_string(), did: "is there already", remedy: None });
    }
    let file = schemas.join("greeting.avsc");
    std::fs::create_dir_all(&schemas).map_err(|error| Failure::file("create the folder", &schemas, &error))?;
    std::fs::write(&file, EXAMPLE).map_err(|error| Failure::file("write", &file, &error))?;
    Ok(Step { path: file.display().to_string(), did: "is written", remedy: None })
}

/// Source code is nobody's to change but its author's.
fn include(folder: &Path) -> Step {
    let roots = [folder.join("src").join("lib.rs"), folder.join("src").join("main.rs")];
    let root = roots.iter().find(|root| root.exists()).unwrap_or(&roots[0]);
    let path = root.display().to_string();
    let has_it =
        roots.iter().any(|root| std::fs::read_to_string(root).is_ok_and(|text| text.contains("include_schemas!")));
    match has_it {
        true => Step { path, did: "includes the types already", remedy: None },
        false => Step {
            path,
            did: "is left as it is",
            remedy: Some("add this line, and the types are there: avro_typed::include_schemas!();".to_owned()),
        },
    }
}

fn report(steps: &[Step], answer: &Answer) {
    if answer.as_json {
        let step = |step: &Step| json!({ "path": step.path, "did": step.did, "note": step.remedy });
        return answer.json(&steps.iter().map(step).collect());
    }
    for Step { path, did, remedy } in steps {
        let path = path.strip_prefix("./").unwrap_or(path);
        let remedy = remedy.as_ref().map(|remedy| format!(": {remedy}")).unwrap_or_default();
        answer.parts(&[(Some(Paint::Strong), path), (None, &format!(" {did}{remedy}"))]);
    }
}
