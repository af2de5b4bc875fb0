//! `cargo avro man`: the manual.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use serde_json::json;

use crate::answer::{Answer, counted};
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Write a page for each command into this folder, instead of printing the first one.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, command: Command, answer: &Answer) -> Result<Exit, Failure> {
    let mut command = command.name("cargo-avro").bin_name("cargo avro");
    command.build();
    let Some(folder) = &arguments.out else {
        answer.bytes(&page(&command));
        return Ok(Exit::Fine);
    };
    std::fs::create_dir_all(folder).map_err(|error| Failure::file("create the folder", folder, &error))?;
    let mut files = vec![write(folder, "cargo-avro.1", &page(&command))?];
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = format!("cargo-avro-{}", subcommand.get_name());
        let renamed = subcommand.clone().name(name.clone());
        files.push(write(folder, &format!("{name}.1"), &page(&renamed))?);
    }
    match answer.as_json {
        true => answer.json(&json!({ "files": files })),
        false => answer.line(format!("{} in {}", counted(files.len(), "page"), folder.display())),
    }
    Ok(Exit::Fine)
}

fn page(command: &Command) -> Vec<u8> {
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = Man::new(command.clone()).render(&mut page);
    page
}

fn write(folder: &Path, name: &str, page: &[u8]) -> Result<String, Failure> {
    let path = folder.join(name);
    std::fs::write(&path, page).map_err(|error| Failure::file("write", &path, &error))?;
    Ok(name.to_owned())
}
