//! A module is named by the question that it answers.

use super::finding::Finding;
use super::rust_text::words;
use super::source_file::SourceFile;

const FORBIDDEN: [&str; 5] = ["codec", "utils", "helpers", "common", "misc"];

pub(crate) fn check(source: &SourceFile) -> Vec<Finding> {
    let finding = |line: usize, name: &str| Finding {
        path: source.path.clone(),
        line,
        problem: format!("`{name}` does not describe what is in a module"),
        remedy: "name it by the question that it answers",
    };
    let mut findings: Vec<Finding> =
        source.path_parts().filter(|part| FORBIDDEN.contains(part)).map(|part| finding(1, part)).collect();
    if source.path_parts().last() == Some("mod") {
        findings.push(Finding {
            path: source.path.clone(),
            line: 1,
            problem: "a file `mod.rs` has the name of every other one".into(),
            remedy: "name it as its folder, and put it beside that",
        });
    }
    for (index, line) in source.code.lines().enumerate() {
        let words: Vec<&str> = words(line).map(|(_, word)| word).collect();
        let modules = words.windows(2).filter(|pair| pair[0] == "mod" && FORBIDDEN.contains(&pair[1]));
        findings.extend(modules.map(|pair| finding(index + 1, pair[1])));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::source_file::assert_found;
    use super::*;

    fn check_file(path: &str, text: &str, lines: &[usize]) {
        assert_found(check, path, text, lines);
    }

    #[test]
    fn names_that_describe_nothing_are_found() {
        check_file("a/src/utils.rs", "", &[1]);
        check_file("a/tests/common/main.rs", "", &[1]);
        check_file("a/src/server/mod.rs", "", &[1]);
        check_file("a/src/lib.rs", "mod encode;\npub(crate) mod helpers;\nmod misc {}\n", &[2, 3]);
    }

    #[test]
    fn names_that_describe_something_are_not() {
        check_file("a/src/codec_error.rs", "// mod utils;\nmod utils_of_trade;\nuse tokio_util::codec;\n", &[]);
        check_file("commons/src/lib.rs", "let common = 1;\n", &[]);
    }
}
