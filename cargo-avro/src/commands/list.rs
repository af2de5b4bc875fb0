//! `cargo avro list`: types or subjects.

use std::path::PathBuf;

use avro_model::{DefinitionKind, Kind, SchemaSet};
use clap::Args;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress;
use crate::types::{self, FoundType};
use crate::versions::{Origin, Version, Which};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Folders with schemas, instead of --schemas.
    #[arg(value_name = "FOLDER")]
    only: Vec<PathBuf>,
    /// List the subjects of the registry or of the lock, instead of the types of the files. Naming a registry or a lock
    /// does the same.
    #[arg(long)]
    subjects: bool,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    if arguments.subjects || arguments.registry.is_given() || arguments.lock.is_given() {
        return subjects(&Origin::choose(&arguments.registry, &arguments.lock)?, answer);
    }
    let set = match arguments.only.as_slice() {
        [] => arguments.schemas.load()?,
        folders => arguments.schemas.config(folders).load()?,
    };
    let mut types =
        types::all(&set).iter().map(|found| ListedType::of(&set, found)).collect::<Result<Vec<_>, Failure>>()?;
    types.sort_by(|left, right| left.name.cmp(&right.name));
    if answer.as_json {
        answer.json(&types.iter().map(ListedType::as_json).collect());
        return Ok(Exit::Fine);
    }
    let rows = types.iter().map(|listed| {
        vec![
            listed.name.clone(),
            listed.what.clone(),
            format!("{:016x}", listed.crc64),
            // Eight digits distinguish types for people; `--json` has all digits.
            format!("{}…", &listed.sha256[..8]),
            listed.file.clone(),
        ]
    });
    answer.table(&["type", "is", "CRC-64-AVRO", "SHA-256", "file"], rows);
    Ok(Exit::Fine)
}

fn subjects(origin: &Origin, answer: &Answer) -> Result<Exit, Failure> {
    let subjects = origin.subjects()?;
    let bar = progress::bar("subjects", subjects.len());
    let mut rows = Vec::with_capacity(subjects.len());
    for subject in &subjects {
        let newest = match origin.version(subject, Which::Latest) {
            Ok(newest) => Ok(newest),
            // A subject of another kind does not hide the others.
            Err(failure) => Err(failure.other_schema().ok_or(failure)?),
        };
        rows.push((subject, origin.numbers(subject)?, newest));
        bar.inc(1);
    }
    bar.finish_and_clear();
    if answer.as_json {
        let row = |(subject, versions, newest): &(&String, Vec<u32>, Result<Version, String>)| match newest {
            Ok(newest) => json!({
                "subject": newest.subject,
                "versions": versions,
                "id": newest.id,
                "guid": newest.guid.to_string(),
                "type": type_name(newest),
            }),
            Err(other) => json!({ "subject": subject, "versions": versions, "not_avro": other }),
        };
        answer.json(&rows.iter().map(row).collect());
        return Ok(Exit::Fine);
    }
    let rows = rows.iter().map(|(subject, versions, newest)| {
        let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
        let id = newest.as_ref().ok().and_then(|newest| newest.id);
        let id = id.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let what = newest.as_ref().map_or_else(|other| format!("({other})"), type_name);
        vec![(*subject).clone(), versions.join(", "), id, what]
    });
    answer.table(&["subject", "versions", "newest id", "type"], rows);
    Ok(Exit::Fine)
}

fn type_name(version: &Version) -> String {
    match version.schema.fullname() {
        Some(fullname) => fullname.to_string(),
        None => types::kind_name(&version.schema.root().kind).to_owned(),
    }
}

struct ListedType {
    name: String,
    what: String,
    crc64: u64,
    sha256: String,
    file: String,
    schema: String,
}

impl ListedType {
    fn of(set: &SchemaSet, found: &FoundType) -> Result<ListedType, Failure> {
        let schema = set.schema_of(&found.ty);
        let what = match &found.ty.kind {
            Kind::Named(id) => match &set.definition(*id).kind {
                DefinitionKind::Record(record) => format!("record of {}", record.fields.len()),
                DefinitionKind::Enum(symbols) => format!("enum of {}", symbols.symbols.len()),
                DefinitionKind::Fixed { size } => format!("fixed of {size}"),
            },
            kind => types::kind_name(kind).to_owned(),
        };
        let (crc64, sha256) = schema.fingerprints();
        Ok(ListedType {
            name: found.name.clone(),
            what,
            crc64,
            sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            file: types::path_of(set, found.source)?.to_owned(),
            schema: schema.to_json(),
        })
    }

    fn as_json(&self) -> Value {
        json!({
            "fullname": self.name,
            "kind": self.what.split(' ').next(),
            "crc64": format!("{:016x}", self.crc64),
            "sha256": self.sha256,
            "file": self.file,
            "schema": self.schema,
        })
    }
}
