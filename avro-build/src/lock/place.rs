//! Where the file of a version is in the lock folder.

use std::path::{Path, PathBuf};

use avro_model::crc64_avro;

use super::LockedVersion;

/// File systems take names of up to 255 bytes.
const MOST_BYTES: usize = 200;

/// What names a file with a hash for what was cut off: no encoded subject has it.
const CUT: char = '~';

/// The extension of lock files.
pub(super) const EXTENSION: &str = "json";

/// The file of a version.
pub(super) fn path_of(folder: &Path, version: &LockedVersion) -> PathBuf {
    folder.join(file_stem(&version.subject)).join(file_name(version.version))
}

/// The file of a version in the folder of its subject.
pub(super) fn file_name(version: u32) -> String {
    format!("{version}.{EXTENSION}")
}

/// A name for a file or a folder of what a subject or a type is called: everything is percent-encoded that a file
/// system could take amiss, and a long name is cut and gets a hash. Different names become different ones.
///
/// ```
/// use avro_build::lock::file_stem;
///
/// assert_eq!(file_stem("com.example.Customer"), "com.example.Customer");
/// assert_eq!(file_stem("../:.team:t-value"), "%2E.%2F%3A.team%3At-value");
/// assert!(file_stem(&"a".repeat(300)).len() < 255);
/// ```
#[must_use]
pub fn file_stem(subject: &str) -> String {
    let mut name = String::with_capacity(subject.len());
    for (index, byte) in subject.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        // A first dot hides a folder, and some systems lose a last one.
        let is_outer_dot = byte == b'.' && (index == 0 || index + 1 == subject.len());
        if is_plain && !is_outer_dot {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    if let Some(first) = name.bytes().next().filter(|_| is_reserved(&name)) {
        name.replace_range(..1, &format!("%{first:02X}"));
    }
    if name.len() > MOST_BYTES {
        name.truncate(MOST_BYTES);
        name.push_str(&format!("{CUT}{:016x}", crc64_avro(subject.as_bytes())));
    }
    name
}

/// Names that mean devices on Windows, whatever follows the first dot.
fn is_reserved(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_become_names_that_every_file_system_takes() {
        for (subject, expected) in [
            ("customer-value", "customer-value"),
            ("com.example.crm.Customer", "com.example.crm.Customer"),
            (":.staging:customer-value", "%3A.staging%3Acustomer-value"),
            ("a/b\\c", "a%2Fb%5Cc"),
            ("..", "%2E%2E"),
            (".hidden.", "%2Ehidden%2E"),
            ("a.", "a%2E"),
            ("50%", "50%25"),
            ("é~", "%C3%A9%7E"),
            ("con", "%63on"),
            ("Aux.events", "%41ux.events"),
            ("com1", "%63om1"),
            ("com10", "com10"),
            ("com.example", "com.example"),
        ] {
            assert_eq!(file_stem(subject), expected, "of {subject}");
        }
    }

    #[test]
    fn long_subjects_are_cut_and_told_apart() {
        let long = |last: &str| format!("{}{last}", "orders/".repeat(40));
        let (one, other) = (file_stem(&long("a")), file_stem(&long("b")));
        assert!(one.len() < 255 && other.len() < 255);
        assert_ne!(one, other);
    }
}
