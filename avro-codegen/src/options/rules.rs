//! Lists of choices with the patterns that they are for.

use super::pattern::Pattern;

/// The choices of one option, in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules<C> {
    list: Vec<Rule<C>>,
}

/// A choice and where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule<C> {
    pub(crate) pattern: Pattern,
    pub(crate) choice: C,
    /// Its place among all options of all kinds.
    pub(crate) number: usize,
}

impl<C> Rules<C> {
    pub(crate) fn new() -> Rules<C> {
        Rules { list: Vec::new() }
    }

    pub(crate) fn push(&mut self, rule: Rule<C>) {
        self.list.push(rule);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rule<C>> {
        self.list.iter()
    }
}

/// The most specific of `rules`, and the last of equally specific ones.
pub(crate) fn most_specific<'r, C>(rules: impl Iterator<Item = &'r Rule<C>>) -> Option<&'r Rule<C>> {
    rules.max_by_key(|rule| rule.pattern.specificity())
}
