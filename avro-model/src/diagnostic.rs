//! What is wrong with a schema, and where: plain data that a renderer shows to people.

use std::fmt;

use crate::code::Code;
use crate::source::{Cursor, Source, SourceId, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The schema cannot be used.
    Error,
    /// The schema can be used, but probably does not say what its author meant.
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

/// A place in a source, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// In which source.
    pub source: SourceId,
    /// Where in it.
    pub span: Span,
    /// What is there, or what was expected there; a few words.
    pub text: String,
}

/// One thing that is wrong, or at least odd, with a place in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Everything that is wrong with a set of sources. As an error, it prints one line for each diagnostic:
/// `path:line:column: error[code]: message`.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// The sources that the diagnostics point into.
    pub sources: Vec<Source>,
    /// The diagnostics, sorted by source and place.
    pub list: Vec<Diagnostic>,
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
