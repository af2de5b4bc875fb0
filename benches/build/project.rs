//! A crate that is built again and again with other code.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MOST_SECONDS: u32 = 300;
const MOST_KILOBYTES: u32 = 6 << 20;

/// A cargo project in a folder for temporary files.
pub(crate) struct Project {
    folder: PathBuf,
}

/// How the crate is built.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Check,
    Debug,
    Release,
}

/// What a build took.
pub(crate) enum Cost {
    Built { seconds: f64, megabytes: u64 },
    OverTheLimit,
}

impl Mode {
    pub(crate) const ALL: [Mode; 3] = [Mode::Check, Mode::Debug, Mode::Release];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Mode::Check => "check",
            Mode::Debug => "debug",
            Mode::Release => "release",
        }
    }

    fn arguments(self) -> &'static str {
        match self {
            Mode::Check => "check",
            Mode::Debug => "build",
            Mode::Release => "build --release",
        }
    }
}

impl Project {
    /// Writes the project, and builds what it depends on, so that this is not measured.
    pub(crate) fn new(folder: &Path) -> Result<Project, Box<dyn Error>> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace is above this package")?;
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"measured\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             avro-typed = {{ path = {:?} }}\napache-avro = \"*\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n",
            workspace.join("avro-typed")
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let project = Project { folder: folder.to_owned() };
        for mode in Mode::ALL {
            fs::write(project.library(), "")?;
            let command = format!("cargo {} --quiet", mode.arguments());
            if !project.shell(&command).status()?.success() {
                return Err(format!("`{command}` failed in {}", folder.display()).into());
            }
        }
        Ok(project)
    }

    /// Builds the crate with `code`.
    pub(crate) fn measure(&self, code: &str, mode: Mode) -> Result<Cost, Box<dyn Error>> {
        fs::write(self.library(), code)?;
        let measured = self.folder.join("measured.txt");
        let command = format!(
            "ulimit -v {MOST_KILOBYTES}; exec timeout {MOST_SECONDS} \
             env time --quiet --format '%U %S %M' --output measured.txt cargo {} --quiet",
            mode.arguments()
        );
        let _ = fs::remove_file(&measured);
        let output = self.shell(&command).stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            // An error in the code is a mistake of a generator, and no measurement.
            return if message.contains("error[") { Err(message.into()) } else { Ok(Cost::OverTheLimit) };
        }
        let text = fs::read_to_string(&measured)?;
        let numbers: Vec<&str> = text.split_whitespace().collect();
        let [user, system, kilobytes] = numbers[..] else {
            return Err(format!("`time` wrote what cannot be read: {text}").into());
        };
        let seconds = user.parse::<f64>()? + system.parse::<f64>()?;
        Ok(Cost::Built { seconds, megabytes: kilobytes.parse::<u64>()? >> 10 })
    }

    fn library(&self) -> PathBuf {
        self.folder.join("src/lib.rs")
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(&self.folder);
        // Incremental builds store more than they build, and the target folder is the project's own.
        shell.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", self.folder.join("target"));
        shell
    }
}
