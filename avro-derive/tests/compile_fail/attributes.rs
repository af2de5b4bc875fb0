//! Every mistake in attributes is reported, at its place, in one run.

use avro_derive::Avro;

#[derive(Avro)]
#[avro(rename = "my-order", rename_all = "kebab-case", namespace = "com..shop", colour = "red", transparant)]
struct Order {
    #[avro(renam = "number")]
    id: i64,
    #[avro(rename = "id")]
    other: i64,
    #[avro(rename_all = "camelCase", alias = "a b", skip = "yes")]
    note: String,
    #[avro(default = 5)]
    count: i32,
    #[avro(null)]
    #[avro(logical("date"))]
    größe: i32,
}

#[derive(Avro)]
#[avro(name = "Order", crate = "not a path")]
enum Level {
    #[avro(default)]
    Low,
    #[avro(default, rename = "Low")]
    High,
}

// A mistake is one error: uses of the type add no errors.
fn write(order: &Order) -> Vec<u8> {
    avro_typed::to_vec(order).unwrap()
}

fn main() {}
