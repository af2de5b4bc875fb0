//! How long the generated code takes to encode and to decode, beside two other Avro crates and what no codec can beat.
//!
//! `cargo bench -p benches` prints a table, `cargo bench -p benches -- --json` a line of JSON a measurement. Before anything is
//! measured, all codecs must write the same bytes and read them back to the same values.

mod measure;
mod peers;
mod report;
mod workload;

use std::io::Write;

use benches::messages;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Only `cargo bench` passes this. Whoever builds or runs all targets for another reason should not wait for a minute.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("nothing is measured: run `cargo bench -p benches`");
        return;
    }
    let tables = [
        workload::tables("W1 SensorAlert", &messages::sensor_alerts(), peers::SensorAlert::from_generated),
        workload::tables("W2 Customer", &messages::customers(), peers::Customer::from_generated),
    ];
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let print = if as_json { report::json } else { report::text };
    let output: String = tables.iter().flatten().map(print).collect();
    if let Err(error) = std::io::stdout().write_all(output.as_bytes()) {
        eprintln!("the measurements could not be printed: {error}");
    }
}
