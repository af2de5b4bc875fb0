//! `cargo avro lint`: what is valid in the schemas, and will be in the way or is probably not meant.

use std::path::PathBuf;

use avro_model::lint::{Level, LintRule};
use avro_model::{Diagnostics, Severity, closest};
use clap::Args;
use serde_json::{Value, json};

use crate::answer::{Answer, Paint, counted, diagnostics_as_json};
use crate::arguments::SchemaArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lint_config::LintConfig;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Folders with schemas, instead of --schemas.
    #[arg(value_name = "FOLDER")]
    only: Vec<PathBuf>,
    /// The file with levels and settings of rules [default: avro-lint.toml, if it exists].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// List the rules with their levels.
    #[arg(long)]
    list: bool,
    /// Say what a rule finds and why, with an example.
    #[arg(long, value_name = "RULE", conflicts_with = "list")]
    explain: Option<String>,
    /// Fail on warnings, too.
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    schemas: SchemaArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    if let Some(name) = &arguments.explain {
        return explain(name, answer);
    }
    let path = arguments.config.clone().unwrap_or_else(|| PathBuf::from("avro-lint.toml"));
    let config = LintConfig::read(&path, arguments.config.is_some())?;
    if arguments.list {
        list(&config, answer);
        return Ok(Exit::Fine);
    }
    let folders = match arguments.only.as_slice() {
        [] => &arguments.schemas.folders,
        folders => folders,
    };
    let set = arguments.schemas.config(folders).load()?;
    let found = set.lint(&config.settings, |rule, definition| {
        let source = set.sources().get(definition.origin.source.0);
        config.level(rule, source.map_or("", |source| &source.path), definition)
    });
    let diagnostics = Diagnostics::new(set.sources().to_vec(), found);
    let count = |severity| diagnostics.list.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let types = set.definitions().len();
    if answer.as_json {
        answer.json(&json!({
            "files": set.sources().len(),
            "types": types,
            "diagnostics": diagnostics_as_json(&diagnostics),
        }));
    } else {
        answer.diagnostics(&diagnostics);
        let (files, types) = (counted(set.sources().len(), "file"), counted(types, "named type"));
        let errors = if errors == 0 { "no errors".to_owned() } else { counted(errors, "error") };
        answer.line(format!("{files}, {types}, {}, {errors}", counted(warnings, "warning")));
    }
    let fails = errors > 0 || (arguments.deny_warnings && warnings > 0);
    Ok(if fails { Exit::Differs } else { Exit::Fine })
}

fn list(config: &LintConfig, answer: &Answer) {
    if answer.as_json {
        let rules = LintRule::ALL.iter().map(|rule| {
            json!({
                "rule": rule.code().as_str(),
                "level": config.level_in_general(rule).as_str(),
                "default": rule.default_level().as_str(),
                "finds": rule.summary(),
            })
        });
        answer.json(&rules.collect::<Value>());
        return;
    }
    let rows = LintRule::ALL.iter().map(|rule| {
        let level = config.level_in_general(rule);
        vec![rule.code().as_str().to_owned(), level.to_string(), rule.summary().to_owned()]
    });
    answer.table(&["rule", "level", "finds"], rows);
}

fn explain(name: &str, answer: &Answer) -> Result<Exit, Failure> {
    let Some(rule) = LintRule::find(name) else {
        let near = closest(name, LintRule::ALL.iter().map(|rule| rule.code().as_str()));
        let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        return Err(Failure::usage(
            format!("there is no rule `{name}`"),
            format!("{near}`cargo avro lint --list` shows all rules"),
        ));
    };
    if answer.as_json {
        answer.json(&json!({
            "rule": rule.code().as_str(),
            "default": rule.default_level().as_str(),
            "finds": rule.summary(),
            "reason": rule.reason(),
            "wrong": rule.wrong(),
            "right": rule.right(),
        }));
        return Ok(Exit::Fine);
    }
    let level = match rule.default_level() {
        Level::Off => "off by default",
        Level::Warn => "a warning by default",
        Level::Error => "an error by default",
    };
    answer.line_in(Paint::Strong, &format!("{}: {}, {level}", rule.code(), rule.summary()));
    answer.line(rule.reason());
    answer.line_in(Paint::Bad, "wrong:");
    answer.line(format!("  {}", rule.wrong()));
    answer.line_in(Paint::Good, "right:");
    answer.line(format!("  {}", rule.right()));
    Ok(Exit::Fine)
}
