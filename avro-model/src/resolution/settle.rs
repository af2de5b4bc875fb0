//! Settles which records of the writer can be read as which of the reader's, then makes the plan or lists the
//! differences.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::action::{Action, RecordPlan, Skip, Step, narrow};
use super::cause::Cause;
use super::evaluate::{Evaluation, FieldSource};
use super::mismatch::{Mismatch, MismatchKind, ResolutionError};
use super::pairs::{Difference, Pair, Pairs, Verdict, join, shorten};
use super::place::Place;
use super::plan::Plan;
use super::purpose::Purpose;
use super::skip::{Skips, push_merged};
use crate::default::encode_default;
use crate::schema::{DefinitionId, DefinitionKind, Schema};

/// How many differences are listed. A schema that differs more is another schema, and a hostile one could ask for
/// gigabytes.
const MOST_MISMATCHES: usize = 1_000;

/// How much work two schemas may be before they are too intricate to compare: about half a second, since a reader meets
/// schemas while it reads. Looking at a branch of a union is one, and at a type some more. Schemas that people
/// write take some thousands, and a chain of a hundred thousand records ten million. Only hostile ones get this far: a
/// union of four thousand records on either side, or records of which each refers to all others, in another order on
/// either side.
const MOST_WORK: usize = 1 << 24;

const ROOTS: usize = 0;

impl<'s> Pairs<'s> {
    /// Knows, when it returns, the verdict of every pair of records that the schemas lead to.
    pub(super) fn settle(writer: &'s Schema, reader: &'s Schema, purpose: Purpose) -> Self {
        Pairs::settle_within(MOST_WORK, writer, reader, purpose)
    }

    fn settle_within(work: usize, writer: &'s Schema, reader: &'s Schema, purpose: Purpose) -> Self {
        let mut pairs = Pairs {
            writer,
            reader,
            purpose,
            states: Vec::new(),
            indexes: HashMap::new(),
            waiting: BTreeSet::new(),
            found: Vec::new(),
            work_left: work,
            is_too_intricate: false,
        };
        let roots = pairs.index_of(Pair::Roots);
        pairs.found.push(roots);
        let mut ranks = 0;
        pairs.settle_found(&mut ranks);
        while let Some((_, index)) = pairs.waiting.pop_first() {
            pairs.reconsider(index);
            pairs.settle_found(&mut ranks);
        }
        pairs.is_too_intricate = pairs.work_left == 0;
        // What is still to be done looks at each pair once more.
        pairs.work_left = usize::MAX;
        pairs
    }

    /// Evaluates the pairs that were found and all that they lead to, and gives each its rank: depth first, with its
    /// own stack, because a chain of records may be longer than the call stack bears.
    fn settle_found(&mut self, ranks: &mut usize) {
        enum Visit {
            Enter(usize),
            Leave(usize),
        }
        let mut stack = Vec::new();
        loop {
            stack.extend(self.found.drain(..).map(Visit::Enter));
            match stack.pop() {
                None => return,
                Some(Visit::Enter(index)) => {
                    if !std::mem::replace(&mut self.states[index].is_entered, true) {
                        stack.push(Visit::Leave(index));
                        self.reconsider(index);
                    }
                }
                Some(Visit::Leave(index)) => {
                    self.states[index].rank = Some(*ranks);
                    *ranks += 1;
                    self.reconsider(index);
                }
            }
        }
    }

    /// The difference in place of all others when the schemas are too intricate.
    fn too_intricate(&self) -> Option<Mismatch> {
        let (place, cause) = (Place::default(), Cause::TooIntricate);
        let mismatch = || Mismatch::new(MismatchKind::TypeMismatch, "/".to_owned(), place.clone(), place, cause);
        self.is_too_intricate.then(mismatch)
    }

    /// Every difference that keeps the roots from being read, in Java's order: depth first, each pair of records once.
    ///
    /// A pair inside itself counts as the same while its own differences are listed, as in Java: that it cannot be read
    /// there, either, is nothing new.
    pub(super) fn mismatches(mut self) -> Vec<Mismatch> {
        if let Some(mismatch) = self.too_intricate() {
            return vec![mismatch];
        }
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
        if let Some(mismatch) = self.too_intricate() {
            return Err(ResolutionError::new(vec![mismatch]));
        }
        let mut roots = Evaluation::new(&mut self, ROOTS, "");
        let root = roots.resolve_roots();
        let mut pending = roots.met;
        let Some(root) = root else { return Err(ResolutionError::new(self.mismatches())) };
        let mut records = vec![RecordPlan { steps: Box::default() }; self.states.len()];
        let mut planned = vec![false; self.states.len()];
        let mut skips = Skips::new(self.writer);
        let mut unusable = Vec::new();
        while let Some((index, base)) = pending.pop() {
            let Pair::Records(written, read) = self.states[index].pair else {
                debug_assert!(false, "only pairs of records are met");
                continue;
            };
            if std::mem::replace(&mut planned[index], true) {
                continue;
            }
            let mut evaluation = Evaluation::new(&mut self, index, &base);
            let sources = evaluation.resolve_records(written, read);
            debug_assert!(sources.is_some(), "a pair that a plan leads to can be read");
            let sources = sources.unwrap_or_default();
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
            debug_assert!(false, "a pair of records consists of records");
            return Ok(RecordPlan { steps: Box::default() });
        };
        let mut reads: Vec<Option<Step>> = vec![None; writer.fields.len()];
        let mut defaults = Vec::new();
        for (position, (field, source)) in record.fields.iter().zip(sources).enumerate() {
            match (source, &field.default) {
                (FieldSource::Writer { index, action }, _) => {
                    reads[index] = Some(Step::Read { field: narrow(position), action });
                }
                (FieldSource::Default, None) => {
                    debug_assert!(false, "a field without a default is read from the writer")
                }
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
                    steps.extend(skip_all(&mut run));
                    steps.push(step);
                }
            }
        }
        steps.extend(skip_all(&mut run));
        steps.extend(defaults);
        Ok(RecordPlan { steps: steps.into() })
    }

    /// Evaluates a pair by what is known now, and puts back to work whatever relied on more.
    fn reconsider(&mut self, index: usize) {
        let known = self.states[index].verdict;
        let is_waiting = std::mem::replace(&mut self.states[index].is_waiting, false);
        if known == Verdict::Unreadable || !is_waiting || self.work_left == 0 {
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
        for relying in std::mem::take(&mut self.states[index].relied_on_by) {
            let state = &mut self.states[relying];
            state.is_waiting = true;
            // One without a rank is evaluated again when it gets it.
            self.waiting.extend(state.rank.map(|rank| (rank, relying)));
        }
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
                let field_count = match &evaluation.pairs.writer.definition(written).kind {
                    DefinitionKind::Record(record) => record.fields.len(),
                    _ => 0,
                };
                match sources {
                    None => Verdict::Unreadable,
                    Some(sources) if is_same_encoding(&sources, field_count) => Verdict::Same,
                    Some(_) => Verdict::Readable,
                }
            }
        };
        (verdict, evaluation.differences)
    }
}

/// The step that passes over all of these, and takes them; `None` where there are none.
fn skip_all(run: &mut Vec<Skip>) -> Option<Step> {
    (!run.is_empty()).then(|| Step::Skip(std::mem::take(run).into()))
}

/// Whether the reader's fields are the writer's: all of them, in their order, and encoded alike.
fn is_same_encoding(sources: &[FieldSource], writer_fields: usize) -> bool {
    let in_place = |(position, source): (usize, &FieldSource)| match source {
        FieldSource::Writer { index, action } => *index == position && *action == Action::Read,
        FieldSource::Default => false,
    };
    sources.len() == writer_fields && sources.iter().enumerate().all(in_place)
}

#[cfg(test)]
mod tests {
    use super::super::purpose::RecordNames;
    use super::*;

    #[test]
    fn schemas_that_take_too_much_work_are_neither_read_nor_called_compatible() {
        let union = |leaf: &str| {
            let branch =
                |index| format!(r#"{{"type":"record","name":"B{index}","fields":[{{"name":"x","type":"{leaf}"}}]}}"#);
            let branches: Vec<String> = (0..20).map(branch).collect();
            Schema::parse(&format!("[{}]", branches.join(","))).expect("the schema is valid")
        };
        let (writer, reader) = (union("int"), union("long"));
        for purpose in [Purpose::Decode(RecordNames::Match), Purpose::Check] {
            let settle = |work| Pairs::settle_within(work, &writer, &reader, purpose);
            assert_eq!(settle(20_000).mismatches(), []);
            assert!(settle(20_000).plan().is_ok());
            let mismatches = settle(200).mismatches();
            assert_eq!(mismatches.len(), 1, "{mismatches:?}");
            assert_eq!(mismatches[0].message, "the schemas are too large and too complex to be compared: split them");
            assert_eq!(settle(200).plan().unwrap_err().mismatches(), mismatches);
        }
    }
}
