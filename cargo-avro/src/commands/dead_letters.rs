//! `cargo avro dead-letters`: messages that could not be processed.

use clap::{Args, Subcommand};

use super::{dead_letters_list, dead_letters_replay, dead_letters_show};
use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Count the messages of a dead letter topic by origin and error, or show each of them.
    List(dead_letters_list::Arguments),
    /// Print one message: why it failed, its headers, its key and its value.
    Show(Box<dead_letters_show::Arguments>),
    /// Send messages back to the topics that they come from.
    Replay(dead_letters_replay::Arguments),
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::List(arguments) => dead_letters_list::run(arguments, answer),
        Command::Show(arguments) => dead_letters_show::run(arguments, answer),
        Command::Replay(arguments) => dead_letters_replay::run(arguments, answer),
    }
}
