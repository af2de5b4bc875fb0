//! Cargo on the root package, whose tests and examples are what runs against servers.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::cargo;
use crate::servers::error::Error;
use crate::servers::interruption::Interruption;
use crate::servers::process::Guarded;

pub(crate) const PACKAGE: &str = "kafka-typed-reference";
const REMEDY: &str = "install Rust with rustup";
/// Half of this is for building; the tests have limits of their own.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// Builds the tests and, where they are run, the examples, so that no server waits for the compiler, and code that
/// does not compile shows no server's log.
pub(crate) fn build(workspace_root: &Path, needs_examples: bool, interruption: &Interruption) -> Result<(), Error> {
    run_cargo(workspace_root, &[], &["test", "--no-run", "--package", PACKAGE, "--test", "main"], interruption)?;
    match needs_examples {
        true => run_cargo(workspace_root, &[], &["build", "--package", PACKAGE, "--examples"], interruption),
        false => Ok(()),
    }
}

/// Runs cargo, which shows what it prints itself.
pub(crate) fn run_cargo(
    workspace_root: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    interruption: &Interruption,
) -> Result<(), Error> {
    run(workspace_root, environment, arguments, interruption, Stdio::inherit(), |_| |_| {})
}

/// Runs cargo. What `started` returns is called some times a second while it runs, and with `true` once it has ended.
pub(crate) fn run<F: FnMut(bool)>(
    workspace_root: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    interruption: &Interruption,
    stdout: Stdio,
    started: impl FnOnce(&mut Guarded) -> F,
) -> Result<(), Error> {
    let shown = format!("cargo {}", arguments.join(" "));
    eprintln!("servers: {shown}");
    let mut command = cargo::command();
    command.args(arguments).current_dir(workspace_root).envs(environment.iter().copied());
    let mut process = Guarded::spawn(command.stdin(Stdio::null()).stdout(stdout), REMEDY)?;
    let mut beside = started(&mut process);
    let status = process.wait("running the checks", LIMIT, interruption, |_| beside(false))?;
    beside(true);
    if !status.success() {
        return Err(Error::Check { command: shown, status });
    }
    Ok(())
}
