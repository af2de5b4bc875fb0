//! The file that says what lint looks for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use avro_model::lint::{FieldStyle, Level, LintRule, LintSettings};
use avro_model::{Definition, closest, position};
use toml_edit::{Document, Item, TableLike, Value};

use crate::failure::Failure;

/// The levels of rules, by their names.
type Levels = BTreeMap<&'static str, Level>;

/// Which rules count where.
#[derive(Debug, Default)]
pub(crate) struct LintConfig {
    pub(crate) settings: LintSettings,
    levels: Levels,
    /// Later ones count more.
    overrides: Vec<Override>,
}

/// Other levels for some of the schemas.
#[derive(Debug, Default)]
struct Override {
    /// Files and folders.
    paths: Vec<PathBuf>,
    /// Namespaces, with those in them.
    namespaces: Vec<String>,
    levels: Levels,
}

impl Override {
    fn is_about(&self, path: &str, definition: &Definition) -> bool {
        let path = Path::new(path.strip_prefix("./").unwrap_or(path));
        let is_in = |outer: &String| {
            let rest = definition.name.namespace().and_then(|namespace| namespace.strip_prefix(outer.as_str()));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.paths.iter().any(|outer| path.starts_with(outer)) || self.namespaces.iter().any(is_in)
    }
}

impl LintConfig {
    /// What the file says. Without a file everything is as by default, unless it was asked for.
    pub(crate) fn read(path: &Path, is_asked_for: bool) -> Result<LintConfig, Failure> {
        match std::fs::read_to_string(path) {
            Ok(text) => LintConfig::parse(&text).map_err(|problem| problem.in_file(path, &text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_asked_for => Ok(LintConfig::default()),
            Err(error) => Err(Failure::file("read", path, &error)),
        }
    }

    /// What becomes of the findings of a rule in a type of the file `path`.
    pub(crate) fn level(&self, rule: &LintRule, path: &str, definition: &Definition) -> Level {
        let name = rule.code().as_str();
        let of_override = |one: &Override| one.levels.get(name).copied().filter(|_| one.is_about(path, definition));
        let special = self.overrides.iter().rev().find_map(of_override);
        special.or_else(|| self.levels.get(name).copied()).unwrap_or_else(|| rule.default_level())
    }

    /// What becomes of the findings of a rule where nothing else is said.
    pub(crate) fn level_in_general(&self, rule: &LintRule) -> Level {
        self.levels.get(rule.code().as_str()).copied().unwrap_or_else(|| rule.default_level())
    }

    fn parse(text: &str) -> Result<LintConfig, Problem> {
        let document = Document::parse(text)
            .map_err(|error| Problem { place: error.span(), message: error.message().trim().replace('\n', "; ") })?;
        let mut config = LintConfig::default();
        for (name, item) in document.as_table().iter() {
            match name {
                "rules" => {
                    let settings = Some(&mut config.settings);
                    config.levels = rules(item, settings)?;
                }
                "override" => {
                    let Some(tables) = item.as_array_of_tables() else {
                        return Err(Problem::at(item, "write each override as a table: [[override]]"));
                    };
                    for table in tables {
                        config.overrides.push(of_override(table)?);
                    }
                }
                _ => {
                    return Err(Problem::at(
                        item,
                        format!("`{name}` is not a setting: there are `rules` and `override`"),
                    ));
                }
            }
        }
        Ok(config)
    }
}

/// What is wrong with the file.
#[derive(Debug)]
struct Problem {
    place: Option<Range<usize>>,
    message: String,
}

impl Problem {
    fn at(item: &Item, message: impl Into<String>) -> Problem {
        Problem { place: item.span(), message: message.into() }
    }

    fn in_file(self, path: &Path, text: &str) -> Failure {
        let place = self.place.map_or_else(String::new, |place| {
            let (line, column) = position(text, place.start);
            format!(":{line}:{column}")
        });
        let message = format!("{}{place}: {}", path.display(), self.message);
        Failure::usage(message, "`cargo avro lint --list` shows the rules, and docs/command-line.md a file")
    }
}

fn of_override(table: &toml_edit::Table) -> Result<Override, Problem> {
    let mut one = Override::default();
    for (name, item) in table.iter() {
        match name {
            "paths" => one.paths = texts(item)?.into_iter().map(PathBuf::from).collect(),
            "namespaces" => one.namespaces = texts(item)?,
            "rules" => one.levels = rules(item, None)?,
            _ => {
                let known = "there are `paths`, `namespaces` and `rules`";
                return Err(Problem::at(item, format!("`{name}` is not a setting of an override: {known}")));
            }
        }
    }
    Ok(one)
}

fn texts(item: &Item) -> Result<Vec<String>, Problem> {
    let texts = item.as_array().map(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    match texts.flatten() {
        Some(texts) => Ok(texts.into_iter().map(str::to_owned).collect()),
        None => Err(Problem::at(item, "write a list of texts: [\"a\", \"b\"]")),
    }
}

/// The levels of a table of rules. Their settings are for all schemas, and not for those of an override.
fn rules(item: &Item, mut settings: Option<&mut LintSettings>) -> Result<Levels, Problem> {
    let Some(table) = item.as_table_like() else {
        return Err(Problem::at(item, "write rules as a table: missing-doc = \"warn\""));
    };
    let mut levels = Levels::new();
    for (name, item) in table.iter() {
        let Some(rule) = LintRule::find(name) else {
            let near = closest(name, LintRule::ALL.iter().map(|rule| rule.code().as_str()));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(Problem::at(item, format!("there is no rule `{name}`{near}")));
        };
        let level = match (item.as_str(), item.as_table_like()) {
            (Some(level), _) => Some(level_of(item, level)?),
            (None, Some(options)) => with_options(rule, item, options, settings.as_deref_mut())?,
            (None, None) => return Err(Problem::at(item, "write a level (`off`, `warn` or `error`), or a table")),
        };
        levels.extend(level.map(|level| (rule.code().as_str(), level)));
    }
    Ok(levels)
}

fn level_of(item: &Item, text: &str) -> Result<Level, Problem> {
    text.parse().map_err(|error: avro_model::lint::UnknownLevel| Problem::at(item, error.to_string()))
}

/// A rule with settings, and perhaps a level.
fn with_options(
    rule: &LintRule,
    item: &Item,
    options: &dyn TableLike,
    mut settings: Option<&mut LintSettings>,
) -> Result<Option<Level>, Problem> {
    let mut level = None;
    for (name, value) in options.iter() {
        match (rule.code().as_str(), name) {
            (_, "level") => level = Some(level_of(value, value.as_str().unwrap_or_default())?),
            ("field-name-case", "style") => {
                let style = match value.as_str() {
                    Some("camel") => FieldStyle::Camel,
                    Some("snake") => FieldStyle::Snake,
                    Some("same") => FieldStyle::Same,
                    _ => return Err(Problem::at(value, "write a style: `camel`, `snake` or `same`")),
                };
                let settings = settings.as_deref_mut().ok_or_else(|| only_in_general(item))?;
                *settings = settings.with_field_style(style);
            }
            ("wide-union", "max") => {
                let most = value.as_integer().and_then(|most| usize::try_from(most).ok());
                let most = most.ok_or_else(|| Problem::at(value, "write how many branches a union may have"))?;
                let settings = settings.as_deref_mut().ok_or_else(|| only_in_general(item))?;
                *settings = settings.with_most_branches(most);
            }
            (rule, name) => return Err(Problem::at(value, format!("`{name}` is not a setting of `{rule}`"))),
        }
    }
    Ok(level)
}

fn only_in_general(item: &Item) -> Problem {
    Problem::at(item, "an override has levels only: write settings of rules below [rules]")
}
