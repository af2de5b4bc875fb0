//! Generates the types that are measured, and rsgen-avro's types for the schemas that it is compared on.

use std::path::Path;
use std::{env, fs};

/// The schemas for which both generators make types; `tests/rsgen.rs` compares the bytes.
const PEER_SCHEMAS: &str = "tests/rsgen/schemas";

fn main() {
    avro_build::Config::new().schemas("schemas").views(true).compile_or_exit();
    rsgen_types();
}

fn rsgen_types() {
    println!("cargo::rerun-if-changed={PEER_SCHEMAS}");
    let out_dir = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let schemas = rsgen_avro::Source::GlobPattern(&format!("{PEER_SCHEMAS}/*.avsc"));
    let mut code = Vec::new();
    let generator = rsgen_avro::Generator::new().expect("its templates are sound");
    generator.generate(&schemas, &mut code).expect("rsgen-avro handles these schemas");
    fs::write(Path::new(&out_dir).join("rsgen.rs"), code).expect("OUT_DIR can be written to");
}
