//! How long the generated code takes to encode and to decode, beside two other Avro crates and what no codec can beat;
//! and how long it takes to read what an older version of a schema wrote.
//!
//! `cargo bench -p benches` prints a table, `cargo bench -p benches -- --json` a line of JSON a measurement; `-- W5`
//! measures that workload alone. Before anything is measured, all codecs must write the same bytes and read them back
//! to the same values.

mod evolution;
mod peers;
mod workload;

use benches::arguments::Arguments;
use benches::messages::{self, COUNT};

/// How many times every candidate has its turn.
const ROUNDS: usize = 61;

fn main() {
    let Some(arguments) = Arguments::of_cargo_bench() else {
        return;
    };
    if arguments.wants("W1") {
        let alerts = messages::sensor_alerts(COUNT);
        let tables =
            workload::tables("W1 SensorAlert", &alerts, peers::SensorAlert::from_generated, peers::read_borrowed_alert);
        tables.iter().for_each(|table| arguments.print(table));
    }
    if arguments.wants("W2") {
        let tables = workload::tables(
            "W2 Customer",
            &messages::customers(COUNT),
            peers::Customer::from_generated,
            peers::read_borrowed_customer,
        );
        tables.iter().for_each(|table| arguments.print(table));
    }
    if arguments.wants("W5") {
        let tables = evolution::tables(&messages::customers_of_version_1(COUNT));
        tables.iter().for_each(|table| arguments.print(table));
    }
}
