//! A cargo project in a temporary folder that uses this workspace's crates, as a user's project does.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::running::Running;

/// The folder of this workspace.
const WORKSPACE: &str = env!("CARGO_MANIFEST_DIR");

/// The name of the workspace's folder in what the README shows.
const WORKSPACE_AS_SHOWN: &str = "../kafka-typed";

pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// An empty project. It starts from the workspace's lock file, so that it builds with the versions that are there
    /// already.
    pub(crate) fn new() -> Project {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::copy(Path::new(WORKSPACE).join("Cargo.lock"), folder.path().join("Cargo.lock"))
            .expect("the workspace has a lock file");
        Project { folder }
    }

    /// Writes a file. Where the text names the workspace as the README does, it gets its real place.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a path inside the folder")).expect("folders can be made");
        std::fs::write(path, text.replace(WORKSPACE_AS_SHOWN, WORKSPACE)).expect("a file can be written");
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join(path)).expect("the file is there");
    }

    /// Runs cargo to its end.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("cargo runs")
    }

    /// Starts cargo, whose standard output can be read while it runs.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.command(arguments))
    }

    /// Cargo with the workspace's target folder, and without the variables that point at servers.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cargo();
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("KAFKA_") || name.starts_with("SCHEMA_REGISTRY_") {
                command.env_remove(&*name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target_folder())
            .env("CARGO_TERM_COLOR", "never");
        command
    }
}

/// Cargo as a person would start it: without what the cargo that runs this test has set for it. Build scripts that look
/// at these variables would run again, and all that depends on them would be compiled again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "OUT_DIR" {
            command.env_remove(&*name);
        }
    }
    command
}

/// The target folder that this test was built into: its file is in `<target>/debug/deps`.
fn target_folder() -> std::path::PathBuf {
    let binary = std::env::current_exe().expect("the test knows its own file");
    binary.ancestors().nth(3).expect("the test is three folders deep in the target folder").to_path_buf()
}

/// What a command printed, for assertions and their messages.
pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
