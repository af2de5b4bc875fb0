//! Generates the Rust types of every schema in `schemas/`.

fn main() {
    avro_codegen::compile("schemas");
}
