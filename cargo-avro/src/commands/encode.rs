//! `cargo avro encode`: JSON to payloads.

use std::io::BufReader;
use std::path::PathBuf;

use avro_typed::json::from_json;
use clap::Args;
use schema_registry::WireId;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::payload::Form;
use crate::writer::WriterArguments;

#[derive(Args)]
pub(crate) struct Arguments {
    /// A file of JSON values in Avro's JSON encoding, one after the other; `-` is standard input. Missing fields take
    /// their defaults.
    #[arg(value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// How payloads are printed.
    #[arg(long, value_name = "FORM", default_value = "hex")]
    form: Form,
    #[command(flatten)]
    writer: WriterArguments,
}

/// A payload, and what it is marked with.
fn encoded(id: Option<WireId>, payload: &str) -> Value {
    match id {
        Some(WireId::Guid(guid)) => json!({ "id": null, "guid": guid.to_string(), "payload": payload }),
        id => json!({ "id": id.and_then(WireId::id), "payload": payload }),
    }
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let writer = arguments.writer.writer(None)?;
    let input = BufReader::new(input::open(&arguments.input)?);
    let mut exit = Exit::Fine;
    for (index, value) in serde_json::Deserializer::from_reader(input).into_iter::<Value>().enumerate() {
        let value = value.map_err(|error| {
            Failure::refused(
                format!("value {} is not JSON: {error}", index + 1),
                "write JSON values, one after the other",
            )
        })?;
        if arguments.form == Form::Raw && index > 0 {
            return Err(Failure::usage(
                "several payloads cannot be separated as raw bytes",
                "encode one value, or print lines: --form hex or --form base64",
            ));
        }
        match from_json(&writer.schema, &value) {
            Ok(datum) => {
                let payload = [writer.prefix.as_slice(), &datum].concat();
                match (answer.as_json, arguments.form) {
                    (true, form) => answer.json(&encoded(writer.id, &form.text_of(&payload))),
                    (false, Form::Raw) => answer.bytes(&payload),
                    (false, form) => answer.line(form.text_of(&payload)),
                }
            }
            Err(error) => {
                exit = Exit::Differs;
                answer.error_beside(
                    &json!({ "value": index + 1 }),
                    &format!("value {}", index + 1),
                    &[error.to_string()],
                );
            }
        }
    }
    Ok(exit)
}
