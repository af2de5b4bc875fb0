//! A test that sleeps for a fixed time is slow where it passes and wrong where it does not.
//!
//! Where nothing reports an event, a test may poll for it: with a limit, and with a line `// Polls: …` right above that
//! names the event.

use super::finding::Finding;
use super::rust_text::words;
use super::source_file::SourceFile;

const SLEEPS: [&str; 3] = ["sleep", "sleep_until", "sleep_ms"];
const REASON: &str = "// Polls: ";

pub(crate) fn check(source: &SourceFile) -> Vec<Finding> {
    let is_test_file = source.path_parts().any(|part| part == "tests");
    let tests = if is_test_file { source.code.clone() } else { test_code(&source.code) };
    let mut findings = Vec::new();
    let mut line_above = "";
    for ((index, line), text) in tests.lines().enumerate().zip(source.text.lines()) {
        let is_explained = line_above.trim_start().starts_with(REASON);
        line_above = text;
        if is_explained {
            continue;
        }
        for (_, word) in words(line).filter(|(_, word)| SLEEPS.contains(word)) {
            findings.push(Finding {
                path: source.path.clone(),
                line: index + 1,
                problem: format!("a test uses `{word}`"),
                remedy: "wait for the event itself, with a limit; where nothing reports it, poll, with a line above: `// Polls: …`",
            });
        }
    }
    findings
}

/// The code with everything blanked but the items under `#[cfg(test)]`.
fn test_code(code: &str) -> String {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let mut blanked = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(ATTRIBUTE) {
        blank(&rest[..start], &mut blanked);
        let item = &rest[start..];
        let (item, after) = item.split_at(item_length(item));
        blanked.push_str(item);
        rest = after;
    }
    blank(rest, &mut blanked);
    blanked
}

/// To the end of the first block in braces, or to the first `;` when that comes before.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    for (position, letter) in item.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth <= 1 => return position + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return position + 1,
            _ => {}
        }
    }
    item.len()
}

fn blank(code: &str, blanked: &mut String) {
    blanked.extend(code.chars().filter(|letter| *letter == '\n'));
}

#[cfg(test)]
mod tests {
    use super::super::source_file::assert_found;
    use super::*;

    fn check_file(path: &str, text: &str, lines: &[usize]) {
        assert_found(check, path, text, lines);
    }

    #[test]
    fn sleeping_tests_are_found() {
        check_file("tests/main.rs", "fn f() {\n    std::thread::sleep(TIME);\n}", &[2]);
        check_file("a/tests/wait.rs", "tokio::time::sleep(TIME).await;", &[1]);
        check_file("a/src/send/tests.rs", "use std::thread::sleep;", &[1]);
        check_file(
            "a/src/send.rs",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { thread::sleep(TIME) }\n}\n",
            &[4],
        );
    }

    #[test]
    fn a_test_that_polls_has_the_reason_right_above() {
        check_file(
            "tests/a.rs",
            "loop {\n    // Polls: nothing reports that the port is free.\n    sleep(POLL);\n}",
            &[],
        );
        check_file("tests/a.rs", "// Polls: too far above.\nloop {\n    sleep(POLL);\n}", &[3]);
        check_file("tests/a.rs", "// Waits.\nsleep(POLL);", &[2]);
    }

    #[test]
    fn code_that_polls_may_sleep() {
        check_file("a/src/wait.rs", "fn f() {\n    std::thread::sleep(POLL);\n}", &[]);
        let around = "#[cfg(test)]\nuse a::b;\nfn f() { sleep(POLL) }\n#[cfg(test)]\nfn g() { if x { y } }\nfn h() { sleep(POLL) }\n";
        check_file("a/src/wait.rs", around, &[]);
        check_file("tests/main.rs", "// sleep\nlet s = \"sleep\"; asleep();", &[]);
    }
}
