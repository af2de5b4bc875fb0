//! A type against its file, difference by difference.

use avro_derive::Avro;

#[derive(Avro)]
#[avro(schema = "tests/schemas/shop/order.avsc", rename_all = "camelCase")]
struct Order {
    id: i32,
    customer: String,
    lines: Vec<String>,
    level: Option<Level>,
    note: String,
    created: i64,
    total: Level,
    deposits: Option<Vec<f64>>,
    tags: Vec<Vec<String>>,
    digest: [u8; 16],
    payload: Vec<u8>,
    weight: f32,
    height: f64,
    payment: i64,
    refund: Option<String>,
    day: i64,
    key: String,
    r#type: (),
}

#[derive(Avro)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.people.Customer")]
struct Customer {
    age: Option<i32>,
    name: String,
}

#[derive(Avro)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.Level", namespace = "shop")]
enum Level {
    Low,
    High,
}

#[derive(Avro)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "Line")]
struct Line {}

#[derive(Avro)]
#[avro(schema = "tests/schemas/shop/order.avsc", name = "shop.Md5")]
enum Md5 {
    A,
}

#[derive(Avro)]
#[avro(schema = "schemas/no_such_file.avsc")]
struct Missing {}

#[derive(Avro)]
#[avro(schema = "tests/wrong_schemas/order.avsc")]
struct Wrong {}

fn main() {}
