//! The golden files are up to date, and compile; other tests use their types.

use std::fs;

use crate::tests_folder;

#[path = "../golden/cases.rs"]
mod cases;

/// Not at the root of the crate, so that paths are shown to be relative.
#[allow(unreachable_pub, reason = "generated types are public, wherever they are included")]
pub(crate) mod generated {
    include!("../golden/all.rs");
}

#[test]
fn the_golden_files_are_up_to_date() {
    let folder = tests_folder().join("golden");
    let golden = cases::golden(&folder).unwrap_or_else(|error| panic!("{error}"));
    assert!(golden.code.len() > 30, "only {} features", golden.code.len());
    let is_stale = |file: &&cases::GoldenFile| fs::read_to_string(&file.path).ok().as_ref() != Some(&file.text);
    let stale: Vec<_> = golden.files.iter().filter(is_stale).map(|file| &file.path).collect();
    assert!(stale.is_empty(), "stale: {stale:?}; run `cargo xtask golden --bless` and look at the difference");
    assert_eq!(cases::left_over(&folder, &golden).unwrap(), [] as [std::path::PathBuf; 0], "they belong to no schema");
    for code in &golden.code {
        assert!(code.text.starts_with("// @generated"), "{}", code.name);
    }
}
