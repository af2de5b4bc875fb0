//! Generates the Rust types of every schema in `schemas/`, and of version 1 of the customer as it was released.

fn main() {
    avro_build::Config::new().schemas("schemas").locked_version("customer-value", 1, "v1").compile_or_exit();
}
