//! `cargo avro decode`: payloads to JSON.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use clap::Args;
use schema_registry::WireId;
use serde_json::json;

use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::payload::Form;
use crate::reader::{Message, ReaderArguments, marked};

#[derive(Args)]
pub(crate) struct Arguments {
    /// A file of payloads; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// How payloads are written: one per line, or a single raw one.
    #[arg(long, value_name = "FORM", default_value = "hex")]
    form: Form,
    #[command(flatten)]
    reader: ReaderArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let reader = arguments.reader.reader()?;
    let mut input = BufReader::new(input::open(&arguments.input)?);
    let failed = |error| Failure::file("read", &arguments.input, &error);
    let mut exit = Exit::Fine;
    let mut one = |line: usize, payload: Result<Vec<u8>, String>| -> Result<(), Failure> {
        let read = match payload {
            Ok(payload) => reader.read(&payload)?,
            Err(reason) => Err(vec![reason]),
        };
        match read {
            Ok(Message { json, id }) => answer.json_text(&as_line(&json, id, answer)),
            Err(causes) => {
                exit = Exit::Differs;
                answer.error_beside(&json!({ "line": line }), &format!("line {line}"), &causes);
            }
        }
        Ok(())
    };
    if arguments.form == Form::Raw {
        let mut payload = Vec::new();
        input.read_to_end(&mut payload).map_err(failed)?;
        one(1, Ok(payload))?;
        return Ok(exit);
    }
    for (index, line) in input.lines().enumerate() {
        let line = line.map_err(failed)?;
        if !line.trim().is_empty() {
            one(index + 1, arguments.form.bytes_of(&line))?;
        }
    }
    Ok(exit)
}

/// The message alone for people; with its schema's id for machines. The JSON is put in as it is, which keeps the order
/// of fields.
fn as_line(json: &str, id: Option<WireId>, answer: &Answer) -> String {
    match (answer.as_json, id) {
        (false, _) => json.to_owned(),
        (true, Some(id)) => format!("{{{},\"value\":{json}}}", marked(Some(id))),
        (true, None) => format!("{{\"value\":{json}}}"),
    }
}
