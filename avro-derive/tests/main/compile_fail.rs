//! What must not compile, and what is said about it.

use std::fs;
use std::path::Path;

#[test]
fn mistakes_are_reported_at_their_places() {
    copy_schemas();
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The cases are compiled as a package in the target folder, where they find the schemas as they would in a package of
/// their own.
fn copy_schemas() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let package = target.join("tests/trybuild/avro-derive");
    for file in
        ["schemas/shop/order.avsc", "schemas/lab/measurement.avsc", "schemas/unit.avsc", "wrong_schemas/order.avsc"]
    {
        let copy = package.join("tests").join(file);
        fs::create_dir_all(copy.parent().expect("it is in a folder")).unwrap();
        fs::copy(Path::new("tests").join(file), copy).unwrap();
    }
}
