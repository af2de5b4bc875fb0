//! How a command says that it failed.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use avro_codegen::Config;
use avro_model::{Diagnostic, Diagnostics, SchemaSet, Severity};
use serde_json::{Value, json};

/// The schemas of some folders, or the exit code after everything that is wrong with them has been printed.
pub(crate) fn load(folders: &[PathBuf], as_json: bool) -> Result<SchemaSet, ExitCode> {
    let config = folders.iter().fold(Config::new(), Config::schemas);
    config.load().map_err(|error| {
        match &error {
            avro_codegen::Error::Schemas(diagnostics) => print_diagnostics(diagnostics, as_json),
            other => print_error(other, as_json),
        }
        ExitCode::FAILURE
    })
}

/// What is wrong with the schemas: for people on standard error, as rustc would show it, or for machines on standard output.
pub(crate) fn print_diagnostics(diagnostics: &Diagnostics, as_json: bool) {
    if as_json {
        println!("{}", diagnostics_as_json(diagnostics));
    } else if !diagnostics.list.is_empty() {
        eprintln!("{}", avro_codegen::render(diagnostics, std::io::stderr().is_terminal()));
    }
}

/// The error with its causes.
pub(crate) fn print_error(error: &dyn Error, as_json: bool) {
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    if as_json {
        println!("{}", json!({ "error": causes.join(": ") }));
        return;
    }
    eprintln!("error: {}", causes.join("\n  caused by: "));
}

fn diagnostics_as_json(diagnostics: &Diagnostics) -> Value {
    let list: Vec<Value> =
        diagnostics.list.iter().map(|diagnostic| diagnostic_as_json(diagnostics, diagnostic)).collect();
    json!({ "diagnostics": list })
}

fn diagnostic_as_json(diagnostics: &Diagnostics, diagnostic: &Diagnostic) -> Value {
    let place = diagnostics.sources.get(diagnostic.primary.source.0).map(|source| {
        let (line, column) = avro_model::position(&source.text, diagnostic.primary.span.start);
        (source.path.as_str(), line, column)
    });
    json!({
        "code": diagnostic.code.as_str(),
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": diagnostic.message,
        "label": diagnostic.primary.text,
        "help": diagnostic.help,
        "file": place.map(|place| place.0),
        "line": place.map(|place| place.1),
        "column": place.map(|place| place.2),
    })
}
