//! `cargo avro convert`: the contents of a file as JSON.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use avro_build::load_files;
use avro_build::lock::pretty_json;
use avro_model::{Kind, Leniency, SchemaSet, SourceId, Type};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::answer::{Answer, counted};
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The file: IDL (`.avdl`), a protocol (`.avpr`) or a schema (`.avsc`).
    file: PathBuf,
    /// The form to convert to [default: `avpr` for a protocol, otherwise `avsc`].
    #[arg(long, value_name = "FORM")]
    to: Option<Form>,
    /// Write files into this folder, instead of printing. With `--to avsc`, every named type gets a file of its own.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Replace files that have other contents.
    #[arg(long, requires = "out")]
    force: bool,
    /// A folder with imports that are not found relative to the file; may be given several times.
    #[arg(long, value_name = "FOLDER")]
    imports: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Schemas: what the file's root is, or every named type of it.
    Avsc,
    /// A protocol.
    Avpr,
}

/// A file that is made.
struct Made {
    name: String,
    json: String,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let set = load_files(std::slice::from_ref(&arguments.file), &arguments.imports, Leniency::NONE)?;
    let made = make(&set, arguments)?;
    let Some(folder) = &arguments.out else {
        return print(&made, answer);
    };
    let changed = write(&made, folder, arguments.force)?;
    if answer.as_json {
        answer.json(&json!({ "files": made.iter().map(|made| &made.name).collect::<Vec<_>>(), "changed": changed }));
    } else {
        let files = counted(made.len(), "file");
        answer.line(format!("{files} in {}, {} of them new or changed", folder.display(), changed.len()));
    }
    Ok(Exit::Fine)
}

fn make(set: &SchemaSet, arguments: &Arguments) -> Result<Vec<Made>, Failure> {
    let source = SourceId(0);
    let Some(stem) = arguments.file.file_stem().map(OsStr::to_string_lossy) else {
        return Err(Failure::internal(format!("`{}` was read and has no name", arguments.file.display())));
    };
    let protocol = set.protocols().iter().find(|protocol| protocol.source == source);
    let as_protocol = match (arguments.to, protocol) {
        (Some(Form::Avsc), _) | (None, None) => None,
        (_, Some(protocol)) => Some(protocol),
        (Some(Form::Avpr), None) => {
            return Err(Failure::usage(
                format!("`{}` is not a protocol", arguments.file.display()),
                "leave --to out, or write --to avsc",
            ));
        }
    };
    if let Some(protocol) = as_protocol {
        return Ok(vec![Made { name: format!("{stem}.avpr"), json: protocol.to_json(set) }]);
    }
    let has_root = set.roots().iter().any(|root| root.source == source);
    if has_root && let Some(json) = set.json_of(source) {
        return Ok(vec![Made { name: format!("{stem}.avsc"), json }]);
    }
    let types = set.types_of(source).iter().map(|id| Made {
        name: format!("{}.avsc", set.definition(*id).name),
        json: set.schema_of(&Type::plain(Kind::Named(*id))).to_json(),
    });
    Ok(types.collect())
}

/// One schema or protocol as it is, several as an array.
fn print(made: &[Made], answer: &Answer) -> Result<Exit, Failure> {
    let json = match made {
        [made] => made.json.clone(),
        several => format!("[{}]", several.iter().map(|made| made.json.as_str()).collect::<Vec<_>>().join(",")),
    };
    answer.json_text(&if answer.as_json { json } else { pretty_json(&json) });
    Ok(Exit::Fine)
}

fn write(made: &[Made], folder: &Path, force: bool) -> Result<Vec<String>, Failure> {
    let text = |made: &Made| format!("{}\n", pretty_json(&made.json));
    let changed: Vec<&Made> = made
        .iter()
        .filter(|made| std::fs::read_to_string(folder.join(&made.name)).ok().as_deref() != Some(&text(made)))
        .collect();
    let differs = changed.iter().find(|made| folder.join(&made.name).exists() && !is_same(folder, made));
    if let Some(made) = differs.filter(|_| !force) {
        return Err(Failure::refused(
            format!("{} exists and has other contents", folder.join(&made.name).display()),
            "move it away, or replace it with --force",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::file("create the folder", folder, &error))?;
    for made in &changed {
        let path = folder.join(&made.name);
        std::fs::write(&path, text(made)).map_err(|error| Failure::file("write", &path, &error))?;
    }
    Ok(changed.iter().map(|made| made.name.clone()).collect())
}

/// Whether the file differs in nothing but white space. What cannot be read is something else.
fn is_same(folder: &Path, made: &Made) -> bool {
    let old = std::fs::read_to_string(folder.join(&made.name)).unwrap_or_default();
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    parsed(&old).is_some_and(|old| Some(old) == parsed(&made.json))
}
