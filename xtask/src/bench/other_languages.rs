//! Avro of other languages, on the same messages, where the language is installed.

use std::path::Path;
use std::process::{Command, Stdio};

use super::machine::first_line;
use super::results::Measurement;
use super::{Error, measuring};
use crate::cargo;

/// What was measured, and with which versions.
#[derive(Debug, Default)]
pub(super) struct Others {
    pub(super) environment: Vec<(String, String)>,
    pub(super) measurements: Vec<Measurement>,
}

pub(super) fn measure(workspace_root: &Path) -> Result<Others, Error> {
    let folder = cargo::target_folder(workspace_root).join("other_languages");
    let messages = folder.join("messages");
    std::fs::create_dir_all(&messages).map_err(|source| Error::Path {
        action: "create",
        path: messages.clone(),
        source,
    })?;
    let mut export = cargo::command();
    export.current_dir(workspace_root).args(["bench", "--quiet", "--locked", "--package", "benches"]);
    export.args(["--bench", "against_peers", "--"]).arg(format!("--messages={}", messages.display()));
    measuring::output(export.stderr(Stdio::inherit()))?;

    let programs = workspace_root.join("benches/other_languages");
    let mut others = Others::default();
    for language in [node, python, java] {
        if let Err(Skipped(reason)) = language(&programs, &folder, &messages, &mut others) {
            eprintln!("bench: {reason}, so that it is not measured");
        }
    }
    Ok(others)
}

/// Why a language is not measured.
struct Skipped(String);

type Outcome = Result<(), Skipped>;

fn node(programs: &Path, folder: &Path, messages: &Path, others: &mut Others) -> Outcome {
    let version = version("node", &["--version"])?;
    let modules = folder.join("node");
    std::fs::create_dir_all(&modules).map_err(|error| Skipped(format!("avsc has no folder: {error}")))?;
    let mut install = Command::new("npm");
    install.args(["install", "--silent", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&modules).arg("avsc");
    prepare(&mut install)?;
    let mut run = Command::new("node");
    run.env("NODE_PATH", modules.join("node_modules")).arg(programs.join("bench.js")).arg(messages);
    let avsc = std::fs::read_to_string(modules.join("node_modules/avsc/package.json")).unwrap_or_default();
    let avsc = serde_json::from_str::<serde_json::Value>(&avsc).unwrap_or_default();
    let avsc = avsc.get("version").and_then(serde_json::Value::as_str).unwrap_or("unknown");
    others.add("Node, avsc", &format!("{version}, {avsc}"), "bench.js", &mut run)
}

fn python(programs: &Path, folder: &Path, messages: &Path, others: &mut Others) -> Outcome {
    let version = version("python3", &["--version"])?;
    let environment = folder.join("python");
    let python = environment.join("bin/python");
    if !python.exists() {
        prepare(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    prepare(Command::new(&python).args(["-m", "pip", "install", "--quiet", "fastavro"]))?;
    let fastavro = first_line(&python.to_string_lossy(), &["-c", "import fastavro; print(fastavro.__version__)"]);
    let mut run = Command::new(&python);
    run.arg(programs.join("bench.py")).arg(messages);
    let versions = format!("{version}, {}", fastavro.as_deref().unwrap_or("unknown"));
    others.add("Python, fastavro", &versions, "bench.py", &mut run)
}

fn java(programs: &Path, folder: &Path, messages: &Path, others: &mut Others) -> Outcome {
    let version = version("javac", &["--version"])?;
    let jars = folder.join("java");
    let mut fetch = Command::new("mvn");
    fetch.args(["-q", "-B", "dependency:copy-dependencies", "-f"]).arg(programs.join("pom.xml"));
    prepare(fetch.arg(format!("-DoutputDirectory={}", jars.display())))?;
    let mut run = Command::new("java");
    // The readers that are faster, which are not the default.
    run.arg("-Dorg.apache.avro.fastread=true").arg("-cp").arg(jars.join("*"));
    run.arg(programs.join("Bench.java")).arg(messages);
    let pom = std::fs::read_to_string(programs.join("pom.xml")).unwrap_or_default();
    let avro = pom.split_once("<artifactId>avro</artifactId>").and_then(|(_, rest)| {
        rest.split_once("<version>")?.1.split_once("</version>").map(|(version, _)| version.to_owned())
    });
    others.add("Java, Avro", &format!("{version}, {}", avro.as_deref().unwrap_or("unknown")), "Bench.java", &mut run)
}

impl Others {
    fn add(&mut self, name: &str, versions: &str, program: &'static str, run: &mut Command) -> Outcome {
        eprintln!("bench: running {program}");
        let failed = |error: Error| Skipped(format!("{program} failed: {}", crate::failure::chain(&error)));
        let printed = measuring::output(run).map_err(failed)?;
        self.measurements.extend(measuring::lines(program, &printed).map_err(failed)?);
        self.environment.push((name.to_owned(), versions.to_owned()));
        Ok(())
    }
}

fn version(program: &str, arguments: &[&str]) -> Result<String, Skipped> {
    first_line(program, arguments).ok_or_else(|| Skipped(format!("{program} is not installed")))
}

/// Fetches something.
fn prepare(command: &mut Command) -> Outcome {
    measuring::output(command).map(drop).map_err(|error| Skipped(crate::failure::chain(&error)))
}
