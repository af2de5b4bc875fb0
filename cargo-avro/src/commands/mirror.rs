//! `cargo avro mirror`: the subjects of a registry into another one.

use std::ffi::OsString;

use clap::Args;
use schema_registry::{Context, RegistrySettings, RegistryVariable, SchemaRegistry};
use serde_json::{Value, json};

use crate::answer::{Answer, Paint, counted};
use crate::exit::Exit;
use crate::failure::{Failure, causes};
use crate::interruption::Interruption;
use crate::mirror::{self, Change, Ended, Ends, Extent, Item, Key, Outcome, Plan, Selection, Setting};
use crate::runtime::runtime;

/// What is behind the arguments.
const BEHIND: &str = "Logins come from the variables of the other commands with FROM_ or TO_ in front of their names, such as \
     FROM_SCHEMA_REGISTRY_USER and TO_SCHEMA_REGISTRY_PASSWORD; SCHEMA_REGISTRY_USER alone is not sent to either. While it \
     writes, the contexts of the target are in the mode IMPORT, in which nobody else can register; their modes are restored at the \
     end, also after Ctrl-C. Running it again copies only what is missing. Nothing of the target is overwritten or removed.";

#[derive(Args)]
#[command(after_help = BEHIND)]
pub(crate) struct Arguments {
    /// Address of the registry to copy from; several, comma-separated, are tried in turn.
    #[arg(value_name = "FROM")]
    from: String,
    /// Address of the registry to copy to.
    #[arg(value_name = "TO")]
    to: String,
    /// Copy the subjects with this name, in which `*` is any text; may be given several times [default: all]. What they
    /// refer to is copied, too.
    #[arg(long = "subject", value_name = "PATTERN")]
    subjects: Vec<String>,
    /// Leave these subjects out, unless others refer to them; may be given several times.
    #[arg(long = "exclude", value_name = "PATTERN")]
    excluded: Vec<String>,
    /// Copy the subjects of this context only; `.` is the default one [default: all contexts, into contexts of the same
    /// names].
    #[arg(long, value_name = "NAME")]
    context: Option<Context>,
    /// Copy into this context of the target, from --context or the default one.
    #[arg(long, value_name = "NAME")]
    to_context: Option<Context>,
    /// Copy soft-deleted versions, too, and repeat deletions.
    #[arg(long)]
    deleted: bool,
    /// Whose compatibility levels are copied, with everything else of their settings.
    #[arg(long, value_name = "WHOSE", default_value = "subjects")]
    levels: Extent,
    /// Whose modes are copied, once the versions are.
    #[arg(long, value_name = "WHOSE", default_value = "none")]
    modes: Extent,
    /// Compare, report what would be copied, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let from = client("FROM", &arguments.from, arguments.context.as_ref())?;
    let to = client("TO", &arguments.to, arguments.to_context.as_ref())?;
    // A context that is named, also by the address, is a single one.
    let is_one = arguments.context.is_some() || !from.context().is_default();
    let has_place = arguments.to_context.is_some() || !to.context().is_default();
    let into = has_place.then(|| (from.context().clone(), to.context().clone()));
    let selection = Selection {
        patterns: arguments.subjects.clone(),
        excluded: arguments.excluded.clone(),
        deleted: arguments.deleted,
        one_context: is_one || has_place,
    };
    let ends = Ends { from, to, into };
    let interruption = Interruption::install();
    let runtime = runtime()?;
    let planning = mirror::plan(&ends, &selection, arguments.levels, arguments.modes);
    let planned = runtime.block_on(async {
        tokio::select! {
            planned = planning => Some(planned),
            () = interruption.wanted() => None,
        }
    });
    let Some(planned) = planned else {
        answer.warn("interrupted: nothing is copied");
        return Ok(Exit::Differs);
    };
    let mut plan = planned?;
    let is_written = !arguments.dry_run && plan.problems.is_empty() && plan.has_changes();
    let ended = is_written.then(|| runtime.block_on(mirror::carry_out(&ends, &mut plan, &interruption)));
    report(arguments, &plan, interruption.is_wanted(), answer);
    finish(arguments, &plan, ended, interruption.is_wanted(), answer)
}

/// The client of one of the two registries.
fn client(end: &str, url: &str, context: Option<&Context>) -> Result<SchemaRegistry, Failure> {
    let settings = RegistrySettings::from_variables(|variable| match variable {
        RegistryVariable::Url => Some(OsString::from(url)),
        RegistryVariable::Context => context.map(|context| OsString::from(context.as_str())),
        // The copy is as it is in the source, and asks for what is there now.
        RegistryVariable::Normalize | RegistryVariable::CacheUrl | RegistryVariable::Name => None,
        variable => std::env::var_os(format!("{end}_{variable}")),
    });
    let settings = settings.map_err(|error| {
        let failure = Failure::from(error);
        let (causes, remedy) = failure.text();
        let remedy = format!("{}; the names of these variables begin with {end}_ here", remedy.unwrap_or("correct it"));
        Failure::usage(causes.join(": "), remedy)
    })?;
    Ok(SchemaRegistry::builder().settings(&settings).build()?)
}

/// Reports what could not be done, and returns the exit code.
fn finish(
    arguments: &Arguments,
    plan: &Plan,
    ended: Option<Ended>,
    is_interrupted: bool,
    answer: &Answer,
) -> Result<Exit, Failure> {
    for problem in &plan.problems {
        let place = json!({ "subject": problem.subject, "version": problem.version });
        answer.error_beside(&place, &format!("version {} of {}", problem.version, problem.subject), &problem.reasons);
    }
    let is_written = ended.is_some();
    if let Some(Ended { written, restored, was_importing }) = ended {
        if let Err(error) = restored {
            let place = json!({ "registry": arguments.to });
            let mut reasons =
                vec!["a mode could not be restored, so that the target may still be importing".to_owned()];
            reasons.extend(causes(&error));
            answer.error_beside(&place, &arguments.to, &reasons);
            written?;
            return Err(error.into());
        }
        written?;
        if was_importing {
            answer.warn(
                "the target was in the mode IMPORT before, and still is; --modes all gives it that of the source",
            );
        }
    }
    if is_interrupted {
        answer.warn("interrupted: run it again to go on");
        return Ok(Exit::Differs);
    }
    if plan.problems.is_empty() {
        return Ok(Exit::Fine);
    }
    if !is_written && !arguments.dry_run {
        answer.note("nothing is copied; --exclude leaves out what cannot be");
    }
    Ok(Exit::Differs)
}

fn report(arguments: &Arguments, plan: &Plan, is_interrupted: bool, answer: &Answer) {
    if answer.as_json {
        let versions: Vec<_> =
            plan.items.iter().map(|(key, item)| version_as_json(key, item, arguments.dry_run)).collect();
        let settings: Vec<_> = plan.settings.iter().map(setting_as_json).collect();
        let problems = plan.problems.iter().map(|problem| {
            json!({ "subject": problem.subject, "version": problem.version, "error": problem.reasons.join(": ") })
        });
        let problems: Vec<_> = problems.collect();
        return answer.json(&json!({
            "versions": versions, "settings": settings, "problems": problems, "interrupted": is_interrupted,
        }));
    }
    // What nothing was done about is not listed.
    let is_done = |outcome| match outcome {
        Outcome::Copied | Outcome::Deleted => true,
        Outcome::Lacking | Outcome::ToDelete => arguments.dry_run,
        Outcome::Present | Outcome::Refused => false,
    };
    for ((subject, version), item) in plan.items.iter().filter(|(_, item)| is_done(item.outcome)) {
        let source = if item.from == *subject { String::new() } else { format!(" from {}", item.from) };
        let id = item.stored.id();
        let reason = if item.is_referenced_only { ", to which others refer" } else { "" };
        match item.outcome {
            Outcome::ToDelete | Outcome::Deleted => {
                answer.line_in(Paint::Warning, &format!("- {subject} version {version}{source}: id {id}, deleted"));
            }
            _ => {
                let deleted = if item.is_deleted { ", deleted" } else { "" };
                answer
                    .line_in(Paint::Good, &format!("+ {subject} version {version}{source}: id {id}{deleted}{reason}"));
            }
        }
    }
    for setting in plan.settings.iter().filter(|setting| setting.is_done || arguments.dry_run) {
        answer.line_in(Paint::Warning, &format!("~ {}: {}", scope_name(&setting.scope), change_text(&setting.change)));
    }
    let (copied, would) = match arguments.dry_run {
        true => (plan.count(Outcome::Lacking), "would be copied"),
        false => (plan.count(Outcome::Copied), "copied"),
    };
    answer.line(format!("{} {would}, {} there already", counted(copied, "version"), plan.count(Outcome::Present)));
}

/// The registry, a context or a subject, for people.
fn scope_name(scope: &str) -> String {
    match scope.strip_prefix(":.").and_then(|rest| rest.strip_suffix(':')) {
        Some("") => "the registry".to_owned(),
        Some(name) if !name.contains(':') => format!("context .{name}"),
        _ => scope.to_owned(),
    }
}

fn change_text(change: &Change) -> String {
    match change {
        Change::Mode(mode) => format!("mode {mode}"),
        Change::Config(config) => {
            let level = config.level().map(|level| format!("level {level}"));
            level.into_iter().chain(config.other_names().map(str::to_owned)).collect::<Vec<_>>().join(", ")
        }
    }
}

fn version_as_json((subject, version): &Key, item: &Item, dry_run: bool) -> Value {
    let outcome = match item.outcome {
        Outcome::Present => "present",
        Outcome::Copied => "copied",
        Outcome::Deleted => "deleted",
        Outcome::Refused => "refused",
        Outcome::Lacking if dry_run => "would be copied",
        Outcome::ToDelete if dry_run => "would be deleted",
        Outcome::Lacking | Outcome::ToDelete => "not tried",
    };
    json!({
        "from": item.from,
        "subject": subject,
        "version": version,
        "id": item.stored.id().get(),
        "type": item.stored.schema().schema_type(),
        "is_deleted": item.is_deleted,
        "is_referenced_only": item.is_referenced_only,
        "outcome": outcome,
    })
}

fn setting_as_json(setting: &Setting) -> Value {
    let mut value = match &setting.change {
        Change::Mode(mode) => json!({ "mode": mode.as_str() }),
        Change::Config(config) => json!({ "config": config }),
    };
    value["scope"] = json!(setting.scope);
    value["is_set"] = json!(setting.is_done);
    value
}
