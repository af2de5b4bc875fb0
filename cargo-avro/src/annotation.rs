//! Findings as commands of GitHub's workflows, which shows them beside the lines of a change.

use avro_model::{Diagnostic, Diagnostics, Severity, position};

/// One line of output that GitHub turns into an annotation. `file` is a path from the root of the repository.
#[derive(Debug, Default)]
pub(crate) struct Annotation<'a> {
    /// `error`, `warning` or `notice`.
    pub(crate) command: &'static str,
    pub(crate) title: &'a str,
    pub(crate) message: String,
    pub(crate) file: Option<&'a str>,
    /// Line and column, counted from 1, of the begin and of the end.
    pub(crate) place: Option<((usize, usize), (usize, usize))>,
}

impl<'a> Annotation<'a> {
    /// A finding at its place, with what to do about it.
    pub(crate) fn of(diagnostic: &'a Diagnostic, diagnostics: &'a Diagnostics) -> Annotation<'a> {
        let source = diagnostics.sources.get(diagnostic.primary.source.0);
        let span = diagnostic.primary.span;
        let place = source.map(|source| (position(&source.text, span.start), position(&source.text, span.end)));
        let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
        Annotation {
            command: match diagnostic.severity {
                Severity::Error => "error",
                _ => "warning",
            },
            title: diagnostic.code.as_str(),
            message: std::iter::once(diagnostic.message.clone()).chain(help).collect(),
            file: source.map(|source| source.path.as_str()),
            place,
        }
    }

    pub(crate) fn line(&self) -> String {
        let mut properties = Vec::new();
        if let Some(file) = self.file {
            properties.push(format!("file={}", escaped_property(file.strip_prefix("./").unwrap_or(file))));
        }
        if let Some(((line, column), (end_line, end_column))) = self.place {
            properties.push(format!("line={line},endLine={end_line}"));
            // GitHub takes columns only where they are of one line.
            if line == end_line {
                properties.push(format!("col={column},endColumn={end_column}"));
            }
        }
        properties.push(format!("title={}", escaped_property(self.title)));
        format!("::{} {}::{}", self.command, properties.join(","), escaped(&self.message))
    }
}

/// A text that ends with the line. Other control characters are for whoever shows the annotation.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text between others, which colons and commas would end.
fn escaped_property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use avro_model::{Code, Label, Source, SourceId, Span};

    use super::*;

    #[test]
    fn what_would_end_a_line_or_a_property_is_escaped() {
        let annotation = Annotation {
            command: "notice",
            title: "a:b,c",
            message: "100 %\r\nof a:b,c".to_owned(),
            file: Some("./schemas/a,b.avsc"),
            place: None,
        };
        let expected = "::notice file=schemas/a%2Cb.avsc,title=a%3Ab%2Cc::100 %25%0D%0Aof a:b,c";
        assert_eq!(annotation.line(), expected);
    }

    #[test]
    fn columns_are_those_of_one_line() {
        let source = Source::new("a.avsc", "ab\ncd");
        let check = |start, end, expected: &str| {
            let label = Label::new(SourceId(0), Span { start, end }, "");
            let found = Diagnostic::warning(Code::INVALID_NAME, "bad", label).with_help("rename it");
            let all = Diagnostics::new(vec![source.clone()], vec![found.clone()]);
            assert_eq!(Annotation::of(&found, &all).line(), expected);
        };
        check(
            3,
            5,
            "::warning file=a.avsc,line=2,endLine=2,col=1,endColumn=3,title=invalid-name::bad%0Ahelp: rename it",
        );
        check(0, 5, "::warning file=a.avsc,line=1,endLine=2,title=invalid-name::bad%0Ahelp: rename it");
    }
}
