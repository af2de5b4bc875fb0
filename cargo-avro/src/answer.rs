//! What a command prints, and how: for people or for machines, with or without colors.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};

use avro_model::{Diagnostic, Diagnostics, Severity};
use clap::{Args, ValueEnum};
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use crate::annotation::Annotation;
use crate::failure::Failure;
use crate::terminal;

#[derive(Args)]
pub(crate) struct OutputArguments {
    /// Print one JSON value for machines, or one per line where the answer has no end.
    #[arg(long, global = true)]
    json: bool,
    /// Print the problems of files as annotations of GitHub's workflows.
    #[arg(long, global = true, conflicts_with = "json")]
    github: bool,
    /// When to use colors; `auto` uses them on a terminal if NO_COLOR is not set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// Where answers go.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) as_json: bool,
    /// For GitHub, beside what people read in the log of a workflow.
    as_annotations: bool,
    color_of_output: bool,
    color_of_errors: bool,
}

/// What a piece of text is, for its color.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Bad,
    Good,
    Warning,
    Strong,
    Quiet,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Paint::Bad => "1;31",
            Paint::Good => "32",
            Paint::Warning => "1;33",
            Paint::Strong => "1",
            Paint::Quiet => "2",
        }
    }
}

impl Answer {
    pub(crate) fn new(arguments: &OutputArguments) -> Answer {
        let has_color = |is_terminal: bool| match arguments.color {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Answer {
            as_json: arguments.json,
            as_annotations: arguments.github,
            color_of_output: has_color(std::io::stdout().is_terminal()),
            color_of_errors: has_color(std::io::stderr().is_terminal()),
        }
    }

    /// A line of the answer, whatever is in the text.
    pub(crate) fn line(&self, line: impl Display) {
        self.parts(&[(None, &line.to_string())]);
    }

    /// A line of the answer in its color.
    pub(crate) fn line_in(&self, paint: Paint, line: &str) {
        self.parts(&[(Some(paint), line)]);
    }

    /// A line of the answer, of which each part has its color.
    pub(crate) fn parts(&self, parts: &[(Option<Paint>, &str)]) {
        let mut line = String::new();
        for (paint, text) in parts {
            let text = terminal::one_line(text);
            match paint {
                Some(paint) => line.push_str(&painted(self.color_of_output, *paint, &text)),
                None => line.push_str(&text),
            }
        }
        line.push('\n');
        self.bytes(line.as_bytes());
    }

    /// A table, of one line for each row.
    pub(crate) fn table(&self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let mut table = Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header);
        for row in rows {
            table.add_row(row.iter().map(|cell| terminal::one_line(cell)));
        }
        self.bytes(format!("{table}\n").as_bytes());
    }

    /// JSON, in one line or in several, for people or for machines.
    pub(crate) fn json_text(&self, json: &str) {
        self.bytes(format!("{}\n", terminal::json(json)).as_bytes());
    }

    /// The answer as it is.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Ok(()) => {}
            // The reader has closed the pipe, as `head` does.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
            Err(error) => {
                eprintln!("error: the answer cannot be written: {error}; is the disk full?");
                std::process::exit(1);
            }
        }
    }

    /// The answer for machines.
    pub(crate) fn json(&self, value: &Value) {
        self.json_text(&value.to_string());
    }

    /// A note for people, beside the answer.
    pub(crate) fn note(&self, note: impl Display) {
        if !self.as_json {
            eprintln!("{}", terminal::paragraph(&note.to_string()));
        }
    }

    /// A warning for people.
    pub(crate) fn warn(&self, warning: impl Display) {
        if !self.as_json {
            let warning = terminal::paragraph(&warning.to_string());
            eprintln!("{}: {warning}", self.paint_error(Paint::Warning, "warning"));
        }
    }

    fn paint_error(&self, paint: Paint, text: &str) -> String {
        painted(self.color_of_errors, paint, text)
    }

    /// The problems of files: for people on standard error, as rustc would show them.
    pub(crate) fn diagnostics(&self, diagnostics: &Diagnostics) {
        let diagnostics = &safe(diagnostics);
        if self.as_annotations {
            return diagnostics.list.iter().for_each(|found| self.annotation(&Annotation::of(found, diagnostics)));
        }
        if !self.as_json && !diagnostics.list.is_empty() {
            eprintln!("{}\n", avro_build::render(diagnostics, self.color_of_errors));
        }
    }

    /// Something that GitHub shows beside a file, where that was asked for.
    pub(crate) fn annotation(&self, annotation: &Annotation<'_>) {
        if self.as_annotations {
            self.line(annotation.line());
        }
    }

    /// Why the command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        match failure {
            Failure::Diagnostics(diagnostics) if self.as_json => {
                self.json(&json!({ "diagnostics": diagnostics_as_json(diagnostics) }));
            }
            Failure::Diagnostics(diagnostics) => {
                let errors = diagnostics.list.iter().filter(|one| one.severity == Severity::Error).count();
                self.diagnostics(diagnostics);
                self.error(&[counted(errors, "error")], None);
            }
            other => {
                let (causes, remedy) = other.text();
                if self.as_json {
                    self.json(&json!({ "error": causes.join(": "), "remedy": remedy }));
                } else {
                    self.error(&causes, remedy);
                }
            }
        }
    }

    /// An error that does not end a stream of answers; for machines, a JSON value on standard error.
    pub(crate) fn error_beside(&self, place: &Value, place_text: &str, causes: &[String]) {
        if self.as_json {
            let error = json!({ "error": causes.join(": "), "at": place }).to_string();
            eprintln!("{}", terminal::json(&error));
        } else {
            let (place, causes) = (terminal::one_line(place_text), terminal::paragraph(&causes.join(": ")));
            eprintln!("{}: {place}: {causes}", self.paint_error(Paint::Bad, "error"));
        }
    }

    fn error(&self, causes: &[String], remedy: Option<&str>) {
        let causes: Vec<String> = causes.iter().map(|cause| terminal::paragraph(cause)).collect();
        eprintln!("{}: {}", self.paint_error(Paint::Bad, "error"), causes.join("\n  caused by: "));
        if let Some(remedy) = remedy {
            eprintln!("{}: {}", self.paint_error(Paint::Strong, "help"), terminal::paragraph(remedy));
        }
    }
}

/// With messages that may go to a terminal. The lines of files that are shown beside them are made safe where they are
/// drawn.
fn safe(diagnostics: &Diagnostics) -> Diagnostics {
    let mut safe = diagnostics.clone();
    for diagnostic in &mut safe.list {
        let labels = diagnostic.secondary.iter_mut().chain([&mut diagnostic.primary]).map(|label| &mut label.text);
        for text in labels.chain([&mut diagnostic.message]).chain(&mut diagnostic.help) {
            *text = terminal::one_line(text).into_owned();
        }
    }
    for source in &mut safe.sources {
        source.path = terminal::one_line(&source.path).into_owned();
    }
    safe
}

fn painted(has_color: bool, paint: Paint, text: &str) -> String {
    if has_color { format!("\u{1b}[{}m{text}\u{1b}[0m", paint.code()) } else { text.to_owned() }
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Diagnostics with their places, for machines.
pub(crate) fn diagnostics_as_json(diagnostics: &Diagnostics) -> Value {
    diagnostics.list.iter().map(|diagnostic| diagnostic_as_json(diagnostics, diagnostic)).collect()
}

fn diagnostic_as_json(diagnostics: &Diagnostics, diagnostic: &Diagnostic) -> Value {
    let place = diagnostics.sources.get(diagnostic.primary.source.0).map(|source| {
        let (line, column) = avro_model::position(&source.text, diagnostic.primary.span.start);
        (source.path.as_str(), line, column)
    });
    json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity.to_string(),
        "message": diagnostic.message,
        "label": diagnostic.primary.text,
        "help": diagnostic.help,
        "file": place.map(|place| place.0),
        "line": place.map(|place| place.1),
        "column": place.map(|place| place.2),
    })
}
