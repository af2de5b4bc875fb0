//! Settles which records of the writer can be read as which of the reader's, then makes the plan or lists the differences.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::cause::Cause;
use super::evaluate::{Difference, Evaluation, FieldSource};
use super::skip::{Skips, push_merged};
use super::{Action, Mismatch, MismatchKind, Place, Plan, Purpose, RecordPlan, ResolutionError, Skip, Step, narrow};
use crate::default::encode_default;
use crate::schema::{DefinitionId, DefinitionKind, Schema};

/// How many differences are listed. A schema that differs more is another schema, and a hostile one could ask for gigabytes.
const MOST_MISMATCHES: usize = 1_000;

/// How long a path gets before its start gives way to `…`. It bounds what a long chain of records can cost.
const LONGEST_PATH: usize = 1_000;

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
enum Pair {
    Roots,
    Records(DefinitionId, DefinitionId),
}

struct State {
    pair: Pair,
    verdict: Verdict,
    /// The pairs whose verdicts rely on this one.
    relied_on_by: BTreeSet<usize>,
    /// The first difference found when the verdict became [`Verdict::Unreadable`]. Following these ends at a cause, since one
    /// that lies inside another pair was found after that pair's.
    cause: Option<Difference>,
}

/// Works through the pairs of records that a pair of schemas leads to, each known by its index.
///
/// Records contain each other, and themselves, so whether one can be read may depend on itself. Every pair is taken to be the
/// same until found otherwise; whatever relied on it is then evaluated again, until nothing changes. What is left is the
/// greatest fixed point: no datum shows a difference. Each pair changes at most twice, so the work is polynomial in the size of
/// the schemas.
pub(super) struct Resolver<'s> {
    pub(super) writer: &'s Schema,
    pub(super) reader: &'s Schema,
    pub(super) purpose: Purpose,
    states: Vec<State>,
    indexes: HashMap<Pair, usize>,
    /// The pairs to evaluate. Those found last go first, since they are the ones that others contain: what relies on many is
    /// then evaluated when most of them are settled.
    waiting: BTreeSet<usize>,
}

const ROOTS: usize = 0;

impl<'s> Resolver<'s> {
    /// Knows, when it returns, the verdict of every pair of records that the schemas lead to.
    pub(super) fn settle(writer: &'s Schema, reader: &'s Schema, purpose: Purpose) -> Self {
        let mut resolver =
            Resolver { writer, reader, purpose, states: Vec::new(), indexes: HashMap::new(), waiting: BTreeSet::new() };
        resolver.index_of(Pair::Roots);
        while let Some(index) = resolver.waiting.pop_last() {
            resolver.reconsider(index);
        }
        resolver
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

    /// Every difference that keeps the roots from being read, in Java's order: depth first, each pair of records once.
    ///
    /// A pair inside itself counts as the same while its own differences are listed, as in Java: that it cannot be read there,
    /// either, is no news.
    pub(super) fn mismatches(mut self) -> Vec<Mismatch> {
        let mut found = Vec::new();
        let mut listed = HashSet::new();
        // Its own stack, because a chain of records may be longer than the call stack bears.
        let mut stack = Vec::new();
        let mut next = (self.states[ROOTS].verdict == Verdict::Unreadable).then(|| (ROOTS, String::new()));
        loop {
            if let Some((pair, base)) = next.take() {
                self.states[pair].verdict = Verdict::Same;
                let differences = self.evaluate(pair).1.into_iter();
                stack.push((pair, base, differences));
            }
            let Some((pair, base, differences)) = stack.last_mut() else { return found };
            match differences.next() {
                None => {
                    self.states[*pair].verdict = Verdict::Unreadable;
                    stack.pop();
                }
                Some(Difference::Here(mismatch)) => {
                    found.push(Mismatch { path: join(base, &mismatch.path), ..mismatch });
                    if found.len() == MOST_MISMATCHES {
                        return found;
                    }
                }
                Some(Difference::Inside { pair: inside, path }) => {
                    if listed.insert(inside) {
                        next = Some((inside, shorten(format!("{base}{path}"))));
                    }
                }
            }
        }
    }

    /// The plan of the roots and of every pair of records that it leads to.
    pub(super) fn plan(mut self) -> Result<Plan, ResolutionError> {
        let mut roots = Evaluation::new(&mut self, ROOTS, "");
        let root = roots.resolve_roots();
        let mut pending = roots.met;
        let Some(root) = root else { return Err(ResolutionError::new(self.mismatches())) };
        let mut records = vec![RecordPlan { steps: Box::default() }; self.states.len()];
        let mut planned = vec![false; self.states.len()];
        let mut skips = Skips::new(self.writer);
        let mut unusable = Vec::new();
        while let Some((index, base)) = pending.pop() {
            let Pair::Records(written, read) = self.states[index].pair else { continue };
            if std::mem::replace(&mut planned[index], true) {
                continue;
            }
            let mut evaluation = Evaluation::new(&mut self, index, &base);
            let sources = evaluation.resolve_records(written, read).unwrap_or_default();
            pending.extend(evaluation.met.iter().map(|(met, path)| (*met, shorten(format!("{base}{path}")))));
            match self.record_plan(written, read, sources, &mut skips, &base) {
                Ok(plan) => records[index] = plan,
                Err(mismatch) => unusable.push(*mismatch),
            }
        }
        if !unusable.is_empty() {
            return Err(ResolutionError::new(unusable));
        }
        Ok(Plan { root, records, skips: skips.into_lists() })
    }

    fn record_plan(
        &self,
        written: DefinitionId,
        read: DefinitionId,
        sources: Vec<FieldSource>,
        skips: &mut Skips<'s>,
        base: &str,
    ) -> Result<RecordPlan, Box<Mismatch>> {
        let (writer, reader) = (self.writer.definition(written), self.reader.definition(read));
        let (DefinitionKind::Record(writer), DefinitionKind::Record(record)) = (&writer.kind, &reader.kind) else {
            return Ok(RecordPlan { steps: Box::default() });
        };
        let mut reads: Vec<Option<Step>> = vec![None; writer.fields.len()];
        let mut defaults = Vec::new();
        for (position, (field, source)) in record.fields.iter().zip(sources).enumerate() {
            match (source, &field.default) {
                (FieldSource::Writer { index, action }, _) => {
                    reads[index] = Some(Step::Read { field: narrow(position), action });
                }
                (FieldSource::Default, None) => {}
                (FieldSource::Default, Some(default)) => {
                    let bytes = encode_default(&field.ty, self.reader.definitions(), default).map_err(|error| {
                        let path = format!("/fields/{position}/default");
                        let cause = Cause::UselessDefault {
                            record: reader.name.to_string(),
                            field: field.name.clone(),
                            reason: error.to_string(),
                        };
                        Box::new(Mismatch::new(
                            MismatchKind::ReaderFieldMissingDefaultValue,
                            join(base, &path),
                            Place { definition: Some(read), path },
                            Place { definition: Some(written), path: String::new() },
                            cause,
                        ))
                    })?;
                    defaults.push(Step::Default { field: narrow(position), bytes: bytes.into() });
                }
            }
        }
        let mut steps = Vec::with_capacity(reads.len() + defaults.len());
        let mut run: Vec<Skip> = Vec::new();
        for (step, field) in reads.into_iter().zip(&writer.fields) {
            match step {
                None => push_merged(&mut run, skips.skip(&field.ty)),
                Some(step) => {
                    steps.extend(run.drain(..).map(Step::Skip));
                    steps.push(step);
                }
            }
        }
        steps.extend(run.drain(..).map(Step::Skip));
        steps.extend(defaults);
        Ok(RecordPlan { steps: steps.into() })
    }

    /// Where in either schema the evaluation of a pair starts: reader, then writer.
    pub(super) fn places(&self, index: usize) -> (Place, Place) {
        let at = |definition| Place { definition, path: String::new() };
        match self.states[index].pair {
            Pair::Roots => (at(None), at(None)),
            Pair::Records(written, read) => (at(Some(read)), at(Some(written))),
        }
    }

    /// Evaluates a pair by what is known now, and puts back to work whatever relied on more.
    fn reconsider(&mut self, index: usize) {
        let known = self.states[index].verdict;
        if known == Verdict::Unreadable {
            return;
        }
        let (verdict, differences) = self.evaluate(index);
        if verdict >= known {
            return;
        }
        let state = &mut self.states[index];
        state.verdict = verdict;
        if verdict == Verdict::Unreadable {
            state.cause = differences.into_iter().next();
        }
        self.waiting.append(&mut self.states[index].relied_on_by);
    }

    fn evaluate(&mut self, index: usize) -> (Verdict, Vec<Difference>) {
        let pair = self.states[index].pair;
        let mut evaluation = Evaluation::new(self, index, "");
        let verdict = match pair {
            Pair::Roots => match evaluation.resolve_roots() {
                None => Verdict::Unreadable,
                Some(Action::Read) => Verdict::Same,
                Some(_) => Verdict::Readable,
            },
            Pair::Records(written, read) => {
                let sources = evaluation.resolve_records(written, read);
                let field_count = match &evaluation.resolver.writer.definition(written).kind {
                    DefinitionKind::Record(record) => record.fields.len(),
                    _ => 0,
                };
                match sources {
                    None => Verdict::Unreadable,
                    Some(sources) if is_straight(&sources, field_count) => Verdict::Same,
                    Some(_) => Verdict::Readable,
                }
            }
        };
        (verdict, evaluation.differences)
    }

    fn index_of(&mut self, pair: Pair) -> usize {
        if let Some(index) = self.indexes.get(&pair) {
            return *index;
        }
        let index = self.states.len();
        self.states.push(State { pair, verdict: Verdict::Same, relied_on_by: BTreeSet::new(), cause: None });
        self.indexes.insert(pair, index);
        self.waiting.insert(index);
        index
    }
}

/// Whether the reader's fields are the writer's: all of them, in their order, and encoded alike.
fn is_straight(sources: &[FieldSource], writer_fields: usize) -> bool {
    let in_place = |(position, source): (usize, &FieldSource)| match source {
        FieldSource::Writer { index, action } => *index == position && *action == Action::Read,
        FieldSource::Default => false,
    };
    sources.len() == writer_fields && sources.iter().enumerate().all(in_place)
}

/// The path of something inside a pair, as people read it.
fn join(base: &str, inside: &str) -> String {
    let path = shorten(format!("{base}{inside}"));
    if path.is_empty() { "/".to_owned() } else { path }
}

fn shorten(path: String) -> String {
    if path.len() <= LONGEST_PATH {
        return path;
    }
    let tail = path.char_indices().rev().find(|(at, letter)| *letter == '/' && path.len() - at >= LONGEST_PATH / 2);
    match tail {
        Some((at, _)) => format!("…{}", &path[at..]),
        None => path,
    }
}
