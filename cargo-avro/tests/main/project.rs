//! Folders to run the command in, and servers to run it against.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use kafka_typed::embedded::Embedded;
use schema_registry::server::Server;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// A record of one field, in version 1.
pub(crate) const CUSTOMER: &str = r#"{
  "type": "record",
  "name": "Customer",
  "namespace": "com.example",
  "fields": [
    {"name": "id", "type": "long"},
    {"name": "phone", "type": "string"}
  ]
}
"#;

/// Version 2, which consumers of version 1 can read, and which can read version 1.
pub(crate) const CUSTOMER_WITH_NOTE: &str = r#"{
  "type": "record",
  "name": "Customer",
  "namespace": "com.example",
  "fields": [
    {"name": "id", "type": "long"},
    {"name": "phone", "type": "string"},
    {"name": "note", "type": ["null", "string"], "default": null}
  ]
}
"#;

/// Neither can read the other.
pub(crate) const BROKEN_CUSTOMER: &str = r#"{
  "type": "record",
  "name": "Customer",
  "namespace": "com.example",
  "fields": [
    {"name": "id", "type": "long"},
    {"name": "email", "type": "string"}
  ]
}
"#;

/// The workspace that this test is of.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What was printed, with the same name for the checkout on every machine.
pub(crate) fn checkout_as_shown(text: &str) -> String {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate is a folder of the workspace");
    text.replace(&checkout.display().to_string(), "/home/me/kafka-typed")
}

/// A folder, and what is in the environment.
pub(crate) struct Project {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) errors: String,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: tempfile::tempdir().expect("a temporary folder"), environment: Vec::new() };
        files.iter().for_each(|(path, text)| project.write(path, text));
        project
    }

    /// With a customer in its schemas.
    pub(crate) fn of_customers() -> Project {
        Project::new(&[("schemas/customer.avsc", CUSTOMER)])
    }

    pub(crate) fn set(&mut self, variable: &str, value: &str) {
        self.environment.push((variable.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("files are in folders")).expect("folders can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs `cargo-avro avro …`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, b"")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-avro"));
        command.arg("avro").args(arguments);
        self.finish(command, input)
    }

    /// Runs a line of a shell, in which `cargo avro` is this one.
    pub(crate) fn shell(&self, line: &str) -> Ran {
        self.shell_in(self.folder.path(), line)
    }

    /// The same, in another folder.
    pub(crate) fn shell_in(&self, folder: &Path, line: &str) -> Ran {
        let binary = format!("{} avro", env!("CARGO_BIN_EXE_cargo-avro"));
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{{ {} ; }} 2>&1", line.replace("cargo avro", &binary)));
        command.current_dir(folder);
        self.finish(command, b"")
    }

    /// Runs cargo, with the lock file of this workspace and in the folder that this test was built in, so that nothing
    /// is compiled twice.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Ran {
        std::fs::copy(Path::new(CHECKOUT).join("Cargo.lock"), self.path("Cargo.lock")).expect("there is a lock file");
        let binary = Path::new(env!("CARGO_BIN_EXE_cargo-avro"));
        let target = binary.ancestors().nth(2).expect("a binary is two folders deep in the target folder");
        let mut command = Command::new(env!("CARGO"));
        // Build scripts that look at these variables would run again, and all that depends on them.
        for (name, _) in std::env::vars_os() {
            let shown = name.to_string_lossy();
            if shown.starts_with("CARGO_PKG_") || shown.starts_with("CARGO_MANIFEST_") || shown == "OUT_DIR" {
                command.env_remove(&name);
            }
        }
        command.args(arguments).env("CARGO_TARGET_DIR", target);
        self.finish(command, b"")
    }

    /// Starts `cargo-avro avro …` and does not wait for its end.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-avro"));
        command.arg("avro").args(arguments);
        self.spawn(command)
    }

    fn spawn(&self, mut command: Command) -> Child {
        for variable in std::env::vars_os().map(|(variable, _)| variable) {
            let name = variable.to_string_lossy();
            if name.starts_with("SCHEMA_REGISTRY_") || name.starts_with("KAFKA_") || name.starts_with("GIT_") {
                command.env_remove(&variable);
            }
        }
        if command.get_current_dir().is_none() {
            command.current_dir(self.folder.path());
        }
        command.envs(self.environment.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the command starts")
    }

    fn finish(&self, command: Command, input: &[u8]) -> Ran {
        let mut child = self.spawn(command);
        // A command that looks at no input may have ended already.
        let _ = child.stdin.take().expect("its input is a pipe").write_all(input);
        let output = child.wait_with_output().expect("the command ends");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            bytes: output.stdout,
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.errors);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.errors))
    }

    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let parsed = self.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON"));
        parsed.collect()
    }

    /// What people see, in one text.
    pub(crate) fn all(&self) -> String {
        let code = if self.code == 0 { String::new() } else { format!("(exit code {})\n", self.code) };
        format!("{}{}{code}", self.errors, self.out)
    }
}

/// A registry that runs as long as this lives.
pub(crate) struct Registry {
    runtime: Runtime,
    server: Server,
}

impl Registry {
    pub(crate) fn start() -> Registry {
        let runtime = Runtime::new().expect("threads");
        let server = runtime.block_on(Server::start()).expect("a free port");
        Registry { runtime, server }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn client(&self) -> schema_registry::SchemaRegistry {
        schema_registry::SchemaRegistry::new(&self.url()).expect("a client")
    }

    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }
}

/// A broker and a registry that run as long as this lives.
pub(crate) struct Servers {
    runtime: Runtime,
    pub(crate) embedded: Embedded,
}

impl Servers {
    pub(crate) fn start() -> Servers {
        let runtime = Runtime::new().expect("threads");
        let embedded = runtime.block_on(Embedded::start()).expect("free ports");
        Servers { runtime, embedded }
    }

    /// Waits for what a test itself asks of them.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs something beside the commands.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.runtime.spawn(future)
    }

    /// Lets the commands of a project use these.
    pub(crate) fn serve(&self, project: &mut Project) {
        project.set("KAFKA_BOOTSTRAP_SERVERS", self.embedded.bootstrap_servers());
        project.set("SCHEMA_REGISTRY_URL", self.embedded.schema_registry_url());
    }
}
