//! Differences between a schema and what is released, for people: where they are in both files, and what to do.

use std::collections::HashMap;

use avro_model::compatibility::Difference;
use avro_model::resolution::{MismatchKind, Place};
use avro_model::{Diagnostic, Label, Schema, SchemaSet, Severity, Source, SourceId};

use super::link::Linked;
use super::{Lock, LockedVersion};

/// The sources that are shown: those of the schemas, and the lock files behind them that are needed.
pub(super) struct Explained<'s> {
    set: &'s SchemaSet,
    sources: Vec<Source>,
    /// Where the lock files are among the sources, by their index in the lock.
    of_files: HashMap<usize, SourceId>,
}

impl<'s> Explained<'s> {
    pub(super) fn new(set: &'s SchemaSet) -> Explained<'s> {
        Explained { set, sources: set.sources().to_vec(), of_files: HashMap::new() }
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

    /// A diagnostic for each difference, but only one for what is the same with several versions: with the first of
    /// these, which is the newest.
    pub(super) fn all(
        &mut self,
        lock: &Lock,
        differences: &[Difference],
        new: (&Schema, SourceId),
        newest: &LockedVersion,
        linked: &[(u32, Linked, Schema)],
    ) -> Vec<Diagnostic> {
        let mut shown: Vec<(&Difference, Vec<u32>)> = Vec::new();
        for difference in differences {
            let is_same = |other: &Difference| {
                other.direction == difference.direction
                    && other.version != difference.version
                    && other.mismatch.kind == difference.mismatch.kind
                    && other.mismatch.path == difference.mismatch.path
                    && places(other).0 == places(difference).0
            };
            match shown.iter_mut().find(|(other, _)| is_same(other)) {
                Some((_, others)) => others.push(difference.version),
                None => shown.push((difference, Vec::new())),
            }
        }
        let diagnostics = shown.into_iter().filter_map(|(difference, others)| {
            let (_, linked, schema) = linked.iter().find(|(version, ..)| *version == difference.version)?;
            Some(self.one(lock, difference, &others, new, newest, (linked, schema)))
        });
        diagnostics.collect()
    }

    fn one(
        &mut self,
        lock: &Lock,
        difference: &Difference,
        others: &[u32],
        (new, root): (&Schema, SourceId),
        newest: &LockedVersion,
        (linked, old): (&Linked, &Schema),
    ) -> Diagnostic {
        let (new_place, old_place) = places(difference);
        let kind = difference.mismatch.kind;
        let [here, there, help] = words(kind, difference.reader_is_new());
        let mut secondary = linked.set.label_at(old, SourceId(0), &old_place, "");
        let file = linked.files.get(secondary.source.0).copied().unwrap_or_default();
        secondary.text = match secondary.source {
            SourceId(0) => format!("version {}: {there}", difference.version),
            _ => format!("version {} of `{}` refers to this: {there}", difference.version, newest.subject),
        };
        let mut others = others.to_vec();
        others.sort_unstable();
        let also = match others.as_slice() {
            [] => String::new(),
            [other] => format!(" (it is the same with version {other})"),
            [most @ .., last] => {
                let most: Vec<String> = most.iter().map(u32::to_string).collect();
                format!(" (it is the same with versions {} and {last})", most.join(", "))
            }
        };
        Diagnostic {
            code: kind.code(),
            severity: Severity::Error,
            message: difference.sentence() + &also,
            primary: self.set.label_at(new, root, &new_place, here),
            secondary: vec![Label { source: self.source(lock, file), ..secondary }],
            help: Some(format!("{help}; the level of `{}` is {}", newest.subject, newest.compatibility)),
        }
    }
}

/// Where it is in the new schema, and where in the released one.
fn places(difference: &Difference) -> (Place, Place) {
    let mismatch = &difference.mismatch;
    let (reader, mut writer) = (mismatch.reader.clone(), mismatch.writer.clone());
    if mismatch.kind == MismatchKind::ReaderFieldMissingDefaultValue {
        // A field that is not there has no place: its record's name says more than the brace that the record starts
        // with.
        writer.path.push_str("/name");
    }
    if difference.reader_is_new() { (reader, writer) } else { (writer, reader) }
}

/// What is to be seen in the new schema and in the released one, and what to do.
fn words(kind: MismatchKind, reader_is_new: bool) -> [&'static str; 3] {
    match (kind, reader_is_new) {
        (MismatchKind::ReaderFieldMissingDefaultValue, true) => [
            "old messages have no value for it",
            "it has no such field",
            "give the field a default, which new consumers take when they read old messages",
        ],
        (MismatchKind::ReaderFieldMissingDefaultValue, false) => [
            "it has no such field any more",
            "it is needed here",
            "keep the field; it can go when consumers have a version in which it has a default",
        ],
        (MismatchKind::NameMismatch, true) => [
            "it is called otherwise now",
            "its name was this",
            "rename it back, or put the old name into the `aliases` of the new one",
        ],
        (MismatchKind::NameMismatch, false) => [
            "it is called otherwise now",
            "its name was this",
            "rename it back: consumers that are running know the old name alone, and aliases would have to be in their schema",
        ],
        (MismatchKind::FixedSizeMismatch, _) => [
            "it has another size now",
            "its size was this",
            "keep the size, or add a field with a fixed of another name",
        ],
        (MismatchKind::MissingEnumSymbols, true) => [
            "old messages may have other symbols",
            "these symbols are in old messages",
            "keep the symbols, or give the enum a default, which new consumers take for them",
        ],
        (MismatchKind::MissingEnumSymbols, false) => [
            "some of these symbols are new",
            "no others are known here, and there is no default",
            "leave the new symbols out until consumers have a version in which the enum has a default",
        ],
        (MismatchKind::TypeMismatch, true) => [
            "it has another type now",
            "its type was this",
            "keep the type or widen it (int to long, float or double; string to bytes and back), or add a field of another name",
        ],
        (MismatchKind::TypeMismatch, false) => [
            "it has another type now",
            "its type was this",
            "keep the type, or add a field of another name: consumers that are running cannot read a wider type",
        ],
        (MismatchKind::MissingUnionBranch, true) => {
            ["a branch is missing here", "old messages may have it", "keep every branch that old messages may have"]
        }
        (MismatchKind::MissingUnionBranch, false) => [
            "a branch is new here",
            "no branch takes it",
            "leave the new branch out until consumers have a version that has it",
        ],
        _ => ["it is so now", "it was so", "change it back"],
    }
}
