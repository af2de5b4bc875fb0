//! The one test binary of this crate.

mod compatibility;
mod compile;
mod diagnostics;
mod docs;
mod features;
mod generated_code;
mod golden;
mod idl;
mod lock;
mod options;
mod round_trip;
mod versions;

use std::path::{Path, PathBuf};

/// The folder `tests` of this package.
fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}
