//! Prints measurements for people and for machines.

use std::fmt::Write;

use crate::measure::Measurement;

/// The measurements of one operation on one workload. The first is that of the generated code.
pub(crate) struct Table {
    pub(crate) workload: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) bytes_per_message: usize,
    pub(crate) measurements: Vec<Measurement>,
}

/// A table of times per message, each beside how many times that of the generated code it is.
pub(crate) fn text(table: &Table) -> String {
    let mut out = format!("\n{}, {} ({} bytes)\n", table.workload, table.operation, table.bytes_per_message);
    let width = table.measurements.iter().map(|measurement| measurement.name.len()).max().unwrap_or(0);
    // Writing to a string does not fail.
    let _ = writeln!(out, "  {:width$}  {:>9}  {:>9}  {:>9}", "", "median ns", "least ns", "ratio");
    for Measurement { name, median_nanoseconds, least_nanoseconds, ratio_to_first } in &table.measurements {
        let _ = writeln!(
            out,
            "  {name:width$}  {median_nanoseconds:>9.1}  {least_nanoseconds:>9.1}  {ratio_to_first:>7.2} x"
        );
    }
    out
}

/// One line of JSON a measurement. Every text in it is one of ours, without anything to escape.
pub(crate) fn json(table: &Table) -> String {
    let mut out = String::new();
    for Measurement { name, median_nanoseconds, least_nanoseconds, ratio_to_first } in &table.measurements {
        let _ = writeln!(
            out,
            r#"{{"workload":"{}","operation":"{}","bytes_per_message":{},"candidate":"{name}","median_ns":{median_nanoseconds:.2},"least_ns":{least_nanoseconds:.2},"ratio":{ratio_to_first:.3}}}"#,
            table.workload, table.operation, table.bytes_per_message
        );
    }
    out
}
