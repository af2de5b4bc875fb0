//! Generates the measured types from `schemas/`, as any user's project does.

fn main() {
    avro_codegen::compile("schemas");
}
