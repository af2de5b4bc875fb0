//! Rust text without what only looks like code: comments, strings and characters.

/// What a piece of Rust text is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Code,
    Comment,
    Literal,
}

/// A stretch of text of one kind. A comment or a literal is one piece each.
#[derive(Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// The whole text, in pieces.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let letters: Vec<char> = text.chars().collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < letters.len() {
        let (kind, length) = match blank_length(&letters, at) {
            0 => (Kind::Code, 1),
            length if letters[at] == '/' => (Kind::Comment, length),
            length => (Kind::Literal, length),
        };
        let end = (at + length).min(letters.len());
        let text = letters[at..end].iter();
        match pieces.last_mut() {
            Some(last) if kind == Kind::Code && last.kind == Kind::Code => last.text.extend(text),
            _ => pieces.push(Piece { kind, line, text: text.collect() }),
        }
        line += letters[at..end].iter().filter(|letter| **letter == '\n').count();
        at = end;
    }
    pieces
}

/// The text with every comment and literal replaced by spaces. Lines stay where they are.
pub(crate) fn code_only(pieces: &[Piece]) -> String {
    let blank = |letter: char| if letter == '\n' { '\n' } else { ' ' };
    let code = pieces.iter().flat_map(|piece| {
        piece.text.chars().map(move |letter| if piece.kind == Kind::Code { letter } else { blank(letter) })
    });
    code.collect()
}

/// The identifiers and keywords of a piece of code, each with its byte position.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_separator = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let mut next = 0;
    let placed = code.split_inclusive(is_separator).map(move |piece| {
        let position = next;
        next += piece.len();
        (position, piece.trim_end_matches(is_separator))
    });
    placed.filter(|(_, word)| !word.is_empty())
}

/// How many letters from here on are a comment or a literal; 0 when it is code.
fn blank_length(letters: &[char], at: usize) -> usize {
    let rest = &letters[at..];
    match rest {
        ['/', '/', ..] => rest.iter().position(|letter| *letter == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment_length(rest),
        ['"', ..] => escaped_length(rest, '"'),
        ['r', '#' | '"', ..] if starts_literal(letters, at) => raw_string_length(rest),
        ['\'', '\\', ..] => escaped_length(rest, '\''),
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

/// Whether the `r` here begins a raw string: it does not end a name, except for the prefixes `b` and `c`.
fn starts_literal(letters: &[char], at: usize) -> bool {
    let is_word = |index: Option<usize>| {
        index.and_then(|index| letters.get(index)).is_some_and(|letter| letter.is_alphanumeric() || *letter == '_')
    };
    let before = at.checked_sub(1);
    match before.and_then(|index| letters.get(index)) {
        Some('b' | 'c') => !is_word(at.checked_sub(2)),
        _ => !is_word(before),
    }
}

fn block_comment_length(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn escaped_length(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            letter if letter == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// 0 for a raw identifier such as `r#type`.
fn raw_string_length(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|letter| **letter == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let body = &rest[2 + hashes..];
    let closes = |at: &usize| {
        let after = &body[*at + 1..];
        body[*at] == '"' && after.len() >= hashes && after[..hashes].iter().all(|letter| *letter == '#')
    };
    match (0..body.len()).find(closes) {
        Some(end) => 2 + hashes + end + 1 + hashes,
        None => rest.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(code_only(&pieces(text)), expected, "{text}");
    }

    #[test]
    fn comments_are_blanked() {
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d */ e", "a                   e");
        check("/* not closed", "             ");
        check("//! docs\n/// docs\nfn f() {}", "        \n        \nfn f() {}");
    }

    #[test]
    fn literals_are_blanked() {
        check(r#"f("todo!()", 1)"#, "f(         , 1)");
        check(r#"f("a\"b")"#, "f(      )");
        check("f(r#\"a\"b\"#)", "f(        )");
        check("f(br\"a\")", "f(b    )");
        check("f('\"', '\\'', b'x', '{')", "f(   ,     , b   ,    )");
        check("\"not closed", "           ");
        check("\"two\nlines\"", "    \n      ");
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_code() {
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("let r#type = 1;", "let r#type = 1;");
        check("for\"a\"", "for   ");
        check("'outer: loop {}", "'outer: loop {}");
    }

    #[test]
    fn pieces_have_kinds_and_lines() {
        let found = pieces("// A.\nf(\"b\nc\"); /* d */ g");
        let found: Vec<_> = found.iter().map(|piece| (piece.kind, piece.line, piece.text.as_str())).collect();
        let expected = [
            (Kind::Comment, 1, "// A."),
            (Kind::Code, 1, "\nf("),
            (Kind::Literal, 2, "\"b\nc\""),
            (Kind::Code, 3, "); "),
            (Kind::Comment, 3, "/* d */"),
            (Kind::Code, 3, " g"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn words_have_positions() {
        let found: Vec<_> = words("std::thread::sleep(x)").collect();
        assert_eq!(found, [(0, "std"), (5, "thread"), (13, "sleep"), (19, "x")]);
    }
}
