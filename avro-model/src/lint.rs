//! Lint: what is valid and will be in the way, or is probably not what was meant. Each rule has a name, a reason and an
//! example, and a level that users choose.

mod documentation;
mod evolution;
mod naming;
mod typing;
mod words;

use std::fmt;
use std::str::FromStr;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::locate::Step;
use crate::schema::Definition;
use crate::set::SchemaSet;

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing: the rule is not applied.
    Off,
    /// They are warnings.
    Warn,
    /// They are errors.
    Error,
}

impl Level {
    /// Its name in settings: `off`, `warn` or `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Level, UnknownLevel> {
        let known = [Level::Off, Level::Warn, Level::Error].into_iter().find(|level| level.as_str() == text);
        known.ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

/// A text that is not a [`Level`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level: write `off`, `warn` or `error`")]
pub struct UnknownLevel(String);

/// How the names of fields are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldStyle {
    /// As `camelCase` or as `snake_case`, but all fields of a record in the same way.
    #[default]
    Same,
    /// As `camelCase`.
    Camel,
    /// As `snake_case`.
    Snake,
}

/// What can be chosen about single rules, beside their levels.
///
/// ```
/// use avro_model::lint::{FieldStyle, LintSettings};
///
/// let settings = LintSettings::default().with_field_style(FieldStyle::Snake).with_most_branches(4);
/// assert_eq!(settings.most_branches, 4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LintSettings {
    /// For `field-name-case`. Default: [`FieldStyle::Same`].
    pub field_style: FieldStyle,
    /// For `wide-union`: a union with more branches is reported. Default: 10.
    pub most_branches: usize,
}

impl Default for LintSettings {
    fn default() -> LintSettings {
        LintSettings { field_style: FieldStyle::default(), most_branches: 10 }
    }
}

impl LintSettings {
    /// The same with another style of fields.
    #[must_use]
    pub fn with_field_style(self, field_style: FieldStyle) -> LintSettings {
        LintSettings { field_style, ..self }
    }

    /// The same with another number of branches.
    #[must_use]
    pub fn with_most_branches(self, most_branches: usize) -> LintSettings {
        LintSettings { most_branches, ..self }
    }
}

/// One thing that is looked for.
#[derive(Clone, Copy)]
pub struct LintRule {
    code: Code,
    level: Level,
    summary: &'static str,
    reason: &'static str,
    wrong: &'static str,
    right: &'static str,
    find: fn(&Definition, &LintSettings) -> Vec<Finding>,
}

impl fmt::Debug for LintRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LintRule").field("code", &self.code).field("level", &self.level).finish_non_exhaustive()
    }
}

impl LintRule {
    /// Every rule, in the order in which they are listed.
    pub const ALL: &'static [LintRule] = &[
        evolution::ENUM_WITHOUT_DEFAULT,
        evolution::NULLABLE_WITHOUT_DEFAULT,
        evolution::NULL_NOT_FIRST,
        naming::TYPE_NAME_CASE,
        naming::FIELD_NAME_CASE,
        naming::SYMBOL_CASE,
        naming::MISSING_NAMESPACE,
        naming::NAMESPACE_CASE,
        naming::KEYWORD_NAME,
        naming::USELESS_ALIAS,
        typing::INEXACT_MONEY,
        typing::UNTYPED_TIME,
        typing::UNTYPED_UUID,
        typing::DECIMAL_WITHOUT_SCALE,
        typing::SMALL_ID,
        typing::WIDE_UNION,
        documentation::MISSING_DOC,
    ];

    /// Its name, which its findings have as their code: `enum-without-default`.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// What becomes of its findings unless somebody chooses otherwise.
    #[must_use]
    pub fn default_level(&self) -> Level {
        self.level
    }

    /// What it finds, in a few words.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// Why that is to be avoided, in whole sentences.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// A schema with a finding.
    #[must_use]
    pub fn wrong(&self) -> &'static str {
        self.wrong
    }

    /// The same schema as it should be.
    #[must_use]
    pub fn right(&self) -> &'static str {
        self.right
    }

    /// The rule of this name.
    ///
    /// ```
    /// use avro_model::lint::{Level, LintRule};
    ///
    /// let rule = LintRule::find("missing-doc").expect("there is such a rule");
    /// assert_eq!(rule.default_level(), Level::Off);
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<&'static LintRule> {
        LintRule::ALL.iter().find(|rule| rule.code.as_str() == name)
    }
}

/// What a rule finds in a definition.
struct Finding {
    message: String,
    /// The keys and positions that lead to it from the JSON object of the definition.
    path: Vec<Step<'static>>,
    /// What is there; a few words.
    label: String,
    help: String,
}

impl Finding {
    /// About the definition as a whole: its name stands for it.
    fn of_type(message: String, label: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding { message, path: vec![Step::Key("name")], label: label.into(), help: help.into() }
    }

    /// About the field at this position.
    fn of_field(position: usize, message: String, label: impl Into<String>, help: impl Into<String>) -> Finding {
        let path = vec![Step::Key("fields"), Step::Index(position)];
        Finding { message, path, label: label.into(), help: help.into() }
    }
}

impl SchemaSet {
    /// What the rules find in every named type, in the order of the sources. `level_of` chooses what becomes of the
    /// findings of a rule in a type; [`LintRule::default_level`] is a good answer.
    ///
    /// ```
    /// use avro_model::lint::LintSettings;
    /// use avro_model::{SchemaSet, Source};
    ///
    /// let text = r#"{"type": "enum", "name": "a.Suit", "symbols": ["SPADES", "HEARTS"]}"#;
    /// let set = SchemaSet::parse(vec![Source::new("suit.avsc", text)])?;
    /// let found = set.lint(&LintSettings::default(), |rule, _| rule.default_level());
    /// assert_eq!(found[0].code.as_str(), "enum-without-default");
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn lint(&self, settings: &LintSettings, level_of: impl Fn(&LintRule, &Definition) -> Level) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for definition in self.definitions() {
            for rule in LintRule::ALL {
                let severity = match level_of(rule, definition) {
                    Level::Off => continue,
                    Level::Warn => Severity::Warning,
                    Level::Error => Severity::Error,
                };
                for finding in (rule.find)(definition, settings) {
                    let label = self.label(definition, &finding.path, finding.label);
                    let diagnostic = Diagnostic::new(severity, rule.code, finding.message, label);
                    found.push(diagnostic.with_help(finding.help));
                }
            }
        }
        found
    }
}
