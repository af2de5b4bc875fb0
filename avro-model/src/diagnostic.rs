//! What is wrong with a schema, and where: plain data that a renderer shows to people.

use std::fmt;

use crate::code::Code;
use crate::source::{Cursor, Source, SourceId, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The schema cannot be used.
    Error,
    /// The schema can be used, but is probably not what its author meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// A place in a source, and a text about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// In which source.
    pub source: SourceId,
    /// Where in it.
    pub span: Span,
    /// What is there, or what was expected there; a few words.
    pub text: String,
}

impl Label {
    /// A label at `span` of `source`.
    #[must_use]
    pub fn new(source: SourceId, span: Span, text: impl Into<String>) -> Label {
        Label { source, span, text: text.into() }
    }
}

/// A mistake, or what may be one, at a place in a source.
///
/// ```
/// use avro_model::{Code, Diagnostic, Label, Severity, SourceId, Span};
///
/// let place = Label::new(SourceId(0), Span { start: 4, end: 8 }, "expected a shorter name");
/// let diagnostic = Diagnostic::warning(Code::INVALID_NAME, "the name is long", place).with_help("rename it");
/// assert_eq!(diagnostic.severity, Severity::Warning);
/// assert_eq!(diagnostic.help.as_deref(), Some("rename it"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that matter, such as the first of two definitions.
    pub secondary: Vec<Label>,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>, primary: Label) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message.into(), primary)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>, primary: Label) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message.into(), primary)
    }

    /// The same with one more place that matters.
    #[must_use]
    pub fn with_secondary(mut self, label: Label) -> Diagnostic {
        self.secondary.push(label);
        self
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn new(severity: Severity, code: Code, message: String, primary: Label) -> Diagnostic {
        Diagnostic { code, severity, message, primary, secondary: Vec::new(), help: None }
    }
}

/// Everything that is wrong with a set of sources. As an error, it prints one line for each diagnostic:
/// `path:line:column: error[code]: message`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diagnostics {
    /// The sources that the diagnostics point into.
    pub sources: Vec<Source>,
    /// The diagnostics, sorted by source and place.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Diagnostics that point into `sources`, in the order in which they are to be shown.
    #[must_use]
    pub fn new(sources: Vec<Source>, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics { sources, list }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cursor: Option<(SourceId, Cursor<'_>)> = None;
        for (index, diagnostic) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            let Diagnostic { code, severity, message, primary, help, .. } = diagnostic;
            if let Some(source) = self.sources.get(primary.source.0) {
                let (_, cursor) = match &mut cursor {
                    Some(same) if same.0 == primary.source => same,
                    other => other.insert((primary.source, Cursor::new(&source.text))),
                };
                let (line, column) = cursor.position(primary.span.start);
                write!(formatter, "{}:{line}:{column}: ", source.path)?;
            }
            write!(formatter, "{severity}[{code}]: {message}")?;
            if let Some(help) = help {
                write!(formatter, "; {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
