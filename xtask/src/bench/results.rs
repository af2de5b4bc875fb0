//! What was measured, kept in a file.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Error;

/// The name of what everything else is compared with.
pub(super) const GENERATED: &str = "generated code";

/// A run of everything.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Results {
    /// The day, as `2026-11-28`.
    pub(super) date: String,
    /// What it ran on, and with which versions: names and values.
    pub(super) environment: Vec<(String, String)>,
    pub(super) measurements: Vec<Measurement>,
}

/// One candidate for one operation on one workload.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measurement {
    pub(super) workload: String,
    pub(super) operation: String,
    pub(super) bytes_per_message: Option<u64>,
    pub(super) candidate: String,
    /// The median time of a message.
    pub(super) nanoseconds: f64,
    /// The median of its times over those of the first candidate in the same round, where both are in one process.
    pub(super) ratio: Option<f64>,
    /// What that should be at most.
    pub(super) target: Option<f64>,
}

impl Measurement {
    /// A line of JSON that a benchmark prints.
    pub(super) fn of_json(value: &Value) -> Option<Measurement> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Measurement {
            workload: text("workload")?,
            operation: text("operation")?,
            bytes_per_message: value.get("bytes_per_message").and_then(Value::as_u64),
            candidate: text("candidate")?,
            nanoseconds: value.get("median_ns")?.as_f64()?,
            ratio: value.get("ratio").and_then(Value::as_f64),
            target: value.get("target").and_then(Value::as_f64),
        })
    }

    /// How many times the time of another one it takes: by what both took in the same rounds, where that is known,
    /// since other work of the machine changes the rounds.
    pub(super) fn ratio_to(&self, other: &Measurement) -> f64 {
        match (self.ratio, other.ratio) {
            (Some(ratio), Some(other)) => ratio / other,
            _ => self.nanoseconds / other.nanoseconds,
        }
    }

    fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("workload".into(), json!(self.workload));
        fields.insert("operation".into(), json!(self.operation));
        fields.insert("candidate".into(), json!(self.candidate));
        fields.insert("median_ns".into(), json!(self.nanoseconds));
        fields.extend(self.bytes_per_message.map(|bytes| ("bytes_per_message".into(), json!(bytes))));
        fields.extend(self.ratio.map(|ratio| ("ratio".into(), json!(ratio))));
        fields.extend(self.target.map(|target| ("target".into(), json!(target))));
        Value::Object(fields)
    }
}

impl Results {
    pub(super) fn read(path: &Path) -> Result<Results, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Path {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        let value: Value =
            serde_json::from_str(&text).map_err(|source| Error::NotResults { path: path.to_owned(), source })?;
        let pair = |pair: &Value| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.as_str()?.to_owned()));
        let list = |name: &str| value.get(name).and_then(Value::as_array).into_iter().flatten();
        Ok(Results {
            date: value.get("date").and_then(Value::as_str).unwrap_or_default().to_owned(),
            environment: list("environment").filter_map(pair).collect(),
            measurements: list("measurements").filter_map(Measurement::of_json).collect(),
        })
    }

    /// One line for each measurement, so that a new run shows what it changes.
    pub(super) fn to_json(&self) -> String {
        let environment: Vec<String> =
            self.environment.iter().map(|(name, value)| format!("    {}", json!([name, value]))).collect();
        let measurements: Vec<String> =
            self.measurements.iter().map(|measurement| format!("    {}", measurement.to_json())).collect();
        format!(
            "{{\n  \"date\": {},\n  \"environment\": [\n{}\n  ],\n  \"measurements\": [\n{}\n  ]\n}}\n",
            json!(self.date),
            environment.join(",\n"),
            measurements.join(",\n")
        )
    }

    /// How many times the time of `over` a candidate takes; `None` where one of them was not measured.
    pub(super) fn ratio(&self, workload: &str, operation: &str, candidate: &str, over: &str) -> Option<f64> {
        let find = |candidate: &str| {
            self.measurements.iter().find(|measurement| {
                (measurement.workload.as_str(), measurement.operation.as_str(), measurement.candidate.as_str())
                    == (workload, operation, candidate)
            })
        };
        Some(find(candidate)?.ratio_to(find(over)?))
    }

    /// The measurements by workload and operation, in the order in which they were made. The first of each is what the
    /// others are compared with.
    pub(super) fn tables(&self) -> Vec<(&str, &str, Vec<&Measurement>)> {
        let mut tables: Vec<(&str, &str, Vec<&Measurement>)> = Vec::new();
        for measurement in &self.measurements {
            let key = (measurement.workload.as_str(), measurement.operation.as_str());
            match tables.iter_mut().find(|(workload, operation, _)| (*workload, *operation) == key) {
                Some((_, _, list)) => list.push(measurement),
                None => tables.push((key.0, key.1, vec![measurement])),
            }
        }
        tables
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::bench) fn measurement(
        workload: &str,
        operation: &str,
        candidate: &str,
        nanoseconds: f64,
    ) -> Measurement {
        Measurement {
            workload: workload.to_owned(),
            operation: operation.to_owned(),
            bytes_per_message: Some(126),
            candidate: candidate.to_owned(),
            nanoseconds,
            ratio: None,
            target: None,
        }
    }

    #[test]
    fn results_are_read_as_they_were_written() {
        let mut with_ratio = measurement("W1", "encode", "prost", 30.5);
        with_ratio.ratio = Some(2.25);
        let written = Results {
            date: "2026-11-28".to_owned(),
            environment: vec![("rustc".to_owned(), "1.95.0 \"x\"".to_owned())],
            measurements: vec![measurement("W1", "encode", GENERATED, 12.25), with_ratio],
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("results.json");
        std::fs::write(&path, written.to_json()).expect("written");
        assert_eq!(Results::read(&path).expect("read"), written);
        assert_eq!(written.tables().len(), 1);
        assert_eq!(
            written.ratio("W1", "encode", "prost", GENERATED),
            Some(30.5 / 12.25),
            "only one has been in rounds"
        );
        assert_eq!(written.ratio("W1", "encode", "prost", "bincode 2"), None);
        let mut first = written.measurements[0].clone();
        first.ratio = Some(1.0);
        assert!((written.measurements[1].ratio_to(&first) - 2.25).abs() < 1e-9);
    }
}
