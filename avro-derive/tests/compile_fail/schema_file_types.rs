//! Named types are compared by their Avro names, by the compiler.

use avro_derive::Avro;

#[derive(Avro)]
#[avro(rename = "lab.Scale")]
enum Scale {
    Celsius,
}

#[derive(Avro)]
#[avro(schema = "tests/schemas/lab/measurement.avsc")]
struct Measurement {
    value: f64,
    unit: Scale,
    note: Option<String>,
}

fn main() {}
