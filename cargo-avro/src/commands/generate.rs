//! `cargo avro generate`: Rust types in a file, for projects without a build script.

use std::path::{Path, PathBuf};

use avro_build::{Config, Report};
use clap::Args;
use serde_json::json;

use crate::answer::Answer;
use crate::arguments::SchemaArguments;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The file to write.
    #[arg(long, value_name = "FILE", default_value = "src/avro_schemas.rs")]
    out: PathBuf,
    /// Write nothing, and fail if the file is out of date: for continuous integration.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    schemas: SchemaArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let out = &arguments.out;
    let Some(name) = out.file_name() else {
        return Err(Failure::usage(
            format!("`{}` is not a file", out.display()),
            "name a file, such as src/avro_schemas.rs",
        ));
    };
    let folder = out.parent().unwrap_or(Path::new(""));
    let config = arguments.schemas.config(&arguments.schemas.folders).out_dir(folder);
    let config = config.file_name(name.to_string_lossy());
    if arguments.check {
        return check(&config, out, answer);
    }
    let report = config.compile()?;
    warn(&report, answer);
    let (path, files) = (report.output.display().to_string(), report.files.len());
    if answer.as_json {
        answer.json(&json!({ "file": path, "changed": report.changed, "schemas": files }));
    } else if report.changed {
        answer.line(format!("{path} is written"));
    } else {
        answer.line(format!("{path} is up to date"));
    }
    Ok(Exit::Fine)
}

fn check(config: &Config, out: &Path, answer: &Answer) -> Result<Exit, Failure> {
    let report = config.compare()?;
    warn(&report, answer);
    let is_same = !report.changed;
    if answer.as_json {
        answer.json(&json!({ "file": out.display().to_string(), "up_to_date": is_same }));
        return Ok(if is_same { Exit::Fine } else { Exit::Differs });
    }
    if is_same {
        answer.line(format!("{} is up to date", out.display()));
        return Ok(Exit::Fine);
    }
    Err(Failure::refused(
        format!("{} is out of date", out.display()),
        format!("renew it: cargo avro generate --out {}", out.display()),
    ))
}

fn warn(report: &Report, answer: &Answer) {
    for line in report.cargo_lines() {
        if let Some(warning) = line.strip_prefix("cargo::warning=").or_else(|| line.strip_prefix("cargo:warning=")) {
            answer.warn(warning);
        }
    }
}
