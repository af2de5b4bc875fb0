//! `cargo avro diff`: what changed, and which side can read the other.

use std::path::Path;

use avro_model::Schema;
use avro_model::comparison::{Change, ChangeKind, changes};
use clap::Args;
use serde_json::{Value, json};

use crate::annotation::Annotation;
use crate::answer::{Answer, Paint};
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::file_schema;
use crate::subjects::SubjectArguments;
use crate::types;
use crate::verdict::Verdict;
use crate::versions::{Origin, Which};

#[derive(Args)]
pub(crate) struct Arguments {
    /// `SUBJECT V1 V2`: two versions, numbers or `latest`. `OLD NEW`: files, or versions as `SUBJECT@V`. `TYPE`, a type
    /// of the schema files: what it is in the lock, and what it is now.
    #[arg(required = true, num_args = 1..=3, value_name = "WHAT")]
    what: Vec<String>,
    /// The type, for files that have several.
    #[arg(long = "type", value_name = "TYPE")]
    type_name: Option<String>,
    #[command(flatten)]
    subjects: SubjectArguments,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

/// One of the two.
struct Side {
    /// In the head of the answer.
    name: String,
    /// In sentences.
    short: String,
    /// The file that it is from.
    file: Option<String>,
    schema: Schema,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let pairs = match arguments.what.as_slice() {
        [type_name] => with_lock(type_name, arguments)?,
        [old, new] => vec![(side(old, arguments)?, side(new, arguments)?)],
        [subject, old, new] => {
            let origin = Origin::choose(&arguments.registry, &arguments.lock)?;
            vec![(version(&origin, subject, which(old)?)?, version(&origin, subject, which(new)?)?)]
        }
        _ => return Err(Failure::usage("too many things to compare are named", "name two")),
    };
    let reports: Vec<Value> = pairs.iter().map(|(old, new)| compare(old, new, answer)).collect();
    let differs = reports.iter().any(|report| report["changes"].as_array().is_some_and(|changes| !changes.is_empty()));
    if answer.as_json {
        match reports.as_slice() {
            [report] => answer.json(report),
            several => answer.json(&several.iter().cloned().collect()),
        }
    }
    Ok(if differs { Exit::Differs } else { Exit::Fine })
}

/// Prints for people, and returns the JSON for machines.
fn compare(old: &Side, new: &Side, answer: &Answer) -> Value {
    let changes = changes(&old.schema, &new.schema);
    let verdict = Verdict::of(&old.schema, &new.schema, &old.short);
    if !answer.as_json {
        answer.line_in(Paint::Strong, &format!("{} → {}", old.name, new.name));
        if changes.is_empty() {
            answer.line("  no difference");
        }
        for change in &changes {
            let paint = match change.kind {
                ChangeKind::Added => Paint::Good,
                ChangeKind::Removed => Paint::Bad,
                _ => Paint::Warning,
            };
            answer.parts(&[(None, "  "), (Some(paint), &change.to_string())]);
        }
        if !changes.is_empty() {
            for (is_good, line) in verdict.lines() {
                answer.line_in(if is_good { Paint::Good } else { Paint::Bad }, &line);
            }
            let levels: Vec<&str> = verdict.levels().iter().map(|level| level.as_str()).collect();
            answer.line(format!("levels that allow it: {}", levels.join(", ")));
            annotate(old, new, &changes, &verdict, answer);
        }
    }
    let mut report = verdict.as_json();
    report["old"] = json!(old.name);
    report["new"] = json!(new.name);
    report["changes"] = changes.iter().map(change_as_json).collect();
    report
}

/// What GitHub shows beside the new schema's file.
fn annotate(old: &Side, new: &Side, changes: &[Change], verdict: &Verdict, answer: &Answer) {
    let verdict = verdict.lines();
    let lines = changes.iter().map(ToString::to_string).chain(verdict.iter().map(|(_, line)| line.clone()));
    answer.annotation(&Annotation {
        command: if verdict.iter().all(|(is_good, _)| *is_good) { "notice" } else { "warning" },
        title: &format!("{} → {}", old.name, new.name),
        message: lines.collect::<Vec<_>>().join("\n"),
        file: new.file.as_deref(),
        place: None,
    });
}

fn change_as_json(change: &Change) -> Value {
    json!({ "kind": change.kind.as_str(), "path": change.path, "what": change.what })
}

/// What a type is in the lock, under each of its subjects, and what it is now.
fn with_lock(type_name: &str, arguments: &Arguments) -> Result<Vec<(Side, Side)>, Failure> {
    let (set, name) = if Path::new(type_name).is_file() {
        file_schema::load(Path::new(type_name), arguments.type_name.as_deref())?
    } else {
        (arguments.schemas.load()?, type_name.to_owned())
    };
    let new = types::schema(&set, &name)?;
    let lock = arguments.lock.read()?;
    let pairs = arguments.subjects.pairs(std::slice::from_ref(&name), &lock)?;
    let source = types::find(&set, &name).map(|found| found.source);
    let file = source.map(|source| types::path_of(&set, source)).transpose()?.map(str::to_owned);
    let origin = Origin::Lock(lock);
    let sides = pairs.iter().map(|pair| {
        let old = version(&origin, &pair.subject, Which::Latest)?;
        let (name, short) = (format!("{name} now"), "the new schema".to_owned());
        Ok((old, Side { name, short, file: file.clone(), schema: new.clone() }))
    });
    sides.collect()
}

/// A file, or a version of a subject.
fn side(what: &str, arguments: &Arguments) -> Result<Side, Failure> {
    let path = Path::new(what);
    if path.is_file() {
        let schema = file_schema::schema_of_file(path, arguments.type_name.as_deref())?;
        let (name, short) = (what.to_owned(), "the old schema".to_owned());
        return Ok(Side { file: Some(name.clone()), name, short, schema });
    }
    let Some((subject, number)) = what.rsplit_once('@') else {
        return Err(Failure::usage(
            format!("there is no file `{what}`"),
            "name files, or versions as SUBJECT@VERSION; or write: cargo avro diff SUBJECT V1 V2",
        ));
    };
    version(&Origin::choose(&arguments.registry, &arguments.lock)?, subject, which(number)?)
}

fn version(origin: &Origin, subject: &str, which: Which) -> Result<Side, Failure> {
    let version = origin.version(subject, which)?;
    let short = format!("version {}", version.version);
    Ok(Side { name: format!("{subject} {short}"), short, file: None, schema: version.schema })
}

fn which(text: &str) -> Result<Which, Failure> {
    text.parse().map_err(|reason: String| Failure::usage(format!("`{text}` is not a version"), reason))
}
