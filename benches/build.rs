//! Generates the types that are measured, and rsgen-avro's types for the schemas that it is compared on.

use std::path::Path;
use std::{env, fs};

/// The schemas for which both generators make types; `tests/rsgen.rs` compares the bytes.
const PEER_SCHEMAS: &str = "tests/rsgen/schemas";
/// The workloads, whose types of rsgen-avro are timed.
const WORKLOADS: [&str; 6] = ["sensor_alert", "customer", "telemetry", "longs", "doubles", "readings"];

fn main() {
    avro_build::Config::new().schemas("schemas").views(true).compile_or_exit();
    println!("cargo::rerun-if-changed={PEER_SCHEMAS}");
    rsgen_types(&format!("{PEER_SCHEMAS}/*.avsc"), "rsgen.rs");
    for workload in WORKLOADS {
        rsgen_types(&format!("schemas/{workload}.avsc"), &format!("rsgen_{workload}.rs"));
    }
}

fn rsgen_types(schemas: &str, file: &str) {
    let out_dir = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let schemas = rsgen_avro::Source::GlobPattern(schemas);
    let mut code = Vec::new();
    let generator = rsgen_avro::Generator::new().expect("its templates are sound");
    generator.generate(&schemas, &mut code).expect("rsgen-avro handles these schemas");
    fs::write(Path::new(&out_dir).join(file), code).expect("OUT_DIR can be written to");
}
