//! `cargo avro pull`: schemas of a registry into files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use avro_build::lock::{file_stem, pretty_json};
use avro_model::{Kind, Leniency, Schema, SchemaSet, Severity};
use clap::Args;
use serde_json::{Value, json};

use super::pull_watch;
use crate::answer::{Answer, Paint, counted};
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::entries::{self, Levels};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress;
use crate::registry::Registry;
use crate::types;
use crate::versions::{Version, Which, of_registry};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The subjects: the newest version of each, or another one as `SUBJECT@VERSION`.
    subjects: Vec<String>,
    /// Every subject that begins with this text.
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
    /// Every subject.
    #[arg(long, conflicts_with_all = ["prefix", "subjects"])]
    all: bool,
    /// Replace files that have other contents.
    #[arg(long)]
    pub(super) force: bool,
    /// Go on, and write what changes in the registry, until Ctrl-C. A file that was changed by hand is not replaced
    /// without --force.
    #[arg(long)]
    watch: bool,
    /// How often --watch asks the registry.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = interval, requires = "watch")]
    pub(super) interval: Duration,
    /// Write schema files only, and nothing into the lock.
    #[arg(long)]
    pub(super) no_lock: bool,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

fn interval(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|time| !time.is_zero()).ok_or_else(|| "write a number of seconds, such as 5 or 0.5".to_owned())
}

/// A schema and the file that it belongs in.
pub(super) struct Pulled {
    pub(super) version: Version,
    type_name: String,
    pub(super) path: PathBuf,
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    New,
    Unchanged,
    /// The file has an earlier version, as it was pulled.
    Outdated,
    /// The file has other contents.
    Differs,
    /// Another file defines the type, among other things.
    DefinedElsewhere,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let registry = Registry::required(&arguments.registry)?;
    let wanted = wanted(&registry, arguments)?;
    if arguments.watch {
        return pull_watch::run(&registry, &wanted, arguments, answer);
    }
    pull(&registry, &wanted, arguments, answer)?;
    Ok(Exit::Fine)
}

/// Pulls once, and returns what was pulled.
pub(super) fn pull(
    registry: &Registry,
    wanted: &[Wanted],
    arguments: &Arguments,
    answer: &Answer,
) -> Result<Vec<Pulled>, Failure> {
    let bar = progress::bar("pulling", wanted.len());
    let mut versions = Vec::new();
    let mut skipped = Vec::new();
    for Wanted { subject, which, is_named } in wanted {
        match fetch(registry, subject, *which) {
            Ok(version) => versions.push(version),
            // A subject of another kind does not keep the others from being pulled, unless it was asked for by name.
            Err(failure) => match failure.other_schema().filter(|_| !is_named) {
                Some(other) => skipped.push((subject.clone(), other)),
                None => return Err(failure),
            },
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let pulled = place(entries::with_references(registry, versions)?, arguments)?;
    refuse(&pulled, arguments.force)?;
    let locked = write(registry, &pulled, arguments)?;
    warn_of_what_a_build_refuses(&pulled, answer);
    report(&pulled, &skipped, locked, arguments, answer);
    Ok(pulled)
}

pub(super) fn fetch(registry: &Registry, subject: &str, which: Which) -> Result<Version, Failure> {
    match which {
        Which::Latest => Ok(of_registry(&*registry.wait(registry.client.latest(subject))?)),
        Which::Number(number) => Ok(of_registry(&registry.wait(registry.client.version(subject, number))?)),
    }
}

/// Writes files, and the lock if it is wanted. Returns how many versions are new in that.
pub(super) fn write(registry: &Registry, pulled: &[Pulled], arguments: &Arguments) -> Result<usize, Failure> {
    for Pulled { version, path, .. } in pulled.iter().filter(|pulled| pulled.state != State::Unchanged) {
        let folder = path.parent().unwrap_or(Path::new(""));
        std::fs::create_dir_all(folder).map_err(|error| Failure::file("create the folder", folder, &error))?;
        std::fs::write(path, format!("{}\n", pretty_json(&version.text)))
            .map_err(|error| Failure::file("write", path, &error))?;
    }
    if arguments.no_lock { Ok(0) } else { lock(registry, pulled, arguments) }
}

/// A subject to pull, and the version.
pub(super) struct Wanted {
    pub(super) subject: String,
    pub(super) which: Which,
    /// By itself, and not by a prefix or `--all`.
    pub(super) is_named: bool,
}

fn wanted(registry: &Registry, arguments: &Arguments) -> Result<Vec<Wanted>, Failure> {
    let mut wanted = Vec::new();
    for subject in &arguments.subjects {
        let (subject, which) = match subject.rsplit_once('@').map(|(subject, which)| (subject, which.parse())) {
            Some((subject, Ok(which))) => (subject, which),
            _ => (subject.as_str(), Which::Latest),
        };
        wanted.push(Wanted { subject: subject.to_owned(), which, is_named: true });
    }
    if let Some(prefix) = wanted_prefix(registry, arguments) {
        let mut found = registry.wait(registry.client.subjects())?;
        found.retain(|subject| subject.starts_with(&prefix));
        found.sort();
        wanted.extend(found.into_iter().map(|subject| Wanted { subject, which: Which::Latest, is_named: false }));
    }
    if wanted.is_empty() {
        return Err(match &arguments.prefix {
            Some(prefix) => Failure::refused(
                format!("no subject begins with `{prefix}`"),
                "`cargo avro list --subjects` shows all subjects",
            ),
            None if arguments.all => Failure::refused("the registry has no subjects", "is it the right one?"),
            None => Failure::usage(
                "no subject is named",
                "name some, or give --prefix TEXT or --all; `cargo avro list --subjects` shows all subjects",
            ),
        });
    }
    Ok(wanted)
}

/// What the names of subjects begin with that were not given one by one; nothing for all.
pub(super) fn wanted_prefix(registry: &Registry, arguments: &Arguments) -> Option<String> {
    match &arguments.prefix {
        Some(prefix) => Some(registry.client.qualify(prefix)),
        None => arguments.all.then(String::new),
    }
}

/// Finds the file of each version.
pub(super) fn place(versions: Vec<Version>, arguments: &Arguments) -> Result<Vec<Pulled>, Failure> {
    let folders = &arguments.schemas.folders;
    let set = match folders.iter().all(|folder| folder.exists()) {
        // Earlier pulls may have what only a registry accepts.
        true => Some(arguments.schemas.config(folders).allow_invalid_defaults().allow_invalid_names().load()?),
        false => None,
    };
    let Some(folder) = folders.first() else {
        return Err(Failure::internal("there is no schema folder, although --schemas has a default"));
    };
    let pulled = versions.into_iter().map(|version| {
        let type_name = entries::type_name(&version, None);
        let own = folder.join(format!("{}.avsc", file_stem(&type_name)));
        let defined = match &set {
            Some(set) => there(set, &type_name, &version)?,
            None => None,
        };
        let (path, state) = defined.unwrap_or_else(|| {
            let state = state_of(&own, &version);
            (own, state)
        });
        Ok(Pulled { version, type_name, path, state })
    });
    pulled.collect()
}

/// The file that defines the type already.
fn there(set: &SchemaSet, type_name: &str, version: &Version) -> Result<Option<(PathBuf, State)>, Failure> {
    let Some(found) = types::find(set, type_name) else { return Ok(None) };
    let path = PathBuf::from(types::path_of(set, found.source)?);
    // What a schema refers to has a file, and a state, of its own.
    let is_same = || state_of(&path, version) == State::Unchanged;
    if set.schema_of(&found.ty).to_json() == version.schema.to_json() || is_same() {
        return Ok(Some((path, State::Unchanged)));
    }
    let is_root = set.roots().iter().any(|root| match (&root.ty.kind, &found.ty.kind) {
        (Kind::Named(root_id), Kind::Named(id)) => root.source == found.source && root_id == id,
        _ => root.source == found.source,
    });
    let is_schema_file = path.extension().is_some_and(|extension| extension == "avsc");
    Ok(Some((path, if is_root && is_schema_file { State::Differs } else { State::DefinedElsewhere })))
}

/// Against a file that is not among the schemas, or that defines something else.
pub(super) fn state_of(path: &Path, version: &Version) -> State {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => State::New,
        // A file that cannot be read is not replaced without --force.
        Err(_) => State::Differs,
        Ok(text) if parsed(&text).is_some_and(|json| Some(json) == parsed(&version.text)) => State::Unchanged,
        Ok(_) => State::Differs,
    }
}

/// Nothing is written if anything would be lost.
pub(super) fn refuse(pulled: &[Pulled], force: bool) -> Result<(), Failure> {
    let of = |state: State| pulled.iter().filter(move |pulled| pulled.state == state);
    if let Some(pulled) = of(State::DefinedElsewhere).next() {
        return Err(Failure::refused(
            format!(
                "`{}` is defined in {}, among other things, and differs from version {} of {}",
                pulled.type_name,
                pulled.path.display(),
                pulled.version.version,
                pulled.version.subject
            ),
            "change it there, or take it out of that file and pull again",
        ));
    }
    let differing: Vec<String> = of(State::Differs).map(|pulled| pulled.path.display().to_string()).collect();
    if !force && !differing.is_empty() {
        return Err(Failure::refused(
            format!("{} would be replaced by other contents", differing.join(", ")),
            "see `cargo avro diff FILE SUBJECT@latest`, then replace with --force",
        ));
    }
    Ok(())
}

/// Every version of what was pulled goes into the lock, since a transitive level needs all of them.
fn lock(registry: &Registry, pulled: &[Pulled], arguments: &Arguments) -> Result<usize, Failure> {
    let lock = arguments.lock.read()?;
    let bar = progress::bar("locking", pulled.len());
    let mut versions = Vec::new();
    for Pulled { version, .. } in pulled {
        if !versions.iter().any(|known: &Version| known.subject == version.subject) {
            versions.extend(entries::all_versions(registry, &version.subject)?);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let versions = entries::with_references(registry, versions)?;
    let mut levels = Levels::default();
    let mut locked = Vec::with_capacity(versions.len());
    for version in &versions {
        let old = lock.version(&version.subject, version.version);
        let level = match old {
            Some(old) => old.compatibility,
            None => levels.of(registry, &version.subject)?,
        };
        locked.push(entries::entry(version, &entries::type_name(version, None), level, &registry.name, old));
    }
    Ok(entries::write(arguments.lock.folder(), &lock, &locked)?.len())
}

/// Registries accept what builds refuse by default.
pub(super) fn warn_of_what_a_build_refuses(pulled: &[Pulled], answer: &Answer) {
    for Pulled { version, path, .. } in pulled {
        let text = version.schema.to_json();
        let Err(error) = Schema::parse(&text) else { continue };
        let is_enough = |leniency| Schema::parse_leniently(&text, leniency).is_ok();
        let call = if is_enough(Leniency::NONE.with_defaults(true)) {
            "`.allow_invalid_defaults()`"
        } else if is_enough(Leniency::NONE.with_names(true)) {
            "`.allow_invalid_names()`"
        } else {
            "`.allow_invalid_defaults().allow_invalid_names()`"
        };
        let reason = error.diagnostics().iter().find(|found| found.severity == Severity::Error);
        debug_assert!(reason.is_some(), "a schema is refused without an error");
        let reason = reason.map_or("it does not follow the specification", |found| found.message.as_str());
        answer.warn(format!("{}: {reason}; a build accepts it with {call} in build.rs", path.display()));
    }
}

fn report(pulled: &[Pulled], skipped: &[(String, String)], locked: usize, arguments: &Arguments, answer: &Answer) {
    let lock = arguments.lock.folder().display();
    if answer.as_json {
        let files = pulled.iter().map(Pulled::as_json);
        let skipped = skipped.iter().map(|(subject, other)| json!({ "subject": subject, "not_avro": other }));
        let (files, skipped) = (files.collect::<Vec<_>>(), skipped.collect::<Vec<_>>());
        return answer.json(&json!({ "files": files, "skipped": skipped, "locked": locked }));
    }
    pulled.iter().for_each(|pulled| pulled.print(answer));
    for (subject, other) in skipped {
        answer.line_in(Paint::Quiet, &format!("- {subject} is skipped: its schema is {other}"));
    }
    if locked > 0 {
        answer.line(format!("{} written to {lock}", counted(locked, "version")));
    }
}

impl Pulled {
    pub(super) fn print(&self, answer: &Answer) {
        let (sign, paint) = match self.state {
            State::New => ('+', Paint::Good),
            State::Unchanged => ('=', Paint::Quiet),
            State::Outdated | State::Differs | State::DefinedElsewhere => ('~', Paint::Warning),
        };
        let Version { version, subject, .. } = &self.version;
        answer.line_in(paint, &format!("{sign} {}: version {version} of {subject}", self.path.display()));
    }

    pub(super) fn as_json(&self) -> Value {
        json!({
            "subject": self.version.subject,
            "version": self.version.version,
            "type": self.type_name,
            "file": self.path.display().to_string(),
            "state": match self.state {
                State::New => "new",
                State::Unchanged => "unchanged",
                State::Outdated | State::Differs | State::DefinedElsewhere => "replaced",
            },
        })
    }
}
