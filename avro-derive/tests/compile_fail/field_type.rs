//! Types of fields that have no Avro type, or none of their own.

use avro_derive::Avro;
use avro_typed::jiff::Timestamp;

#[derive(Avro)]
struct Numbers {
    large: u64,
    bytes: Vec<Option<u8>>,
}

#[derive(Avro)]
struct Unknown {
    time: Option<Timestamp>,
}

#[derive(Avro)]
struct Impossible {
    twice: Option<Option<i32>>,
    bytes: [u8; 16],
    null: Option<()>,
    #[avro(fixed = "Name")]
    no_fixed: Vec<i32>,
}

#[derive(Avro)]
#[avro(fixed)]
struct NoFixed(i64);

#[derive(Avro)]
enum Ambiguous {
    Left(i32),
    Right(i16),
}

#[derive(Avro)]
enum Nested {
    Number(i32),
    Maybe(Option<String>),
}

fn main() {}
