//! Which Java runs the servers.

use std::path::PathBuf;
use std::process::Command;

use super::error::Error;

/// What to do when Java is missing.
pub(crate) const REMEDY: &str =
    "install a Java runtime (Debian, Ubuntu: apt-get install openjdk-17-jre-headless) or set JAVA_HOME";

/// The oldest Java that both servers run on.
const NEEDED: u32 = 17;

/// The `java` of JAVA_HOME, else the one on the path; an error when it is too old.
pub(crate) fn find() -> Result<PathBuf, Error> {
    let java = match std::env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        Some(home) => PathBuf::from(home).join("bin/java"),
        None => PathBuf::from("java"),
    };
    let name = java.display().to_string();
    let output = Command::new(&java).arg("-version").output().map_err(|source| Error::Program {
        program: name.clone(),
        remedy: REMEDY,
        source,
    })?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let Some(found) = feature_version(&said) else {
        return Err(Error::UnknownJava { java: name, said });
    };
    if found < NEEDED {
        return Err(Error::OldJava { java: name, found, needed: NEEDED });
    }
    Ok(java)
}

/// The number before the first dot of the quoted version. `1.8` is Java 8, and too old, as 1 is.
fn feature_version(said: &str) -> Option<u32> {
    let quoted = said.split('"').nth(1)?;
    let digits = quoted.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let check = |said: &str, expected| assert_eq!(feature_version(said), expected, "{said}");
        check("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment", Some(17));
        check("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"21\" 2023-09-19", Some(21));
        check("openjdk version \"25-ea\" 2025-09-16", Some(25));
        check("java version \"1.8.0_402\"", Some(1));
        check("", None);
        check("version \"next\"", None);
    }
}
