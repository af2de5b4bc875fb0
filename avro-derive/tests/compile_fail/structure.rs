//! What Avro has no type for.

use avro_derive::Avro;

#[derive(Avro)]
struct Two(i32, i64);

#[derive(Avro)]
struct Undecided(i32);

#[derive(Avro)]
#[avro(transparent)]
struct Several {
    a: i32,
    b: i32,
}

#[derive(Avro)]
union Bits {
    int: i32,
    float: f32,
}

#[derive(Avro)]
enum Empty {}

#[derive(Avro)]
#[avro(rename = "Mixed")]
enum Mixed {
    Nothing,
    Fields { a: i32 },
    One(i32),
    Pair(i32, i32),
}

fn main() {}
