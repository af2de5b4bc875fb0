//! Types of other crates in public interfaces: a new version of their crate is then a new version of ours. Only those
//! that ARCHITECTURE.md lists may appear there.
//!
//! Looked at are re-exports and what is declared `pub`: signatures, fields, variants, aliases and constants. Not seen
//! are impls of traits, and the methods of traits.

use std::collections::{BTreeSet, HashMap};

use super::finding::Finding;
use super::import_table::PATH;
use super::imports::Package;
use super::module_paths::tokens;
use super::source_file::SourceFile;

const HEADING: &str = "## Types of other crates in public interfaces";

/// The crates in the first column of the table below the heading.
pub(crate) fn parse(architecture: &str) -> Result<BTreeSet<String>, Finding> {
    let mut lines = architecture.lines().skip_while(|line| *line != HEADING);
    if lines.next().is_none() {
        return Err(Finding {
            path: PATH.into(),
            line: 1,
            problem: format!("there is no heading `{HEADING}`"),
            remedy: "write a table below it: | `crate`, `another` | why their types may appear in public interfaces |",
        });
    }
    let rows = lines.take_while(|line| !line.starts_with("## ")).filter_map(|line| line.strip_prefix('|'));
    let first_cells = rows.filter_map(|row| row.split('|').next());
    Ok(first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(identifier).collect())
}

/// How code names a package.
fn identifier(package: &str) -> String {
    package.replace('-', "_")
}

/// Checks the libraries among `packages`, except those of which nothing is published.
pub(crate) fn check(allowed: &BTreeSet<String>, packages: &[Package], sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages.iter().filter(|package| package.is_published) {
        let Some(folder) = package.manifest.strip_suffix("Cargo.toml").filter(|folder| !folder.is_empty()) else {
            continue;
        };
        let below = format!("{folder}src/");
        if !sources.iter().any(|source| source.path == format!("{below}lib.rs")) {
            continue;
        }
        let is_ours = |name: &str| packages.iter().any(|package| package.name == name);
        let foreign = package.uses.iter().filter(|used| !is_ours(&used.package));
        let foreign: BTreeSet<String> =
            foreign.map(|used| identifier(&used.package)).filter(|name| !allowed.contains(name)).collect();
        let ours = sources.iter().filter(|source| source.path.starts_with(&below));
        findings.extend(ours.flat_map(|source| check_file(&foreign, source)));
    }
    findings
}

fn check_file(foreign: &BTreeSet<String>, source: &SourceFile) -> Vec<Finding> {
    let tokens = tokens(&source.code);
    let imported = imports(&tokens, foreign);
    let text = |at: usize| tokens.get(at).map_or("", |(_, token)| *token);
    let mut found = BTreeSet::new();
    let items = (0..tokens.len()).filter(|at| text(*at) == "pub" && text(*at + 1) != "(");
    for at in items.flat_map(|at| public_part(&tokens, at + 1)) {
        let is_first = at.checked_sub(1).is_none_or(|before| text(before) != "::");
        let of_path = || foreign.get(text(at)).filter(|_| text(at + 1) == "::");
        let name = of_path().or_else(|| imported.get(text(at))).filter(|_| is_first);
        found.extend(name.map(|name| (tokens[at].0, name.clone())));
    }
    let finding = |(line, name): (usize, String)| Finding {
        path: source.path.clone(),
        line,
        problem: format!("a type of `{name}` is in the public interface"),
        remedy: "give it a type of this crate; the crates whose types may appear are listed in ARCHITECTURE.md",
    };
    found.into_iter().map(finding).collect()
}

/// The names that the file imports from foreign crates, each with its crate.
fn imports<'t>(tokens: &[(usize, &'t str)], foreign: &BTreeSet<String>) -> HashMap<&'t str, String> {
    let mut imported = HashMap::new();
    for at in (0..tokens.len()).filter(|at| tokens[*at].1 == "use") {
        let Some(name) = tokens.get(at + 1).and_then(|(_, head)| foreign.get(*head)) else { continue };
        let statement = tokens[at + 1..].split(|(_, token)| *token == ";").next().unwrap_or_default();
        for (index, (_, leaf)) in statement.iter().enumerate() {
            let next = statement.get(index + 1).map(|(_, token)| *token);
            if leaf.starts_with(char::is_alphabetic) && matches!(next, None | Some("," | "}")) {
                imported.insert(*leaf, name.clone());
            }
        }
    }
    imported
}

/// The tokens of an item that others see, from the one after its `pub` on.
fn public_part(tokens: &[(usize, &str)], start: usize) -> Vec<usize> {
    let keywords = tokens[start..].iter().take_while(|(_, token)| matches!(*token, "async" | "unsafe" | "extern"));
    let kind = start + keywords.count();
    let ends: &[&str] = match tokens.get(kind).map_or("", |(_, token)| *token) {
        "mod" => return Vec::new(),
        "const" if tokens.get(kind + 1).is_some_and(|(_, token)| *token == "fn") => &["{", ";"],
        "use" | "type" => &[";"],
        "const" | "static" => &["=", ";"],
        "fn" | "trait" => &["{", ";"],
        "struct" => &["{", "(", ";"],
        "enum" => return fields_of_variants(tokens, start),
        _ => return (start..end_of_field(tokens, start)).collect(),
    };
    let end = tokens[start..].iter().position(|(_, token)| ends.contains(token));
    (start..end.map_or(tokens.len(), |length| start + length)).collect()
}

/// What is in the braces or parentheses of a variant: its name may be that of a type.
fn fields_of_variants(tokens: &[(usize, &str)], start: usize) -> Vec<usize> {
    let (mut depth, mut fields) = (0_usize, Vec::new());
    for (at, (_, token)) in tokens.iter().enumerate().skip(start) {
        match *token {
            "{" | "(" => depth += 1,
            "}" | ")" if depth <= 1 => break,
            "}" | ")" => depth -= 1,
            _ if depth > 1 => fields.push(at),
            _ => {}
        }
    }
    fields
}

fn end_of_field(tokens: &[(usize, &str)], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, (_, token)) in tokens.iter().enumerate().skip(start) {
        match *token {
            "<" | "(" | "[" => depth += 1,
            "," | ")" | "}" | "]" if depth == 0 => return at,
            ">" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, lines: &[usize]) {
        let foreign = BTreeSet::from(["rdkafka".to_owned(), "reqwest".to_owned()]);
        let source = SourceFile::new("a/src/lib.rs", text);
        let found: Vec<usize> = check_file(&foreign, &source).iter().map(|finding| finding.line).collect();
        assert_eq!(found, lines, "{text}");
    }

    #[test]
    fn types_in_public_interfaces_are_found() {
        check_text("pub use rdkafka::types::Code;", &[1]);
        check_text("use rdkafka::Code;\npub fn f() -> Code {}", &[2]);
        check_text("use rdkafka::{types::Code as Other};\npub fn f(\n    code: Other,\n) {}", &[3]);
        check_text("pub async fn f(client: &reqwest::Client) {}", &[1]);
        check_text("pub struct S {\n    pub client: reqwest::Client,\n    own: rdkafka::Code,\n}", &[2]);
        check_text("pub enum E {\n    Http(reqwest::Error),\n    Own,\n}", &[2]);
        check_text("pub type T = Vec<reqwest::Client>;\npub const C: rdkafka::Code = f();", &[1, 2]);
    }

    #[test]
    fn private_ones_are_not() {
        check_text("use rdkafka::Code;\nfn f() -> Code {}\npub(crate) fn g(code: Code) {}", &[]);
        check_text("use rdkafka::Code;\npub fn f() {\n    let code: Code = g();\n}", &[]);
        check_text(
            "pub struct S(reqwest::Client);\npub struct T {\n    pub a: Vec<(u8, u8)>,\n    b: reqwest::Client,\n}",
            &[],
        );
        check_text("pub use other::rdkafka::Code;\npub fn f() -> other::reqwest::Client {}", &[]);
        check_text("use reqwest::Error;\npub enum E {\n    Error { text: String },\n    Other,\n}", &[]);
        check_text("pub mod rdkafka;\n// pub use reqwest::Client;", &[]);
    }

    #[test]
    fn the_crates_that_may_appear_are_listed() {
        let text = format!(
            "# A\n\n{HEADING}\n\n| crates | `why` |\n|---|---|\n| `jiff`, `rust-decimal` | `a` |\n| `bytes` | b |\n\n## Next\n\n| `reqwest` |\n"
        );
        let expected = ["bytes", "jiff", "rust_decimal"].map(String::from);
        assert_eq!(parse(&text), Ok(BTreeSet::from(expected)));
        assert_eq!(parse("# A\n").map_err(|finding| finding.line), Err(1));
    }
}
