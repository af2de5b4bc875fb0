//! Runs every benchmark, one after the other.

use std::path::Path;
use std::process::{Command, Stdio};

use super::results::{Measurement, Results};
use super::{Error, machine, other_languages, reference};
use crate::cargo;

pub(super) fn measure(workspace_root: &Path) -> Result<Results, Error> {
    let mut results = Results {
        date: machine::today(),
        environment: machine::environment(workspace_root),
        measurements: bench(workspace_root, "against_peers", &["--json"])?,
    };
    let limits = reference::measure(workspace_root)?;
    match &limits {
        Some(_) => eprintln!("bench: the reference codec was measured, too"),
        None => eprintln!("bench: there is no reference codec beside this repository, so that there are no limits"),
    }
    results.measurements.extend(limits.unwrap_or_default());
    let others = other_languages::measure(workspace_root)?;
    results.environment.extend(others.environment);
    results.measurements.extend(others.measurements);
    results.measurements.extend(bench(workspace_root, "kafka", &["--json"])?);
    Ok(results)
}

/// What a benchmark of this repository prints.
fn bench(workspace_root: &Path, name: &'static str, arguments: &[&str]) -> Result<Vec<Measurement>, Error> {
    eprintln!("bench: running {name}");
    let mut command = cargo::command();
    command.current_dir(workspace_root).args(["bench", "--locked", "--package", "benches", "--bench", name, "--"]);
    let printed = output(command.args(arguments).stderr(Stdio::inherit()))?;
    lines(name, &printed)
}

/// A measurement in each line.
pub(super) fn lines(command: &'static str, printed: &str) -> Result<Vec<Measurement>, Error> {
    let line = |line: &str| {
        let measurement = serde_json::from_str(line).ok().and_then(|value| Measurement::of_json(&value));
        measurement.ok_or_else(|| Error::Line { command, line: line.to_owned() })
    };
    printed.lines().map(line).collect()
}

/// What a command prints, when it succeeds.
pub(super) fn output(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(source) => return Err(Error::Program { program, source }),
    };
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Failed { command: program, output });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_measurement() {
        let line = r#"{"workload":"W1","operation":"encode","bytes_per_message":126,"candidate":"prost","median_ns":30.50,"least_ns":30.00,"ratio":2.400,"cpu_ns":30.50,"cpu_ratio":2.400}"#;
        let read = lines("bench", line).expect("a measurement");
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].nanoseconds, read[0].ratio, read[0].bytes_per_message), (30.5, Some(2.4), Some(126)));
        assert!(matches!(lines("bench", "hello"), Err(Error::Line { .. })));
    }
}
