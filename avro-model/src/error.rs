//! The error of parsing a schema at run time.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::position;

/// Why a text is not a schema. Prints the first error as `line:column: message; help`, and how many more there are.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{first}")]
pub struct SchemaError {
    first: String,
    diagnostics: Vec<Diagnostic>,
}

impl SchemaError {
    pub(crate) fn new(diagnostics: Diagnostics) -> SchemaError {
        let Diagnostics { sources, list } = diagnostics;
        let errors = list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let mut first = String::from("the schema is invalid");
        if let Some(error) = errors.clone().next() {
            let text = sources.get(error.primary.source.0).map(|source| source.text.as_str());
            debug_assert!(text.is_some(), "every place is in one of the sources");
            let text = text.unwrap_or("");
            let (line, column) = position(text, error.primary.span.start);
            first = format!("{line}:{column}: {}", error.message);
            if let Some(help) = &error.help {
                first.push_str(&format!("; {help}"));
            }
        }
        match errors.count() {
            0 | 1 => {}
            2 => first.push_str(" (and one more error)"),
            many => first.push_str(&format!(" (and {} more errors)", many - 1)),
        }
        SchemaError { first, diagnostics: list }
    }

    /// Every error, and every warning, in the order of their places.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}
