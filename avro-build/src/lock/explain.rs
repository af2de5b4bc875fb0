//! Differences between a schema and what is released, with their places in the files of both.

use std::collections::HashMap;

use avro_model::compatibility::{BaselineName, Difference, Explanation, SchemaInText, explain};
use avro_model::{Diagnostic, Label, Schema, SchemaSet, Source, SourceId};

use super::link::Linked;
use super::{Lock, LockedVersion};

/// The sources that are shown: those of the schemas, and the lock files behind them that are needed.
pub(super) struct Explained {
    sources: Vec<Source>,
    /// Where the lock files are among the sources, by their index in the lock.
    of_files: HashMap<usize, SourceId>,
}

impl Explained {
    pub(super) fn new(set: &SchemaSet) -> Explained {
        Explained { sources: set.sources().to_vec(), of_files: HashMap::new() }
    }

    pub(super) fn into_sources(self) -> Vec<Source> {
        self.sources
    }

    /// The source that a lock file is, by its index.
    pub(super) fn source(&mut self, lock: &Lock, index: usize) -> SourceId {
        *self.of_files.entry(index).or_insert_with(|| {
            let id = SourceId(self.sources.len());
            self.sources.extend(lock.files.get(index).map(|file| file.source.clone()));
            id
        })
    }

    /// A diagnostic for each difference; what is the same with several versions is one diagnostic.
    pub(super) fn all(
        &mut self,
        lock: &Lock,
        differences: &[Difference],
        new: SchemaInText<'_>,
        newest: &LockedVersion,
        linked: &[(u32, Linked, Schema)],
    ) -> Vec<Diagnostic> {
        let of = |name: &BaselineName| linked.iter().find(|(version, ..)| name.version() == Some(*version));
        let explanations = explain(differences, new, |name| {
            let (_, linked, schema) = of(name)?;
            Some(SchemaInText::new(&linked.set, schema, SourceId(0)))
        });
        let diagnostics =
            explanations.into_iter().filter_map(|Explanation { code, message, baseline, new, old, help, .. }| {
                let (_, linked, _) = of(&baseline)?;
                let file = *linked.files.get(old.source.0)?;
                let there = match old.source {
                    SourceId(0) => format!("{baseline}: {}", old.text),
                    _ => format!("{baseline} of `{}` refers to this: {}", newest.subject, old.text),
                };
                let help = format!("{help}; the level of `{}` is {}", newest.subject, newest.compatibility);
                let secondary = Label::new(self.source(lock, file), old.span, there);
                Some(Diagnostic::error(code, message, new).with_secondary(secondary).with_help(help))
            });
        diagnostics.collect()
    }
}
