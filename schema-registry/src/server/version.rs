//! Versions of a subject, and how requests name them. No I/O.

use std::fmt;

use super::refusal::Refusal;
use crate::frame::SchemaId;

/// One version of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) number: u32,
    pub(super) id: SchemaId,
    /// Soft-deleted: it no longer counts, but its id still answers.
    pub(super) deleted: bool,
}

/// Whether live versions, soft-deleted ones or both are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    Live,
    All,
    DeletedOnly,
}

/// How a request names a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionName {
    Latest,
    Number(u32),
}

impl Include {
    pub(super) fn covers(self, version: &Version) -> bool {
        match self {
            Self::Live => !version.deleted,
            Self::All => true,
            Self::DeletedOnly => version.deleted,
        }
    }
}

impl VersionName {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let trimmed = text.trim();
        if trimmed.eq_ignore_ascii_case("latest") {
            return Ok(Self::Latest);
        }
        let number = trimmed.parse().ok().and_then(Self::of_number);
        number.ok_or_else(|| Refusal::invalid_version(text))
    }

    /// -1 means the latest.
    pub(crate) fn of_number(number: i32) -> Option<Self> {
        match number {
            -1 => Some(Self::Latest),
            1.. => u32::try_from(number).ok().map(Self::Number),
            _ => None,
        }
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => formatter.write_str("latest"),
            Self::Number(number) => number.fmt(formatter),
        }
    }
}
