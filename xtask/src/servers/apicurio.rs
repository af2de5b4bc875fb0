//! Apicurio Registry, which speaks the Confluent API; it keeps its schemas in memory.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Started;
use super::error::Error;
use super::http;
use super::interruption::Interruption;
use super::port::free_ports;
use super::process::Server;

const NAME: &str = "Apicurio Registry";
/// Where the Confluent API is.
const API: &str = "/apis/ccompat/v7";
/// It takes about ten seconds; the rest is for machines that do much else.
const READY_WITHIN: Duration = Duration::from_secs(180);

/// Starts the registry in `folder` and waits until its Confluent API answers.
pub(crate) fn start(java: &Path, files: &Path, folder: &Path, interruption: &Interruption) -> Result<Started, Error> {
    let [port] = free_ports()?;
    let mut command = Command::new(java);
    command
        .args(["-Xmx512m", "-jar"])
        .arg(find_jar(files)?)
        .env("QUARKUS_HTTP_HOST", "127.0.0.1")
        .env("QUARKUS_HTTP_PORT", port.to_string())
        // The level that Confluent's registry has by default; the default of this registry is to check nothing.
        .env("APICURIO_RULES_GLOBAL_COMPATIBILITY", "BACKWARD")
        .current_dir(folder);
    let mut server = Server::spawn(NAME, &mut command, folder.join("apicurio.log"))?;
    server.wait_until_ready(READY_WITHIN, interruption, || http::get_ok(port, &format!("{API}/subjects")))?;
    Ok(Started { server, address: format!("http://127.0.0.1:{port}{API}") })
}

/// The jar that starts the registry: `…-runner.jar` up to 3.0, `quarkus-run.jar` later.
fn find_jar(files: &Path) -> Result<PathBuf, Error> {
    let entries = std::fs::read_dir(files).map_err(|source| Error::Path {
        action: "read the folder",
        path: files.to_path_buf(),
        source,
    })?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut jars = names.filter(|name| name.ends_with("-runner.jar") || name == "quarkus-run.jar");
    match jars.next() {
        Some(name) => Ok(files.join(name)),
        None => Err(Error::NoRegistryJar { folder: files.to_path_buf() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], expected: Option<&str>) {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            std::fs::write(folder.path().join(file), "").expect("a file");
        }
        let found = find_jar(folder.path()).ok();
        assert_eq!(found, expected.map(|name| folder.path().join(name)), "{files:?}");
    }

    #[test]
    fn the_jar_is_found_in_both_layouts() {
        check(&["apicurio-registry-app-3.0.9-runner.jar", "notes.txt"], Some("apicurio-registry-app-3.0.9-runner.jar"));
        check(&["quarkus-run.jar", "quarkus-app-dependencies.txt"], Some("quarkus-run.jar"));
        check(&["other.jar"], None);
    }
}
