//! Chores of this repository, started as `cargo xtask`.

mod bench;
mod cargo;
mod conformance;
mod corpus;
mod datum;
mod failure;
mod faults;
mod files;
mod generated_project;
mod generation;
mod golden;
mod instructions;
mod languages;
mod page_section;
mod progress;
mod real;
mod root_package;
mod servers;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
Chores of this repository.

  cargo xtask tidy                     checks the import table and the rules of style that no other tool knows
  cargo xtask conformance DIR          runs the rows of every {canonical,parse,compat,compat_levels,binary,resolution}*.jsonl
                                       below DIR, and every input/*.avdl with its output/*
  cargo xtask corpus DIR               generates, compiles and runs the schemas, histories and data of every repository in DIR
  cargo xtask corpus DIR --lints       generates them, and runs clippy and rustdoc on the code
  cargo xtask golden                   compares the golden files of avro-codegen with what is generated now
  cargo xtask golden --bless           renews them
  cargo xtask golden --lints           compares them, and runs clippy and rustdoc on them
  cargo xtask bench                    times the codec beside its peers, and writes BENCHMARKS.md, its charts and benches/results.json
  cargo xtask bench --render           writes the page and its charts anew, of what was measured before
  cargo xtask instructions             counts the instructions of the codec below valgrind, and compares them with what is recorded
  cargo xtask instructions --record    records them in benches/instructions.json
  cargo xtask real                     runs the integration tests and the examples against Apache Kafka and Apicurio Registry
  cargo xtask real -- ARGUMENTS        the same; the arguments are handed to `cargo test`
  cargo xtask real --reliability       runs the tests of reliability at their full size against them, and prints what they count
  cargo xtask real --transactions      runs the test of transactions at its full size against three brokers, and kills some of them
  cargo xtask real --transactions --quick
                                       the same at a tenth of its size
  cargo xtask faults                   breaks brokers, networks, registries and processes while messages flow, checks that none is
                                       lost, and writes what it measures into RELIABILITY.md
  cargo xtask faults --quick           the same with less of everything, and without writing
      --only ROW, --list, --json, --write
                                       only this row; prints the rows there are; prints JSON; writes all the same
  cargo xtask languages                has programs in Python, Node, Java and Go exchange messages with Rust
  cargo xtask languages --write        the same, and writes the table into RELIABILITY.md
  cargo xtask real --only-servers      starts the servers, prints two `export` lines and runs until Ctrl-C
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(chore) = Chore::from_arguments(&arguments) else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    match chore {
        Chore::Help => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Chore::Tidy => tidy::run(workspace_root()),
        Chore::Golden(request) => golden::run(workspace_root(), &request),
        Chore::Bench(request) => bench::run(workspace_root(), &request),
        Chore::Instructions(request) => instructions::run(workspace_root(), &request),
        Chore::Corpus(request) => corpus::run(workspace_root(), &request),
        Chore::Conformance { folder } => conformance::run(workspace_root(), &folder),
        Chore::Real(request) => real::run(workspace_root(), &request),
        Chore::Faults(request) => faults::run(workspace_root(), &request),
        Chore::Languages(request) => languages::run(workspace_root(), &request),
    }
}

/// What the command line requests.
#[derive(Debug, PartialEq)]
enum Chore {
    Help,
    Tidy,
    Conformance { folder: PathBuf },
    Corpus(corpus::Request),
    Bench(bench::Request),
    Golden(golden::Request),
    Instructions(instructions::Request),
    Real(real::Request),
    Faults(faults::Request),
    Languages(languages::Request),
}

impl Chore {
    /// `None` when [`USAGE`] does not list the arguments.
    fn from_arguments(arguments: &[String]) -> Option<Chore> {
        let (name, rest) = arguments.split_first()?;
        match (name.as_str(), rest) {
            ("help" | "--help" | "-h", _) => Some(Chore::Help),
            ("tidy", []) => Some(Chore::Tidy),
            ("conformance", [folder]) => Some(Chore::Conformance { folder: folder.into() }),
            ("corpus", [folder]) => Some(Chore::Corpus(corpus::Request { folder: folder.into(), lints: false })),
            ("corpus", [folder, option]) if option == "--lints" => {
                Some(Chore::Corpus(corpus::Request { folder: folder.into(), lints: true }))
            }
            ("golden", []) => Some(Chore::Golden(golden::Request::Check)),
            ("golden", [option]) if option == "--bless" => Some(Chore::Golden(golden::Request::Bless)),
            ("golden", [option]) if option == "--lints" => Some(Chore::Golden(golden::Request::Lint)),
            ("bench", []) => Some(Chore::Bench(bench::Request::Measure)),
            ("bench", [option]) if option == "--render" => Some(Chore::Bench(bench::Request::Render)),
            ("instructions", []) => Some(Chore::Instructions(instructions::Request::Check)),
            ("instructions", [option]) if option == "--record" => {
                Some(Chore::Instructions(instructions::Request::Record))
            }
            ("faults", options) => faults::Request::from_options(options).map(Chore::Faults),
            ("languages", []) => Some(Chore::Languages(languages::Request { writes: false })),
            ("languages", [option]) if option == "--write" => {
                Some(Chore::Languages(languages::Request { writes: true }))
            }
            ("real", []) => Some(Chore::Real(real::Request::Check { cargo_test: Vec::new() })),
            ("real", [option]) if option == "--only-servers" => Some(Chore::Real(real::Request::OnlyServers)),
            ("real", [option]) if option == "--reliability" => Some(Chore::Real(real::Request::Reliability)),
            ("real", [option]) if option == "--transactions" => {
                Some(Chore::Real(real::Request::Transactions { is_full: true }))
            }
            ("real", [option, quick]) if option == "--transactions" && quick == "--quick" => {
                Some(Chore::Real(real::Request::Transactions { is_full: false }))
            }
            ("real", [separator, cargo_test @ ..]) if separator == "--" => {
                Some(Chore::Real(real::Request::Check { cargo_test: cargo_test.to_vec() }))
            }
            _ => None,
        }
    }
}

/// This crate is one folder below the root of the workspace.
fn workspace_root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    debug_assert!(here.parent().is_some(), "a crate is in a folder of the workspace");
    here.parent().unwrap_or(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<Chore>) {
        let arguments: Vec<String> = line.split_whitespace().map(String::from).collect();
        assert_eq!(Chore::from_arguments(&arguments), expected, "cargo xtask {line}");
    }

    fn real_with(cargo_test: &[&str]) -> Option<Chore> {
        Some(Chore::Real(real::Request::Check { cargo_test: cargo_test.iter().map(ToString::to_string).collect() }))
    }

    #[test]
    fn a_command_line_names_one_chore() {
        check("tidy", Some(Chore::Tidy));
        check("--help", Some(Chore::Help));
        check("real", real_with(&[]));
        check("real --", real_with(&[]));
        check("real -- end_to_end -- --nocapture", real_with(&["end_to_end", "--", "--nocapture"]));
        check("conformance a/b", Some(Chore::Conformance { folder: "a/b".into() }));
        let corpus = |lints| Some(Chore::Corpus(corpus::Request { folder: "a/b".into(), lints }));
        check("corpus a/b", corpus(false));
        check("corpus a/b --lints", corpus(true));
        check("golden", Some(Chore::Golden(golden::Request::Check)));
        check("golden --bless", Some(Chore::Golden(golden::Request::Bless)));
        check("golden --lints", Some(Chore::Golden(golden::Request::Lint)));
        check("bench", Some(Chore::Bench(bench::Request::Measure)));
        check("bench --render", Some(Chore::Bench(bench::Request::Render)));
        check("instructions", Some(Chore::Instructions(instructions::Request::Check)));
        check("instructions --record", Some(Chore::Instructions(instructions::Request::Record)));
        check("languages", Some(Chore::Languages(languages::Request { writes: false })));
        check("languages --write", Some(Chore::Languages(languages::Request { writes: true })));
        check("real --only-servers", Some(Chore::Real(real::Request::OnlyServers)));
        check("faults", Some(Chore::Faults(faults::Request::default())));
        check("real --reliability", Some(Chore::Real(real::Request::Reliability)));
        check("real --transactions", Some(Chore::Real(real::Request::Transactions { is_full: true })));
        check("real --transactions --quick", Some(Chore::Real(real::Request::Transactions { is_full: false })));
    }

    #[test]
    fn anything_else_is_refused() {
        check("", None);
        check("tidy now", None);
        check("real end_to_end", None);
        check("real --only-servers now", None);
        check("reel", None);
        check("conformance", None);
        check("corpus a b", None);
        check("golden --lint", None);
        check("instructions record", None);
    }
}
