//! One violation of a rule.

use std::fmt;

/// Where, what, and how to correct it. Sorts by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Relative to the workspace.
    pub(crate) path: String,
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) problem: String,
    pub(crate) remedy: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}; {}", self.path, self.line, self.problem, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_place_problem_remedy() {
        let finding = Finding { path: "a/b.rs".into(), line: 7, problem: "`dbg!` is left".into(), remedy: "remove it" };
        assert_eq!(finding.to_string(), "a/b.rs:7: `dbg!` is left; remove it");
    }
}
