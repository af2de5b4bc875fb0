//! `cargo avro`: schema folders from the command line.
//!
//! * `check` says everything that is wrong with the schemas, as a build would.
//! * `list` shows every named type with its fingerprints.
//! * `register` registers one type under a subject.
//!
//! Exit codes: 0 all is well, 1 the schemas are wrong or the registry refuses, 2 the command line is wrong. With `--json` the answer is
//! one JSON value on standard output, for machines.

mod check;
mod list;
mod register;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Cargo runs `cargo-avro avro …` for `cargo avro …`.
#[derive(Parser)]
#[command(bin_name = "cargo", version, about)]
enum Cargo {
    /// Check, list and register Avro schemas.
    #[command(subcommand)]
    Avro(Command),
}

#[derive(Subcommand)]
enum Command {
    /// Say everything that is wrong with the schemas, as a build would.
    Check(Folders),
    /// Show every named type, with its fingerprints.
    List(Folders),
    /// Register one type, with all that it refers to, under a subject, and print its id.
    Register(register::Arguments),
}

#[derive(Args)]
struct Folders {
    /// Folders that hold `.avsc`, `.avpr` and `.avdl` files, at any depth.
    #[arg(default_value = "schemas")]
    folders: Vec<PathBuf>,
    /// Print one JSON value for machines.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let Cargo::Avro(command) = Cargo::parse();
    match command {
        Command::Check(folders) => check::run(&folders.folders, folders.json),
        Command::List(folders) => list::run(&folders.folders, folders.json),
        Command::Register(arguments) => register::run(&arguments),
    }
}
