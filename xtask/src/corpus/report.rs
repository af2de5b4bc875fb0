//! What became of a corpus.

use std::fmt;

use crate::generated_project::Most;

/// Counts, and each failure with its path.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Report {
    /// Schema files that must be generated.
    pub(super) files: usize,
    pub(super) generated: usize,
    pub(super) compiled: usize,
    pub(super) vectors: usize,
    /// Data of files that must be refused, which no type is there for.
    pub(super) refused_vectors: usize,
    pub(super) returned: usize,
    /// How many of `returned` came back with the entries of a map in another order.
    pub(super) reordered: usize,
    /// How many of `vectors` are not values of their logical types, and went through the underlying types.
    pub(super) underlying: usize,
    /// Files that must be refused, and are; or that are accepted for a reason.
    pub(super) refused: usize,
    pub(super) accepted: usize,
    /// How many of `files` are refused, as they must be, and generated with the options that let them through.
    pub(super) lenient: usize,
    /// Protocols and files of Avro IDL, which need not all be valid.
    pub(super) protocols: usize,
    pub(super) generated_protocols: usize,
    /// Rows about schemas that replaced each other; of those that are not disputed, how many verdicts are Java's.
    pub(super) verdicts: usize,
    pub(super) right_verdicts: usize,
    pub(super) disputed: usize,
    /// Data of one version for another; of how many became what should; and how many went through the underlying types.
    pub(super) changed: usize,
    pub(super) changed_right: usize,
    pub(super) changed_underlying: usize,
    /// Types for which every hostile payload was cheap, and the most that one of them took.
    pub(super) bounded: usize,
    pub(super) most: Most,
    /// Whether the code was linted instead of run.
    pub(super) is_linted: bool,
    pub(super) failures: Vec<(String, String)>,
}

impl Report {
    pub(super) fn fail(&mut self, path: &str, reason: impl Into<String>) {
        self.failures.push((path.to_owned(), reason.into()));
    }

    /// Every line to be printed; the last has the counts.
    pub(super) fn lines(&self) -> Vec<String> {
        let failures = self.failures.iter().map(|(path, reason)| match reason.strip_prefix(path.as_str()) {
            // A diagnostic begins with its place, which is in this file most often.
            Some(rest) if rest.starts_with(':') => reason.clone(),
            _ => format!("{path}: {reason}"),
        });
        failures.chain(self.changes()).chain(self.hostile()).chain([self.side_counts(), self.to_string()]).collect()
    }

    /// Nothing where the corpus has no histories.
    fn changes(&self) -> Option<String> {
        let Report { verdicts, right_verdicts, disputed, changed, changed_right, changed_underlying, .. } = self;
        (verdicts + disputed > 0).then(|| {
            format!(
                "corpus: evolution: {right_verdicts}/{verdicts} verdicts are Java's ({disputed} disputed ones skipped), \
                 {changed_right}/{changed} vectors become what they should, \
                 {changed_underlying} of them through the underlying types"
            )
        })
    }

    /// Nothing where no type was run.
    fn hostile(&self) -> Option<String> {
        let Report { bounded, most, .. } = self;
        (*bounded > 0).then(|| {
            format!(
                "corpus: hostile payloads of 64 bytes: {bounded} types decode and view each of them alike, within {:.0} µs and {} bytes",
                most.time.as_secs_f64() * 1e6,
                most.memory
            )
        })
    }

    fn side_counts(&self) -> String {
        let Report {
            refused,
            refused_vectors,
            accepted,
            lenient,
            reordered,
            underlying,
            protocols,
            generated_protocols,
            ..
        } = self;
        format!(
            "corpus: {refused} invalid schemas refused ({refused_vectors} vectors left out with them), {accepted} accepted on purpose, \
             {lenient} let through by options; \
             {generated_protocols} of {protocols} protocols generated; \
             {underlying} vectors are not values of their logical types and went through the underlying types, \
             {reordered} came back with the entries of a map in another order"
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { files, generated, compiled, vectors, returned, .. } = self;
        if self.is_linted {
            return write!(
                formatter,
                "corpus: {generated}/{files} schemas generated, {} failures",
                self.failures.len()
            );
        }
        write!(
            formatter,
            "corpus: {generated}/{files} schemas generated, {compiled} compiled, {returned}/{vectors} vectors round-trip"
        )
    }
}
