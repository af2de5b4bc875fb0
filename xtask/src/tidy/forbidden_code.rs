//! Code that is unfinished, temporary or not run.

use super::finding::Finding;
use super::rust_text::words;
use super::source_file::SourceFile;

const MACROS: [&str; 3] = ["todo", "unimplemented", "dbg"];

pub(crate) fn check(source: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.code.lines().enumerate() {
        let mut report = |problem: String, remedy| {
            findings.push(Finding { path: source.path.clone(), line: index + 1, problem, remedy });
        };
        for (position, word) in words(line) {
            let rest = line[position + word.len()..].trim_start();
            if MACROS.contains(&word) && rest.starts_with('!') && !rest.starts_with("!=") {
                report(format!("`{word}!` is left"), "write what is missing, or remove it");
            }
        }
        if is_ignored_test(line) {
            report("a test that is ignored finds nothing".into(), "make it run, or remove it");
        }
    }
    findings
}

fn is_ignored_test(line: &str) -> bool {
    let dense: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_conditional = dense.contains("cfg_attr(") && (dense.contains(",ignore)") || dense.contains(",ignore="));
    dense.contains("#[ignore]") || dense.contains("#[ignore=") || is_conditional
}

#[cfg(test)]
mod tests {
    use super::super::source_file::assert_found;
    use super::*;

    fn check_text(text: &str, lines: &[usize]) {
        assert_found(check, "src/a.rs", text, lines);
    }

    #[test]
    fn unfinished_code_is_found() {
        check_text("fn f() {\n    todo!()\n}", &[2]);
        check_text("unimplemented! (\"later\")", &[1]);
        check_text("let x = dbg!(y) + std::dbg!(z);", &[1, 1]);
    }

    #[test]
    fn ignored_tests_are_found() {
        check_text("#[test]\n#[ignore]\nfn f() {}", &[2]);
        check_text("#[ignore = \"slow\"]", &[1]);
        check_text("#[cfg_attr(windows, ignore)]", &[1]);
        check_text("#[cfg_attr(windows, ignore = \"slow\")]", &[1]);
    }

    #[test]
    fn talk_about_them_is_not() {
        check_text("// todo!() and #[ignore]\nlet s = \"dbg!(x)\";", &[]);
        check_text("if todo != done {}\nlet ignore = todo;", &[]);
        check_text("my_dbg!(x);", &[]);
    }
}
