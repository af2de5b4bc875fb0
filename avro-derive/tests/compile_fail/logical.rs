//! Logical types and markers.

use avro_derive::Avro;
use avro_typed::jiff::Timestamp;
use avro_typed::rust_decimal::Decimal;

#[derive(Avro)]
struct Order {
    #[avro(logical = "timestamp-micro")]
    unknown: Timestamp,
    #[avro(logical = "decimal")]
    without_precision: Decimal,
    #[avro(logical = "decimal", precision = 2, scale = 3)]
    too_much_scale: Decimal,
    #[avro(logical = "decimal", precision = 12, fixed = "Money", size = 4)]
    too_small: Decimal,
    #[avro(logical = "decimal", precision = 12, size = 8)]
    without_name: Decimal,
    #[avro(precision = 12)]
    alone: Decimal,
    #[avro(as = avro_typed::avro::Date, logical = "date")]
    both: i32,
}

fn main() {}
