//! Diagnostics as rustc prints them.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use avro_model::{Diagnostic, Diagnostics, Label, Severity, Source, SourceId, Span};

/// Every diagnostic with its place (`file:line:column`), the line, a caret under what is wrong, and the remedy where
/// there is one; as plain text, or with the colors of a terminal.
///
/// ```
/// let source = avro_model::Source::new("schemas/hash.avsc", r#"{"type": "fixed", "name": "Hash"}"#);
/// let diagnostics = avro_model::SchemaSet::parse(vec![source]).unwrap_err();
/// let text = avro_codegen::render(&diagnostics, false);
/// assert!(text.starts_with("error[missing-attribute]: "), "{text}");
/// assert!(text.contains(" --> schemas/hash.avsc:1:1\n"), "{text}");
/// ```
#[must_use]
pub fn render(diagnostics: &Diagnostics, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for diagnostic in &diagnostics.list {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&renderer.render(&[group(diagnostic, &diagnostics.sources)]));
    }
    text
}

fn group<'d>(diagnostic: &'d Diagnostic, sources: &'d [Source]) -> Group<'d> {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        // What is new is taken seriously.
        _ => Level::ERROR,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str()));
    for source in sources_in_order(diagnostic) {
        let Some(Source { path, text, .. }) = sources.get(source.0) else { continue };
        let text = shown_text(text);
        let mut snippet = Snippet::source(text).path(path.as_str());
        if diagnostic.primary.source == source {
            snippet = snippet.annotation(annotation(&diagnostic.primary, AnnotationKind::Primary, sources));
        }
        for label in diagnostic.secondary.iter().filter(|label| label.source == source) {
            snippet = snippet.annotation(annotation(label, AnnotationKind::Context, sources));
        }
        group = group.element(snippet);
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// The primary source first, every other once.
fn sources_in_order(diagnostic: &Diagnostic) -> Vec<SourceId> {
    let mut order = vec![diagnostic.primary.source];
    for label in &diagnostic.secondary {
        if !order.contains(&label.source) {
            order.push(label.source);
        }
    }
    order
}

fn annotation<'d>(label: &'d Label, kind: AnnotationKind, sources: &[Source]) -> Annotation<'d> {
    // Whoever made the diagnostics may have left out a source: the rest is shown all the same.
    let text = sources.get(label.source.0).map_or("", |source| source.text.as_str());
    let annotation = kind.span(shown_range(label.span, text));
    if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
}

/// A byte order mark takes no column.
fn shown_text(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The part of the shown text to underline: between characters, and of a span of several lines only the first one,
/// since a caret shows more than a bracket around forty lines.
fn shown_range(span: Span, text: &str) -> Range<usize> {
    let hidden = text.len() - shown_text(text).len();
    let text = shown_text(text);
    let start = floor_char_boundary(text, span.start.saturating_sub(hidden));
    let end = floor_char_boundary(text, span.end.saturating_sub(hidden).max(start));
    let spanned = &text[start..end];
    let first_line = spanned.split(['\r', '\n']).next().unwrap_or(spanned);
    start..start + first_line.len()
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&offset| text.is_char_boundary(offset)).unwrap_or(0)
}
