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

/// Which of the live and the soft-deleted are meant.
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
        if matches!(text, "latest" | "-1") {
            return Ok(Self::Latest);
        }
        match text.parse() {
            Ok(number @ 1..=0x7fff_ffff) => Ok(Self::Number(number)),
            _ => Err(Refusal::invalid_version(text)),
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
