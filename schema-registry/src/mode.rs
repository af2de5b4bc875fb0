//! Modes: what a registry, a context or a subject allows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whether schemas may be registered and deleted, and who assigns ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Mode {
    /// Both are allowed; the registry assigns ids.
    #[default]
    Readwrite,
    /// Neither.
    Readonly,
    /// Neither, whatever the modes of the subjects are. Only the whole registry can be in this mode.
    ReadonlyOverride,
    /// Both, and what is registered brings its id with it: for moving schemas from one registry to another.
    /// Compatibility is not checked.
    Import,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Readwrite, Self::Readonly, Self::ReadonlyOverride, Self::Import];

    /// The mode's name in the registry's API, such as `READONLY_OVERRIDE`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Readwrite => "READWRITE",
            Self::Readonly => "READONLY",
            Self::ReadonlyOverride => "READONLY_OVERRIDE",
            Self::Import => "IMPORT",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|mode| mode.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| UnknownMode { text: text.to_owned() })
    }
}

/// The text is not the name of a mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a mode: use READWRITE, READONLY, READONLY_OVERRIDE or IMPORT")]
pub struct UnknownMode {
    text: String,
}

#[cfg(test)]
mod tests {
    use super::Mode;

    #[test]
    fn modes_are_read_as_they_are_written() {
        for mode in Mode::ALL {
            assert_eq!(mode.to_string().to_lowercase().parse(), Ok(mode));
            let json = serde_json::to_string(&mode).expect("a mode is JSON");
            assert_eq!(json, format!("\"{mode}\""));
        }
        let error = "WRITEONLY".parse::<Mode>().expect_err("no such mode");
        assert!(error.to_string().contains("`WRITEONLY`"), "{error}");
    }
}
