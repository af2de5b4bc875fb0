//! A type of some of the fields of its schema.

use avro_derive::Avro;

#[derive(Avro)]
#[avro(subset)]
struct WithoutSchema {
    value: f64,
}

#[derive(Avro)]
#[avro(schema = "tests/schemas/lab/measurement.avsc", subset)]
struct WrongFields {
    valu: f64,
    note: String,
}

#[derive(Avro)]
#[avro(schema = "tests/schemas/unit.avsc", subset, rename_all = "UPPERCASE")]
enum Unit {
    Kelvin,
}

fn main() {}
