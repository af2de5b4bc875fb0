//! What a run was made on, and with which versions.

use std::path::Path;
use std::process::{Command, Stdio};

/// Crates whose versions matter: names in `Cargo.lock`.
const CRATES: [&str; 7] =
    ["apache-avro", "serde_avro_fast", "rsgen-avro", "prost", "bincode", "rdkafka", "rdkafka-sys"];

pub(super) fn environment(workspace_root: &Path) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut add = |name: &str, value: Option<String>| rows.extend(value.map(|value| (name.to_owned(), value)));
    add("processor", processor());
    add("system", first_line("uname", &["-srm"]));
    add("load before the run", load());
    add("rustc", first_line("rustc", &["--version"]));
    add("profile", Some("fat LTO, one codegen unit, no target-cpu".to_owned()));
    let lock = std::fs::read_to_string(workspace_root.join("Cargo.lock")).unwrap_or_default();
    for name in CRATES {
        add(name, newest(&lock, name));
    }
    rows
}

/// Today, in UTC.
pub(super) fn today() -> String {
    first_line("date", &["-u", "+%F"]).unwrap_or_else(|| "unknown".to_owned())
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let model =
        text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name))?;
    let count = std::thread::available_parallelism().ok()?;
    Some(format!("{count} cores of {model}"))
}

/// How many others wanted to run: a run on a busy machine is worth less.
fn load() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

/// The last version of a package in a lock file, which is sorted.
fn newest(lock: &str, name: &str) -> Option<String> {
    let head = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(head.as_str())?;
    rest.split_once('"').map(|(version, _)| version.to_owned())
}

/// `None` where there is no such program, or it fails.
pub(super) fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_lock() {
        let lock = "[[package]]\nname = \"prost\"\nversion = \"0.13.5\"\n\n[[package]]\nname = \"prost\"\nversion = \"0.14.6\"\n";
        assert_eq!(newest(lock, "prost").as_deref(), Some("0.14.6"));
        assert_eq!(newest(lock, "pros"), None);
    }
}
