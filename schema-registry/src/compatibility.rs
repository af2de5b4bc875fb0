//! Compatibility levels, and the answer of a compatibility check.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a registry asks of a new version of a subject. BACKWARD means that the new schema reads data
/// written with the old one, FORWARD that the old one reads data written with the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum CompatibilityLevel {
    /// Anything may be registered.
    None,
    /// The new schema reads the latest version. What a registry asks unless told otherwise.
    Backward,
    /// The new schema reads every version.
    BackwardTransitive,
    /// The latest version reads the new schema.
    Forward,
    /// Every version reads the new schema.
    ForwardTransitive,
    /// Backward and forward against the latest version.
    Full,
    /// Backward and forward against every version.
    FullTransitive,
}

impl CompatibilityLevel {
    /// Every level, the laxest first.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Backward,
        Self::BackwardTransitive,
        Self::Forward,
        Self::ForwardTransitive,
        Self::Full,
        Self::FullTransitive,
    ];

    /// The level's name in the registry's API, such as `BACKWARD_TRANSITIVE`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Backward => "BACKWARD",
            Self::BackwardTransitive => "BACKWARD_TRANSITIVE",
            Self::Forward => "FORWARD",
            Self::ForwardTransitive => "FORWARD_TRANSITIVE",
            Self::Full => "FULL",
            Self::FullTransitive => "FULL_TRANSITIVE",
        }
    }
}

impl fmt::Display for CompatibilityLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for CompatibilityLevel {
    type Err = UnknownCompatibilityLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownCompatibilityLevel { text: text.to_owned() })
    }
}

/// The text is not the name of a compatibility level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a compatibility level: use NONE, BACKWARD, BACKWARD_TRANSITIVE, FORWARD, \
     FORWARD_TRANSITIVE, FULL or FULL_TRANSITIVE"
)]
pub struct UnknownCompatibilityLevel {
    text: String,
}

/// Which versions of a subject a schema is checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckAgainst {
    /// Those that the subject's level asks for: what registering would check. A subject without versions
    /// is compatible with everything.
    Configured,
    /// The latest version, in the directions of the subject's level.
    Latest,
    /// This version, in the directions of the subject's level.
    Version(u32),
}

/// The answer of a compatibility check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compatibility {
    /// Whether the schema could be registered.
    pub is_compatible: bool,
    /// What is incompatible, in the registry's words; empty when nothing is.
    pub messages: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::CompatibilityLevel;

    #[test]
    fn levels_are_read_as_they_are_written() {
        for level in CompatibilityLevel::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
            assert_eq!(level.as_str().to_lowercase().parse(), Ok(level));
            let json = serde_json::to_string(&level).expect("a level is JSON");
            assert_eq!(json, format!("\"{level}\""));
        }
        let error = "SIDEWAYS".parse::<CompatibilityLevel>().expect_err("no such level");
        assert!(error.to_string().contains("`SIDEWAYS`"), "{error}");
    }
}
