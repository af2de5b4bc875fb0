//! Collects diagnostics, so that one run reports everything.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::leniency::Leniency;
use crate::source::{SourceId, Span};

/// All that was found so far. Nothing stops at the first error: who finds one reports it here and goes on as well as it
/// can.
#[derive(Default)]
pub(crate) struct Collector {
    list: Vec<Diagnostic>,
    errors: usize,
    /// What is a warning instead of an error.
    leniency: Leniency,
}

impl Collector {
    pub(crate) fn new(leniency: Leniency) -> Collector {
        Collector { list: Vec::new(), errors: 0, leniency }
    }

    pub(crate) fn leniency(&self) -> Leniency {
        self.leniency
    }

    /// Adds an error, or a warning with the label `excused` where the mistake is let through (`is_excused`).
    pub(crate) fn error_unless(
        &mut self,
        is_excused: bool,
        code: Code,
        place: (SourceId, Span),
        message: impl Into<String>,
        (label, excused): (impl Into<String>, &str),
    ) -> &mut Diagnostic {
        match is_excused {
            true => self.warning(code, place, message, excused),
            false => self.error(code, place, message, label),
        }
    }

    /// Adds an error at `span` of `source`; the caller may add further labels and help to what it gets back.
    pub(crate) fn error(
        &mut self,
        code: Code,
        (source, span): (SourceId, Span),
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.errors += 1;
        self.add(Severity::Error, code, (source, span), message.into(), label.into())
    }

    /// Adds a warning at `span` of `source`.
    pub(crate) fn warning(
        &mut self,
        code: Code,
        (source, span): (SourceId, Span),
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Warning, code, (source, span), message.into(), label.into())
    }

    /// All diagnostics in the order of their places, and whether any is an error.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, bool) {
        self.list.sort_by_key(|diagnostic| (diagnostic.primary.source, diagnostic.primary.span.start));
        (self.list, self.errors > 0)
    }

    fn add(
        &mut self,
        severity: Severity,
        code: Code,
        (source, span): (SourceId, Span),
        message: String,
        label: String,
    ) -> &mut Diagnostic {
        self.list.push_mut(Diagnostic::new(severity, code, message, Label::new(source, span, label)))
    }
}

impl Diagnostic {
    /// Adds a second place.
    pub(crate) fn also(&mut self, (source, span): (SourceId, Span), text: impl Into<String>) -> &mut Diagnostic {
        self.secondary.push(Label::new(source, span, text));
        self
    }

    /// Says what to do about it.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Diagnostic {
        self.help = Some(help.into());
        self
    }
}
