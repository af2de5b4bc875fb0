//! The modules of kafka-typed, by the paths in them, against the floors of ARCHITECTURE.md. A module uses its own floor
//! and those below it; the root of the crate, which declares all of them, is free.

use super::finding::Finding;
use super::floor_table::Floor;
use super::import_table;
use super::module_paths::{module_of, paths};
use super::rust_text::words;
use super::source_file::SourceFile;

const FOLDER: &str = "kafka-typed/src/";

pub(crate) fn check(floors: &[Floor], sources: &[SourceFile]) -> Vec<Finding> {
    let ours = sources.iter().filter_map(|source| Some((source, module_of(source.path.strip_prefix(FOLDER)?))));
    let ours: Vec<(&SourceFile, Vec<String>)> = ours.filter(|(_, module)| !module.is_empty()).collect();
    let mut findings: Vec<Finding> =
        ours.iter().flat_map(|(source, module)| check_file(floors, source, module)).collect();
    for (floor, listed) in floors.iter().flat_map(|floor| floor.modules.iter().map(move |listed| (floor, listed))) {
        if !ours.iter().any(|(_, module)| is_in(module, listed)) {
            findings.push(Finding {
                path: import_table::PATH.into(),
                line: floor.line,
                problem: format!("the floor {} lists `{listed}`, which is not a module of {FOLDER}", floor.name),
                remedy: "correct the name, or remove it",
            });
        }
    }
    findings
}

fn check_file(floors: &[Floor], source: &SourceFile, module: &[String]) -> Vec<Finding> {
    let finding = |line: usize, problem: String, remedy| Finding { path: source.path.clone(), line, problem, remedy };
    let Some(own) = floor_of(floors, module) else {
        let problem = format!("the module `{}` is on none of the floors", module.join("/"));
        return vec![finding(1, problem, "add it to its floor in the table of ARCHITECTURE.md")];
    };
    let mut findings = Vec::new();
    for (line, path) in paths(&source.code, module) {
        match floor_of(floors, &path) {
            Some(used) if used <= own => {}
            Some(used) => findings.push(finding(
                line,
                format!(
                    "`crate::{}` is on the floor {}, above {}",
                    path.join("::"),
                    floors[used].name,
                    floors[own].name
                ),
                "let the upper floor hand down what is needed, or move what both need to the lower one",
            )),
            None => findings.push(finding(
                line,
                format!("`crate::{}` is not a path to a module of a floor", path.join("::")),
                "name the module that defines it",
            )),
        }
    }
    for (index, line) in source.code.lines().enumerate() {
        let unknown = words(line).filter(|(_, word)| floors[own].unknown_crates.iter().any(|unknown| unknown == word));
        findings.extend(unknown.map(|(_, word)| {
            let problem = format!("the floor {} must not know `{word}`", floors[own].name);
            finding(index + 1, problem, "move what needs it to an upper floor")
        }));
    }
    findings
}

/// The floor with the longest path that contains this one, or this item of a module.
fn floor_of(floors: &[Floor], path: &[String]) -> Option<usize> {
    let listed = floors.iter().enumerate().flat_map(|(index, floor)| floor.modules.iter().map(move |it| (index, it)));
    let containing = listed.filter(|(_, listed)| is_in(path, listed));
    containing.max_by_key(|(_, listed)| listed.len()).map(|(index, _)| index)
}

fn is_in(path: &[String], listed: &str) -> bool {
    let listed: Vec<&str> = listed.split('/').collect();
    path.len() >= listed.len() && path.iter().zip(&listed).all(|(part, listed)| part == listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor(name: &str, line: usize, modules: &[&str], unknown_crates: &[&str]) -> Floor {
        let strings = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Floor { name: name.into(), line, modules: strings(modules), unknown_crates: strings(unknown_crates) }
    }

    /// Checks one file more in a crate that is as the table wants it.
    fn check_with(path: &str, text: &str, expected: &[&str]) {
        let floors = [
            floor("connection", 3, &["connection", "producer/bytes"], &["avro_typed"]),
            floor("producer", 4, &["producer"], &[]),
            floor("top", 5, &["embedded"], &[]),
        ];
        let files = [
            ("kafka-typed/src/lib.rs", "pub use crate::embedded::E;"),
            ("kafka-typed/src/connection.rs", ""),
            ("kafka-typed/src/connection/native.rs", "use super::Connection;"),
            ("kafka-typed/src/producer.rs", "use crate::connection::native::f; use avro_typed::Encode;"),
            ("kafka-typed/src/producer/bytes.rs", "use crate::connection;"),
            ("kafka-typed/src/embedded.rs", "use crate::{connection, producer::P};"),
            ("other/src/a.rs", "use crate::anything;"),
        ];
        let others = files.iter().filter(|(other, _)| *other != path);
        let sources: Vec<SourceFile> =
            others.chain([&(path, text)]).map(|(path, text)| SourceFile::new(path, text)).collect();
        let found: Vec<String> = check(&floors, &sources)
            .iter()
            .map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.problem))
            .collect();
        assert_eq!(found, expected, "{path}: {text}");
    }

    #[test]
    fn downward_is_fine() {
        check_with("other/src/b.rs", "use crate::top;", &[]);
        check_with("kafka-typed/src/producer/queue.rs", "use super::P;\nuse crate::connection::C;", &[]);
    }

    #[test]
    fn upward_is_found() {
        let problem = "`crate::producer::P` is on the floor producer, above connection";
        let lines = |path: &str, line| format!("{path}:{line}: {problem}");
        let path = "kafka-typed/src/connection/settings.rs";
        check_with(path, "\nuse crate::producer::P;", &[&lines(path, 2)]);
        check_with(path, "fn f(p: crate::producer::P) {}", &[&lines(path, 1)]);
        let path = "kafka-typed/src/connection.rs";
        check_with(path, "use super::producer::P;", &[&lines(path, 1)]);
        let path = "kafka-typed/src/producer/bytes.rs";
        check_with(path, "use super::P;", &[&lines(path, 1)]);
    }

    #[test]
    fn crates_that_a_floor_must_not_know_are_found() {
        let path = "kafka-typed/src/connection/raw.rs";
        check_with(
            path,
            "// avro_typed\nuse avro_typed::Decode;",
            &[&format!("{path}:2: the floor connection must not know `avro_typed`")],
        );
    }

    #[test]
    fn what_is_on_no_floor_is_found() {
        let path = "kafka-typed/src/topic.rs";
        check_with(
            path,
            "use crate::connection;",
            &[&format!("{path}:1: the module `topic` is on none of the floors")],
        );
        let path = "kafka-typed/src/embedded.rs";
        check_with(path, "use crate::E;", &[&format!("{path}:1: `crate::E` is not a path to a module of a floor")]);
    }

    #[test]
    fn floors_without_modules_are_found() {
        let floors = [floor("handler", 7, &["handler"], &[])];
        let found = check(&floors, &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].path.as_str(), found[0].line), ("ARCHITECTURE.md", 7));
    }
}
