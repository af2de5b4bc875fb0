//! The paths inside its own crate that a file uses: `crate::…` and `super::…`, in imports and elsewhere.

/// The module of a file, as the parts of its path below `src`: none for the root of the crate.
pub(crate) fn module_of(path_below_src: &str) -> Vec<String> {
    match path_below_src.trim_end_matches(".rs") {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// Every path that begins with `crate` or `super`, as the parts from the root of the crate, with its line. The code is
/// without comments and literals.
pub(crate) fn paths(code: &str, module: &[String]) -> Vec<(usize, Vec<String>)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    // The modules that are written in this file and contain the token, each with the braces around it.
    let mut inline: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    for (at, (line, token)) in tokens.iter().enumerate() {
        let before = |back: usize| at.checked_sub(back).map_or("", |index| tokens[index].1);
        match *token {
            "{" => {
                if before(2) == "mod" {
                    inline.push((before(1).to_owned(), depth));
                }
                depth += 1;
            }
            "}" => {
                depth -= 1;
                if inline.last().is_some_and(|(_, outside)| *outside == depth) {
                    inline.pop();
                }
            }
            // `pub(in crate::a)` uses nothing, and `$crate` is of the crate that the macro is for.
            "crate" | "super" if !matches!(before(1), "::" | "in" | "$" | "(") || is_call(&tokens, at) => {
                let mut base: Vec<String> = match *token {
                    "crate" => Vec::new(),
                    _ => module.iter().cloned().chain(inline.iter().map(|(name, _)| name.clone())).collect(),
                };
                let mut rest = at + 1;
                if *token == "super" {
                    base.pop();
                    while text(&tokens, rest) == "::" && text(&tokens, rest + 1) == "super" {
                        base.pop();
                        rest += 2;
                    }
                }
                if text(&tokens, rest) == "::" {
                    branches(&tokens, rest + 1, &base, &mut |path| found.push((*line, path)));
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a path follows, as in `f(crate::a::b)`, rather than the end of a visibility, as in `pub(crate)`.
fn is_call(tokens: &[(usize, &str)], at: usize) -> bool {
    let is_open = at > 0 && tokens[at - 1].1 == "(";
    is_open && text(tokens, at + 1) == "::"
}

/// The paths of a tree such as `a::{b, c::d}`, from one token on. Returns where the tree ends.
fn branches(tokens: &[(usize, &str)], start: usize, base: &[String], report: &mut impl FnMut(Vec<String>)) -> usize {
    let mut path = base.to_vec();
    let mut at = start;
    loop {
        match text(tokens, at) {
            "{" => {
                at += 1;
                while !matches!(text(tokens, at), "}" | "") {
                    at = match text(tokens, at) {
                        "," => at + 1,
                        _ => branches(tokens, at, &path, report),
                    };
                }
                return at + 1;
            }
            // The tokens of `*`, or of what is not a path, end it.
            token if is_name(token) => path.push(token.to_owned()),
            _ => {
                report(path);
                return at + 1;
            }
        }
        at += 1;
        match (text(tokens, at), text(tokens, at + 1)) {
            ("::", next) if next == "{" || next == "*" || is_name(next) => at += 1,
            ("as", _) => {
                report(path);
                return at + 2;
            }
            _ => {
                report(path);
                return at;
            }
        }
    }
}

fn text<'a>(tokens: &[(usize, &'a str)], at: usize) -> &'a str {
    tokens.get(at).map_or("", |(_, token)| token)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

/// Names, `::` and single signs, each with its line.
pub(crate) fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
            let length = match rest.find(|letter: char| !is_word(letter)) {
                Some(0) if rest.starts_with("::") => 2,
                Some(0) => first.len_utf8(),
                Some(length) => length,
                None => rest.len(),
            };
            let (token, after) = rest.split_at(length);
            tokens.push((index + 1, token));
            rest = after.trim_start();
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::super::rust_text::{code_only, pieces};
    use super::*;

    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        let found = paths(&code_only(&pieces(text)), &module_of(path));
        let found: Vec<(usize, String)> = found.into_iter().map(|(line, path)| (line, path.join("::"))).collect();
        let expected: Vec<(usize, String)> = expected.iter().map(|(line, path)| (*line, (*path).into())).collect();
        assert_eq!(found, expected, "{path}: {text}");
    }

    #[test]
    fn imports_are_found() {
        check("a.rs", "use crate::b::c;", &[(1, "b::c")]);
        check("a.rs", "use crate::{b::{c, d as e}, f::*};\nuse x::y;", &[(1, "b::c"), (1, "b::d"), (1, "f")]);
        check("a.rs", "use crate::{\n    b,\n    c::d,\n};", &[(1, "b"), (1, "c::d")]);
        check("a/b.rs", "use super::c;\nuse super::super::d::E;", &[(1, "a::c"), (2, "d::E")]);
        check("a/b.rs", "use super::{C, d::E};", &[(1, "a::C"), (1, "a::d::E")]);
        check("lib.rs", "pub use crate::a::B;", &[(1, "a::B")]);
    }

    #[test]
    fn paths_in_code_are_found() {
        check(
            "a.rs",
            "fn f(b: &crate::b::B) -> crate::c::C { crate::d::e(b); }",
            &[(1, "b::B"), (1, "c::C"), (1, "d::e")],
        );
        check("a.rs", "f(crate::b::c(), crate::d::<crate::e::F>());", &[(1, "b::c"), (1, "d"), (1, "e::F")]);
    }

    #[test]
    fn modules_in_a_file_have_parents_in_it() {
        let text = "mod tests {\n    use super::*;\n    use super::super::c;\n}\nuse super::d;";
        check("a/b.rs", text, &[(2, "a::b"), (3, "a::c"), (5, "a::d")]);
        check("a.rs", "mod b {\n    fn f() {}\n    mod c {\n        use super::super::x;\n    }\n}", &[(4, "a::x")]);
    }

    #[test]
    fn visibilities_comments_and_other_paths_are_not() {
        check("a.rs", "pub(crate) fn f() {}\npub(super) struct S;\npub(in crate::a) mod b;", &[]);
        check("a.rs", "// crate::b\nlet text = \"crate::c\"; $crate::d; other::crate_name::e;", &[]);
    }
}
