//! Runs data through compiled types.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{Crate, Error, Findings, Project};
use crate::datum::hexadecimal;

/// Something for a type.
#[derive(Debug)]
pub(crate) struct Request {
    /// The number of the unit.
    pub(crate) unit: usize,
    /// The index into the unit's roots.
    pub(crate) root: usize,
    pub(crate) input: Input,
}

/// What is run through a type.
#[derive(Debug)]
pub(crate) enum Input {
    Datum {
        datum: Vec<u8>,
        /// The schema that it was written with, when that is not the type's own.
        writer: Option<String>,
    },
    /// Payloads that are made to be costly, which the driver has.
    Hostile,
}

/// What became of a datum.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Value(Value),
    /// No hostile payload took more than this.
    Bounded(Most),
    /// It was not accepted as a value of the type.
    Refused(String),
    /// What was accepted could not be worked with, or the driver did not survive it.
    Failed(String),
}

/// The most that one of many payloads took.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Most {
    pub(crate) time: Duration,
    /// Bytes that were allocated, freed or not.
    pub(crate) memory: usize,
}

/// A datum that was decoded.
#[derive(Debug, PartialEq)]
pub(crate) struct Value {
    /// Encoded again.
    pub(crate) encoded: Vec<u8>,
    /// Encoded again after a way through serde.
    pub(crate) encoded_after_serde: Vec<u8>,
    /// As serde gives it to a format that is not for people.
    pub(crate) value: ciborium::Value,
}

impl Project<'_> {
    /// The answers to `requests`, in their order, from the drivers of the last build. Calls `progress` after each.
    ///
    /// # Errors
    ///
    /// When a driver cannot be started.
    pub(crate) fn run(
        &self,
        findings: &Findings,
        requests: &[Request],
        mut progress: impl FnMut(),
    ) -> Result<Vec<Answer>, Error> {
        let mut answers: Vec<Option<Answer>> = requests.iter().map(|_| None).collect();
        for part in self.crates() {
            let is_of_part = |index: &usize| part.units.binary_search(&requests[*index].unit).is_ok();
            let mut waiting: Vec<usize> = (0..requests.len()).filter(is_of_part).collect();
            while !waiting.is_empty() {
                let lines: String = waiting.iter().map(|index| self.line(&part, &requests[*index])).collect();
                let (found, status) = self.run_driver(findings, &part, &lines, &mut progress)?;
                let answered = found.len().min(waiting.len());
                for (index, answer) in waiting.drain(..answered).zip(found) {
                    answers[index] = Some(answer);
                }
                // A request that ends the driver is left out, and those after it are sent again.
                if let Some(index) = (!waiting.is_empty()).then(|| waiting.remove(0)) {
                    answers[index] = Some(Answer::Failed(format!("it ended the driver ({status})")));
                    progress();
                }
            }
        }
        let no_answer = || Answer::Failed("its type is in no driver".to_owned());
        Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(no_answer)).collect())
    }

    /// Has the driver of one crate answer as many of the requests as it can.
    fn run_driver(
        &self,
        findings: &Findings,
        part: &Crate,
        lines: &str,
        progress: &mut impl FnMut(),
    ) -> Result<(Vec<Answer>, ExitStatus), Error> {
        self.write_file("requests.txt", lines)?;
        let path = self.driver_program(findings, &part.name);
        let failed = |source| Error::Driver { path: path.clone(), source };
        let mut process = Command::new(&path)
            .arg(self.folder.join("requests.txt"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut answers = Vec::new();
        let printed = process.stdout.take();
        for line in printed.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()).map_while(Result::ok) {
            answers.push(Answer::of_line(&line));
            progress();
        }
        let status = process.wait().map_err(failed)?;
        Ok((answers, status))
    }

    fn line(&self, part: &Crate, request: &Request) -> String {
        let number = self.type_number(part, request.unit, request.root);
        match &request.input {
            Input::Hostile => format!("{number} hostile\n"),
            Input::Datum { datum, writer: None } => format!("{number} {}\n", hexadecimal::of(datum)),
            Input::Datum { datum, writer: Some(writer) } => {
                format!("{number} {} {}\n", hexadecimal::of(datum), hexadecimal::of(writer.as_bytes()))
            }
        }
    }
}

impl Answer {
    fn of_line(line: &str) -> Answer {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "refused" => Answer::Refused(rest.to_owned()),
            "failed" => Answer::Failed(rest.to_owned()),
            "bounded" => match Most::of_parts(rest) {
                Some(most) => Answer::Bounded(most),
                None => Answer::Failed(format!("the driver answered {line}")),
            },
            "value" => match Value::of_parts(rest) {
                Some(value) => Answer::Value(value),
                None => Answer::Failed(format!("the driver answered {rest}")),
            },
            _ => Answer::Failed(format!("the driver answered {line}")),
        }
    }
}

impl Most {
    fn of_parts(parts: &str) -> Option<Most> {
        let (nanoseconds, memory) = parts.split_once(' ')?;
        Some(Most { time: Duration::from_nanos(nanoseconds.parse().ok()?), memory: memory.parse().ok()? })
    }

    /// The larger of both, one by one.
    pub(crate) fn or(self, other: Most) -> Most {
        Most { time: self.time.max(other.time), memory: self.memory.max(other.memory) }
    }
}

impl Value {
    fn of_parts(parts: &str) -> Option<Value> {
        let mut parts = parts.split(' ').map(hexadecimal::bytes);
        let (encoded, encoded_after_serde, value) = (parts.next()??, parts.next()??, parts.next()??);
        let value = ciborium::from_reader(value.as_slice()).ok()?;
        Some(Value { encoded, encoded_after_serde, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_lines() {
        let check = |line: &str, expected| assert_eq!(Answer::of_line(line), expected);
        check("refused no such branch", Answer::Refused("no such branch".into()));
        check("failed encode: too long", Answer::Failed("encode: too long".into()));
        let value = Value { encoded: vec![2], encoded_after_serde: vec![], value: ciborium::Value::from(1) };
        check("value 02  01", Answer::Value(value));
        check("value 02", Answer::Failed("the driver answered 02".into()));
        let most = Most { time: Duration::from_nanos(250), memory: 64 };
        check("bounded 250 64", Answer::Bounded(most));
        check("bounded 250", Answer::Failed("the driver answered bounded 250".into()));
        check("hello", Answer::Failed("the driver answered hello".into()));
    }
}
