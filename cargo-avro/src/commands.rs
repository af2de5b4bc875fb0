//! What a user types after `cargo avro`. What several commands share is beside this folder.

mod check;
mod completions;
mod convert;
mod dead_letters;
mod dead_letters_list;
mod dead_letters_replay;
mod dead_letters_show;
mod decode;
mod dev;
mod diff;
mod docs;
mod encode;
mod generate;
mod graph;
mod init;
mod lint;
mod list;
mod lock;
mod man;
mod mirror;
mod produce;
mod pull;
mod pull_watch;
mod register;
mod show;
mod tail;

use clap::Subcommand;

use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add to a package what it needs: dependencies, a build script, a folder with an example.
    Init(init::Arguments),
    /// Report every problem of the schemas, as a build would, and what they would break.
    Check(check::Arguments),
    /// Find what is valid in the schemas, and will be in the way or is probably not meant.
    Lint(lint::Arguments),
    /// Register types under their subjects, and print their ids.
    Register(register::Arguments),
    /// Write schemas of the registry into files, one for each type.
    Pull(pull::Arguments),
    /// Show what changed between two versions or files, and which of them can read the other.
    Diff(diff::Arguments),
    /// Record what is released: the versions of subjects, with their ids.
    Lock(lock::Arguments),
    /// Show every type with its fingerprints, or every subject with its versions.
    List(list::Arguments),
    /// Print one schema.
    Show(show::Arguments),
    /// Draw which types use which others.
    Graph(graph::Arguments),
    /// Write a site about the schemas, which a browser reads from its folder.
    Docs(docs::Arguments),
    /// Generate Rust types into a file, without a build script.
    Generate(generate::Arguments),
    /// Print the contents of a file as JSON: IDL as a protocol or schemas, for tools that do not read IDL.
    Convert(convert::Arguments),
    /// Encode JSON as payloads, prefixed with the id of their schema.
    Encode(encode::Arguments),
    /// Decode payloads to JSON, with the schemas of their ids.
    Decode(decode::Arguments),
    /// Send lines of JSON to a topic.
    Produce(produce::Arguments),
    /// Print the messages of a topic as lines of JSON.
    Tail(tail::Arguments),
    /// Look at the messages of a dead letter topic, and send them back.
    DeadLetters(dead_letters::Arguments),
    /// Copy the subjects of a registry into another one, with their ids and versions.
    Mirror(mirror::Arguments),
    /// Run a broker and a schema registry for development, until it is interrupted.
    Dev(dev::Arguments),
    /// Print the completion script of a shell.
    Completions(completions::Arguments),
    /// Print the manual.
    Man(man::Arguments),
}

impl Command {
    /// `whole` is the command line with every command, which completions and the manual are made of.
    pub(crate) fn run(&self, whole: impl FnOnce() -> clap::Command, answer: &Answer) -> Result<Exit, Failure> {
        match self {
            Command::Init(arguments) => init::run(arguments, answer),
            Command::Check(arguments) => check::run(arguments, answer),
            Command::Lint(arguments) => lint::run(arguments, answer),
            Command::Register(arguments) => register::run(arguments, answer),
            Command::Pull(arguments) => pull::run(arguments, answer),
            Command::Diff(arguments) => diff::run(arguments, answer),
            Command::Lock(arguments) => lock::run(arguments, answer),
            Command::List(arguments) => list::run(arguments, answer),
            Command::Show(arguments) => show::run(arguments, answer),
            Command::Graph(arguments) => graph::run(arguments, answer),
            Command::Docs(arguments) => docs::run(arguments, answer),
            Command::Generate(arguments) => generate::run(arguments, answer),
            Command::Convert(arguments) => convert::run(arguments, answer),
            Command::Encode(arguments) => encode::run(arguments, answer),
            Command::Decode(arguments) => decode::run(arguments, answer),
            Command::Produce(arguments) => produce::run(arguments, answer),
            Command::Tail(arguments) => tail::run(arguments, answer),
            Command::DeadLetters(arguments) => dead_letters::run(arguments, answer),
            Command::Mirror(arguments) => mirror::run(arguments, answer),
            Command::Dev(arguments) => dev::run(arguments, answer),
            Command::Completions(arguments) => completions::run(arguments, whole(), answer),
            Command::Man(arguments) => man::run(arguments, whole(), answer),
        }
    }
}
