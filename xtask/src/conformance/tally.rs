//! How many rows passed, failed and were skipped.

use std::fmt;

use super::Verdict;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Tally {
    passed: usize,
    failures: Vec<(String, String)>,
    skipped: usize,
    idl: usize,
    idl_passed: usize,
    underlying: usize,
}

impl Tally {
    /// Counts a row that was run.
    pub(super) fn add(&mut self, id: &str, verdict: Verdict) {
        match verdict {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failures.push((id.to_owned(), reason.replace(['\n', '\r'], " "))),
        }
    }

    /// Counts a file of Avro IDL.
    pub(super) fn add_idl(&mut self, id: &str, verdict: Verdict) {
        self.idl += 1;
        self.idl_passed += usize::from(verdict.is_ok());
        self.add(id, verdict);
    }

    /// Keeps how many data went through types without logical types.
    pub(super) fn note_underlying(&mut self, count: usize) {
        self.underlying = count;
    }

    /// Counts a row that was not run.
    pub(super) fn skip(&mut self) {
        self.skipped += 1;
    }

    pub(super) fn has_failures(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Each row that failed with its id, and the counts.
    pub(super) fn lines(&self) -> Vec<String> {
        let failures = self.failures.iter().map(|(id, reason)| format!("{id}: {reason}"));
        failures.chain([self.side_counts(), self.to_string()]).collect()
    }

    fn side_counts(&self) -> String {
        format!(
            "conformance: {}/{} files of Avro IDL give what they should; \
             {} data are no values of their logical types and went through the underlying types",
            self.idl_passed, self.idl, self.underlying
        )
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { passed, failures, skipped, .. } = self;
        write!(formatter, "conformance: {passed} passed, {} failed, {skipped} skipped", failures.len())
    }
}
