//! What `docs/registry.md` says about tests is so: they exist.

use std::path::Path;

const PAGE: &str = include_str!("../../docs/registry.md");

/// The last cells of the rows of the page's table of features.
fn answers() -> Vec<&'static str> {
    let table = PAGE.lines().skip_while(|line| *line != "| feature | who has it | here |").skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_end_matches('|').rsplit_once('|').map_or(row, |(_, answer)| answer.trim())).collect()
}

#[test]
fn each_feature_has_a_test_or_a_reason() {
    let answers = answers();
    assert!(answers.len() > 25, "the table is there: {answers:?}");
    for answer in answers {
        let tests: Vec<&str> = answer.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect();
        assert!(answer.starts_with("No, because ") || !tests.is_empty(), "neither a test nor a reason: {answer}");
        for test in tests {
            let [package, module, function] = test.split("::").collect::<Vec<_>>()[..] else {
                panic!("write a test as package::module::function: {test}");
            };
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let path = root.join(package).join("tests/main").join(format!("{module}.rs"));
            let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(file.contains(&format!("fn {function}(")), "there is no such test: {test}");
        }
    }
}
