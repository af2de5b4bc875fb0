//! How many rows passed, failed and were skipped.

use std::collections::BTreeMap;
use std::fmt;

use super::Verdict;
use super::rows::Kind;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Tally {
    passed: usize,
    failures: Vec<(String, String)>,
    skipped: usize,
    kinds: BTreeMap<Kind, Count>,
    idl: usize,
    idl_passed: usize,
    underlying: usize,
    conflicting: usize,
}

/// The rows of one kind.
#[derive(Debug, Default, PartialEq)]
struct Count {
    passed: usize,
    run: usize,
    skipped: usize,
}

impl Tally {
    /// Counts a row that was run.
    pub(super) fn add(&mut self, kind: Kind, id: &str, verdict: Verdict) {
        let count = self.kinds.entry(kind).or_default();
        count.run += 1;
        count.passed += usize::from(verdict.is_ok());
        self.add_any(id, verdict);
    }

    /// Counts a file of Avro IDL.
    pub(super) fn add_idl(&mut self, id: &str, verdict: Verdict) {
        self.idl += 1;
        self.idl_passed += usize::from(verdict.is_ok());
        self.add_any(id, verdict);
    }

    fn add_any(&mut self, id: &str, verdict: Verdict) {
        match verdict {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failures.push((id.to_owned(), reason.replace(['\n', '\r'], " "))),
        }
    }

    /// Keeps how many data went through types without logical types; and of how many of these the logical types of
    /// writer and reader disagree.
    pub(super) fn note_underlying(&mut self, count: usize, conflicting: usize) {
        self.underlying = count;
        self.conflicting = conflicting;
    }

    /// Counts a row that was not run.
    pub(super) fn skip(&mut self, kind: Kind) {
        self.skipped += 1;
        self.kinds.entry(kind).or_default().skipped += 1;
    }

    pub(super) fn has_failures(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Each row that failed with its id, and the counts.
    pub(super) fn lines(&self) -> Vec<String> {
        let failures = self.failures.iter().map(|(id, reason)| format!("{id}: {reason}"));
        failures.chain([self.side_counts(), self.counts_of_kinds(), self.to_string()]).collect()
    }

    fn side_counts(&self) -> String {
        format!(
            "conformance: {}/{} files of Avro IDL give what they should; \
             {} data are not values of their logical types and went through the underlying types; \
             so did {} whose writer has another logical type, which is refused on purpose",
            self.idl_passed,
            self.idl,
            self.underlying - self.conflicting,
            self.conflicting
        )
    }

    fn counts_of_kinds(&self) -> String {
        let counts = self.kinds.iter().map(|(kind, Count { passed, run, skipped })| match skipped {
            0 => format!("{} {passed}/{run}", kind.name()),
            _ => format!("{} {passed}/{run} ({skipped} skipped)", kind.name()),
        });
        let counts: Vec<String> = counts.collect();
        format!("conformance: {}", if counts.is_empty() { "no rows".to_owned() } else { counts.join(", ") })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { passed, failures, skipped, .. } = self;
        write!(formatter, "conformance: {passed} passed, {} failed, {skipped} skipped", failures.len())
    }
}
