//! Differences for people: where they are in the text of both schemas, and what to do about them.

use super::{BaselineName, Difference};
use crate::code::Code;
use crate::diagnostic::Label;
use crate::resolution::{MismatchKind, Place};
use crate::schema::Schema;
use crate::set::SchemaSet;
use crate::source::SourceId;

/// A schema, and the set that it is from, so that places in it can be found in its text.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SchemaInText<'s> {
    /// The set.
    pub set: &'s SchemaSet,
    /// The schema, which [`schema_of`](SchemaSet::schema_of) the set gave.
    pub schema: &'s Schema,
    /// The source of its root type.
    pub root: SourceId,
}

impl<'s> SchemaInText<'s> {
    /// `schema` came from [`schema_of`](SchemaSet::schema_of) `set`; its root type is in the source `root`.
    #[must_use]
    pub fn new(set: &'s SchemaSet, schema: &'s Schema, root: SourceId) -> SchemaInText<'s> {
        SchemaInText { set, schema, root }
    }

    fn label(&self, place: &Place, text: &str) -> Label {
        self.set.label_at(self.schema, self.root, place, text)
    }
}

/// A difference, as a diagnostic shows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The code of the diagnostic.
    pub code: Code,
    /// The sentence, and the other baselines to which it applies.
    pub message: String,
    /// The baseline of the sentence: the first with this difference, which is the newest.
    pub baseline: BaselineName,
    /// The place in the new schema's sources, and what is to be seen there.
    pub new: Label,
    /// The place in the baseline's sources, and what is to be seen there.
    pub old: Label,
    /// What to do.
    pub help: &'static str,
}

/// Explains what a [`check`](super::check) of the schema `new` found. A difference that several baselines have is
/// explained once. `baseline` finds the text of a baseline by its name; a difference with one that it does not know is
/// left out.
///
/// ```
/// use avro_model::compatibility::{Baseline, CompatibilityLevel, SchemaInText, check, explain};
/// use avro_model::{SchemaSet, Source, SourceId};
///
/// let parse = |path: &str, ty: &str| {
///     let text = format!(r#"{{"type": "record", "name": "Reading", "fields": [{{"name": "value", "type": "{ty}"}}]}}"#);
///     SchemaSet::parse(vec![Source::new(path, text)])
/// };
/// let (old, new) = (parse("main:reading.avsc", "long")?, parse("reading.avsc", "int")?);
/// let (old_schema, new_schema) = (old.schema_of(&old.roots()[0].ty), new.schema_of(&new.roots()[0].ty));
///
/// let differences = check(CompatibilityLevel::Backward, &new_schema, &[Baseline::named("main", &old_schema)]);
/// let new_text = SchemaInText::new(&new, &new_schema, SourceId(0));
/// let explanations = explain(&differences, new_text, |_| Some(SchemaInText::new(&old, &old_schema, SourceId(0))));
/// assert_eq!(explanations[0].new.text, "it has another type now");
/// assert_eq!(explanations[0].old.text, "this was its type");
/// assert!(explanations[0].help.starts_with("keep the type or widen it"));
/// # Ok::<(), avro_model::Diagnostics>(())
/// ```
#[must_use]
pub fn explain<'s>(
    differences: &[Difference],
    new: SchemaInText<'_>,
    baseline: impl Fn(&BaselineName) -> Option<SchemaInText<'s>>,
) -> Vec<Explanation> {
    let mut shown: Vec<(&Difference, Vec<&BaselineName>)> = Vec::new();
    for difference in differences {
        let is_same = |other: &Difference| {
            other.direction == difference.direction
                && other.baseline != difference.baseline
                && other.mismatch.kind == difference.mismatch.kind
                && other.mismatch.path == difference.mismatch.path
                && places(other).0 == places(difference).0
        };
        match shown.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, others)) => others.push(&difference.baseline),
            None => shown.push((difference, Vec::new())),
        }
    }
    let explanations = shown.into_iter().filter_map(|(difference, others)| {
        let old = baseline(&difference.baseline)?;
        let (new_place, old_place) = places(difference);
        let [here, there, help] = words(difference.mismatch.kind, difference.reader_is_new());
        Some(Explanation {
            code: difference.mismatch.kind.code(),
            message: difference.sentence() + &also(&others),
            baseline: difference.baseline.clone(),
            new: new.label(&new_place, here),
            old: old.label(&old_place, there),
            help,
        })
    });
    explanations.collect()
}

/// The other baselines with the same difference, oldest first.
fn also(others: &[&BaselineName]) -> String {
    let mut versions: Vec<u32> = others.iter().filter_map(|other| other.version()).collect();
    versions.sort_unstable();
    let versions: Vec<String> = versions.iter().map(u32::to_string).collect();
    let names = others.iter().filter(|other| other.version().is_none()).map(ToString::to_string);
    let versions = match versions.as_slice() {
        [] => None,
        [one] => Some(format!("version {one}")),
        [most @ .., last] => Some(format!("versions {} and {last}", most.join(", "))),
    };
    let all: Vec<String> = versions.into_iter().chain(names).collect();
    if all.is_empty() { String::new() } else { format!(" (the same applies to {})", all.join(", ")) }
}

/// Where it is in the new schema, and where in the baseline.
fn places(difference: &Difference) -> (Place, Place) {
    let mismatch = &difference.mismatch;
    let (reader, mut writer) = (mismatch.reader.clone(), mismatch.writer.clone());
    if mismatch.kind == MismatchKind::ReaderFieldMissingDefaultValue {
        // A field that is not there has no place: its record's name shows more than the brace that the record starts
        // with.
        writer.path.push_str("/name");
    }
    if difference.reader_is_new() { (reader, writer) } else { (writer, reader) }
}

/// What is to be seen in the new schema and in the baseline, and what to do.
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
            "keep the field until consumers have a version in which it has a default",
        ],
        (MismatchKind::NameMismatch, true) => [
            "it has another name now",
            "this was its name",
            "rename it back, or put the old name into the `aliases` of the new one",
        ],
        (MismatchKind::NameMismatch, false) => [
            "it has another name now",
            "this was its name",
            "rename it back: running consumers know only the old name, and an alias would have to be in their schema",
        ],
        (MismatchKind::FixedSizeMismatch, _) => [
            "it has another size now",
            "this was its size",
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
            "this was its type",
            "keep the type or widen it (int to long, float or double; string to bytes and back), or add a field of another name",
        ],
        (MismatchKind::TypeMismatch, false) => [
            "it has another type now",
            "this was its type",
            "keep the type, or add a field of another name: running consumers cannot read a wider type",
        ],
        (MismatchKind::MissingUnionBranch, true) => {
            ["a branch is missing here", "old messages may have it", "keep every branch that old messages may have"]
        }
        (MismatchKind::MissingUnionBranch, false) => [
            "a branch is new here",
            "no branch takes it",
            "leave the new branch out until consumers have a version that has it",
        ],
    }
}
