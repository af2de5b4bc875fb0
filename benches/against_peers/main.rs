//! How long the generated code takes to encode and to decode, beside two other Avro crates and what no codec can beat;
//! and how long it takes to read what an older version of a schema wrote.
//!
//! `cargo bench -p benches` prints a table, `cargo bench -p benches -- --json` a line of JSON a measurement; `-- W5`
//! measures that workload alone. Before anything is measured, all codecs must write the same bytes and read them back
//! to the same values.

mod evolution;
mod measure;
mod peers;
mod report;
mod workload;

use std::io::Write;

use benches::messages;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Only `cargo bench` passes this. Whoever builds or runs all targets for another reason should not wait for a
    // minute.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("nothing is measured: run `cargo bench -p benches`");
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted = |workload: &str| wanted.is_empty() || wanted.iter().any(|name| workload.starts_with(name.as_str()));
    let mut tables = Vec::new();
    if is_wanted("W1") {
        let alerts = messages::sensor_alerts();
        tables.extend(workload::tables("W1 SensorAlert", &alerts, peers::SensorAlert::from_generated));
    }
    if is_wanted("W2") {
        tables.extend(workload::tables("W2 Customer", &messages::customers(), peers::Customer::from_generated));
    }
    if is_wanted("W5") {
        tables.extend(evolution::tables(&messages::customers_of_version_1()));
    }
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let print = if as_json { report::json } else { report::text };
    let output: String = tables.iter().map(print).collect();
    if let Err(error) = std::io::stdout().write_all(output.as_bytes()) {
        eprintln!("the measurements could not be printed: {error}");
    }
}
