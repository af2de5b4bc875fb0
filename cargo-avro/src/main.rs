//! `cargo avro`: Avro schemas from the command line.
//!
//! Exit codes: 0 all is well, 1 there are differences, the schemas are wrong or somebody refuses, 2 the command line is
//! wrong, 3 a registry or a broker cannot be reached. With `--json` the answer is one JSON value on standard output, or
//! one a line, for machines.

mod answer;
mod arguments;
mod changes;
mod check;
mod commit;
mod completions;
mod convert;
mod decode;
mod diff;
mod encode;
mod entries;
mod exit;
mod failure;
mod file_schema;
mod generate;
mod git;
mod headers;
mod init;
mod input;
mod interruption;
mod kafka;
mod key;
mod list;
mod lock;
mod man;
mod payload;
mod produce;
mod progress;
mod pull;
mod reader;
mod register;
mod registry;
mod show;
mod subjects;
mod tail;
mod terminal;
mod types;
mod verdict;
mod versions;
mod wire;
mod writer;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use answer::{Answer, OutputArguments};
use exit::Exit;
use failure::Failure;

/// Avro schemas: check them, generate Rust from them, release them, and look at messages.
#[derive(Parser)]
#[command(name = "cargo-avro", bin_name = "cargo avro", version, about, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 all is well, 1 differences, wrong schemas or a refusal, 2 a wrong command line, 3 a registry or a \
                        broker that cannot be reached."
)]
struct Avro {
    #[command(flatten)]
    output: OutputArguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add to a package what it needs: dependencies, a build script, a folder with an example.
    Init(init::Arguments),
    /// Say everything that is wrong with the schemas, as a build would, and what they would break.
    Check(check::Arguments),
    /// Register types under their subjects, and print their ids.
    Register(register::Arguments),
    /// Write schemas of the registry into files, each type into one of its own.
    Pull(pull::Arguments),
    /// Say what changed between two versions or files, and who can still read whom.
    Diff(diff::Arguments),
    /// Write down what is released: the versions of subjects, with their ids.
    Lock(lock::Arguments),
    /// Show every type with its fingerprints, or every subject with its versions.
    List(list::Arguments),
    /// Print one schema.
    Show(show::Arguments),
    /// Generate Rust types into a file, without a build script.
    Generate(generate::Arguments),
    /// Print what a file says as JSON: IDL as a protocol or schemas, for tools that know no IDL.
    Convert(convert::Arguments),
    /// Encode JSON as payloads, with the id of their schema in front.
    Encode(encode::Arguments),
    /// Decode payloads to JSON, with the schemas that their ids mean.
    Decode(decode::Arguments),
    /// Send lines of JSON to a topic.
    Produce(produce::Arguments),
    /// Print the messages of a topic as lines of JSON.
    Tail(tail::Arguments),
    /// Print what a shell needs to complete command lines.
    Completions(completions::Arguments),
    /// Print the manual.
    Man(man::Arguments),
}

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    // Cargo runs `cargo-avro avro …` for `cargo avro …`.
    if arguments.get(1).is_some_and(|first| first == "avro") {
        arguments.remove(1);
    }
    let Avro { output, command } = Avro::parse_from(arguments);
    let answer = Answer::new(&output);
    match run(&command, &answer) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            answer.failure(&failure);
            failure.exit().into()
        }
    }
}

fn run(command: &Command, answer: &Answer) -> Result<Exit, Failure> {
    match command {
        Command::Init(arguments) => init::run(arguments, answer),
        Command::Check(arguments) => check::run(arguments, answer),
        Command::Register(arguments) => register::run(arguments, answer),
        Command::Pull(arguments) => pull::run(arguments, answer),
        Command::Diff(arguments) => diff::run(arguments, answer),
        Command::Lock(arguments) => lock::run(arguments, answer),
        Command::List(arguments) => list::run(arguments, answer),
        Command::Show(arguments) => show::run(arguments, answer),
        Command::Generate(arguments) => generate::run(arguments, answer),
        Command::Convert(arguments) => convert::run(arguments, answer),
        Command::Encode(arguments) => encode::run(arguments, answer),
        Command::Decode(arguments) => decode::run(arguments, answer),
        Command::Produce(arguments) => produce::run(arguments, answer),
        Command::Tail(arguments) => tail::run(arguments, answer),
        Command::Completions(arguments) => completions::run(arguments, Avro::command(), answer),
        Command::Man(arguments) => man::run(arguments, Avro::command(), answer),
    }
}
