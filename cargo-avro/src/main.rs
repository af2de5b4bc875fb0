//! `cargo avro`: Avro schemas from the command line.
//!
//! Exit codes: 0 success, 1 differences, invalid schemas or a refusal, 2 an invalid command line, 3 a registry or a
//! broker that cannot be reached. With `--json` the answer is one JSON value on standard output, or one per line, for
//! machines.

mod annotation;
mod answer;
mod arguments;
mod commands;
mod compared;
mod dead_letter;
mod docs_site;
mod entries;
mod exit;
mod failure;
mod file_schema;
mod git;
mod graph;
mod input;
mod interruption;
mod kafka;
mod key;
mod lint_config;
mod markup;
mod mirror;
mod payload;
mod progress;
mod reader;
mod registry;
mod revision;
mod runtime;
mod shared_types;
mod subjects;
mod terminal;
mod time;
mod types;
mod verdict;
mod versions;
mod wire;
mod writer;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use answer::{Answer, OutputArguments};
use commands::Command;

/// Avro schemas: check them, generate Rust from them, release them, and read messages.
#[derive(Parser)]
#[command(name = "cargo-avro", bin_name = "cargo avro", version, about, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 success, 1 differences, invalid schemas or a refusal, 2 an invalid command line, 3 a registry or a \
                        broker that cannot be reached."
)]
struct Avro {
    #[command(flatten)]
    output: OutputArguments,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    // Cargo runs `cargo-avro avro …` for `cargo avro …`.
    if arguments.get(1).is_some_and(|first| first == "avro") {
        arguments.remove(1);
    }
    let Avro { output, command } = Avro::parse_from(arguments);
    let answer = Answer::new(&output);
    match command.run(Avro::command, &answer) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            answer.failure(&failure);
            failure.exit().into()
        }
    }
}
