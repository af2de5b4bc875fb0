//! A difference because of which a schema may not be the next version, as a sentence.

use std::fmt;

use super::BaselineName;
use crate::resolution::Mismatch;
use crate::resolution::cause::Cause;

/// Who could not read whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The new schema could not read what was written with the baseline: old messages are lost to new consumers.
    Backward,
    /// The baseline could not read what the new schema writes: new messages are lost to old consumers.
    Forward,
}

/// Why a schema may not follow a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What the new schema was compared with.
    pub baseline: BaselineName,
    /// Who could not read whom.
    pub direction: Direction,
    /// What differs. Its reader is the new schema when the direction is backward, and the baseline when it is forward.
    pub mismatch: Mismatch,
}

impl Difference {
    /// Whether the new schema is the mismatch's reader.
    #[must_use]
    pub fn reader_is_new(&self) -> bool {
        self.direction == Direction::Backward
    }

    /// What happens to whom, and why, for people: no word of readers and writers.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (baseline, reason) = (&self.baseline, self.reason());
        match self.direction {
            Direction::Backward => format!("the new schema cannot read the messages of {baseline}: {reason}"),
            Direction::Forward => {
                format!("consumers that still use {baseline} cannot read the new messages: {reason}")
            }
        }
    }

    /// The part of the sentence after the colon.
    fn reason(&self) -> String {
        let is_new = self.reader_is_new();
        // "it" is the new schema, "they" are consumers that use the baseline.
        let it = |singular: &'static str, plural: &'static str| if is_new { singular } else { plural };
        let old = self.baseline.to_string();
        let writer = if is_new { old.as_str() } else { "the new schema" };
        match &self.mismatch.cause {
            Cause::MissingField { record, field, .. } => {
                let (needs, still) = (it("it needs", "they need"), it("does not write", "no longer writes"));
                format!("{needs} `{field}`, which {record} of {writer} {still} and which has no default")
            }
            Cause::UselessDefault { record, field, reason } => {
                format!("{} default of `{field}` in {record} is unusable: {reason}", it("its", "their"))
            }
            Cause::MissingSymbols { name, symbols } => {
                let (its, symbols) = (it("its", "their"), symbols.join(", "));
                format!("{its} enum {name} lacks {symbols}, which {writer} may write, and has no default")
            }
            Cause::OtherName { written, read } => {
                let (knows, has) = (it("it knows", "they know"), it("has no alias", "have no alias"));
                let who = it("it", "they");
                format!("{knows} {read} where {writer} has {written}, and {who} {has} for that name")
            }
            Cause::OtherSize { name, written, read } => {
                let expects = it("it expects", "they expect");
                format!("the fixed {name} of {writer} has {written} bytes, and {expects} {read}")
            }
            Cause::OtherType { place, written, read, in_union } => {
                let (is, expects) = (if *in_union { "may be" } else { "is" }, it("it expects", "they expect"));
                format!("{place} {is} {written} in {writer}, and {expects} {read}")
            }
            Cause::OtherLogicalType { reason } => reason.clone(),
            Cause::MissingBranch { place, written, .. } => {
                format!("{place} may be {written} in {writer}, for which {} union has no branch", it("its", "their"))
            }
            Cause::TooIntricate => self.mismatch.message.clone(),
            Cause::Unknown => format!("{} type differs", it("its", "their")),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({} at {})", self.sentence(), self.mismatch.kind, self.mismatch.path)
    }
}
