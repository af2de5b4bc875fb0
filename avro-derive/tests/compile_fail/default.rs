//! Defaults are JSON, and values of the type where its name tells what it is.

use avro_derive::Avro;

#[derive(Avro)]
struct Order {
    #[avro(default = "red")]
    no_json: String,
    #[avro(default = "1, \"order\": 2")]
    two_values: i32,
    #[avro(default = "3000000000")]
    too_large: i32,
    #[avro(default = "[1, \"a\"]")]
    item: Vec<i64>,
    #[avro(default = "\"\\u0100\"")]
    no_byte: Vec<u8>,
    #[avro(default = "true")]
    other_branch: Option<String>,
}

#[derive(Avro)]
struct WithoutEmptyValue {
    #[avro(default)]
    order: Order,
}

fn main() {}
