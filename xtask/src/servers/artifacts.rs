//! The servers' files: fetched once with Maven, kept in a cache folder outside the source tree.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::error::Error;
use super::interruption::Interruption;
use super::process::{self, Guarded};

const REMEDY: &str = "install Maven (Debian, Ubuntu: apt-get install maven), or name servers in KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL";

/// How long one run of Maven may take; on a slow line about 250 MB come in this time at 300 kB/s.
const LIMIT: Duration = Duration::from_secs(15 * 60);
/// Maven keeps what it has got, so a second run only fetches what a fault of the network left out.
const ATTEMPTS: u32 = 3;
/// How often a long download reports its progress.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// The folder with the files that a project description (`pom.xml`) names; Maven fills it when it is not there.
///
/// The folder's name carries a hash of the description, so another version gets another folder.
pub(crate) fn fetch(what: &'static str, description: &Path, interruption: &Interruption) -> Result<PathBuf, Error> {
    let text = std::fs::read_to_string(description).map_err(|source| Error::Path {
        action: "read",
        path: description.to_path_buf(),
        source,
    })?;
    let cache = cache_folder()?;
    let name = folder_name(description, &text);
    let folder = cache.join(&name);
    if folder.is_dir() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&cache).map_err(|source| Error::Path { action: "create", path: cache.clone(), source })?;
    let partial = tempfile::Builder::new()
        .prefix(&format!("{name}-partial-"))
        .tempdir_in(&cache)
        .map_err(|source| Error::Path { action: "create a folder in", path: cache.clone(), source })?;

    eprintln!("servers: fetching {what} with Maven, once (into {})", folder.display());
    let start = Instant::now();
    let files = partial.path().join("files");
    run_maven(what, description, &files, &partial.path().join("maven.log"), interruption)?;
    match std::fs::rename(&files, &folder) {
        Ok(()) => {}
        Err(_) if folder.is_dir() => {} // Another run was faster; its files are the same.
        Err(source) => return Err(Error::Path { action: "move the fetched files to", path: folder, source }),
    }
    eprintln!(
        "servers: {what} is there: {} MB after {:.0} s",
        folder_bytes(&folder) / 1_000_000,
        start.elapsed().as_secs_f64()
    );
    Ok(folder)
}

fn run_maven(
    what: &'static str,
    description: &Path,
    destination: &Path,
    log: &Path,
    interruption: &Interruption,
) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        let mut command = Command::new("mvn");
        command
            // -U: an artifact that could not be found once is looked for again.
            .args(["-B", "-U", "-Dstyle.color=never", "-Dmaven.wagon.rto=60000", "-f"])
            .arg(description)
            .arg(format!("-Ddestination={}", destination.display()))
            .arg("generate-resources");
        process::log_to(&mut command, log)?;
        let mut next_progress = PROGRESS_EVERY;
        let status =
            Guarded::spawn(&mut command, REMEDY)?.wait("fetching with Maven", LIMIT, interruption, |elapsed| {
                if elapsed >= next_progress {
                    next_progress += PROGRESS_EVERY;
                    let progress = Progress::of_log(&std::fs::read_to_string(log).unwrap_or_default());
                    eprintln!("servers: {what}, {} s: {progress}", elapsed.as_secs());
                }
            })?;
        if status.success() {
            return Ok(());
        }
        if attempt == ATTEMPTS {
            return Err(Error::Fetch { what, status, output: process::tail(log) });
        }
        eprintln!("servers: Maven failed ({status}); attempt {} of {ATTEMPTS}", attempt + 1);
        attempt += 1;
    }
}

/// How far Maven is, by its own log.
#[derive(Debug, PartialEq)]
struct Progress {
    files: usize,
    current: Option<String>,
}

impl Progress {
    fn of_log(log: &str) -> Progress {
        let mut progress = Progress { files: 0, current: None };
        for line in log.lines() {
            let line = line.trim_start_matches("[INFO] ");
            if line.starts_with("Downloaded from ") {
                progress.files += 1;
                progress.current = None;
            } else if line.starts_with("Downloading from ") {
                progress.current = line.rsplit('/').next().map(String::from);
            }
        }
        progress
    }
}

impl std::fmt::Display for Progress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} files downloaded", self.files)?;
        match &self.current {
            Some(name) => write!(formatter, ", now {name}"),
            None => Ok(()),
        }
    }
}

fn cache_folder() -> Result<PathBuf, Error> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = match (set("XDG_CACHE_HOME"), set("HOME")) {
        (Some(caches), _) => caches,
        (None, Some(home)) => home.join(".cache"),
        (None, None) => return Err(Error::NoCacheFolder),
    };
    Ok(caches.join("kafka-typed").join("real"))
}

/// `kafka-0123456789abcdef` for `…/kafka/pom.xml`.
fn folder_name(description: &Path, text: &str) -> String {
    let server = description.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    // It is the same in every process; should a newer compiler change it, the files are fetched again.
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{server}-{:016x}", hasher.finish())
}

/// The size of all files below a folder, as far as they can be read: it is only printed.
fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_from_the_log() {
        let check = |log: &str, files, current: Option<&str>| {
            assert_eq!(Progress::of_log(log), Progress { files, current: current.map(String::from) }, "{log}");
        };
        let first =
            "[INFO] Scanning for projects...\n[INFO] Downloading from there: https://repository.test/a/a-1.jar\n";
        let second = "[INFO] Downloaded from there: https://repository.test/a/a-1.jar (2.1 MB at 1.6 MB/s)\n";
        check("", 0, None);
        check(first, 0, Some("a-1.jar"));
        check(&[first, second].concat(), 1, None);
        check(&[first, second, first].concat(), 1, Some("a-1.jar"));
    }

    #[test]
    fn another_description_gets_another_folder() {
        let description = Path::new("tests/real/kafka/pom.xml");
        let (one, two) = (folder_name(description, "4.3.1"), folder_name(description, "4.4.0"));
        assert_ne!(one, two);
        assert_eq!(one, folder_name(description, "4.3.1"));
        assert!(one.starts_with("kafka-") && one.len() == "kafka-".len() + 16, "{one}");
    }

    #[test]
    fn sizes_of_nested_files_are_added() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("lib")).expect("a folder in it");
        std::fs::write(folder.path().join("a.jar"), [0; 10]).expect("a file");
        std::fs::write(folder.path().join("lib/b.jar"), [0; 32]).expect("a file");
        assert_eq!(folder_bytes(folder.path()), 42);
    }
}
