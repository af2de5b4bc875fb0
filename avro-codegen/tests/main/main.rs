//! The one test binary of this crate.

mod diagnostics;
mod features;
mod generated_code;
mod golden;
mod options;
mod own_items;
mod round_trip;

use std::path::{Path, PathBuf};

/// The folder `tests` of this package.
fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}
