//! `cargo avro register`: schemas into the registry.

use std::path::Path;

use avro_build::lock::Lock;
use avro_model::compatibility::{self, Baseline};
use avro_model::{Schema, SchemaSet};
use clap::Args;
use schema_registry::{CheckAgainst, ErrorCode, RegistryError, SchemaReference, SchemaText, SubjectVersion};
use serde_json::{Value, json};

use crate::answer::{Answer, Paint};
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::entries::{self, Levels};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress;
use crate::registry::Registry;
use crate::shared_types::{Planned, SharedTypeArguments};
use crate::subjects::{Pair, SubjectArguments};
use crate::types;
use crate::versions::of_registry;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Fullnames of the types, such as `com.example.Customer` [default: all with a known subject].
    types: Vec<String>,
    /// Ask the registry whether it would accept the schemas, and register nothing.
    #[arg(long)]
    dry_run: bool,
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
    /// Whether ids are of no use in the lock, since they are those of a registry for development.
    #[arg(skip)]
    leaves_lock: bool,
}

impl Arguments {
    /// What fills a registry for development: the schemas of a folder, by the subjects of a lock that stays as it is.
    pub(crate) fn seed(
        folder: &Path,
        url: &str,
        subjects: SubjectArguments,
        shared_types: SharedTypeArguments,
        lock: LockArguments,
    ) -> Arguments {
        Arguments {
            types: Vec::new(),
            dry_run: false,
            subjects,
            shared_types,
            schemas: SchemaArguments::of(folder),
            registry: RegistryArguments::at(url),
            lock,
            leaves_lock: true,
        }
    }
}

/// The outcome for one schema.
enum Outcome {
    Registered {
        version: SubjectVersion,
        is_new: bool,
    },
    WouldBe {
        after: Option<u32>,
    },
    Refused {
        /// Why, for people.
        sentences: Vec<String>,
        /// Why, in the words of the registry's check.
        messages: Vec<String>,
        /// The registry's answer when it refused to register.
        refusal: Option<String>,
    },
    /// What it refers to is not there.
    NotTried {
        subject: String,
    },
}

impl Outcome {
    fn version(&self) -> Option<u32> {
        match self {
            Outcome::Registered { version, .. } => Some(version.version()),
            Outcome::WouldBe { .. } | Outcome::Refused { .. } | Outcome::NotTried { .. } => None,
        }
    }

    fn is_fine(&self) -> bool {
        matches!(self, Outcome::Registered { .. } | Outcome::WouldBe { .. })
    }
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let (reports, exit) = register_all(arguments, answer)?;
    if answer.as_json {
        match (arguments.types.as_slice(), reports.as_slice()) {
            ([_], [report]) => answer.json(report),
            _ => answer.json(&Value::Array(reports)),
        }
    }
    Ok(exit)
}

/// Registers everything that the arguments ask for, and returns a report on each schema.
pub(crate) fn register_all(arguments: &Arguments, answer: &Answer) -> Result<(Vec<Value>, Exit), Failure> {
    let set = arguments.schemas.load()?;
    let lock = arguments.lock.read()?;
    let pairs = arguments.subjects.pairs(&arguments.types, &lock)?;
    if pairs.is_empty() {
        return Err(Failure::usage(
            "there is nothing to register: no type is named, and the lock has no subject",
            "name the types and their subjects: cargo avro register com.example.Customer --subject customer-value",
        ));
    }
    // Every schema is found before any is registered.
    let plan = arguments.shared_types.plan(&pairs, &set, &lock, &arguments.subjects)?;
    let registry = Registry::required(&arguments.registry)?;
    let bar = progress::bar("registering", plan.len());
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(plan.len());
    let mut reports = Vec::new();
    let mut exit = Exit::Fine;
    for planned in &plan {
        let missing = planned.references.iter().find(|used| outcomes.get(**used).is_none_or(|used| !used.is_fine()));
        let outcome = match missing.and_then(|missing| plan.get(*missing)) {
            Some(missing) => Outcome::NotTried { subject: missing.pair.subject.clone() },
            None => {
                let versions: Vec<Option<u32>> = outcomes.iter().map(Outcome::version).collect();
                let text = text(planned, &plan, &versions);
                match text {
                    Some(text) if !arguments.dry_run => register(&registry, planned, &text)?,
                    text => try_out(&registry, planned, text.as_ref())?,
                }
            }
        };
        if !outcome.is_fine() {
            exit = Exit::Differs;
        }
        let pair = &planned.pair;
        let locked = match &outcome {
            Outcome::Registered { version, .. } if !arguments.dry_run => {
                lock_version(version, pair, &set, &registry, &lock, arguments)?
            }
            _ => false,
        };
        bar.suspend(|| print(pair, &outcome, locked, arguments, answer));
        reports.push(as_json(pair, &outcome, locked));
        outcomes.push(outcome);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((reports, exit))
}

/// The text with its references, unless the version of one of these is not known yet.
fn text(planned: &Planned, plan: &[Planned], versions: &[Option<u32>]) -> Option<SchemaText> {
    let references = planned.references(plan, versions)?;
    let references = references.into_iter().map(|one| SchemaReference::new(one.name, one.subject, one.version));
    Some(SchemaText::from(planned.text.as_str()).with_references(references))
}

fn register(registry: &Registry, planned: &Planned, text: &SchemaText) -> Result<Outcome, Failure> {
    let pair = &planned.pair;
    if let Some(version) = registered(registry, pair, text)? {
        return Ok(Outcome::Registered { version, is_new: false });
    }
    match registry.wait(registry.client.register(&pair.subject, text)) {
        Ok(_) => {}
        Err(RegistryError::Http { message, code: ErrorCode::Incompatible, .. }) => {
            // The check, where the registry has one, lists the reasons; its answer is kept in any case.
            return Ok(match try_out(registry, planned, Some(text)) {
                Ok(Outcome::Refused { sentences, messages, .. }) => {
                    Outcome::Refused { sentences, messages, refusal: Some(message) }
                }
                _ => Outcome::Refused { sentences: Vec::new(), messages: Vec::new(), refusal: Some(message) },
            });
        }
        Err(error) => return Err(error.into()),
    }
    let version = registry.wait(registry.client.look_up(&pair.subject, text))?;
    Ok(Outcome::Registered { version, is_new: true })
}

/// Whether the registry would accept the schema. Without the versions of what it refers to, it is not registered yet,
/// and is tried with a text that is complete.
fn try_out(registry: &Registry, planned: &Planned, text: Option<&SchemaText>) -> Result<Outcome, Failure> {
    let Planned { pair, schema, .. } = planned;
    if let Some(text) = text
        && let Some(version) = registered(registry, pair, text)?
    {
        return Ok(Outcome::Registered { version, is_new: false });
    }
    let complete = SchemaText::from(schema.to_json());
    let newest = match registry.wait(registry.client.versions(&pair.subject)) {
        Ok(versions) => versions.last().copied(),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    let check = registry.client.check_compatibility(&pair.subject, CheckAgainst::Configured, text.unwrap_or(&complete));
    match registry.wait(check) {
        Ok(answer) if answer.is_compatible => Ok(Outcome::WouldBe { after: newest }),
        Ok(answer) => {
            let sentences = sentences(registry, pair, schema)?;
            Ok(Outcome::Refused { sentences, messages: answer.messages, refusal: None })
        }
        Err(error) if error.is_not_found() && newest.is_none() => Ok(Outcome::WouldBe { after: None }),
        Err(error) => Err(error.into()),
    }
}

/// What the registry's level forbids, in words for users of schemas.
fn sentences(registry: &Registry, pair: &Pair, schema: &Schema) -> Result<Vec<String>, Failure> {
    let level = registry.wait(registry.client.compatibility_level(&pair.subject))?;
    let versions = entries::all_versions(registry, &pair.subject)?;
    let history: Vec<Baseline<'_>> =
        versions.iter().map(|version| Baseline::version(version.version, &version.schema)).collect();
    let differences = compatibility::check(level, schema, &history);
    Ok(differences.iter().map(|difference| format!("{} (the level is {level})", difference.sentence())).collect())
}

/// The version that has this schema already.
fn registered(registry: &Registry, pair: &Pair, text: &SchemaText) -> Result<Option<SubjectVersion>, Failure> {
    match registry.wait(registry.client.look_up(&pair.subject, text)) {
        Ok(version) => Ok(Some(version)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes what was registered into the lock, if it exists or is requested.
fn lock_version(
    version: &SubjectVersion,
    pair: &Pair,
    set: &SchemaSet,
    registry: &Registry,
    lock: &Lock,
    arguments: &Arguments,
) -> Result<bool, Failure> {
    let folder = arguments.lock.folder();
    if arguments.leaves_lock || (!arguments.lock.is_given() && !folder.exists()) {
        return Ok(false);
    }
    let version = of_registry(version);
    let old = lock.version(&version.subject, version.version);
    let level = Levels::default().of(registry, &version.subject)?;
    let known = types::find(set, &pair.type_name).map(|found| found.name);
    let type_name = entries::type_name(&version, known.as_deref());
    let entry = entries::entry(&version, &type_name, level, &registry.name, old);
    Ok(!entries::write(folder, lock, &[entry])?.is_empty())
}

fn print(pair: &Pair, outcome: &Outcome, locked: bool, arguments: &Arguments, answer: &Answer) {
    if answer.as_json {
        return;
    }
    let Pair { type_name, subject } = pair;
    match outcome {
        Outcome::Registered { version, is_new } => {
            let (number, id) = (version.version(), version.id());
            let done = if *is_new { "is registered as" } else { "is already" };
            let noted =
                if locked { format!("; written to {}", arguments.lock.folder().display()) } else { String::new() };
            answer.line(format!("{type_name} {done} version {number} of {subject}, with id {id}{noted}"));
        }
        Outcome::WouldBe { after } => {
            let place = match after {
                Some(newest) => format!("the version after {newest}"),
                None => "the first version".to_owned(),
            };
            answer.line(format!("{type_name} would be {place} of {subject}"));
        }
        Outcome::Refused { sentences, messages, refusal } => {
            let reasons = if sentences.is_empty() { messages } else { sentences };
            answer.line_in(Paint::Bad, &format!("{type_name} is refused as a new version of {subject}:"));
            reasons.iter().for_each(|reason| answer.line(format!("  {reason}")));
            if let Some(refusal) = refusal {
                answer.line(format!("  the registry: {refusal}"));
            }
            answer.line("  `cargo avro check --against registry` shows what to change");
        }
        Outcome::NotTried { subject: missing } => {
            answer.line_in(
                Paint::Bad,
                &format!("{type_name} is not registered: it refers to {missing}, which is refused"),
            );
        }
    }
}

fn as_json(pair: &Pair, outcome: &Outcome, locked: bool) -> Value {
    let mut report = match outcome {
        Outcome::Registered { version, is_new } => json!({
            "outcome": if *is_new { "registered" } else { "already there" },
            "id": version.id().get(),
            "version": version.version(),
            "guid": version.guid().to_string(),
            "locked": locked,
        }),
        Outcome::WouldBe { after } => json!({ "outcome": "compatible", "after": after }),
        Outcome::Refused { sentences, messages, refusal } => {
            json!({ "outcome": "refused", "sentences": sentences, "messages": messages, "refusal": refusal })
        }
        Outcome::NotTried { subject } => json!({ "outcome": "not tried", "refused": subject }),
    };
    report["type"] = json!(pair.type_name);
    report["subject"] = json!(pair.subject);
    report
}
