//! The Rust types of Avro's logical types (Avro 1.12, "Logical Types").

mod civil;
mod decimal;
mod timestamp;
