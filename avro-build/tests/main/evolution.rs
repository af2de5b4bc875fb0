//! What a build makes of the schema and the lock of the page `docs/evolution.md`: today's types, and those of a
//! version.

use crate::docs::package_folder;

#[path = "../evolution/generate.rs"]
mod generate;

/// Not at the root of the crate, so that paths are shown to be relative.
#[allow(unreachable_pub, reason = "generated types are public, wherever they are included")]
pub(crate) mod generated {
    include!("../evolution/generated.rs");
}

#[test]
fn the_types_of_the_page_are_up_to_date() {
    let folder = package_folder().join("tests/evolution");
    let text = generate::generate(&folder).unwrap_or_else(|error| panic!("{error}"));
    let current = std::fs::read_to_string(folder.join("generated.rs")).unwrap();
    assert!(text == current, "generated.rs is stale; run `cargo xtask golden --bless` and look at the difference");
}
