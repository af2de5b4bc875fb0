//! What a build writes for the schema and the lock of this folder. `cargo xtask golden --bless` renews `generated.rs`,
//! and a test compares it.

use std::fs;
use std::io;
use std::path::Path;

use avro_build::Config;

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot generate the types of the evolution page")]
    Build(#[from] avro_build::Error),
    #[error("cannot read what was generated for the evolution page")]
    Read(#[from] io::Error),
}

/// Today's types, and in a module those of version 1.
pub(crate) fn generate(folder: &Path) -> Result<String, Error> {
    let out_dir = tempfile::tempdir()?;
    let report = Config::new()
        .schemas(folder.join("schemas"))
        .lock(folder.join("schema-lock"))
        .locked_version("customer-value", 1, "v1")
        .out_dir(out_dir.path())
        .compile()?;
    Ok(fs::read_to_string(report.output)?)
}
