//! `cargo avro check`: every problem of the schemas, as a build would report it, and what they would break.

use std::path::PathBuf;
use std::str::FromStr;

use avro_build::ModuleSchemas;
use avro_build::lock::Lock;
use avro_model::compatibility::CompatibilityLevel;
use avro_model::{Definition, Diagnostics, SchemaSet, Severity};
use clap::Args;
use serde_json::json;

use crate::answer::{Answer, counted, diagnostics_as_json};
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::compared::{Compared, ComparedType};
use crate::entries;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::git;
use crate::progress;
use crate::registry::Registry;
use crate::revision;
use crate::subjects::{Pair, SubjectArguments};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Folders with schemas, instead of --schemas.
    #[arg(value_name = "FOLDER")]
    only: Vec<PathBuf>,
    /// What the schemas must be compatible with: `lock` (if it exists), `registry`, or `git:REF`, the schemas of a
    /// commit, branch or tag. Naming a registry on the command line means `registry`.
    #[arg(long, value_name = "WHAT")]
    against: Option<Against>,
    /// The compatibility level, instead of that of the lock or of the registry [default with git: BACKWARD].
    #[arg(long)]
    level: Option<CompatibilityLevel>,
    /// Fail on warnings, too.
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    subjects: SubjectArguments,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Against {
    Lock,
    Registry,
    Git(String),
}

impl FromStr for Against {
    type Err = String;

    fn from_str(text: &str) -> Result<Against, String> {
        match (text, text.strip_prefix("git:")) {
            ("lock", _) => Ok(Against::Lock),
            ("registry", _) => Ok(Against::Registry),
            (_, Some(reference)) if !reference.is_empty() => Ok(Against::Git(reference.to_owned())),
            _ => Err("write `lock`, `registry`, or `git:` and a commit, branch or tag, such as `git:main`".to_owned()),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let folders = match arguments.only.as_slice() {
        [] => &arguments.schemas.folders,
        folders => folders,
    };
    let config = arguments.schemas.config(folders);
    let set = config.load()?;
    let modules = config.load_modules(&set)?;
    // A valid schema may still use what the generator does not support, and then a build would stop.
    for set in std::iter::once(&set).chain(modules.iter().map(|module| &module.set)) {
        avro_build::check_supported(set)?;
    }
    let apart: Vec<&SchemaSet> = modules.iter().map(|module| &module.set).collect();
    let compared = compare(&set, &apart, folders, arguments)?;
    let mut diagnostics = match &compared {
        Some(compared) => compared.diagnostics.clone(),
        None => Diagnostics::new(set.sources().to_vec(), Vec::new()),
    };
    diagnostics.list.splice(0..0, set.warnings().iter().cloned());
    modules.iter().for_each(|module| add_warnings(&module.set, &mut diagnostics));
    let count = |severity| diagnostics.list.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let types = compared.as_ref().map_or(&[][..], |compared| compared.types.as_slice());
    let own_types = |module: &ModuleSchemas| {
        let is_own = |definition: &&Definition| definition.origin.source.0 < module.own_files;
        module.set.definitions().iter().filter(is_own).count()
    };
    let files = set.sources().len() + modules.iter().map(|module| module.own_files).sum::<usize>();
    let definitions = set.definitions().len() + modules.iter().map(own_types).sum::<usize>();
    if answer.as_json {
        answer.json(&json!({
            "files": files,
            "types": definitions,
            "diagnostics": diagnostics_as_json(&diagnostics),
            "subjects": types.iter().map(ComparedType::as_json).collect::<Vec<_>>(),
        }));
    } else {
        answer.diagnostics(&diagnostics);
        for compared in types {
            let (paint, text) = compared.sentence();
            answer.line_in(paint, &text);
        }
        let errors = if errors == 0 { "no errors".to_owned() } else { counted(errors, "error") };
        let (files, types) = (counted(files, "file"), counted(definitions, "named type"));
        answer.line(format!("{files}, {types}, {}, {errors}", counted(warnings, "warning")));
    }
    let fails = errors > 0 || (arguments.deny_warnings && warnings > 0);
    Ok(if fails { Exit::Differs } else { Exit::Fine })
}

fn add_warnings(set: &SchemaSet, diagnostics: &mut Diagnostics) {
    let offset = diagnostics.sources.len();
    diagnostics.sources.extend_from_slice(set.sources());
    for mut warning in set.warnings().iter().cloned() {
        let labels = std::iter::once(&mut warning.primary).chain(&mut warning.secondary);
        labels.for_each(|label| label.source.0 += offset);
        diagnostics.list.push(warning);
    }
}

/// `None` when there is nothing to compare with.
fn compare(
    set: &SchemaSet,
    apart: &[&SchemaSet],
    folders: &[PathBuf],
    arguments: &Arguments,
) -> Result<Option<Compared>, Failure> {
    let against = match &arguments.against {
        Some(against) => against.clone(),
        None if arguments.registry.is_given() => Against::Registry,
        None => Against::Lock,
    };
    match against {
        Against::Lock => {
            let folder = arguments.lock.folder();
            if !folder.exists() && !arguments.lock.is_given() && arguments.against.is_none() {
                return Ok(None);
            }
            let lock = at_level(Lock::read(folder)?, arguments)?;
            let given = arguments.subjects.pairs(&[], &Lock::default())?;
            Ok(Some(lock.check(set, apart, &as_tuples(&given))?.into()))
        }
        Against::Registry => {
            let pairs = arguments.subjects.pairs(&[], &arguments.lock.read()?)?;
            if pairs.is_empty() {
                return Err(Failure::usage(
                    "no subject to ask the registry for is known",
                    "name them: --subject TYPE=SUBJECT, such as --subject com.example.Customer=customer-value",
                ));
            }
            let lock = of_registry(&pairs, arguments)?;
            Ok(Some(lock.check(set, apart, &as_tuples(&pairs))?.into()))
        }
        Against::Git(reference) => {
            let old = git::schemas_at(&reference, folders, &arguments.schemas)?;
            Ok(Some(revision::check(set, &old, arguments.level.unwrap_or_default(), &reference)))
        }
    }
}

fn as_tuples(pairs: &[Pair]) -> Vec<(String, String)> {
    pairs.iter().map(|pair| (pair.type_name.clone(), pair.subject.clone())).collect()
}

/// The lock with another level, when the command line has one.
fn at_level(lock: Lock, arguments: &Arguments) -> Result<Lock, Failure> {
    let Some(level) = arguments.level else { return Ok(lock) };
    let mut versions = Vec::new();
    for version in lock.versions() {
        let name = format!("{}/{}/{}.json", lock.folder().display(), version.subject, version.version);
        versions.push((version.clone().with_compatibility(level), name));
    }
    Ok(Lock::of(versions)?)
}

/// What the registry has of the subjects, complete, so that what they refer to need not be there.
fn of_registry(pairs: &[Pair], arguments: &Arguments) -> Result<Lock, Failure> {
    let registry = Registry::required(&arguments.registry)?;
    let bar = progress::bar("subjects", pairs.len());
    let mut versions = Vec::new();
    for Pair { type_name, subject } in pairs {
        let level = match arguments.level {
            Some(level) => level,
            None => registry.wait(registry.client.compatibility_level(subject))?,
        };
        for version in entries::all_versions(&registry, subject)? {
            let name = format!("{subject} version {}", version.version);
            let mut locked = entries::entry(&version, type_name, level, &registry.name, None);
            locked.schema = version.schema.to_json();
            locked.references.clear();
            versions.push((locked, name));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Lock::of(versions)?)
}
