//! Phrases that read as translated, and spellings of British English, in comments, literals and pages.

use super::finding::Finding;
use super::rust_text::Kind;
use super::source_file::SourceFile;

/// Words in a row that are not written.
struct Phrase {
    words: &'static str,
    /// It is right after one of these words.
    after: &'static [&'static str],
    /// It is right before one of these words.
    before: &'static [&'static str],
    remedy: &'static str,
}

const fn phrase(words: &'static str, remedy: &'static str) -> Phrase {
    Phrase { words, after: &[], before: &[], remedy }
}

/// "There is no …" is English, and so is "is no longer".
const fn negation(words: &'static str) -> Phrase {
    Phrase {
        words,
        after: &["there"],
        before: &["longer", "more", "less", "later", "of", "the"],
        remedy: "write \"is not a …\", \"is not …\" or \"there is no …\"",
    }
}

const PHRASES: [Phrase; 20] = [
    negation("is no"),
    negation("are no"),
    negation("was no"),
    negation("were no"),
    negation("is none"),
    negation("are none"),
    phrase("makes no sense", "write \"is invalid\", or what is wrong"),
    phrase("make no sense", "write \"are invalid\", or what is wrong"),
    phrase("unless set", "write \"by default\""),
    phrase("divided by commas", "write \"comma-separated\""),
    phrase("worked on", "write \"processed\""),
    phrase("lies at", "write \"is at\""),
    phrase("stands at", "write \"is at\""),
    phrase("stands in", "write \"is in\" or \"appears in\""),
    phrase("stands there", "write \"is there\""),
    phrase("stands twice", "write \"appears twice\""),
    phrase("is said on", "write \"is reported on\""),
    phrase("without another word", "write \"by default\""),
    phrase("one a line", "write \"one per line\""),
    phrase("see to the", "write \"check the\""),
];

const BRITISH: [&str; 8] =
    ["colour", "behaviour", "favour", "neighbour", "honour", "initialise", "serialise", "normalise"];

const CONTRACTIONS: [&str; 12] = [
    "don't", "can't", "isn't", "aren't", "doesn't", "didn't", "won't", "wouldn't", "hasn't", "it's", "there's", "let's",
];

/// This file, which has to name what it finds.
const ITSELF: &str = "xtask/src/tidy/english.rs";

/// A word and its line.
type Word = (usize, String);

/// In the comments and literals of a Rust file. Comments that follow each other are one text.
pub(crate) fn check(source: &SourceFile) -> Vec<Finding> {
    if source.is_generated() || source.path == ITSELF {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut comment: Vec<Word> = Vec::new();
    for piece in &source.pieces {
        match piece.kind {
            Kind::Code if piece.text.trim().is_empty() => {}
            Kind::Code => findings.extend(check_words(&source.path, &std::mem::take(&mut comment))),
            Kind::Comment => comment.extend(words(&piece.text, piece.line)),
            Kind::Literal => {
                findings.extend(check_words(&source.path, &words(&piece.text, piece.line).collect::<Vec<_>>()));
            }
        }
    }
    findings.extend(check_words(&source.path, &comment));
    findings
}

/// In a page of Markdown.
pub(crate) fn check_page(path: &str, text: &str) -> Vec<Finding> {
    check_words(path, &words(text, 1).collect::<Vec<_>>())
}

fn words(text: &str, first_line: usize) -> impl Iterator<Item = Word> {
    let is_mark = |letter: char| !letter.is_alphanumeric() && letter != '\'';
    (first_line..).zip(text.lines()).flat_map(move |(line, text)| {
        // A sign between words ends a phrase: it becomes a word without letters.
        let is_margin = |word: &&str| matches!(*word, "//" | "///" | "//!");
        let words = text.split_whitespace().filter(move |word| !is_margin(word)).flat_map(move |word| {
            // A word of code, such as `None`, is not an English one.
            let is_code = word.trim_start_matches(['(', '"']).starts_with('`');
            let word_of_text = if is_code { "" } else { word };
            let bare = word_of_text.trim_matches(is_mark).trim_matches('\'').to_lowercase();
            let ends = word.ends_with(['.', ',', ';', ':', '!', '?', '`', '|']);
            [Some((line, bare)), ends.then(|| (line, String::new()))]
        });
        words.flatten().collect::<Vec<_>>()
    })
}

fn check_words(path: &str, words: &[Word]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let word = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", |(_, word)| word.as_str());
    for (at, (line, first)) in words.iter().enumerate() {
        let mut report = |found: &str, remedy| {
            let problem = format!("\"{found}\" is not the English of this repository");
            findings.push(Finding { path: path.into(), line: *line, problem, remedy });
        };
        for phrase in &PHRASES {
            let mut end = at;
            let has_words = phrase.words.split(' ').all(|wanted| {
                end += 1;
                word(Some(end - 1)) == wanted
            });
            let (before, after) = (word(at.checked_sub(1)), word(Some(end)));
            if has_words && !phrase.after.contains(&before) && !phrase.before.contains(&after) {
                report(phrase.words, phrase.remedy);
            }
        }
        if BRITISH.iter().any(|stem| first.starts_with(stem)) {
            report(first, "spell it as in American English");
        }
        if CONTRACTIONS.contains(&first.as_str()) {
            report(first, "write both words");
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::source_file::assert_found;
    use super::*;

    fn check_text(text: &str, lines: &[usize]) {
        assert_found(check, "src/a.rs", text, lines);
    }

    #[test]
    fn phrases_are_found_in_comments_and_literals() {
        check_text("// It is no symbol.\n/// They are no symbols.", &[1, 2]);
        check_text("f(\"`{name}` is no symbol\");\ng(\"a\");\nh(\"it makes no sense\")", &[1, 3]);
        check_text("/// Text that is\n/// no symbol.\nfn f() {}", &[1]);
        check_text("// If the pattern is none, it is\n// divided by commas.", &[1, 2]);
    }

    #[test]
    fn spellings_are_found() {
        check_text("// The colours.\n// It doesn't.", &[1, 2]);
    }

    #[test]
    fn english_is_not() {
        check_text("// There is no symbol. It is no longer one, and none is.\n// It is. No symbol.", &[]);
        check_text("let is = no; f(\"is\", \"no\");", &[]);
        check_text("// The first is\nfn f() {}\n// no symbol", &[]);
        check_text("// It is `None`, and (`x` is `no symbol`).", &[]);
        check_text("// @generated by a program.\n\n// is no symbol", &[]);
    }

    #[test]
    fn pages_are_checked() {
        let findings = check_page("docs/a.md", "# A\n\nIt is no symbol.\n");
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3]);
    }
}
