//! `cargo xtask languages`: messages from and to programs in other languages, whose libraries are installed here.
//!
//! The programs are in `tests/languages`; what they read is compared by the root package's integration tests
//! (`tests/main/languages.rs`), which also have the table.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;

use crate::cargo;
use crate::page_section;
use crate::root_package::{self, PACKAGE};
use crate::servers::artifacts;
use crate::servers::error::Error as ServersError;
use crate::servers::interruption::Interruption;
use crate::servers::process::Guarded;
use crate::servers::{BOOTSTRAP_VARIABLE, REGISTRY_VARIABLE, Servers};

/// Has the commands of the programs, as JSON.
const COMMANDS_VARIABLE: &str = "LANGUAGES";
/// Names the file that the test writes the table into.
const TABLE_VARIABLE: &str = "LANGUAGES_TABLE";
/// How long the packages of a language may take to come.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// A request to `cargo xtask languages`.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    /// Write the table into RELIABILITY.md.
    pub(crate) writes: bool,
}

/// Why the languages could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum Error {
    #[error(transparent)]
    Servers(#[from] ServersError),
    #[error(transparent)]
    Page(#[from] page_section::Error),
    #[error("cannot {action} {}", path.display())]
    Path { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("`{command}` failed ({status}); what it printed is above")]
    Install { command: String, status: ExitStatus },
}

/// Installs what the programs need, starts the servers, runs the test and shows the table.
pub(crate) fn run(workspace_root: &Path, request: &Request) -> ExitCode {
    match exchange(workspace_root, request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => crate::failure::print("languages", &error),
    }
}

fn exchange(workspace_root: &Path, request: &Request) -> Result<(), Error> {
    let interruption = Interruption::install()?;
    root_package::build(workspace_root, false, &interruption)?;
    let workshop = Workshop {
        sources: workspace_root.join("tests/languages"),
        folder: cargo::target_folder(workspace_root).join("languages"),
        interruption: &interruption,
    };
    let commands =
        serde_json::json!([workshop.python()?, workshop.node()?, workshop.java()?, workshop.go()?]).to_string();
    let table = workshop.folder.join("table.md");
    let mut servers = Servers::start(workspace_root, &interruption)?;
    let addresses = servers.addresses().clone();
    let table_name = table.display().to_string();
    let environment = [
        (BOOTSTRAP_VARIABLE, addresses.kafka.as_str()),
        (REGISTRY_VARIABLE, &addresses.registry),
        (COMMANDS_VARIABLE, &commands),
        (TABLE_VARIABLE, &table_name),
    ];
    let test = ["test", "--package", PACKAGE, "--test", "main", "--", "languages::", "--nocapture"];
    let outcome = root_package::run_cargo(workspace_root, &environment, &test, &interruption);
    if matches!(&outcome, Err(error) if !error.is_interruption()) {
        servers.show_logs();
    }
    outcome?;
    if request.writes {
        let text =
            std::fs::read_to_string(&table).map_err(|source| Error::Path { action: "read", path: table, source })?;
        page_section::write(&workspace_root.join(page_section::RELIABILITY), "languages", &text)?;
    }
    Ok(())
}

/// Where programs are made ready, below the folder that cargo builds in: nothing is written into the sources.
struct Workshop<'a> {
    sources: PathBuf,
    folder: PathBuf,
    interruption: &'a Interruption,
}

impl Workshop<'_> {
    /// Copies a program's sources into a folder of its own.
    fn copy(&self, language: &str) -> Result<PathBuf, Error> {
        let (from, to) = (self.sources.join(language), self.folder.join(language));
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| Error::Path { action, path, source }
        };
        std::fs::create_dir_all(&to).map_err(failed("create", &to))?;
        for entry in std::fs::read_dir(&from).map_err(failed("read", &from))? {
            let entry = entry.map_err(failed("read", &from))?;
            std::fs::copy(entry.path(), to.join(entry.file_name())).map_err(failed("copy", &entry.path()))?;
        }
        Ok(to)
    }

    fn install(&self, folder: &Path, program: &str, arguments: &[&str], remedy: &'static str) -> Result<(), Error> {
        let command = format!("{program} {}", arguments.join(" "));
        eprintln!("languages: {command}");
        let mut install = Command::new(program);
        let mut process = Guarded::spawn(install.args(arguments).current_dir(folder), remedy)?;
        let status = process.wait("installing what a language needs", LIMIT, self.interruption, |_| {})?;
        match status.success() {
            true => Ok(()),
            false => Err(Error::Install { command, status }),
        }
    }

    fn python(&self) -> Result<Vec<String>, Error> {
        const REMEDY: &str = "install Python (Debian, Ubuntu: apt-get install python3 python3-venv)";
        let folder = self.copy("python")?;
        let python = folder.join("environment/bin/python");
        let name = python.display().to_string();
        if !python.exists() {
            self.install(&folder, "python3", &["-m", "venv", "environment"], REMEDY)?;
        }
        self.install(&folder, &name, &["-m", "pip", "install", "--quiet", "-r", "requirements.txt"], REMEDY)?;
        Ok(vec![name, folder.join("exchange.py").display().to_string()])
    }

    fn node(&self) -> Result<Vec<String>, Error> {
        const REMEDY: &str = "install Node 20 or newer (Debian, Ubuntu: apt-get install nodejs npm)";
        let folder = self.copy("node")?;
        // No package here needs its scripts of installation.
        self.install(&folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"], REMEDY)?;
        Ok(vec!["node".to_owned(), folder.join("exchange.js").display().to_string()])
    }

    fn java(&self) -> Result<Vec<String>, Error> {
        const REMEDY: &str = "install a JDK (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless)";
        let folder = self.copy("java")?;
        let jars = artifacts::fetch("the libraries for Java", &self.sources.join("java/pom.xml"), self.interruption)?;
        let jars = jars.join("*").display().to_string();
        self.install(&folder, "javac", &["-cp", &jars, "-d", "classes", "Exchange.java", "NormalForm.java"], REMEDY)?;
        let path = format!("{}:{jars}", folder.join("classes").display());
        Ok(["java", "-cp", &path, "Exchange"].map(String::from).into())
    }

    fn go(&self) -> Result<Vec<String>, Error> {
        const REMEDY: &str =
            "install Go: the version in tests/languages/go/go.mod, or 1.21 or newer, which fetches that version";
        let folder = self.copy("go")?;
        self.install(&folder, "go", &["build", "-o", "exchange", "."], REMEDY)?;
        Ok(vec![folder.join("exchange").display().to_string()])
    }
}
