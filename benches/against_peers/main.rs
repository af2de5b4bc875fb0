//! How long the generated code takes to encode and to decode, beside other codecs and what no codec can beat; and how
//! long it takes to read what an older version of a schema wrote.
//!
//! `cargo bench -p benches` prints a table, `cargo bench -p benches -- --json` a line of JSON a measurement; `-- W5`
//! measures that workload alone. Before anything is measured, all Avro codecs must write the same bytes and read them
//! back to the same values. `-- --messages=FOLDER` measures nothing, and writes the messages for programs in other
//! languages.

mod evolution;
mod exported;
mod peers;
mod proto;
mod rsgen;
mod workload;

use std::path::Path;

use avro_typed::AvroType;
use benches::arguments::Arguments;
use benches::bench::{Customer, Doubles, Longs, Readings, SensorAlert, Telemetry, v1};
use benches::messages::{self, ARRAYS, COUNT};
use workload::Workload;

/// How many times every candidate has its turn.
const ROUNDS: usize = 61;

fn main() {
    let Some(arguments) = Arguments::of_cargo_bench() else {
        return;
    };
    if let Some(folder) = arguments.value_of("--messages") {
        export(Path::new(folder));
        return;
    }
    if arguments.wants("W1") {
        let workload = Workload::<SensorAlert, peers::SensorAlert, proto::SensorAlert, rsgen::SensorAlert> {
            name: "W1 SensorAlert",
            messages: messages::sensor_alerts(COUNT),
            to_serde: peers::SensorAlert::from_generated,
            to_proto: |alert| alert.into(),
            borrowing: Some(peers::BORROWING_ALERT),
            to_rsgen: workload::by_apache_avro,
        };
        workload.tables().iter().for_each(|table| arguments.print(table));
    }
    if arguments.wants("W2") {
        let workload = Workload::<Customer, peers::Customer, proto::Customer, rsgen::Customer> {
            name: "W2 Customer",
            messages: messages::customers(COUNT),
            to_serde: peers::Customer::from_generated,
            to_proto: |customer| customer.into(),
            borrowing: Some(peers::BORROWING_CUSTOMER),
            to_rsgen: workload::by_apache_avro,
        };
        workload.tables().iter().for_each(|table| arguments.print(table));
    }
    if arguments.wants("W3") {
        let workload = Workload::<Telemetry, peers::Telemetry, proto::Telemetry, rsgen::Telemetry> {
            name: "W3 Telemetry",
            messages: messages::telemetry(COUNT),
            to_serde: peers::Telemetry::from_generated,
            to_proto: |telemetry| telemetry.into(),
            borrowing: None,
            to_rsgen: workload::by_apache_avro,
        };
        workload.tables().iter().for_each(|table| arguments.print(table));
    }
    if arguments.wants("W4") {
        arrays(&arguments);
    }
    if arguments.wants("W5") {
        let tables = evolution::tables(&messages::customers_of_version_1(COUNT));
        tables.iter().for_each(|table| arguments.print(table));
    }
}

fn arrays(arguments: &Arguments) {
    for (name, messages) in [("W4 longs", messages::longs(ARRAYS)), ("W4 timestamps", messages::timestamps(ARRAYS))] {
        let workload = Workload::<Longs, peers::Longs, proto::Longs, rsgen::Longs> {
            name,
            messages,
            to_serde: |longs| peers::Longs { values: longs.values.clone() },
            to_proto: |longs| longs.into(),
            borrowing: None,
            to_rsgen: workload::by_apache_avro,
        };
        workload.tables().iter().for_each(|table| arguments.print(table));
    }
    let doubles = Workload::<Doubles, peers::Doubles, proto::Doubles, rsgen::Doubles> {
        name: "W4 doubles",
        messages: messages::doubles(ARRAYS),
        to_serde: |doubles| peers::Doubles { values: doubles.values.clone() },
        to_proto: |doubles| doubles.into(),
        borrowing: None,
        to_rsgen: workload::by_apache_avro,
    };
    doubles.tables().iter().for_each(|table| arguments.print(table));
    let readings = Workload::<Readings, peers::Readings, proto::Readings, rsgen::Readings> {
        name: "W4 small records",
        messages: messages::readings(ARRAYS),
        to_serde: peers::Readings::from_generated,
        to_proto: |readings| readings.into(),
        borrowing: Some(peers::BORROWING_READINGS),
        to_rsgen: workload::by_apache_avro,
    };
    readings.tables().iter().for_each(|table| arguments.print(table));
}

/// The messages of every workload, for programs in other languages.
fn export(folder: &Path) {
    exported::write(folder, "W1 SensorAlert", &messages::sensor_alerts(COUNT));
    exported::write(folder, "W2 Customer", &messages::customers(COUNT));
    exported::write(folder, "W3 Telemetry", &messages::telemetry(COUNT));
    exported::write(folder, "W4 longs", &messages::longs(ARRAYS));
    exported::write(folder, "W4 timestamps", &messages::timestamps(ARRAYS));
    exported::write(folder, "W4 doubles", &messages::doubles(ARRAYS));
    exported::write(folder, "W4 small records", &messages::readings(ARRAYS));
    // Others ask for the same namespace.
    let version_1 = v1::Customer::schema().json.replace("bench.v1", "bench");
    exported::write_as(folder, "W5 Customer of version 1", &messages::customers_of_version_1(COUNT), &version_1);
    exported::write_reader(folder, "W5 Customer of version 1", Customer::schema().json);
}
