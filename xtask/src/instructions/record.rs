//! What was counted, kept in a file, and compared.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::Error;

/// How far a count may be from the recorded one. Hash maps have random keys, which alone changes counts by less than a
/// tenth of that.
const TOLERANCE: f64 = 0.03;

/// How much more another compiler or C library may need.
const TOLERANCE_ELSEWHERE: f64 = 0.25;

/// What else counts depend on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Environment {
    pub(super) rustc: String,
    pub(super) host: String,
    pub(super) libc: String,
}

/// Instructions per message, by operation.
#[derive(Debug, PartialEq)]
pub(super) struct Record {
    environment: Environment,
    counts: BTreeMap<String, f64>,
}

/// What a comparison found.
#[derive(Debug, PartialEq)]
pub(super) struct Comparison {
    pub(super) lines: Vec<String>,
    pub(super) is_good: bool,
}

impl Record {
    pub(super) fn new(environment: Environment) -> Record {
        Record { environment, counts: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, operation: &str, count: f64) {
        self.counts.insert(operation.to_owned(), count);
    }

    pub(super) fn counts(&self) -> &BTreeMap<String, f64> {
        &self.counts
    }

    pub(super) fn read(path: &Path) -> Result<Record, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Path {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        let not_a_record = |source| Error::NotARecord { path: path.to_owned(), source };
        let value: Value = serde_json::from_str(&text).map_err(not_a_record)?;
        let text_of = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or("unknown").to_owned();
        let counts = value.get("instructions_per_message").cloned().unwrap_or_default();
        Ok(Record {
            environment: Environment { rustc: text_of("rustc"), host: text_of("host"), libc: text_of("libc") },
            counts: serde_json::from_value(counts).map_err(not_a_record)?,
        })
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let counts: Map<String, Value> =
            self.counts.iter().map(|(operation, count)| (operation.clone(), json!(rounded(*count)))).collect();
        let Environment { rustc, host, libc } = &self.environment;
        let value = json!({ "rustc": rustc, "host": host, "libc": libc, "instructions_per_message": counts });
        // The alternate form of a value is for people.
        std::fs::write(path, format!("{value:#}\n")).map_err(|source| Error::Path {
            action: "write",
            path: path.to_owned(),
            source,
        })
    }

    /// Compares what was counted now with this record.
    pub(super) fn compare(&self, counted: &Record) -> Comparison {
        let (old, new) = (&self.environment, &counted.environment);
        if old.host != new.host {
            let line = format!(
                "instructions: nothing is compared, since the counts were recorded on {} and this is {}",
                old.host, new.host
            );
            return Comparison { lines: vec![line], is_good: true };
        }
        let mut lines = Vec::new();
        let (most, least) = if old == new {
            (TOLERANCE, -TOLERANCE)
        } else {
            lines.push(format!(
                "instructions: recorded with rustc {} and {}, counted with rustc {} and {}: what is up to {:.0} % more \
                 may be due to that; `cargo xtask instructions --record` records them anew",
                old.rustc,
                old.libc,
                new.rustc,
                new.libc,
                TOLERANCE_ELSEWHERE * 100.0
            ));
            (TOLERANCE_ELSEWHERE, f64::NEG_INFINITY)
        };
        let problems = self.problems(counted, most, least);
        let is_good = problems.is_empty();
        lines.extend(problems);
        lines.push(if is_good {
            format!("instructions: {} operations take what is recorded", counted.counts.len())
        } else {
            "instructions: if that is intended, record it with `cargo xtask instructions --record`".to_owned()
        });
        Comparison { lines, is_good }
    }

    fn problems(&self, counted: &Record, most: f64, least: f64) -> Vec<String> {
        let mut problems = Vec::new();
        for (operation, count) in &counted.counts {
            let Some(recorded) = self.counts.get(operation) else {
                problems.push(format!("{operation}: {count:.1} instructions, and nothing is recorded"));
                continue;
            };
            let change = count / recorded - 1.0;
            if change > most || change < least {
                let percent = change * 100.0;
                problems.push(format!(
                    "{operation}: {recorded:.1} instructions recorded, now {count:.1} ({percent:+.1} %)"
                ));
            }
        }
        let gone = self.counts.keys().filter(|operation| !counted.counts.contains_key(*operation));
        problems.extend(gone.map(|operation| format!("{operation}: recorded, but there is no such operation")));
        problems
    }
}

fn rounded(count: f64) -> f64 {
    (count * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(rustc: &str, host: &str, counts: &[(&str, f64)]) -> Record {
        let environment = Environment { rustc: rustc.into(), host: host.into(), libc: "glibc 2.36".into() };
        let mut record = Record::new(environment);
        counts.iter().for_each(|(operation, count)| record.add(operation, *count));
        record
    }

    /// Compares a record of 100 and 200 instructions with `counted`, and expects these problems.
    #[track_caller]
    fn check(counted: &Record, expected: &[&str]) {
        let recorded = record("1.95.0", "x86_64", &[("decode", 200.0), ("encode", 100.0)]);
        let comparison = recorded.compare(counted);
        let problems: Vec<&str> =
            comparison.lines.iter().filter(|line| !line.starts_with("instructions: ")).map(String::as_str).collect();
        assert_eq!(problems, expected);
        assert_eq!(comparison.is_good, expected.is_empty());
        assert!(!comparison.lines.is_empty());
    }

    #[test]
    fn counts_may_differ_by_three_percent() {
        check(&record("1.95.0", "x86_64", &[("decode", 205.9), ("encode", 97.1)]), &[]);
        check(
            &record("1.95.0", "x86_64", &[("decode", 207.0), ("encode", 96.0)]),
            &[
                "decode: 200.0 instructions recorded, now 207.0 (+3.5 %)",
                "encode: 100.0 instructions recorded, now 96.0 (-4.0 %)",
            ],
        );
    }

    #[test]
    fn another_compiler_has_more_room() {
        check(&record("1.96.0", "x86_64", &[("decode", 240.0), ("encode", 50.0)]), &[]);
        check(
            &record("1.96.0", "x86_64", &[("decode", 260.0), ("encode", 100.0)]),
            &["decode: 200.0 instructions recorded, now 260.0 (+30.0 %)"],
        );
        check(&record("1.95.0", "aarch64", &[("decode", 900.0)]), &[]);
    }

    #[test]
    fn operations_are_the_recorded_ones() {
        check(
            &record("1.95.0", "x86_64", &[("encode", 100.0), ("view", 50.0)]),
            &["view: 50.0 instructions, and nothing is recorded", "decode: recorded, but there is no such operation"],
        );
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("instructions.json");
        let written = record("1.95.0", "x86_64", &[("decode", 200.5), ("encode", 100.0)]);
        written.write(&path).expect("written");
        assert_eq!(Record::read(&path).expect("read"), written);
        std::fs::write(&path, "{}").expect("written");
        assert!(matches!(Record::read(&path), Err(Error::NotARecord { .. })));
    }
}
