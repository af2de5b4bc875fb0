//! Builds the program with the operations, and runs each of them below valgrind.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Error;
use super::record::{Environment, Record};
use crate::{cargo, progress};

/// The program of `benches` and its function whose instructions count.
const PROGRAM: &str = "instructions";
const COUNTED_FUNCTION: &str = "*counted_pass*";

/// The C library chooses its copying loops by what the processor can do: without these, they are the same on all
/// machines of one architecture.
const PLAIN_PROCESSOR: (&str, &str) =
    ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX_Fast_Unaligned_Load,-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM");

/// Counts every operation.
pub(super) fn count(workspace_root: &Path) -> Result<Record, Error> {
    // Without it, the build would be in vain.
    run(Command::new("valgrind").arg("--version"), "valgrind", "install valgrind (`apt-get install valgrind`)")?;
    let program = build(workspace_root)?;
    let list = run(Command::new(&program).arg("--list"), PROGRAM, "build it again")?;
    let operations: Vec<&str> = list.lines().collect();
    let mut record = Record::new(environment()?);
    let bar = progress::bar("counting", operations.len());
    for operation in operations {
        record.add(operation, count_one(workspace_root, &program, operation)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(record)
}

/// Instructions per message.
fn count_one(workspace_root: &Path, program: &Path, operation: &str) -> Result<f64, Error> {
    let path = cargo::target_folder(workspace_root).join("callgrind.out");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind", &format!("--toggle-collect={COUNTED_FUNCTION}")]);
    command.arg(format!("--callgrind-out-file={}", path.display()));
    command.arg(program).arg(operation).env(PLAIN_PROCESSOR.0, PLAIN_PROCESSOR.1);
    let printed = run(&mut command, "valgrind", "install valgrind (`apt-get install valgrind`)")?;
    let not_printed = |what| Error::NotPrinted { command: format!("valgrind … {PROGRAM} '{operation}'"), what };
    let messages: u32 = printed.trim().parse().map_err(|_| not_printed("a number of messages"))?;
    let report =
        std::fs::read_to_string(&path).map_err(|source| Error::Path { action: "read", path: path.clone(), source })?;
    let total = total(&report).ok_or_else(|| not_printed("how many instructions it counted"))?;
    Ok(total / f64::from(messages))
}

/// The sum that a report of callgrind has, if anything was counted.
fn total(report: &str) -> Option<f64> {
    let sum = report.lines().find_map(|line| line.strip_prefix("summary: "))?;
    sum.trim().parse().ok().filter(|total| *total > 0.0)
}

/// As the benchmarks are built.
fn build(workspace_root: &Path) -> Result<PathBuf, Error> {
    let mut command = cargo::command();
    command.current_dir(workspace_root);
    command.args(["build", "--quiet", "--locked", "--profile", "bench", "--package", "benches", "--bin", PROGRAM]);
    command.arg("--message-format=json-render-diagnostics");
    let messages = run(&mut command, "cargo", "install Rust with rustup")?;
    let mut programs = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    let command = format!("cargo build --package benches --bin {PROGRAM}");
    programs.next_back().ok_or(Error::NotPrinted { command, what: "where the program is" })
}

fn environment() -> Result<Environment, Error> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = run(Command::new(rustc).arg("-vV"), "rustc", "install Rust with rustup")?;
    let value = |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown").to_owned();
    // Systems without it have another C library.
    let libc = run(Command::new("getconf").arg("GNU_LIBC_VERSION"), "getconf", "it belongs to the C library");
    let libc = libc.map_or_else(|_| "unknown".to_owned(), |version| version.trim().to_owned());
    Ok(Environment { rustc: value("release: "), host: value("host: "), libc })
}

/// What a command prints, when it succeeds.
fn run(command: &mut Command, program: &'static str, remedy: &'static str) -> Result<String, Error> {
    let output = command.stdin(Stdio::null()).output().map_err(|source| Error::Program { program, remedy, source })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Failed { command: program.to_owned(), output });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_its_sum_in_one_line() {
        assert_eq!(total("events: Ir\nsummary: 1234\n\nfn=x\n"), Some(1234.0));
        assert_eq!(total("events: Ir\nsummary: 0\n"), None, "nothing was counted: the function has another name");
        assert_eq!(total("events: Ir\n"), None);
    }
}
