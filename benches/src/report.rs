//! Prints measurements for people and for machines.

use std::fmt::Write;

use crate::measure::Measurement;

/// The measurements of one operation on one workload. The first is the one that the others are compared with.
#[derive(Debug)]
pub struct Table {
    /// The messages.
    pub workload: &'static str,
    /// What is done with them.
    pub operation: &'static str,
    /// The mean length of a message.
    pub bytes_per_message: usize,
    /// What was measured.
    pub measurements: Vec<Measurement>,
}

/// A table of times per message, each beside how many times that of the first it is: on the wall, and of the processor.
#[must_use]
pub fn text(table: &Table) -> String {
    let mut out = format!("\n{}, {} ({} bytes)\n", table.workload, table.operation, table.bytes_per_message);
    let width = table.measurements.iter().map(|measurement| measurement.name.len()).max().unwrap_or(0);
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "  {:width$}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}",
        "", "median ns", "least ns", "ratio", "cpu ns", "cpu ratio"
    );
    for measurement in &table.measurements {
        let _ = writeln!(
            out,
            "  {:width$}  {:>9.1}  {:>9.1}  {:>7.2} x  {:>9.1}  {:>7.2} x{}",
            measurement.name,
            measurement.median_nanoseconds,
            measurement.least_nanoseconds,
            measurement.ratio_to_first,
            measurement.processor_nanoseconds,
            measurement.processor_ratio_to_first,
            measurement.target.map(|target| format!("  wanted: {target:.2} x")).unwrap_or_default(),
        );
    }
    out
}

/// One line of JSON a measurement. Every text in it is one of ours, without anything to escape.
#[must_use]
pub fn json(table: &Table) -> String {
    let Table { workload, operation, bytes_per_message, measurements } = table;
    let mut out = String::new();
    for Measurement {
        name,
        median_nanoseconds,
        least_nanoseconds,
        processor_nanoseconds,
        ratio_to_first,
        processor_ratio_to_first,
        target,
    } in measurements
    {
        let target = target.map(|target| format!(r#","target":{target}"#)).unwrap_or_default();
        let _ = writeln!(
            out,
            r#"{{"workload":"{workload}","operation":"{operation}","bytes_per_message":{bytes_per_message},"candidate":"{name}","median_ns":{median_nanoseconds:.2},"least_ns":{least_nanoseconds:.2},"ratio":{ratio_to_first:.3},"cpu_ns":{processor_nanoseconds:.2},"cpu_ratio":{processor_ratio_to_first:.3}{target}}}"#
        );
    }
    out
}
