//! `cargo avro completions`: the completion script of a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The shell. Completions are of `cargo-avro`, which takes the same arguments as `cargo avro`.
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: Command, answer: &Answer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    command.set_bin_name("cargo-avro");
    clap_complete::generate(arguments.shell, &mut command, "cargo-avro", &mut script);
    answer.bytes(&script);
    Ok(Exit::Fine)
}
