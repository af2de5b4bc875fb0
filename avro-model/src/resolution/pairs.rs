//! What is known of the pairs of records that a pair of schemas leads to.

use std::collections::{BTreeSet, HashMap};

use super::cause::Cause;
use super::mismatch::{Mismatch, MismatchKind};
use super::place::Place;
use super::purpose::Purpose;
use crate::schema::{DefinitionId, Schema};

/// What looking at a type costs beside looking at a branch of a union.
const COST_OF_TYPE: usize = 32;

/// How long a path gets before its start gives way to `…`. It bounds what a long chain of records can cost.
const LONGEST_PATH: usize = 1_000;

/// What was found to differ in one evaluation. Paths start where the evaluation started.
#[derive(Debug)]
pub(super) enum Difference {
    /// It differs in itself.
    Here(Mismatch),
    /// It contains a pair of records that differ.
    Inside { pair: usize, path: String },
}

/// What is known of a pair of records. While pairs are settled it only ever gets worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// The writer's record cannot be read as the reader's.
    Unreadable,
    /// It can, with care.
    Readable,
    /// Both encode alike.
    Same,
}

/// A record of the writer and one of the reader, or the two roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pair {
    Roots,
    Records(DefinitionId, DefinitionId),
}

pub(super) struct State {
    pub(super) pair: Pair,
    pub(super) verdict: Verdict,
    /// Where it is in the order in which pairs are settled: after all that it relies on, save where that relies on it,
    /// too. `None` while it is not known.
    pub(super) rank: Option<usize>,
    /// Whether it was met on the way to the ranks.
    pub(super) is_entered: bool,
    /// Whether it has to be evaluated, for the first time or again.
    pub(super) is_waiting: bool,
    /// The pairs whose verdicts rely on this one.
    pub(super) relied_on_by: BTreeSet<usize>,
    /// The first difference found when the verdict became [`Verdict::Unreadable`]. Following these ends at a cause,
    /// since one that is inside another pair was found after that pair's.
    pub(super) cause: Option<Difference>,
}

/// Works through the pairs of records that a pair of schemas leads to, each known by its index.
///
/// Records contain each other, and themselves, so whether one can be read may depend on itself. Every pair is taken to
/// be the same until found otherwise; whatever relied on it is then evaluated again, until nothing changes. What is
/// left is the greatest fixed point: no datum shows a difference.
///
/// Pairs are settled after those that they rely on, so that each is evaluated twice where no record contains itself:
/// once to see what it relies on, and once when that is known. Where records contain themselves, each pair changes at
/// most twice, and all work together is bounded by `MOST_WORK`.
pub(super) struct Pairs<'s> {
    pub(super) writer: &'s Schema,
    pub(super) reader: &'s Schema,
    pub(super) purpose: Purpose,
    pub(super) states: Vec<State>,
    pub(super) indexes: HashMap<Pair, usize>,
    /// The pairs to evaluate again that have their rank, by it.
    pub(super) waiting: BTreeSet<(usize, usize)>,
    /// The pairs that were looked up and not entered yet.
    pub(super) found: Vec<usize>,
    pub(super) work_left: usize,
    pub(super) is_too_intricate: bool,
}

impl<'s> Pairs<'s> {
    /// Takes note of looking at a type with so many branches, and returns whether there may be more work.
    pub(super) fn spend(&mut self, branches: usize) -> bool {
        self.work_left = self.work_left.saturating_sub(COST_OF_TYPE + branches);
        self.work_left > 0
    }

    /// What is known of a pair so far, for the pair `on_behalf_of`.
    pub(super) fn look_up(
        &mut self,
        written: DefinitionId,
        read: DefinitionId,
        on_behalf_of: usize,
    ) -> (usize, Verdict) {
        let index = self.index_of(Pair::Records(written, read));
        let state = &mut self.states[index];
        state.relied_on_by.insert(on_behalf_of);
        if !state.is_entered {
            self.found.push(index);
        }
        (index, state.verdict)
    }

    /// Where a difference comes from, as one mismatch; `base` is the path of the pair in which it was found.
    pub(super) fn cause(&self, base: &str, difference: Option<&Difference>) -> Mismatch {
        let mut path = base.to_owned();
        let mut next = difference;
        while let Some(difference) = next {
            match difference {
                Difference::Here(mismatch) => {
                    return Mismatch { path: join(&path, &mismatch.path), ..mismatch.clone() };
                }
                Difference::Inside { pair, path: inside } => {
                    path = shorten(path + inside);
                    next = self.states[*pair].cause.as_ref();
                }
            }
        }
        let cause = Cause::Unknown;
        Mismatch::new(MismatchKind::TypeMismatch, join(&path, ""), Place::default(), Place::default(), cause)
    }

    /// Where in either schema the evaluation of a pair starts: reader, then writer.
    pub(super) fn places(&self, index: usize) -> (Place, Place) {
        let at = |definition| Place { definition, path: String::new() };
        match self.states[index].pair {
            Pair::Roots => (at(None), at(None)),
            Pair::Records(written, read) => (at(Some(read)), at(Some(written))),
        }
    }

    pub(super) fn index_of(&mut self, pair: Pair) -> usize {
        if let Some(index) = self.indexes.get(&pair) {
            return *index;
        }
        let index = self.states.len();
        self.states.push(State {
            pair,
            verdict: Verdict::Same,
            rank: None,
            is_entered: false,
            is_waiting: true,
            relied_on_by: BTreeSet::new(),
            cause: None,
        });
        self.indexes.insert(pair, index);
        index
    }
}

/// The path of something inside a pair, as people read it.
pub(super) fn join(base: &str, inside: &str) -> String {
    let path = shorten(format!("{base}{inside}"));
    if path.is_empty() { "/".to_owned() } else { path }
}

pub(super) fn shorten(path: String) -> String {
    if path.len() <= LONGEST_PATH {
        return path;
    }
    let tail = path.char_indices().rev().find(|(at, letter)| *letter == '/' && path.len() - at >= LONGEST_PATH / 2);
    match tail {
        Some((at, _)) => format!("…{}", &path[at..]),
        None => path,
    }
}
