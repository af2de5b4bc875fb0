//! Compatibility levels.

use std::fmt;
use std::str::FromStr;

/// What is asked of a new version of a subject. BACKWARD means that the new schema reads data written with the old one,
/// FORWARD that the old one reads data written with the new one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompatibilityLevel {
    /// Anything may follow.
    None,
    /// The new schema reads the latest version. What a registry asks unless told otherwise.
    #[default]
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
    #[must_use]
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

    /// Whether the new schema has to read what was written before.
    #[must_use]
    pub const fn is_backward(self) -> bool {
        matches!(self, Self::Backward | Self::BackwardTransitive | Self::Full | Self::FullTransitive)
    }

    /// Whether what the new schema writes has to be readable with earlier versions.
    #[must_use]
    pub const fn is_forward(self) -> bool {
        matches!(self, Self::Forward | Self::ForwardTransitive | Self::Full | Self::FullTransitive)
    }

    /// Whether all earlier versions count, and not just the latest.
    #[must_use]
    pub const fn is_transitive(self) -> bool {
        matches!(self, Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive)
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

#[cfg(test)]
mod tests {
    use super::CompatibilityLevel;

    #[test]
    fn levels_are_read_as_they_are_written() {
        for level in CompatibilityLevel::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
            assert_eq!(level.as_str().to_lowercase().parse(), Ok(level));
        }
        let error = "SIDEWAYS".parse::<CompatibilityLevel>().expect_err("no such level");
        assert!(error.to_string().contains("`SIDEWAYS`"), "{error}");
    }
}
