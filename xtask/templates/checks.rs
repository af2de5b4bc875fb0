//! Runs data through generated types: decode, encode, through serde and back.

mod hostile;

use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use avro_typed::model::resolution::{Plan, RecordNames};
use avro_typed::model::{Leniency, Schema};
use avro_typed::serde::Serialize;
use avro_typed::serde::de::DeserializeOwned;
use avro_typed::{AvroType, DecodeBorrowed, DecodeOwned, Encode, from_slice, from_slice_resolved, to_vec};

/// What can be asked of a generated type.
pub struct Checks {
    /// Takes a datum of the type's own schema.
    pub own: fn(&[u8]) -> Outcome,
    /// Takes a datum of another schema, the writer's.
    pub resolved: Option<fn(&[u8], &Schema) -> Outcome>,
    /// Takes payloads that are made to be costly.
    pub hostile: fn() -> Result<hostile::Most, String>,
}

/// What generated types can do.
pub trait Generated: Encode + DecodeOwned + DecodeBorrowed + Serialize + DeserializeOwned + PartialEq {}

impl<T: Encode + DecodeOwned + DecodeBorrowed + Serialize + DeserializeOwned + PartialEq> Generated for T {}

impl Checks {
    /// For data of the type's own schema.
    pub const fn own<T: Generated>() -> Checks {
        Checks { own: check::<T>, resolved: None, hostile: hostile::check::<T> }
    }

    /// For data of any schema.
    pub const fn resolved<T: AvroType + Generated>() -> Checks {
        Checks { own: check::<T>, resolved: Some(check_resolved::<T>), hostile: hostile::check::<T> }
    }
}

/// What became of a datum.
pub type Outcome = Result<Found, Problem>;

/// What was found of a datum that was decoded.
pub struct Found {
    /// The value, encoded again.
    encoded: Vec<u8>,
    /// The value, encoded after a way through serde.
    encoded_after_serde: Vec<u8>,
    /// The value as serde gives it to a format that is not for people, in CBOR.
    value: Vec<u8>,
}

/// Why nothing became of it.
pub enum Problem {
    /// It was not accepted as a value of the type.
    Refused(String),
    /// What was accepted could not be worked with.
    Failed(String),
}

fn check<T: Encode + DecodeOwned + Serialize + DeserializeOwned>(datum: &[u8]) -> Outcome {
    through_serde(from_slice::<T>(datum).map_err(refused)?)
}

fn check_resolved<T>(datum: &[u8], writer: &Schema) -> Outcome
where
    T: AvroType + Encode + DecodeOwned + Serialize + DeserializeOwned,
{
    let reader = Schema::parse_leniently(T::schema().json, Leniency::ALL).map_err(|error| failed("the type's schema", &error))?;
    // What data becomes is recorded from Java, which reads any record whose fields it can read.
    let plan = Plan::with_record_names(writer, &reader, RecordNames::Ignore).map_err(refused)?;
    through_serde(from_slice_resolved::<T>(datum, &plan).map_err(refused)?)
}

fn through_serde<T: Encode + Serialize + DeserializeOwned>(value: T) -> Outcome {
    let encoded = to_vec(&value).map_err(|error| failed("encode", &error))?;
    let tree = ciborium::Value::serialized(&value).map_err(|error| failed("serialize", &error))?;
    let back: T = tree.deserialized().map_err(|error| failed("deserialize", &error))?;
    let encoded_after_serde = to_vec(&back).map_err(|error| failed("encode what was deserialized", &error))?;
    let mut value = Vec::new();
    ciborium::into_writer(&tree, &mut value).map_err(|error| failed("write the value", &error))?;
    Ok(Found { encoded, encoded_after_serde, value })
}

fn refused(error: impl std::error::Error) -> Problem {
    Problem::Refused(error.to_string())
}

fn failed(what: &str, error: &dyn std::error::Error) -> Problem {
    Problem::Failed(format!("{what}: {error}"))
}

/// Reads requests, `type datum [writer's schema]` or `type hostile`, from the file that the command line names, and
/// prints an answer for each.
pub fn run(units: &[&[Checks]]) -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: driver REQUESTS");
        return ExitCode::from(2);
    };
    let types: Vec<&Checks> = units.iter().copied().flatten().collect();
    match std::fs::File::open(path).and_then(|file| answer_all(&types, BufReader::new(file))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("driver: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer_all(types: &[&Checks], requests: impl BufRead) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for request in requests.lines() {
        let request = request?;
        let answer = catch_unwind(AssertUnwindSafe(|| answer(types, &request)));
        let line = match answer {
            Ok(Some(line)) => line.replace(['\n', '\r'], " "),
            Ok(None) => "failed this request cannot be read".to_owned(),
            Err(_) => "failed it panicked".to_owned(),
        };
        writeln!(out, "{line}")?;
        // Should the next one end the process, it is known which one it was.
        out.flush()?;
    }
    Ok(())
}

/// `None` when the request is not as it must be.
fn answer(types: &[&Checks], request: &str) -> Option<String> {
    let mut parts = request.split(' ');
    let checks = types.get(parts.next()?.parse::<usize>().ok()?)?;
    let datum = parts.next()?;
    if datum == "hostile" {
        return Some(match (checks.hostile)() {
            Ok(most) => format!("bounded {} {}", most.time.as_nanos(), most.memory),
            Err(why) => format!("failed {why}"),
        });
    }
    let datum = bytes(datum)?;
    let Some(writer) = parts.next() else { return Some(line((checks.own)(&datum))) };
    let writer = String::from_utf8(bytes(writer)?).ok()?;
    Some(line(match Schema::parse_leniently(&writer, Leniency::ALL) {
        Ok(writer) => checks.resolved?(&datum, &writer),
        Err(error) => Err(failed("the writer's schema", &error)),
    }))
}

fn line(outcome: Outcome) -> String {
    match outcome {
        Ok(found) => {
            let parts = [found.encoded, found.encoded_after_serde, found.value];
            format!("value {}", parts.map(|bytes| hexadecimal(&bytes)).join(" "))
        }
        Err(Problem::Refused(why)) => format!("refused {why}"),
        Err(Problem::Failed(why)) => format!("failed {why}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    (0..hexadecimal.len()).step_by(2).map(|at| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok()).collect()
}
