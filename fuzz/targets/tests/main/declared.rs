//! What libFuzzer runs, which the main workspace does not compile.

use std::fs;
use std::path::Path;

use fuzz_targets::TARGETS;

#[test]
fn every_target_has_its_program() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("the manifest");
    for target in &TARGETS {
        let name = target.name;
        let program = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).expect("the program");
        let expected = format!("libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_targets::{name}(input));");
        assert!(program.contains(&expected), "{program}");
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
    let programs = fs::read_dir(fuzz.join("fuzz_targets")).expect("the programs").count();
    assert_eq!(programs, TARGETS.len());
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}
