//! `cargo avro lock`: records what is released.

use std::collections::BTreeSet;

use avro_build::lock::{Lock, LockedVersion};
use avro_model::SchemaSet;
use avro_model::compatibility::CompatibilityLevel;
use clap::Args;
use serde_json::{Value, json};

use crate::answer::{Answer, Paint, counted};
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::entries::{self, Levels};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress;
use crate::registry::Registry;
use crate::shared_types::SharedTypeArguments;
use crate::subjects::{Pair, SubjectArguments};
use crate::versions::guid_of;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Fullnames of the types [default: all with a known subject].
    types: Vec<String>,
    /// Write nothing, and fail if the lock is out of date: for continuous integration.
    #[arg(long)]
    check: bool,
    /// Ask no registry, even if the environment names one.
    #[arg(long, conflicts_with = "url")]
    offline: bool,
    /// Without a registry: the compatibility level of subjects that are new [default: BACKWARD].
    #[arg(long)]
    level: Option<CompatibilityLevel>,
    #[command(flatten)]
    subjects: SubjectArguments,
    #[command(flatten)]
    shared_types: SharedTypeArguments,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let lock = arguments.lock.read()?;
    let pairs = arguments.subjects.pairs(&arguments.types, &lock)?;
    if pairs.is_empty() {
        return Err(Failure::usage(
            "there is nothing to lock: no type is named, and the lock has no subject",
            "name the types and their subjects: cargo avro lock com.example.Customer --subject customer-value",
        ));
    }
    let registry = if arguments.offline { None } else { Registry::named(&arguments.registry)? };
    let entries = match registry {
        Some(registry) => of_registry(&registry, &pairs, &lock)?,
        None => of_schemas(&pairs, &lock, arguments)?,
    };
    let folder = arguments.lock.folder();
    let changed = match arguments.check {
        true => entries::changed(&lock, &entries),
        false => entries::write(folder, &lock, &entries)?,
    };
    let exit = if arguments.check && !changed.is_empty() { Exit::Differs } else { Exit::Fine };
    if answer.as_json {
        let changed: Vec<Value> = changed.iter().map(|entry| as_json(entry, &lock)).collect();
        answer.json(&json!({ "lock": folder.display().to_string(), "written": !arguments.check, "changed": changed }));
        return Ok(exit);
    }
    for entry in &changed {
        let sign = if is_new(entry, &lock) { '+' } else { '~' };
        let LockedVersion { subject, version, type_name, compatibility, .. } = entry;
        let text = format!("{sign} {subject} version {version}: {type_name}, {compatibility}");
        answer.line_in(if sign == '+' { Paint::Good } else { Paint::Warning }, &text);
    }
    let folder = folder.display();
    match (changed.len(), arguments.check) {
        (0, _) => answer.line(format!("{folder} is up to date")),
        (count, false) => answer.line(format!("{} written to {folder}", counted(count, "version"))),
        (count, true) => answer.line(format!(
            "{folder} is not up to date in {}; write it with: cargo avro lock",
            counted(count, "version")
        )),
    }
    Ok(exit)
}

/// Every version of every subject, with what they refer to.
fn of_registry(registry: &Registry, pairs: &[Pair], lock: &Lock) -> Result<Vec<LockedVersion>, Failure> {
    let subjects: BTreeSet<&str> = pairs.iter().map(|pair| pair.subject.as_str()).collect();
    let bar = progress::bar("subjects", subjects.len());
    let mut versions = Vec::new();
    for subject in subjects {
        versions.extend(entries::all_versions(registry, subject)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let versions = entries::with_references(registry, versions)?;
    let mut levels = Levels::default();
    let locked = versions.iter().map(|version| {
        let old = lock.version(&version.subject, version.version);
        let known = pairs.iter().find(|pair| pair.subject == version.subject).map(|pair| pair.type_name.as_str());
        let is_newest =
            !versions.iter().any(|other| other.subject == version.subject && other.version > version.version);
        // Only that of the newest version counts; the others keep what they had.
        let level = match old {
            Some(old) if !is_newest => old.compatibility,
            _ => levels.of(registry, &version.subject)?,
        };
        let type_name = entries::type_name(version, known);
        Ok(entries::entry(version, &type_name, level, &registry.name, old))
    });
    locked.collect()
}

/// The schemas as they are now, as the next versions of their subjects, without a registry.
fn of_schemas(pairs: &[Pair], lock: &Lock, arguments: &Arguments) -> Result<Vec<LockedVersion>, Failure> {
    let config = arguments.schemas.config(&arguments.schemas.folders);
    let set = config.load()?;
    let modules = config.load_modules(&set)?;
    let apart: Vec<&SchemaSet> = modules.iter().map(|module| &module.set).collect();
    let given: Vec<(String, String)> =
        pairs.iter().map(|pair| (pair.type_name.clone(), pair.subject.clone())).collect();
    let checked = lock.check(&set, &apart, &given)?;
    let is_wanted = |subject: &str| pairs.iter().any(|pair| pair.subject == subject);
    if checked.subjects.iter().any(|checked| is_wanted(&checked.subject) && !checked.differences.is_empty()) {
        return Err(Failure::Diagnostics(checked.diagnostics));
    }
    let plan = arguments.shared_types.plan(pairs, &set, lock, &arguments.subjects)?;
    let mut versions: Vec<Option<u32>> = Vec::with_capacity(plan.len());
    let mut entries = Vec::new();
    for planned in &plan {
        let Pair { type_name, subject } = &planned.pair;
        let newest = lock.newest(subject);
        let references = planned.references(&plan, &versions).unwrap_or_default();
        let released = checked.subjects.iter().find(|checked| checked.subject == *subject);
        let released = released.and_then(|checked| lock.version(subject, checked.released_as?));
        // A schema that is the same as before is another version when what it refers to is.
        if let Some(released) = released.filter(|released| released.references == references) {
            versions.push(Some(released.version));
            continue;
        }
        let version = newest.map_or(1, |newest| newest.version + 1);
        let level = newest.map_or(arguments.level.unwrap_or_default(), |newest| newest.compatibility);
        let guid = guid_of(&planned.text, &references);
        let mut entry = LockedVersion::new(subject, version, type_name, guid, &planned.text).with_compatibility(level);
        entry.references = references;
        entries.push(entry);
        versions.push(Some(version));
    }
    Ok(entries)
}

fn is_new(entry: &LockedVersion, lock: &Lock) -> bool {
    lock.version(&entry.subject, entry.version).is_none()
}

fn as_json(entry: &LockedVersion, lock: &Lock) -> Value {
    json!({
        "subject": entry.subject,
        "version": entry.version,
        "type": entry.type_name,
        "compatibility": entry.compatibility.as_str(),
        "guid": entry.guid.to_string(),
        "ids": entry.ids,
        "new": is_new(entry, lock),
    })
}
