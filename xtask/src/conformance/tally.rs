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
        failures.chain([self.idl_counts(), self.to_string()]).collect()
    }

    fn idl_counts(&self) -> String {
        format!("conformance: {}/{} files of Avro IDL give what they should", self.idl_passed, self.idl)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { passed, failures, skipped, .. } = self;
        write!(formatter, "conformance: {passed} passed, {} failed, {skipped} skipped", failures.len())
    }
}
